package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
)

// InsertDraft keeps a draft of an activity that is there.
func (Store) InsertDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d outbound.Draft, at time.Time) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	return met(tx.ExecContext(ctx, `INSERT INTO draft (id, activity, member, buyer, body, created_at) SELECT $1, a.id, a.member, $3, $4, $5 FROM activity a WHERE a.id = $2 AND `+s.Where("a.member", 6),
		id, d.Activity, d.BuyerID, body, storage.At(at), s.Arg()))
}

// UpdateDraft replaces a draft by one of an activity that is there, and tells whether it was there itself.
func (Store) UpdateDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d outbound.Draft) (bool, error) {
	body, err := encode(d)
	if err != nil {
		return false, err
	}
	return changed(tx.ExecContext(ctx, `UPDATE draft SET activity = a.id, member = a.member, buyer = $3, body = $4 FROM activity a
		WHERE draft.id = $1 AND a.id = $2 AND `+s.Where("a.member", 5)+` AND `+s.Where("draft.member", 5), id, d.Activity, d.BuyerID, body, s.Arg()))
}

// DeleteDraft removes a draft and tells whether it was there.
func (Store) DeleteDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string) (bool, error) {
	return changed(tx.ExecContext(ctx, `DELETE FROM draft WHERE id = $1 AND `+s.Where("member", 2), id, s.Arg()))
}

// Draft finds a draft.
func (Store) Draft(ctx context.Context, q storage.Querier, s access.Scope, id string) (d outbound.Draft, ok bool, err error) {
	var body []byte
	if ok, err = found(q.QueryRowContext(ctx, `SELECT body FROM draft WHERE id = $1 AND `+s.Where("member", 2), id, s.Arg()).Scan(&body)); !ok {
		return d, false, err
	}
	return d, true, decode("draft "+id, body, &d)
}

// DraftRow is a draft in a list.
type DraftRow struct {
	ID    string         `json:"id"`
	Draft outbound.Draft `json:"draft"`
}

// Drafts lists the newest drafts.
func (Store) Drafts(ctx context.Context, q storage.Querier, s access.Scope, limit int) ([]DraftRow, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (row DraftRow, err error) {
		var body []byte
		if err := r.Scan(&row.ID, &body); err != nil {
			return row, err
		}
		return row, decode("draft "+row.ID, body, &row.Draft)
	}, `SELECT id, body FROM draft WHERE `+s.Where("member", 2)+` ORDER BY created_at DESC, id DESC LIMIT $1`, limit, s.Arg())
}
