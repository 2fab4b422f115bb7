package federation

import (
	"testing"

	"pgregory.net/rapid"
)

func TestJudge(t *testing.T) {
	a, b := Hash{1}, Hash{2}
	at := Position{Epoch: 1, Next: 5, Head: a}
	frozen := at
	frozen.Frozen = true
	for _, tc := range []struct {
		name string
		p    Position
		in   Arrival
		want Verdict
	}{
		{"the next one", at, Arrival{Epoch: 1, Sequence: 5, Previous: a, Hash: b}, Apply},
		{"the very first", Start(), Arrival{Epoch: 1, Sequence: 1, Hash: b}, Apply},
		{"seen before", at, Arrival{Epoch: 1, Sequence: 3, Hash: b, Known: &b}, Duplicate},
		{"an old number with other bytes", at, Arrival{Epoch: 1, Sequence: 3, Hash: b, Known: &a}, Fork},
		{"an old number we have no record of", at, Arrival{Epoch: 1, Sequence: 3, Hash: b}, Fork},
		{"the next number on another history", at, Arrival{Epoch: 1, Sequence: 5, Previous: b, Hash: b}, Fork},
		{"something is missing before it", at, Arrival{Epoch: 1, Sequence: 7, Previous: b, Hash: b}, Ahead},
		{"another epoch", at, Arrival{Epoch: 2, Sequence: 5, Previous: a, Hash: b}, Elsewhere},
		{"next, but frozen", frozen, Arrival{Epoch: 1, Sequence: 5, Previous: a, Hash: b}, Frozen},
		{"ahead, but frozen", frozen, Arrival{Epoch: 1, Sequence: 9, Previous: a, Hash: b}, Frozen},
		{"another old one, but frozen", frozen, Arrival{Epoch: 1, Sequence: 3, Hash: b, Known: &a}, Frozen},
		{"seen before the freeze", frozen, Arrival{Epoch: 1, Sequence: 3, Hash: b, Known: &b}, Duplicate},
	} {
		if got := tc.p.Judge(tc.in); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestAnyDeliveryAppliesEachMessageOnce delivers a chain in any order and any number of times, with resends, and finds the
// receiver at the end with every message applied once and in order.
func TestAnyDeliveryAppliesEachMessageOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "messages")
		chain := make([]Arrival, n)
		for i := range chain {
			chain[i] = Arrival{Epoch: 1, Sequence: int64(i + 1), Hash: Hash{byte(i + 1)}}
			if i > 0 {
				chain[i].Previous = chain[i-1].Hash
			}
		}
		p, applied := Start(), []int64{}
		deliver := func(a Arrival) {
			if a.Sequence < p.Next {
				a.Known = &chain[a.Sequence-1].Hash
			}
			switch p.Judge(a) {
			case Apply:
				p, applied = p.After(a.Hash), append(applied, a.Sequence)
			case Fork, Frozen, Elsewhere:
				t.Fatalf("an honest chain was judged %s at %d", p.Judge(a), a.Sequence)
			}
		}
		for _, i := range rapid.SliceOf(rapid.IntRange(0, n-1)).Draw(t, "deliveries") {
			deliver(chain[i])
		}
		for _, a := range chain { // the sender goes on until everything is receipted
			deliver(a)
		}
		for i, s := range applied {
			if s != int64(i+1) {
				t.Fatalf("applied %v", applied)
			}
		}
		if len(applied) != n || p.Next != int64(n+1) {
			t.Fatalf("applied %d of %d", len(applied), n)
		}
	})
}
