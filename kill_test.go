package main

import "testing"

// TestKilledAtRandomPointsNothingIsLostOrDoubled ends hub and nodes without warning, again and again, while they work.
func TestKilledAtRandomPointsNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, o *ordeal) {
		l := o.load()
		for range times(6, 250) {
			o.pause(600)
			p := o.anyone()
			p.kill()
			o.pause(200)
			p.start()
		}
		l.awaitMore(t, 20)
		o.judge(l.end())
	})
}
