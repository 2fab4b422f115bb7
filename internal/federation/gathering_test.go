package federation_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"passerelle/contracts"
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
		hub.restart(func() {
			hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
				time.Sleep(10 * time.Millisecond)
				return record(ctx, tx, from, e)
			}
		})
		be.restart(func() { be.resend = time.Minute }) // what is sent again would be counted too
		be.send(1, 1)
		eventually(t, "be is answered", func() bool { return be.pending() == 0 })
		before := entries.Load()
		for i := 2; i <= 101; i++ {
			be.send(i, i)
		}
		eventually(t, "be is answered", func() bool { return be.pending() == 0 })
		if sent := entries.Load() - before; sent > 25 { // three to ten were seen, and up to 97 without gathering
			t.Errorf("a hundred messages took %d entries", sent)
		}
		if got := len(hub.applied("be")); got != 101 {
			t.Errorf("%d took effect", got)
		}
	})
}
