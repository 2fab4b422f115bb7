package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Telling is an event that waits until it can be written to its recipient.
type Telling struct {
	Number int64
	Event  contracts.Event
}

// Tell keeps an event for a node, unless the node was told the same before.
func (w Writer) Tell(ctx context.Context, to contracts.PartyID, event contracts.Event) error {
	body, err := contracts.Encode(event)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO telling (recipient, digest, type, event) VALUES ($1, $2, $3, $4) ON CONFLICT (recipient, digest) DO NOTHING`,
		string(to), digest(body), string(event.EventType()), string(body))
	return err
}

// NoteTold keeps in mind that a node was told an event: it may have waited, or these books may not have known of it.
func (w Writer) NoteTold(ctx context.Context, to contracts.PartyID, event contracts.Event) error {
	body, err := contracts.Encode(event)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO telling (recipient, digest, type) VALUES ($1, $2, $3) ON CONFLICT (recipient, digest) DO UPDATE SET event = NULL`,
		string(to), digest(body), string(event.EventType()))
	return err
}

// digest tells events of one type apart.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Recipients lists the nodes that something waits for.
func (r Reader) Recipients(ctx context.Context) ([]contracts.PartyID, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (p contracts.PartyID, err error) { return p, row.Scan(&p) },
		`SELECT DISTINCT recipient FROM telling WHERE event IS NOT NULL ORDER BY recipient`)
}

// Tellings lists what waits for a node, the oldest first, at most so many.
func (r Reader) Tellings(ctx context.Context, to contracts.PartyID, most int) ([]Telling, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (t Telling, err error) {
		var typ contracts.EventType
		var body string
		if err = row.Scan(&t.Number, &typ, &body); err != nil {
			return t, err
		}
		t.Event, err = contracts.DecodeEvent(typ, []byte(body))
		return t, err
	}, `SELECT number, type, event FROM telling WHERE recipient = $1 AND event IS NOT NULL ORDER BY number LIMIT $2`, string(to), most)
}

// Told notes that a telling is written to its channel.
func (w Writer) Told(ctx context.Context, t Telling) error {
	_, err := w.tx.ExecContext(ctx, `UPDATE telling SET event = NULL WHERE number = $1`, t.Number)
	return err
}

// Knows tells whether an event was told to a node or waits for it.
func (r Reader) Knows(ctx context.Context, to contracts.PartyID, event contracts.Event) (known bool, err error) {
	body, err := contracts.Encode(event)
	if err != nil {
		return false, err
	}
	err = r.q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM telling WHERE recipient = $1 AND digest = $2)`, string(to), digest(body)).Scan(&known)
	return known, err
}
