package federation

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"passerelle/contracts"
)

// A relay publishes what waits for one peer: first the answers it is owed, then our messages in order. It is nudged after each
// commit and polls slowly as the net. It runs at most a window ahead of the receipts; when they stay away it goes back to the
// first message without one and sends that alone, more and more rarely, until the peer answers. So a peer that is gone for a
// month finds a few messages waiting in the broker, and the rest in our books.
type relay struct {
	e         *Endpoint
	peer      contracts.PartyID
	wake      chan struct{}
	rewind    atomic.Int64 // a peer asked to have everything from this number again; 0 when not
	rewindDue time.Time    // no rewind before, whoever asks or replays old requests
	sent      int64        // published through, since the last rewind
	receipted int64        // answered through, when last looked
	window    int64
	patient   time.Duration // for the next receipt
	overdue   time.Time     // when patience ends
}

// batch is how many messages travel in one entry of the broker, and batchBytes where it is cut earlier; performance.md: 100
// is worth a factor of ten, 500 adds little.
const (
	batch      = 100
	batchBytes = 1 << 20
)

// fullWindow is how many messages may be on their way without a receipt: what the receiver is ready to park.
const fullWindow = mostParked

// mostPatient bounds the doubling wait for a receipt, so that a peer that returns is served within a minute.
const mostPatient = time.Minute

func newRelay(e *Endpoint, peer contracts.PartyID) *relay {
	return &relay{e: e, peer: peer, wake: make(chan struct{}, 1), patient: e.Resend, window: 1}
}

// nudge wakes the relay; it never blocks.
func (r *relay) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // already awake
	}
}

// goBack has everything sent again from a number on.
func (r *relay) goBack(from int64) {
	r.rewind.Store(from)
	r.nudge()
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
			err = r.step(ctx)
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

// start begins at the first message without a receipt.
func (r *relay) start(ctx context.Context) error {
	p, err := readProgress(ctx, r.e.DB, r.peer)
	r.sent, r.receipted = p.receipted, p.receipted
	r.nudge()
	return err
}

// step publishes until nothing waits or the window is full.
func (r *relay) step(ctx context.Context) error {
	if err := r.publishAnswers(ctx); err != nil {
		return err
	}
	p, err := readProgress(ctx, r.e.DB, r.peer)
	if err != nil {
		return err
	}
	r.settle(p)
	for last := min(p.last, p.receipted+r.window); r.sent < last; {
		if err := r.publishNext(ctx, last); err != nil {
			if r.sent < p.receipted {
				r.rewind.CompareAndSwap(0, r.sent+1) // go on with what the peer asked for
			}
			return err
		}
		if err := r.publishAnswers(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle decides where to go on: at a number the peer asked for, at the first without a receipt when that is overdue, or on.
func (r *relay) settle(p progress) {
	now := r.e.Now()
	if p.receipted > r.receipted { // the peer is there
		r.receipted, r.sent = p.receipted, max(r.sent, p.receipted)
		r.window, r.patient = fullWindow, r.e.Resend
		r.expect(now)
	}
	if from := r.rewind.Load(); from > 0 && !now.Before(r.rewindDue) && r.rewind.CompareAndSwap(from, 0) {
		r.goBackTo(from, now)
		return
	}
	if r.sent > r.receipted && now.After(r.overdue) {
		r.sent, r.window = r.receipted, 1
		r.patient = min(2*r.patient, mostPatient)
		r.e.metrics.resent(r.peer)
	}
}

// goBackTo serves a request. One below the receipts comes from a peer that lost its books, and may mean years of messages.
func (r *relay) goBackTo(from int64, now time.Time) {
	if from > r.sent {
		return
	}
	r.rewindDue = now.Add(r.e.Resend)
	if from <= r.receipted {
		r.rewindDue = now.Add(mostPatient)
	}
	r.sent, r.window = from-1, fullWindow
}

// expect starts the wait for the next receipt, with jitter: nine nodes must not come back in step.
func (r *relay) expect(now time.Time) { r.overdue = now.Add(r.patient + rand.N(r.patient/4+1)) }

func (r *relay) publishNext(ctx context.Context, last int64) error {
	ws, err := readOutbox(ctx, r.e.DB, r.peer, r.sent, min(batch, int(last-r.sent)))
	if err != nil {
		return err
	}
	if len(ws) == 0 {
		return fmt.Errorf("messages after %d to %s are missing in the outbox", r.sent, r.peer)
	}
	frames, traces, size := [][]byte{}, []string{}, 0
	for _, w := range ws {
		if size += len(w.frame); size > batchBytes && len(frames) > 0 {
			break
		}
		frames, traces = append(frames, w.frame), append(traces, w.traceparent)
	}
	if err := r.publish(ctx, frames, traces); err != nil {
		return err
	}
	if r.sent == r.receipted {
		r.expect(r.e.Now())
	}
	r.sent = ws[len(frames)-1].sequence
	return nil
}

func (r *relay) publishAnswers(ctx context.Context) error {
	r.e.mu.Lock()
	frames := r.e.answers[r.peer]
	delete(r.e.answers, r.peer)
	r.e.mu.Unlock()
	for len(frames) > 0 {
		n := min(batch, len(frames))
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
	e.relays[peer].nudge()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
