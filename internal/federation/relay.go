package federation

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"passerelle/contracts"
)

// A relay publishes what waits for one peer: first the answers it is owed, then our messages in order. It is nudged after each
// commit and polls slowly as the net. What is not receipted in time goes out again, from the first gap on.
type relay struct {
	e       *Endpoint
	peer    contracts.PartyID
	wake    chan struct{}
	rewind  atomic.Int64 // a peer asked to have everything from this number again; 0 when not
	sent    int64        // published through, since the last rewind
	patient time.Duration
	due     time.Time // when to go back to the first number without a receipt
}

// batch is how many messages travel in one entry of the broker; performance.md: 100 is worth a factor of ten, 500 adds little.
const batch = 100

// mostPatient bounds the doubling wait for a receipt, so that a peer that returns is served within a minute.
const mostPatient = time.Minute

func newRelay(e *Endpoint, peer contracts.PartyID) *relay {
	return &relay{e: e, peer: peer, wake: make(chan struct{}, 1), patient: e.Resend}
}

// nudge wakes the relay; it never blocks.
func (r *relay) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // already awake
	}
}

func (r *relay) run(ctx context.Context) {
	p, err := readProgress(ctx, r.e.DB, r.peer)
	if err != nil {
		r.e.Log.ErrorContext(ctx, "read outbox", "peer", r.peer, "err", err)
	}
	r.sent = p.receipted // what has no receipt at start is sent again
	tick := time.NewTicker(r.e.Poll)
	defer tick.Stop()
	for {
		if err := r.step(ctx); err != nil && ctx.Err() == nil {
			r.e.Log.WarnContext(ctx, "publish", "peer", r.peer, "err", err)
			pause(ctx, r.e.Poll)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// step publishes until nothing waits.
func (r *relay) step(ctx context.Context) error {
	if err := r.publishAnswers(ctx); err != nil {
		return err
	}
	p, err := readProgress(ctx, r.e.DB, r.peer)
	if err != nil {
		return err
	}
	r.settle(p)
	for r.sent < p.last && ctx.Err() == nil {
		ws, err := readOutbox(ctx, r.e.DB, r.peer, r.sent, batch)
		if err != nil || len(ws) == 0 {
			return err
		}
		frames, traces := make([][]byte, len(ws)), make([]string, len(ws))
		for i, w := range ws {
			frames[i], traces[i] = w.frame, w.traceparent
		}
		if err := r.publish(frames, traces); err != nil {
			return err
		}
		r.sent = ws[len(ws)-1].sequence
		r.due = r.e.Now().Add(r.patient)
		if err := r.publishAnswers(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle decides where to go on: at a number the peer asked for, at the first gap when receipts are overdue, or on.
func (r *relay) settle(p progress) {
	if from := r.rewind.Swap(0); from > 0 && from <= r.sent {
		r.sent = from - 1
		return
	}
	if p.receipted >= r.sent {
		r.sent, r.patient = p.receipted, r.e.Resend
		return
	}
	if now := r.e.Now(); now.After(r.due) {
		r.sent = p.receipted
		r.patient = min(2*r.patient, mostPatient)
		r.due = now.Add(r.patient + rand.N(r.patient/4+1)) // jitter: nine nodes must not come back in step
		r.e.metrics.resent(r.peer)
	}
}

func (r *relay) publishAnswers(context.Context) error {
	r.e.mu.Lock()
	frames := r.e.answers[r.peer]
	delete(r.e.answers, r.peer)
	r.e.mu.Unlock()
	for len(frames) > 0 {
		n := min(batch, len(frames))
		if err := r.publish(frames[:n], nil); err != nil {
			return err
		}
		frames = frames[n:]
	}
	return nil
}

// publish sends one entry: a frame per line. Trace contexts, one per line, travel beside the signed bytes.
func (r *relay) publish(frames [][]byte, traces []string) error {
	m := message.NewMessage(uuid.NewString(), bytes.Join(frames, []byte("\n")))
	if traces != nil {
		m.Metadata.Set(traceKey, strings.Join(traces, ","))
	}
	return r.e.Publisher.Publish(r.e.outbound(r.peer), m)
}

// mostAnswers bounds what waits to go to a peer that cannot be reached. A receipt that falls off is made again from the inbox
// when the peer, still without it, sends again.
const mostAnswers = 10_000

func (e *Endpoint) answer(peer contracts.PartyID, frames ...[]byte) {
	e.mu.Lock()
	if len(e.answers[peer])+len(frames) <= mostAnswers {
		e.answers[peer] = append(e.answers[peer], frames...)
	}
	e.mu.Unlock()
	if r, ok := e.relays[peer]; ok {
		r.nudge()
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
