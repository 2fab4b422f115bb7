package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/internal/storage"
)

// PublishedTable implements consolidation.PublishedStore.
func (r Reader) PublishedTable(ctx context.Context, year int) (f consolidation.Filing, ok bool, err error) {
	var body string
	var filed storage.Instant
	err = r.q.QueryRowContext(ctx, `SELECT version, filed, body FROM published_table WHERE year = $1 ORDER BY version DESC LIMIT 1`, year).
		Scan(&f.Version, &filed, &body)
	if ok, err = found(err); !ok {
		return f, ok, err
	}
	f.Filed = filed.Time
	err = json.Unmarshal([]byte(body), &f.Table)
	return f, err == nil, err
}

// AddPublishedTable implements consolidation.PublishedStore.
func (w Writer) AddPublishedTable(ctx context.Context, f consolidation.Filing) error {
	body, err := json.Marshal(f.Table)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO published_table (year, version, filed, source, body) VALUES ($1, $2, $3, $4, $5)`,
		f.Year, f.Version, storage.At(f.Filed), f.Source, string(body))
	return err
}

// PublishedYears returns the years that have a published table, in order.
func (r Reader) PublishedYears(ctx context.Context) ([]int, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (year int, err error) { return year, row.Scan(&year) },
		`SELECT DISTINCT year FROM published_table ORDER BY year`)
}

// AddReport implements consolidation.ReportStore.
func (w Writer) AddReport(ctx context.Context, report contracts.MonthlyReport, at time.Time) error {
	body, err := json.Marshal(report)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO monthly_report (country, month, currency, version, received, body)
		VALUES ($1, $2, $3, (SELECT COALESCE(MAX(version), 0) + 1 FROM monthly_report WHERE country = $1 AND month = $2 AND currency = $3), $4, $5)`,
		string(report.Country), report.Month, string(report.Currency), storage.At(at), string(body))
	return err
}

// ReportVersions implements consolidation.ReportStore.
func (r Reader) ReportVersions(ctx context.Context, c contracts.CountryCode, m contracts.Month, currency contracts.Currency) ([]consolidation.FiledReport, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (f consolidation.FiledReport, err error) {
		var body string
		var received storage.Instant
		if err = row.Scan(&f.Version, &received, &body); err != nil {
			return f, err
		}
		f.Received = received.Time
		return f, contracts.Decode([]byte(body), &f.Report)
	}, `SELECT version, received, body FROM monthly_report WHERE country = $1 AND month = $2 AND currency = $3 ORDER BY version DESC`, string(c), m, string(currency))
}

// FirstMonths returns the first month each country has a document or a report of.
func (r Reader) FirstMonths(ctx context.Context) (map[contracts.CountryCode]contracts.Month, error) {
	return monthsBy(ctx, r.q, map[contracts.CountryCode]contracts.Month{}, func(all map[contracts.CountryCode]contracts.Month, c contracts.CountryCode, m contracts.Month) {
		all[c] = m
	},
		`SELECT country, MIN(month) FROM (SELECT country, month FROM monthly_report UNION ALL SELECT seller, month FROM border_month) AS told GROUP BY country`)
}

func monthsBy[M any](ctx context.Context, q storage.Querier, all M, add func(M, contracts.CountryCode, contracts.Month), query string) (M, error) {
	err := storage.Each(ctx, q, func(row *sql.Rows) error {
		var c contracts.CountryCode
		var m contracts.Month
		if err := row.Scan(&c, &m); err != nil {
			return err
		}
		add(all, c, m)
		return nil
	}, query)
	return all, err
}

// ReportMonths returns the months each country has reported, in order.
func (r Reader) ReportMonths(ctx context.Context) (map[contracts.CountryCode][]contracts.Month, error) {
	return monthsBy(ctx, r.q, map[contracts.CountryCode][]contracts.Month{}, func(all map[contracts.CountryCode][]contracts.Month, c contracts.CountryCode, m contracts.Month) {
		all[c] = append(all[c], m)
	},
		`SELECT DISTINCT country, month FROM monthly_report ORDER BY country, month`)
}

// ReportsOf implements consolidation.ComputedStore.
func (r Reader) ReportsOf(ctx context.Context, year int) ([]contracts.MonthlyReport, error) {
	return r.reports(ctx, `m.month BETWEEN $1 AND $2`, contracts.NewMonth(year, 1), contracts.NewMonth(year, 12))
}

// ReportsOfNode returns the newest version of each monthly report of a country and year, in order of month.
func (r Reader) ReportsOfNode(ctx context.Context, c contracts.CountryCode, year int) ([]contracts.MonthlyReport, error) {
	return r.reports(ctx, `m.month BETWEEN $1 AND $2 AND m.country = $3`, contracts.NewMonth(year, 1), contracts.NewMonth(year, 12), string(c))
}

func (r Reader) reports(ctx context.Context, where string, args ...any) ([]contracts.MonthlyReport, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (m contracts.MonthlyReport, err error) {
		var body string
		if err = row.Scan(&body); err != nil {
			return m, err
		}
		return m, contracts.Decode([]byte(body), &m)
	}, `SELECT m.body FROM monthly_report m WHERE `+where+` AND m.version =
			(SELECT MAX(n.version) FROM monthly_report n WHERE n.country = m.country AND n.month = m.month AND n.currency = m.currency)
		ORDER BY m.month, m.country, m.currency`, args...)
}
