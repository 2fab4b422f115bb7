package redis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// Subscribe delivers the stream's entries one at a time, in order, beginning with what was delivered before but not
// acknowledged, until ctx ends. A stream or group that has vanished is made anew. An entry that is refused (Nack) comes again after
// a pause, before all others.
func (t *Transport) Subscribe(ctx context.Context, stream string) (<-chan *message.Message, error) {
	if t.ctx.Err() != nil {
		return nil, errors.New("the transport is closed")
	}
	t.streams.Store(stream, nil)
	options := *t.options
	options.PoolSize, options.MaxRetries = 1, -1 // a read that failed may have delivered entries: start over, see read
	s := subscription{t, redis.NewClient(&options), stream, make(chan *message.Message)}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(t.ctx, cancel)
	t.work.Go(func() {
		<-ctx.Done()
		if err := s.reader.Close(); err != nil { // interrupts a read that waits for entries
			t.Log.Warn("close reader", "stream", stream, "err", err)
		}
	})
	t.work.Go(func() {
		defer close(s.out)
		defer stop()
		defer cancel()
		s.read(ctx)
	})
	return s.out, nil
}

type subscription struct {
	*Transport
	reader *redis.Client
	stream string
	out    chan *message.Message
}

// Where a read of the group begins, besides after an entry: with what this consumer left unacknowledged, or with what is new.
const (
	left  = "0"
	fresh = ">"
)

// batch is how many entries are read at once.
const batch = 16

// read first takes what was left, then what is new. After any accident it begins again so, after a pause and with a single
// entry: the accident may have been a reply too large to arrive.
func (s subscription) read(ctx context.Context) {
	from, count, wait := left, int64(batch), time.Duration(0)
	for {
		next, err := s.round(ctx, from, count)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			from, count, wait = next, batch, 0
			continue
		}
		var pause time.Duration
		from, count = left, 1
		wait, pause = longer(wait)
		s.Log.WarnContext(ctx, "read stream", "stream", s.stream, "err", explain(err), "retry_in", pause)
		sleep(ctx, pause)
	}
}

// longer returns how long to wait after an accident, given the wait after the one before, and a pause around it: nine nodes must
// not come back in step.
func longer(wait time.Duration) (next, pause time.Duration) {
	next = min(max(2*wait, 50*time.Millisecond), 5*time.Second)
	return next, next/2 + rand.N(next)
}

// round reads and delivers once, and says where to go on.
func (s subscription) round(ctx context.Context, from string, count int64) (string, error) {
	entries, err := s.next(ctx, from, count)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		if err := s.deliver(ctx, entry); err != nil {
			return "", err
		}
	}
	if from == fresh || len(entries) == 0 {
		return fresh, nil
	}
	return entries[len(entries)-1].ID, nil
}

func (s subscription) next(ctx context.Context, from string, count int64) ([]redis.XMessage, error) {
	streams, err := s.reader.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: s.Consumer, Streams: []string{s.stream, from}, Count: count, Block: 5 * time.Second,
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

// deliver hands one entry on and acknowledges it in Redis once the handler has. Of an entry that was removed before it could
// be delivered again, only the id is left.
func (s subscription) deliver(ctx context.Context, entry redis.XMessage) error {
	if entry.Values == nil {
		return s.acknowledge(ctx, entry.ID)
	}
	payload, _ := entry.Values[fieldPayload].(string) // a stranger's entry has none, and is rejected as an empty frame
	m := message.NewMessage(uuid.NewString(), []byte(payload))
	if trace, ok := entry.Values[fieldTrace].(string); ok {
		m.Metadata.Set(fieldTrace, trace)
	}
	m.SetContext(ctx)
	select {
	case s.out <- m:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-m.Acked():
		return s.acknowledge(ctx, entry.ID)
	case <-m.Nacked():
		return fmt.Errorf("the handler refused entry %s", entry.ID)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s subscription) acknowledge(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // it is in the books: also when we are stopping
	defer cancel()
	if err := s.client.XAck(ctx, s.stream, group, id).Err(); err != nil {
		return fmt.Errorf("acknowledge %s: %w", id, err)
	}
	return nil
}
