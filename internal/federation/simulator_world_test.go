package federation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// simWorld is everything that happens, from one seed: the parties, the broker between them, time, accidents, a hostile writer with
// access to the broker, and the people who mend what the programs leave to people.
type simWorld struct {
	rand  *rand.Rand
	bug   simBug
	judge *simJudge

	tick   int // of the world; every event has one
	now    time.Time
	last   int // number given out
	digest uint64

	parties     []*simParty
	directories []simDirectory // after each entry of the registry
	streams     [][2]*simStream
	archive     []simRecord // what the hostile writer has seen
	thieves     []simThief

	crashes   int  // of 10,000 steps
	orderly   bool // the broker loses and is wiped, but keeps the order and repeats nothing
	hostile   bool // somebody writes into the broker
	recording bool // to tell what happened when a seed has failed
	story     []simEvent
}

const simNodes = 9

// simEvent is a line of the story. Node is the one whose channels it is about, 0 for all.
type simEvent struct {
	node int
	text string
}

// concerns tells whether an event matters to the channels between the hub and a node.
func (e simEvent) concerns(node int) bool { return e.node == 0 || e.node == node }

// newWorld has everybody enrolled and started. The seed also decides how rough this world is.
func newWorld(seed uint64, bug simBug, recording bool) *simWorld {
	w := &simWorld{rand: rand.New(rand.NewPCG(seed, 1)), bug: bug, recording: recording, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	w.judge = newJudge(w)
	w.crashes = []int{0, 50, 200, 600}[w.rand.IntN(4)]
	w.orderly = w.chance(3000)
	w.hostile = !w.orderly && w.chance(7000)
	w.directories = make([]simDirectory, 1)
	for id := range simNodes + 1 {
		w.register(id, w.newKey(id), true)
	}
	for id := range simNodes + 1 {
		p := &simParty{w: w, id: id, knows: len(w.directories) - 1}
		w.parties = append(w.parties, p)
		peers := []int{0}
		if id == 0 {
			peers = []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
		} else {
			w.streams = append(w.streams, [2]*simStream{{}, {}})
		}
		for _, peer := range peers {
			books := simBooks{epoch: 1, next: 1, key: p.speaking(), in: Start(1, w.directories[p.knows].current(peer), simFirst), released: math.MaxInt}
			p.ends = append(p.ends, &simEnd{p: p, peer: peer, simBooks: books})
		}
		p.starts()
	}
	return w
}

// newQuietWorld is one in which nothing goes wrong by itself.
func newQuietWorld() *simWorld {
	w := newWorld(1, noBug, false)
	w.crashes, w.orderly, w.hostile = 0, true, false
	w.judge.healing = true
	return w
}

// pass lets everybody do their work for a while.
func (w *simWorld) pass(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.round()
	}
}

// run lets the world go wrong for a while, then heals it and waits until all is said.
func (w *simWorld) run() {
	busy := []int{1 + w.some(simNodes), 1 + w.some(simNodes), 1 + w.some(simNodes)}
	for range 300 + w.some(900) {
		w.step(busy[w.some(3)])
	}
	w.heal()
}

// step is one thing that happens, mostly to a node or to the hub's end of its channels.
func (w *simWorld) step(node int) {
	w.tick++
	w.now = w.now.Add(time.Duration(w.some(400)) * time.Millisecond)
	if w.chance(500) {
		node = 1 + w.some(simNodes)
	}
	p, e := w.hub(), w.hub().ends[node-1]
	if w.chance(5000) {
		p, e = w.parties[node], w.end(node)
	}
	if !p.up {
		if w.chance(3000) {
			w.note(p.id, "%d: starts", p.id)
			p.starts()
		}
		return
	}
	switch dice := w.some(100); {
	case dice < 14:
		e.write(w.aBody())
	case dice < 50:
		e.relay()
	case dice < 88:
		e.receive()
	case dice < 90:
		w.learn(p)
	case dice < 97:
		w.brokerAccident(w.streams[node-1][w.some(2)])
	default:
		w.accident(p)
	}
	if w.hostile && w.chance(1000) {
		w.mischief(node)
	}
	if w.hostile && w.chance(30) {
		w.theft(node)
	}
	if w.chance(50) {
		w.people()
	}
	if w.chance(8) {
		w.enrol(node)
	}
}

func (w *simWorld) aBody() simBody {
	switch dice := w.some(100); {
	case dice < 8:
		return rejected
	case dice < 10:
		return novel
	}
	return plain
}

// learn brings a party entries of the registry.
func (w *simWorld) learn(p *simParty) {
	p.knows += w.some(len(w.directories) - p.knows)
	if w.chance(5000) {
		p.knows = len(w.directories) - 1
	}
}

// accident happens to a party.
func (w *simWorld) accident(p *simParty) {
	switch dice := w.some(80); {
	case dice < 10:
		w.note(p.id, "%d: killed", p.id)
		p.up = false
	case dice < 20:
		w.note(p.id, "%d: cut off", p.id)
		p.cut = w.now.Add(time.Duration(w.some(20)) * time.Second)
	case dice < 21:
		w.note(p.id, "%d: cut off for days", p.id)
		p.cut = w.now.Add(time.Duration(w.some(72)) * time.Hour)
		w.now = w.now.Add(time.Duration(w.some(72)) * time.Hour)
	case dice < 30:
		w.now = w.now.Add(time.Duration(w.some(120)) * time.Second)
	case dice < 40:
		p.upgraded, p.up = true, false
	case dice < 56:
		p.backup()
	case dice < 64:
		p.restore(w.chance(5000))
	case dice < 74:
		p.rotate()
	}
}

// people look at alarms, and open a new epoch where a channel has stopped for good.
func (w *simWorld) people() {
	for node := 1; node <= simNodes; node++ {
		here, there := w.end(node), w.hub().ends[node-1]
		if here.stuck() || there.stuck() {
			w.enrol(node)
			return
		}
	}
}

// stuck tells whether the program has left this channel to people.
func (e *simEnd) stuck() bool {
	return e.epoch == e.in.Epoch && e.epoch == e.epochNow() && (e.in.Frozen || e.out.Agreement == Diverged)
}

// enrol opens a new epoch for a node, with a new key.
func (w *simWorld) enrol(node int) { w.register(node, w.newKey(node), true) }

// heal ends all accidents and lets time pass until there is nothing left to say.
func (w *simWorld) heal() {
	w.judge.healing = true
	w.crashes = 0
	w.note(0, "healing")
	for _, p := range w.parties {
		if !p.up || !p.upgraded {
			p.upgraded = true
			p.starts()
		}
		p.cut = w.now
		w.learn(p)
	}
	for round := 0; round < 400; round++ {
		if round%10 == 5 {
			w.people()
			for _, p := range w.parties {
				p.knows = len(w.directories) - 1
			}
		}
		w.round()
		if round%10 == 9 && w.judge.quiet() {
			break
		}
	}
	w.judge.final()
}

// round lets everybody send and receive once.
func (w *simWorld) round() {
	w.tick++
	w.now = w.now.Add(time.Duration(500+w.some(3000)) * time.Millisecond)
	for _, p := range w.parties {
		for _, e := range p.ends {
			e.relay()
			for w.next(e) != nil {
				e.receive()
			}
		}
	}
}

// note adds to the digest of the run, and to its story when somebody wants to read it. Node is the one it is about, 0 for all.
func (w *simWorld) note(node int, format string, args ...any) {
	for _, n := range []int{node, w.tick, w.last, len(format)} {
		w.digest = (w.digest ^ uint64(n)) * 1099511628211
	}
	if w.recording {
		at := fmt.Sprintf("%5d %s ", w.tick, w.now.Format("02 15:04:05.0"))
		w.story = append(w.story, simEvent{node, at + fmt.Sprintf(format, args...)})
	}
}

func (w *simWorld) number() int { w.last++; return w.last }

func (w *simWorld) chance(n int) bool { return w.rand.IntN(10_000) < n }

func (w *simWorld) jitter() int64 { return w.rand.Int64() }

func (w *simWorld) some(n int) int { return w.rand.IntN(n) }

func (w *simWorld) hub() *simParty { return w.parties[0] }

func (w *simWorld) end(node int) *simEnd { return w.parties[node].ends[0] }
