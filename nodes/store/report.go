package store

import (
	"context"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/nodes/report"
)

var _ report.Store = Store{}

// CountMonth counts the documents of a month in one currency, and the members who have one.
func (Store) CountMonth(ctx context.Context, q storage.Querier, m contracts.Month, c contracts.Currency) (n report.Counts, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(CASE WHEN kind = 'invoice' THEN 1 END), COUNT(CASE WHEN kind = 'credit_note' THEN 1 END), COUNT(DISTINCT member)
		FROM document WHERE issue_date BETWEEN $1 AND $2 AND currency = $3`, m.First(), m.Last(), c).Scan(&n.Invoices, &n.CreditNotes, &n.ActiveMembers)
	return n, err
}

// CountReports counts the versions of a month's report.
func (Store) CountReports(ctx context.Context, q storage.Querier, m contracts.Month, c contracts.Currency) (versions int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM monthly_report WHERE month = $1 AND currency = $2`, m, c).Scan(&versions)
	return versions, err
}

// FirstMonth is the month of the first document, from which on reports are expected; the zero month while there is none.
func (Store) FirstMonth(ctx context.Context, q storage.Querier) (contracts.Month, error) {
	var first contracts.Date
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MIN(issue_date), '') FROM document`).Scan(&first)
	if err != nil || first.IsZero() {
		return contracts.Month{}, err
	}
	return first.Month(), nil
}

// InsertReport keeps a filed report beside its earlier versions.
func (st Store) InsertReport(ctx context.Context, tx *storage.Tx, r contracts.MonthlyReport, at time.Time) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO monthly_report (month, currency, version, body, filed_at)
		VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM monthly_report WHERE month = $1 AND currency = $2), $3, $4)`, r.Month, r.Currency, body, storage.At(at))
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "report", r.Month.String(), "")
}

// FiledReport is a report as it was filed.
type FiledReport struct {
	Version int                     `json:"version"`
	FiledAt storage.Instant         `json:"filed_at"`
	Report  contracts.MonthlyReport `json:"report"`
}

// Reports lists the newest version of each month's report, the latest month first.
func (Store) Reports(ctx context.Context, q storage.Querier, limit int) ([]FiledReport, error) {
	return storage.All(ctx, q, scanReport, `SELECT version, filed_at, body FROM monthly_report r WHERE version = (SELECT MAX(version) FROM monthly_report l WHERE l.month = r.month AND l.currency = r.currency)
		ORDER BY month DESC, currency LIMIT $1`, limit)
}
