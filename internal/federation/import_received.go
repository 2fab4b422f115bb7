package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// received imports what the peer sent, the answers it was given, and the effect of what was applied. With gaps, answers may be missing: the
// log is the peer's, and the peer may not have got them.
func (ch *importing) received(ctx context.Context, frames, answers logSection, gaps bool) error {
	rows := runs[consumption]{write: func(run []consumption) error { return insertConsumed(ctx, ch.tx, run, ch.Now()) }}
	given := &givenAnswers{ch: ch, lines: answers.lines()}
	err := frames.each(func(frame []byte) error {
		defer ch.Progress()
		in, err := ch.audit.event(frame, ch.peer, ch.audit.self)
		before := ch.inbound.epoch
		if err == nil {
			err = ch.inbound.continueWith(ch.peer, in)
		}
		if err != nil {
			return unfit{err}
		}
		if ch.inbound.epoch != before { // what was consumed before must be there to be looked up
			if err := rows.end(); err != nil {
				return err
			}
		}
		c, err := ch.consume(ctx, in, given, gaps)
		if err != nil {
			return err
		}
		ch.peerKey = speaksNext(in, c.outcome)
		return rows.add(c)
	})
	if err != nil {
		return err
	}
	if err := given.none(); err != nil {
		return err
	}
	return rows.end()
}

// givenAnswers reads the answers in step with the messages they belong to.
type givenAnswers struct {
	ch     *importing
	lines  *logCursor
	number int64
	frame  []byte // read ahead; nil when none is
	answer Receipt
}

// of returns the answer to a message, nil when the next one is of a later message or there is none.
func (g *givenAnswers) of(in incoming) ([]byte, *Receipt, error) {
	if g.frame == nil {
		if !g.lines.more() {
			return nil, nil, nil
		}
		var err error
		g.number = g.lines.line
		if g.frame, err = g.lines.next(maxFrame); err != nil {
			return nil, nil, err
		}
		if g.answer, err = g.ch.receipt(g.frame, g.ch.audit.self, g.ch.peer); err != nil {
			return nil, nil, badLine(g.number, err)
		}
	}
	m, r := in.message, g.answer
	if r.Epoch > m.Epoch || r.Epoch == m.Epoch && r.Sequence > m.Sequence {
		return nil, nil, nil
	}
	if r.Epoch != m.Epoch || r.Sequence != m.Sequence || r.Hash != in.hash {
		return nil, nil, badLine(g.number, errors.New("the receipt names another message"))
	}
	frame := g.frame
	g.frame = nil
	g.ch.Progress()
	return frame, &r, nil
}

// none refuses an answer that belongs to no message.
func (g *givenAnswers) none() error {
	switch {
	case g.frame != nil:
		return badLine(g.number, errors.New("an answer to a message that is not there"))
	case g.lines.more():
		return g.lines.badf("an answer to a message that is not there")
	}
	return nil
}

// consume takes in one message as it was answered, or answers it now.
func (ch *importing) consume(ctx context.Context, in incoming, given *givenAnswers, gaps bool) (consumption, error) {
	frame, answer, err := given.of(in)
	if err != nil {
		return consumption{}, err
	}
	if answer == nil && !gaps {
		return consumption{}, unfit{errors.New("no answer was given to it")}
	}
	if answer == nil {
		return ch.judge(ctx, in)
	}
	ch.heard = answer.Time
	c := consumption{in, answer.Outcome, frame}
	if answer.Outcome == Refused {
		return c, nil
	}
	err = ch.applyOnce(ctx, in, answer.Time)
	if contracts.IsFault(err) {
		err = unfit{fmt.Errorf("it was applied, and cannot be applied again: %w", err)}
	}
	return c, err
}

// judge applies or refuses a message that nobody has answered.
func (ch *importing) judge(ctx context.Context, in incoming) (consumption, error) {
	now := ch.Now().UTC().Truncate(time.Microsecond)
	ch.heard = now
	if _, err := ch.tx.ExecContext(ctx, "SAVEPOINT effect"); err != nil {
		return consumption{}, err
	}
	outcome, faults, end := Applied, contracts.Faults(nil), "RELEASE SAVEPOINT effect"
	if err := ch.applyOnce(ctx, in, now); err != nil {
		if isUnknownType(err) { // a reason to wait, not to refuse
			return consumption{}, unfit{err}
		}
		if !contracts.IsFault(err) {
			return consumption{}, err
		}
		outcome, faults, end = Refused, brief(contracts.FaultsOf(err)), "ROLLBACK TO SAVEPOINT effect"
	}
	if _, err := ch.tx.ExecContext(ctx, end); err != nil {
		return consumption{}, err
	}
	m := in.message
	payload, err := contracts.Encode(Receipt{Network: ch.Directory.Network, Source: ch.audit.self, Recipient: ch.peer, Epoch: m.Epoch, Sequence: m.Sequence,
		Hash: in.hash, Outcome: outcome, Faults: faults, Time: now})
	if err != nil {
		return consumption{}, err
	}
	frame, _, err := seal(ch.Key, TypeReceipt, payload)
	return consumption{in, outcome, frame}, err
}

// applyOnce puts what a message says into the books, unless it was consumed in an earlier epoch already.
func (ch *importing) applyOnce(ctx context.Context, in incoming, at time.Time) error {
	if in.message.Epoch > 1 {
		if known, fault, err := consumedBefore(ctx, ch.tx, ch.peer, in.message); known || err != nil {
			return errors.Join(fault, err)
		}
	}
	if in.message.Type == TypeKeyRotated {
		return ch.announced(in)
	}
	event, err := readEvent(in.message)
	if err != nil {
		return err
	}
	return ch.Apply(context.WithValue(ctx, frameKey{}, in.frame), ch.tx, ch.peer, event, at)
}

// announced takes in the announcement of a key: its effect is an entry of the registry, which must be there.
func (ch *importing) announced(in incoming) error {
	if next := speaksNext(in, Applied); !ch.Directory.Lists(next) {
		return contracts.Fault{Code: contracts.FaultUnknownType, Message: fmt.Sprintf("the registry does not list the key %s that it announces", next), Remedy: "take the newest registry.jsonl"}
	}
	return nil
}

// forks imports the second messages of a number that were kept as evidence.
func (ch *importing) forks(ctx context.Context, section logSection) error {
	var last string // epoch, sequence and hash, as they are ordered
	return section.each(func(frame []byte) error {
		defer ch.Progress()
		in, err := ch.audit.event(frame, ch.peer, ch.audit.self)
		if err != nil {
			return unfit{err}
		}
		m := in.message
		known, _, err := readConsumed(ctx, ch.tx, ch.peer, m.Epoch, m.Sequence)
		if err != nil {
			return err
		}
		key := fmt.Sprintf("%016d %016d %s", m.Epoch, m.Sequence, in.hash)
		if key <= last || known != nil && *known == in.hash {
			return unfit{errors.New("it is no second message of its number, or out of order")}
		}
		last = key
		ch.frozen = ch.frozen || m.Epoch >= ch.inbound.epoch
		return insertFork(ctx, ch.tx, in, ch.Now())
	})
}

// remember writes where both directions stand. A channel that carried nothing is remembered when the log knows it.
func (ch *importing) remember(ctx context.Context, unused bool) error {
	if out := ch.outbound; out.last > 0 {
		if _, err := ch.tx.ExecContext(ctx, `INSERT INTO fed_sending (peer, epoch, next, head, key) VALUES ($1,$2,$3,$4,$5)`, ch.peer, out.epoch, out.last+1, out.head.String(), ch.ownKey); err != nil {
			return err
		}
	}
	in := ch.inbound
	if in.last == 0 && !ch.frozen && !unused {
		return nil
	}
	_, err := ch.tx.ExecContext(ctx, `INSERT INTO fed_receiving (peer, epoch, next, head, key, frozen, waiting_for, heard_at) VALUES ($1,$2,$3,$4,$5,$6,'',$7)`,
		ch.peer, max(in.epoch, 1), in.last+1, in.head.String(), ch.peerKey, ch.frozen, storage.At(ch.heard))
	return err
}
