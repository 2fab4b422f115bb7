package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/internal/storage"
)

const documentColumns = `seller, id, kind, corrects, member, buyer, buyer_kind, sector, performed_in, service, issue_date, supply_date, month,
	category, currency, net_minor, tax_minor, contribution_rate, contribution_minor, eur_minor, rate_per_eur, rate_since, rate_source,
	credited_minor, paid_minor, payments, settled_on, demonstration`

// Document implements exchange.Store.
func (r Reader) Document(ctx context.Context, seller contracts.CountryCode, id contracts.InvoiceID) (exchange.Document, bool, error) {
	ds, err := storage.All(ctx, r.q, scanDocument, `SELECT `+documentColumns+` FROM document WHERE seller = $1 AND id = $2`, string(seller), string(id))
	if err != nil || len(ds) == 0 {
		return exchange.Document{}, false, err
	}
	return ds[0], true, nil
}

// Documents implements exchange.Reader.
func (r Reader) Documents(ctx context.Context, q exchange.DocumentQuery, limit int) ([]exchange.Document, error) {
	return storage.All(ctx, r.q, scanDocument, `SELECT `+documentColumns+` FROM document
		WHERE seller = $1 AND buyer = $2 AND month = $3 AND (issue_date, id) > ($4, $5)
		ORDER BY issue_date, id LIMIT $6`,
		string(q.Seller), string(q.Buyer), q.Month, q.AfterDate, string(q.AfterID), limit)
}

// InCurrency implements exchange.Store. That it is not the euro is said once more for the index, which leaves the euro out.
func (r Reader) InCurrency(ctx context.Context, q exchange.CurrencyQuery, limit int) ([]exchange.Document, error) {
	return storage.All(ctx, r.q, scanDocument, `SELECT `+documentColumns+` FROM document
		WHERE currency = $1 AND currency <> 'EUR' AND (issue_date, seller, id) > ($2, $3, $4) AND issue_date <= $5
		ORDER BY issue_date, seller, id LIMIT $6`, string(q.Currency), q.From, string(q.AfterSeller), string(q.AfterID), q.To, limit)
}

func scanDocument(row *sql.Rows) (d exchange.Document, err error) {
	var net, tax, contribution, credited, paid int64
	var eur sql.NullInt64
	var currency contracts.Currency
	var month contracts.Month
	var conversion exchange.Conversion
	var contributionRate, perEUR string
	if err = row.Scan(&d.Seller, &d.ID, &d.Kind, &d.Corrects, &d.Member, &d.Buyer.Country, &d.Buyer.Kind, &d.Buyer.Sector, &d.PerformedIn,
		&d.Service, &d.IssueDate, &d.SupplyDate, &month, &d.Category, &currency, &net, &tax, &contributionRate, &contribution,
		&eur, &perEUR, &conversion.Since, &conversion.Source, &credited, &paid, &d.Payments, &d.SettledOn, &d.Demonstration); err != nil {
		return d, err
	}
	d.TaxExclusive, d.Tax, d.Contribution = money(net, currency), money(tax, currency), money(contribution, currency)
	d.Credited, d.Paid = money(credited, currency), money(paid, currency)
	if d.Rate, err = contracts.ParsePercent(contributionRate); err != nil {
		return d, fmt.Errorf("stored contribution rate: %w", err)
	}
	if eur.Valid {
		conversion.EUR = money(eur.Int64, contracts.EUR)
		d.EUR = &conversion
	}
	if perEUR != "" {
		conversion.PerEUR, err = decimal.NewFromString(perEUR)
	}
	return d, err
}

// AddDocument implements exchange.Store.
func (w Writer) AddDocument(ctx context.Context, d exchange.Document) (bool, error) {
	net, errNet := d.TaxExclusive.Minor()
	tax, errTax := d.Tax.Minor()
	contribution, errContribution := d.Contribution.Minor()
	for _, err := range []error{errNet, errTax, errContribution} {
		if err != nil {
			return false, err
		}
	}
	c, err := changing(d)
	if err != nil {
		return false, err
	}
	result, err := w.tx.ExecContext(ctx, `INSERT INTO document (`+documentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
		$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) ON CONFLICT (seller, id) DO NOTHING`,
		string(d.Seller), string(d.ID), string(d.Kind), string(d.Corrects), d.Member, string(d.Buyer.Country), string(d.Buyer.Kind), string(d.Buyer.Sector),
		string(d.PerformedIn), string(d.Service), d.IssueDate, d.SupplyDate, d.IssueDate.Month(), string(d.Category), string(d.TaxExclusive.Currency),
		net, tax, d.Rate.String(), contribution, c.eur, c.perEUR, c.since, c.source, c.credited, c.paid, d.Payments, d.SettledOn, d.Demonstration)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// UpdateDocument implements exchange.Store.
func (w Writer) UpdateDocument(ctx context.Context, d exchange.Document) error {
	c, err := changing(d)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `UPDATE document SET eur_minor = $3, rate_per_eur = $4, rate_since = $5, rate_source = $6,
		credited_minor = $7, paid_minor = $8, payments = $9, settled_on = $10 WHERE seller = $1 AND id = $2`,
		string(d.Seller), string(d.ID), c.eur, c.perEUR, c.since, c.source, c.credited, c.paid, d.Payments, d.SettledOn)
	return err
}

// columns is what may change of a document, as its row holds it.
type columns struct {
	eur            sql.NullInt64
	perEUR, source string
	since          contracts.Date
	credited, paid int64
}

func changing(d exchange.Document) (c columns, err error) {
	if d.EUR != nil {
		c.eur.Valid, c.since, c.source = true, d.EUR.Since, d.EUR.Source
		if c.eur.Int64, err = d.EUR.EUR.Minor(); err != nil {
			return c, err
		}
		if d.EUR.Source != "" {
			c.perEUR = d.EUR.PerEUR.String()
		}
	}
	if c.credited, err = d.Credited.Minor(); err != nil {
		return c, err
	}
	c.paid, err = d.Paid.Minor()
	return c, err
}

// AddToBorder implements exchange.Store.
func (w Writer) AddToBorder(ctx context.Context, e exchange.Entry) error {
	net, err := e.Net.Minor()
	if err != nil {
		return err
	}
	eur, err := e.EUR.Minor()
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO border_month AS b (month, seller, buyer, currency, net_minor, eur_minor, invoices, credit_notes, missing, demonstration)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (month, seller, buyer, currency) DO UPDATE SET net_minor = b.net_minor + excluded.net_minor, eur_minor = b.eur_minor + excluded.eur_minor,
			invoices = b.invoices + excluded.invoices, credit_notes = b.credit_notes + excluded.credit_notes,
			missing = b.missing + excluded.missing, demonstration = b.demonstration + excluded.demonstration`,
		e.Month, string(e.Seller), string(e.Buyer), string(e.Net.Currency), net, eur, e.Invoices, e.CreditNotes, e.Missing, e.Demonstration)
	return err
}

// BorderCells implements exchange.Reader.
func (r Reader) BorderCells(ctx context.Context, p exchange.Period) ([]exchange.Cell, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (c exchange.Cell, err error) {
		var eur int64
		err = row.Scan(&c.Seller, &c.Buyer, &eur, &c.Invoices, &c.CreditNotes, &c.Missing, &c.Demonstration)
		c.EUR = money(eur, contracts.EUR)
		return c, err
	}, `SELECT seller, buyer, CAST(SUM(eur_minor) AS BIGINT), CAST(SUM(invoices) AS BIGINT), CAST(SUM(credit_notes) AS BIGINT),
			CAST(SUM(missing) AS BIGINT), CAST(SUM(demonstration) AS BIGINT)
		FROM border_month WHERE month BETWEEN $1 AND $2 GROUP BY seller, buyer ORDER BY seller, buyer`, p.First, p.Last)
}

// BorderMonths implements exchange.Reader.
func (r Reader) BorderMonths(ctx context.Context, p exchange.Period, seller, buyer contracts.CountryCode) ([]exchange.Entry, error) {
	return storage.All(ctx, r.q, scanEntry, `SELECT month, seller, buyer, currency, net_minor, eur_minor, invoices, credit_notes, missing, demonstration
		FROM border_month WHERE seller = $1 AND buyer = $2 AND month BETWEEN $3 AND $4 ORDER BY month, currency`,
		string(seller), string(buyer), p.First, p.Last)
}

// SellerMonths returns the sums of a seller per month and currency over all buyers, ordered so. Buyer is empty.
func (r Reader) SellerMonths(ctx context.Context, p exchange.Period, seller contracts.CountryCode) ([]exchange.Entry, error) {
	return storage.All(ctx, r.q, scanEntry, `SELECT month, seller, '', currency, CAST(SUM(net_minor) AS BIGINT), CAST(SUM(eur_minor) AS BIGINT),
			CAST(SUM(invoices) AS BIGINT), CAST(SUM(credit_notes) AS BIGINT), CAST(SUM(missing) AS BIGINT), CAST(SUM(demonstration) AS BIGINT)
		FROM border_month WHERE seller = $1 AND month BETWEEN $2 AND $3 GROUP BY month, seller, currency ORDER BY month, currency`,
		string(seller), p.First, p.Last)
}

func scanEntry(row *sql.Rows) (e exchange.Entry, err error) {
	var net, eur int64
	var currency contracts.Currency
	err = row.Scan(&e.Month, &e.Seller, &e.Buyer, &currency, &net, &eur, &e.Invoices, &e.CreditNotes, &e.Missing, &e.Demonstration)
	e.Net, e.EUR = money(net, currency), money(eur, contracts.EUR)
	return e, err
}

// TurnoverOf implements consolidation.ComputedStore.
func (r Reader) TurnoverOf(ctx context.Context, year int) (map[contracts.CountryCode]consolidation.Turnover, error) {
	cells, err := r.BorderCells(ctx, exchange.YearOf(year))
	if err != nil {
		return nil, err
	}
	of := map[contracts.CountryCode]consolidation.Turnover{}
	for _, c := range cells {
		t := of[c.Seller]
		t.EUR = contracts.Money{Amount: t.EUR.Amount.Add(c.EUR.Amount), Currency: contracts.EUR}
		t.Documents, t.Missing, t.Demonstration = t.Documents+c.Documents(), t.Missing+c.Missing, t.Demonstration+c.Demonstration
		of[c.Seller] = t
	}
	return of, nil
}

// Years lists the years that have documents, oldest first.
func (r Reader) Years(ctx context.Context) (years []int, err error) {
	var from, to contracts.Month
	err = r.q.QueryRowContext(ctx, `SELECT (SELECT MIN(month) FROM border_month), (SELECT MAX(month) FROM border_month)`).Scan(&from, &to)
	if err != nil || from.IsZero() {
		return nil, err
	}
	for y := from.Year(); y <= to.Year(); y++ {
		var n int
		err := r.q.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM border_month WHERE month BETWEEN $1 AND $2 LIMIT 1) AS met`,
			contracts.NewMonth(y, time.January), contracts.NewMonth(y, time.December)).Scan(&n)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			years = append(years, y)
		}
	}
	return years, nil
}
