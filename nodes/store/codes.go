package store

import (
	"context"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Code is the code of a carry pack of a case in scope: the one it has, or else the one given.
func (Store) Code(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, trip int, fresh string, at time.Time) (code string, err error) {
	_, err = tx.ExecContext(ctx, `INSERT INTO case_code (case_id, trip, member, code, made_at) SELECT c.id, CAST($2 AS BIGINT), c.member, $3, $4 FROM mobility_case c WHERE c.id = $1 AND `+s.Where("c.member", 5)+`
		ON CONFLICT (case_id, trip) DO NOTHING`, id, trip, fresh, storage.At(at), s.Arg())
	if err != nil {
		return "", err
	}
	err = tx.QueryRowContext(ctx, `SELECT code FROM case_code WHERE case_id = $1 AND trip = $2 AND `+s.Where("member", 3), id, trip, s.Arg()).Scan(&code)
	return code, err
}

// CaseOfCode finds the trip that a code was made for.
func (Store) CaseOfCode(ctx context.Context, q storage.Querier, s access.Scope, code string) (id contracts.CaseID, trip int, there bool, err error) {
	there, err = found(q.QueryRowContext(ctx, `SELECT case_id, trip FROM case_code WHERE code = $1 AND `+s.Where("member", 2), code, s.Arg()).Scan(&id, &trip))
	return id, trip, there, err
}
