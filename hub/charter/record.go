package charter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

// Reader answers with the book.
type Reader interface {
	// CharterEntries lists every entry in the order of its number.
	CharterEntries(ctx context.Context) ([]Entry, error)
}

// Store keeps the book, within one transaction.
type Store interface {
	Reader
	// AddCharterEntry adds an entry, whose number must not be taken.
	AddCharterEntry(ctx context.Context, e Entry) error
}

var rules = book.Rules[Act, Charter]{Name: "charter", Empty: func() Charter { return Charter{Versions: []Version{}, Commitments: []Commitment{}} },
	Apply: func(c *Charter, a Act, on contracts.Date) (book.Booking, error) {
		return book.Booking{}, a.apply(c, on)
	}, Named: func(a Act, c Charter) Act { return a.named(c) }}

// Fold plays entries in the order of their days. A Fault names the entry that contradicts those before it.
func Fold(entries []Entry) (Charter, error) {
	f, err := rules.Fold(entries)
	return f.State, err
}

// Enter returns the entry that adds an act, and the state after it, as book.Rules.Enter does.
func Enter(entries []Entry, act Act, day contracts.Date, by string, now time.Time) (Entry, Charter, error) {
	in, err := rules.Enter(entries, act, day, by, now)
	return in.Entry, in.After.State, err
}

// Record enters acts into the book, within the caller's transaction: all or, with an error, none.
func Record(ctx context.Context, s Store, by string, now time.Time, acts ...Dated) (Charter, error) {
	return rules.Record(ctx, book.Store[Act]{Entries: s.CharterEntries, Add: s.AddCharterEntry, Post: noMoney}, by, now, acts...)
}

func noMoney(context.Context, ledger.Transaction) error {
	return errors.New("the charter moves no money")
}

// Read returns the state as it was on a day, with the entries behind it; no day means now.
func Read(ctx context.Context, r Reader, on contracts.Date) (Charter, []Entry, error) {
	entries, err := r.CharterEntries(ctx)
	if err != nil {
		return Charter{}, nil, fmt.Errorf("read the book of the charter: %w", err)
	}
	entries = book.AsOf(entries, on)
	c, err := Fold(entries)
	if err != nil {
		return Charter{}, nil, fmt.Errorf("fold the book of the charter: %v", err)
	}
	return c, entries, nil
}
