// Package observe makes a running program visible: traces (OpenTelemetry, exported over OTLP), metrics (read by
// Prometheus), logs (slog) that name their trace, and health. Each program has its own set, nothing is global, because
// the demonstration runs hub and nodes in one process.
//
// It is not a place for personal data: no name, number or text of a member goes into a span, a metric or a log.
package observe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	promexporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Config says what a program calls itself and where what it tells goes.
type Config struct {
	Service  string     // "hub", "node-be"; part of every span, metric and log line
	Endpoint string     // address of an OTLP/HTTP collector, as in OTEL_EXPORTER_OTLP_ENDPOINT; empty: traces are not exported
	Log      io.Writer  // where log lines go; nil: nowhere
	JSON     bool       // log lines as JSON, for machines
	Level    slog.Level // the least level written; the zero value is Info
}

// Telemetry is what a program hands to its parts.
type Telemetry struct {
	Tracer   trace.Tracer
	Meter    metric.Meter
	Log      *slog.Logger
	Metrics  http.Handler // mounted at /metrics
	shutdown []func(context.Context) error
}

// scope names the instruments' origin, as OpenTelemetry asks.
const scope = "passerelle"

// Start sets everything up. Call Shutdown before the program ends, so that the last spans leave.
func Start(ctx context.Context, c Config) (*Telemetry, error) {
	service := resource.NewSchemaless(attribute.String("service.namespace", scope), attribute.String("service.name", c.Service))
	t := &Telemetry{Log: newLog(c)}
	if err := t.startTraces(ctx, c, service); err != nil {
		return nil, fmt.Errorf("start traces: %w", err)
	}
	if err := t.startMetrics(service); err != nil {
		return nil, errors.Join(fmt.Errorf("start metrics: %w", err), t.Shutdown(ctx))
	}
	return t, nil
}

// startTraces gives every request a trace, exported or not: log lines and messages carry its id in any case.
func (t *Telemetry) startTraces(ctx context.Context, c Config, service *resource.Resource) error {
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(service)}
	if c.Endpoint != "" {
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimSuffix(c.Endpoint, "/")+"/v1/traces"))
		if err != nil {
			return err
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	provider := sdktrace.NewTracerProvider(options...)
	t.Tracer = provider.Tracer(scope)
	t.shutdown = append(t.shutdown, provider.Shutdown)
	return nil
}

func (t *Telemetry) startMetrics(service *resource.Resource) error {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := promexporter.New(promexporter.WithRegisterer(registry), promexporter.WithoutScopeInfo())
	if err != nil {
		return err
	}
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter), sdkmetric.WithResource(service))
	t.Meter = provider.Meter(scope)
	t.Metrics = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	t.shutdown = append(t.shutdown, provider.Shutdown)
	return nil
}

// Shutdown sends what is still waiting and stops. The context bounds how long.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	var errs []error
	for _, stop := range t.shutdown {
		errs = append(errs, stop(ctx))
	}
	return errors.Join(errs...)
}
