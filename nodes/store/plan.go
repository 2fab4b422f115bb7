package store

import (
	"context"
	"database/sql"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/nodes/plan"
)

var _ plan.Store = Store{}

// AddStatement keeps what the co-operative says of its part of the plan.
func (st Store) AddStatement(ctx context.Context, tx *storage.Tx, s plan.Statement) error {
	body, err := encode(s.Event)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO plan_statement (tranche, condition, said_at, said_by, type, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.Tranche, s.Condition, storage.At(s.At), s.By, string(s.Event.EventType()), body)
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "plan", s.Tranche, "")
}

// Statements lists what the co-operative said, the oldest first.
func (Store) Statements(ctx context.Context, q storage.Querier) ([]plan.Statement, error) {
	return storage.All(ctx, q, func(row *sql.Rows) (s plan.Statement, err error) {
		var at storage.Instant
		var typ contracts.EventType
		var body []byte
		if err = row.Scan(&s.Tranche, &s.Condition, &at, &s.By, &typ, &body); err != nil {
			return s, err
		}
		s.At = at.Time
		s.Event, err = contracts.DecodeEvent(typ, body)
		return s, err
	}, `SELECT tranche, condition, said_at, said_by, type, body FROM plan_statement ORDER BY number`)
}
