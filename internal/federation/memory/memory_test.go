package memory_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"go.uber.org/goleak"

	"passerelle/internal/federation/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func entry(n int) *message.Message { return message.NewMessage(fmt.Sprint(n), []byte(fmt.Sprint(n))) }

func subscribe(t *testing.T, b *memory.Broker, ctx context.Context) <-chan *message.Message {
	t.Helper()
	out, err := b.Subscribe(ctx, "topic")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// next takes an entry and returns it unacknowledged.
func next(t *testing.T, out <-chan *message.Message) *message.Message {
	t.Helper()
	select {
	case m, ok := <-out:
		if !ok {
			t.Fatal("the subscription has ended")
		}
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("nothing arrives")
	}
	return nil
}

func TestEntriesArriveInOrderOneAtATime(t *testing.T) {
	b := memory.NewBroker()
	out := subscribe(t, b, t.Context())
	if err := b.Publish("topic", entry(1), entry(2)); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish("topic", entry(3)); err != nil {
		t.Fatal(err)
	}
	for want := 1; want <= 3; want++ {
		m := next(t, out)
		if string(m.Payload) != fmt.Sprint(want) {
			t.Errorf("entry %s, want %d", m.Payload, want)
		}
		select {
		case early := <-out:
			t.Fatalf("entry %s came before %d was acknowledged", early.Payload, want)
		case <-time.After(10 * time.Millisecond):
		}
		m.Ack()
	}
}

func TestARefusedEntryIsNotDeliveredAgain(t *testing.T) {
	b := memory.NewBroker()
	out := subscribe(t, b, t.Context())
	if err := b.Publish("topic", entry(1), entry(2)); err != nil {
		t.Fatal(err)
	}
	next(t, out).Nack()
	if m := next(t, out); string(m.Payload) != "2" {
		t.Errorf("entry %s after a refusal", m.Payload)
	} else {
		m.Ack()
	}
}

func TestWithoutAListenerEntriesAreLost(t *testing.T) {
	b := memory.NewBroker()
	if err := b.Publish("topic", entry(1)); err != nil {
		t.Fatal(err)
	}
	out := subscribe(t, b, t.Context())
	if err := b.Publish("topic", entry(2)); err != nil {
		t.Fatal(err)
	}
	m := next(t, out)
	m.Ack()
	if string(m.Payload) != "2" {
		t.Errorf("entry %s", m.Payload)
	}
}

// fill publishes until the topic is full, and returns the publisher that waits.
func fill(t *testing.T, b *memory.Broker, ctx context.Context) <-chan error {
	t.Helper()
	waiting := make(chan error, 1)
	go func() {
		for n := range memory.Depth + 10 {
			m := entry(n)
			m.SetContext(ctx)
			if err := b.Publish("topic", m); err != nil {
				waiting <- err
				return
			}
		}
		waiting <- nil
	}()
	select {
	case err := <-waiting:
		t.Fatalf("the publisher did not wait: %v", err)
	case <-time.After(30 * time.Millisecond):
	}
	return waiting
}

func TestAPublisherWaitsForASlowReader(t *testing.T) {
	b := memory.NewBroker()
	out := subscribe(t, b, t.Context())
	waiting := fill(t, b, t.Context())
	for range memory.Depth + 10 {
		next(t, out).Ack()
	}
	if err := <-waiting; err != nil {
		t.Error(err)
	}
}

func TestAWaitingPublisherIsReleased(t *testing.T) {
	for name, release := range map[string]func(b *memory.Broker, stopReader, stopPublisher func()){
		"when its context ends":     func(_ *memory.Broker, _, stopPublisher func()) { stopPublisher() },
		"when the reader leaves":    func(_ *memory.Broker, stopReader, _ func()) { stopReader() },
		"when the broker is closed": func(b *memory.Broker, _, _ func()) { b.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			b := memory.NewBroker()
			reader, stopReader := context.WithCancel(t.Context())
			defer stopReader()
			publisher, stopPublisher := context.WithCancel(t.Context())
			defer stopPublisher()
			subscribe(t, b, reader)
			waiting := fill(t, b, publisher)
			release(b, stopReader, stopPublisher)
			select {
			case <-waiting:
			case <-time.After(10 * time.Second):
				t.Error("it waits still")
			}
		})
	}
}

func TestANewReaderTakesThePlaceOfTheOld(t *testing.T) {
	b := memory.NewBroker()
	ctx, cancel := context.WithCancel(t.Context())
	old := subscribe(t, b, ctx)
	out := subscribe(t, b, t.Context())
	cancel()
	for range old {
	}
	if err := b.Publish("topic", entry(1)); err != nil {
		t.Fatal(err)
	}
	next(t, out).Ack()
}

func TestCloseEndsEverything(t *testing.T) {
	b := memory.NewBroker()
	out := subscribe(t, b, t.Context())
	for range 2 {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, open := <-out; open {
		t.Error("the subscription goes on")
	}
	if err := b.Publish("topic", entry(1)); err == nil {
		t.Error("a closed broker takes entries")
	}
}
