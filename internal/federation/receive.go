package federation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// incoming is a verified event message addressed to us.
type incoming struct {
	message     Message
	hash        Hash
	frame       []byte
	traceparent string
}

// parsed is one line of an entry after verification: exactly one of the four is set.
type parsed struct {
	event   *incoming
	receipt *Receipt
	resend  *Resend
	fault   error
	line    []byte
}

// maxEntry bounds one entry of the broker; what is larger is rejected unread.
const maxEntry = 8 << 20

// handler consumes one stream. It acknowledges an entry when all its frames are in the books or quarantined, and otherwise waits
// and tries again: the broker never sees a negative acknowledgement.
func (e *Endpoint) handler(stream string) message.NoPublishHandlerFunc {
	return func(m *message.Message) error {
		ctx := m.Context()
		lines := split(m.Payload)
		batch := e.verify(lines, strings.Split(m.Metadata.Get(traceKey), ","))
		for wait := e.Poll; ; wait = min(2*wait, 30*time.Second) {
			err := e.take(ctx, stream, batch)
			if err == nil {
				return nil
			}
			if ctx.Err() != nil {
				return ctx.Err() // shutting down; the sender will send again
			}
			e.Log.ErrorContext(ctx, "receive", "stream", stream, "err", err, "retry_in", wait)
			e.metrics.failed(stream)
			pause(ctx, wait)
		}
	}
}

func split(payload []byte) [][]byte {
	if len(payload) > maxEntry {
		return [][]byte{payload[:sampleBytes]}
	}
	return bytes.Split(payload, []byte("\n"))
}

// verify checks signatures on all cores; it touches no state.
func (e *Endpoint) verify(lines [][]byte, traces []string) []parsed {
	out := make([]parsed, len(lines))
	check := func(i int) {
		out[i] = e.parse(lines[i])
		if out[i].event != nil && i < len(traces) {
			out[i].event.traceparent = traces[i]
		}
	}
	if len(lines) < 8 {
		for i := range lines {
			check(i)
		}
		return out
	}
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(lines); i += workers {
				check(i)
			}
		})
	}
	wg.Wait()
	return out
}

func (e *Endpoint) parse(line []byte) (p parsed) {
	p.line = line
	f, err := open(e.Directory, line)
	if err != nil {
		p.fault = err
		return p
	}
	network := e.Directory.Network
	switch f.Type {
	case TypeEvent:
		m, err := parseMessage(f, network, e.self)
		p.event, p.fault = &incoming{message: m, hash: f.Hash, frame: line}, err
	case TypeReceipt:
		r, err := parseReceipt(f, network, e.self)
		p.receipt, p.fault = &r, err
	case TypeResend:
		r, err := parseResend(f, network, e.self)
		p.resend, p.fault = &r, err
	}
	return p
}

// take puts a whole entry into the books in one transaction, then sends the answers. Run again after a failure it does the same.
func (e *Endpoint) take(ctx context.Context, stream string, batch []parsed) error {
	var t taking
	err := e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t = taking{e: e, tx: tx, stream: stream, answers: map[contracts.PartyID][][]byte{}, positions: map[contracts.PartyID]*position{}}
		for _, p := range batch {
			if err := t.one(ctx, p); err != nil {
				return err
			}
		}
		return t.writePositions(ctx)
	})
	if err != nil {
		return err
	}
	for peer, frames := range t.answers {
		e.answer(peer, frames...)
	}
	for _, f := range t.counts {
		f()
	}
	return nil
}

// taking is the work of one transaction; what it means outside waits for the commit.
type taking struct {
	e         *Endpoint
	tx        *storage.Tx
	stream    string
	answers   map[contracts.PartyID][][]byte
	counts    []func()
	positions map[contracts.PartyID]*position // of the channels this entry touches, read once and written once
}

type position struct {
	Position
	waitingFor contracts.EventType
	changed    bool
}

func (t *taking) position(ctx context.Context, peer contracts.PartyID) (*position, error) {
	if p, ok := t.positions[peer]; ok {
		return p, nil
	}
	read, err := readPosition(ctx, t.tx, peer)
	p := &position{Position: read}
	t.positions[peer] = p
	return p, err
}

func (t *taking) writePositions(ctx context.Context) error {
	for peer, p := range t.positions {
		if !p.changed {
			continue
		}
		if err := writePosition(ctx, t.tx, peer, p.Position, p.waitingFor, t.e.Now()); err != nil {
			return fmt.Errorf("write position of %s: %w", peer, err)
		}
	}
	return nil
}

func (t *taking) one(ctx context.Context, p parsed) error {
	switch {
	case p.fault != nil:
		return t.reject(ctx, p.fault, p.line)
	case p.receipt != nil:
		return t.receipt(ctx, *p.receipt, p.line)
	case p.resend != nil:
		t.resend(*p.resend)
		return nil
	}
	return t.event(ctx, *p.event)
}

func (t *taking) reject(ctx context.Context, fault error, line []byte) error {
	code := contracts.FaultsOf(fault)[0].Code
	t.counts = append(t.counts, func() {
		t.e.metrics.rejected(t.stream, code)
		t.e.Log.WarnContext(ctx, "frame rejected", "stream", t.stream, "code", code)
	})
	return quarantine(ctx, t.tx, t.stream, code, line, t.e.Now())
}

func (t *taking) receipt(ctx context.Context, r Receipt, line []byte) error {
	err := recordReceipt(ctx, t.tx, r, line, t.e.Now())
	if contracts.IsFault(err) {
		return t.reject(ctx, err, line)
	}
	if err != nil {
		return fmt.Errorf("file receipt %s/%d: %w", r.Source, r.Sequence, err)
	}
	if r.Outcome == Refused {
		t.counts = append(t.counts, func() {
			t.e.Log.WarnContext(ctx, "message refused by peer", "peer", r.Source, "sequence", r.Sequence, "code", r.Faults[0].Code)
		})
	}
	return nil
}

func (t *taking) resend(r Resend) {
	if relay, ok := t.e.relays[r.Source]; ok {
		t.counts = append(t.counts, func() {
			relay.rewind.Store(r.From)
			relay.nudge()
		})
	}
}

// event runs the protocol on one message and on whatever was parked behind it.
func (t *taking) event(ctx context.Context, in incoming) error {
	for {
		verdict, err := t.judge(ctx, in)
		if err != nil {
			return fmt.Errorf("receive %s/%d: %w", in.message.Source, in.message.Sequence, err)
		}
		t.counts = append(t.counts, func() { t.e.metrics.judged(in.message.Source, verdict) })
		if verdict != Apply {
			return nil
		}
		m := in.message
		frame, err := unpark(ctx, t.tx, m.Source, m.Epoch, m.Sequence+1)
		if err != nil || frame == nil {
			return err
		}
		next := t.e.parse(frame) // parked bytes are verified again: the directory may have changed since
		if next.event == nil || next.fault != nil {
			return nil
		}
		in = *next.event
	}
}

func (t *taking) judge(ctx context.Context, in incoming) (Verdict, error) {
	m := in.message
	p, err := t.position(ctx, m.Source)
	if err != nil {
		return "", err
	}
	a := Arrival{Epoch: m.Epoch, Sequence: m.Sequence, Previous: m.Previous, Hash: in.hash}
	var known *consumed
	if a.Sequence < p.Next {
		if known, err = readConsumed(ctx, t.tx, m.Source, m.Epoch, m.Sequence); err != nil {
			return "", err
		}
		if known != nil {
			a.Known = &known.hash
		}
	}
	verdict := p.Judge(a)
	switch verdict {
	case Apply:
		return t.apply(ctx, p, in)
	case Duplicate:
		t.answers[m.Source] = append(t.answers[m.Source], known.receipt)
	case Ahead:
		err = t.ahead(ctx, p, in)
	case Fork:
		err = t.fork(ctx, p, in)
	case Elsewhere:
		err = t.reject(ctx, contracts.Fault{Code: FaultNumbering, Message: "another epoch"}, in.frame)
	}
	return verdict, err
}

// apply consumes the next message: effect, inbox row, position and receipt, all in this transaction.
func (t *taking) apply(ctx context.Context, p *position, in incoming) (Verdict, error) {
	m := in.message
	ctx, end := startSpan(ctx, in)
	fault, err := t.effect(ctx, in)
	end(errors.Join(fault, err))
	if err != nil {
		return "", err
	}
	if isUnknownType(fault) {
		p.waitingFor, p.changed = m.Type, true
		return Ahead, nil // answered once this program knows the type; the sender keeps trying
	}
	outcome, faults := Applied, contracts.Faults(nil)
	if fault != nil {
		outcome, faults = Refused, contracts.FaultsOf(fault)
	}
	receipt, err := t.e.sealReceipt(m, in.hash, outcome, faults)
	if err != nil {
		return "", err
	}
	if err := insertConsumed(ctx, t.tx, in, outcome, receipt, t.e.Now()); err != nil {
		return "", err
	}
	t.answers[m.Source] = append(t.answers[m.Source], receipt)
	*p = position{Position: p.After(in.hash), changed: true}
	return Apply, nil
}

// effect calls Apply behind a savepoint, so that a refusal leaves nothing of what it had begun.
func (t *taking) effect(ctx context.Context, in incoming) (fault, err error) {
	m := in.message
	event, fault := contracts.DecodeEvent(m.Type, m.Data)
	if fault != nil {
		return fault, nil
	}
	if fault := authorise(m.Source, event); fault != nil {
		return fault, nil
	}
	if seen, err := idConsumed(ctx, t.tx, m.Source, m.ID); err != nil || seen {
		return contracts.Fault{Code: FaultNumbering, Field: "id", Message: "this message id was used before"}, err
	}
	if _, err := t.tx.ExecContext(ctx, "SAVEPOINT effect"); err != nil {
		return nil, err
	}
	err = t.e.Apply(ctx, t.tx, m.Source, event)
	if err != nil && !contracts.IsFault(err) {
		return nil, err
	}
	if err != nil {
		_, undo := t.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT effect")
		return err, undo
	}
	_, err = t.tx.ExecContext(ctx, "RELEASE SAVEPOINT effect")
	return nil, err
}

// FaultAuthority is raised when a party states a fact that is another's.
const FaultAuthority contracts.FaultCode = "authority"

// authorise is the authority table: every type of event has one owner, and only the owner's node may state it.
func authorise(from contracts.PartyID, event contracts.Event) error {
	if contracts.NodeID(event.Owner()) == from {
		return nil
	}
	return contracts.Fault{Code: FaultAuthority, Message: fmt.Sprintf("%s may not state a fact of %s", from, event.Owner())}
}

func isUnknownType(fault error) bool {
	f, ok := errors.AsType[contracts.Fault](fault)
	return ok && f.Code == contracts.FaultUnknownType
}

func (t *taking) ahead(ctx context.Context, p *position, in incoming) error {
	m := in.message
	if err := park(ctx, t.tx, in); err != nil {
		return err
	}
	request, err := contracts.Encode(Resend{Network: t.e.Directory.Network, Source: t.e.self, Recipient: m.Source, Epoch: p.Epoch, From: p.Next})
	if err != nil {
		return err
	}
	frame, _, err := seal(t.e.Key, TypeResend, request)
	if err != nil {
		return err
	}
	if len(t.answers[m.Source]) == 0 || !bytes.Equal(t.answers[m.Source][len(t.answers[m.Source])-1], frame) { // once per gap and entry
		t.answers[m.Source] = append(t.answers[m.Source], frame)
	}
	return nil
}

func (t *taking) fork(ctx context.Context, p *position, in incoming) error {
	m := in.message
	t.counts = append(t.counts, func() {
		t.e.Log.ErrorContext(ctx, "FORK: a second history from a peer; its channel is frozen", "peer", m.Source, "epoch", m.Epoch, "sequence", m.Sequence)
	})
	p.Frozen, p.changed = true, true
	return insertFork(ctx, t.tx, in, t.e.Now())
}

func (e *Endpoint) sealReceipt(m Message, h Hash, outcome Outcome, faults contracts.Faults) ([]byte, error) {
	payload, err := contracts.Encode(Receipt{
		Network: e.Directory.Network, Source: e.self, Recipient: m.Source, Epoch: m.Epoch, Sequence: m.Sequence, Hash: h,
		Outcome: outcome, Faults: faults, Time: e.Now().UTC().Truncate(time.Microsecond),
	})
	if err != nil {
		return nil, err
	}
	frame, _, err := seal(e.Key, TypeReceipt, payload)
	return frame, err
}
