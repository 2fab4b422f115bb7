package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Import writes the channels of a party into its new database from exported logs: the exact bytes, each signature and link of each
// chain verified on the way, and the effect of what was received. What is wrong with a log is a Fault that names the line.
type Import struct {
	Key       Key // of the party; signs the answers that no log holds
	Directory *Directory
	Now       func() time.Time
	Progress  func() // told after each line

	// Apply puts the effect of an event into the books, as an ApplyFunc does, at the moment its receipt names.
	Apply func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, event contracts.Event, at time.Time) error

	// Returned tells the books of an event of the party's own; may be nil.
	Returned ApplyFunc
}

// Own imports the log of the party itself. ExportLog of the database gives the same bytes again.
func (im Import) Own(ctx context.Context, tx *storage.Tx, log *Log) error {
	for _, c := range log.channels {
		ch := im.channel(tx, c.peer)
		if err := ch.own(ctx, c); err != nil {
			return fmt.Errorf("import the channel with %s: %w", c.peer, err)
		}
	}
	return nil
}

func (ch *importing) own(ctx context.Context, c logSections) error {
	if err := ch.sent(ctx, c.sent, c.answers); err != nil {
		return err
	}
	if err := ch.received(ctx, c.received, c.given, false); err != nil {
		return err
	}
	if err := ch.forks(ctx, c.evidence); err != nil {
		return err
	}
	unused := c.sent.empty() && c.received.empty()
	return ch.remember(ctx, unused)
}

// Mirror imports the log of a peer: what it sent is what this party received, and its answers are the ones this party gave. A message
// without an answer in the log is judged now, and answered with the key of today.
func (im Import) Mirror(ctx context.Context, tx *storage.Tx, log *Log) error {
	for _, c := range log.channels {
		if c.peer != im.Key.Party {
			continue
		}
		ch := im.channel(tx, log.Header.Party)
		if err := ch.mirror(ctx, c); err != nil {
			return fmt.Errorf("import the log of %s: %w", log.Header.Party, err)
		}
	}
	return nil
}

func (ch *importing) mirror(ctx context.Context, c logSections) error {
	if err := ch.received(ctx, c.sent, c.answers, true); err != nil {
		return err
	}
	if err := ch.sent(ctx, c.received, c.given); err != nil {
		return err
	}
	return ch.remember(ctx, false)
}

// importing is the import of both directions of one channel.
type importing struct {
	Import
	tx    *storage.Tx
	peer  contracts.PartyID
	audit auditor

	outbound, inbound chain
	known             map[string]bool // ids of our messages
	ownKey, peerKey   KeyID           // that speak next
	frozen            bool
	heard             time.Time
}

func (im Import) channel(tx *storage.Tx, peer contracts.PartyID) *importing {
	return &importing{Import: im, tx: tx, peer: peer, known: map[string]bool{}, audit: auditor{q: tx, dir: im.Directory, self: im.Key.Party}}
}

// sent imports what this party sent and the answers to it.
func (ch *importing) sent(ctx context.Context, frames, answers logSection) error {
	rows := runs[outgoing]{write: func(run []outgoing) error { return insertOutgoing(ctx, ch.tx, ch.peer, run, ch.Now()) }}
	err := frames.each(func(frame []byte) error {
		defer ch.Progress()
		in, err := ch.audit.event(frame, ch.audit.self, ch.peer)
		if err == nil {
			err = ch.outbound.continueWith(ch.peer, in)
		}
		if err != nil {
			return unfit{err}
		}
		ch.ownKey = speaksNext(in, Applied)
		if err := ch.knowAgain(ctx, in.message); err != nil {
			return err
		}
		return rows.add(outgoing{message: in.message, hash: in.hash, frame: frame})
	})
	if err != nil {
		return err
	}
	if err := rows.end(); err != nil {
		return err
	}
	return ch.answers(ctx, answers)
}

// knowAgain tells the books of a fact of our own, once: every later epoch holds it again under its id.
func (ch *importing) knowAgain(ctx context.Context, m Message) error {
	if ch.known[m.ID] {
		return nil
	}
	ch.known[m.ID] = true
	return knowAgain(ctx, ch.tx, ch.Returned, ch.peer, m)
}

// continueWith follows a chain by what the message says of itself.
func (c *chain) continueWith(peer contracts.PartyID, in incoming) error {
	m := in.message
	if m.Epoch < c.epoch {
		return fmt.Errorf("epoch %d follows epoch %d", m.Epoch, c.epoch)
	}
	return c.follow(logged{peer: peer, epoch: m.Epoch, sequence: m.Sequence, id: m.ID, typ: m.Type, hash: in.hash.String()}, in)
}

// answers files the peer's receipts.
func (ch *importing) answers(ctx context.Context, section logSection) error {
	if ch.outbound.last > 0 {
		if _, err := ch.tx.ExecContext(ctx, `INSERT INTO fed_answered (peer, epoch, receipted) VALUES ($1,$2,0)`, ch.peer, ch.outbound.epoch); err != nil {
			return err
		}
	}
	rows := runs[filing]{write: func(run []filing) error {
		unknown, err := fileReceipts(ctx, ch.tx, ch.peer, run, ch.Now())
		if err == nil && len(unknown) > 0 {
			r := unknown[0].receipt
			return contracts.Fault{Code: FaultLog, Field: fmt.Sprintf("receipt %s/%d/%d", r.Source, r.Epoch, r.Sequence), Message: "answers a message that was never sent"}
		}
		return err
	}}
	last := Receipt{}
	err := section.each(func(frame []byte) error {
		defer ch.Progress()
		r, err := ch.receipt(frame, ch.peer, ch.audit.self)
		if err == nil && (r.Epoch < last.Epoch || r.Epoch == last.Epoch && r.Sequence <= last.Sequence) {
			err = errors.New("receipts do not follow each other")
		}
		if err != nil {
			return unfit{err}
		}
		last = r
		return rows.add(filing{receipt: r, frame: frame})
	})
	if err != nil {
		return err
	}
	return rows.end()
}

// receipt reads a verified receipt of a party for another.
func (ch *importing) receipt(frame []byte, from, to contracts.PartyID) (Receipt, error) {
	p := parseFrame(ch.Directory, to, frame)
	switch {
	case p.fault != nil:
		return Receipt{}, p.fault
	case p.receipt == nil:
		return Receipt{}, errors.New("the frame is no receipt")
	case p.receipt.Source != from:
		return Receipt{}, fmt.Errorf("the receipt was signed by %s", p.receipt.Source)
	}
	return *p.receipt, nil
}

// runs collects rows and writes many at once.
type runs[T any] struct {
	held  []T
	write func([]T) error
}

// longestRun is how many rows are held before they are written.
const longestRun = 200

func (r *runs[T]) add(v T) error {
	if r.held = append(r.held, v); len(r.held) < longestRun {
		return nil
	}
	return r.end()
}

func (r *runs[T]) end() error {
	if len(r.held) == 0 {
		return nil
	}
	err := r.write(r.held)
	r.held = r.held[:0]
	return err
}
