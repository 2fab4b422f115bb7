package main

import (
	"context"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// TestTheBrokerIsWipedReplacedAndMeddledWith takes everything from the broker, or the broker itself, while the network works.
func TestTheBrokerIsWipedReplacedAndMeddledWith(t *testing.T) {
	for _, harm := range []struct {
		name  string
		often int
		do    func(o *ordeal, c *goredis.Client)
	}{
		{"emptied", times(2, 100), func(o *ordeal, c *goredis.Client) {
			if err := c.FlushAll(context.Background()).Err(); err != nil {
				o.t.Fatal(err)
			}
		}},
		{"killed and replaced by an empty one", times(1, 10), func(o *ordeal, _ *goredis.Client) {
			o.broker.kill()
			o.pause(2000)
			o.broker.start()
		}},
		{"without its consumer groups", times(1, 20), func(o *ordeal, c *goredis.Client) { o.destroyGroups(c) }},
	} {
		t.Run(harm.name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, o *ordeal) {
				c := o.broker.client()
				defer c.Close()
				l := o.load()
				for range harm.often {
					l.awaitMore(t, 5)
					o.pause(300)
					harm.do(o, c)
				}
				l.awaitMore(t, 20)
				o.judge(l.end())
			})
		})
	}
}

func (o *ordeal) destroyGroups(c *goredis.Client) {
	o.t.Helper()
	ctx := context.Background()
	streams, err := c.Keys(ctx, "fed:*").Result()
	if err != nil {
		o.t.Fatal(err)
	}
	for _, stream := range streams {
		groups, err := c.XInfoGroups(ctx, stream).Result()
		if err != nil {
			o.t.Fatal(err)
		}
		for _, g := range groups {
			if err := c.XGroupDestroy(ctx, stream, g.Name).Err(); err != nil {
				o.t.Fatal(err)
			}
		}
	}
}
