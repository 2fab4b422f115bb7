package federation

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"passerelle/contracts"
	"passerelle/internal/observe"
)

// traceKey is the metadata of an entry that holds a W3C trace context per frame, separated by commas. It is a hint outside the
// signatures and decides nothing.
const traceKey = "traceparent"

const scope = "passerelle/internal/federation"

// startSpan continues the sender's trace around the effect of its message.
func startSpan(ctx context.Context, tracer trace.Tracer, in incoming) (context.Context, func(fault error)) {
	m := in.message
	ctx = observe.WithTraceparent(ctx, in.traceparent)
	ctx, span := tracer.Start(ctx, "federation.Apply", trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("messaging.message.id", m.ID), attribute.String("passerelle.type", string(m.Type)),
		attribute.String("passerelle.from", string(m.Source)), attribute.Int64("passerelle.sequence", m.Sequence)))
	return ctx, func(fault error) {
		if fault != nil {
			span.SetStatus(codes.Error, string(contracts.FaultsOf(fault)[0].Code))
		}
		span.End()
	}
}

// metrics counts what the channels do.
type metrics struct {
	verdicts, rejects, failures, resends metric.Int64Counter
}

func (m *metrics) register(meter metric.Meter) error {
	var errs [4]error
	m.verdicts, errs[0] = meter.Int64Counter("passerelle_federation_messages", metric.WithDescription("messages received, by peer and verdict"))
	m.rejects, errs[1] = meter.Int64Counter("passerelle_federation_rejected", metric.WithDescription("frames rejected, by stream and code"))
	m.failures, errs[2] = meter.Int64Counter("passerelle_federation_failures", metric.WithDescription("entries that had to be tried again"))
	m.resends, errs[3] = meter.Int64Counter("passerelle_federation_resends", metric.WithDescription("times a receipt was overdue and messages were sent again"))
	return errors.Join(errs[:]...)
}

// observeOutbox reports what waits for receipts, each time somebody reads the metrics, until the function it returns is called.
func (e *Endpoint) observeOutbox() (stop func(), err error) {
	meter := e.Meter
	pending, err := meter.Int64ObservableGauge("passerelle_federation_outbox_pending", metric.WithDescription("messages without a receipt, by peer"))
	if err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		for _, peer := range e.peers() {
			p, err := readProgress(ctx, e.DB, peer)
			if err != nil {
				return err
			}
			o.ObserveInt64(pending, p.last-p.receipted, metric.WithAttributes(attribute.String("party", string(e.self)), attribute.String("peer", string(peer))))
		}
		return nil
	}, pending)
	if err != nil {
		return nil, err
	}
	return func() {
		if err := registration.Unregister(); err != nil {
			e.Log.Warn("end metrics", "err", err)
		}
	}, nil
}

func (m *metrics) judged(peer contracts.PartyID, v Action) {
	m.verdicts.Add(context.Background(), 1, metric.WithAttributes(attribute.String("peer", string(peer)), attribute.String("verdict", string(v))))
}

func (m *metrics) rejected(stream string, code contracts.FaultCode) {
	m.rejects.Add(context.Background(), 1, metric.WithAttributes(attribute.String("stream", stream), attribute.String("code", string(code))))
}

func (m *metrics) failed(stream string) {
	m.failures.Add(context.Background(), 1, metric.WithAttributes(attribute.String("stream", stream)))
}

func (m *metrics) resent(peer contracts.PartyID) {
	m.resends.Add(context.Background(), 1, metric.WithAttributes(attribute.String("peer", string(peer))))
}
