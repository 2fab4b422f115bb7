package federation

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"passerelle/contracts"
)

// gauges are the metrics of a condition, as of the last look. docs/operating.md lists them; other people's alarms are built on the names.
type gauges struct {
	alarm, parked, gaps, lag, quarantine, head, heard, registry, registryAge, imbalance metric.Int64ObservableGauge
}

// observe reports the last look each time somebody reads the metrics, until the function it returns is called.
func (w *Watch) observe(meter metric.Meter) (stop func(), err error) {
	var errs []error
	gauge := func(name, about string) metric.Int64ObservableGauge {
		g, err := meter.Int64ObservableGauge(name, metric.WithDescription(about))
		errs = append(errs, err)
		return g
	}
	g := gauges{
		alarm:       gauge("passerelle_alarm", "1 while an alarm stands, by code, severity and peer; absent otherwise"),
		parked:      gauge("passerelle_federation_parked", "messages that wait for what is missing before them, by peer"),
		gaps:        gauge("passerelle_federation_open_gaps", "1 while a message is missing, by peer"),
		lag:         gauge("passerelle_federation_lag", "messages the peer says it has written and that are not consumed here"),
		quarantine:  gauge("passerelle_federation_quarantine", "samples kept of lines that could not be accepted, by peer; at most 1000"),
		head:        gauge("passerelle_federation_chain_head", "sequence of the last message of a channel, by sender and recipient"),
		heard:       gauge("passerelle_federation_heard_timestamp_seconds", "when the peer last gave a sign of life, in seconds since 1970"),
		registry:    gauge("passerelle_registry_entries", "entries of the registry known here"),
		registryAge: gauge("passerelle_registry_age_seconds", "how long ago the hub confirmed them; 0 at the hub"),
		imbalance:   gauge("passerelle_ledger_imbalance", "sum of all postings in minor units, by currency; anything but 0 is wrong"),
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		g.report(o, w)
		return nil
	}, g.alarm, g.parked, g.gaps, g.lag, g.quarantine, g.head, g.heard, g.registry, g.registryAge, g.imbalance)
	if err != nil {
		return nil, err
	}
	return func() {
		if err := registration.Unregister(); err != nil {
			w.e.Log.Warn("end metrics", "err", err)
		}
	}, nil
}

func (g gauges) report(o metric.Observer, w *Watch) {
	for _, a := range w.alarms {
		o.ObserveInt64(g.alarm, 1, labels("code", string(a.Code), "severity", string(a.Severity), "peer", string(a.Peer)))
	}
	if w.last.Party == "" {
		return // nothing was read yet
	}
	for _, s := range w.last.Channels {
		g.reportChannel(o, w.last.Party, s)
	}
	o.ObserveInt64(g.registry, w.last.Registry.Number)
	o.ObserveInt64(g.registryAge, int64(w.last.Registry.Age(w.e.Now()).Seconds()))
	for _, m := range w.last.Books {
		if minor, err := m.Minor(); err == nil { // a sum beyond int64 still raises its alarm
			o.ObserveInt64(g.imbalance, minor, labels("currency", string(m.Currency)))
		}
	}
}

func (g gauges) reportChannel(o metric.Observer, self contracts.PartyID, s ChannelStatus) {
	peer := labels("peer", string(s.Peer))
	open := int64(0)
	if !s.GapSince.IsZero() {
		open = 1
	}
	o.ObserveInt64(g.parked, s.Parked, peer)
	o.ObserveInt64(g.gaps, open, peer)
	o.ObserveInt64(g.lag, s.Lag, peer)
	o.ObserveInt64(g.quarantine, s.Quarantine, peer)
	o.ObserveInt64(g.head, s.Received, labels("sender", string(s.Peer), "recipient", string(self)))
	o.ObserveInt64(g.head, s.Sent, labels("sender", string(self), "recipient", string(s.Peer)))
	if !s.Heard.IsZero() {
		o.ObserveInt64(g.heard, s.Heard.Unix(), peer)
	}
}

// labels pairs names with values.
func labels(pairs ...string) metric.MeasurementOption {
	var set []attribute.KeyValue
	for i := 0; i+1 < len(pairs); i += 2 {
		set = append(set, attribute.String(pairs[i], pairs[i+1]))
	}
	return metric.WithAttributes(set...)
}
