package nodes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
)

// Verify weighs a node's books anew: the ledger by itself, and that documents, postings, events and numbers agree. It only reads, in the
// state that q shows; the channels are weighed by federation.Verify.
func Verify(ctx context.Context, q storage.Querier) ([]federation.Check, error) {
	var all []federation.Check
	for _, check := range []func(context.Context, storage.Querier) (*federation.Check, error){
		verifyLedger, verifyTrialBalance, verifyBooked, verifyPayments, verifyOpen, verifyEvents, verifySeries} {
		c, err := check(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("verify books: %w", err)
		}
		all = append(all, *c)
	}
	return all, nil
}

func verifyLedger(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("ledger")
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM ledger_transaction`).Scan(&c.Rows); err != nil {
		return c, err
	}
	err := ledger.Check(ctx, q)
	if b, ok := errors.AsType[*ledger.Break](err); ok {
		c.Badf("ledger_transaction "+b.Transaction, "%s", b.Rule)
		return c, nil
	}
	return c, err
}

func verifyTrialBalance(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("trial balance")
	lines, err := ledger.TrialBalance(ctx, q, contracts.Date{})
	if err != nil {
		return c, err
	}
	sums := map[contracts.Currency]contracts.Money{}
	for _, l := range lines {
		c.Rows++
		sum := sums[l.Balance.Currency]
		sums[l.Balance.Currency] = contracts.Money{Amount: sum.Amount.Add(l.Balance.Amount), Currency: l.Balance.Currency}
	}
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		if sum := sums[currency]; !sum.IsZero() {
			c.Badf(string(currency), "the accounts sum to %s instead of zero", sum)
		}
	}
	return c, nil
}

// amounts are minor units.
type amounts struct {
	payable, net, tax, contribution int64
	currency                        contracts.Currency
}

// signed is what the books say of a document: a credit note takes back.
func (a amounts) signed(kind outbound.Kind) amounts {
	if kind == outbound.KindCreditNote {
		return amounts{-a.payable, -a.net, -a.tax, -a.contribution, a.currency}
	}
	return a
}

// verifyBooked compares each document with its postings, and looks for postings of documents that are not there.
func verifyBooked(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("documents booked")
	err := storage.Each(ctx, q, func(r *sql.Rows) error {
		var id string
		var kind outbound.Kind
		var booked bool
		var has, posted amounts
		if err := r.Scan(&id, &kind, &has.currency, &has.payable, &has.net, &has.tax, &has.contribution, &booked, &posted.payable, &posted.net, &posted.tax, &posted.contribution); err != nil {
			return err
		}
		c.Rows++
		posted.currency = has.currency
		if !booked {
			c.Badf("document "+id, "it is not in the ledger")
		} else if want := has.signed(kind); posted != want {
			c.Badf("document "+id, "payable, net, VAT and contribution are %d, %d, %d, %d minor units of %s, the ledger holds %d, %d, %d, %d",
				want.payable, want.net, want.tax, want.contribution, want.currency, posted.payable, posted.net, posted.tax, posted.contribution)
		}
		return nil
	}, `SELECT d.id, d.kind, d.currency, d.payable, d.net, d.tax, d.contribution, t.id IS NOT NULL,
			CAST(COALESCE(SUM(CASE WHEN p.account IN ($1, $5) THEN p.amount END), 0) AS BIGINT), CAST(COALESCE(-SUM(CASE WHEN p.account = $2 THEN p.amount END), 0) AS BIGINT),
			CAST(COALESCE(-SUM(CASE WHEN p.account = $3 THEN p.amount END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN p.account = $4 THEN p.amount END), 0) AS BIGINT)
		FROM document d LEFT JOIN ledger_transaction t ON t.reference = 'document/' || d.id
		LEFT JOIN ledger_posting p ON p.transaction_id = t.id AND p.currency = d.currency
		GROUP BY d.id, d.kind, d.currency, d.payable, d.net, d.tax, d.contribution, t.id ORDER BY d.id`,
		outbound.Receivables, outbound.Revenue, outbound.VATPayable, outbound.ContributionCharge, outbound.WithheldTax)
	if err != nil {
		return c, err
	}
	return c, storage.Each(ctx, q, func(r *sql.Rows) error {
		var reference string
		if err := r.Scan(&reference); err != nil {
			return err
		}
		c.Badf("ledger_transaction "+reference, "its document is not there")
		return nil
	}, `SELECT t.reference FROM ledger_transaction t WHERE t.reference LIKE 'document/%' AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = t.cause) ORDER BY t.reference`)
}

func verifyPayments(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("payments booked")
	return c, storage.Each(ctx, q, func(r *sql.Rows) error {
		var invoice, currency string
		var sequence, amount, posted int64
		if err := r.Scan(&invoice, &sequence, &amount, &currency, &posted); err != nil {
			return err
		}
		if c.Rows++; posted != -amount {
			c.Badf(fmt.Sprintf("payment %s/%d", invoice, sequence), "%d minor units of %s were paid, the receivable was lowered by %d", amount, currency, -posted)
		}
		return nil
	}, `SELECT y.invoice, y.sequence, y.amount, y.currency, CAST(COALESCE(SUM(p.amount), 0) AS BIGINT)
		FROM payment y LEFT JOIN ledger_transaction t ON t.reference = 'document/' || y.invoice || '/payment/' || CAST(y.sequence AS TEXT)
		LEFT JOIN ledger_posting p ON p.transaction_id = t.id AND p.account = $1 AND p.owner = y.invoice AND p.currency = y.currency
		GROUP BY y.invoice, y.sequence, y.amount, y.currency ORDER BY y.invoice, y.sequence`, outbound.Receivables)
}

// verifyOpen compares what a document says is open with what its receivable says.
func verifyOpen(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("open amounts")
	return c, storage.Each(ctx, q, func(r *sql.Rows) error {
		var id, currency string
		var open, balance int64
		if err := r.Scan(&id, &currency, &open, &balance); err != nil {
			return err
		}
		if c.Rows++; open != balance {
			c.Badf("document "+id, "%d minor units of %s are open, the ledger holds %d", open, currency, balance)
		}
		return nil
	}, `SELECT d.id, d.currency, d.open, CAST(COALESCE((SELECT SUM(p.amount) FROM ledger_posting p WHERE p.account = $1 AND p.owner = d.id AND p.currency = d.currency), 0) AS BIGINT)
		FROM document d ORDER BY d.id`, outbound.Receivables)
}
