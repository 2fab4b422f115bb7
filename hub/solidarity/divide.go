package solidarity

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

var hundred = decimal.New(100, 0)

// Divide shares a budget in EUR among co-operatives by their means. The parts come to the budget to the cent: each is rounded down, and the cents
// left go to the largest remainders, of equal ones to the first country in the alphabet (method of the largest remainder). Where the
// key shares by means, who has more of them than another, or than he had, never pays less. A Fault names a figure that the key needs and nobody reported, and bounds that cannot hold.
func (k Key) Divide(budget contracts.Money, figures []Figures) ([]Part, error) {
	var fs contracts.Faults
	fs.Add("key", k.Validate())
	fs.Add("budget", euros(budget))
	fs.Add("figures", k.check(figures))
	if err := fs.Err(); err != nil {
		return nil, err
	}
	figures = slices.SortedFunc(slices.Values(figures), func(a, b Figures) int { return cmp.Compare(a.Country, b.Country) })
	d := division{Key: k, weights: k.weights(figures), parts: make([]Part, len(figures)), set: make([]bool, len(figures)), rest: budget.Amount}
	for i, f := range figures {
		d.parts[i] = Part{Country: f.Country, Amount: contracts.Zero(contracts.EUR)}
		d.weight = d.weight.Add(d.weights[i])
	}
	d.level()
	return d.parts, d.share()
}

// check demands the figures that the key shares by.
func (k Key) check(figures []Figures) error {
	if len(figures) == 0 {
		return contracts.Fault{Code: contracts.FaultMissing, Message: "no co-operative to share among", Remedy: "name at least one with its figures"}
	}
	var fs contracts.Faults
	turnover, users := decimal.Zero, 0
	for i, f := range figures {
		fs.Add("", f.Country.Validate())
		if slices.ContainsFunc(figures[:i], func(o Figures) bool { return o.Country == f.Country }) {
			fs.Addf(contracts.FaultInvalid, "", "name each country once", "%s twice", f.Country)
		}
		switch {
		case f.Turnover == nil && k.Turnover.IsPositive():
			fs.Addf(FaultFigures, "", "wait for its report, or choose a key that does without", "the turnover of %s is not known", f.Country)
		case f.Turnover != nil && (f.Turnover.Sign() < 0 || f.Turnover.Currency != contracts.EUR):
			fs.Addf(FaultFigures, "", "correct its report first", "%s is no turnover in EUR to share by: %s", f.Turnover, f.Country)
		case f.Turnover != nil:
			turnover = turnover.Add(f.Turnover.Amount)
		}
		switch {
		case f.Users == nil && k.Users.IsPositive():
			fs.Addf(FaultFigures, "", "wait for its report, or choose a key that does without", "the number of users of %s is not known", f.Country)
		case f.Users != nil && *f.Users < 0:
			fs.Addf(FaultFigures, "", "correct its report first", "%d users of %s are less than nobody", *f.Users, f.Country)
		case f.Users != nil:
			users += *f.Users
		}
	}
	if len(fs) == 0 && (k.Turnover.IsPositive() && turnover.IsZero() || k.Users.IsPositive() && users == 0) {
		fs.Addf(FaultFigures, "", "choose a key that does without", "nobody has anything of what the key shares by")
	}
	return fs.Err()
}

// weights are in proportion to the shares of the countries, exactly: percent times share of the whole, over a common denominator.
func (k Key) weights(figures []Figures) []decimal.Decimal {
	turnover, users, n := decimal.Zero, decimal.Zero, decimal.New(int64(len(figures)), 0)
	for _, f := range figures {
		turnover, users = turnover.Add(f.turnover()), users.Add(f.users())
	}
	turnover, users = orOne(turnover), orOne(users)
	all := make([]decimal.Decimal, len(figures))
	for i, f := range figures {
		all[i] = decimal.Sum(k.Turnover.Mul(f.turnover()).Mul(users).Mul(n), k.Users.Mul(f.users()).Mul(turnover).Mul(n), k.Equal.Mul(turnover).Mul(users))
	}
	return all
}

// orOne keeps a sum that nothing is shared by from making every weight zero.
func orOne(sum decimal.Decimal) decimal.Decimal {
	if sum.IsZero() {
		return decimal.New(1, 0)
	}
	return sum
}

func (f Figures) turnover() decimal.Decimal {
	if f.Turnover == nil {
		return decimal.Zero
	}
	return f.Turnover.Amount
}

func (f Figures) users() decimal.Decimal {
	if f.Users == nil {
		return decimal.Zero
	}
	return decimal.New(int64(*f.Users), 0)
}

// division shares out an amount by weights. Who stands at a bound is set to it, and the others share the rest.
type division struct {
	Key
	weights []decimal.Decimal
	parts   []Part
	set     []bool
	rest    decimal.Decimal // what those that are not set share
	weight  decimal.Decimal // of those that are not set, in sum
}

func (d *division) take(i int, m contracts.Money, b Bound) {
	d.parts[i].Amount, d.parts[i].Bound, d.set[i] = m, b, true
	d.rest, d.weight = d.rest.Sub(m.Amount), d.weight.Sub(d.weights[i])
}

// beyond is by how much a share is below the floor (above zero) or above the ceiling (below zero), times the weight of all that share.
func (d *division) beyond(i int) (decimal.Decimal, Bound) {
	share := d.rest.Mul(d.weights[i])
	if d.Floor != nil && share.LessThan(d.Floor.Amount.Mul(d.weight)) {
		return d.Floor.Amount.Mul(d.weight).Sub(share), AtFloor
	}
	if d.Ceiling != nil && share.GreaterThan(d.Ceiling.Amount.Mul(d.weight)) {
		return d.Ceiling.Amount.Mul(d.weight).Sub(share), AtCeiling
	}
	return decimal.Zero, ""
}

// level sets those who stand at a bound. In each round it is those who break the bound that is broken by more in sum: once they are set, the
// others move towards the other bound alone, so that nobody is set too early.
func (d *division) level() {
	for range d.parts {
		sum, at := decimal.Zero, make([]Bound, len(d.parts))
		for i := range d.parts {
			if d.set[i] || d.weight.IsZero() {
				continue
			}
			by, b := d.beyond(i)
			sum, at[i] = sum.Add(by), b
		}
		for i, b := range at {
			switch {
			case b == AtFloor && sum.Sign() >= 0:
				d.take(i, *d.Floor, b)
			case b == AtCeiling && sum.Sign() <= 0:
				d.take(i, *d.Ceiling, b)
			}
		}
	}
	for i := range d.parts { // those without any means, when there is nobody left to share
		if !d.set[i] && d.weight.IsZero() && d.Floor != nil {
			d.take(i, *d.Floor, AtFloor)
		}
	}
}

// share gives those who are not set the rest.
func (d *division) share() error {
	var free []int
	var weights []decimal.Decimal
	for i := range d.parts {
		if !d.set[i] {
			free, weights = append(free, i), append(weights, d.weights[i])
		}
	}
	if d.weight.IsZero() || d.rest.IsNegative() {
		if d.rest.IsZero() {
			return nil
		}
		return contracts.Fault{Code: FaultKey, Field: "budget", Message: "with the floor and the ceiling of the key the co-operatives cannot come to this budget", Remedy: "change the budget, the floor or the ceiling"}
	}
	shares, err := contracts.Money{Amount: d.rest, Currency: contracts.EUR}.Split(weights...)
	if err != nil {
		return err
	}
	for n, i := range free {
		d.parts[i].Amount = shares[n]
	}
	return nil
}
