// Package rates holds exchange rates to the euro, dated and with their source, and converts with them. A rate that is
// not there is missing: nothing is ever interpolated or guessed. Rates come from files that an operator loads; this
// package fetches nothing.
package rates

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// ECB is the source of the rates that ReadCSV and ReadXML read.
const ECB = "ECB euro foreign exchange reference rates"

// Days a rate may hold. A published rate holds until the next one, over weekends and Easter, but never beyond a week:
// an older one is a sign that a file is lacking. A rate filed for a whole month holds for that month, and none longer.
const (
	PublishedDays = 7
	MostDays      = 31
)

// Codes of the faults of a rate file.
const (
	FaultRate      contracts.FaultCode = "rate"           // not a rate above zero
	FaultDuplicate contracts.FaultCode = "duplicate-rate" // the same day and currency twice, or with another value
)

// Rate says: from Since to Until one euro was PerEUR of Currency.
type Rate struct {
	Currency      contracts.Currency
	Since, Until  contracts.Date // both included
	PerEUR        decimal.Decimal
	Source        string
	Demonstration bool // not published by anyone; gives way to a published rate
}

// Published returns a rate as a central bank publishes it: on a day, to hold until the next.
func Published(c contracts.Currency, on contracts.Date, perEUR decimal.Decimal, source string) Rate {
	return Rate{Currency: c, Since: on, Until: on.AddDays(PublishedDays - 1), PerEUR: perEUR, Source: source}
}

// Validate returns the faults of a rate by itself.
func (r Rate) Validate() error {
	var fs contracts.Faults
	fs.Add("currency", r.Currency.Validate())
	if r.Currency == contracts.EUR {
		fs.Addf(contracts.FaultCurrency, "currency", "leave it out", "the euro has no rate to itself")
	}
	if r.Since.IsZero() || r.Until.Before(r.Since) || r.Until.Sub(r.Since) >= MostDays {
		fs.Addf(contracts.FaultDate, "until", fmt.Sprintf("give at most %d days", MostDays), "from %s to %s", r.Since, r.Until)
	}
	if !r.PerEUR.IsPositive() {
		fs.Addf(FaultRate, "per_eur", "", "%s is not above zero", r.PerEUR)
	}
	if r.Source == "" {
		fs.Addf(contracts.FaultMissing, "source", "say who published it", "no source")
	}
	return fs.Err()
}

// ToEUR converts an amount of the rate's currency: amount / rate, rounded to the cent, half away from zero.
func (r Rate) ToEUR(m contracts.Money) contracts.Money {
	return contracts.Money{Amount: m.Amount.DivRound(r.PerEUR, 2), Currency: contracts.EUR}
}

// Span is from a first to a last day.
type Span struct{ First, Last contracts.Date }

// Spans returns, per currency, the first and the last day on which one of the rates holds.
func Spans(rs []Rate) map[contracts.Currency]Span {
	of := map[contracts.Currency]Span{}
	for _, r := range rs {
		s, ok := of[r.Currency]
		if !ok || r.Since.Before(s.First) {
			s.First = r.Since
		}
		if r.Until.After(s.Last) {
			s.Last = r.Until
		}
		of[r.Currency] = s
	}
	return of
}

// Store keeps rates.
type Store interface {
	// RateOn returns the rate that holds for a currency on a day: a published one before a demonstration one, then the
	// one that began last.
	RateOn(ctx context.Context, c contracts.Currency, on contracts.Date) (Rate, bool, error)
	// AddRates keeps new rates, which it returns, and leaves those alone that it has; or it keeps none, and returns the
	// first that it has with other content.
	AddRates(ctx context.Context, rs []Rate) (fresh []Rate, conflict *Rate, err error)
}

// Convert turns an amount into euros with the rate of a day. Without a rate the answer is false.
func Convert(ctx context.Context, s Store, m contracts.Money, on contracts.Date) (contracts.Money, Rate, bool, error) {
	if m.Currency == contracts.EUR {
		return m, Rate{}, true, nil
	}
	r, ok, err := s.RateOn(ctx, m.Currency, on)
	if err != nil || !ok {
		return contracts.Money{}, Rate{}, false, err
	}
	return r.ToEUR(m), r, true, nil
}

// Load keeps rates, all or none, and returns those that were not known: what was converted on their days may have a better
// rate now. Rates of currencies that the network does not use are left out; loading a rate again changes nothing, and one
// that is known with another value is refused, because documents were converted with it.
func Load(ctx context.Context, s Store, rs []Rate) (fresh []Rate, err error) {
	used := slices.DeleteFunc(slices.Clone(rs), func(r Rate) bool { return r.Currency.Validate() != nil })
	if err := check(used); err != nil {
		return nil, err
	}
	slices.SortFunc(used, func(a, b Rate) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Currency, b.Currency)) })
	fresh, conflict, err := s.AddRates(ctx, used)
	if err != nil {
		return nil, fmt.Errorf("load %d rates: %w", len(used), err)
	}
	if conflict != nil {
		return nil, contracts.Fault{Code: FaultDuplicate, Field: fmt.Sprintf("%s %s", conflict.Currency, conflict.Since),
			Message: fmt.Sprintf("%s is already known with another value than %s", conflict.Source, conflict.PerEUR),
			Remedy:  "check the file; a rate that documents were converted with is not changed"}
	}
	return fresh, nil
}

// check returns what is wrong with each rate, and those of one source that speak of the same day twice.
func check(rs []Rate) error {
	type day struct {
		currency contracts.Currency
		since    contracts.Date
		source   string
	}
	var fs contracts.Faults
	seen := map[day]bool{}
	for _, r := range rs {
		at, d := fmt.Sprintf("%s %s", r.Currency, r.Since), day{r.Currency, r.Since, r.Source}
		fs.Add(at, r.Validate())
		if seen[d] {
			fs.Addf(FaultDuplicate, at, "give each day once", "two rates of one source for the same day")
		}
		seen[d] = true
	}
	return fs.Err()
}
