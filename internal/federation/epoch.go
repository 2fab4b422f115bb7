package federation

import (
	"context"
	"database/sql"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// This file begins a channel anew, when the registry has opened another epoch.

// reissue writes every message of the epoch that ended anew into the one that the registry has opened, under its old id: the peer knows
// by the id what it has consumed before. So each epoch holds the whole history, and it does not matter which of it a peer still
// has. The same books make the same bytes: a restored copy that does this once more tells no second history.
func (e *Endpoint) reissue(ctx context.Context, peer contracts.PartyID) error {
	epoch, n := e.epoch(peer), int64(0)
	err := e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s := sending{epoch: epoch, next: 1, key: e.opening(e.self, peer)}
		var old int64
		if err := tx.QueryRowContext(ctx, `UPDATE fed_sending SET next = next WHERE peer = $1 RETURNING epoch`, peer).Scan(&old); err != nil || old >= epoch {
			return ignoreNoRows(err)
		}
		if err := openChannel(ctx, tx, peer, s, 0); err != nil {
			return err
		}
		for after := int64(0); ; {
			page, last, err := e.written(ctx, tx, peer, old, after)
			if err != nil {
				return err
			}
			if last == after {
				break
			}
			after = last
			if s, err = e.writeAgain(ctx, tx, peer, s, page); err != nil {
				return err
			}
		}
		n = s.next - 1
		if _, err := tx.ExecContext(ctx, `UPDATE fed_sending SET next = $2 WHERE peer = $1`, peer, s.next); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("begin epoch %d with %s: %w", epoch, peer, err)
	}
	e.Log.InfoContext(ctx, "a new epoch begins", "peer", peer, "epoch", epoch, "issued_again", n)
	return nil
}

// again is a message to be issued anew.
type again struct {
	message     Message
	traceparent string
}

// written reads a page of our messages; announcements of keys have had their time.
func (e *Endpoint) written(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, epoch, after int64) (page []again, last int64, err error) {
	last = after
	return page, last, storage.Each(ctx, tx, func(r *sql.Rows) error {
		var a again
		var frame []byte
		if err := r.Scan(&last, &frame, &a.traceparent); err != nil {
			return err
		}
		m, err := unsealed(frame)
		if a.message = m; err == nil && m.Type != TypeKeyRotated {
			page = append(page, a)
		}
		return err
	}, `SELECT sequence, frame, traceparent FROM fed_outbox WHERE peer = $1 AND epoch = $2 AND sequence > $3 ORDER BY sequence LIMIT $4`, peer, epoch, after, batch)
}

// writeAgain signs a page of messages with new numbers and returns where the channel stands after them.
func (e *Endpoint) writeAgain(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, s sending, page []again) (sending, error) {
	if len(page) == 0 {
		return s, nil
	}
	var out []outgoing
	for _, a := range page {
		m := a.message
		m.Epoch, m.Sequence, m.Previous = s.epoch, s.next, s.head
		o, err := e.sign(m, s.key, a.traceparent)
		if err != nil {
			return s, err
		}
		out = append(out, o)
		s.next, s.head = s.next+1, o.hash
	}
	return s, insertOutgoing(ctx, tx, peer, out, e.Now())
}

// sign seals a message with the key of its channel.
func (e *Endpoint) sign(m Message, id KeyID, traceparent string) (outgoing, error) {
	k, err := e.signing(m.Recipient, id)
	if err != nil {
		return outgoing{}, err
	}
	payload, err := contracts.Encode(m)
	if err != nil {
		return outgoing{}, err
	}
	frame, hash, err := seal(k, TypeEvent, payload)
	return outgoing{m, hash, frame, traceparent}, err
}
