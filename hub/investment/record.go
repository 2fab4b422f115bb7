package investment

import (
	"context"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

// Reader answers with the book.
type Reader interface {
	// InvestmentEntries lists every entry in the order of its number.
	InvestmentEntries(ctx context.Context) ([]Entry, error)
}

// Store keeps the book, within one transaction.
type Store interface {
	Reader
	// AddInvestmentEntry adds an entry, whose number must not be taken.
	AddInvestmentEntry(ctx context.Context, e Entry) error
	// Post writes into the ledger.
	Post(ctx context.Context, t ledger.Transaction) error
}

// Dated is an act with the day from which it counts.
type Dated = book.Dated[Act]

// Record enters acts into the book and their bookings into the ledger, within the caller's transaction: all or, with an error, none. It returns
// the state after them.
func Record(ctx context.Context, s Store, by string, now time.Time, acts ...Dated) (Books, error) {
	return rules.Record(ctx, book.Store[Act]{Entries: s.InvestmentEntries, Add: s.AddInvestmentEntry, Post: s.Post}, by, now, acts...)
}

// Read returns the state as it was on a day, with the entries behind it; no day means now.
func Read(ctx context.Context, r Reader, on contracts.Date) (Books, []Entry, error) {
	entries, err := r.InvestmentEntries(ctx)
	if err != nil {
		return Books{}, nil, fmt.Errorf("read the book of investments: %w", err)
	}
	entries = AsOf(entries, on)
	b, err := Fold(entries)
	if err != nil {
		return Books{}, nil, fmt.Errorf("fold the book of investments: %v", err)
	}
	return b, entries, nil
}
