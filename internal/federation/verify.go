package federation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Check is the result of weighing one kind of stored row anew.
type Check struct {
	Name     string `json:"check"`
	OK       bool   `json:"ok"`
	Rows     int64  `json:"rows"`               // looked at
	FirstBad string `json:"first_bad,omitzero"` // key of the first row that is wrong
	Message  string `json:"message,omitzero"`   // what is wrong with it, or what else is worth knowing
}

// NewCheck begins a check that has found nothing.
func NewCheck(name string) *Check { return &Check{Name: name, OK: true} }

// Badf notes a row that is wrong; the first one stays.
func (c *Check) Badf(row, format string, args ...any) {
	if c.OK {
		c.OK, c.FirstBad, c.Message = false, row, fmt.Sprintf(format, args...)
	}
}

// auditor reads the channels of a party and believes nothing but the directory.
type auditor struct {
	q    storage.Querier
	dir  *Directory
	self contracts.PartyID
}

// Verify weighs every channel of a party anew, from the exact bytes on record: chains without gap or fork, signatures by the
// directory, answers that name the bytes they answer, positions and watermarks. It only reads. An error means that it could not be
// done; what is wrong with the books is in the checks.
func Verify(ctx context.Context, q storage.Querier, self contracts.PartyID, dir *Directory) ([]Check, error) {
	a := auditor{q, dir, self}
	var all []Check
	for _, check := range []func(context.Context) (*Check, error){a.outbox, a.sendingHeads, a.receipts, a.watermarks, a.inbox, a.receivingHeads, a.parked, a.forks, a.quarantine} {
		c, err := check(ctx)
		if err != nil {
			return nil, fmt.Errorf("verify channels of %s: %w", self, err)
		}
		all = append(all, *c)
	}
	return all, nil
}

// logged is a row of fed_outbox or fed_inbox.
type logged struct {
	peer            contracts.PartyID
	epoch, sequence int64
	id              string
	typ             contracts.EventType
	hash            string
	frame           []byte
}

func (l logged) key(table string) string { return rowKey(table, l.peer, l.epoch, l.sequence) }

func rowKey(table string, peer contracts.PartyID, epoch, sequence int64) string {
	return fmt.Sprintf("%s %s/%d/%d", table, peer, epoch, sequence)
}

// chain is how far the rows of a channel have been followed.
type chain struct {
	peer        contracts.PartyID
	epoch, last int64
	head        Hash
	key         KeyID // that speaks next; empty at the beginning of an epoch
}

// follow tells what is wrong with the next row, nil when it continues the chain.
func (c *chain) follow(l logged, in incoming) error {
	if l.peer != c.peer || l.epoch != c.epoch {
		*c = chain{peer: l.peer, epoch: l.epoch}
	}
	m, head, key, expected := in.message, c.head, c.key, c.last+1
	c.last, c.head, c.key = l.sequence, in.hash, speaksNext(in, Applied)
	switch {
	case l.sequence != expected:
		return fmt.Errorf("number %d is missing before it", expected)
	case m.Previous != head:
		return fmt.Errorf("it continues %.12s…, the message before it is %.12s…", m.Previous, head)
	case key != "" && in.key != key:
		return fmt.Errorf("it is signed with %s, the channel spoke with %s", in.key, key)
	case in.hash.String() != l.hash:
		return fmt.Errorf("its bytes hash to %.12s…, on record is %.12s…", in.hash, l.hash)
	case m.Epoch != l.epoch || m.Sequence != l.sequence || m.ID != l.id || m.Type != l.typ:
		return errors.New("number, id or type differ from what was signed")
	}
	return nil
}

// event verifies the bytes of a message between two parties.
func (a auditor) event(frame []byte, from, to contracts.PartyID) (incoming, error) {
	p := parseFrame(a.dir, to, frame)
	switch {
	case p.fault != nil:
		return incoming{}, p.fault
	case p.event == nil:
		return incoming{}, errors.New("the frame is no event")
	case p.event.message.Source != from:
		return incoming{}, fmt.Errorf("it was signed by %s", p.event.message.Source)
	}
	return *p.event, nil
}

// answer verifies the bytes of a receipt between two parties, for a message with a hash.
func (a auditor) answer(frame []byte, from, to contracts.PartyID, l logged, outcome Outcome) error {
	p := parseFrame(a.dir, to, frame)
	switch {
	case p.fault != nil:
		return fmt.Errorf("the receipt: %w", p.fault)
	case p.receipt == nil:
		return errors.New("the frame is no receipt")
	}
	r := p.receipt
	switch {
	case r.Source != from:
		return fmt.Errorf("the receipt was signed by %s", r.Source)
	case r.Epoch != l.epoch || r.Sequence != l.sequence || r.Hash.String() != l.hash:
		return errors.New("the receipt names another message")
	case r.Outcome != outcome:
		return fmt.Errorf("on record is %q, the receipt says %q", outcome, r.Outcome)
	}
	return nil
}

func (a auditor) outbox(ctx context.Context) (*Check, error) {
	c, at := NewCheck("outbox"), chain{}
	return c, storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var l logged
		if err := r.Scan(&l.peer, &l.epoch, &l.sequence, &l.id, &l.typ, &l.hash, &l.frame); err != nil {
			return err
		}
		c.Rows++
		in, err := a.event(l.frame, a.self, l.peer)
		if err == nil {
			err = at.follow(l, in)
		}
		if err != nil {
			c.Badf(l.key("fed_outbox"), "%v", err)
		}
		return nil
	}, `SELECT peer, epoch, sequence, id, type, hash, frame FROM fed_outbox ORDER BY peer, epoch, sequence`)
}

func (a auditor) inbox(ctx context.Context) (*Check, error) {
	c, at := NewCheck("inbox"), chain{}
	return c, storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var l logged
		var outcome Outcome
		var receipt []byte
		if err := r.Scan(&l.peer, &l.epoch, &l.sequence, &l.id, &l.typ, &l.hash, &l.frame, &outcome, &receipt); err != nil {
			return err
		}
		c.Rows++
		in, err := a.event(l.frame, l.peer, a.self)
		if err == nil {
			err = errors.Join(at.follow(l, in), a.answer(receipt, a.self, l.peer, l, outcome))
		}
		if err != nil {
			c.Badf(l.key("fed_inbox"), "%v", err)
		}
		return nil
	}, `SELECT peer, epoch, sequence, id, type, hash, frame, outcome, receipt FROM fed_inbox ORDER BY peer, epoch, sequence`)
}

func (a auditor) receipts(ctx context.Context) (*Check, error) {
	c := NewCheck("receipts")
	return c, storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var l logged
		var outcome Outcome
		var hash sql.NullString
		if err := r.Scan(&l.peer, &l.epoch, &l.sequence, &outcome, &l.frame, &hash); err != nil {
			return err
		}
		c.Rows++
		l.hash = hash.String
		if !hash.Valid {
			c.Badf(l.key("fed_receipt"), "the message it answers is not there")
		} else if err := a.answer(l.frame, l.peer, a.self, l, outcome); err != nil {
			c.Badf(l.key("fed_receipt"), "%v", err)
		}
		return nil
	}, `SELECT r.peer, r.epoch, r.sequence, r.outcome, r.frame, o.hash FROM fed_receipt r
		LEFT JOIN fed_outbox o ON o.peer = r.peer AND o.epoch = r.epoch AND o.sequence = r.sequence ORDER BY r.peer, r.epoch, r.sequence`)
}
