package solidarity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/solidarity"
)

type country = solidarity.Country

func eur(amount string) contracts.Money { return contracts.MustMoney(amount, contracts.EUR) }

func of(c country, turnover string, users int) solidarity.Figures {
	m := eur(turnover)
	return solidarity.Figures{Country: c, Turnover: &m, Users: &users}
}

func key(turnover, users, equal string) solidarity.Key {
	return solidarity.Key{Turnover: contracts.MustPercent(turnover), Users: contracts.MustPercent(users), Equal: contracts.MustPercent(equal)}
}

func bounded(k solidarity.Key, floor, ceiling string) solidarity.Key {
	if floor != "" {
		m := eur(floor)
		k.Floor = &m
	}
	if ceiling != "" {
		m := eur(ceiling)
		k.Ceiling = &m
	}
	return k
}

func TestAKeySharesByMeansToTheCent(t *testing.T) {
	three := []solidarity.Figures{of("AT", "100.00", 1), of("BE", "700.00", 2), of("DE", "200.00", 1)}
	for _, c := range []struct {
		name   string
		key    solidarity.Key
		budget string
		want   string
	}{
		{"by turnover", key("100", "0", "0"), "1000.00", "AT 100.00, BE 700.00, DE 200.00"},
		{"by users", key("0", "100", "0"), "1000.00", "AT 250.00, BE 500.00, DE 250.00"},
		{"in equal parts the odd cent goes to the first of the alphabet", key("0", "0", "100"), "100.00", "AT 33.34, BE 33.33, DE 33.33"},
		{"a mix weighs its parts", key("50", "30", "20"), "1000.00", "AT 191.67, BE 566.67, DE 241.66"},
		{"what a ceiling takes off is shared by the others", bounded(key("100", "0", "0"), "", "400.00"), "1000.00", "AT 200.00, BE 400.00 ceiling, DE 400.00"},
		{"what a floor adds is taken off the others", bounded(key("100", "0", "0"), "160.00", ""), "1000.00", "AT 160.00 floor, BE 653.33, DE 186.67"},
		{"floor and ceiling hold together", bounded(key("100", "0", "0"), "150.00", "600.00"), "1000.00", "AT 150.00 floor, BE 600.00 ceiling, DE 250.00"},
	} {
		parts, err := c.key.Divide(eur(c.budget), three)
		if got := said(parts); err != nil || got != c.want {
			t.Errorf("%s: %s, want %s, %v", c.name, got, c.want, err)
		}
	}
}

func said(parts []solidarity.Part) string {
	var all []string
	for _, p := range parts {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", p.Country, p.Amount.Fixed(), p.Bound)))
	}
	return strings.Join(all, ", ")
}

func TestAKeyThatCannotShareSaysWhy(t *testing.T) {
	unknown := []solidarity.Figures{of("AT", "100.00", 1), {Country: "SE"}}
	for _, c := range []struct {
		name    string
		key     solidarity.Key
		budget  contracts.Money
		figures []solidarity.Figures
		field   string
	}{
		{"parts that are not the whole", key("50", "30", "10"), eur("10.00"), unknown, "key.turnover"},
		{"a turnover nobody reported", key("100", "0", "0"), eur("10.00"), unknown, "figures"},
		{"users nobody reported", key("0", "100", "0"), eur("10.00"), unknown, "figures"},
		{"users below zero", key("0", "100", "0"), eur("10.00"), []solidarity.Figures{of("AT", "1.00", -1)}, "figures"},
		{"another currency", key("0", "0", "100"), contracts.MustMoney("10.00", contracts.SEK), unknown, "budget"},
		{"nobody has turnover", key("100", "0", "0"), eur("10.00"), []solidarity.Figures{of("AT", "0.00", 1)}, "figures"},
		{"a ceiling that cannot hold", bounded(key("0", "0", "100"), "", "4.00"), eur("10.00"), unknown, "budget"},
		{"a floor that cannot hold", bounded(key("0", "0", "100"), "6.00", ""), eur("10.00"), unknown, "budget"},
		{"a floor above the ceiling", bounded(key("0", "0", "100"), "6.00", "5.00"), eur("10.00"), unknown, "key.floor"},
		{"a country twice", key("0", "0", "100"), eur("10.00"), []solidarity.Figures{of("AT", "1.00", 1), of("AT", "1.00", 1)}, "figures"},
	} {
		_, err := c.key.Divide(c.budget, c.figures)
		fs := contracts.FaultsOf(err)
		if len(fs) == 0 || fs[0].Field != c.field || fs[0].Remedy == "" {
			t.Errorf("%s: %+v %v", c.name, fs, err)
		}
	}
}

var countries = []country{"AT", "BE", "DE", "ES", "FR", "HU", "IT", "NL", "SE"}

func anyKey(rt *rapid.T, bounds bool) solidarity.Key {
	turnover := rapid.IntRange(0, 100).Draw(rt, "turnover")
	users := rapid.IntRange(0, 100-turnover).Draw(rt, "users")
	k := key(fmt.Sprint(turnover), fmt.Sprint(users), fmt.Sprint(100-turnover-users))
	if bounds && rapid.Bool().Draw(rt, "floor?") {
		m := contracts.FromMinor(rapid.Int64Range(1, 200_00).Draw(rt, "floor"), contracts.EUR)
		k.Floor = &m
	}
	if bounds && rapid.Bool().Draw(rt, "ceiling?") {
		m := contracts.FromMinor(rapid.Int64Range(100_00, 5_000_00).Draw(rt, "ceiling"), contracts.EUR)
		k.Ceiling = &m
	}
	return k
}

func anyFigures(rt *rapid.T) []solidarity.Figures {
	var all []solidarity.Figures
	for _, c := range countries[:rapid.IntRange(1, len(countries)).Draw(rt, "countries")] {
		turnover := contracts.FromMinor(rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 20_000_000_000)).Draw(rt, "turnover of "+string(c)), contracts.EUR)
		users := rapid.IntRange(0, 25_000).Draw(rt, "users of "+string(c))
		all = append(all, solidarity.Figures{Country: c, Turnover: &turnover, Users: &users})
	}
	return all
}

// TestThePartsAreTheBudgetAndKeepTheBounds for any key and any figures; who has more pays no less.
func TestThePartsAreTheBudgetAndKeepTheBounds(t *testing.T) {
	shared := 0
	rapid.Check(t, func(rt *rapid.T) {
		k, figures := anyKey(rt, true), anyFigures(rt)
		budget := contracts.FromMinor(rapid.Int64Range(1, 1_000_000_00).Draw(rt, "budget"), contracts.EUR)
		parts, err := k.Divide(budget, figures)
		if err != nil {
			if !contracts.IsFault(err) {
				rt.Fatal(err)
			}
			return
		}
		shared++
		sum := decimal.Zero
		for i, p := range parts {
			sum = sum.Add(p.Amount.Amount)
			if _, err := p.Amount.Minor(); err != nil || p.Amount.Sign() < 0 || k.Floor != nil && p.Amount.Amount.LessThan(k.Floor.Amount) || k.Ceiling != nil && p.Amount.Amount.GreaterThan(k.Ceiling.Amount) {
				rt.Fatalf("%+v", p)
			}
			for j, q := range parts {
				a, b := figures[i], figures[j]
				if k.Equal.LessThan(decimal.New(100, 0)) && a.Turnover.Amount.GreaterThan(b.Turnover.Amount) && *a.Users > *b.Users && p.Amount.Amount.LessThan(q.Amount.Amount) {
					rt.Fatalf("%+v has more than %+v and pays %s, the other %s", a, b, p.Amount, q.Amount)
				}
			}
		}
		if !sum.Equal(budget.Amount) {
			rt.Fatalf("the parts come to %s of %s", sum, budget)
		}
	})
	if shared == 0 {
		t.Error("nothing was ever shared")
	}
}

// TestMoreMeansNeverPayLess: the same co-operative with more turnover and more users, all others as they were.
func TestMoreMeansNeverPayLess(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k, figures := anyKey(rt, true), anyFigures(rt)
		budget := contracts.FromMinor(rapid.Int64Range(1, 100_000_00).Draw(rt, "budget"), contracts.EUR)
		before, err := k.Divide(budget, figures)
		if err != nil {
			return
		}
		i := rapid.IntRange(0, len(figures)-1).Draw(rt, "who")
		turnover := contracts.FromMinor(rapid.Int64Range(0, 10_000_000_000).Draw(rt, "more turnover"), contracts.EUR)
		turnover.Amount = turnover.Amount.Add(figures[i].Turnover.Amount)
		users := *figures[i].Users + rapid.IntRange(0, 1000).Draw(rt, "more users")
		figures[i] = solidarity.Figures{Country: figures[i].Country, Turnover: &turnover, Users: &users}
		after, err := k.Divide(budget, figures)
		if err != nil {
			rt.Fatal(err)
		}
		if after[i].Amount.Amount.LessThan(before[i].Amount.Amount) {
			rt.Fatalf("%s pays %s instead of %s with more means", figures[i].Country, after[i].Amount, before[i].Amount)
		}
	})
}
