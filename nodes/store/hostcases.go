package store

import (
	"context"
	"database/sql"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/correspondence"
)

var _ correspondence.HostStore = Store{}

const hostColumns = `home, id, state, first_day, last_day, asked_at, closed_on, ends_on`

func scanHostCase(scan func(...any) error) (c correspondence.HostCase, err error) {
	var asked storage.Instant
	err = scan(&c.Home, &c.ID, &c.State, &c.FirstDay, &c.LastDay, &asked, &c.ClosedOn, &c.EndsOn)
	c.AskedAt = asked.Time
	return c, err
}

// HostCase implements correspondence.HostStore.
func (Store) HostCase(ctx context.Context, q storage.Querier, s access.Scope, home contracts.CountryCode, id contracts.CaseID) (correspondence.HostCase, bool, error) {
	c, err := scanHostCase(q.QueryRowContext(ctx, `SELECT `+hostColumns+` FROM host_case WHERE home = $1 AND id = $2 AND `+s.Where("''", 3), string(home), string(id), s.Arg()).Scan)
	ok, err := found(err)
	return c, ok, err
}

func (Store) hostCases(ctx context.Context, q storage.Querier, where string, args ...any) ([]correspondence.HostCase, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (correspondence.HostCase, error) { return scanHostCase(r.Scan) }, `SELECT `+hostColumns+` FROM host_case WHERE `+where, args...)
}

// HostCases implements correspondence.HostStore.
func (st Store) HostCases(ctx context.Context, q storage.Querier, s access.Scope, limit int) ([]correspondence.HostCase, error) {
	return st.hostCases(ctx, q, s.Where("''", 2)+` ORDER BY last_day DESC, home, id LIMIT $1`, limit, s.Arg())
}

// HostCasesClosedBefore implements correspondence.HostStore: those whose last day of access has passed.
func (st Store) HostCasesClosedBefore(ctx context.Context, q storage.Querier, s access.Scope, day contracts.Date) ([]correspondence.HostCase, error) {
	return st.hostCases(ctx, q, `state = 'CLOSED' AND ends_on < $1 AND `+s.Where("''", 2)+` ORDER BY home, id`, day, s.Arg())
}

// SaveHostCase implements correspondence.HostStore.
func (st Store) SaveHostCase(ctx context.Context, tx *storage.Tx, s access.Scope, c correspondence.HostCase) error {
	if !s.All() {
		return sql.ErrNoRows
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO host_case (home, id, state, first_day, last_day, asked_at, closed_on, ends_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (home, id) DO UPDATE SET state = excluded.state, first_day = excluded.first_day, last_day = excluded.last_day, closed_on = excluded.closed_on, ends_on = excluded.ends_on`,
		string(c.Home), string(c.ID), string(c.State), c.FirstDay, c.LastDay, storage.At(c.AskedAt), c.ClosedOn, c.EndsOn)
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "host_case", c.Ref(), "")
}
