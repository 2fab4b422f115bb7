// Package assembly is the account that the board gives to the members and their assembly: what the contribution of a year paid for, support abroad
// among it. The figures are frozen when the board publishes them, and stay as they were whatever is corrected later; withdrawing takes them off the
// page and keeps them in the books.
//
// It says what is in the data and nothing else: a figure that some month does not have is left out, and the months that are missing are named.
package assembly

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
)

// Account is what came in during a year, and what it paid for.
type Account struct {
	Country       contracts.CountryCode `json:"country"`
	Year          int                   `json:"year"`
	Contribution  contracts.Money       `json:"contribution"` // of the members, guarantee-fund share included
	Other         contracts.Money       `json:"other_income"` // grants and other income of the co-operative
	Parts         []Part                `json:"parts"`        // in the order of the kinds
	Left          *contracts.Money      `json:"left" jsonschema:"nullable"`
	Abroad        []Support             `json:"abroad"`
	Missing       []contracts.Month     `json:"missing_months"` // without a report, or left out as too few people were active
	Unknown       []Kind                `json:"unknown"`        // what some month's report does not say
	Demonstration bool                  `json:"demonstration"`  // the reports are invented
	Example       bool                  `json:"example"`        // the support is an example
}

// Kind is a thing that the contribution pays for.
type Kind string

// The kinds, in the order in which they are told.
const (
	Staff      Kind = "staff"      // advice and the people who do the work
	Operations Kind = "operations" // offices, tools and everything else it costs to run the co-operative
	Guarantee  Kind = "guarantee"  // what goes to the fund that pays members when clients do not
	Abroad     Kind = "abroad"     // support for the sister co-operatives
)

// Kinds lists them all.
var Kinds = []Kind{Staff, Operations, Guarantee, Abroad}

// Part is an amount that went to a kind of thing.
type Part struct {
	Kind   Kind            `json:"kind"`
	Amount contracts.Money `json:"amount"`
}

// Support is what was sent to a country.
type Support struct {
	Country contracts.CountryCode `json:"country"`
	Amount  contracts.Money       `json:"amount"`
}

// Make sums the reports of a co-operative's year, one for each month and in one currency, and the support that it sent in that year.
func Make(country contracts.CountryCode, year int, currency contracts.Currency, reports []contracts.MonthlyReport, abroad []Support) Account {
	a := Account{Country: country, Year: year, Contribution: contracts.Zero(currency), Other: contracts.Zero(currency), Parts: []Part{}, Abroad: abroad, Missing: []contracts.Month{}, Unknown: []Kind{}}
	there := map[contracts.Month]bool{}
	staff, costs, fund := sum{of: contracts.Zero(currency)}, sum{of: contracts.Zero(currency)}, contracts.Zero(currency)
	for _, r := range reports {
		there[r.Month] = true
		a.Contribution = plus(a.Contribution, r.Contribution)
		fund = plus(fund, r.GuaranteeFund)
		staff.add(r.StaffCosts)
		costs.add(r.OperatingCosts)
		for _, m := range []*contracts.Money{r.Grants, r.OtherIncome} {
			if m != nil {
				a.Other = plus(a.Other, *m)
			}
		}
		a.Demonstration = a.Demonstration || r.Demonstration
	}
	for m := range 12 {
		if month := contracts.NewMonth(year, time.Month(m+1)); !there[month] {
			a.Missing = append(a.Missing, month)
		}
	}
	a.spend(staff, costs, fund)
	return a
}

// sum is a sum that is not known once a summand is not.
type sum struct {
	of      contracts.Money
	unknown bool
}

func (s *sum) add(m *contracts.Money) {
	if m == nil {
		s.unknown = true
		return
	}
	s.of = plus(s.of, *m)
}

func plus(a, b contracts.Money) contracts.Money {
	return contracts.Money{Amount: a.Amount.Add(b.Amount), Currency: a.Currency}
}

func minus(a, b contracts.Money) contracts.Money { return plus(a, b.Neg()) }

// spend lists what the money went to. Staff is a part of the operating costs; where it is not known by itself, it stays among them.
func (a *Account) spend(staff, costs sum, fund contracts.Money) {
	abroad := contracts.Zero(a.Contribution.Currency)
	for _, s := range a.Abroad {
		abroad = plus(abroad, s.Amount)
	}
	if staff.unknown {
		a.Unknown = append(a.Unknown, Staff)
	} else {
		a.Parts = append(a.Parts, Part{Staff, staff.of})
	}
	switch {
	case costs.unknown:
		a.Unknown = append(a.Unknown, Operations)
	case staff.unknown:
		a.Parts = append(a.Parts, Part{Operations, costs.of})
	default:
		a.Parts = append(a.Parts, Part{Operations, minus(costs.of, staff.of)})
	}
	a.Parts = append(a.Parts, Part{Guarantee, fund}, Part{Abroad, abroad})
	if costs.unknown {
		return
	}
	left := plus(a.Contribution, a.Other)
	for _, p := range a.Parts {
		left = minus(left, p.Amount)
	}
	a.Left = &left
}

// Act is what the board did: it published the account of a year, or withdrew it.
type Act struct {
	Number    int            `json:"number"`
	At        time.Time      `json:"at"`
	By        string         `json:"by"` // opaque id
	Year      int            `json:"year"`
	Decision  string         `json:"decision"`
	Meeting   contracts.Date `json:"meeting"` // of the decision
	Withdrawn bool           `json:"withdrawn,omitzero"`
	Account   *Account       `json:"account,omitzero"`
	AsOf      time.Time      `json:"as_of,omitzero"` // the moment whose data the account was made from
}

// Store keeps what was published.
type Store interface {
	// AssemblyActs lists every act by its number.
	AssemblyActs(ctx context.Context) ([]Act, error)
	// AddAssemblyAct adds an act, whose number must not be taken.
	AddAssemblyAct(ctx context.Context, a Act) error
}

// Codes of the refusals of this package.
const (
	FaultDecision contracts.FaultCode = "not-decided"        // no decision of the board that was carried
	FaultNothing  contracts.FaultCode = "nothing-to-publish" // no report of the year, or nothing published that could be withdrawn
	FaultRunning  contracts.FaultCode = "year-running"       // the year is not over
)

// Published are the accounts that stand on the page, the newest year first.
func Published(acts []Act) []Act {
	var shown []Act
	for _, a := range acts {
		shown = slices.DeleteFunc(shown, func(s Act) bool { return s.Year == a.Year })
		if !a.Withdrawn {
			shown = append(shown, a)
		}
	}
	slices.SortFunc(shown, func(a, b Act) int { return b.Year - a.Year })
	return shown
}

// Check returns a Fault when the act cannot follow those there are.
func (a Act) Check(acts []Act, today contracts.Date) error {
	stands := slices.ContainsFunc(Published(acts), func(s Act) bool { return s.Year == a.Year })
	switch {
	case a.Decision == "":
		return contracts.Fault{Code: FaultDecision, Field: "decision", Message: "no decision that was carried", Remedy: "enter the decision of the board first"}
	case a.Withdrawn && !stands:
		return contracts.Fault{Code: FaultNothing, Field: "year", Message: fmt.Sprintf("nothing is published of %d", a.Year), Remedy: "there is nothing to withdraw"}
	case a.Withdrawn:
		return nil
	case a.Year >= today.Year():
		return contracts.Fault{Code: FaultRunning, Field: "year", Message: fmt.Sprintf("%d is not over", a.Year), Remedy: "publish the account of a year that has ended"}
	case a.Account == nil || len(a.Account.Missing) == 12:
		return contracts.Fault{Code: FaultNothing, Field: "year", Message: fmt.Sprintf("there is no report of %d", a.Year), Remedy: "publish it when the reports are there"}
	}
	return nil
}
