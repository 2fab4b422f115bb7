package federation_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// counted counts the entries that go out.
type counted struct {
	transport
	entries *atomic.Int64
}

func (c counted) Publish(topic string, ms ...*message.Message) error {
	c.entries.Add(int64(len(ms)))
	return c.transport.Publish(topic, ms...)
}

func TestASlowPeerGetsManyMessagesInOneEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		var entries atomic.Int64
		connect := b.connect
		b.connect = func(t testing.TB, party contracts.PartyID) transport {
			if party == "be" {
				return counted{connect(t, party), &entries}
			}
			return connect(t, party)
		}
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		gate := make(chan struct{}, 102)
		hub.restart(func() {
			hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
				<-gate
				return record(ctx, tx, from, e)
			}
		})
		gate <- struct{}{}
		be.restart(func() { be.resend = time.Minute }) // what is sent again would be counted too
		be.send(1, 1)
		eventually(t, "be is answered", func() bool { return be.pending() == 0 })
		before, began := entries.Load(), time.Now()
		for i := 2; i <= 101; i++ {
			be.send(i, i)
		}
		sent, most := entries.Load()-before, 5+int64(time.Since(began)/federation.GatherTime)
		close(gate)
		eventually(t, "be is answered", func() bool { return be.pending() == 0 })
		if sent > most { // however slowly they were written, no more than one entry left in each gathering time, and a few words on where we stand
			t.Errorf("a hundred messages took %d entries and not at most %d, while the peer owed an answer", sent, most)
		}
		if got := len(hub.applied("be")); got != 101 {
			t.Errorf("%d took effect", got)
		}
	})
}
