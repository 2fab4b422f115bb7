package federation_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// shifted is a clock that a test sets forward.
type shifted struct{ by atomic.Int64 }

func (s *shifted) now() time.Time         { return time.Now().Add(time.Duration(s.by.Load())) }
func (s *shifted) forward(days int)       { s.by.Store(int64(days) * 24 * int64(time.Hour)) }
func (p *party) goesBy(s *shifted) func() { return func() { p.now = s.now } }

// toldByTheHub lets a node read what nobody but a newer hub would say: today the hub has nothing to state but its keys.
func toldByTheHub(e *federation.Endpoint) {
	e.Learn(contracts.InvoiceIssued{}.EventType(), func(m federation.Message) (contracts.Event, error) {
		return contracts.DecodeEvent(m.Type, m.Data)
	})
}

// tells has the hub write an invoice of be to be.
func (n *registered) tells(i int) {
	n.t.Helper()
	hub := n.parties[contracts.Hub]
	if err := hub.db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		return hub.Send(ctx, tx, "be", invoice("be", i), "")
	}); err != nil {
		n.t.Fatal(err)
	}
}

// staleAlarm tells whether somebody is told that the registry is too old to go by.
func (p *party) staleAlarm() bool {
	p.t.Helper()
	c, err := p.Watch(nil).Condition(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.ContainsFunc(c.Alarms, func(a federation.Alarm) bool {
		return a.Code == federation.AlarmRegistry && a.Severity == federation.Urgent
	})
}

func TestByAStaleRegistryNothingNewIsTakenUntilTheHubHasSpoken(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		var hubs, bes shifted
		hub.restart(hub.goesBy(&hubs))
		be.prepare = toldByTheHub
		be.restart(be.goesBy(&bes))
		n.tells(1)
		be.send(1, 2)
		n.settled(t, "be", 2)
		eventually(t, "the hub's event has arrived", func() bool { return hub.pending() == 0 })
		if be.staleAlarm() {
			t.Fatal("an alarm about a registry that was confirmed just now")
		}

		bes.forward(8) // for a week it has not heard the hub, whose word is then replayed by the broker, or its clock is wrong
		n.tells(2)
		n.tells(3)
		be.send(3, 5)
		n.settled(t, "be", 5)      // work, sending and receipts go on
		time.Sleep(4 * hub.resend) // for more than one attempt of the hub
		if got := fmt.Sprint(be.applied(contracts.Hub)); got != "[be-0001]" {
			t.Errorf("by a stale registry took effect: %s", got)
		}
		if !be.staleAlarm() {
			t.Error("nobody is told")
		}

		hub.restart(func() { hubs.forward(8) })
		eventually(t, "what waited has arrived", func() bool { return hub.pending() == 0 })
		if got := fmt.Sprint(be.applied(contracts.Hub)); got != "[be-0001 be-0002 be-0003]" {
			t.Errorf("after the hub's word: %s", got)
		}
		if be.staleAlarm() {
			t.Error("the alarm stands after the hub's word")
		}
		n.inStep("be")
	})
}

// TestARegistryThatMissesEntriesIsNotConfirmed: the hub's word that there are more entries than ours says the contrary.
func TestARegistryThatMissesEntriesIsNotConfirmed(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		confirmed := func(day time.Time) bool {
			return be.count(`SELECT COUNT(*) FROM fed_standing WHERE peer = 'hub' AND said_at LIKE $1`, day.UTC().Format(time.DateOnly)+"%") == 1
		}
		says := func(entries int64, day time.Time) {
			ahead := n.rogue(contracts.Hub, "be")
			frame, _ := ahead.seal(federation.TypeStanding, federation.Standing{Network: "test", Source: contracts.Hub, Recipient: "be", Consumed: federation.Point{Epoch: 1}, Written: federation.Point{Epoch: 1},
				Mark: "AHEAD", Registry: entries, Time: day.UTC()})
			ahead.say(frame)
			eventually(t, "be has heard of the entries", func() bool { return be.count(`SELECT COUNT(*) FROM fed_standing WHERE registry = $1`, entries) == 1 })
		}
		eventually(t, "the hub has confirmed the registry", func() bool { return confirmed(time.Now()) })
		hub.stop()
		next := time.Now().Add(24 * time.Hour)
		if says(99, next); confirmed(next) {
			t.Error("a word of missing entries confirms the registry")
		}
		if says(2, next); !confirmed(next) {
			t.Error("a word of all entries does not confirm the registry")
		}
	})
}
