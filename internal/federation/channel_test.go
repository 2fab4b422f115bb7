package federation

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 4, 28, 12, 0, 0, 0, time.UTC)

func TestArrivals(t *testing.T) {
	a, b := Hash{1}, Hash{2}
	at := Inbound{Epoch: 2, Next: 5, Head: a, Key: "be.1", Impatient: time.Second}
	frozen, fresh := at, Start(2, "be.1", time.Second)
	frozen.Frozen = true
	in := func(epoch, sequence int64, previous, hash Hash, known *Hash) Arrival {
		return Arrival{Point: Point{epoch, sequence, hash}, Previous: previous, Key: "be.1", Known: known, Room: true, Now: noon}
	}
	otherKey := in(2, 5, a, b, nil)
	otherKey.Key = "be.2"
	full := in(2, 7, b, b, nil)
	full.Room = false
	stale := func(a Arrival) Arrival {
		a.Stale = true
		return a
	}
	asked := at
	asked.Asked = Request{From: 5, At: noon.Add(-mostDoubting + 1)}
	for _, tc := range []struct {
		name string
		p    Inbound
		in   Arrival
		want []Action
	}{
		{"the next one", at, in(2, 5, a, b, nil), []Action{Apply}},
		{"the very first", fresh, in(2, 1, Hash{}, b, nil), []Action{Apply}},
		{"seen before", at, in(2, 3, Hash{}, b, &b), []Action{Answer}},
		{"an old number with other bytes", at, in(2, 3, Hash{}, b, &a), []Action{Fork}},
		{"an old number we have no record of", at, in(2, 3, Hash{}, b, nil), []Action{Fork}},
		{"the next number on another history", at, in(2, 5, b, b, nil), []Action{Fork}},
		{"something is missing before it", at, in(2, 7, b, b, nil), []Action{Park, Ask}},
		{"something is missing, and there is no room", at, full, []Action{Drop, Ask}},
		{"an epoch to come", at, in(3, 5, a, b, nil), []Action{Reject}},
		{"an epoch that is over", at, in(1, 9, a, b, nil), []Action{Reject}},
		{"an epoch that is over, consumed then", at, in(1, 9, a, b, &b), []Action{Answer}},
		{"next, with another key", at, otherKey, []Action{Reject}},
		{"next, but frozen", frozen, in(2, 5, a, b, nil), []Action{Frozen}},
		{"ahead, but frozen", frozen, in(2, 9, a, b, nil), []Action{Frozen}},
		{"another old one, but frozen", frozen, in(2, 3, Hash{}, b, &a), []Action{Frozen}},
		{"the next one, by a stale registry", at, stale(in(2, 5, a, b, nil)), []Action{Waits, Ask}},
		{"the next one, by a stale registry, lately asked about", asked, stale(in(2, 5, a, b, nil)), []Action{Waits}},
		{"the next one on another history, by a stale registry", at, stale(in(2, 5, b, b, nil)), []Action{Waits, Ask}},
		{"seen before, by a stale registry", at, stale(in(2, 3, Hash{}, b, &b)), []Action{Answer}},
		{"seen before the freeze", frozen, in(2, 3, Hash{}, b, &b), []Action{Answer}},
	} {
		after, out := tc.p.Step(tc.in)
		var got []Action
		for _, o := range out {
			got = append(got, o.Do)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
		if after.Next != tc.p.Next || after.Frozen != (tc.p.Frozen || slices.Contains(tc.want, Fork)) {
			t.Errorf("%s: the state is %+v", tc.name, after)
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
			chain[i] = Arrival{Point: Point{1, int64(i + 1), Hash{byte(i + 1)}}, Room: true, Now: noon}
			if i > 0 {
				chain[i].Previous = chain[i-1].Hash
			}
		}
		p, applied := Start(1, "", time.Second), []int64{}
		deliver := func(a Arrival) {
			if a.Sequence < p.Next {
				a.Known = &chain[a.Sequence-1].Hash
			}
			var out []Output
			switch p, out = p.Step(a); out[0].Do {
			case Apply:
				p, _ = p.Step(Done{Hash: a.Hash})
				applied = append(applied, a.Sequence)
			case Fork, Frozen, Reject:
				t.Fatalf("an honest chain: %s at %d", out[0].Do, a.Sequence)
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

// TestNothingIsPublishedBeforeHeadsAgree: only a standing of this start lets a sender speak, and what it says decides how.
func TestNothingIsPublishedBeforeHeadsAgree(t *testing.T) {
	five, other := Hash{5}, Hash{9}
	start := Begin(1, 3, time.Second)
	tick := Tick{Epoch: 1, Written: 5, Receipted: 3, Now: noon}
	for _, tc := range []struct {
		name  string
		heard Heard
		want  Agreement
		sends bool
	}{
		{"an old standing", Heard{Consumed: Point{1, 5, five}, Known: &five, Written: 5}, Unheard, false},
		{"of another epoch", Heard{Fresh: true, Consumed: Point{2, 0, Hash{}}, Written: 5}, Unheard, false},
		{"the same history", Heard{Fresh: true, Consumed: Point{1, 5, five}, Known: &five, Written: 5}, Agreed, true},
		{"a shorter one", Heard{Fresh: true, Consumed: Point{1, 0, Hash{}}, Written: 5}, Agreed, true},
		{"a longer one", Heard{Fresh: true, Consumed: Point{1, 6, other}, Written: 5}, Behind, false},
		{"another one", Heard{Fresh: true, Consumed: Point{1, 5, other}, Known: &five, Written: 5}, Diverged, false},
	} {
		tc.heard.Now = noon
		out, _ := start.Step(tc.heard)
		_, do := out.Step(tick)
		if out.Agreement != tc.want || (len(do) > 0) != tc.sends {
			t.Errorf("%s: %s, then %v", tc.name, out.Agreement, do)
		}
	}
}
