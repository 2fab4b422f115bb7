// Package redis carries entries over Redis Streams, through Watermill's interfaces. It is our own because the stock subscriber
// stops for good when a stream is wiped or one entry cannot be read, and delivers a refused entry again for ever.
//
// One stream per sender and per recipient, one consumer group on each. What is lost in Redis costs nothing: the
// protocol above sends again until it holds a receipt.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// Fields of an entry. Anything else in it is ignored; an entry without a payload reaches the handler empty, which rejects it.
const (
	fieldPayload = "frames"
	fieldTrace   = "traceparent"
)

// group is the one consumer group of every stream.
const group = "passerelle"

// Options of a Transport.
type Options struct {
	URL      string // redis://user:password@host:port/0, or rediss:// for TLS
	Consumer string // name of this party in the group
	// Trim lets this party remove what was read. The hub does; a node's Redis user may not.
	Trim bool
	Log  *slog.Logger // default slog.Default()
}

// Transport is a Watermill publisher and subscriber over one Redis.
type Transport struct {
	Options
	client *redis.Client
	closed chan struct{}
	once   sync.Once
	work   sync.WaitGroup
}

// Open connects lazily: a Redis that is down is tried again at each use. Only a bad address is an error.
func Open(o Options) (*Transport, error) {
	options, err := redis.ParseURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("broker: %w; write redis://host:port", err)
	}
	options.DisableIdentity = true // the access list of a node does not allow CLIENT SETINFO
	options.ContextTimeoutEnabled = true
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Transport{Options: o, client: redis.NewClient(options), closed: make(chan struct{})}, nil
}

// Publish appends the entries to a stream, in one round trip.
func (t *Transport) Publish(stream string, entries ...*message.Message) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := t.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, m := range entries {
			values := []any{fieldPayload, []byte(m.Payload)}
			if trace := m.Metadata.Get(fieldTrace); trace != "" {
				values = append(values, fieldTrace, trace)
			}
			p.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: values})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", stream, err)
	}
	if t.Trim {
		t.trim(ctx, stream)
	}
	return nil
}

// trim removes what the stream's reader has acknowledged. It is housekeeping: a failure is logged and tried at the next entry.
func (t *Transport) trim(ctx context.Context, stream string) {
	n, err := t.client.XLen(ctx, stream).Result()
	if err != nil || n < 2*trimAbove {
		return
	}
	groups, err := t.client.XInfoGroups(ctx, stream).Result()
	if err != nil || len(groups) != 1 {
		return
	}
	oldest := groups[0].LastDeliveredID
	if groups[0].Pending > 0 {
		pending, err := t.client.XPending(ctx, stream, group).Result()
		if err != nil {
			return
		}
		oldest = pending.Lower
	}
	if err := t.client.XTrimMinID(ctx, stream, oldest).Err(); err != nil {
		t.Log.WarnContext(ctx, "trim stream", "stream", stream, "err", err)
	}
}

// trimAbove is how many entries may lie in a stream before it is worth a round trip to clean it.
const trimAbove = 256

// Subscribe delivers the stream's entries one at a time, in order, beginning with what was delivered before but not
// acknowledged, until ctx ends. A stream or group that has vanished is made anew.
func (t *Transport) Subscribe(ctx context.Context, stream string) (<-chan *message.Message, error) {
	out := make(chan *message.Message)
	ctx, cancel := context.WithCancel(ctx)
	t.work.Go(func() {
		select {
		case <-t.closed:
			cancel()
		case <-ctx.Done():
		}
	})
	t.work.Go(func() {
		defer cancel()
		defer close(out)
		t.read(ctx, stream, out)
	})
	return out, nil
}

// read first takes what this consumer left unacknowledged ("0"), then what is new (">").
func (t *Transport) read(ctx context.Context, stream string, out chan<- *message.Message) {
	from := "0"
	for wait := time.Duration(0); ctx.Err() == nil; {
		entries, err := t.next(ctx, stream, from)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			from = "0" // after a wipe or a broken connection nothing is certain
			wait = min(max(2*wait, 50*time.Millisecond), 5*time.Second)
			t.Log.WarnContext(ctx, "read stream", "stream", stream, "err", err, "retry_in", wait)
			sleep(ctx, wait)
			continue
		case len(entries) == 0 && from != ">":
			from = ">"
			continue
		}
		wait = 0
		for _, entry := range entries {
			if !t.deliver(ctx, stream, entry, out) {
				return
			}
			if from != ">" {
				from = entry.ID
			}
		}
	}
}

func (t *Transport) next(ctx context.Context, stream, from string) ([]redis.XMessage, error) {
	streams, err := t.client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: t.Consumer, Streams: []string{stream, from}, Count: 16, Block: time.Second,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil && strings.HasPrefix(err.Error(), "NOGROUP") {
		err = t.client.XGroupCreateMkStream(ctx, stream, group, "0").Err()
		if err != nil && strings.HasPrefix(err.Error(), "BUSYGROUP") {
			err = nil
		}
		return nil, err
	}
	if err != nil || len(streams) == 0 {
		return nil, err
	}
	return streams[0].Messages, nil
}

// deliver hands one entry on and acknowledges it in Redis once the handler has.
func (t *Transport) deliver(ctx context.Context, stream string, entry redis.XMessage, out chan<- *message.Message) bool {
	payload, _ := entry.Values[fieldPayload].(string) // a stranger's entry has none, and is rejected as an empty frame
	m := message.NewMessage(uuid.NewString(), []byte(payload))
	if trace, ok := entry.Values[fieldTrace].(string); ok {
		m.Metadata.Set(fieldTrace, trace)
	}
	m.SetContext(ctx)
	select {
	case out <- m:
	case <-ctx.Done():
		return false
	}
	select {
	case <-m.Acked():
	case <-m.Nacked():
		return true // stays pending and is read again after the next start; the protocol does not wait for it
	case <-ctx.Done():
		return false
	}
	if err := t.acknowledge(ctx, stream, entry.ID); err != nil {
		t.Log.WarnContext(ctx, "acknowledge", "stream", stream, "entry", entry.ID, "err", err)
	}
	return true
}

func (t *Transport) acknowledge(ctx context.Context, stream, id string) error {
	_, err := t.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.XAck(ctx, stream, group, id)
		if t.Trim {
			p.XDel(ctx, stream, id)
		}
		return nil
	})
	return err
}

// Close ends the subscriptions, then the connections.
func (t *Transport) Close() error {
	t.once.Do(func() { close(t.closed) })
	t.work.Wait()
	if err := t.client.Close(); err != nil && !errors.Is(err, redis.ErrClosed) {
		return err
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
