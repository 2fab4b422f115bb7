// Package solidarity is the common pot of the self-supporting co-operatives: what each contributes according to its means, by a key that they voted;
// what one of them asks for, what is granted by a vote, paid out, used and given back. The book only grows, and its postings balance.
//
// It decides nothing and moves no money: it records what was decided and done, and refuses what contradicts it. The pot is in EUR and never below
// zero: nothing is granted that did not come in.
package solidarity

import (
	"slices"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

// Country stands for the co-operative of a country.
type Country = contracts.CountryCode

// The faults of this package.
const (
	FaultKey      contracts.FaultCode = "key"         // a key that does not come to the whole, or whose bounds cannot hold
	FaultFigures  contracts.FaultCode = "figures"     // a figure the key needs is not there
	FaultDecision contracts.FaultCode = "not-decided" // no decision, or one that was not carried
	FaultUnknown  contracts.FaultCode = "not-there"
	FaultDone     contracts.FaultCode = "already-done"
	FaultPot      contracts.FaultCode = "pot"   // more than is free in the pot
	FaultMost     contracts.FaultCode = "above" // more than was called, granted or paid out
)

// Entry is one line of the book of the pot.
type Entry = book.Entry[Act]

// Dated is an act with the day from which it counts.
type Dated = book.Dated[Act]

// Pot is the state of everything on a day.
type Pot struct {
	Decisions    []Decision      `json:"decisions"` // in order of their meeting
	Keys         []Adopted       `json:"keys"`      // in order of their decision
	Calls        []Call          `json:"calls"`
	Applications []Application   `json:"applications"`
	Bank         contracts.Money `json:"bank"`    // came in and did not go out
	Owed         contracts.Money `json:"owed"`    // called and not paid
	Granted      contracts.Money `json:"granted"` // and not paid out

	bookings []ledger.Transaction
}

// Free is what can be granted.
func (p Pot) Free() contracts.Money { return less(p.Bank, p.Granted) }

// Bookings returns every transaction that the book comes to.
func (p Pot) Bookings() []ledger.Transaction { return p.bookings }

// Decision is what the co-operatives voted on in a meeting, each with one vote.
type Decision struct {
	ID      string         `json:"id"`
	Meeting contracts.Date `json:"meeting"`
	Motion  string         `json:"motion"`
	Rule    ballot.Rule    `json:"rule"`
	Members []Country      `json:"members"` // may vote
	For     []Country      `json:"for"`
	Against []Country      `json:"against"`
	Abstain []Country      `json:"abstain"`
	Minutes string         `json:"minutes"` // reference of the minutes
	Reason  string         `json:"reason"`
	Example bool           `json:"example"` // invented to show how things work
}

// Count counts the votes. A Fault names who voted twice or may not vote.
func (d Decision) Count() (ballot.Count, error) {
	var votes []ballot.Vote
	for choice, who := range map[ballot.Choice][]Country{ballot.Yes: d.For, ballot.No: d.Against, ballot.Abstain: d.Abstain} {
		for _, c := range who {
			votes = append(votes, ballot.Vote{Country: c, Choice: choice})
		}
	}
	return ballot.Counted(d.Members, votes)
}

// Carried tells whether the motion was carried by its rule.
func (d Decision) Carried() bool {
	count, err := d.Count()
	return err == nil && d.Rule.Holds(count)
}

// Adopted is a key that counts from a day.
type Adopted struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Key      Key            `json:"key"`
	From     contracts.Date `json:"from"`
	Decision string         `json:"decision"`
	Example  bool           `json:"example"`
}

// Call is what a year costs, shared by a key.
type Call struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"` // of what it is for: "Common tools 2025"
	Day      contracts.Date  `json:"day"`
	Due      contracts.Date  `json:"due"`
	Budget   contracts.Money `json:"budget"`
	Key      string          `json:"key"`
	Figures  []Figures       `json:"figures"` // by which it was shared, as they were known
	Source   string          `json:"source"`  // of the figures
	Debts    []Debt          `json:"debts"`   // by country
	Decision string          `json:"decision"`
	Example  bool            `json:"example"`
}

// Debt is what a co-operative owes of a call, and what became of it.
type Debt struct {
	Part
	Paid   contracts.Money `json:"paid"`
	Waived contracts.Money `json:"waived"`
}

// Open is what is still to come.
func (d Debt) Open() contracts.Money { return less(less(d.Amount, d.Paid), d.Waived) }

// Late tells whether something was due before a day and did not come.
func (c Call) Late(d Debt, on contracts.Date) bool { return d.Open().Sign() > 0 && c.Due.Before(on) }

// State is how far an application is.
type State string

// The states of an application.
const (
	Asked    State = "asked"
	Approved State = "granted"
	Declined State = "declined"
	Closed   State = "closed" // what was granted and not paid out is free again
)

// Application is what a co-operative asks of the pot.
type Application struct {
	ID       string          `json:"id"`
	Country  Country         `json:"country"`
	Day      contracts.Date  `json:"day"`
	Amount   contracts.Money `json:"amount"` // asked for
	Purpose  string          `json:"purpose"`
	Evidence string          `json:"evidence"`
	State    State           `json:"state"`
	Decision string          `json:"decision,omitzero"` // that granted or declined it
	Granted  contracts.Money `json:"granted"`
	Paid     contracts.Money `json:"paid"` // out
	Spent    contracts.Money `json:"spent"`
	Returned contracts.Money `json:"returned"`
	Uses     []Use           `json:"uses"`
	Example  bool            `json:"example"`
}

// Use is a report on what money was used for.
type Use struct {
	Day      contracts.Date  `json:"day"`
	Amount   contracts.Money `json:"amount"`
	Text     string          `json:"text"`
	Evidence string          `json:"evidence"`
}

// ToPay is what was granted and not paid out.
func (a Application) ToPay() contracts.Money {
	if a.State != Approved {
		return contracts.Zero(contracts.EUR)
	}
	return less(a.Granted, a.Paid)
}

// Unreported is what was paid out and neither reported as spent nor given back.
func (a Application) Unreported() contracts.Money { return less(less(a.Paid, a.Spent), a.Returned) }

func less(a, b contracts.Money) contracts.Money {
	return contracts.Money{Amount: a.Amount.Sub(b.Amount), Currency: a.Currency}
}

func more(a, b contracts.Money) contracts.Money {
	return contracts.Money{Amount: a.Amount.Add(b.Amount), Currency: a.Currency}
}

// KeyOn is the key that counts on a day: the one whose day came last.
func (p Pot) KeyOn(day contracts.Date) (found Adopted, ok bool) {
	for _, k := range p.Keys {
		if !k.From.After(day) && (!ok || !k.From.Before(found.From)) {
			found, ok = k, true
		}
	}
	return found, ok
}

// Decision finds a decision by its id.
func (p Pot) Decision(id string) (Decision, bool) {
	return find(p.Decisions, func(d Decision) bool { return d.ID == id })
}

// Key finds a key by its id.
func (p Pot) Key(id string) (Adopted, bool) {
	return find(p.Keys, func(k Adopted) bool { return k.ID == id })
}

func find[T any](all []T, is func(T) bool) (found T, ok bool) {
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return found, false
	}
	return all[i], true
}

// Example tells whether anything in the book is an example.
func (p Pot) Example() bool {
	return slices.ContainsFunc(p.Decisions, func(d Decision) bool { return d.Example }) || slices.ContainsFunc(p.Keys, func(k Adopted) bool { return k.Example }) ||
		slices.ContainsFunc(p.Calls, func(c Call) bool { return c.Example }) || slices.ContainsFunc(p.Applications, func(a Application) bool { return a.Example })
}
