package store

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// Contact finds how a member is reached; nothing when nobody said.
func (Store) Contact(ctx context.Context, q storage.Querier, s access.Scope, id member.ID) (c member.Contact, err error) {
	_, err = found(q.QueryRowContext(ctx, `SELECT email, phone, street, postal_code, town, country FROM member_contact WHERE member = $1 AND `+s.Where("member", 2), id, s.Arg()).
		Scan(&c.Email, &c.Phone, &c.Street, &c.PostalCode, &c.Town, &c.Country))
	return c, err
}

// SaveContact keeps how a member is reached, and tells whether he is there.
func (st Store) SaveContact(ctx context.Context, tx *storage.Tx, s access.Scope, id member.ID, c member.Contact, at time.Time) (bool, error) {
	ok, err := changed(tx.ExecContext(ctx, `INSERT INTO member_contact (member, email, phone, street, postal_code, town, country, changed_at)
		SELECT m.id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS TEXT) FROM member m WHERE m.id = $1 AND `+s.Where("m.id", 9)+`
		ON CONFLICT (member) DO UPDATE SET email = excluded.email, phone = excluded.phone, street = excluded.street, postal_code = excluded.postal_code,
			town = excluded.town, country = excluded.country, changed_at = excluded.changed_at`,
		id, c.Email, c.Phone, c.Street, c.PostalCode, c.Town, c.Country, storage.At(at), s.Arg()))
	if err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "member", string(id), string(id))
}

// Rename corrects a member's name, and tells whether he is there.
func (st Store) Rename(ctx context.Context, tx *storage.Tx, s access.Scope, id member.ID, name string) (bool, error) {
	ok, err := changed(tx.ExecContext(ctx, `UPDATE member SET name = $2 WHERE id = $1 AND `+s.Where("id", 3), id, name, s.Arg()))
	if err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "member", string(id), string(id))
}
