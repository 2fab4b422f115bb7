package federation

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestOutboundKeepsItsBounds feeds a sending end anything in any order: it speaks only when heads agree, only what is written, in order
// and without leaving out what has no receipt, and at most a window ahead.
func TestOutboundKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, written, receipted := noon, int64(0), int64(0)
		out := Begin(1, 0, time.Second)
		sent := int64(0) // the highest that was ever published
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 90_000).Draw(t, "ms")) * time.Millisecond)
			written += rapid.Int64Range(0, 5).Draw(t, "written")
			receipted = rapid.Int64Range(receipted, max(receipted, sent)).Draw(t, "receipted")
			if rapid.Bool().Draw(t, "hears") {
				out, _ = out.Step(anyHeard(t, written, now))
			}
			jitter := rapid.Int64().Draw(t, "jitter")
			var do []Output
			out, do = out.Step(Tick{Epoch: 1, Written: written, Receipted: receipted, Jitter: jitter, Now: now})
			for _, o := range do {
				if o.Do != Publish {
					continue
				}
				if out.Agreement != Agreed || o.From < 1 || o.Through < o.From || o.Through > written || o.Through > receipted+fullWindow || o.From > max(sent, receipted)+1 {
					t.Fatalf("%+v with %d written, %d receipted, %d sent: %+v", o, written, receipted, sent, out)
				}
				through := rapid.Int64Range(o.From, o.Through).Draw(t, "published")
				sent = max(sent, through)
				out, _ = out.Step(Published{Through: through, Jitter: jitter, Now: now})
			}
		}
	})
}

func anyHeard(t *rapid.T, written int64, now time.Time) Heard {
	hashes := []Hash{{}, {1}, {2}}
	h := Heard{
		Fresh: rapid.Bool().Draw(t, "fresh"), Asks: rapid.Bool().Draw(t, "asks"), Written: written, Now: now,
		Consumed: Point{rapid.Int64Range(1, 2).Draw(t, "epoch"), rapid.Int64Range(0, written+2).Draw(t, "consumed"), rapid.SampledFrom(hashes).Draw(t, "theirs")},
	}
	if rapid.Bool().Draw(t, "known") {
		h.Known = &hashes[rapid.IntRange(0, 2).Draw(t, "ours")]
	}
	return h
}

// TestASilentPeerIsTriedAgainForEver: whatever was published, the first message without a receipt goes out again within the longest
// patience, alone, and everything follows the first receipt.
func TestASilentPeerIsTriedAgainForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		written := rapid.Int64Range(1, 30).Draw(t, "written")
		receipted := rapid.Int64Range(0, written-1).Draw(t, "receipted")
		out := Begin(1, receipted, time.Second)
		out, _ = out.Step(Heard{Fresh: true, Consumed: Point{Epoch: 1}, Written: written, Now: noon})
		now, last := noon, noon
		for range rapid.IntRange(1, 200).Draw(t, "polls") {
			now = now.Add(time.Duration(rapid.Int64Range(1, 20_000).Draw(t, "ms")) * time.Millisecond)
			var do []Output
			out, do = out.Step(Tick{Epoch: 1, Written: written, Receipted: receipted, Jitter: rapid.Int64().Draw(t, "jitter"), Now: now})
			for _, o := range do {
				if o.Do == Publish {
					last = now
					out, _ = out.Step(Published{Through: o.Through, Now: now})
				}
			}
			if wait := now.Sub(last); wait > mostPatient+mostPatient/4+20*time.Second {
				t.Fatalf("nothing for %s: %+v", wait, out)
			}
		}
		_, do := out.Step(Tick{Epoch: 1, Written: written, Receipted: receipted + 1, Now: now})
		if out.Sent < written && receipted+1 < written && (len(do) != 1 || do[0].Do != Publish || do[0].Through != written) {
			t.Fatalf("the peer answers, and %+v", do)
		}
	})
}

// TestInboundMovesOnlyByWhatIsConsumed feeds a receiving end anything: only Done moves it, only a new epoch thaws it, what was
// consumed is always answered, and nothing but the next message of the one history under the one key is applied.
func TestInboundMovesOnlyByWhatIsConsumed(t *testing.T) {
	hashes := []Hash{{}, {1}, {2}, {3}}
	rapid.Check(t, func(t *rapid.T) {
		in := Start(1, "be.1", time.Second)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := in
			a := Arrival{
				Point:    Point{rapid.Int64Range(1, 3).Draw(t, "epoch"), rapid.Int64Range(1, 8).Draw(t, "sequence"), rapid.SampledFrom(hashes).Draw(t, "hash")},
				Previous: rapid.SampledFrom(hashes).Draw(t, "previous"), Key: KeyID(rapid.SampledFrom([]string{"be.1", "be.2"}).Draw(t, "key")),
				Room: rapid.Bool().Draw(t, "room"), Now: noon,
			}
			if rapid.Bool().Draw(t, "known") {
				a.Known = &hashes[rapid.IntRange(0, 3).Draw(t, "record")]
			}
			var out []Output
			in, out = in.Step(a)
			if len(out) == 0 || in.Next != before.Next || in.Head != before.Head || in.Key != before.Key || in.Epoch != before.Epoch || before.Frozen && !in.Frozen {
				t.Fatalf("%+v moved %+v to %+v: %v", a, before, in, out)
			}
			known := a.Known != nil && *a.Known == a.Hash
			next := a.Epoch == before.Epoch && a.Sequence == before.Next && a.Previous == before.Head && a.Key == before.Key && !before.Frozen
			if (out[0].Do == Answer) != known || (out[0].Do == Apply) != (next && !known) {
				t.Fatalf("%+v at %+v: %v", a, before, out)
			}
			if out[0].Do == Apply {
				in, _ = in.Step(Done{Hash: a.Hash, Key: a.Key})
				if in.Next != before.Next+1 || in.Head != a.Hash {
					t.Fatalf("consumed %+v at %+v: %+v", a, before, in)
				}
			}
			if rapid.IntRange(0, 20).Draw(t, "opens") == 0 {
				in, _ = in.Step(Opened{Epoch: rapid.Int64Range(1, 3).Draw(t, "to"), Key: "be.1"})
				if in.Epoch < before.Epoch {
					t.Fatal("an epoch went back")
				}
			}
		}
	})
}

// TestReturnsAreBounded: whatever standings are replayed, messages go back a window at a time and no oftener than we are impatient.
func TestReturnsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Start(1, "be.1", 2*time.Second)
		in.Next = rapid.Int64Range(1, 5000).Draw(t, "next")
		now, returned := noon, 0
		for range 50 {
			now = now.Add(10 * time.Millisecond)
			var out []Output
			in, out = in.Step(Heard{Fresh: true, PeerWrote: Point{Epoch: 1, Sequence: rapid.Int64Range(0, 6000).Draw(t, "wrote")}, Now: now})
			for _, o := range out {
				if o.Do != Return {
					continue
				}
				if returned++; o.Through >= in.Next || o.Through-o.From >= mostReturned {
					t.Fatalf("returns %+v of %d", o, in.Next-1)
				}
			}
		}
		if returned > 2 { // half a second, at one in a quarter of two
			t.Fatalf("%d returns in half a second", returned)
		}
	})
}
