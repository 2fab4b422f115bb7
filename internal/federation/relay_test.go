package federation

import "testing"

func TestOnlyWhoIsBehindIsMadeToWaitForMore(t *testing.T) {
	r := newRelay(nil, "hub")
	one, hundred := Output{Do: Publish, From: 5, Through: 5}, Output{Do: Publish, From: 5, Through: 104}
	for _, c := range []struct {
		why       string
		due       Output
		receipted int64
		waits     bool
	}{
		{"all is answered", one, 4, false},
		{"an entry is full", hundred, 3, false},
		{"one is not answered", one, 3, true},
		{"still", one, 3, true},
		{"it is answered now", one, 4, false},
	} {
		if r.gathers(c.due, c.receipted) != c.waits {
			t.Errorf("%s: waits is not %t", c.why, c.waits)
		}
	}
	<-r.wake
	if r.gathers(one, 3) {
		t.Error("waits although the time is over")
	}
	if !r.gathers(one, 3) {
		t.Error("the next one does not wait")
	}
}
