package federation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// taking is the work of one transaction on one entry. What it means outside the books waits for the commit, because the
// transaction may run again.
type taking struct {
	*inbox
	tx         *storage.Tx
	savepoints bool

	channel  *channel      // read when the first event needs it
	consumed []consumption // not yet written
	receipts []filing
	rejects  []rejection
	asking   bool

	answers [][]byte
	after   []func()
}

// channel is the state of the peer's channel to us.
type channel struct {
	Position
	waitingFor contracts.EventType
	parked     int
	changed    bool
}

func (t *taking) all(ctx context.Context, batch []parsed) error {
	for _, p := range batch {
		if err := t.one(ctx, p); err != nil {
			return err
		}
	}
	if err := t.fileReceipts(ctx); err != nil {
		return fmt.Errorf("file receipts of %s: %w", t.peer, err)
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	if t.channel != nil && t.channel.changed {
		if err := writeChannel(ctx, t.tx, t.peer, *t.channel, t.e.Now()); err != nil {
			return fmt.Errorf("write position of %s: %w", t.peer, err)
		}
	}
	return quarantine(ctx, t.tx, t.stream, t.rejects, t.e.Now())
}

func (t *taking) one(ctx context.Context, p parsed) error {
	switch {
	case p.fault != nil:
		t.reject(ctx, p.fault, p.line)
	case p.receipt != nil:
		t.receipts = append(t.receipts, filing{*p.receipt, p.line})
	case p.resend != nil:
		t.resend(*p.resend)
	default:
		return t.event(ctx, *p.event)
	}
	return nil
}

func (t *taking) reject(ctx context.Context, fault error, line []byte) {
	code := contracts.FaultsOf(fault)[0].Code
	t.rejects = append(t.rejects, rejection{code, line})
	t.after = append(t.after, func() {
		t.e.metrics.rejected(t.stream, code)
		t.e.Log.WarnContext(ctx, "frame rejected", "stream", t.stream, "code", code)
	})
}

// fileReceipts keeps the peer's answers and moves the watermark of our channel to it.
func (t *taking) fileReceipts(ctx context.Context) error {
	if len(t.receipts) == 0 {
		return nil
	}
	unknown, err := fileReceipts(ctx, t.tx, t.peer, t.receipts, t.e.Now())
	if err != nil {
		return err
	}
	for _, f := range unknown {
		t.reject(ctx, contracts.Fault{Code: FaultReceipt, Message: "an answer to a message that was never sent"}, f.frame)
	}
	for _, f := range t.receipts {
		if f.receipt.Outcome == Refused {
			t.after = append(t.after, func() {
				t.e.Log.WarnContext(ctx, "message refused by peer", "peer", t.peer, "sequence", f.receipt.Sequence, "code", f.receipt.Faults[0].Code)
			})
		}
	}
	t.after = append(t.after, t.e.relays[t.peer].nudge) // there is room for more now
	return nil
}

func (t *taking) resend(r Resend) {
	t.after = append(t.after, func() { t.e.relays[t.peer].goBack(r.From) })
}

// event runs the protocol on one message and on whatever was parked behind it.
func (t *taking) event(ctx context.Context, in incoming) error {
	for {
		verdict, err := t.judge(ctx, in)
		if err != nil {
			return fmt.Errorf("receive %s/%d: %w", t.peer, in.message.Sequence, err)
		}
		t.after = append(t.after, func() { t.e.metrics.judged(t.peer, verdict) })
		if verdict != Apply || t.channel.parked == 0 {
			return nil
		}
		frame, err := unpark(ctx, t.tx, t.peer, t.channel.Position)
		if err != nil || frame == nil {
			return err
		}
		t.channel.parked--
		next := t.parse(frame) // parked bytes are verified again: the directory may have changed since
		if next.event == nil {
			return nil
		}
		in = *next.event
	}
}

func (t *taking) judge(ctx context.Context, in incoming) (Verdict, error) {
	c, err := t.open(ctx)
	if err != nil {
		return "", err
	}
	m := in.message
	a := Arrival{Epoch: m.Epoch, Sequence: m.Sequence, Previous: m.Previous, Hash: in.hash}
	var receipt []byte
	if a.Epoch == c.Epoch && a.Sequence < c.Next {
		if a.Known, receipt, err = t.answered(ctx, m); err != nil {
			return "", err
		}
	}
	verdict := c.Judge(a)
	switch verdict {
	case Apply:
		return t.apply(ctx, in)
	case Duplicate:
		t.answers = append(t.answers, receipt)
	case Ahead:
		err = t.ahead(ctx, in)
	case Fork:
		err = t.fork(ctx, in)
	case Elsewhere:
		t.reject(ctx, contracts.Fault{Code: FaultNumbering, Message: "another epoch"}, in.frame)
	}
	return verdict, err
}

func (t *taking) open(ctx context.Context) (*channel, error) {
	if t.channel != nil {
		return t.channel, nil
	}
	c, err := readChannel(ctx, t.tx, t.peer)
	t.channel = &c
	return t.channel, err
}

// answered returns what is on record for a number consumed before.
func (t *taking) answered(ctx context.Context, m Message) (*Hash, []byte, error) {
	if err := t.flush(ctx); err != nil {
		return nil, nil, err
	}
	return readConsumed(ctx, t.tx, t.peer, m.Epoch, m.Sequence)
}

func (t *taking) flush(ctx context.Context) error {
	if err := insertConsumed(ctx, t.tx, t.consumed, t.e.Now()); err != nil {
		return fmt.Errorf("record messages of %s: %w", t.peer, err)
	}
	t.consumed = nil
	return nil
}

// apply consumes the next message: effect, inbox row, position and receipt, all in this transaction.
func (t *taking) apply(ctx context.Context, in incoming) (Verdict, error) {
	ctx, end := startSpan(ctx, t.e.Tracer, in)
	fault, err := t.effect(ctx, in)
	end(errors.Join(fault, err))
	if err != nil {
		return "", err
	}
	c := t.channel
	if isUnknownType(fault) {
		c.waitingFor, c.changed = in.message.Type, true
		return Waits, nil
	}
	outcome, faults := Applied, contracts.Faults(nil)
	if fault != nil {
		outcome, faults = Refused, brief(contracts.FaultsOf(fault))
	}
	receipt, err := t.e.sealReceipt(in.message, in.hash, outcome, faults)
	if err != nil {
		return "", err
	}
	t.consumed = append(t.consumed, consumption{in, outcome, receipt})
	t.answers = append(t.answers, receipt)
	c.Position, c.waitingFor, c.changed = c.After(in.hash), "", true
	return Apply, nil
}

// effect reads the event and puts it into the books.
func (t *taking) effect(ctx context.Context, in incoming) (fault, err error) {
	event, fault := t.e.read(in.message)
	if fault != nil {
		return fault, nil
	}
	if t.savepoints {
		return t.undoable(ctx, event)
	}
	err = t.e.Apply(ctx, t.tx, t.peer, event)
	if contracts.IsFault(err) {
		err = errRefusal
	}
	return nil, err
}

// readEvent reads the fact that a message states and checks that it is its sender's to state.
func readEvent(m Message) (contracts.Event, error) {
	if holdsNUL(m.Data) {
		return nil, errNUL
	}
	event, err := contracts.DecodeEvent(m.Type, m.Data)
	if err != nil {
		return nil, err
	}
	return event, authorise(m.Source, event)
}

// undoable calls Apply behind a savepoint, so that a refusal leaves nothing of what it had begun.
func (t *taking) undoable(ctx context.Context, event contracts.Event) (fault, err error) {
	if _, err := t.tx.ExecContext(ctx, "SAVEPOINT effect"); err != nil {
		return nil, err
	}
	err = t.e.Apply(ctx, t.tx, t.peer, event)
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

// errNUL: PostgreSQL keeps no text with U+0000 in it, and no text of ours has a use for it.
var errNUL = contracts.Fault{Code: contracts.FaultInvalid, Field: "data", Message: "a text holds the character U+0000"}

// holdsNUL looks for U+0000 in the texts of a valid JSON value, where it can only stand as an escape.
func holdsNUL(data jsontext.Value) bool {
	if !bytes.Contains(data, []byte(`\u0000`)) {
		return false
	}
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		if tok.Kind() == '"' && bytes.IndexByte([]byte(tok.String()), 0) >= 0 {
			return true
		}
	}
}

// Bounds of the faults in a receipt: enough to mend the matter, too little to outgrow a frame.
const (
	mostFaults = 16
	faultBytes = 500
)

// brief cuts faults to the bounds of a receipt.
func brief(faults contracts.Faults) contracts.Faults {
	short := make(contracts.Faults, min(len(faults), mostFaults))
	for i := range short {
		f := faults[i]
		short[i] = contracts.Fault{Code: f.Code, Field: cut(f.Field), Message: cut(f.Message), Remedy: cut(f.Remedy)}
	}
	return short
}

// cut shortens s, at a whole character, and mends what is no UTF-8.
func cut(s string) string { return string(bytes.ToValidUTF8([]byte(s[:min(len(s), faultBytes)]), nil)) }

// ahead parks a message that came too early and asks for what is missing before it: once per gap, and again when that
// has not helped in the time of a resend. Behind a message we cannot read yet nothing is missing.
func (t *taking) ahead(ctx context.Context, in incoming) error {
	c := t.channel
	if c.parked < mostParked {
		n, err := park(ctx, t.tx, in)
		if err != nil {
			return err
		}
		c.parked += n
	}
	now := t.e.Now()
	if t.asking || c.waitingFor != "" || t.asked.from == c.Next && now.Before(t.asked.at.Add(t.e.Resend)) {
		return nil
	}
	payload, err := contracts.Encode(Resend{Network: t.e.Directory.Network, Source: t.e.self, Recipient: t.peer, Epoch: c.Epoch, From: c.Next})
	if err != nil {
		return err
	}
	frame, _, err := seal(t.e.Key, TypeResend, payload)
	if err != nil {
		return err
	}
	asked := request{from: c.Next, at: now}
	t.asking, t.answers = true, append(t.answers, frame)
	t.after = append(t.after, func() { t.asked = asked })
	return nil
}

func (t *taking) fork(ctx context.Context, in incoming) error {
	m := in.message
	t.after = append(t.after, func() {
		t.e.Log.ErrorContext(ctx, "FORK: a second history from a peer; its channel is frozen", "peer", t.peer, "epoch", m.Epoch, "sequence", m.Sequence)
	})
	t.channel.Frozen, t.channel.changed = true, true
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
