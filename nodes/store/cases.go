package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
)

var _ casework.Store = Store{}

// InsertCase adds a case of a member in scope.
func (st Store) InsertCase(ctx context.Context, tx *storage.Tx, s access.Scope, c casework.Case, at time.Time) error {
	if !s.Owns(string(c.Member)) {
		return sql.ErrNoRows
	}
	body, err := encode(c)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mobility_case (id, member, state, version, source, start_date, end_date, body, created_at, changed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$9)`,
		c.ID, c.Member, c.State, c.Version, c.Source, c.Start(), c.End(), body, storage.At(at))
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "case", string(c.ID), string(c.Member))
}

// UpdateCase replaces a case that is still at the version before, and tells whether it was.
func (st Store) UpdateCase(ctx context.Context, tx *storage.Tx, s access.Scope, c casework.Case, before int, at time.Time) (bool, error) {
	body, err := encode(c)
	if err != nil {
		return false, err
	}
	ok, err := changed(tx.ExecContext(ctx, `UPDATE mobility_case SET state = $2, version = $3, start_date = $4, end_date = $5, body = $6, changed_at = $7 WHERE id = $1 AND version = $8 AND `+s.Where("member", 9),
		c.ID, c.State, c.Version, c.Start(), c.End(), body, storage.At(at), before, s.Arg()))
	if err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "case", string(c.ID), string(c.Member))
}

func scanCase(r interface{ Scan(...any) error }) (c casework.Case, err error) {
	var body []byte
	if err := r.Scan(&body); err != nil {
		return c, err
	}
	return c, decode("case", body, &c)
}

// Case finds a case.
func (Store) Case(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) (casework.Case, bool, error) {
	c, err := scanCase(q.QueryRowContext(ctx, `SELECT body FROM mobility_case WHERE id = $1 AND `+s.Where("member", 2), id, s.Arg()))
	ok, err := found(err)
	return c, ok, err
}

// CasesOf lists all cases of a member, the newest first.
func (Store) CasesOf(ctx context.Context, q storage.Querier, s access.Scope, m member.ID) ([]casework.Case, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (casework.Case, error) { return scanCase(r) },
		`SELECT body FROM mobility_case WHERE member = $1 AND `+s.Where("member", 2)+` ORDER BY created_at DESC, id DESC`, m, s.Arg())
}

// CaseFrom tells whether a case was ever proposed for a source.
func (Store) CaseFrom(ctx context.Context, q storage.Querier, s access.Scope, source string) (bool, error) {
	var id string
	return found(q.QueryRowContext(ctx, `SELECT id FROM mobility_case WHERE source = $1 AND `+s.Where("member", 2), source, s.Arg()).Scan(&id))
}

// OpenCases lists the ids of cases that do not rest, after the given one.
func (Store) OpenCases(ctx context.Context, q storage.Querier, s access.Scope, after contracts.CaseID, limit int) ([]contracts.CaseID, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (id contracts.CaseID, err error) { return id, r.Scan(&id) },
		`SELECT id FROM mobility_case WHERE id > $1 AND state NOT IN ('CLOSED', 'CANCELLED', 'REJECTED') AND `+s.Where("member", 2)+` ORDER BY id LIMIT $3`, after, s.Arg(), limit)
}

// CaseRow is a case in a list.
type CaseRow struct {
	casework.Case
	MemberName string `json:"member_name"`
}

// CaseFilter says which cases a list shows. The zero filter shows all.
type CaseFilter struct {
	State casework.State
	Open  bool           // those that do not rest
	After contracts.Date // with ID, where the part before ended
	ID    contracts.CaseID
	Limit int
}

// NoDay is where a case without a first day of work stands in a list: last.
var NoDay = contracts.MustDate("2199-12-31")

// Cases lists cases by the first day of work, those without one last.
func (Store) Cases(ctx context.Context, q storage.Querier, s access.Scope, f CaseFilter) ([]CaseRow, error) {
	const day = `CASE WHEN c.start_date = '' THEN '2199-12-31' ELSE c.start_date END`
	return storage.All(ctx, q, func(r *sql.Rows) (row CaseRow, err error) {
		var body []byte
		if err := r.Scan(&body, &row.MemberName); err != nil {
			return row, err
		}
		return row, decode("case", body, &row.Case)
	}, `SELECT c.body, m.name FROM mobility_case c JOIN member m ON m.id = c.member
		WHERE (CAST($1 AS TEXT) = '' OR c.state = CAST($1 AS TEXT)) AND (NOT $2 OR c.state NOT IN ('CLOSED', 'CANCELLED', 'REJECTED')) AND `+s.Where("c.member", 3)+`
		AND (`+day+` > $4 OR `+day+` = $4 AND c.id > $5) ORDER BY `+day+`, c.id LIMIT $6`, f.State, f.Open, s.Arg(), f.After, f.ID, f.Limit)
}

// AddEntry adds a line to the history of a case in scope.
func (Store) AddEntry(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, e casework.Entry) error {
	body, err := encode(e)
	if err != nil {
		return err
	}
	return met(tx.ExecContext(ctx, `INSERT INTO case_history (case_id, version, member, body) SELECT c.id, CAST($2 AS BIGINT), c.member, $3 FROM mobility_case c WHERE c.id = $1 AND `+s.Where("c.member", 4), id, e.Version, body, s.Arg()))
}

// History lists the lines of a case, the oldest first.
func (Store) History(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) ([]casework.Entry, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (e casework.Entry, err error) {
		var body []byte
		if err := r.Scan(&body); err != nil {
			return e, err
		}
		return e, decode("history", body, &e)
	}, `SELECT body FROM case_history WHERE case_id = $1 AND `+s.Where("member", 2)+` ORDER BY version`, id, s.Arg())
}

// SaveReminder keeps a reminder that was given, and tells whether it is new.
func (Store) SaveReminder(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, r casework.Reminder, at time.Time) (bool, error) {
	body, err := encode(r)
	if err != nil {
		return false, err
	}
	return changed(tx.ExecContext(ctx, `INSERT INTO case_reminder (case_id, key, member, due, body, given_at) SELECT c.id, CAST($2 AS TEXT), c.member, CAST($3 AS TEXT), $4, CAST($5 AS TEXT) FROM mobility_case c
		WHERE c.id = $1 AND `+s.Where("c.member", 6)+` ON CONFLICT (case_id, key) DO NOTHING`, id, r.Key, r.By, body, storage.At(at), s.Arg()))
}

// GivenReminder is a reminder with the moment it was first given.
type GivenReminder struct {
	casework.Reminder
	At storage.Instant `json:"at"`
}

// Reminders lists what was given in a case, the earliest deadline first.
func (Store) Reminders(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) ([]GivenReminder, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (g GivenReminder, err error) {
		var body []byte
		if err := r.Scan(&body, &g.At); err != nil {
			return g, err
		}
		return g, decode("reminder", body, &g.Reminder)
	}, `SELECT body, given_at FROM case_reminder WHERE case_id = $1 AND `+s.Where("member", 2)+` ORDER BY due, key`, id, s.Arg())
}
