package federation

import (
	"slices"
	"time"
)

// This file is the model of the sending shell, relay.go and standing.go around Outbound.Step, with a possible crash between any two
// of its steps. What a transaction does is done in one go.

// write is a business change with its message: one transaction.
func (e *simEnd) write(body simBody) {
	if e.restored && e.p.w.bug != markIgnored {
		return // the change is refused
	}
	e.append(body, "")
}

// rotate announces a new key in every channel. The hub enters its own into the registry first.
func (p *simParty) rotate() {
	w, key := p.w, p.w.newKey(p.id)
	if p.id == 0 {
		if p.knows+1 < len(w.directories) {
			return
		}
		w.register(0, key, false)
		p.knows++
	}
	for _, e := range p.ends {
		if !e.restored {
			e.append(keyChange, key)
		}
	}
}

func (e *simEnd) append(body simBody, next KeyID) {
	w := e.p.w
	f := simFrame{kind: TypeEvent, from: e.p.id, to: e.peer, at: Point{Epoch: e.epoch, Sequence: e.next}, previous: e.head,
		id: w.number(), fact: w.number(), body: body, next: next}.sign(e.key)
	if w.bug == sequenceApart {
		e.next++
		if e.p.dies() {
			return
		}
		e.next--
	}
	e.add(f)
	w.judge.wrote(f)
	w.note(e.node(), "%v writes %d %v", e, f.at.Sequence, f.body)
}

// add puts a message at the end of the outbox.
func (e *simEnd) add(f *simFrame) {
	e.outbox = append(e.outbox, simSent{frame: f})
	e.next, e.head = f.at.Sequence+1, f.at.Hash
	if f.body == keyChange {
		e.key = f.next
	}
}

// reissue begins the epoch that the registry has opened with all that was ever written, under the ids it had. The same books always
// begin it with the same bytes, so that a copy of old ones tells no second history; what the peer has is known again by its id.
func (e *simEnd) reissue() {
	if e.epoch >= e.epochNow() {
		return
	}
	w, old := e.p.w, e.epoch
	w.judge.reopens(e)
	w.note(e.node(), "%v begins epoch %d", e, e.epochNow())
	e.epoch, e.next, e.head, e.receipted = e.epochNow(), 1, Hash{}, 0
	e.key = w.openingKey(e.p.knows, e.p.id, e.peer)
	for _, s := range slices.Clone(e.outbox) {
		if s.frame.at.Epoch != old || s.frame.body == keyChange || w.bug == receiptedLeftOut && s.receipted {
			continue
		}
		f := *s.frame
		f.at, f.previous = Point{Epoch: e.epoch, Sequence: e.next}, e.head
		if w.bug == freshIDs {
			f.id = w.number()
		}
		again := f.sign(e.key)
		e.add(again)
		w.judge.wrote(again)
	}
}

// announce makes a channel speak with the party's present key, if that is newer than the one it speaks with.
func (e *simEnd) announce() {
	keys := e.p.w.directories[e.p.knows].members[e.p.id].keys
	if i := slices.Index(keys, e.key); i >= 0 && i < len(keys)-1 && !e.restored && e.epoch == e.epochNow() {
		e.append(keyChange, e.p.speaking())
	}
}

// relay publishes what waits for the peer.
func (e *simEnd) relay() {
	e.reissue()
	if e.p.w.chance(500) {
		e.announce()
	}
	e.sayWhereWeStand()
	if e.p.dies() || !e.publishAnswers() {
		return
	}
	for range 3 {
		from, through, ok := e.due()
		if !ok {
			return
		}
		frames := e.read(from, through)
		if len(frames) == 0 || e.p.dies() {
			return // in the first case the outbox has a hole
		}
		w := e.p.w
		for _, f := range frames {
			w.judge.publishes(e, f)
		}
		if !w.publish(e, frames) || e.p.dies() {
			return
		}
		e.out, _ = e.out.Step(Published{Through: frames[len(frames)-1].at.Sequence, Jitter: w.jitter(), Now: w.now})
	}
}

func (e *simEnd) due() (from, through int64, ok bool) {
	w := e.p.w
	var do []Output
	e.out, do = e.out.Step(Tick{Epoch: e.epoch, Written: e.next - 1, Receipted: e.receipted, Jitter: w.jitter(), Now: w.now})
	if w.bug == stopIgnored && e.out.Agreement == Diverged {
		e.out.Agreement = Agreed
	}
	if w.bug == neverResent {
		e.out.Overdue = w.now.Add(1000 * time.Hour)
	}
	for _, o := range do {
		if o.Do == Publish {
			return o.From, o.Through, true
		}
	}
	return 0, 0, false
}

// read returns the first batch of what is due.
func (e *simEnd) read(from, through int64) (frames []*simFrame) {
	for s := from; s <= min(through, from+int64(e.p.w.rand.IntN(4))); s++ {
		m := e.sent(Point{Epoch: e.epoch, Sequence: s})
		if m == nil {
			break
		}
		frames = append(frames, m.frame)
		if m.frame.body == keyChange {
			break
		}
	}
	return frames
}

func (e *simEnd) publishAnswers() bool {
	frames := e.answers
	e.answers = nil
	return len(frames) == 0 || e.p.w.publish(e, frames)
}

func (e *simEnd) sayWhereWeStand() {
	now := e.p.w.now
	asks := e.out.Agreement == Unheard || now.After(e.heard.Add(4*simHeartbeat))
	switch {
	case now.Before(e.stand) || e.p.w.bug == saidOnce && !e.stand.IsZero():
		return
	case asks:
		e.quiet = min(max(2*e.quiet, simFirst), simMostQuiet)
		e.stand = now.Add(e.quiet)
	default:
		e.stand = now.Add(simHeartbeat)
	}
	e.p.w.publish(e, []*simFrame{e.standing(asks)})
}

func (e *simEnd) standing(asks bool) *simFrame {
	epoch := e.epochNow()
	consumed, written := Point{e.in.Epoch, e.in.Next - 1, e.in.Head}, Point{e.epoch, e.next - 1, e.head}
	if consumed.Epoch < epoch {
		consumed = Point{Epoch: epoch}
	}
	if written.Epoch < epoch {
		written = Point{Epoch: epoch}
	}
	return simFrame{kind: TypeStanding, from: e.p.id, to: e.peer, consumed: consumed, written: written, asks: asks,
		mark: e.p.mark, repeats: e.peerMark, made: e.p.w.tick}.sign(e.p.speaking())
}
