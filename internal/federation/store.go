package federation

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of both directions.
var Migrations = storage.Embedded("federation", files)

// Bounds of what strangers can make us keep.
const (
	mostParked      = 1000 // messages ahead, per peer
	mostQuarantined = 1000 // samples, per stream
	mostSamples     = 10   // of one entry
	sampleBytes     = 4096 // of one sample
)

// sending is the head of our channel to a peer, and the key it speaks with.
type sending struct {
	epoch, next int64
	head        Hash
	key         KeyID
}

// written is the place of the last message.
func (s sending) written() Point { return Point{Epoch: s.epoch, Sequence: s.next - 1, Hash: s.head} }

// takeNumbers reserves the next n numbers of the channel; its row stays locked until the transaction ends.
func (e *Endpoint) takeNumbers(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, n int) (s sending, err error) {
	var head string
	err = tx.QueryRowContext(ctx, `UPDATE fed_sending SET next = next + $2 WHERE peer = $1 RETURNING epoch, next - $2, head, key`, peer, n).Scan(&s.epoch, &s.next, &head, &s.key)
	if errors.Is(err, sql.ErrNoRows) {
		s = sending{epoch: e.epoch(peer), next: 1, key: e.opening(e.self, peer)}
		return s, openChannel(ctx, tx, peer, s, n)
	}
	if err != nil {
		return s, err
	}
	if s.next > maxSequence-int64(n) {
		return s, errors.New("the channel has used its last number")
	}
	return s, s.head.UnmarshalText([]byte(head))
}

// openChannel writes the rows of a channel whose first n numbers have just been taken.
func openChannel(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, s sending, n int) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO fed_sending (peer, epoch, next, head, key) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (peer) DO UPDATE SET epoch = excluded.epoch, next = excluded.next, head = excluded.head, key = excluded.key`,
		peer, s.epoch, n+1, Hash{}.String(), s.key); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_answered (peer, epoch, receipted) VALUES ($1,$2,0)
		ON CONFLICT (peer) DO UPDATE SET epoch = excluded.epoch, receipted = 0`, peer, s.epoch)
	return err
}

// readSending returns the head of our channel to a peer; before the first message its epoch is 0.
func readSending(ctx context.Context, q storage.Querier, peer contracts.PartyID) (s sending, err error) {
	var head string
	err = q.QueryRowContext(ctx, `SELECT epoch, next, head, key FROM fed_sending WHERE peer = $1`, peer).Scan(&s.epoch, &s.next, &head, &s.key)
	if errors.Is(err, sql.ErrNoRows) {
		return sending{next: 1}, nil
	}
	if err != nil {
		return s, err
	}
	return s, s.head.UnmarshalText([]byte(head))
}

// writtenHash returns the hash of a message of ours, nil when there is none.
func writtenHash(ctx context.Context, q storage.Querier, peer contracts.PartyID, p Point) (*Hash, error) {
	var text string
	err := q.QueryRowContext(ctx, `SELECT hash FROM fed_outbox WHERE peer = $1 AND epoch = $2 AND sequence = $3`, peer, p.Epoch, p.Sequence).Scan(&text)
	if err != nil {
		return nil, ignoreNoRows(err)
	}
	var h Hash
	return &h, h.UnmarshalText([]byte(text))
}

// outgoing is a signed message.
type outgoing struct {
	message     Message
	hash        Hash
	frame       []byte
	traceparent string
}

// insertOutgoing writes messages that follow each other, and the head they lead to.
func insertOutgoing(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, out []outgoing, now time.Time) error {
	for chunk := range slices.Chunk(out, batch) {
		rows := newRows("INSERT INTO fed_outbox (peer, epoch, sequence, id, type, hash, frame, traceparent, written_at) VALUES ")
		for _, o := range chunk {
			m := o.message
			rows.add(peer, m.Epoch, m.Sequence, m.ID, m.Type, o.hash.String(), o.frame, o.traceparent, storage.At(now))
		}
		if err := rows.insert(ctx, tx, ""); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE fed_sending SET head = $2 WHERE peer = $1`, peer, out[len(out)-1].hash.String())
	return err
}

// waiting is a sent message as the relay reads it.
type waiting struct {
	sequence    int64
	typ         contracts.EventType
	frame       []byte
	traceparent string
}

func readOutbox(ctx context.Context, q storage.Querier, peer contracts.PartyID, after int64, limit int) ([]waiting, error) {
	scan := func(r *sql.Rows) (w waiting, err error) {
		return w, r.Scan(&w.sequence, &w.typ, &w.frame, &w.traceparent)
	}
	return storage.All(ctx, q, scan, `SELECT o.sequence, o.type, o.frame, o.traceparent FROM fed_outbox o JOIN fed_sending s ON s.peer = o.peer AND s.epoch = o.epoch
		WHERE o.peer = $1 AND o.sequence > $2 ORDER BY o.sequence LIMIT $3`, peer, after, limit)
}

// progress is how far a channel to a peer has come: what was written and what is receipted without a gap.
type progress struct{ epoch, last, receipted int64 }

func readProgress(ctx context.Context, q storage.Querier, peer contracts.PartyID) (p progress, err error) {
	err = q.QueryRowContext(ctx, `SELECT s.epoch, s.next - 1, a.receipted FROM fed_sending s JOIN fed_answered a ON a.peer = s.peer WHERE s.peer = $1`, peer).Scan(&p.epoch, &p.last, &p.receipted)
	return p, ignoreNoRows(err)
}

// filing is a peer's answer with the bytes it came in.
type filing struct {
	receipt Receipt
	frame   []byte
}

// fileReceipts keeps the answers to messages we sent, the first for each message, and moves the watermark of the channel. An
// answer to a message of an earlier epoch is kept as well. It returns the answers to bytes we never sent, which are an error
// of the peer.
func fileReceipts(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, fs []filing, now time.Time) (unknown []filing, err error) {
	var epoch, receipted int64
	err = tx.QueryRowContext(ctx, `SELECT epoch, receipted FROM fed_answered WHERE peer = $1`, peer).Scan(&epoch, &receipted)
	if errors.Is(err, sql.ErrNoRows) {
		return fs, nil
	}
	if err != nil {
		return nil, err
	}
	sent, err := sentHashes(ctx, tx, peer, fs)
	if err != nil {
		return nil, err
	}
	known := newRows("INSERT INTO fed_receipt (peer, epoch, sequence, outcome, frame, received_at) VALUES ")
	for _, f := range fs {
		r := f.receipt
		if h, ok := sent[place{r.Epoch, r.Sequence}]; !ok || h != r.Hash.String() {
			unknown = append(unknown, f)
			continue
		}
		known.add(peer, r.Epoch, r.Sequence, r.Outcome, f.frame, storage.At(now))
	}
	if err := known.insert(ctx, tx, " ON CONFLICT DO NOTHING"); err != nil {
		return nil, err
	}
	return unknown, advance(ctx, tx, peer, epoch, receipted)
}

// place is a number of a channel.
type place struct{ epoch, sequence int64 }

// sentHashes looks up the messages that the receipts name.
func sentHashes(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, fs []filing) (map[place]string, error) {
	var epochs, numbers []any
	for _, f := range fs {
		if !slices.Contains(epochs, any(f.receipt.Epoch)) {
			epochs = append(epochs, f.receipt.Epoch)
		}
		numbers = append(numbers, f.receipt.Sequence)
	}
	asked := newRows("SELECT epoch, sequence, hash FROM fed_outbox WHERE peer IN ")
	asked.list(peer)
	asked.text.WriteString(" AND epoch IN ")
	asked.list(epochs...)
	asked.text.WriteString(" AND sequence IN ")
	asked.list(numbers...)
	rows, err := tx.QueryContext(ctx, asked.text.String(), asked.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sent := make(map[place]string, len(fs))
	for rows.Next() {
		var p place
		var hash string
		if err := rows.Scan(&p.epoch, &p.sequence, &hash); err != nil {
			return nil, err
		}
		sent[p] = hash
	}
	return sent, rows.Err()
}

// advance moves the watermark over every answer that follows it without a gap.
func advance(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, epoch, receipted int64) error {
	const most = 200
	before := receipted
	for full := true; full; {
		page, err := storage.All(ctx, tx, scanInt, `SELECT sequence FROM fed_receipt WHERE peer = $1 AND epoch = $2 AND sequence > $3 ORDER BY sequence LIMIT $4`, peer, epoch, receipted, most)
		if err != nil {
			return err
		}
		full = len(page) == most
		for _, sequence := range page {
			if sequence != receipted+1 {
				full = false
				break
			}
			receipted = sequence
		}
	}
	if receipted == before {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE fed_answered SET receipted = $2 WHERE peer = $1`, peer, receipted)
	return err
}

func scanInt(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }

func ignoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// readChannel returns how far a peer's channel to us has come: at its start in the given epoch when nothing has.
func readChannel(ctx context.Context, q storage.Querier, peer contracts.PartyID, start Inbound) (channel, error) {
	c := channel{Inbound: start}
	var head string
	err := q.QueryRowContext(ctx, `SELECT epoch, next, head, key, frozen, waiting_for, (SELECT COUNT(*) FROM fed_parked p WHERE p.peer = r.peer)
		FROM fed_receiving r WHERE peer = $1`, peer).Scan(&c.Epoch, &c.Next, &head, &c.Key, &c.Frozen, &c.waitingFor, &c.parked)
	if errors.Is(err, sql.ErrNoRows) {
		err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM fed_parked WHERE peer = $1`, peer).Scan(&c.parked)
		return c, err
	}
	if err != nil {
		return c, err
	}
	c.Waiting = c.waitingFor != ""
	return c, c.Head.UnmarshalText([]byte(head))
}

func writeChannel(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, c channel, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_receiving (peer, epoch, next, head, key, frozen, waiting_for, heard_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (peer) DO UPDATE SET epoch = excluded.epoch, next = excluded.next, head = excluded.head, key = excluded.key, frozen = excluded.frozen,
			waiting_for = excluded.waiting_for, heard_at = excluded.heard_at`,
		peer, c.Epoch, c.Next, c.Head.String(), c.Key, c.Frozen, c.waitingFor, storage.At(now))
	return err
}

// readConsumed returns the hash on record for a number, nil when there is none, and the receipt given for it.
func readConsumed(ctx context.Context, q storage.Querier, peer contracts.PartyID, epoch, sequence int64) (*Hash, []byte, error) {
	var hash string
	var receipt []byte
	err := q.QueryRowContext(ctx, `SELECT hash, receipt FROM fed_inbox WHERE peer = $1 AND epoch = $2 AND sequence = $3`, peer, epoch, sequence).Scan(&hash, &receipt)
	if err != nil {
		return nil, nil, ignoreNoRows(err)
	}
	var h Hash
	return &h, receipt, h.UnmarshalText([]byte(hash))
}

// consumption is a message that has been answered.
type consumption struct {
	incoming
	outcome Outcome
	receipt []byte
}

func insertConsumed(ctx context.Context, tx *storage.Tx, cs []consumption, now time.Time) error {
	rows := newRows("INSERT INTO fed_inbox (peer, epoch, sequence, id, type, hash, frame, outcome, receipt, consumed_at) VALUES ")
	for _, c := range cs {
		m := c.message
		rows.add(m.Source, m.Epoch, m.Sequence, m.ID, m.Type, c.hash.String(), c.frame, c.outcome, c.receipt, storage.At(now))
	}
	return rows.insert(ctx, tx, "")
}

// park keeps a message that came too early and returns how many rows that made: none when it lies there already.
func park(ctx context.Context, tx *storage.Tx, in incoming, now time.Time) (int, error) {
	m := in.message
	result, err := tx.ExecContext(ctx, `INSERT INTO fed_parked (peer, epoch, sequence, hash, frame, parked_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		m.Source, m.Epoch, m.Sequence, in.hash.String(), in.frame, storage.At(now))
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// unpark takes out the message that is next, if it is there.
func unpark(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, p Inbound) ([]byte, error) {
	var frame []byte
	err := tx.QueryRowContext(ctx, `DELETE FROM fed_parked WHERE peer = $1 AND epoch = $2 AND sequence = $3 RETURNING frame`, peer, p.Epoch, p.Next).Scan(&frame)
	return frame, ignoreNoRows(err)
}

// forget removes what is parked from a number on and returns how much that was: it waits for a history that has ended.
func forget(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, from int64) (int, error) {
	result, err := tx.ExecContext(ctx, `DELETE FROM fed_parked WHERE peer = $1 AND sequence >= $2`, peer, from)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// forgetParked begins without anything parked: books from a backup may hold what their peer's own backup has since made unsaid.
func forgetParked(ctx context.Context, tx *storage.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM fed_parked`)
	return err
}

func insertFork(ctx context.Context, tx *storage.Tx, in incoming, now time.Time) error {
	m := in.message
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_fork (peer, epoch, sequence, hash, frame, seen_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		m.Source, m.Epoch, m.Sequence, in.hash.String(), in.frame, storage.At(now))
	return err
}

// rejection is a line that could not be accepted.
type rejection struct {
	code contracts.FaultCode
	line []byte
}

// quarantine counts rejected lines by their reason and keeps samples: a few of one entry, the newest of a stream.
func quarantine(ctx context.Context, tx *storage.Tx, stream string, rs []rejection, now time.Time) error {
	if len(rs) == 0 {
		return nil
	}
	times := map[contracts.FaultCode]int{}
	samples := newRows("INSERT INTO fed_quarantine (stream, code, sample, seen_at) VALUES ")
	for i, r := range rs {
		times[r.code]++
		if i < mostSamples {
			samples.add(stream, r.code, append([]byte{}, r.line[:min(len(r.line), sampleBytes)]...), storage.At(now))
		}
	}
	counts := newRows("INSERT INTO fed_rejected (stream, code, times) VALUES ")
	for _, code := range slices.Sorted(maps.Keys(times)) {
		counts.add(stream, code, times[code])
	}
	if err := counts.insert(ctx, tx, " ON CONFLICT (stream, code) DO UPDATE SET times = fed_rejected.times + excluded.times"); err != nil {
		return err
	}
	if err := samples.insert(ctx, tx, ""); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM fed_quarantine WHERE stream = $1 AND id <= (SELECT id FROM fed_quarantine WHERE stream = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, stream, mostQuarantined)
	return err
}

// rows builds one statement of many rows: a round trip for an entry instead of one for each of its frames.
type rows struct {
	text strings.Builder
	args []any
	n    int
}

func newRows(head string) *rows {
	r := &rows{}
	r.text.WriteString(head)
	return r
}

func (r *rows) add(values ...any) {
	if r.n++; r.n > 1 {
		r.text.WriteByte(',')
	}
	r.list(values...)
}

// list writes values in brackets.
func (r *rows) list(values ...any) {
	r.text.WriteByte('(')
	for i, v := range values {
		if i > 0 {
			r.text.WriteByte(',')
		}
		r.args = append(r.args, v)
		r.text.WriteString("$" + strconv.Itoa(len(r.args)))
	}
	r.text.WriteByte(')')
}

func (r *rows) insert(ctx context.Context, tx *storage.Tx, tail string) error {
	if r.n == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, r.text.String()+tail, r.args...)
	return err
}
