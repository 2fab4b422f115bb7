package main

import (
	"context"
	"testing"
)

// TestKilledAtRandomPointsNothingIsLostOrDoubled ends hub and nodes without warning, again and again, while they work, and every other
// time empties the broker before the program is there again.
func TestKilledAtRandomPointsNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, o *ordeal) {
		c := o.broker.client()
		defer c.Close()
		l := o.load()
		for range times(6, 250) {
			o.pause(600)
			p := o.anyone()
			p.kill()
			if o.random.IntN(2) == 0 {
				o.must(c.FlushAll(context.Background()).Err())
			}
			o.pause(200)
			p.start()
		}
		l.awaitMore(t, 20)
		o.judge(l.end())
	})
}
