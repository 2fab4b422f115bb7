package hub

import (
	"context"
	"errors"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/book"
	"passerelle/internal/federation"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
)

// Invest enters acts into the board's book of investments, all or none. by is the opaque id of who enters them.
func (h *Hub) Invest(ctx context.Context, by string, acts ...investment.Dated) (books investment.Books, err error) {
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		books, err = investment.Record(ctx, store.In(tx), by, h.now(), acts...)
		return err
	})
	return books, err
}

// LoadDemonstrationPlan enters the demonstration's plan where the book is empty.
func (h *Hub) LoadDemonstrationPlan(ctx context.Context) error {
	entries, err := store.Read(h.db).InvestmentEntries(ctx)
	if err != nil || len(entries) > 0 {
		return err
	}
	if _, err := h.Invest(ctx, "demonstration", investment.Demonstration()...); err != nil {
		return fmt.Errorf("enter the demonstration's plan: %w", err)
	}
	return nil
}

// verifyInvestments folds the board's book anew and compares what it comes to with the ledger.
func verifyInvestments(ctx context.Context, q storage.Querier) (federation.Check, error) {
	check := federation.NewCheck("investments")
	entries, err := store.Read(q).InvestmentEntries(ctx)
	if err != nil {
		return *check, err
	}
	check.Rows = int64(len(entries))
	for i, e := range entries {
		if e.Number != i+1 {
			check.Badf(fmt.Sprint(e.Number), "entry %d is missing", i+1)
			return *check, nil
		}
	}
	books, err := investment.Fold(entries)
	if err != nil {
		check.Badf("book", "%v", err)
		return *check, nil
	}
	for _, t := range books.Bookings() {
		stored, err := ledger.Find(ctx, q, t.Reference)
		if err != nil && !contracts.IsFault(err) {
			return *check, err
		}
		if err != nil || !book.SamePostings(stored, t) {
			check.Badf(t.Reference, "the ledger does not have what the entry comes to")
		}
	}
	err = verifyLedger(ctx, q, check, len(books.Bookings()))
	return *check, err
}

// verifyLedger demands that the ledger holds the bookings of the book and no other, and balances.
func verifyLedger(ctx context.Context, q storage.Querier, check *federation.Check, bookings int) error {
	var booked int
	if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM ledger_transaction").Scan(&booked); err != nil {
		return err
	}
	if booked != bookings {
		check.Badf("ledger", "%d transactions, and the book comes to %d", booked, bookings)
	}
	err := ledger.Check(ctx, q)
	if broken, ok := errors.AsType[*ledger.Break](err); ok {
		check.Badf(broken.Transaction, "%s", broken.Rule)
		return nil
	}
	return err
}
