package store

import (
	"context"
	"database/sql"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// Member finds a member.
func (Store) Member(ctx context.Context, q storage.Querier, s access.Scope, id member.ID) (m member.Member, ok bool, err error) {
	ok, err = found(q.QueryRowContext(ctx, `SELECT id, reference, name, kind FROM member WHERE id = $1 AND `+s.Where("id", 2), id, s.Arg()).Scan(&m.ID, &m.Reference, &m.Name, &m.Kind))
	return m, ok, err
}

// ActivitiesOf lists the activities of a member by reference, at most limit.
func (Store) ActivitiesOf(ctx context.Context, q storage.Querier, s access.Scope, id member.ID, limit int) ([]member.Activity, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (a member.Activity, err error) {
		return a, r.Scan(&a.ID, &a.Reference, &a.Member, &a.Name)
	}, `SELECT id, reference, member, name FROM activity WHERE member = $1 AND `+s.Where("member", 3)+` ORDER BY reference LIMIT $2`, id, limit, s.Arg())
}

// CountDrafts tells how many drafts wait.
func (Store) CountDrafts(ctx context.Context, q storage.Querier, s access.Scope) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM draft WHERE `+s.Where("member", 1), s.Arg()).Scan(&n)
	return n, err
}

// OpenSum is what buyers owe in one currency. What the co-operative owes a buyer after a credit note is taken off.
type OpenSum struct {
	Invoices int             `json:"invoices"`
	Open     contracts.Money `json:"open"`
	Overdue  contracts.Money `json:"overdue"` // due before the day asked about
	Late     int             `json:"late"`    // invoices overdue
}

// OpenSums returns what is open on invoices, per currency.
func (Store) OpenSums(ctx context.Context, q storage.Querier, s access.Scope, today contracts.Date) ([]OpenSum, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (sum OpenSum, err error) {
		var c contracts.Currency
		var open, overdue int64
		err = r.Scan(&c, &sum.Invoices, &open, &overdue, &sum.Late)
		sum.Open, sum.Overdue = contracts.FromMinor(open, c), contracts.FromMinor(overdue, c)
		return sum, err
	}, `SELECT currency, COUNT(*), CAST(SUM(open) AS BIGINT), CAST(SUM(CASE WHEN due_date < $1 AND open > 0 THEN open ELSE 0 END) AS BIGINT),
			COUNT(CASE WHEN due_date < $1 AND open > 0 THEN 1 END)
		FROM document WHERE open <> 0 AND `+s.Where("member", 2)+` GROUP BY currency ORDER BY currency`, today, s.Arg())
}

// LongestDue lists what is open on invoices, the longest due first.
func (Store) LongestDue(ctx context.Context, q storage.Querier, s access.Scope, limit int) ([]outbound.Document, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (outbound.Document, error) { return scanDocument(r) },
		documentColumns+`WHERE d.open <> 0 AND `+s.Where("d.member", 2)+` ORDER BY d.due_date, d.id LIMIT $1`, limit, s.Arg())
}

// ReportVersions lists every version filed of a month's report in one currency, the newest first.
func (Store) ReportVersions(ctx context.Context, q storage.Querier, m contracts.Month, c contracts.Currency) ([]FiledReport, error) {
	return storage.All(ctx, q, scanReport, `SELECT version, filed_at, body FROM monthly_report WHERE month = $1 AND currency = $2 ORDER BY version DESC`, m, c)
}

func scanReport(r *sql.Rows) (f FiledReport, err error) {
	var body []byte
	if err := r.Scan(&f.Version, &f.FiledAt, &body); err != nil {
		return f, err
	}
	return f, decode("report", body, &f.Report)
}

// Span returns the issue dates of the oldest and the newest document; no dates when there is none.
func (Store) Span(ctx context.Context, q storage.Querier) (first, last contracts.Date, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MIN(issue_date), ''), COALESCE(MAX(issue_date), '') FROM document`).Scan(&first, &last)
	return first, last, err
}

// Turnover sums the credit of an account by month, in one currency: one walk over the ledger's index instead of one per month.
func (Store) Turnover(ctx context.Context, q storage.Querier, revenue ledger.Account, c contracts.Currency, from, to contracts.Date) (map[contracts.Month]contracts.Money, error) {
	type sum struct {
		month contracts.Month
		minor int64
	}
	sums, err := storage.All(ctx, q, func(r *sql.Rows) (s sum, err error) { return s, r.Scan(&s.month, &s.minor) },
		`SELECT substr(date, 1, 7), CAST(-SUM(amount) AS BIGINT) FROM ledger_posting WHERE account = $1 AND currency = $2 AND date BETWEEN $3 AND $4 GROUP BY substr(date, 1, 7)`, revenue, c, from, to)
	months := make(map[contracts.Month]contracts.Money, len(sums))
	for _, s := range sums {
		months[s.month] = contracts.FromMinor(s.minor, c)
	}
	return months, err
}
