package federation

import "slices"

// This file is the model of the receiving shell, receive.go, taking.go and standing.go around Inbound.Step, with a possible crash
// between any two of its steps.

// receive takes one entry of the broker into the books.
func (e *simEnd) receive() {
	w := e.p.w
	entry := w.next(e)
	if entry == nil {
		return
	}
	if w.bug == ackBeforeCommit {
		w.ack(e)
		w.judge.acked(e, entry)
	}
	if e.p.dies() {
		return
	}
	t := simTaking{simEnd: e, entry: entry}
	t.all()
	if w.bug == ackBeforeCommit || !e.p.up || e.p.dies() {
		return
	}
	w.ack(e)
	w.judge.acked(e, entry)
	if e.p.dies() {
		return
	}
	e.answers = append(e.answers, t.answers...)
}

// simTaking is the transaction of one entry.
type simTaking struct {
	*simEnd
	entry   *simEntry
	answers []*simFrame
	stands  bool
	asks    bool
}

func (t *simTaking) all() {
	w := t.p.w
	if w.bug == receiptEarly {
		defer t.answerEarly(t.simBooks.clone())
	}
	for _, f := range t.entry.frames {
		t.one(f)
	}
	t.advance()
	if t.stands {
		t.answers = append(t.answers, t.standing(t.asks))
	}
	t.taken = t.entry.id
}

// answerEarly is a planted bug: the answers go out, and then the program may die before the commit.
func (t *simTaking) answerEarly(before simBooks) {
	t.simEnd.answers, t.answers = append(t.simEnd.answers, t.answers...), nil
	if t.publishAnswers() && t.p.dies() {
		t.p.w.judge.undone(t.simEnd, before)
		t.simBooks = before
	}
}

// one verifies a frame and takes it in.
func (t *simTaking) one(f *simFrame) {
	dir := t.p.w.directories[t.p.knows]
	if f.kind == "" || f.sealed != f.hash() || f.kind == TypeEvent && f.at.Hash != f.sealed || !dir.lists(f.from, f.by) {
		return // quarantine
	}
	ours := f.kind == TypeEvent && f.from == t.p.id && f.to == t.peer
	if !ours && (f.from != t.peer || f.to != t.p.id || dir.revoked(f.from, f.by)) {
		return
	}
	switch {
	case ours && f.previous == t.head && f.by != t.key:
		// quarantine: what follows our last message came from us under the key that speaks after it
	case ours:
		t.takeBack(f)
	case f.kind != TypeEvent && f.by != dir.current(f.from) && t.p.w.bug != oldKeyReceipts:
		// quarantine: what has no number counts under the present key alone
	case f.kind == TypeReceipt:
		t.file(f)
	case f.kind == TypeStanding:
		t.hear(f)
	default:
		t.event(f)
	}
}

// file keeps the answer to a message that we did send.
func (t *simTaking) file(f *simFrame) {
	s := t.sent(f.at)
	if s == nil || s.frame.at.Hash != f.at.Hash && t.p.w.bug != receiptUnmatched {
		return
	}
	if !s.receipted {
		t.p.w.judge.filed(t.simEnd, s.frame, f)
	}
	s.receipted = true
}

// advance moves the watermark.
func (t *simTaking) advance() {
	for {
		s := t.sent(Point{Epoch: t.epoch, Sequence: t.receipted + 1})
		if s == nil || !s.receipted {
			return
		}
		t.receipted++
	}
}

// opens begins the peer's channel anew when the registry has opened another epoch.
func (t *simTaking) opens() {
	var do []Output
	t.in, do = t.in.Step(Opened{Epoch: t.epochNow(), Key: t.p.w.openingKey(t.p.knows, t.peer, t.p.id)})
	if len(do) > 0 {
		t.parked = nil
	}
}

// event runs the protocol on one message and on whatever was parked behind it.
func (t *simTaking) event(f *simFrame) {
	at := t.p.w.tick
	for t.arrive(f, at) == Apply {
		i := slices.IndexFunc(t.parked, func(p simParked) bool { return p.frame.at.Epoch == t.in.Epoch && p.frame.at.Sequence == t.in.Next })
		if i < 0 {
			return
		}
		f, at = t.parked[i].frame, t.parked[i].at
		t.parked = slices.Delete(t.parked, i, i+1)
		if dir := t.p.w.directories[t.p.knows]; !dir.lists(f.from, f.by) || dir.revoked(f.from, f.by) {
			return
		}
		if t.p.w.bug == parkedUnjudged {
			t.apply(f)
			return
		}
	}
}

// arrive steps the channel with one message, does what comes out, and returns the first of it.
func (t *simTaking) arrive(f *simFrame, read int) Action {
	t.opens()
	w := t.p.w
	a := Arrival{Point: f.at, Previous: f.previous, Key: f.by, Room: len(t.parked) < simRoom, Now: w.now}
	known := t.consumed(f.at.Epoch, f.at.Sequence)
	if w.bug == epochUnchecked {
		known = t.consumed(t.in.Epoch, f.at.Sequence)
	}
	if known != nil {
		a.Known = &known.frame.at.Hash
	}
	a = w.spoil(a, t.in)
	var do []Output
	before := t.in
	t.in, do = t.in.Step(a)
	w.judge.arrived(t.simEnd, f, before)
	w.note(t.node(), "%v reads %d/%d %v, fact %d, key %s: %v", t.simEnd, f.at.Epoch, f.at.Sequence, f.body, f.fact, f.by, do)
	for _, o := range do {
		switch {
		case o.Do == Apply, o.Do == Park && w.bug == gapIgnored:
			return t.apply(f)
		case o.Do == Answer && w.bug == notDeduplicated:
			t.effect(f)
		case o.Do == Answer:
			t.answers = append(t.answers, t.receiptOf(known))
		case o.Do == Park:
			t.park(f, read)
		case o.Do == Ask:
			t.stands, t.asks = true, true
		case o.Do == Fork && w.bug == forkAccepted:
			t.in.Frozen = false
			t.effect(f)
		case o.Do == Fork:
			t.evidence = append(t.evidence, f)
			w.judge.forked(t.simEnd, f, read)
		}
	}
	return do[0].Do
}

func (t *simTaking) park(f *simFrame, read int) {
	if !slices.ContainsFunc(t.parked, func(p simParked) bool { return p.frame.at.Epoch == f.at.Epoch && p.frame.at.Sequence == f.at.Sequence }) {
		t.parked = append(t.parked, simParked{f, read})
	}
}

// apply consumes the next message: effect, inbox row, position and receipt.
func (t *simTaking) apply(f *simFrame) Action {
	outcome := Applied
	if before := t.before(f); before != nil {
		outcome = before.receipt.outcome
	} else if known := t.effect(f); known == "" {
		t.in, _ = t.in.Step(Done{Unknown: true})
		return Waits
	} else {
		outcome = known
	}
	key := f.by
	if f.body == keyChange && outcome == Applied {
		key = f.next
	}
	receipt := simFrame{kind: TypeReceipt, from: t.p.id, to: t.peer, at: f.at, outcome: outcome}.sign(t.p.speaking())
	t.answers = append(t.answers, receipt)
	if outcome == Refused && t.p.w.bug == refusalUncounted {
		return Waits
	}
	t.inbox = append(t.inbox, simTaken{f, receipt, t.p.w.tick})
	t.p.w.judge.consumes(t.simEnd, f, outcome)
	t.in, _ = t.in.Step(Done{Hash: f.at.Hash, Key: key})
	return Apply
}

// effect is what the message does to the books of the receiver; no outcome says that its type is not known.
func (t *simTaking) effect(f *simFrame) Outcome {
	w := t.p.w
	switch f.body {
	case rejected:
		return Refused
	case novel:
		if !t.p.upgraded {
			return ""
		}
	case keyChange:
		return t.rotated(f)
	}
	w.judge.applies(t.simEnd, f)
	t.applied = append(t.applied, f.fact)
	return Applied
}

// rotated takes in the peer's next key. The hub enters it into the registry; a node waits until the hub has.
func (t *simTaking) rotated(f *simFrame) Outcome {
	w := t.p.w
	switch dir := w.directories[t.p.knows]; {
	case w.bug == announcedOnce && dir.lists(f.from, f.next) && dir.current(f.from) != f.next:
		return Refused
	case dir.lists(f.from, f.next):
		return Applied
	}
	if t.p.id != 0 || t.p.knows+1 < len(w.directories) {
		return ""
	}
	w.register(f.from, f.next, false)
	t.p.knows++
	return Applied
}

// hear takes in where the peer stands.
func (t *simTaking) hear(f *simFrame) {
	t.opens()
	w := t.p.w
	h := Heard{Consumed: f.consumed, PeerWrote: f.written, Fresh: f.repeats == t.p.mark || w.bug == staleBelieved, Restarted: f.mark != t.peerMark, Asks: f.asks, Now: w.now}
	if t.epoch == f.consumed.Epoch {
		h.Written = t.next - 1
	}
	if s := t.sent(f.consumed); s != nil {
		h.Known = &s.frame.at.Hash
	}
	var do []Output
	t.in, do = t.in.Step(h)
	for _, o := range do {
		switch {
		case o.Do == Return && w.bug != neverReturned:
			t.sendBack(o.From, o.Through)
		case o.Do == Forget && w.bug != parkedKept:
			t.parked = slices.DeleteFunc(t.parked, func(p simParked) bool { return p.frame.at.Sequence >= o.From })
		}
	}
	if f.asks || f.mark != t.peerMark {
		t.stands = true
	}
	t.peerMark = f.mark
	was := t.out.Agreement
	t.out, _ = t.out.Step(h)
	w.note(t.node(), "%v hears: consumed %d/%d, wrote %d/%d, asks %v, fresh %v; we wrote %d: %s",
		t.simEnd, f.consumed.Epoch, f.consumed.Sequence, f.written.Epoch, f.written.Sequence, f.asks, h.Fresh, h.Written, t.out.Agreement)
	if t.out.Agreement == Agreed && h.Fresh && f.consumed.Epoch == t.epochNow() {
		if t.restored {
			t.restored, t.released = false, f.made
		}
		t.agreedAt = max(t.agreedAt, f.made)
	}
	if t.out.Agreement == Diverged && was != Diverged {
		w.judge.stopped(t.simEnd, f)
	}
	t.heard, t.quiet = w.now, 0
	if soon := w.now.Add(simHeartbeat); soon.Before(t.stand) {
		t.stand = soon
	}
}

// receiptOf is the answer that was given, under a key that still counts.
func (t *simTaking) receiptOf(c *simTaken) *simFrame {
	if c.receipt.by == t.p.speaking() {
		return c.receipt
	}
	return c.receipt.sign(t.p.speaking())
}

func (t *simTaking) sendBack(from, through int64) {
	for s := from; s <= through; s++ {
		if c := t.consumed(t.in.Epoch, s); c != nil {
			t.answers = append(t.answers, c.frame, t.receiptOf(c))
		}
	}
}

// takeBack hands a message of ours that the peer sends back to the protocol, and keeps it when that says so.
func (t *simTaking) takeBack(f *simFrame) {
	w := t.p.w
	was := t.out.Agreement
	var do []Output
	t.out, do = t.out.Step(Cameback{Point: f.at, Previous: f.previous, Written: Point{t.epoch, t.next - 1, t.head}})
	w.note(t.node(), "%v gets %d back: %v", t.simEnd, f.at.Sequence, do)
	if t.out.Agreement == Diverged && was != Diverged {
		w.judge.stopped(t.simEnd, f)
	}
	for _, o := range do {
		if o.Do == Keep {
			t.add(f)
			w.judge.tookBack(t.simEnd, f)
			t.stands, t.asks = true, true
		}
	}
}
