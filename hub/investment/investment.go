// Package investment is the board's book of what it invests in the sister co-operatives: programmes with their ceilings, allocations per country
// and year, tranches with conditions, the decisions behind them, and what was ordered, sent, confirmed, repaid or lost. The book is a list of
// entries that only grows; every state, of today or of any day before, is the fold of the entries up to it, and so are the ledger's postings.
//
// It decides nothing: it records what the board decided and refuses what contradicts it. It is the hub's own, and in no node's log.
package investment

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/internal/ledger"
)

// Instrument is in what form money is given.
type Instrument string

// The instruments. A separate agreement is one whose terms are not this book's matter: it may have no ceiling, and then nothing is allocated.
const (
	Grant    Instrument = "grant"
	Loan     Instrument = "loan"
	Equity   Instrument = "equity"
	Separate Instrument = "separate"
)

// Instruments lists them all.
var Instruments = []Instrument{Grant, Loan, Equity, Separate}

// The faults of this package.
const (
	FaultCeiling    contracts.FaultCode = "ceiling"         // more than the programme, the allocation or the tranche holds
	FaultConditions contracts.FaultCode = "conditions-open" // a release without its conditions, and no waiver
	FaultReleased   contracts.FaultCode = "already-done"    // a step that was taken before
	FaultStep       contracts.FaultCode = "not-now"         // a step before the one it needs
	FaultVotes      contracts.FaultCode = "votes"           // more votes than seats
	FaultDecision   contracts.FaultCode = "not-decided"     // no decision, or one that was not carried
	FaultUnknown    contracts.FaultCode = "not-there"       // nothing of that name
	FaultNode       contracts.FaultCode = "wrong-node"      // a country's word on another's money
	FaultStopped    contracts.FaultCode = "stopped"         // the support of the country was stopped
	FaultLater      contracts.FaultCode = "later-entry"     // an earlier day whose entry would change what is booked after it
)

// Entry is one line of the book.
type Entry struct {
	Number   int            `json:"number"` // 1, 2, 3: the order in which they were written
	Day      contracts.Date `json:"day"`    // from which it counts; not in the future
	Recorded time.Time      `json:"recorded"`
	By       string         `json:"by"` // opaque id of who wrote it
	Kind     Kind           `json:"kind"`
	Act      Act            `json:"act"`
}

// Books is the state of everything on a day.
type Books struct {
	Programmes []Programme `json:"programmes"`
	Decisions  []Decision  `json:"decisions"` // in order of their meeting

	bookings []ledger.Transaction
}

// Fold plays entries in the order of their days, and within a day in the order in which they were written. A Fault names the entry that
// contradicts those before it.
func Fold(entries []Entry) (Books, error) {
	b := Books{Programmes: []Programme{}, Decisions: []Decision{}}
	for _, e := range inOrder(entries) {
		booked, err := e.Act.apply(&b, e.Day)
		if err != nil {
			return Books{}, entryError{e, err}
		}
		b.book(e, booked)
	}
	return b, nil
}

// entryError says which entry broke a rule.
type entryError struct {
	entry Entry
	err   error
}

func (e entryError) Error() string {
	return fmt.Sprintf("entry %d of %s: %v", e.entry.Number, e.entry.Day, e.err)
}
func (e entryError) Unwrap() error { return e.err }

func inOrder(entries []Entry) []Entry {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b Entry) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Number, b.Number)) })
	return sorted
}

// AsOf returns the entries that counted on a day; no day returns all.
func AsOf(entries []Entry, day contracts.Date) []Entry {
	if day.IsZero() {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Day.After(day) })
}

// Enter returns the entry that adds an act to the book, what it books, and the state after it. The zero transaction books nothing. A Fault says
// what the act contradicts; nothing is changed then. An act of an earlier day is checked against what came after it too.
func Enter(entries []Entry, act Act, day contracts.Date, by string, now time.Time) (Entry, ledger.Transaction, Books, error) {
	if err := checkDay(day, now); err != nil {
		return Entry{}, ledger.Transaction{}, Books{}, err
	}
	before, err := Fold(entries)
	if err != nil {
		return Entry{}, ledger.Transaction{}, Books{}, fmt.Errorf("fold the book of investments: %v", err) // no fault of who enters
	}
	e := Entry{Number: len(entries) + 1, Day: day, Recorded: now.UTC().Truncate(time.Microsecond), By: by, Kind: act.Kind(), Act: act.named(before)}
	after, err := Fold(append(slices.Clone(entries), e))
	if broken, ok := err.(entryError); ok {
		return Entry{}, ledger.Transaction{}, Books{}, broken.to(e)
	}
	own, err := before.unchanged(after, e)
	return e, own, after, err
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

// to is the fault as whoever enters e sees it.
func (e entryError) to(entered Entry) error {
	if e.entry.Number == entered.Number {
		return e.err
	}
	return contracts.Fault{Code: FaultLater, Field: "day", Message: fmt.Sprintf("entry %d of %s would not hold any more: %v", e.entry.Number, e.entry.Day, e.err),
		Remedy: "choose a day after it"}
}

// unchanged demands that the bookings there are stay as they are, and returns the new one.
func (b Books) unchanged(after Books, e Entry) (own ledger.Transaction, err error) {
	was := map[string]ledger.Transaction{}
	for _, t := range b.bookings {
		was[t.Reference] = t
	}
	for _, t := range after.bookings {
		old, there := was[t.Reference]
		switch {
		case t.Reference == reference(e.Number):
			own = t
		case !there || !SamePostings(old, t):
			return own, contracts.Fault{Code: FaultLater, Field: "day", Message: fmt.Sprintf("it would change what is booked later: %s", t.Description), Remedy: "choose a day after it"}
		}
		delete(was, t.Reference)
	}
	if len(was) > 0 {
		return own, contracts.Fault{Code: FaultLater, Field: "day", Message: "it would undo what is booked later", Remedy: "choose a later day"}
	}
	return own, nil
}
