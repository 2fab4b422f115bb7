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
	options *redis.Options
	client  *redis.Client // publishes and acknowledges; each subscription reads over a connection of its own
	ctx     context.Context
	close   context.CancelFunc
	work    sync.WaitGroup
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
	ctx, cancel := context.WithCancel(context.Background())
	return &Transport{Options: o, options: options, client: redis.NewClient(options), ctx: ctx, close: cancel}, nil
}

// Publish appends the entries to a stream, in one round trip. The context of the first bounds how long it tries.
func (t *Transport) Publish(stream string, entries ...*message.Message) error {
	if len(entries) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(entries[0].Context(), 10*time.Second)
	defer cancel()
	if err := t.append(ctx, stream, entries); err != nil {
		return fmt.Errorf("publish to %s: %w", stream, err)
	}
	return nil
}

func (t *Transport) append(ctx context.Context, stream string, entries []*message.Message) error {
	var length *redis.IntCmd
	_, err := t.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, m := range entries {
			values := []any{fieldPayload, []byte(m.Payload)}
			if trace := m.Metadata.Get(fieldTrace); trace != "" {
				values = append(values, fieldTrace, trace)
			}
			p.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: values})
		}
		if t.Trim {
			length = p.XLen(ctx, stream)
		}
		return nil
	})
	if err != nil || length == nil || length.Val() < trimAbove {
		return err
	}
	return t.trim(ctx, stream, length.Val())
}

// trimAbove is how many entries may lie in a stream before it is worth round trips to clean it, and full how many unread ones
// may: then the reader is gone or does not want to read, and the publisher is told to come back later.
const (
	trimAbove = 256
	full      = 4096
)

// trim removes what the stream's reader has acknowledged.
func (t *Transport) trim(ctx context.Context, stream string, length int64) error {
	groups, err := t.client.XInfoGroups(ctx, stream).Result()
	if err != nil {
		return err
	}
	if len(groups) == 1 {
		oldest := groups[0].LastDeliveredID
		if groups[0].Pending > 0 {
			pending, err := t.client.XPending(ctx, stream, group).Result()
			if err != nil {
				return err
			}
			if pending.Count > 0 {
				oldest = pending.Lower
			}
		}
		removed, err := t.client.XTrimMinID(ctx, stream, oldest).Result()
		if err != nil {
			return err
		}
		length -= removed
	}
	if length > full {
		return fmt.Errorf("%d entries lie there unread", length)
	}
	return nil
}

// Subscribe delivers the stream's entries one at a time, in order, beginning with what was delivered before but not
// acknowledged, until ctx ends. A stream or group that has vanished is made anew.
func (t *Transport) Subscribe(ctx context.Context, stream string) (<-chan *message.Message, error) {
	if t.ctx.Err() != nil {
		return nil, errors.New("the transport is closed")
	}
	options := *t.options
	options.PoolSize, options.MaxRetries = 1, -1 // a read that failed may have delivered entries: start over, see read
	reader := redis.NewClient(&options)
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(t.ctx, cancel)
	context.AfterFunc(ctx, func() {
		if err := reader.Close(); err != nil { // interrupts a read that waits for entries
			t.Log.Warn("close reader", "stream", stream, "err", err)
		}
	})
	out := make(chan *message.Message)
	t.work.Go(func() {
		defer close(out)
		defer cancel()
		s := subscription{t, reader, stream, out}
		s.read(ctx)
	})
	return out, nil
}

type subscription struct {
	*Transport
	reader *redis.Client
	stream string
	out    chan<- *message.Message
}

// read first takes what this consumer left unacknowledged ("0"), then what is new (">").
func (s *subscription) read(ctx context.Context) {
	from := "0"
	for wait := time.Duration(0); ctx.Err() == nil; {
		entries, err := s.next(ctx, from)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			from = "0" // after a wipe or a broken connection nothing is certain
			wait = min(max(2*wait, 50*time.Millisecond), 5*time.Second)
			s.Log.WarnContext(ctx, "read stream", "stream", s.stream, "err", err, "retry_in", wait)
			sleep(ctx, wait)
			continue
		case len(entries) == 0 && from != ">":
			from = ">"
			continue
		}
		wait = 0
		for _, entry := range entries {
			if !s.deliver(ctx, entry) {
				return
			}
			if from != ">" {
				from = entry.ID
			}
		}
	}
}

func (s *subscription) next(ctx context.Context, from string) ([]redis.XMessage, error) {
	streams, err := s.reader.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: s.Consumer, Streams: []string{s.stream, from}, Count: 16, Block: 5 * time.Second,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil && strings.HasPrefix(err.Error(), "NOGROUP") {
		err = s.reader.XGroupCreateMkStream(ctx, s.stream, group, "0").Err()
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
func (s *subscription) deliver(ctx context.Context, entry redis.XMessage) bool {
	payload, _ := entry.Values[fieldPayload].(string) // a stranger's entry has none, and is rejected as an empty frame
	m := message.NewMessage(uuid.NewString(), []byte(payload))
	if trace, ok := entry.Values[fieldTrace].(string); ok {
		m.Metadata.Set(fieldTrace, trace)
	}
	m.SetContext(ctx)
	select {
	case s.out <- m:
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
	if err := s.acknowledge(ctx, entry.ID); err != nil {
		s.Log.WarnContext(ctx, "acknowledge", "stream", s.stream, "entry", entry.ID, "err", err)
	}
	return true
}

func (s *subscription) acknowledge(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // it is in the books: also when we are stopping
	defer cancel()
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.XAck(ctx, s.stream, group, id)
		if s.Trim {
			p.XDel(ctx, s.stream, id)
		}
		return nil
	})
	return err
}

// Close ends the subscriptions, then the connections.
func (t *Transport) Close() error {
	t.close()
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
