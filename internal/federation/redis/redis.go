// Package redis carries entries over Redis Streams, through Watermill's interfaces. It is our own because the stock subscriber
// stops for good when a stream is wiped or one entry cannot be read, and delivers a refused entry again for ever.
//
// One stream per sender and per recipient, one consumer group on each. While a stream lives, an entry is delivered, in order,
// until its reader has acknowledged it, and removed only then. The stream itself may vanish at any time, with all that lies in
// it: Redis may be emptied or exchanged, and a stream beyond its quota is thrown away. That costs nothing: the protocol above
// sends again until it holds a receipt.
//
// It is no queue to rely on without such a protocol, and knows nothing of what the entries say.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
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
	URL      string // rediss://user:password@host:port; redis:// without TLS only on this host
	TLS      TLS    // must be given with rediss://
	Consumer string // name of this party in the group
	// Trim makes this party clean the streams it writes or reads. The hub does; a node's Redis user may not.
	Trim bool
	Log  *slog.Logger // default slog.Default()
}

// Transport is a Watermill publisher and subscriber over one Redis.
type Transport struct {
	Options
	options *redis.Options
	client  *redis.Client // publishes, acknowledges and cleans; each subscription reads over a connection of its own
	streams sync.Map      // those to clean, by name
	ends    sync.Map      // of certificates, by name
	ctx     context.Context
	close   context.CancelFunc
	work    sync.WaitGroup
}

// Open connects lazily: a Redis that is down is tried again at each use. Only a bad address or certificate is an error.
func Open(o Options) (*Transport, error) {
	options, err := redis.ParseURL(o.URL)
	if err != nil { // which may quote the password
		return nil, errors.New("broker: the address cannot be read; write rediss://user:password@host:port, with %xx for what is special in the password")
	}
	if options.TLSConfig == nil && !local(options) {
		return nil, fmt.Errorf("broker: redis:// would send the password to %s in the clear; write rediss:// and give the certificates", options.Addr)
	}
	if options.TLSConfig != nil {
		if options.TLSConfig, err = o.TLS.config(options); err != nil {
			return nil, fmt.Errorf("broker: %w", err)
		}
	}
	options.DisableIdentity = true // the access list of a node does not allow CLIENT SETINFO
	options.ContextTimeoutEnabled = true
	if o.Log == nil {
		o.Log = slog.Default()
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &Transport{Options: o, options: options, ctx: ctx, close: cancel}
	if options.TLSConfig != nil {
		t.ends.Store("own", options.TLSConfig.Certificates[0].Leaf.NotAfter)
		options.TLSConfig.VerifyConnection = t.seen
	}
	t.client = redis.NewClient(options)
	if t.Trim {
		t.work.Go(t.clean)
	}
	return t, nil
}

// local tells whether an address stays on this host.
func local(o *redis.Options) bool {
	host, _, _ := net.SplitHostPort(o.Addr) // a socket file has no port, and is known by its network
	return o.Network == "unix" || host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Publish appends the entries to a stream, in one round trip. The context of the first bounds how long it tries.
func (t *Transport) Publish(stream string, entries ...*message.Message) error {
	if len(entries) == 0 {
		return nil
	}
	t.streams.Store(stream, nil)
	ctx, cancel := context.WithTimeout(entries[0].Context(), 10*time.Second)
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
		return fmt.Errorf("publish to %s: %w", stream, explain(err))
	}
	return nil
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

// sleep tells whether the time passed before the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
