package store

import (
	"context"
	"database/sql"
	"fmt"

	"passerelle/hub/investment"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
)

// InvestmentEntries implements investment.Reader.
func (r Reader) InvestmentEntries(ctx context.Context) ([]investment.Entry, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (e investment.Entry, err error) {
		var at storage.Instant
		var body string
		if err = row.Scan(&e.Number, &e.Day, &at, &e.By, &e.Kind, &body); err != nil {
			return e, err
		}
		e.Recorded = at.Time
		if e.Act, err = investment.ReadAct(e.Kind, []byte(body)); err != nil {
			return e, fmt.Errorf("stored entry %d: %v", e.Number, err)
		}
		return e, nil
	}, `SELECT number, day, recorded, recorded_by, kind, body FROM investment_entry ORDER BY number`)
}

// AddInvestmentEntry implements investment.Store.
func (w Writer) AddInvestmentEntry(ctx context.Context, e investment.Entry) error {
	body, err := investment.WriteAct(e.Act)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO investment_entry (number, day, recorded, recorded_by, kind, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Number, e.Day, storage.At(e.Recorded), e.By, string(e.Kind), string(body))
	return err
}

// Post implements investment.Store.
func (w Writer) Post(ctx context.Context, t ledger.Transaction) error {
	return ledger.Post(ctx, w.tx, t)
}

var _ investment.Store = Writer{}
