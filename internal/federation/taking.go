package federation

import (
	"bytes"
	"context"
	"database/sql"
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

	channel  *channel      // read when something needs it
	consumed []consumption // not yet written
	receipts []filing
	rejects  []rejection
	stands   bool      // the peer must hear where we stand
	asks     bool      // and that we wait for it
	mark     string    // of the peer's start, when it said so in this entry
	registry *Registry // with the entries of this entry, when it has some

	answers [][]byte
	after   []func()
}

// channel is the state of the peer's channel to us.
type channel struct {
	Inbound
	waitingFor contracts.EventType
	parked     int
	stale      bool // the registry, see Arrival
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
	if t.stands {
		if t.mark == "" {
			t.mark = t.e.repeats(t.peer)
		}
		frame, err := t.e.standing(ctx, t.tx, t.peer, t.asks, t.mark)
		if err != nil {
			return fmt.Errorf("say where we stand with %s: %w", t.peer, err)
		}
		t.answers = append(t.answers, frame)
	}
	return quarantine(ctx, t.tx, t.stream, t.rejects, t.e.Now())
}

func (t *taking) one(ctx context.Context, p parsed) error {
	switch {
	case p.fault != nil:
		t.reject(ctx, p.fault, p.line)
	case p.receipt != nil:
		t.receipts = append(t.receipts, filing{*p.receipt, p.line})
	case p.standing != nil:
		return t.standing(ctx, *p.standing)
	case p.returned != nil:
		return t.takeBack(ctx, *p.returned)
	case p.entry != nil:
		return t.entry(ctx, p.entry)
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
	t.after = append(t.after, t.e.relay(t.peer).nudge) // there is room for more now
	return nil
}

// event runs the protocol on one message and on whatever was parked behind it.
func (t *taking) event(ctx context.Context, in incoming) error {
	for {
		verdict, err := t.arrive(ctx, in)
		if err != nil {
			return fmt.Errorf("receive %s/%d: %w", t.peer, in.message.Sequence, err)
		}
		t.after = append(t.after, func() { t.e.metrics.judged(t.peer, verdict) })
		if verdict != Apply || t.channel.parked == 0 {
			return nil
		}
		frame, err := unpark(ctx, t.tx, t.peer, t.channel.Inbound)
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

// arrive steps the channel with one message, does what comes out, and returns the first of it.
func (t *taking) arrive(ctx context.Context, in incoming) (Action, error) {
	c, err := t.open(ctx)
	if err != nil {
		return "", err
	}
	m := in.message
	a := Arrival{Point: Point{m.Epoch, m.Sequence, in.hash}, Previous: m.Previous, Key: in.key, Room: c.parked < mostParked, Stale: c.stale, Now: t.e.Steady()}
	var receipt []byte
	if m.Epoch < c.Epoch || m.Epoch == c.Epoch && m.Sequence < c.Next {
		if a.Known, receipt, err = t.answered(ctx, m); err != nil {
			return "", err
		}
	}
	was := c.Inbound
	var do []Output
	c.Inbound, do = c.Step(a)
	c.changed = c.changed || c.Frozen != was.Frozen
	for _, o := range do {
		switch o.Do {
		case Apply:
			return t.apply(ctx, in)
		case Answer:
			if receipt, err = t.e.current(receipt); err == nil {
				t.answers = append(t.answers, receipt)
			}
		case Park:
			err = t.park(ctx, in)
		case Ask:
			t.stands, t.asks = true, true
			asked := c.Asked
			t.after = append(t.after, func() { t.asked = asked })
		case Fork:
			err = t.fork(ctx, in)
		case Reject:
			t.rejectArrival(ctx, in)
		}
		if err != nil {
			return "", err
		}
	}
	return do[0].Do, nil
}

// rejectArrival says why: another epoch, or else another key.
func (t *taking) rejectArrival(ctx context.Context, in incoming) {
	fault := contracts.Fault{Code: FaultKey, Message: "another key than the channel speaks with"}
	if in.message.Epoch != t.channel.Epoch {
		fault = contracts.Fault{Code: FaultNumbering, Message: "another epoch"}
	}
	t.reject(ctx, fault, in.frame)
}

// open reads how far the channel has come, and begins it anew when the registry has opened another epoch.
func (t *taking) open(ctx context.Context) (*channel, error) {
	if t.channel != nil {
		return t.channel, nil
	}
	epoch := t.e.epoch(t.peer)
	c, err := readChannel(ctx, t.tx, t.peer, Start(epoch, t.e.opening(t.peer, t.e.self), t.e.Resend))
	if err != nil {
		return nil, err
	}
	c.Impatient, c.Asked, c.Returned = t.e.Resend, t.asked, t.returned
	if c.stale, err = t.stale(ctx); err != nil {
		return nil, err
	}
	var do []Output
	if c.Inbound, do = c.Step(Opened{Epoch: epoch, Key: t.e.opening(t.peer, t.e.self)}); len(do) > 0 { // Forget
		c.waitingFor, c.parked, c.changed = "", 0, true
		_, err = forget(ctx, t.tx, t.peer, 0)
	}
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
func (t *taking) apply(ctx context.Context, in incoming) (Action, error) {
	ctx, end := startSpan(ctx, t.e.Tracer, in)
	fault, err := t.effect(ctx, in)
	end(errors.Join(fault, err))
	if err != nil {
		return "", err
	}
	c := t.channel
	if isUnknownType(fault) {
		c.Inbound, _ = c.Step(Done{Unknown: true})
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
	c.Inbound, _ = c.Step(Done{Hash: in.hash, Key: speaksNext(in, outcome)})
	c.waitingFor, c.changed = "", true
	return Apply, nil
}

// effect reads the event and puts it into the books.
func (t *taking) effect(ctx context.Context, in incoming) (fault, err error) {
	if in.message.Epoch > 1 {
		if known, fault, err := consumedBefore(ctx, t.tx, t.peer, in.message); known || err != nil {
			return fault, err
		}
	}
	if in.message.Type == TypeKeyRotated {
		return t.rotated(ctx, in)
	}
	event, fault := t.e.read(in.message)
	if fault != nil {
		return fault, nil
	}
	ctx = context.WithValue(ctx, frameKey{}, in.frame)
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
	speaker := contracts.Speaker(event)
	if speaker == from {
		return nil
	}
	return contracts.Fault{Code: FaultAuthority, Message: fmt.Sprintf("%s may not state a fact of %s", from, speaker)}
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

// consumedBefore looks for a message that its sender issued anew in this epoch, because it held no receipt of an earlier one. It
// has had its effect then: the number is consumed with the outcome of that time.
func consumedBefore(ctx context.Context, q storage.Querier, peer contracts.PartyID, m Message) (known bool, fault, err error) {
	var frame []byte
	var outcome Outcome
	err = q.QueryRowContext(ctx, `SELECT frame, outcome FROM fed_inbox WHERE peer = $1 AND id = $2 AND epoch < $3 ORDER BY epoch LIMIT 1`, peer, m.ID, m.Epoch).Scan(&frame, &outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, err
	}
	before, err := unsealed(frame)
	if err != nil {
		return false, nil, err
	}
	if before.Type != m.Type || !bytes.Equal(before.Data, m.Data) {
		return true, contracts.Fault{Code: FaultPayload, Field: "id", Message: "an earlier message of another content has this id"}, nil
	}
	if outcome == Refused {
		return true, contracts.Fault{Code: contracts.FaultInvalid, Field: "id", Message: "refused before, in an earlier epoch"}, nil
	}
	return true, nil, nil
}

// park keeps a message that came too early.
func (t *taking) park(ctx context.Context, in incoming) error {
	n, err := park(ctx, t.tx, in, t.e.Now())
	t.channel.parked += n
	return err
}

func (t *taking) fork(ctx context.Context, in incoming) error {
	m := in.message
	t.after = append(t.after, func() {
		t.e.Log.ErrorContext(ctx, "FORK: a second history from a peer; its channel is frozen", "peer", t.peer, "epoch", m.Epoch, "sequence", m.Sequence)
	})
	return insertFork(ctx, t.tx, in, t.e.Now())
}

func (e *Endpoint) sealReceipt(m Message, h Hash, outcome Outcome, faults contracts.Faults) ([]byte, error) {
	payload, err := contracts.Encode(Receipt{
		Network: e.dir().Network, Source: e.self, Recipient: m.Source, Epoch: m.Epoch, Sequence: m.Sequence, Hash: h,
		Outcome: outcome, Faults: faults, Time: e.Now().UTC().Truncate(time.Microsecond),
	})
	if err != nil {
		return nil, err
	}
	frame, _, err := seal(e.speaking(m.Source), TypeReceipt, payload)
	return frame, err
}
