package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// InsertDraft keeps a draft of an activity that is there.
func (st Store) InsertDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d outbound.Draft, at time.Time) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	ok, err := st.touch(ctx, tx, id, `INSERT INTO draft (id, activity, member, buyer, body, created_at) SELECT $1, a.id, a.member, $3, $4, $5 FROM activity a WHERE a.id = $2 AND `+s.Where("a.member", 6)+` RETURNING member`,
		id, d.Activity, d.BuyerID, body, storage.At(at), s.Arg())
	if err == nil && !ok {
		return sql.ErrNoRows
	}
	return err
}

// UpdateDraft replaces a draft by one of an activity that is there, and tells whether it was there itself.
func (st Store) UpdateDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d outbound.Draft) (bool, error) {
	body, err := encode(d)
	if err != nil {
		return false, err
	}
	return st.touch(ctx, tx, id, `UPDATE draft SET activity = a.id, member = a.member, buyer = $3, body = $4 FROM activity a
		WHERE draft.id = $1 AND a.id = $2 AND `+s.Where("a.member", 5)+` AND `+s.Where("draft.member", 5)+` RETURNING draft.member`, id, d.Activity, d.BuyerID, body, s.Arg())
}

// DeleteDraft removes a draft and tells whether it was there.
func (st Store) DeleteDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string) (bool, error) {
	return st.touch(ctx, tx, id, `DELETE FROM draft WHERE id = $1 AND `+s.Where("member", 2)+` RETURNING member`, id, s.Arg())
}

// touch changes a draft, and tells whether the statement, which returns whose it is, met it.
func (st Store) touch(ctx context.Context, tx *storage.Tx, id, statement string, args ...any) (bool, error) {
	var whose string
	if ok, err := found(tx.QueryRowContext(ctx, statement, args...).Scan(&whose)); err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "draft", id, whose)
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

	Member member.ID `json:"-"` // whose it is
}

// Drafts lists the newest drafts.
func (Store) Drafts(ctx context.Context, q storage.Querier, s access.Scope, limit int) ([]DraftRow, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (row DraftRow, err error) {
		var body []byte
		if err := r.Scan(&row.ID, &row.Member, &body); err != nil {
			return row, err
		}
		return row, decode("draft "+row.ID, body, &row.Draft)
	}, `SELECT id, member, body FROM draft WHERE `+s.Where("member", 2)+` ORDER BY created_at DESC, id DESC LIMIT $1`, limit, s.Arg())
}
