package main

import (
	"context"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// TestTheBrokerIsWipedReplacedAndMeddledWith takes everything from the broker, or the broker itself, while the network works.
func TestTheBrokerIsWipedReplacedAndMeddledWith(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, o *ordeal) {
		c := o.broker.client()
		defer c.Close()
		var harms []func()
		add := func(often int, harm func()) {
			for range often {
				harms = append(harms, harm)
			}
		}
		add(times(2, 100), func() { o.must(c.FlushAll(context.Background()).Err()) })
		add(times(1, 10), o.replaceBroker)
		add(times(1, 20), func() { o.destroyGroups(c) })
		o.random.Shuffle(len(harms), func(i, j int) { harms[i], harms[j] = harms[j], harms[i] })
		l := o.load()
		for _, harm := range harms {
			l.awaitMore(t, 5)
			o.pause(300)
			harm()
		}
		l.awaitMore(t, 20)
		o.judge(l.end())
	})
}

// replaceBroker kills the broker; after a while an empty one answers at its address.
func (o *ordeal) replaceBroker() {
	o.broker.kill()
	o.pause(2000)
	o.broker.start()
}

// destroyGroups takes away what the readers' positions hang on.
func (o *ordeal) destroyGroups(c *goredis.Client) {
	o.t.Helper()
	ctx := context.Background()
	streams, err := c.Keys(ctx, "fed:*").Result()
	o.must(err)
	for _, stream := range streams {
		groups, err := c.XInfoGroups(ctx, stream).Result()
		o.must(err)
		for _, g := range groups {
			o.must(c.XGroupDestroy(ctx, stream, g.Name).Err())
		}
	}
}
