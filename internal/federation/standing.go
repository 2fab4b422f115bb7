package federation

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// This file is about standings: the word of a party on where both channels with a peer stand. They are a sign of life, ask for
// what is missing, and compare heads before anything is sent.

// standing signs where we stand with a peer.
func (e *Endpoint) standing(ctx context.Context, q storage.Querier, peer contracts.PartyID, asks bool, repeats string) ([]byte, error) {
	s, err := readSending(ctx, q, peer)
	if err != nil {
		return nil, err
	}
	c, err := readChannel(ctx, q, peer, Start(e.epoch(peer), "", e.Resend))
	if err != nil {
		return nil, err
	}
	written, consumed := s.written(), Point{Epoch: c.Epoch, Sequence: c.Next - 1, Hash: c.Head}
	if epoch := e.epoch(peer); written.Epoch < epoch {
		written = Point{Epoch: epoch}
	}
	if epoch := e.epoch(peer); consumed.Epoch < epoch {
		consumed = Point{Epoch: epoch}
	}
	payload, err := contracts.Encode(Standing{
		Network: e.dir().Network, Source: e.self, Recipient: peer, Consumed: consumed, Written: written, Asks: asks,
		Mark: e.mark, Repeats: repeats, Registry: e.registryNumber(), Time: e.Now().UTC().Truncate(time.Microsecond),
	})
	if err != nil {
		return nil, err
	}
	frame, _, err := seal(e.speaking(peer), TypeStanding, payload)
	return frame, err
}

// repeats returns the mark last heard from a peer, and heardMark keeps it and tells whether it is new.
func (e *Endpoint) repeats(peer contracts.PartyID) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.marks[peer]
}

func (e *Endpoint) heardMark(peer contracts.PartyID, mark string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.marks[peer] = mark
}

// standing takes in where the peer stands: both halves of the protocol hear of it, and it gets the answer it asks for. A peer whose start
// is new to us must hear our word too, before it may send.
func (t *taking) standing(ctx context.Context, s Standing) error {
	c, err := t.open(ctx)
	if err != nil {
		return err
	}
	h, err := t.heard(ctx, s)
	if err != nil {
		return err
	}
	var do []Output
	c.Inbound, do = c.Step(h)
	for _, o := range do {
		switch {
		case o.Do == Return:
			err = t.sendBack(ctx, c.Epoch, o.From, o.Through)
		case o.Do == Forget && c.parked > 0:
			var n int
			n, err = forget(ctx, t.tx, t.peer, o.From)
			c.parked -= n
		}
		if err != nil {
			return err
		}
	}
	returned := c.Returned
	if s.Asks || s.Mark != t.e.repeats(t.peer) {
		t.stands = true
	}
	t.mark = s.Mark
	t.after = append(t.after, func() {
		t.returned = returned
		t.e.heardMark(t.peer, s.Mark)
		t.e.relay(t.peer).hears(ctx, h)
	})
	t.shareRegistry(s)
	if err := t.record(ctx, s, h); err != nil {
		return err
	}
	c.stale, err = t.stale(ctx)
	return err
}

// heard looks up what the protocol needs to know about a standing.
func (t *taking) heard(ctx context.Context, s Standing) (Heard, error) {
	h := Heard{Consumed: s.Consumed, PeerWrote: s.Written, Fresh: s.Repeats == t.e.mark, Restarted: s.Mark != t.e.repeats(t.peer), Asks: s.Asks, Now: t.e.Steady()}
	ours, err := readSending(ctx, t.tx, t.peer)
	if err != nil {
		return h, err
	}
	if ours.epoch == s.Consumed.Epoch {
		h.Written = ours.next - 1
	}
	h.Known, err = writtenHash(ctx, t.tx, t.peer, s.Consumed)
	return h, err
}

// record keeps the standing for people, and lets a restored copy write again once its history is seen to be whole.
func (t *taking) record(ctx context.Context, s Standing, h Heard) error {
	agreement := Unheard
	if h.Fresh && s.Consumed.Epoch == t.e.epoch(t.peer) {
		agreement = h.Agreement()
	}
	_, err := t.tx.ExecContext(ctx, `INSERT INTO fed_standing (peer, agreement, consumed, written, registry, said_at, heard_at) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (peer) DO UPDATE SET agreement = excluded.agreement, consumed = excluded.consumed, written = excluded.written,
			registry = excluded.registry, heard_at = excluded.heard_at,
			said_at = CASE WHEN excluded.said_at = '' THEN fed_standing.said_at ELSE excluded.said_at END`,
		t.peer, agreement, s.Consumed.Sequence, s.Written.Sequence, s.Registry, storage.At(t.confirms(s)), storage.At(t.e.Now()))
	if err != nil || agreement != Agreed || !t.e.restored(t.peer) {
		return err
	}
	t.after = append(t.after, func() { t.e.released(t.peer) })
	_, err = t.tx.ExecContext(ctx, `DELETE FROM fed_restored WHERE peer = $1`, t.peer)
	return err
}

// sendBack gives the peer messages of its own again, with the receipts they were given.
func (t *taking) sendBack(ctx context.Context, epoch, from, through int64) error {
	if err := t.flush(ctx); err != nil {
		return err
	}
	return storage.Each(ctx, t.tx, func(r *sql.Rows) error {
		var frame, receipt []byte
		if err := r.Scan(&frame, &receipt); err != nil {
			return err
		}
		receipt, err := t.e.current(receipt)
		t.answers = append(t.answers, frame, receipt)
		return err
	}, `SELECT frame, receipt FROM fed_inbox WHERE peer = $1 AND epoch = $2 AND sequence BETWEEN $3 AND $4 ORDER BY sequence`, t.peer, epoch, from, through)
}

// takeBack puts a message of ours that we had lost back into the outbox, when it continues what is there, and asks for the next.
func (t *taking) takeBack(ctx context.Context, in incoming) error {
	m := in.message
	s, err := readSending(ctx, t.tx, t.peer)
	if err != nil {
		return err
	}
	if s.epoch == 0 {
		s = sending{epoch: t.e.epoch(t.peer), next: 1, key: t.e.opening(t.e.self, t.peer)}
	}
	if m.Previous == s.head && in.key != s.key {
		t.reject(ctx, contracts.Fault{Code: FaultKey, Message: "not the key that spoke after our last message"}, in.frame)
		return nil
	}
	do := t.e.relay(t.peer).step(Cameback{Point: Point{m.Epoch, m.Sequence, in.hash}, Previous: m.Previous, Written: s.written()})
	if len(do) == 0 {
		return nil // known already
	}
	if do[0].Do == Stop {
		t.e.relay(t.peer).sayDiverged(ctx, m.Sequence)
		return nil
	}
	s.key = speaksNext(in, Applied)
	if m.Sequence == 1 {
		err = openChannel(ctx, t.tx, t.peer, s, 1)
	} else {
		_, err = t.tx.ExecContext(ctx, `UPDATE fed_sending SET next = next + 1, key = $2 WHERE peer = $1`, t.peer, s.key)
	}
	if err != nil {
		return err
	}
	t.stands, t.asks = true, true
	if err := knowAgain(ctx, t.tx, t.e.Returned, t.peer, m); err != nil {
		return fmt.Errorf("take back %s/%d: %w", t.peer, m.Sequence, err)
	}
	return insertOutgoing(ctx, t.tx, t.peer, []outgoing{{message: m, hash: in.hash, frame: in.frame}}, t.e.Now())
}

// knowAgain tells the books of a fact of our own that they had lost.
func knowAgain(ctx context.Context, tx *storage.Tx, returned ApplyFunc, peer contracts.PartyID, m Message) error {
	if returned == nil || m.Type == TypeKeyRotated {
		return nil
	}
	event, err := contracts.DecodeEvent(m.Type, m.Data)
	if err != nil {
		return err
	}
	return returned(ctx, tx, peer, event)
}

// MarkRestored says that these books are a copy from a backup: nothing is written to a peer before it has told where it stands, so
// that no number is used twice. Restore calls it in the transaction that ends it.
func MarkRestored(ctx context.Context, tx *storage.Tx, dir *Directory, self contracts.PartyID, now time.Time) error {
	for _, peer := range dir.channels(self) {
		if dir.Left(peer) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO fed_restored (peer, restored_at) VALUES ($1,$2) ON CONFLICT (peer) DO UPDATE SET restored_at = excluded.restored_at`, peer, storage.At(now)); err != nil {
			return err
		}
	}
	return nil
}

// loadRestored reads which channels wait after a restore.
func (e *Endpoint) loadRestored(ctx context.Context) error {
	peers, err := storage.All(ctx, e.DB, func(r *sql.Rows) (p contracts.PartyID, err error) { return p, r.Scan(&p) }, `SELECT peer FROM fed_restored`)
	for _, p := range peers {
		e.copies[p] = true
	}
	return err
}

func (e *Endpoint) restored(peer contracts.PartyID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.copies[peer]
}

func (e *Endpoint) released(peer contracts.PartyID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.copies, peer)
}
