// Package investment is the board's book of what it invests in the sister co-operatives: programmes with their ceilings, allocations per country
// and year, tranches with conditions, the decisions behind them, and what was ordered, sent, confirmed, repaid or lost. The book is a list of
// entries that only grows; every state, of today or of any day before, is the fold of the entries up to it, and so are the ledger's postings.
//
// It decides nothing: it records what the board decided and refuses what contradicts it. It is the hub's own, and in no node's log.
package investment

import (
	"time"

	"passerelle/contracts"
	"passerelle/internal/book"
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
	FaultLater                          = book.FaultLater
)

// Entry is one line of the book.
type Entry = book.Entry[Act]

// Books is the state of everything on a day.
type Books struct {
	Programmes []Programme `json:"programmes"`
	Decisions  []Decision  `json:"decisions"` // in order of their meeting

	bookings []ledger.Transaction
}

// rules are those of the board's book.
var rules = book.Rules[Act, Books]{Name: "investment", Empty: func() Books { return Books{Programmes: []Programme{}, Decisions: []Decision{}} },
	Apply: func(b *Books, a Act, on contracts.Date) (book.Booking, error) { return a.apply(b, on) }, Named: func(a Act, b Books) Act { return a.named(b) }}

// Fold plays entries in the order of their days, and within a day in the order in which they were written. A Fault names the entry that
// contradicts those before it.
func Fold(entries []Entry) (Books, error) {
	f, err := rules.Fold(entries)
	return withBookings(f), err
}

func withBookings(f book.Folded[Books]) Books {
	f.State.bookings = f.Bookings
	return f.State
}

// AsOf returns the entries that counted on a day; no day returns all.
func AsOf(entries []Entry, day contracts.Date) []Entry { return book.AsOf(entries, day) }

// Enter returns the entry that adds an act to the book, what it books, and the state after it. The zero transaction books nothing. A Fault says
// what the act contradicts; nothing is changed then. An act of an earlier day is checked against what came after it too.
func Enter(entries []Entry, act Act, day contracts.Date, by string, now time.Time) (Entry, ledger.Transaction, Books, error) {
	in, err := rules.Enter(entries, act, day, by, now)
	return in.Entry, in.Booked, withBookings(in.After), err
}
