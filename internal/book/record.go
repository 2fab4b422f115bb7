package book

import (
	"context"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/ledger"
)

// Store keeps one book within a transaction.
type Store[A Act] struct {
	// Entries lists every entry in the order of its number.
	Entries func(ctx context.Context) ([]Entry[A], error)
	// Add adds an entry, whose number must not be taken.
	Add func(ctx context.Context, e Entry[A]) error
	// Post writes into the ledger.
	Post func(ctx context.Context, t ledger.Transaction) error
}

// Record enters acts and their bookings, within the caller's transaction: all or, with an error, none. It returns the state after them.
func (r Rules[A, S]) Record(ctx context.Context, s Store[A], by string, now time.Time, acts ...Dated[A]) (after S, err error) {
	entries, err := s.Entries(ctx)
	if err != nil {
		return after, fmt.Errorf("read the book %s: %w", r.Name, err)
	}
	for _, a := range acts {
		in, err := r.Enter(entries, a.Act, a.Day, by, now)
		if err != nil {
			return after, err
		}
		if err := s.Add(ctx, in.Entry); err != nil {
			return after, fmt.Errorf("add entry %d: %w", in.Entry.Number, err)
		}
		if in.Booked.Reference != "" {
			if err := s.Post(ctx, in.Booked); err != nil {
				return after, fmt.Errorf("book entry %d: %v", in.Entry.Number, err) // what the ledger refuses is no fault of who enters
			}
		}
		entries, after = append(entries, in.Entry), in.After.State
	}
	return after, nil
}

// Reading makes an act of its JSON.
type Reading[A Act] struct {
	Kind Kind
	Read func(body []byte) (A, error)
}

// ReadAct reads an act of one of some kinds from JSON. What is no such act is a Fault.
func ReadAct[A Act](kinds []Reading[A], kind Kind, body []byte) (act A, err error) {
	for _, k := range kinds {
		if k.Kind != kind {
			continue
		}
		if act, err = k.Read(body); err != nil {
			return act, fmt.Errorf("read %s: %w", kind, err)
		}
		return act, nil
	}
	return act, contracts.Fault{Code: contracts.FaultInvalid, Field: "kind", Message: fmt.Sprintf("%.40q is no kind of entry", string(kind))}
}
