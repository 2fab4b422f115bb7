package federation

import (
	"fmt"
	"slices"
)

// simJudge sees everything and knows what no party knows. It stops the run at the first sentence of the promise that does not hold.
type simJudge struct {
	w        *simWorld
	healing  bool
	written  map[Hash]*simFrame // messages that honest parties wrote
	told     map[simNumber]Hash // messages that honest parties published
	consumed map[simFact]Outcome
	troubled map[[2]int]bool // channels whose two ends were told different histories, with an excuse
	stolen   [simNodes + 1]bool
}

// simNumber is a number of a channel, simFact a fact as one reader knows it.
type simNumber struct {
	from, to        int
	epoch, sequence int64
}

type simFact struct{ reader, fact int }

// simViolation is a promise that was not kept on a channel between the hub and a node.
type simViolation struct {
	node int
	text string
}

func newJudge(w *simWorld) *simJudge {
	return &simJudge{w: w, written: map[Hash]*simFrame{}, told: map[simNumber]Hash{}, consumed: map[simFact]Outcome{}, troubled: map[[2]int]bool{}}
}

// violated ends the run.
func (j *simJudge) violated(e *simEnd, format string, args ...any) {
	panic(simViolation{node: e.node(), text: fmt.Sprintf("%v: ", e) + fmt.Sprintf(format, args...)})
}

// far is the other end of a channel.
func (j *simJudge) far(e *simEnd) *simEnd {
	if e.p.id == 0 {
		return j.w.end(e.peer)
	}
	return j.w.hub().ends[e.p.id-1]
}

func (j *simJudge) isStolen(e *simEnd) bool { return j.stolen[e.p.id] || j.stolen[e.peer] }

// erased tells whether an honest message is in no books of its sender any more.
func (j *simJudge) erased(sender *simEnd, f *simFrame) bool {
	s := sender.sent(f.at)
	return j.written[f.at.Hash] != nil && (s == nil || s.frame.at.Hash != f.at.Hash)
}

func (j *simJudge) wrote(f *simFrame) { j.written[f.at.Hash] = f }

// publishes: a number is used once. The excuse is a message of a life that a restore erased and that nobody had consumed when
// the sender compared heads; only the broker knew of it.
func (j *simJudge) publishes(e *simEnd, f *simFrame) {
	if j.isStolen(e) {
		return
	}
	if r := j.far(e).simBooks.consumed(f.at.Epoch, f.at.Sequence); r != nil && r.frame.at.Hash != f.at.Hash && r.at < e.agreedAt {
		j.violated(e, "told a second history at %d/%d", f.at.Epoch, f.at.Sequence)
	}
	n := simNumber{e.p.id, e.peer, f.at.Epoch, f.at.Sequence}
	if h, ok := j.told[n]; ok && h != f.at.Hash && j.w.orderly {
		if j.far(e).simBooks.consumed(f.at.Epoch, f.at.Sequence) != nil {
			j.violated(e, "used number %d twice", f.at.Sequence)
		}
	}
	j.told[n] = f.at.Hash
}

// tookBack: what comes back into an outbox was once in it.
func (j *simJudge) tookBack(e *simEnd, f *simFrame) {
	if j.written[f.at.Hash] == nil && !j.isStolen(e) {
		j.violated(e, "took back what it never wrote")
	}
}

// arrived: two messages of one number under the key that speaks are always noticed.
func (j *simJudge) arrived(e *simEnd, f *simFrame, before Inbound) {
	known := e.simBooks.consumed(f.at.Epoch, f.at.Sequence)
	if known != nil && known.frame.at.Hash != f.at.Hash && f.at.Epoch == before.Epoch && f.by == before.Key && !e.in.Frozen {
		j.violated(e, "did not notice a second history at %d/%d", f.at.Epoch, f.at.Sequence)
	}
}

// applies: a fact takes effect once, and only when its sender wrote it.
func (j *simJudge) applies(e *simEnd, f *simFrame) {
	if slices.Contains(e.applied, f.fact) {
		j.violated(e, "applied a fact twice")
	}
	if j.written[f.at.Hash] == nil && !j.stolen[e.peer] {
		j.violated(e, "applied what %d never wrote", e.peer)
	}
}

// consumes keeps what receipts may say.
func (j *simJudge) consumes(e *simEnd, f *simFrame, o Outcome) {
	j.consumed[simFact{e.p.id, f.fact}] = o
	if sender := j.far(e); j.erased(sender, f) && (sender.epoch != f.at.Epoch || !j.w.orderly && j.w.tick >= sender.agreedAt) {
		j.troubled[[2]int{e.peer, e.p.id}] = true // a straggler
	}
}

// undone: what was consumed in a transaction that did not last was not consumed.
func (j *simJudge) undone(e *simEnd, before simBooks) {
	for _, c := range e.inbox[len(before.inbox):] {
		delete(j.consumed, simFact{e.p.id, c.frame.fact})
	}
}

// acked: what the broker may forget is in the books, and those grow by no more than they should.
func (j *simJudge) acked(e *simEnd, entry *simEntry) {
	switch {
	case e.taken != entry.id:
		j.violated(e, "acknowledged what is not in its books")
	case len(e.parked) > simRoom:
		j.violated(e, "parked %d messages", len(e.parked))
	case e.in.Frozen && len(e.evidence) == 0:
		j.violated(e, "froze its channel and kept no evidence")
	}
}

// filed: who holds a receipt may rely on it.
func (j *simJudge) filed(e *simEnd, message, receipt *simFrame) {
	if o, ok := j.consumed[simFact{e.peer, message.fact}]; (!ok || o != receipt.outcome) && !j.isStolen(e) {
		j.violated(e, "holds a receipt for %d/%d, which was not consumed", message.at.Epoch, message.at.Sequence)
	}
}

// forked: an honest channel is frozen only by a straggler: a message of a life that a restore erased, which comes after the sender has
// begun another. A broker that keeps the order delivers none.
func (j *simJudge) forked(e *simEnd, f *simFrame, read int) {
	if j.isStolen(e) {
		return
	}
	sender := j.far(e)
	excuse := j.erased(sender, f) && read >= sender.p.started
	if known := e.simBooks.consumed(f.at.Epoch, f.at.Sequence); known != nil {
		excuse = excuse || j.erased(sender, known.frame) && known.at >= sender.agreedAt
	}
	if last := e.simBooks.consumed(f.at.Epoch, f.at.Sequence-1); last != nil {
		excuse = excuse || j.erased(sender, last.frame) && last.at >= sender.agreedAt
	}
	if !excuse || j.w.orderly {
		j.violated(e, "froze an honest channel at %d/%d", f.at.Epoch, f.at.Sequence)
	}
	j.troubled[[2]int{sender.p.id, e.p.id}] = true
}

// stopped: a sender gives up only when the peer does hold another history, or did when it made what the sender has read: its word,
// or a message that it sent back.
func (j *simJudge) stopped(e *simEnd, f *simFrame) {
	j.troubled[[2]int{e.p.id, e.peer}] = true
	far := j.far(e)
	old := f.kind == TypeStanding && f.made < far.p.restored
	stray := f.kind == TypeEvent && (far.p.restored > 0 || j.w.hostile)
	if j.isStolen(e) || old || stray {
		return
	}
	for _, c := range far.inbox {
		if c.frame.at.Epoch == e.epoch && j.erased(e, c.frame) && (e.byHand || c.at >= e.released) {
			return
		}
	}
	j.violated(e, "stopped without a cause")
}

// reopens: an epoch that begins before old books were made whole leaves what only the peer knows to people.
func (j *simJudge) reopens(e *simEnd) {
	for _, c := range j.far(e).inbox {
		if !slices.ContainsFunc(e.outbox, func(s simSent) bool { return s.frame.id == c.frame.id }) {
			j.troubled[[2]int{e.p.id, e.peer}] = true
		}
	}
}

// quiet tells whether nothing is left to be said.
func (j *simJudge) quiet() bool {
	for _, p := range j.w.parties {
		for _, e := range p.ends {
			if j.pending(e) != "" {
				return false
			}
		}
	}
	return true
}

// pending says what is left to be done on a channel, by its sender's end.
func (j *simJudge) pending(e *simEnd) string {
	far := j.far(e)
	switch {
	case e.epoch != e.epochNow() || far.in.Epoch != e.epoch:
		return fmt.Sprintf("epoch %d, at the peer %d, in the registry %d", e.epoch, far.in.Epoch, e.epochNow())
	case far.in.Frozen:
		return "frozen"
	case e.out.Agreement != Agreed:
		return string(e.out.Agreement)
	case e.receipted != e.next-1:
		return fmt.Sprintf("%d of %d receipted, %d consumed", e.receipted, e.next-1, far.in.Next-1)
	case far.in.Next != e.next || far.in.Head != e.head:
		return fmt.Sprintf("peer at %d of %d", far.in.Next, e.next)
	case len(far.parked) > 0:
		return "something parked"
	case e.restored:
		return "a restored copy that may not write"
	}
	return ""
}

// final judges the healed world.
func (j *simJudge) final() {
	for _, p := range j.w.parties {
		for _, e := range p.ends {
			if s := j.pending(e); s != "" {
				j.violated(e, "never came to rest: %s", s)
			}
			j.chain(e)
			j.compare(e)
		}
	}
}

// chain: the inbox of an epoch is a chain without a gap.
func (j *simJudge) chain(e *simEnd) {
	next, head := int64(1), Hash{}
	for i, c := range e.inbox {
		if i > 0 && e.inbox[i-1].frame.at.Epoch != c.frame.at.Epoch {
			next, head = 1, Hash{}
		}
		if c.frame.at.Sequence != next || c.frame.previous != head {
			j.violated(e, "the inbox is no chain at %d/%d", c.frame.at.Epoch, c.frame.at.Sequence)
		}
		next, head = next+1, c.frame.at.Hash
	}
}

// compare: what the sender has written is what the receiver has applied, once and in order.
func (j *simJudge) compare(e *simEnd) {
	if j.isStolen(e) {
		return
	}
	var want []int
	for _, s := range e.outbox {
		f := s.frame
		if (f.body == plain || f.body == novel) && !slices.Contains(want, f.fact) {
			want = append(want, f.fact)
		}
	}
	got := slices.Clone(j.far(e).applied)
	if j.troubled[[2]int{e.p.id, e.peer}] {
		got = slices.DeleteFunc(got, func(n int) bool { return !slices.Contains(want, n) })
	}
	if !slices.Equal(got, want) {
		j.violated(e, "written %v, applied %v", want, got)
	}
}
