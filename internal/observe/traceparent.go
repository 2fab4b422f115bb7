package observe

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
)

// member is the only one used of a carrier that the propagator expects.
const member = "traceparent"

// Traceparent returns the trace of ctx as W3C Trace Context writes it
// ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), or nothing when there is none. It travels beside a message,
// outside the signed bytes.
func Traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[member]
}

// WithTraceparent returns ctx as the continuation of the trace that traceparent names. It comes from outside: anything
// that is no trace context is ignored.
func WithTraceparent(ctx context.Context, traceparent string) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{member: traceparent})
}
