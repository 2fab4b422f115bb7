package federation

import (
	"fmt"
	"slices"
)

// This file is what lies between the parties: the broker, which may do anything to what it carries but forge it, and the registry.

// simStream is one direction between the hub and a node, as the broker has it.
type simStream struct {
	unread []*simEntry
	acked  []*simEntry // the last few, for a broker whose positions go back
	late   []*simEntry // held back for a while
}

type simEntry struct {
	id     int
	frames []*simFrame
}

type simRecord struct {
	stream *simStream
	entry  *simEntry
}

// streamOf is where a party's words to a peer go.
func (w *simWorld) streamOf(from, to int) *simStream {
	if from == 0 {
		return w.streams[to-1][1]
	}
	return w.streams[from-1][0]
}

// publish gives an entry to the broker. It tells whether that is known to have worked.
func (w *simWorld) publish(e *simEnd, frames []*simFrame) bool {
	if w.now.Before(e.p.cut) {
		return false
	}
	w.put(w.streamOf(e.p.id, e.peer), frames)
	return !w.chance(w.crashes / 4) // it may have, and we do not learn of it
}

func (w *simWorld) put(s *simStream, frames []*simFrame) {
	entry := &simEntry{id: w.number(), frames: frames}
	w.archive = append(w.archive, simRecord{s, entry})
	if w.judge.healing || !w.chance(300) { // else it is lost
		s.unread = append(s.unread, entry)
	}
}

func (w *simWorld) next(e *simEnd) *simEntry {
	s := w.streamOf(e.peer, e.p.id)
	if len(s.unread) == 0 || w.now.Before(e.p.cut) {
		return nil
	}
	return s.unread[0]
}

func (w *simWorld) ack(e *simEnd) {
	s := w.streamOf(e.peer, e.p.id)
	s.acked = append(s.acked, s.unread[0])
	s.unread = s.unread[1:]
}

// brokerAccident is what no broker of ours would do, and each does one day.
func (w *simWorld) brokerAccident(s *simStream) {
	n := len(s.unread)
	kind := w.some(6)
	if w.orderly {
		kind = w.some(2)
	}
	switch {
	case kind == 0 && w.chance(1500):
		w.note(0, "stream wiped")
		s.unread, s.acked, s.late = nil, nil, nil
	case kind == 1 && w.chance(500):
		w.note(0, "broker replaced")
		for _, both := range w.streams {
			*both[0], *both[1] = simStream{}, simStream{}
		}
	case kind == 2 && n > 1:
		i := w.some(n - 1)
		s.unread = slices.Clone(s.unread)
		s.unread[i], s.unread[i+1] = s.unread[i+1], s.unread[i]
	case kind == 3 && n > 0:
		s.unread = append(slices.Clone(s.unread), s.unread[w.some(n)])
	case kind == 4 && n > 0:
		s.late = append(s.late, s.unread[0])
		s.unread = s.unread[1:]
	case kind == 4:
		s.unread, s.late = append(s.unread, s.late...), nil
	case kind == 5 && len(s.acked) > 0: // the position of the group goes back
		back := min(len(s.acked), 1+w.some(8))
		s.unread = append(slices.Clone(s.acked[len(s.acked)-back:]), s.unread...)
		s.acked = s.acked[:len(s.acked)-back]
	}
}

// simDirectory is what the registry comes to after one of its entries.
type simDirectory struct {
	members [simNodes + 1]simMember
}

type simMember struct {
	epoch int64
	keys  []KeyID // the newest last
	old   int     // how many of them are revoked
}

func (d simDirectory) current(party int) KeyID {
	keys := d.members[party].keys
	return keys[len(keys)-1]
}

func (d simDirectory) epoch(a, b int) int64 { return d.members[a].epoch + d.members[b].epoch - 1 }

func (d simDirectory) lists(party int, k KeyID) bool {
	return slices.Contains(d.members[party].keys, k)
}

func (d simDirectory) revoked(party int, k KeyID) bool {
	return slices.Index(d.members[party].keys, k) < d.members[party].old
}

// openingKey is the key that a party begins the present epoch of a channel with: its current one when that was opened, whatever it
// has announced since. So both ends agree on it.
func (w *simWorld) openingKey(knows, party, peer int) KeyID {
	epoch := w.directories[knows].epoch(party, peer)
	for _, d := range w.directories[:knows+1] {
		if d.epoch(party, peer) == epoch && len(d.members[party].keys) > 0 {
			return d.current(party)
		}
	}
	panic("no such epoch")
}

// register adds an entry: the next key of a party, or with enrol its first of a new epoch.
func (w *simWorld) register(party int, key KeyID, enrol bool) {
	d := w.directories[len(w.directories)-1]
	m := &d.members[party]
	if enrol {
		m.epoch, m.old = m.epoch+1, len(m.keys)
	}
	m.keys = append(slices.Clone(m.keys), key)
	w.directories = append(w.directories, d)
	w.note(party, "registry %d: key %s, epoch %d", len(w.directories)-1, key, m.epoch)
}

func (w *simWorld) newKey(party int) KeyID { return KeyID(fmt.Sprintf("%d.%d", party, w.number())) }
