package observe

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// Span starts a span inside the one that ctx carries, with the same program's tracer; outside any it records nothing. It is
// named like the function that starts it.
func Span(ctx context.Context, name string) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer(scope).Start(ctx, name)
}
