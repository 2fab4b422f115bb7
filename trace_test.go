package main

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"passerelle/contracts"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
)

// spans stands for the collector: it keeps, by trace, "service: span".
type spans struct {
	mu      sync.Mutex
	byTrace map[string][]string
}

func (s *spans) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the exporter went away; the test will miss its spans
	}
	var request collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &request); err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, resource := range request.ResourceSpans {
		service := ""
		for _, a := range resource.Resource.Attributes {
			if a.Key == "service.name" {
				service = a.Value.GetStringValue()
			}
		}
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				id := hex.EncodeToString(span.TraceId)
				s.byTrace[id] = append(s.byTrace[id], service+": "+span.Name)
			}
		}
	}
}

func TestOneTraceFollowsAnInvoiceFromTheRequestToTheHub(t *testing.T) {
	seen := &spans{byTrace: map[string][]string{}}
	server := httptest.NewServer(seen)
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	b := memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "be"}, func(contracts.PartyID) transport { return sharedMemory{b} })
	n.issue("be", n.activity("be"), "100.00")
	n.settle()
	for _, r := range n.up {
		r.stop() // the last spans leave at the end
	}
	want := []string{"node-be: POST /api/invoices", "node-be: outbound.Issue", "hub: federation.Apply"}
	var traces []string
	for _, names := range seen.byTrace {
		missing := slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(names, w) })
		if !missing {
			return
		}
		traces = append(traces, strings.Join(names, ", "))
	}
	t.Errorf("no trace holds %q; there are:\n%s", want, strings.Join(traces, "\n"))
}
