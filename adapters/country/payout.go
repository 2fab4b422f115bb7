package country

import (
	"fmt"
	"time"

	"passerelle/contracts"
)

// PayoutDate returns the last day on which the member is paid for a performance, by the node's rule or else the country's.
// Days count from the day after the performance. Only working days skip weekends and public holidays; days of an unspecified
// kind are calendar days, the earlier reading.
func (a *Adapter) PayoutDate(performance contracts.Date, cfg Config) (contracts.Date, error) {
	rule := a.PayoutRule
	if cfg.Payout != nil {
		rule = *cfg.Payout
	}
	switch {
	case rule.Rule == DayOfNextMonth:
		return performance.Month().Next().First().AddDays(rule.Day - 1), nil
	case rule.Rule == WithinDays && rule.DayKind == Working:
		return a.AddWorkingDays(performance, rule.Days), nil
	case rule.Rule == WithinDays:
		return performance.AddDays(rule.Days), nil
	}
	return contracts.Date{}, a.payoutUnconfigured()
}

func (a *Adapter) payoutUnconfigured() error {
	return contracts.Fault{Code: FaultUnconfigured, Field: "payout", Message: fmt.Sprintf("the sources do not say when members in %s are paid", a.Name.EN),
		Remedy: "set payout in the node's settings; the other reading of the source is " + a.PayoutRule.Alternative}
}

// PayoutTerm says the promise in English, as the node's profile shows it.
func (a *Adapter) PayoutTerm() string { return a.PayoutRule.term() }

func (p Payout) term() string {
	switch {
	case p.Rule == DayOfNextMonth:
		return fmt.Sprintf("on the %s of the month after the performance", ordinal(p.Day))
	case p.Rule == WithinDays && p.DayKind == Working:
		return fmt.Sprintf("within %d working days after the performance", p.Days)
	case p.Rule == WithinDays:
		return fmt.Sprintf("within %d days after the performance", p.Days)
	}
	return ""
}

// AddWorkingDays returns the nth working day after a day, n being positive. Saturdays, Sundays and public holidays do not
// count.
func (a *Adapter) AddWorkingDays(d contracts.Date, n int) contracts.Date {
	for n > 0 {
		d = d.AddDays(1)
		if a.IsWorkingDay(d) {
			n--
		}
	}
	return d
}

// IsWorkingDay tells whether the day is neither at a weekend nor a public holiday of the whole country.
func (a *Adapter) IsWorkingDay(d contracts.Date) bool {
	if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	_, holiday := a.Holidays.On(d)
	return !holiday
}

func ordinal(n int) string {
	switch {
	case n%10 == 1 && n != 11:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2 && n != 12:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3 && n != 13:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
