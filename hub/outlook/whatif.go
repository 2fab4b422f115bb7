package outlook

import (
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Base is where a what-if starts: a month as it is now.
type Base struct {
	Turnover contracts.Decimal `json:"turnover"` // of a month
	Rate     contracts.Decimal `json:"rate"`     // contribution over turnover, 0.1 is 10 %
	Costs    contracts.Decimal `json:"costs"`    // of a month
	Grants   contracts.Decimal `json:"grants"`   // of a month
}

// BaseOf is the average of the latest twelve months with known costs; false with fewer than three.
func BaseOf(all []Month) (b Base, ok bool) {
	latest := known(all)
	latest = latest[max(0, len(latest)-12):]
	if len(latest) < 3 {
		return b, false
	}
	var turnover, costs, grants, income decimal.Decimal
	for _, m := range latest {
		turnover, costs, grants, income = turnover.Add(m.Turnover), costs.Add(*m.Costs), grants.Add(m.Grants), income.Add(m.Contribution)
	}
	if !turnover.IsPositive() {
		return b, false
	}
	each := func(sum decimal.Decimal) contracts.Decimal {
		return contracts.Decimal{Decimal: sum.DivRound(decimal.NewFromInt(int64(len(latest))), 2)}
	}
	return Base{Turnover: each(turnover), Rate: contracts.Decimal{Decimal: income.DivRound(turnover, 6)}, Costs: each(costs), Grants: each(grants)}, true
}

// Change is what is supposed. Growths are per year, 0.05 is 5 %.
type Change struct {
	Rate       *decimal.Decimal `json:"rate,omitzero"` // new contribution rate; nil leaves it
	Growth     decimal.Decimal  `json:"growth"`        // of turnover
	CostGrowth decimal.Decimal  `json:"cost_growth"`
	LostAtOnce decimal.Decimal  `json:"lost_at_once"` // share of turnover that is gone from the first month, such as the largest buyer's
	LostInYear decimal.Decimal  `json:"lost_in_year"` // share of turnover that goes in twelve equal steps
	Support    decimal.Decimal  `json:"support"`      // of a month, offered
}

// Validate returns the faults of a change: what lies outside what can be supposed.
func (c Change) Validate() error {
	var fs contracts.Faults
	inside := func(name string, d decimal.Decimal, least, most float64) {
		if d.LessThan(decimal.NewFromFloat(least)) || d.GreaterThan(decimal.NewFromFloat(most)) {
			fs.Addf(contracts.FaultInvalid, name, "write a share, such as 0.05 for 5%", "%s is outside %v to %v", d, least, most)
		}
	}
	if c.Rate != nil {
		inside("rate", *c.Rate, 0, 1)
	}
	inside("growth", c.Growth, -0.9, 3)
	inside("cost_growth", c.CostGrowth, -0.9, 3)
	inside("lost_at_once", c.LostAtOnce, 0, 1)
	inside("lost_in_year", c.LostInYear, 0, 1)
	if c.Support.IsNegative() {
		fs.Addf(contracts.FaultAmount, "support", "give nothing or more", "%s is below zero", c.Support)
	}
	return fs.Err()
}

// Result is what a change comes to.
type Result struct {
	Balance  *int                `json:"months_to_balance"` // nil: not within ten years
	Needed   contracts.Decimal   `json:"support_needed"`    // sum of what is missing each month until then, or for ten years
	Offered  contracts.Decimal   `json:"support_offered"`   // sum over the same months
	Coverage []contracts.Decimal `json:"coverage"`          // of each month from now, until balance and a year beyond, at most ten years
}

// WhatIf plays the months to come under a change: contribution is rate times turnover, grants stay. Balance is the first month from which contribution
// and grants pay the costs of a whole year. The first month is 0.
func WhatIf(b Base, c Change) (Result, error) {
	if err := c.Validate(); err != nil {
		return Result{}, fmt.Errorf("what if: %w", err)
	}
	rate := b.Rate.Decimal
	if c.Rate != nil {
		rate = *c.Rate
	}
	gaps, coverage := make([]decimal.Decimal, horizon), make([]contracts.Decimal, horizon)
	for m := range horizon {
		turnover := b.Turnover.Mul(factor(c.Growth, m)).Mul(decimal.NewFromInt(1).Sub(c.LostAtOnce)).Mul(decimal.NewFromInt(1).Sub(c.lost(m)))
		costs, income := b.Costs.Mul(factor(c.CostGrowth, m)), turnover.Mul(rate)
		gaps[m] = costs.Sub(income).Sub(b.Grants.Decimal)
		if costs.IsPositive() {
			coverage[m] = contracts.Decimal{Decimal: income.DivRound(costs, 4)}
		}
	}
	r := Result{Balance: balanced(gaps)}
	until := horizon
	if r.Balance != nil {
		until = *r.Balance
	}
	for _, g := range gaps[:until] {
		r.Needed.Decimal = r.Needed.Add(decimal.Max(g, decimal.Zero))
		r.Offered.Decimal = r.Offered.Add(c.Support)
	}
	r.Needed.Decimal, r.Coverage = r.Needed.Round(2), coverage[:min(horizon, until+12)]
	return r, nil
}

// lost is the share of turnover that has gone by a month of the first year's steps.
func (c Change) lost(month int) decimal.Decimal {
	return c.LostInYear.Mul(decimal.NewFromInt(int64(min(month+1, 12)))).DivRound(decimal.NewFromInt(12), 10)
}

// factor is growth per year over some months.
func factor(growth decimal.Decimal, months int) decimal.Decimal {
	return decimal.NewFromFloat(math.Pow(1+growth.InexactFloat64(), float64(months)/12)).Round(10)
}

// balanced is the first month after which no gap is left for a year, nil when there is none.
func balanced(gaps []decimal.Decimal) *int {
	good := 0
	for m, g := range gaps {
		if g.IsPositive() {
			good = 0
			continue
		}
		if good++; good == 12 {
			first := m - 11
			return &first
		}
	}
	return nil
}
