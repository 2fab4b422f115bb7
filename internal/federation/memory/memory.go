// Package memory carries entries between parties of one process. It is the transport of the demonstration and of most tests:
// like any broker of ours it may lose entries (when nobody listens) and owes nobody anything; the protocol above makes that
// harmless.
package memory

import (
	"context"
	"errors"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"
)

// Broker is a Watermill publisher and subscriber. Entries of a topic reach its one subscriber in order, the next when the
// one before is acknowledged. It keeps at most Depth entries a topic; a publisher then waits.
type Broker struct {
	mu     sync.Mutex
	topics map[string]*topic
	closed chan struct{}
}

// Depth bounds the entries that wait in a topic.
const Depth = 64

type topic struct {
	entries chan *message.Message
	gone    <-chan struct{} // closed when the subscriber has left
}

// NewBroker returns an empty broker.
func NewBroker() *Broker {
	return &Broker{topics: map[string]*topic{}, closed: make(chan struct{})}
}

// Publish hands the entries to the topic's subscriber, waiting while it is Depth behind, or until the context of the entry ends.
// Without a subscriber they are lost.
func (b *Broker) Publish(name string, entries ...*message.Message) error {
	b.mu.Lock()
	t := b.topics[name]
	b.mu.Unlock()
	for _, m := range entries {
		if b.isClosed() {
			return errClosed
		}
		if t == nil {
			return nil
		}
		select {
		case t.entries <- m.Copy():
		case <-t.gone:
			return nil
		case <-m.Context().Done():
			return m.Context().Err()
		case <-b.closed:
			return errClosed
		}
	}
	return nil
}

var errClosed = errors.New("the broker is closed")

func (b *Broker) isClosed() bool {
	select {
	case <-b.closed:
		return true
	default:
		return false
	}
}

// Subscribe delivers the topic until ctx ends. A topic has one subscriber; a new one takes the place of the old.
func (b *Broker) Subscribe(ctx context.Context, name string) (<-chan *message.Message, error) {
	if b.isClosed() {
		return nil, errClosed
	}
	t := &topic{entries: make(chan *message.Message, Depth), gone: ctx.Done()}
	b.mu.Lock()
	b.topics[name] = t
	b.mu.Unlock()
	out := make(chan *message.Message)
	go func() {
		defer close(out)
		defer b.leave(name, t)
		for {
			select {
			case m := <-t.entries:
				if !deliver(ctx, out, m) {
					return
				}
			case <-ctx.Done():
				return
			case <-b.closed:
				return
			}
		}
	}()
	return out, nil
}

func deliver(ctx context.Context, out chan<- *message.Message, m *message.Message) bool {
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	m.SetContext(own)
	select {
	case out <- m:
	case <-ctx.Done():
		return false
	}
	select {
	case <-m.Acked():
	case <-m.Nacked(): // never asked for by our handlers; dropping it is what a lossy broker may do
	case <-ctx.Done():
		return false
	}
	return true
}

func (b *Broker) leave(name string, t *topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[name] == t {
		delete(b.topics, name)
	}
}

// Close ends all subscriptions and refuses further entries. Closing twice is harmless.
func (b *Broker) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.isClosed() {
		close(b.closed)
	}
	return nil
}
