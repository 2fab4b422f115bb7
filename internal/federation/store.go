package federation

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of both directions.
var Migrations = storage.MigrationSet{Name: "federation", Files: sub(files, "migrations")}

func sub(f fs.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return s
}

// Bounds of what strangers can make us keep.
const (
	mostParked      = 1000 // messages ahead, per peer
	mostQuarantined = 1000 // samples, in all
	sampleBytes     = 4096
)

// sending is the head of our channel to a peer.
type sending struct {
	epoch, next int64
	head        Hash
}

// takeNumber reserves the next number of the channel; the row stays locked until the transaction ends.
func takeNumber(ctx context.Context, tx *storage.Tx, peer contracts.PartyID) (s sending, err error) {
	_, err = tx.ExecContext(ctx, `INSERT INTO fed_sending (peer, epoch, next, head, receipted) VALUES ($1, 1, 1, $2, 0) ON CONFLICT (peer) DO NOTHING`, peer, Hash{}.String())
	if err != nil {
		return s, err
	}
	var head string
	err = tx.QueryRowContext(ctx, `UPDATE fed_sending SET next = next + 1 WHERE peer = $1 RETURNING epoch, next - 1, head`, peer).Scan(&s.epoch, &s.next, &head)
	if err != nil {
		return s, err
	}
	return s, s.head.UnmarshalText([]byte(head))
}

type outgoing struct {
	peer        contracts.PartyID
	message     Message
	hash        Hash
	frame       []byte
	traceparent string
}

func insertOutgoing(ctx context.Context, tx *storage.Tx, o outgoing, now time.Time) error {
	m := o.message
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_outbox (peer, epoch, sequence, id, type, hash, frame, traceparent, written_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		o.peer, m.Epoch, m.Sequence, m.ID, m.Type, o.hash.String(), o.frame, o.traceparent, storage.At(now))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE fed_sending SET head = $2 WHERE peer = $1`, o.peer, o.hash.String())
	return err
}

// waiting is a sent message as the relay reads it.
type waiting struct {
	sequence    int64
	frame       []byte
	traceparent string
}

func readOutbox(ctx context.Context, q storage.Querier, peer contracts.PartyID, after int64, limit int) ([]waiting, error) {
	scan := func(r *sql.Rows) (w waiting, err error) {
		return w, r.Scan(&w.sequence, &w.frame, &w.traceparent)
	}
	return storage.All(ctx, q, scan, `SELECT o.sequence, o.frame, o.traceparent FROM fed_outbox o JOIN fed_sending s ON s.peer = o.peer AND s.epoch = o.epoch
		WHERE o.peer = $1 AND o.sequence > $2 ORDER BY o.sequence LIMIT $3`, peer, after, limit)
}

// progress is how far a channel to a peer has come: what was written and what is receipted without a gap.
type progress struct{ last, receipted int64 }

func readProgress(ctx context.Context, q storage.Querier, peer contracts.PartyID) (p progress, err error) {
	err = q.QueryRowContext(ctx, `SELECT next - 1, receipted FROM fed_sending WHERE peer = $1`, peer).Scan(&p.last, &p.receipted)
	if errors.Is(err, sql.ErrNoRows) {
		return progress{}, nil
	}
	return p, err
}

// recordReceipt files a peer's answer to our message and moves the watermark over every gapless answer. An answer to bytes
// we never sent is an error of the peer, reported and not filed.
func recordReceipt(ctx context.Context, tx *storage.Tx, r Receipt, frame []byte, now time.Time) error {
	var hash string
	err := tx.QueryRowContext(ctx, `SELECT hash FROM fed_outbox WHERE peer = $1 AND epoch = $2 AND sequence = $3`, r.Source, r.Epoch, r.Sequence).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) || err == nil && hash != r.Hash.String() {
		return contracts.Fault{Code: FaultPayload, Message: fmt.Sprintf("%s answers a message %d that was never sent", r.Source, r.Sequence)}
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO fed_receipt (peer, epoch, sequence, outcome, frame, received_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		r.Source, r.Epoch, r.Sequence, r.Outcome, frame, storage.At(now))
	if err != nil {
		return err
	}
	// The first number after the watermark without an answer, less one; numbers have no gaps, so neither has this.
	_, err = tx.ExecContext(ctx, `UPDATE fed_sending SET receipted = (
			SELECT COALESCE(MIN(o.sequence) - 1, fed_sending.next - 1) FROM fed_outbox o
			WHERE o.peer = fed_sending.peer AND o.epoch = fed_sending.epoch AND o.sequence > fed_sending.receipted
			AND NOT EXISTS (SELECT 1 FROM fed_receipt r WHERE r.peer = o.peer AND r.epoch = o.epoch AND r.sequence = o.sequence))
		WHERE peer = $1 AND epoch = $2 AND receipted = $3 - 1`, r.Source, r.Epoch, r.Sequence)
	return err
}

func readPosition(ctx context.Context, tx *storage.Tx, peer contracts.PartyID) (Position, error) {
	p := Start()
	var head string
	err := tx.QueryRowContext(ctx, `SELECT epoch, next, head, frozen FROM fed_receiving WHERE peer = $1`, peer).Scan(&p.Epoch, &p.Next, &head, &p.Frozen)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	return p, p.Head.UnmarshalText([]byte(head))
}

func writePosition(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, p Position, waitingFor contracts.EventType, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_receiving (peer, epoch, next, head, frozen, waiting_for, heard_at) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (peer) DO UPDATE SET epoch = excluded.epoch, next = excluded.next, head = excluded.head, frozen = excluded.frozen,
			waiting_for = excluded.waiting_for, heard_at = excluded.heard_at`,
		peer, p.Epoch, p.Next, p.Head.String(), p.Frozen, waitingFor, storage.At(now))
	return err
}

// consumed is a message already in the books.
type consumed struct {
	hash    Hash
	receipt []byte
}

func readConsumed(ctx context.Context, q storage.Querier, peer contracts.PartyID, epoch, sequence int64) (*consumed, error) {
	var c consumed
	var hash string
	err := q.QueryRowContext(ctx, `SELECT hash, receipt FROM fed_inbox WHERE peer = $1 AND epoch = $2 AND sequence = $3`, peer, epoch, sequence).Scan(&hash, &c.receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &c, c.hash.UnmarshalText([]byte(hash))
}

func idConsumed(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, id string) (bool, error) {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM fed_inbox WHERE peer = $1 AND id = $2`, peer, id).Scan(&n)
	return n > 0, err
}

func insertConsumed(ctx context.Context, tx *storage.Tx, in incoming, outcome Outcome, receipt []byte, now time.Time) error {
	m := in.message
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_inbox (peer, epoch, sequence, id, type, hash, frame, outcome, receipt, consumed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		m.Source, m.Epoch, m.Sequence, m.ID, m.Type, in.hash.String(), in.frame, outcome, receipt, storage.At(now))
	return err
}

// park keeps a message that came too early, unless the peer has filled its share; then the sender's resend brings it back.
func park(ctx context.Context, tx *storage.Tx, in incoming) error {
	m := in.message
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_parked (peer, epoch, sequence, hash, frame)
		SELECT $1,$2,$3,$4,$5 WHERE (SELECT COUNT(*) FROM fed_parked WHERE peer = $1) < $6 ON CONFLICT DO NOTHING`,
		m.Source, m.Epoch, m.Sequence, in.hash.String(), in.frame, mostParked)
	return err
}

// unpark takes out the message of a number, if it is there.
func unpark(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, epoch, sequence int64) ([]byte, error) {
	var frame []byte
	err := tx.QueryRowContext(ctx, `DELETE FROM fed_parked WHERE peer = $1 AND epoch = $2 AND sequence = $3 RETURNING frame`, peer, epoch, sequence).Scan(&frame)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return frame, err
}

func insertFork(ctx context.Context, tx *storage.Tx, in incoming, now time.Time) error {
	m := in.message
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_fork (peer, epoch, sequence, hash, frame, seen_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		m.Source, m.Epoch, m.Sequence, in.hash.String(), in.frame, storage.At(now))
	return err
}

// quarantine counts a rejected frame by its reason and keeps a bounded sample.
func quarantine(ctx context.Context, tx *storage.Tx, stream string, code contracts.FaultCode, frame []byte, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_rejected (stream, code, times) VALUES ($1, $2, 1) ON CONFLICT (stream, code) DO UPDATE SET times = fed_rejected.times + 1`, stream, code)
	if err != nil {
		return err
	}
	var id int64
	sample := frame[:min(len(frame), sampleBytes)]
	if sample == nil {
		sample = []byte{}
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO fed_quarantine (stream, code, sample, seen_at) VALUES ($1,$2,$3,$4) RETURNING id`, stream, code, sample, storage.At(now)).Scan(&id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM fed_quarantine WHERE id <= $1`, id-mostQuarantined)
	return err
}
