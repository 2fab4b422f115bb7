package solidarity

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
	// SolidarityEntries lists every entry in the order of its number.
	SolidarityEntries(ctx context.Context) ([]Entry, error)
}

// Store keeps the book, within one transaction.
type Store interface {
	Reader
	// AddSolidarityEntry adds an entry, whose number must not be taken.
	AddSolidarityEntry(ctx context.Context, e Entry) error
	// Post writes into the ledger.
	Post(ctx context.Context, t ledger.Transaction) error
}

var rules = book.Rules[Act, Pot]{Name: "solidarity", Empty: empty,
	Apply: func(p *Pot, a Act, on contracts.Date) (book.Booking, error) { return a.apply(p, on) }, Named: func(a Act, p Pot) Act { return a.named(p) }}

func empty() Pot {
	none := contracts.Zero(contracts.EUR)
	return Pot{Decisions: []Decision{}, Keys: []Adopted{}, Calls: []Call{}, Applications: []Application{}, Bank: none, Owed: none, Granted: none}
}

func withBookings(f book.Folded[Pot]) Pot {
	f.State.bookings = f.Bookings
	return f.State
}

// Fold plays entries in the order of their days. A Fault names the entry that contradicts those before it.
func Fold(entries []Entry) (Pot, error) {
	f, err := rules.Fold(entries)
	return withBookings(f), err
}

// Enter returns the entry that adds an act, and the state after it, as book.Rules.Enter does.
func Enter(entries []Entry, act Act, day contracts.Date, by string, now time.Time) (Entry, Pot, error) {
	in, err := rules.Enter(entries, act, day, by, now)
	return in.Entry, withBookings(in.After), err
}

// Record enters acts into the book and their bookings into the ledger, within the caller's transaction: all or, with an error, none.
func Record(ctx context.Context, s Store, by string, now time.Time, acts ...Dated) (Pot, error) {
	return rules.Record(ctx, book.Store[Act]{Entries: s.SolidarityEntries, Add: s.AddSolidarityEntry, Post: s.Post}, by, now, acts...)
}

// Read returns the state as it was on a day, with the entries behind it; no day means now.
func Read(ctx context.Context, r Reader, on contracts.Date) (Pot, []Entry, error) {
	entries, err := r.SolidarityEntries(ctx)
	if err != nil {
		return Pot{}, nil, fmt.Errorf("read the book of the pot: %w", err)
	}
	entries = book.AsOf(entries, on)
	p, err := Fold(entries)
	if err != nil {
		return Pot{}, nil, fmt.Errorf("fold the book of the pot: %v", err)
	}
	return p, entries, nil
}
