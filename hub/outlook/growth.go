package outlook

import (
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// twelve sums turnover and contribution of the twelve months that end n months before the last one; false when one is missing.
func twelve(all []Month, n int) (turnover, contribution decimal.Decimal, ok bool) {
	end := len(all) - n
	if end < 12 || index(all[end-1].Month)-index(all[end-12].Month) != 11 {
		return turnover, contribution, false
	}
	for _, m := range all[end-12 : end] {
		turnover, contribution = turnover.Add(m.Turnover), contribution.Add(m.Contribution)
	}
	return turnover, contribution, true
}

// Growth is by how much the turnover of the latest twelve months is above that of the twelve before: 0.05 is 5 % more. False when one of the months
// is missing, or there was no turnover to grow from.
func Growth(all []Month) (decimal.Decimal, bool) {
	now, _, ok := twelve(all, 0)
	then, _, before := twelve(all, 12)
	if !ok || !before || !then.IsPositive() {
		return decimal.Zero, false
	}
	return now.Sub(then).DivRound(then, 4), true
}

// RateEffect is what a change of the contribution rate brought in a year. Rates are contribution over turnover, so that terms which differ by service
// or member are in them as they were used.
type RateEffect struct {
	Before  contracts.Decimal `json:"rate_before"` // of the twelve months before
	Now     contracts.Decimal `json:"rate_now"`    // of the latest twelve
	Brought contracts.Decimal `json:"brought"`     // what the latest turnover gave more than it would have at the rate before; below zero where it gave less
	Point   contracts.Decimal `json:"one_point"`   // what one more percent of the latest turnover would give
}

// EffectOfRate compares the rates of two years; false when one of the months is missing or without turnover.
func EffectOfRate(all []Month) (RateEffect, bool) {
	now, incomeNow, ok := twelve(all, 0)
	then, incomeThen, before := twelve(all, 12)
	if !ok || !before || !then.IsPositive() || !now.IsPositive() {
		return RateEffect{}, false
	}
	of := func(d decimal.Decimal) contracts.Decimal { return contracts.Decimal{Decimal: d} }
	asBefore := now.Mul(incomeThen).DivRound(then, 2)
	return RateEffect{of(incomeThen.DivRound(then, 6)), of(incomeNow.DivRound(now, 6)), of(incomeNow.Sub(asBefore).Round(2)), of(now.Shift(-2).Round(2))}, true
}

// Spread is how a turnover is spread over buyers, or over their countries or sectors.
type Spread struct {
	Parts     int               `json:"parts"`
	Largest   contracts.Decimal `json:"largest"`         // share of the largest one
	Three     contracts.Decimal `json:"largest_three"`   // share of the largest three
	Effective contracts.Decimal `json:"effective_parts"` // so many of equal size would be as concentrated: 1 over the sum of the squared shares (Herfindahl and Hirschman)
}

// SpreadOf weighs the parts of a turnover; those that are not above zero are none. False when nothing is left.
func SpreadOf(parts []decimal.Decimal) (Spread, bool) {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p decimal.Decimal) bool { return !p.IsPositive() })
	if len(parts) == 0 {
		return Spread{}, false
	}
	slices.SortFunc(parts, func(a, b decimal.Decimal) int { return b.Cmp(a) })
	total, three, squares := decimal.Zero, decimal.Zero, decimal.Zero
	for i, p := range parts {
		total, squares = total.Add(p), squares.Add(p.Mul(p))
		if i < 3 {
			three = three.Add(p)
		}
	}
	of := func(d decimal.Decimal) contracts.Decimal { return contracts.Decimal{Decimal: d} }
	return Spread{len(parts), of(parts[0].DivRound(total, 4)), of(three.DivRound(total, 4)), of(total.Mul(total).DivRound(squares, 1))}, true
}
