// Package outlook answers where a co-operative's model is heading, from the months its node reports: coverage and its path, months to balance with a
// band, support per user and per euro of turnover, how long cash lasts, early warnings, and what would be if. All of it is pure but for the
// scenarios that somebody saves.
//
// It forecasts, and does not decide: amounts are decimals, and what is a statistic and no amount is a float. What a node has not reported is not
// guessed: the answer then says that it is not known.
package outlook

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Month is what is known of a month. All amounts are in one currency.
type Month struct {
	Month        contracts.Month
	Turnover     decimal.Decimal
	Contribution decimal.Decimal
	Costs        *decimal.Decimal // operating costs; nil until the accountant gives them
	StaffCosts   *decimal.Decimal // a part of them
	Grants       decimal.Decimal  // received locally
	OtherIncome  decimal.Decimal  // neither contribution nor grant
	Users        *int
	Staff        *decimal.Decimal // full-time equivalents
	Offices      *int
	Cash         *decimal.Decimal // on the last day
	Fund         *decimal.Decimal // the guarantee fund's balance on the last day
}

// Months makes the series of one country and currency from its reports, in order of month. Reports in another currency are left out.
func Months(reports []contracts.MonthlyReport, c contracts.Currency) (all []Month) {
	for _, r := range reports {
		if r.Currency != c {
			continue
		}
		m := Month{Month: r.Month, Turnover: r.Turnover.Amount, Contribution: r.Contribution.Amount, Users: r.Users, Offices: r.Offices,
			Costs: amount(r.OperatingCosts), StaffCosts: amount(r.StaffCosts), Cash: amount(r.Cash), Fund: amount(r.GuaranteeFundBalance)}
		if r.PermanentStaff != nil {
			m.Staff = &r.PermanentStaff.Decimal
		}
		if r.Grants != nil {
			m.Grants = r.Grants.Amount
		}
		if r.OtherIncome != nil {
			m.OtherIncome = r.OtherIncome.Amount
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b Month) int { return cmp.Compare(index(a.Month), index(b.Month)) })
	return all
}

// amount is what was said, nil where nothing was.
func amount(m *contracts.Money) *decimal.Decimal {
	if m == nil {
		return nil
	}
	return &m.Amount
}

// LatestCash is the cash of the latest month that says it; nil where none does.
func LatestCash(all []Month) *decimal.Decimal {
	for _, m := range slices.Backward(all) {
		if m.Cash != nil {
			return m.Cash
		}
	}
	return nil
}

// index counts months, so that they can be subtracted.
func index(m contracts.Month) int { return m.Year()*12 + int(m.First().Time().Month()) - 1 }

// ahead is the month n months later.
func ahead(m contracts.Month, n int) contracts.Month {
	return contracts.DateOf(m.First().Time().AddDate(0, n, 0)).Month()
}

// known are the months whose costs are known and not zero.
func known(all []Month) []Month {
	return slices.DeleteFunc(slices.Clone(all), func(m Month) bool { return m.Costs == nil || !m.Costs.IsPositive() })
}

// Coverage is contribution income over operating costs, of the months whose costs are known: 1 is balance. False when there is none.
func Coverage(all []Month) (decimal.Decimal, bool) {
	income, costs := decimal.Zero, decimal.Zero
	for _, m := range known(all) {
		income, costs = income.Add(m.Contribution), costs.Add(*m.Costs)
	}
	if costs.IsZero() {
		return decimal.Zero, false
	}
	return income.DivRound(costs, 4), true
}

// Point is the coverage of the twelve months that end with a month.
type Point struct {
	Month    contracts.Month   `json:"month"`
	Coverage contracts.Decimal `json:"coverage"`
}

// Path is the coverage of each twelve months in a row whose costs are all known.
func Path(all []Month) []Point {
	path := []Point{}
	months := known(all)
	for i := 11; i < len(months); i++ {
		year := months[i-11 : i+1]
		if index(year[11].Month)-index(year[0].Month) != 11 {
			continue // a month is missing
		}
		if c, ok := Coverage(year); ok {
			path = append(path, Point{year[11].Month, contracts.Decimal{Decimal: c}})
		}
	}
	return path
}

// Monthly is the coverage of each month whose costs are known.
func Monthly(all []Month) []Point {
	points := []Point{}
	for _, m := range known(all) {
		points = append(points, Point{m.Month, contracts.Decimal{Decimal: m.Contribution.DivRound(*m.Costs, 4)}})
	}
	return points
}

// LatestYear are the last twelve months whose costs are known, when they follow one another; none otherwise.
func LatestYear(all []Month) []Month {
	months := known(all)
	if n := len(months); n < 12 || index(months[n-1].Month)-index(months[n-12].Month) != 11 {
		return nil
	}
	return months[len(months)-12:]
}

// SupportPer divides support by a number of users, and by turnover in percent. A divisor that is zero or not known gives nil.
func SupportPer(support contracts.Money, users int, turnover contracts.Money) (perUser *contracts.Money, perEuro *decimal.Decimal) {
	if users > 0 {
		m := contracts.Money{Amount: support.Amount.DivRound(decimal.NewFromInt(int64(users)), 2), Currency: support.Currency}
		perUser = &m
	}
	if turnover.Currency == support.Currency && turnover.Sign() > 0 {
		share := support.Amount.DivRound(turnover.Amount, 4)
		perEuro = &share
	}
	return perUser, perEuro
}

// Runway is how many whole months cash lasts when each goes on as the latest six did: costs less contribution, grants and other income. Endless when they leave
// something over. False with fewer than three months of known costs.
func Runway(cash decimal.Decimal, all []Month) (months int, endless, ok bool) {
	latest := known(all)
	latest = latest[max(0, len(latest)-6):]
	if len(latest) < 3 {
		return 0, false, false
	}
	burnt := decimal.Zero
	for _, m := range latest {
		burnt = burnt.Add(m.Costs.Sub(m.Contribution).Sub(m.Grants).Sub(m.OtherIncome))
	}
	if !burnt.IsPositive() {
		return 0, true, true
	}
	each := burnt.Div(decimal.NewFromInt(int64(len(latest))))
	return int(decimal.Max(cash, decimal.Zero).Div(each).IntPart()), false, true
}
