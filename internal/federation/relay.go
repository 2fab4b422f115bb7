package federation

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"passerelle/contracts"
)

// A relay publishes what waits for one peer: first the answers it is owed, then our messages, as Outbound decides. It is nudged
// after each commit and polls slowly as the net. From time to time it says where we stand, which is also our sign of life.
type relay struct {
	e    *Endpoint
	peer contracts.PartyID
	wake chan struct{}

	gathering atomic.Int32 // see gathers

	mu    sync.Mutex // Outbound is stepped by the relay and by what arrives
	out   Outbound
	heard time.Time     // when the peer last said where it stands
	stand time.Time     // when we say so next
	quiet time.Duration // between our words to a peer that does not speak
}

// batch is how many messages travel in one entry of the broker, and batchBytes where it is cut earlier; performance.md: 100
// is worth a factor of ten, 500 adds little.
const (
	batch      = 100
	batchBytes = 1 << 20
)

// mostQuiet bounds the doubling wait between words to a peer that does not speak: a peer that is away for a month finds a few
// thousand of them.
const mostQuiet = 10 * time.Minute

func newRelay(e *Endpoint, peer contracts.PartyID) *relay {
	return &relay{e: e, peer: peer, wake: make(chan struct{}, 1)}
}

// nudge wakes the relay; it never blocks.
func (r *relay) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // already awake
	}
}

// step advances the sending half of the protocol.
func (r *relay) step(i Input) []Output {
	r.mu.Lock()
	defer r.mu.Unlock()
	out, do := r.out.Step(i)
	r.out = out
	return do
}

// hears takes in where the peer stands.
func (r *relay) hears(ctx context.Context, h Heard) {
	r.mu.Lock()
	r.heard, r.quiet = h.Now, 0
	r.stand = earlier(r.stand, h.Now.Add(r.e.Heartbeat))
	r.mu.Unlock()
	for _, o := range r.step(h) {
		if o.Do == Stop {
			r.sayDiverged(ctx, h.Consumed.Sequence)
		}
	}
	r.nudge()
}

func (r *relay) sayDiverged(ctx context.Context, sequence int64) {
	r.e.Log.ErrorContext(ctx, "DIVERGED: the peer holds another history of ours than we do; nothing is sent until the network's roots open a new epoch",
		"peer", r.peer, "sequence", sequence)
}

// standNow has where we stand said again without waiting: there is news, perhaps a new epoch.
func (r *relay) standNow() {
	r.mu.Lock()
	r.stand = time.Time{}
	r.mu.Unlock()
	r.nudge()
}

func (r *relay) agreement() Agreement {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.Agreement
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (r *relay) run(ctx context.Context) {
	tick := time.NewTicker(r.e.Poll)
	defer tick.Stop()
	for started := false; ; {
		var err error
		if !started {
			err = r.start(ctx)
			started = err == nil
		} else {
			err = r.move(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.e.Log.WarnContext(ctx, "publish", "peer", r.peer, "err", err)
			pause(ctx, r.e.Poll)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// start goes on behind the last receipt.
func (r *relay) start(ctx context.Context) error {
	p, err := r.progress(ctx)
	r.mu.Lock()
	r.out = Begin(p.epoch, p.receipted, r.e.Resend)
	r.mu.Unlock()
	r.nudge()
	return err
}

// progress is how far our books have come, in the epoch the registry has opened.
func (r *relay) progress(ctx context.Context) (progress, error) {
	p, err := readProgress(ctx, r.e.DB, r.peer)
	if err == nil && p.epoch != 0 && p.epoch < r.e.epoch(r.peer) {
		if err = r.e.reissue(ctx, r.peer); err == nil {
			p, err = readProgress(ctx, r.e.DB, r.peer)
		}
	}
	p.epoch = max(p.epoch, r.e.epoch(r.peer))
	return p, err
}

// move publishes until nothing waits or the window is full.
func (r *relay) move(ctx context.Context) error {
	if err := r.sayWhereWeStand(ctx); err != nil {
		return err
	}
	for {
		if err := r.publishAnswers(ctx); err != nil {
			return err
		}
		p, err := r.progress(ctx)
		if err != nil {
			return err
		}
		var next *Output
		for _, o := range r.step(Tick{Epoch: p.epoch, Written: p.last, Receipted: p.receipted, Jitter: rand.Int64(), Now: r.e.Steady()}) {
			switch o.Do {
			case Publish:
				next = &o
			case Late:
				r.e.metrics.resent(r.peer)
			}
		}
		if next == nil || r.e.dir().Left(r.peer) || r.e.dir().Left(r.e.self) || r.gathers(*next, p.receipted) {
			return nil
		}
		through, err := r.publishFrom(ctx, *next)
		if err != nil {
			return err
		}
		r.step(Published{Through: through, Jitter: rand.Int64(), Now: r.e.Steady()})
	}
}

// gatherTime is how long messages that come one by one wait for company while the peer owes answers for those before them, as Nagle's
// algorithm has it (RFC 896): who is behind gets them by the hundred and commits them together, who is not gets each at once.
const gatherTime = 20 * time.Millisecond

// The stages of gathering.
const (
	gatheringNot int32 = iota
	gatheringNow
	gatheringDone
)

// gathers tells whether what is due waits a moment longer; the relay is nudged when that is over.
func (r *relay) gathers(next Output, receipted int64) bool {
	answered, full := next.From-1 <= receipted, next.Through-next.From+1 >= batch
	if answered || full || r.gathering.CompareAndSwap(gatheringDone, gatheringNot) {
		return false
	}
	if r.gathering.CompareAndSwap(gatheringNot, gatheringNow) {
		time.AfterFunc(gatherTime, func() {
			r.gathering.Store(gatheringDone)
			r.nudge()
		})
	}
	return true
}

// sayWhereWeStand sends a standing when it is time: a sign of life to a peer that speaks, a question to one that does not.
func (r *relay) sayWhereWeStand(ctx context.Context) error {
	now, epoch := r.e.Steady(), r.e.epoch(r.peer)
	r.mu.Lock()
	due, asks := !now.Before(r.stand), r.out.Agreement == Unheard || r.out.Epoch != epoch || now.After(r.heard.Add(4*r.e.Heartbeat))
	if due && asks {
		r.quiet = min(max(2*r.quiet, r.e.Resend), mostQuiet)
		r.stand = now.Add(r.quiet + rand.N(r.quiet/4+1))
	} else if due {
		r.stand = now.Add(r.e.Heartbeat)
	}
	r.mu.Unlock()
	if !due {
		return nil
	}
	frame, err := r.e.standing(ctx, r.e.DB, r.peer, asks, r.e.repeats(r.peer))
	if err != nil {
		return err
	}
	return r.publish(ctx, [][]byte{frame}, nil)
}

// publishFrom publishes the first entry of what is due and returns the last message in it.
func (r *relay) publishFrom(ctx context.Context, o Output) (int64, error) {
	ws, err := readOutbox(ctx, r.e.DB, r.peer, o.From-1, min(batch, int(o.Through-o.From+1)))
	if err != nil {
		return 0, err
	}
	if len(ws) == 0 {
		return 0, fmt.Errorf("messages from %d to %s are missing in the outbox", o.From, r.peer)
	}
	frames, traces, size := [][]byte{}, []string{}, 0
	for _, w := range ws {
		if size += len(w.frame); size > batchBytes && len(frames) > 0 {
			break
		}
		frames, traces = append(frames, w.frame), append(traces, w.traceparent)
		if w.typ == TypeKeyRotated {
			break // what follows is signed with a key that the peer knows once it has this
		}
	}
	return ws[len(frames)-1].sequence, r.publish(ctx, frames, traces)
}

func (r *relay) publishAnswers(ctx context.Context) error {
	r.e.mu.Lock()
	frames := r.e.answers[r.peer]
	delete(r.e.answers, r.peer)
	r.e.mu.Unlock()
	for len(frames) > 0 {
		n, size := 1, len(frames[0])
		for n < min(batch, len(frames)) && size+len(frames[n]) <= batchBytes {
			size += len(frames[n])
			n++
		}
		if err := r.publish(ctx, frames[:n], nil); err != nil {
			return err
		}
		frames = frames[n:]
	}
	return nil
}

// publish sends one entry: a frame per line. Trace contexts, one per line, travel beside the signed bytes.
func (r *relay) publish(ctx context.Context, frames [][]byte, traces []string) error {
	m := message.NewMessage(uuid.NewString(), bytes.Join(frames, newline))
	m.SetContext(ctx)
	if len(strings.Join(traces, "")) > 0 {
		m.Metadata.Set(traceKey, strings.Join(traces, ","))
	}
	return r.e.Publisher.Publish(r.e.outbound(r.peer), m)
}

// mostAnswers bounds what waits to go to a peer that cannot be reached. A receipt that falls off is made again from the inbox
// when the peer, still without it, sends again.
const mostAnswers = 10_000

func (e *Endpoint) answer(peer contracts.PartyID, frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	e.mu.Lock()
	if len(e.answers[peer])+len(frames) <= mostAnswers {
		e.answers[peer] = append(e.answers[peer], frames...)
	}
	e.mu.Unlock()
	if r := e.relay(peer); r != nil {
		r.nudge()
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
