package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"

	"passerelle/internal/observe"
)

func start(t *testing.T, c observe.Config) *observe.Telemetry {
	t.Helper()
	telemetry, err := observe.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := telemetry.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return telemetry
}

func TestATraceContinuesAtTheReceiver(t *testing.T) {
	sender, receiver := start(t, observe.Config{Service: "node-be"}), start(t, observe.Config{Service: "hub"})
	ctx, span := sender.Tracer.Start(t.Context(), "issue")
	traceparent := observe.Traceparent(ctx)
	span.End()

	_, received := receiver.Tracer.Start(observe.WithTraceparent(context.Background(), traceparent), "receive")
	defer received.End()
	if got, want := received.SpanContext().TraceID(), span.SpanContext().TraceID(); got != want || !want.IsValid() {
		t.Errorf("the receiver's trace is %s, the sender's %s", got, want)
	}
	if !received.SpanContext().IsSampled() {
		t.Error("the trace is not recorded")
	}
}

func TestWithoutATraceThereIsNoTraceparent(t *testing.T) {
	if got := observe.Traceparent(t.Context()); got != "" {
		t.Errorf("got %q", got)
	}
}

func FuzzTraceparent(f *testing.F) {
	for _, seed := range []string{"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-0-0-0", "ff-\x00", strings.Repeat("-", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, traceparent string) {
		ctx := observe.WithTraceparent(context.Background(), traceparent)
		again := observe.Traceparent(ctx)
		if valid := trace.SpanContextFromContext(ctx).IsValid(); valid != (again != "") {
			t.Errorf("%q: valid %t, written again as %q", traceparent, valid, again)
		}
		if again != "" && len(again) != 55 {
			t.Errorf("%q is written again as %q", traceparent, again)
		}
	})
}

func TestSpansReachTheCollector(t *testing.T) {
	arrived := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		arrived <- r.URL.Path + " " + string(body)
	}))
	defer collector.Close()
	telemetry, err := observe.Start(t.Context(), observe.Config{Service: "node-be", Endpoint: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, span := telemetry.Tracer.Start(t.Context(), "issue invoice")
	span.End()
	if err := telemetry.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-arrived:
		for _, want := range []string{"/v1/traces", "issue invoice", "node-be"} {
			if !strings.Contains(got, want) {
				t.Errorf("the collector got %q, want %q in it", got, want)
			}
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing arrived")
	}
}

func TestEachProgramHasItsOwnMetrics(t *testing.T) {
	hub, node := start(t, observe.Config{Service: "hub"}), start(t, observe.Config{Service: "node-be"})
	for i, telemetry := range []*observe.Telemetry{hub, node} {
		counter, err := telemetry.Meter.Int64Counter("inbox.accepted")
		if err != nil {
			t.Fatal(err)
		}
		counter.Add(t.Context(), int64(i+7))
	}
	if page := get(t, hub.Metrics).Body.String(); !strings.Contains(page, "\ninbox_accepted_total 7\n") || !strings.Contains(page, `service_name="hub"`) {
		t.Errorf("the hub's metrics are\n%s", page)
	}
	if page := get(t, node.Metrics).Body.String(); !strings.Contains(page, "\ninbox_accepted_total 8\n") || !strings.Contains(page, "go_goroutines") {
		t.Errorf("the node's metrics are\n%s", page)
	}
}

func get(t *testing.T, h http.Handler) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	return w
}

func TestALogLineNamesItsTrace(t *testing.T) {
	var out bytes.Buffer
	telemetry := start(t, observe.Config{Service: "node-be", Log: &out, JSON: true})
	ctx, span := telemetry.Tracer.Start(t.Context(), "issue")
	defer span.End()
	telemetry.Log.With("node", "be").InfoContext(ctx, "issued", "invoice", "2026-1")

	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.RFC3339Nano, line["time"].(string)); err != nil {
		t.Error(err)
	}
	delete(line, "time")
	want := map[string]any{"level": "INFO", "msg": "issued", "service": "node-be", "node": "be", "invoice": "2026-1",
		"trace": span.SpanContext().TraceID().String(), "span": span.SpanContext().SpanID().String()}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Error(diff)
	}
}

func TestForeignTextCannotForgeALogLine(t *testing.T) {
	const hostile = "a\nlevel=ERROR\x1b[2J\u009b2J\u202eb\u2028c\x7f"
	for _, asJSON := range []bool{true, false} {
		var out bytes.Buffer
		log := start(t, observe.Config{Service: "hub", Log: &out, JSON: asJSON}).Log
		log.Info(hostile, "text", hostile, "error", errors.New(hostile), slog.Group("group", "text", hostile))
		got := out.String()
		if strings.Count(got, "\n") != 1 || strings.ContainsAny(strings.TrimSuffix(got, "\n"), "\n\x1b\u009b\u202e\u2028\x7f") {
			t.Errorf("json %t: %q", asJSON, got)
		}
		if n := strings.Count(got, `u202eb`); n != 4 {
			t.Errorf("json %t: the text is shown %d times, want 4: %q", asJSON, n, got)
		}
	}
}

func TestHealthNamesWhatFailsAndKeepsTheReason(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	fine := observe.Check{Name: "database", Run: func(context.Context) error { return nil }}
	bad := observe.Check{Name: "broker", Run: func(context.Context) error { return errors.New("dial 10.0.0.7: refused") }}

	if w := get(t, observe.Health(log, fine)); w.Code != http.StatusOK || w.Body.String() != "{\"database\":\"ok\"}\n" || out.Len() > 0 {
		t.Errorf("got %d %s, logged %s", w.Code, w.Body, &out)
	}
	w := get(t, observe.Health(log, fine, bad))
	if diff := cmp.Diff("{\"broker\":\"failing\",\"database\":\"ok\"}\n", w.Body.String()); diff != "" || w.Code != http.StatusServiceUnavailable {
		t.Error(w.Code, diff)
	}
	if !strings.Contains(out.String(), "10.0.0.7") {
		t.Errorf("the reason is not in the log: %s", &out)
	}
	bad.Bad = "does not answer"
	if w := get(t, observe.Health(log, bad)); w.Body.String() != "{\"broker\":\"does not answer\"}\n" {
		t.Errorf("in words: got %s", w.Body)
	}
	if w := get(t, observe.Health(log, observe.Check{Name: "test_hooks", Good: "on"})); w.Code != http.StatusOK || w.Body.String() != "{\"test_hooks\":\"on\"}\n" {
		t.Errorf("a check that only tells: got %d %s", w.Code, w.Body)
	}
}
