package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

var _ outbound.Store = Store{}

// NextNumber takes the next number of a series. The row stays locked until the transaction ends, which keeps the series without
// gaps.
func (Store) NextNumber(ctx context.Context, tx *storage.Tx, series string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO number_series (series, last) VALUES ($1, 1) ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last`, series).Scan(&n)
	return n, err
}

// ReserveNumber moves a series past a number that was given elsewhere.
func (Store) ReserveNumber(ctx context.Context, tx *storage.Tx, series string, n int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO number_series (series, last) VALUES ($1, $2) ON CONFLICT (series) DO UPDATE SET last = excluded.last WHERE number_series.last < excluded.last`, series, n)
	return err
}

// InsertDocument adds an issued document of a member in scope. A number that is taken is a Fault.
func (st Store) InsertDocument(ctx context.Context, tx *storage.Tx, s access.Scope, d outbound.Document, at time.Time) error {
	if !s.Owns(string(d.Member)) {
		return sql.ErrNoRows
	}
	inv := d.Invoice
	body, err := encode(d)
	if err != nil {
		return err
	}
	var amounts [6]int64
	for i, m := range []contracts.Money{inv.Totals.TaxExclusive, inv.Totals.Tax, inv.Totals.Payable, d.Contribution, d.Guarantee, d.Open} {
		if amounts[i], err = minor(m); err != nil {
			return err
		}
	}
	inserted, err := changed(tx.ExecContext(ctx, `INSERT INTO document (id, kind, number, activity, member, buyer, buyer_country, service, issue_date, supply_date, due_date, currency,
			net, tax, payable, contribution, guarantee, open, rate, corrects, origin, fingerprint, body, recorded_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24) ON CONFLICT (number) DO NOTHING`,
		inv.ID, d.Kind, inv.Number, d.Activity, d.Member, inv.Buyer.Name, inv.Buyer.Address.Country, d.Service, inv.IssueDate, inv.SupplyDate, inv.DueDate, inv.Currency,
		amounts[0], amounts[1], amounts[2], amounts[3], amounts[4], amounts[5], d.Rate.String(), d.Corrects, d.Origin, d.Fingerprint, body, storage.At(at)))
	if err == nil && !inserted {
		return contracts.Fault{Code: outbound.FaultNumber, Field: "number", Message: fmt.Sprintf("%s is the number of another document", inv.Number), Remedy: "check the number; each is given once"}
	}
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "invoice", string(inv.ID), string(d.Member))
}

const documentColumns = `SELECT d.body, d.open, d.currency, d.fingerprint FROM document d `

func scanDocument(r interface{ Scan(...any) error }) (d outbound.Document, err error) {
	var body []byte
	var open int64
	var currency contracts.Currency
	var fingerprint string
	if err := r.Scan(&body, &open, &currency, &fingerprint); err != nil {
		return d, err
	}
	if err := decode("document", body, &d); err != nil {
		return d, err
	}
	d.Open, d.Fingerprint = contracts.FromMinor(open, currency), fingerprint // the body keeps what was open at issue
	return d, nil
}

// Document finds a document.
func (Store) Document(ctx context.Context, q storage.Querier, s access.Scope, id contracts.InvoiceID) (outbound.Document, bool, error) {
	d, err := scanDocument(q.QueryRowContext(ctx, documentColumns+`WHERE d.id = $1 AND `+s.Where("d.member", 2), id, s.Arg()))
	ok, err := found(err)
	return d, ok, err
}

// DocumentByNumber finds a document.
func (Store) DocumentByNumber(ctx context.Context, q storage.Querier, s access.Scope, number string) (outbound.Document, bool, error) {
	d, err := scanDocument(q.QueryRowContext(ctx, documentColumns+`WHERE d.number = $1 AND `+s.Where("d.member", 2), number, s.Arg()))
	ok, err := found(err)
	return d, ok, err
}

// Credits lists the credit notes of an invoice, oldest first.
func (Store) Credits(ctx context.Context, q storage.Querier, s access.Scope, invoice contracts.InvoiceID) ([]outbound.Document, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (outbound.Document, error) { return scanDocument(r) },
		documentColumns+`WHERE d.corrects = $1 AND d.corrects <> '' AND `+s.Where("d.member", 2)+` ORDER BY d.issue_date, d.id`, invoice, s.Arg())
}

// SetOpen writes what is left open on an invoice.
func (Store) SetOpen(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.InvoiceID, open contracts.Money) error {
	n, err := minor(open)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE document SET open = $2 WHERE id = $1 AND open <> $2 AND `+s.Where("member", 3), id, n, s.Arg())
	return err
}

// InsertPayment adds a payment of an invoice that is there.
func (st Store) InsertPayment(ctx context.Context, tx *storage.Tx, s access.Scope, p outbound.Payment, at time.Time) error {
	n, err := minor(p.Amount)
	if err != nil {
		return err
	}
	var member string
	err = tx.QueryRowContext(ctx, `INSERT INTO payment (invoice, sequence, paid_on, amount, currency, recorded_at)
		SELECT d.id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT) FROM document d WHERE d.id = $1 AND `+s.Where("d.member", 7)+`
		RETURNING (SELECT d.member FROM document d WHERE d.id = payment.invoice)`,
		p.Invoice, p.Sequence, p.PaidOn, n, p.Amount.Currency, storage.At(at), s.Arg()).Scan(&member)
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "invoice", string(p.Invoice), member)
}

// Payments lists the payments of an invoice in order.
func (Store) Payments(ctx context.Context, q storage.Querier, s access.Scope, invoice contracts.InvoiceID) ([]outbound.Payment, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (p outbound.Payment, err error) {
		var n int64
		var c contracts.Currency
		err = r.Scan(&p.Invoice, &p.Sequence, &p.PaidOn, &n, &c)
		p.Amount = contracts.FromMinor(n, c)
		return p, err
	}, `SELECT p.invoice, p.sequence, p.paid_on, p.amount, p.currency FROM payment p JOIN document d ON d.id = p.invoice WHERE p.invoice = $1 AND `+s.Where("d.member", 2)+` ORDER BY p.sequence`, invoice, s.Arg())
}

// DocumentFilter selects documents for a list. Empty fields select all.
type DocumentFilter struct {
	Activity   member.ActivityID
	Open       bool // only what is open
	BeforeDate contracts.Date
	BeforeID   contracts.InvoiceID // continue after this document of BeforeDate
	From, To   contracts.Date      // issued within these days
	Find       string              // in the number or the buyer's name
	Order      Order
	Limit      int
}

// documentOrder is what documents can be sorted by. Amounts stand by currency; a credit note takes off.
var documentOrder = orders{
	"":       {"d.issue_date DESC", "d.id DESC"},
	"number": {"d.number"},
	"issued": {"d.issue_date", "d.id"},
	"buyer":  {"lower(d.buyer)", "d.id"},
	"net":    {"d.currency", "CASE WHEN d.kind = 'credit_note' THEN -d.net ELSE d.net END", "d.id"},
	"tax":    {"d.currency", "CASE WHEN d.kind = 'credit_note' THEN -d.tax ELSE d.tax END", "d.id"},
	"open":   {"d.currency", "d.open", "d.id"},
	"due":    {"d.due_date", "d.id"},
}

// Documents lists documents, the newest first unless another order is asked for.
func (Store) Documents(ctx context.Context, q storage.Querier, s access.Scope, f DocumentFilter) ([]outbound.Document, error) {
	where, args := s.Where("d.member", 2), []any{f.Limit, s.Arg()}
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	if f.Activity != "" {
		where += " AND d.activity = " + arg(f.Activity)
	}
	if f.Open {
		where += " AND d.open <> 0"
	}
	if !f.BeforeDate.IsZero() {
		where += " AND (d.issue_date, d.id) < (" + arg(f.BeforeDate) + ", " + arg(f.BeforeID) + ")"
	}
	if !f.From.IsZero() {
		where += " AND d.issue_date >= " + arg(f.From)
	}
	if !f.To.IsZero() {
		where += " AND d.issue_date <= " + arg(f.To)
	}
	if f.Find != "" {
		at := arg(containing(f.Find))
		where += " AND (lower(d.number) LIKE " + at + likeEscape + " OR lower(d.buyer) LIKE " + at + likeEscape + ")"
	}
	return storage.All(ctx, q, func(r *sql.Rows) (outbound.Document, error) { return scanDocument(r) },
		documentColumns+"WHERE "+where+documentOrder.by(f.Order)+" LIMIT $1 OFFSET "+arg(f.Order.Offset), args...)
}
