package redis

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	client "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"passerelle/internal/storage/storagetest"
)

func TestMain(m *testing.M) {
	// go-redis goes on dialling a server that is down until it wakes up, within a second of Close, and sees that it may stop.
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := os.RemoveAll(certified); err != nil {
			panic(err)
		}
		os.Exit(code)
	}), goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

const stream = "fed:out:be"

// bench is a transport of the hub on an empty Redis, and a plain client beside it.
type bench struct {
	t     *testing.T
	url   string
	hub   *Transport
	plain *client.Client
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, url: storagetest.Redis(t)}
	options, err := client.ParseURL(b.url)
	if err != nil {
		t.Fatal(err)
	}
	b.plain = client.NewClient(options)
	b.hub = b.open("hub", true)
	t.Cleanup(func() {
		if err := b.plain.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) open(consumer string, trim bool) *Transport {
	b.t.Helper()
	tr, err := Open(Options{URL: b.url, Consumer: consumer, Trim: trim, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := tr.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return tr
}

func (b *bench) subscribe(ctx context.Context) <-chan *message.Message {
	b.t.Helper()
	out, err := b.hub.Subscribe(ctx, stream)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) publish(from *Transport, texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if err := from.Publish(stream, message.NewMessage(text, []byte(text))); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) next(out <-chan *message.Message) *message.Message {
	b.t.Helper()
	select {
	case m, ok := <-out:
		if !ok {
			b.t.Fatal("the subscription has ended")
		}
		return m
	case <-time.After(time.Minute):
		b.t.Fatal("nothing arrives")
	}
	return nil
}

// expect takes entries in order and acknowledges them.
func (b *bench) expect(out <-chan *message.Message, texts ...string) {
	b.t.Helper()
	for _, want := range texts {
		m := b.next(out)
		if string(m.Payload) != want {
			b.t.Errorf("entry %q, want %q", m.Payload, want)
		}
		m.Ack()
	}
}

func (b *bench) eventually(what string, ok func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestEntriesArriveInOrderAndReadOnesAreRemoved(t *testing.T) {
	b := newBench(t)
	node := b.open("be", false)
	b.publish(node, "1", "2")
	out := b.subscribe(t.Context())
	b.publish(node, "3")
	b.expect(out, "1", "2", "3")
	b.eventually("the stream is empty", func() bool { return b.plain.XLen(t.Context(), stream).Val() == 0 })
}

func TestTheHintTravelsBeside(t *testing.T) {
	b := newBench(t)
	m := message.NewMessage("1", []byte("x"))
	m.Metadata.Set(fieldTrace, "00-aa-bb-01")
	if err := b.hub.Publish(stream, m); err != nil {
		t.Fatal(err)
	}
	got := b.next(b.subscribe(t.Context()))
	got.Ack()
	if got.Metadata.Get(fieldTrace) != "00-aa-bb-01" || string(got.Payload) != "x" {
		t.Errorf("payload %q, hint %q", got.Payload, got.Metadata.Get(fieldTrace))
	}
}

func TestAStrangersEntryDoesNotEndTheSubscription(t *testing.T) {
	b := newBench(t)
	out := b.subscribe(t.Context())
	if err := b.plain.XAdd(t.Context(), &client.XAddArgs{Stream: stream, Values: []any{"_watermill_message_uuid", "1", "payload", "\xff\x00"}}).Err(); err != nil {
		t.Fatal(err)
	}
	b.publish(b.hub, "ours")
	b.expect(out, "", "ours")
}

func TestUnacknowledgedEntriesComeAgainFirst(t *testing.T) {
	b := newBench(t)
	b.publish(b.hub, "1", "2", "3")
	ctx, cancel := context.WithCancel(t.Context())
	out := b.subscribe(ctx)
	b.expect(out, "1")
	if m := b.next(out); string(m.Payload) != "2" { // taken, and never answered
		t.Errorf("entry %q", m.Payload)
	}
	cancel()
	for range out {
	}
	b.publish(b.hub, "4")
	b.expect(b.subscribe(t.Context()), "2", "3", "4")
}

func TestTheSubscriptionSurvivesWhatHappensToItsStream(t *testing.T) {
	accidents := map[string]func(b *bench) error{
		"the database is wiped":   func(b *bench) error { return b.plain.FlushDB(b.t.Context()).Err() },
		"the stream is removed":   func(b *bench) error { return b.plain.Del(b.t.Context(), stream).Err() },
		"the group is removed":    func(b *bench) error { return b.plain.XGroupDestroy(b.t.Context(), stream, group).Err() },
		"the consumer is removed": func(b *bench) error { return b.plain.XGroupDelConsumer(b.t.Context(), stream, group, "hub").Err() },
		"another kind of value lies there for a while": func(b *bench) error {
			b.plain.Del(b.t.Context(), stream)
			err := b.plain.Set(b.t.Context(), stream, "x", 0).Err()
			time.Sleep(20 * time.Millisecond)
			b.plain.Del(b.t.Context(), stream)
			return err
		},
	}
	for name, accident := range accidents {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			out := b.subscribe(t.Context())
			b.publish(b.hub, "1")
			b.expect(out, "1")
			b.eventually("it reads on", func() bool { return b.plain.XLen(t.Context(), stream).Val() == 0 })
			if err := accident(b); err != nil {
				t.Fatal(err)
			}
			b.publish(b.hub, "2")
			b.expect(out, "2")
		})
	}
}

func TestCloseIsQuickAndHarmless(t *testing.T) {
	b := newBench(t)
	out := b.subscribe(t.Context())
	b.publish(b.hub, "1")
	b.expect(out, "1")
	time.Sleep(50 * time.Millisecond) // it waits for entries
	began := time.Now()
	for range 2 {
		if err := b.hub.Close(); err != nil {
			t.Error(err)
		}
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("closing took %s", took)
	}
	if _, open := <-out; open {
		t.Error("the subscription goes on")
	}
	if _, err := b.hub.Subscribe(t.Context(), stream); err == nil {
		t.Error("a closed transport takes subscriptions")
	}
	if err := b.hub.Publish(stream, message.NewMessage("1", nil)); err == nil {
		t.Error("a closed transport takes entries")
	}
}

func TestABadAddressIsAnErrorAndASilentServerIsNot(t *testing.T) {
	if _, err := Open(Options{URL: "localhost"}); err == nil {
		t.Error("opened without an address")
	}
	tr, err := Open(Options{URL: "redis://127.0.0.1:1", Consumer: "hub", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, err := tr.Subscribe(ctx, stream)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Publish(stream, message.NewMessage("1", []byte("x"))); err == nil {
		t.Error("published to nobody")
	}
	cancel()
	for range out {
	}
	if err := tr.Close(); err != nil {
		t.Error(err)
	}
}

func TestARefusedEntryComesAgainBeforeTheOthers(t *testing.T) {
	b := newBench(t)
	out := b.subscribe(t.Context())
	b.publish(b.hub, "1", "2", "3")
	b.expect(out, "1")
	for range 3 {
		m := b.next(out)
		if string(m.Payload) != "2" {
			t.Errorf("entry %q, want 2", m.Payload)
		}
		m.Nack()
	}
	b.expect(out, "2", "3")
}

func TestAnEntryRemovedWhileItWaitedToComeAgainIsNotDelivered(t *testing.T) {
	b := newBench(t)
	b.publish(b.hub, "1", "2")
	ctx, cancel := context.WithCancel(t.Context())
	b.next(b.subscribe(ctx)) // both are delivered to this reader, neither is acknowledged
	cancel()
	if err := b.plain.XTrimMaxLen(t.Context(), stream, 1).Err(); err != nil {
		t.Fatal(err)
	}
	b.expect(b.subscribe(t.Context()), "2")
	b.eventually("nothing is left open", func() bool { return b.plain.XPending(t.Context(), stream, group).Val().Count == 0 })
}
