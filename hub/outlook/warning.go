package outlook

import (
	"fmt"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Rule names a rule of the early warning.
type Rule string

// The rules. Each looks at reported months alone, and says nothing where it does not know.
const (
	ReportLate     Rule = "report-late"   // no report 45 days after the end of a month
	CostsMissing   Rule = "costs-missing" // one of the latest three reports has no costs
	CoverageFell   Rule = "coverage-fell" // twelve months cover 5 points less than the twelve before
	TurnoverFell   Rule = "turnover-fell" // three months turn over 20 % less than the same of the year before
	CashShort      Rule = "cash-short"    // cash for less than six months
	NoBalanceAhead Rule = "no-balance"    // even the hopeful side of the forecast reaches balance after the support ends
	CostsOutgrow   Rule = "costs-outgrow" // costs of a year grew, and faster than contributions
	shortOfCash         = 6               // months
)

// Warning is a rule that fired, and on what.
type Warning struct {
	Rule   Rule   `json:"rule"`
	Why    string `json:"why"`
	Values []any  `json:"-"` // what stands in Why, for who says it in other words: contracts.Month, contracts.Decimal, int
}

// Watched is what the rules look at.
type Watched struct {
	Months []Month
	Today  contracts.Date
	Cash   *decimal.Decimal // nil: not known
	Ends   contracts.Month  // last month of support; none: not known
}

// Warnings returns every rule that fires, in the order of the rules above.
func Warnings(w Watched) []Warning {
	all := []Warning{}
	for _, rule := range []func(Watched) (Warning, bool){reportLate, costsMissing, coverageFell, turnoverFell, cashShort, noBalance, costsOutgrow} {
		if warning, fired := rule(w); fired {
			all = append(all, warning)
		}
	}
	return all
}

func warn(rule Rule, format string, args ...any) (Warning, bool) {
	return Warning{rule, fmt.Sprintf(format, args...), args}, true
}

// sum is an amount as Values holds it.
func sum(d decimal.Decimal) contracts.Decimal { return contracts.Decimal{Decimal: d} }

func reportLate(w Watched) (Warning, bool) {
	due := ahead(w.Today.Month(), -1)
	for !contracts.ReportDue(due).Before(w.Today) {
		due = ahead(due, -1)
	}
	if len(w.Months) == 0 || index(w.Months[len(w.Months)-1].Month) >= index(due) {
		return Warning{}, false
	}
	return warn(ReportLate, "the latest report is of %s, and that of %s is due", w.Months[len(w.Months)-1].Month, due)
}

func costsMissing(w Watched) (Warning, bool) {
	for _, m := range w.Months[max(0, len(w.Months)-3):] {
		if m.Costs == nil {
			return warn(CostsMissing, "the report of %s has no operating costs", m.Month)
		}
	}
	return Warning{}, false
}

func coverageFell(w Watched) (Warning, bool) {
	path := Path(w.Months)
	if len(path) < 13 {
		return Warning{}, false
	}
	now, then := path[len(path)-1], path[len(path)-13]
	if index(now.Month)-index(then.Month) != 12 || then.Coverage.Sub(now.Coverage.Decimal).LessThan(decimal.New(5, -2)) {
		return Warning{}, false
	}
	return warn(CoverageFell, "%s to %s: from %s to %s of costs", then.Month, now.Month, then.Coverage, now.Coverage)
}

// year sums the twelve months that end n months before the last one; false when one is missing.
func year(all []Month, n int) (income, costs decimal.Decimal, ok bool) {
	end := len(all) - n
	if end < 12 || index(all[end-1].Month)-index(all[end-12].Month) != 11 {
		return income, costs, false
	}
	for _, m := range all[end-12 : end] {
		if m.Costs == nil {
			return income, costs, false
		}
		income, costs = income.Add(m.Contribution), costs.Add(*m.Costs)
	}
	return income, costs, true
}

func turnoverFell(w Watched) (Warning, bool) {
	n := len(w.Months)
	if n < 15 || index(w.Months[n-1].Month)-index(w.Months[n-15].Month) != 14 {
		return Warning{}, false
	}
	now, then := decimal.Zero, decimal.Zero
	for i := n - 3; i < n; i++ {
		now, then = now.Add(w.Months[i].Turnover), then.Add(w.Months[i-12].Turnover)
	}
	if !then.IsPositive() || now.GreaterThan(then.Mul(decimal.New(8, -1))) {
		return Warning{}, false
	}
	return warn(TurnoverFell, "%s in the three months to %s, %s a year before", sum(now), w.Months[n-1].Month, sum(then))
}

func cashShort(w Watched) (Warning, bool) {
	if w.Cash == nil {
		return Warning{}, false
	}
	months, endless, ok := Runway(*w.Cash, w.Months)
	if !ok || endless || months >= shortOfCash {
		return Warning{}, false
	}
	return warn(CashShort, "cash lasts %d months", months)
}

func noBalance(w Watched) (Warning, bool) {
	b := Forecast(w.Months)
	if !b.Known || b.Reached || w.Ends.IsZero() {
		return Warning{}, false
	}
	left := index(w.Ends) - index(b.From)
	if b.Earliest != nil && *b.Earliest <= left {
		return Warning{}, false
	}
	return warn(NoBalanceAhead, "support ends in %s, and coverage is not expected to reach 1 by then", w.Ends)
}

func costsOutgrow(w Watched) (Warning, bool) {
	income, costs, ok := year(w.Months, 0)
	incomeThen, costsThen, before := year(w.Months, 12)
	if !ok || !before || !costs.GreaterThan(costsThen) || !incomeThen.IsPositive() || costs.Mul(incomeThen).LessThanOrEqual(costsThen.Mul(income)) {
		return Warning{}, false
	}
	return warn(CostsOutgrow, "costs from %s to %s, contributions from %s to %s", sum(costsThen), sum(costs), sum(incomeThen), sum(income))
}
