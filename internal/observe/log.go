package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"

	"go.opentelemetry.io/otel/trace"
)

func newLog(c Config) *slog.Logger {
	out := c.Log
	if out == nil {
		out = io.Discard
	}
	options := &slog.HandlerOptions{Level: c.Level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { return visible(a) }}
	var lines slog.Handler = slog.NewTextHandler(out, options)
	if c.JSON {
		lines = slog.NewJSONHandler(out, options)
	}
	return slog.New(traced{lines}).With("service", c.Service)
}

// traced adds the trace and span of the context to each line, so that a log line leads to its trace and back.
type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace", span.TraceID().String()), slog.String("span", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }

// visible makes foreign text harmless in a log: control and direction characters, which could forge a line or steer a
// terminal, are written as their number. The handlers of slog escape only some.
func visible(a slog.Attr) slog.Attr {
	if kind := a.Value.Kind(); kind != slog.KindString && kind != slog.KindAny {
		return a // times and numbers have a form of their own
	}
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(escape(v))
	case error:
		a.Value = slog.StringValue(escape(v.Error()))
	case fmt.Stringer:
		a.Value = slog.StringValue(escape(v.String()))
	}
	return a
}

func escape(s string) string {
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
