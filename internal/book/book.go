// Package book keeps what was decided and done as a list of acts that only grows. Every state, of today or of any day before, is the fold of the
// acts up to it, and so are the postings in the ledger; a mistake is cured by another act, and both stay.
//
// It knows no act and no rule: a feature says how its acts change its state. It has no store either: the caller keeps the entries.
package book

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/internal/ledger"
)

// FaultLater is an act of an earlier day that would change what was entered for a later one.
const FaultLater contracts.FaultCode = "later-entry"

// Kind names an act in the store, in JSON and in the addresses of forms. It is never changed.
type Kind string

// Act is something that happened.
type Act interface{ Kind() Kind }

// Entry is one line of a book.
type Entry[A Act] struct {
	Number   int            `json:"number"` // 1, 2, 3: the order in which they were written
	Day      contracts.Date `json:"day"`    // from which it counts; not in the future
	Recorded time.Time      `json:"recorded"`
	By       string         `json:"by"` // opaque id of who wrote it
	Kind     Kind           `json:"kind"`
	Act      A              `json:"act"`
}

// Dated is an act with the day from which it counts.
type Dated[A Act] struct {
	Day contracts.Date
	Act A
}

// Booking is what an act posts in the ledger: nothing when it has no postings.
type Booking struct {
	About    string
	Postings []ledger.Posting
}

// Rules say how the acts of one book change its state. All fields must be set.
type Rules[A Act, S any] struct {
	Name  string   // begins the references of its bookings, which are therefore its alone: "investment"
	Empty func() S // the state before the first act
	// Apply changes the state, or says as a Fault why it cannot.
	Apply func(s *S, act A, on contracts.Date) (Booking, error)
	// Named is the act with an id of its own, where it makes something and nobody gave one.
	Named func(act A, s S) A
}

// Folded is a state and the transactions that came about on the way to it.
type Folded[S any] struct {
	State    S
	Bookings []ledger.Transaction
}

// Entered is an entry that the book takes, what it books, and the state after it. The zero transaction books nothing.
type Entered[A Act, S any] struct {
	Entry  Entry[A]
	Booked ledger.Transaction
	After  Folded[S]
}

// Fold plays entries in the order of their days, and within a day in the order in which they were written. A Fault names the entry that
// contradicts those before it.
func (r Rules[A, S]) Fold(entries []Entry[A]) (Folded[S], error) {
	f := Folded[S]{State: r.Empty()}
	for _, e := range inOrder(entries) {
		booked, err := r.Apply(&f.State, e.Act, e.Day)
		if err != nil {
			return Folded[S]{State: r.Empty()}, entryError{e.Number, e.Day, err}
		}
		if len(booked.Postings) > 0 {
			f.Bookings = append(f.Bookings, ledger.Transaction{Date: e.Day, Reference: r.reference(e.Number), Description: booked.About, Cause: string(e.Kind),
				RecordedBy: e.By, RecordedAt: e.Recorded, Postings: booked.Postings})
		}
	}
	return f, nil
}

func (r Rules[A, S]) reference(number int) string { return fmt.Sprintf("%s/%d", r.Name, number) }

// entryError says which entry broke a rule.
type entryError struct {
	number int
	day    contracts.Date
	err    error
}

func (e entryError) Error() string { return fmt.Sprintf("entry %d of %s: %v", e.number, e.day, e.err) }
func (e entryError) Unwrap() error { return e.err }

func inOrder[A Act](entries []Entry[A]) []Entry[A] {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b Entry[A]) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Number, b.Number)) })
	return sorted
}

// AsOf returns the entries that counted on a day; no day returns all.
func AsOf[A Act](entries []Entry[A], day contracts.Date) []Entry[A] {
	if day.IsZero() {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry[A]) bool { return e.Day.After(day) })
}

// Enter returns the entry that adds an act. A Fault says what the act contradicts; nothing is changed then. An act of an earlier day is checked
// against what came after it too.
func (r Rules[A, S]) Enter(entries []Entry[A], act A, day contracts.Date, by string, now time.Time) (in Entered[A, S], err error) {
	if err := checkDay(day, now); err != nil {
		return in, err
	}
	before, err := r.Fold(entries)
	if err != nil {
		return in, fmt.Errorf("fold the book %s: %v", r.Name, err) // no fault of who enters
	}
	in.Entry = Entry[A]{Number: len(entries) + 1, Day: day, Recorded: now.UTC().Truncate(time.Microsecond), By: by, Kind: act.Kind(), Act: r.Named(act, before.State)}
	in.After, err = r.Fold(append(slices.Clone(entries), in.Entry))
	if broken, ok := err.(entryError); ok {
		return in, broken.to(in.Entry.Number)
	}
	in.Booked, err = unchanged(before.Bookings, in.After.Bookings, r.reference(in.Entry.Number))
	return in, err
}

func checkDay(day contracts.Date, now time.Time) error {
	switch {
	case day.IsZero():
		return contracts.Fault{Code: contracts.FaultMissing, Field: "day", Message: "no day", Remedy: "give the day from which it counts"}
	case day.After(contracts.DateOf(now.UTC())):
		return contracts.Fault{Code: contracts.FaultDate, Field: "day", Message: "the day has not come", Remedy: "enter it when it has happened"}
	}
	return nil
}

// to is the fault as whoever enters the entry of that number sees it.
func (e entryError) to(entered int) error {
	if e.number == entered {
		return e.err
	}
	return contracts.Fault{Code: FaultLater, Field: "day", Message: fmt.Sprintf("entry %d of %s would not hold any more: %v", e.number, e.day, e.err), Remedy: "choose a day after it"}
}

// unchanged demands that the bookings there are stay as they are, and returns the new one.
func unchanged(before, after []ledger.Transaction, own string) (booked ledger.Transaction, err error) {
	was := map[string]ledger.Transaction{}
	for _, t := range before {
		was[t.Reference] = t
	}
	for _, t := range after {
		old, there := was[t.Reference]
		switch {
		case t.Reference == own:
			booked = t
		case !there || !SamePostings(old, t):
			return booked, contracts.Fault{Code: FaultLater, Field: "day", Message: fmt.Sprintf("it would change what is booked later: %s", t.Description), Remedy: "choose a day after it"}
		}
		delete(was, t.Reference)
	}
	if len(was) > 0 {
		return booked, contracts.Fault{Code: FaultLater, Field: "day", Message: "it would undo what is booked later", Remedy: "choose a later day"}
	}
	return booked, nil
}

// SamePostings tells whether two transactions post the same on the same day.
func SamePostings(a, b ledger.Transaction) bool {
	return a.Date == b.Date && slices.EqualFunc(a.Postings, b.Postings, func(x, y ledger.Posting) bool {
		return x.Account == y.Account && x.Owner == y.Owner && x.Amount.Equal(y.Amount)
	})
}
