package federation

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"time"
)

// This file is what a party is made of: frames, the books that survive a crash, and what a program knows only while it runs.

// simFrame is a signed frame, or a line that only looks like one. By and sealed are the signature: the key, and the content it was
// made over.
type simFrame struct {
	kind     FrameType // empty: cannot be read at all
	from, to int
	by       KeyID
	sealed   Hash

	at       Point // event: its own place; receipt: the place of the message it answers
	previous Hash
	id       int // of the message: stays the same when it is issued again
	fact     int // what it tells; only the judge looks at it
	body     simBody
	next     KeyID   // announced by a keyChange
	outcome  Outcome // receipt

	consumed, written Point // standing, and the three below
	asks              bool
	mark, repeats     int
	made              int // when; only the judge looks at it
}

// simBody is what matters of a message's content.
type simBody int

const (
	plain     simBody = iota
	rejected          // refused by a rule of the receiver
	novel             // of a type that the receiver knows after its upgrade
	keyChange         // announces the next key
)

func (b simBody) String() string { return [...]string{"plain", "rejected", "novel", "keyChange"}[b] }

// hash covers everything that is signed. The hash of a message does not cover itself.
func (f *simFrame) hash() Hash {
	h := fnv.New128a()
	w := func(numbers ...int64) {
		for _, n := range numbers {
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], uint64(n))
			h.Write(b[:])
		}
	}
	h.Write([]byte(f.kind))
	h.Write([]byte(f.next))
	h.Write([]byte(f.outcome))
	w(int64(f.from), int64(f.to), f.at.Epoch, f.at.Sequence, int64(f.id), int64(f.fact), int64(f.body), int64(f.mark), int64(f.repeats))
	w(f.consumed.Epoch, f.consumed.Sequence, f.written.Epoch, f.written.Sequence)
	for _, part := range []Hash{f.previous, f.consumed.Hash, f.written.Hash} {
		h.Write(part[:16])
	}
	if f.kind != TypeEvent {
		h.Write(f.at.Hash[:16])
	}
	if f.asks {
		w(1)
	}
	var sum Hash
	h.Sum(sum[:0])
	return sum
}

// sign seals a frame. Whoever has a key can do it.
func (f simFrame) sign(key KeyID) *simFrame {
	f.by = key
	f.sealed = f.hash()
	if f.kind == TypeEvent {
		f.at.Hash = f.sealed
	}
	return &f
}

// simBooks is what the committed transactions of one party left about one peer.
type simBooks struct {
	// sending
	epoch, next int64
	head        Hash
	key         KeyID
	outbox      []simSent
	receipted   int64
	// receiving
	in       Inbound
	inbox    []simTaken
	parked   []simParked
	evidence []*simFrame
	applied  []int // facts, in order
	taken    int   // the last entry of the broker that is in these books
	restored bool  // nothing is written before the peer has said where it stands
	byHand   bool  // for the judge: these books, or those they were made of, were once put in place without that mark
	released int   // for the judge: when the mark was taken off last
}

// simSent is a row of the outbox, simTaken one of the inbox, simParked a message that came too early.
type simSent struct {
	frame     *simFrame
	receipted bool
}

type simTaken struct {
	frame   *simFrame
	receipt *simFrame
	at      int // when; for the judge
}

type simParked struct {
	frame *simFrame
	at    int
}

func (b simBooks) clone() simBooks {
	b.outbox, b.inbox, b.parked = slices.Clone(b.outbox), slices.Clone(b.inbox), slices.Clone(b.parked)
	b.evidence, b.applied = slices.Clone(b.evidence), slices.Clone(b.applied)
	return b
}

func (b *simBooks) sent(at Point) *simSent {
	for i := len(b.outbox) - 1; i >= 0; i-- {
		if f := b.outbox[i].frame; f.at.Epoch == at.Epoch && f.at.Sequence == at.Sequence {
			return &b.outbox[i]
		}
	}
	return nil
}

func (b *simBooks) consumed(epoch, sequence int64) *simTaken {
	for i := len(b.inbox) - 1; i >= 0; i-- {
		if f := b.inbox[i].frame; f.at.Epoch == epoch && f.at.Sequence == sequence {
			return &b.inbox[i]
		}
	}
	return nil
}

// before finds a message that was consumed in an earlier epoch under the same id.
func (b *simBooks) before(f *simFrame) *simTaken {
	for i := range b.inbox {
		if b.inbox[i].frame.id == f.id && b.inbox[i].frame.at.Epoch < f.at.Epoch {
			return &b.inbox[i]
		}
	}
	return nil
}

// simRun is what a party knows about one peer until it stops.
type simRun struct {
	out      Outbound
	peerMark int
	answers  []*simFrame
	stand    time.Time // when we say next where we stand
	heard    time.Time
	quiet    time.Duration
	agreedAt int // for the judge: since when the peer's view is known to be ours
}

// simEnd is a party's end of the two channels with one peer.
type simEnd struct {
	p    *simParty
	peer int
	simBooks
	simRun
}

// node is the one at either end: there is no channel without the hub.
func (e *simEnd) node() int { return max(e.p.id, e.peer) }

func (e *simEnd) String() string { return fmt.Sprintf("%d->%d", e.p.id, e.peer) }

func (e *simEnd) epochNow() int64 { return e.p.w.directories[e.p.knows].epoch(e.p.id, e.peer) }

// simParty is the hub (0) or a node.
type simParty struct {
	w        *simWorld
	id       int
	ends     []*simEnd // the hub has nine, a node one
	backups  []simBackup
	knows    int // entries of the registry
	up       bool
	upgraded bool
	cut      time.Time // no way to the broker before
	mark     int       // of this start

	started, restored int // for the judge: when it last started, and when old books were last put in place
}

const (
	simFirst     = 2 * time.Second // patience for a receipt, and between asking twice
	simHeartbeat = 15 * time.Second
	simMostQuiet = 10 * time.Minute
	simRoom      = 6 // messages parked
)

func (p *simParty) speaking() KeyID { return p.w.directories[p.knows].current(p.id) }

// starts is what a program knows when it has just begun.
func (p *simParty) starts() {
	p.up, p.mark, p.started = true, p.w.number(), p.w.tick
	for _, e := range p.ends {
		e.simRun = simRun{out: Begin(max(e.epoch, e.epochNow()), e.receipted, simFirst), agreedAt: p.w.tick}
		if e.epoch < e.epochNow() {
			e.out = Begin(e.epochNow(), 0, simFirst)
		}
		e.in.Asked, e.in.Returned = Request{}, Request{}
		if p.w.bug != parkedKept {
			e.parked = nil // it may have been parked before its sender began another life
		}
		if p.w.bug == headsNotCompared {
			e.out.Agreement = Agreed
		}
	}
}

// dies tells whether the program is killed here.
func (p *simParty) dies() bool {
	if !p.w.chance(p.w.crashes) {
		return false
	}
	p.up = false
	p.w.note(p.id, "%d: killed", p.id)
	return true
}

// simBackup is a copy of all books. A restore puts one of them in place and throws the later ones away.
type simBackup struct {
	books []simBooks
	knows int
}

func (p *simParty) backup() {
	b := simBackup{knows: p.knows}
	for _, e := range p.ends {
		b.books = append(b.books, e.simBooks.clone())
	}
	p.backups = append(p.backups, b)
	p.backups = p.backups[max(0, len(p.backups)-3):]
	p.w.note(p.id, "%d: backup", p.id)
}

// restore replaces the books by older ones: with the command, which marks them, or by hand.
func (p *simParty) restore(marked bool) {
	if len(p.backups) == 0 {
		return
	}
	i := p.w.some(len(p.backups))
	b := p.backups[i]
	p.backups = p.backups[:i+1]
	p.w.note(p.id, "%d: old books, marked %v", p.id, marked)
	p.knows, p.up, p.restored = b.knows, false, p.w.tick
	for i, e := range p.ends {
		position := e.in
		e.simBooks = b.books[i].clone()
		if p.w.bug == positionInBroker {
			e.in = position
		}
		e.restored, e.byHand = marked, e.byHand || !marked
	}
	if p.w.chance(5000) { // business goes on before anything is heard
		p.starts()
		for range p.w.some(4) {
			p.ends[p.w.some(len(p.ends))].write(plain)
		}
	}
}
