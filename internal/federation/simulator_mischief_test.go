package federation

import "slices"

// This file is the hostile writer: somebody who reads and writes every stream of the broker, and may hold a key.

// simThief holds a stolen key of a party. Present says that the party still speaks with it.
type simThief struct {
	party   int
	key     KeyID
	present bool
}

// mischief is one deed in the streams of a node.
func (w *simWorld) mischief(node int) {
	if len(w.archive) == 0 {
		return
	}
	if len(w.thieves) > 0 && w.chance(5000) {
		w.thieves[w.some(len(w.thieves))].acts(w)
		return
	}
	old := w.archive[w.some(len(w.archive))]
	if w.chance(7000) { // one of late
		old = w.archive[max(0, len(w.archive)-1-w.some(30))]
	}
	switch w.some(4) {
	case 0: // to where it does not belong
		w.plant(w.streams[node-1][w.some(2)], old.entry.frames...)
	case 1, 2:
		w.plant(old.stream, old.entry.frames...)
	case 3:
		w.plant(old.stream, w.altered(*old.entry.frames[w.some(len(old.entry.frames))]))
	}
}

func (w *simWorld) plant(s *simStream, frames ...*simFrame) {
	s.unread = append(s.unread, &simEntry{id: w.number(), frames: frames})
}

// altered is a frame that its signature does not fit, or that nobody we know has signed.
func (w *simWorld) altered(f simFrame) *simFrame {
	switch w.some(7) {
	case 0:
		f.kind = ""
	case 1:
		f.at.Sequence++
	case 2:
		f.at.Epoch++
	case 3:
		f.fact = -w.number()
	case 4:
		f.outcome = Refused
	case 5:
		f.consumed.Sequence += 3
	case 6:
		return f.sign("nobody")
	}
	return &f
}

// theft: a key that the party has laid aside is stolen often, the present one of a node seldom.
func (w *simWorld) theft(node int) {
	if w.chance(7000) {
		party := w.some(2) * node
		if m := w.directories[len(w.directories)-1].members[party]; len(m.keys) > m.old+1 {
			w.thieves = append(w.thieves, simThief{party: party, key: m.keys[m.old]})
		}
		return
	}
	if w.chance(1500) {
		w.note(node, "key stolen")
		w.judge.stolen[node] = true
		w.thieves = append(w.thieves, simThief{party: node, key: w.end(node).key, present: true})
	}
}

// acts writes what the key allows: a message in the right place or ahead, a receipt that was not given, a standing, or a
// message that is said to have been lost.
func (thief simThief) acts(w *simWorld) {
	victim := w.hub().ends[max(1, thief.party)-1]
	if thief.party == 0 {
		victim = w.end(1 + w.some(simNodes))
	}
	if !thief.present && victim.trusts(thief.key) {
		return
	}
	stream := w.streamOf(thief.party, victim.p.id)
	fact := -w.number()
	forged := simFrame{kind: TypeEvent, from: thief.party, to: victim.p.id, id: fact, fact: fact}
	switch w.some(6) {
	case 0:
		forged.at, forged.previous = Point{Epoch: victim.in.Epoch, Sequence: victim.in.Next}, victim.in.Head
	case 1:
		forged.at = Point{Epoch: victim.in.Epoch, Sequence: victim.in.Next + int64(w.some(3))}
	case 2:
		forged.at = Point{Epoch: victim.in.Epoch, Sequence: max(1, victim.in.Next-1)}
	case 3:
		if victim.receipted+1 >= victim.next {
			return
		}
		m := victim.sent(Point{Epoch: victim.epoch, Sequence: victim.receipted + 1})
		if m == nil {
			return
		}
		forged.kind, forged.at, forged.outcome = TypeReceipt, m.frame.at, Applied
	case 4:
		forged.kind, forged.mark, forged.repeats, forged.asks = TypeStanding, w.number(), victim.p.mark, w.chance(5000)
		forged.consumed = Point{victim.epoch, victim.next - 1, victim.head}
		forged.written = Point{victim.in.Epoch, max(0, victim.in.Next-2), Hash{}}
	case 5: // in the stream of the victim to the party
		owner := w.judge.far(victim)
		forged.at, forged.previous = Point{Epoch: owner.epoch, Sequence: owner.next}, owner.head
		stream = w.streamOf(victim.p.id, thief.party)
	}
	w.note(thief.party, "thief of %s: %v %d/%d", thief.key, forged.kind, forged.at.Epoch, forged.at.Sequence)
	w.plant(stream, forged.sign(thief.key))
}

// trusts tells whether a channel has yet to hear that its sender has laid the key aside, or would have to hear it again after
// a restore. Until then a stolen key is the present one.
func (e *simEnd) trusts(k KeyID) bool {
	trusted := e.in.Key == k
	for _, b := range e.p.backups {
		trusted = trusted || b.books[slices.Index(e.p.ends, e)].in.Key == k
	}
	return trusted
}
