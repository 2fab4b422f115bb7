// Package store is the SQL behind the features of a node, on SQLite and PostgreSQL. It decides nothing: rules live with the
// features, which declare what they need of it.
//
// What belongs to a member is asked for with an access.Scope, which is part of the query: a row out of scope is answered as one that is not
// there. What takes no scope belongs to nobody in particular: numbers, reports, imports, settings, sums over all.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of a node.
func Migrations() storage.MigrationSet {
	return storage.Embedded("node", files)
}

// Store implements the store interfaces of the features. It has no state: each call is given its transaction.
type Store struct{}

// found turns "no rows" into an answer.
func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// met demands that a statement met its row, where the caller has seen that it is there.
func met(r sql.Result, err error) error {
	if ok, err := changed(r, err); err != nil || ok {
		return err
	}
	return sql.ErrNoRows
}

// changed tells whether a statement met its row.
func changed(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

// minor is for amounts that contracts has checked before they came here.
func minor(m contracts.Money) (int64, error) { return m.Minor() }

// encode writes a document's body.
func encode(v any) ([]byte, error) { return contracts.Encode(v) }

func decode(what string, b []byte, v any) error {
	if err := contracts.Decode(b, v); err != nil {
		return fmt.Errorf("read stored %s: %w", what, err)
	}
	return nil
}

// InsertMember adds a member.
func (st Store) InsertMember(ctx context.Context, tx *storage.Tx, m member.Member, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO member (id, reference, name, kind, created_at) VALUES ($1,$2,$3,$4,$5)`, m.ID, m.Reference, m.Name, m.Kind, storage.At(at))
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "member", string(m.ID), string(m.ID))
}

// InsertActivity adds an activity of a member who is there.
func (st Store) InsertActivity(ctx context.Context, tx *storage.Tx, s access.Scope, a member.Activity, at time.Time) error {
	err := met(tx.ExecContext(ctx, `INSERT INTO activity (id, reference, member, name, created_at) SELECT $1, $2, m.id, $4, $5 FROM member m WHERE m.id = $3 AND `+s.Where("m.id", 6),
		a.ID, a.Reference, a.Member, a.Name, storage.At(at), s.Arg()))
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "activity", string(a.ID), string(a.Member))
}

// MemberByReference finds a member.
func (Store) MemberByReference(ctx context.Context, q storage.Querier, s access.Scope, reference string) (m member.Member, ok bool, err error) {
	ok, err = found(q.QueryRowContext(ctx, `SELECT id, reference, name, kind FROM member WHERE reference = $1 AND `+s.Where("id", 2), reference, s.Arg()).Scan(&m.ID, &m.Reference, &m.Name, &m.Kind))
	return m, ok, err
}

// ActivityByReference finds an activity.
func (Store) ActivityByReference(ctx context.Context, q storage.Querier, s access.Scope, reference string) (a member.Activity, ok bool, err error) {
	ok, err = found(q.QueryRowContext(ctx, `SELECT id, reference, member, name FROM activity WHERE reference = $1 AND `+s.Where("member", 2), reference, s.Arg()).Scan(&a.ID, &a.Reference, &a.Member, &a.Name))
	return a, ok, err
}

// Activity finds an activity and its member.
func (Store) Activity(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID) (a member.Activity, m member.Member, ok bool, err error) {
	ok, err = found(q.QueryRowContext(ctx, `SELECT a.id, a.reference, a.member, a.name, m.id, m.reference, m.name, m.kind FROM activity a JOIN member m ON m.id = a.member WHERE a.id = $1 AND `+s.Where("a.member", 2), id, s.Arg()).
		Scan(&a.ID, &a.Reference, &a.Member, &a.Name, &m.ID, &m.Reference, &m.Name, &m.Kind))
	return a, m, ok, err
}

// Pseudonym returns the member's pseudonym of the year, giving it the fresh one when there is none.
func (Store) Pseudonym(ctx context.Context, tx *storage.Tx, s access.Scope, id member.ID, year int, fresh string) (p string, err error) {
	ok, err := found(tx.QueryRowContext(ctx, `SELECT pseudonym FROM member_pseudonym WHERE member = $1 AND year = $2 AND `+s.Where("member", 3), id, year, s.Arg()).Scan(&p))
	if ok || err != nil {
		return p, err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO member_pseudonym (member, year, pseudonym) SELECT m.id, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM member m WHERE m.id = $1 AND `+s.Where("m.id", 4)+`
		ON CONFLICT (member, year) DO UPDATE SET pseudonym = member_pseudonym.pseudonym RETURNING pseudonym`, id, year, fresh, s.Arg()).Scan(&p)
	return p, err
}

// Members lists members by reference, at most limit, after the given one.
func (Store) Members(ctx context.Context, q storage.Querier, s access.Scope, after string, limit int) ([]member.Member, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (m member.Member, err error) {
		return m, r.Scan(&m.ID, &m.Reference, &m.Name, &m.Kind)
	}, `SELECT id, reference, name, kind FROM member WHERE reference > $1 AND `+s.Where("id", 3)+` ORDER BY reference LIMIT $2`, after, limit, s.Arg())
}

// ActivityRow is an activity with the member's name, for lists.
type ActivityRow struct {
	member.Activity
	MemberName string `json:"member_name"`
}

// Activities lists activities by reference, at most limit, after the given one.
func (Store) Activities(ctx context.Context, q storage.Querier, s access.Scope, after string, limit int) ([]ActivityRow, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (a ActivityRow, err error) {
		return a, r.Scan(&a.ID, &a.Reference, &a.Member, &a.Name, &a.MemberName)
	}, `SELECT a.id, a.reference, a.member, a.name, m.name FROM activity a JOIN member m ON m.id = a.member WHERE a.reference > $1 AND `+s.Where("a.member", 3)+` ORDER BY a.reference LIMIT $2`, after, limit, s.Arg())
}

// State reads a setting, empty when it was never written.
func (Store) State(ctx context.Context, q storage.Querier, name string) (v string, err error) {
	_, err = found(q.QueryRowContext(ctx, `SELECT value FROM node_state WHERE name = $1`, name).Scan(&v))
	return v, err
}

// SetState writes a setting.
func (Store) SetState(ctx context.Context, tx *storage.Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO node_state (name, value) VALUES ($1,$2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
