package nodes_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"passerelle/internal/observe"
	"passerelle/nodes/web"
)

// lines keeps what is logged, from whichever goroutine.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// TestNoNameOfAMemberStandsInALog asks every route for a member's things as everybody, at the level that writes most, with a channel whose
// state cannot be read, and looks for what the member is called, has written, and brought along.
func TestNoNameOfAMemberStandsInALog(t *testing.T) {
	var log lines
	telemetry, err := observe.Start(t.Context(), observe.Config{Service: "node-be", Log: &log, Level: slog.LevelDebug})
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, openSQLite(t), 2)
	node := web.Node{Outbound: h.Outbound, Reports: h.Reports, Plans: h.Plans, Store: h.Store, SaveBuyer: h.SaveBuyer, Log: telemetry.Log, Tracer: telemetry.Tracer, Who: asking(h.principals()),
		Channel: func(context.Context) (web.Channel, error) {
			return web.Channel{}, errors.New("the channel cannot be read")
		}}
	h.handler = web.New(node)
	for who := range h.principals() {
		for _, r := range h.routes {
			if !strings.HasPrefix(r.Path, "/sign-") && (!r.Writes() || payload[key(r)] != nil) {
				h.send(who, r, h.people[0], h.people[1])
			}
		}
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	text := log.text.String()
	for _, want := range []string{"msg=refused", "the channel cannot be read"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing was logged of %q, so that this proves nothing", want)
		}
	}
	for _, p := range h.people {
		for _, never := range []string{p.canary, p.reference, "BE0468561072", "example.org"} {
			if at := strings.Index(text, never); at >= 0 {
				t.Errorf("%q stands in the log: %s", never, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
}
