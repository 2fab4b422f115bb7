package assembly_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/assembly"
)

func eur(minor int64) contracts.Money   { return contracts.FromMinor(minor, contracts.EUR) }
func some(minor int64) *contracts.Money { m := eur(minor); return &m }

func report(month time.Month, contribution, fund int64, staff, costs *contracts.Money) contracts.MonthlyReport {
	return contracts.MonthlyReport{Country: "BE", Month: contracts.NewMonth(2023, month), Currency: contracts.EUR, Contribution: eur(contribution), GuaranteeFund: eur(fund), StaffCosts: staff, OperatingCosts: costs}
}

func TestWhatIsNotReportedIsNotSaid(t *testing.T) {
	whole := report(1, 1000, 50, some(400), some(700))
	for name, c := range map[string]struct {
		reports []contracts.MonthlyReport
		kinds   []assembly.Kind
		left    string
		missing int
	}{
		"all is known":         {[]contracts.MonthlyReport{whole}, []assembly.Kind{assembly.Staff, assembly.Operations, assembly.Guarantee, assembly.Abroad}, "0.50", 11},
		"staff is not":         {[]contracts.MonthlyReport{whole, report(2, 1000, 50, nil, some(700))}, []assembly.Kind{assembly.Operations, assembly.Guarantee, assembly.Abroad}, "3.00", 10},
		"costs are not":        {[]contracts.MonthlyReport{report(2, 1000, 50, nil, nil)}, []assembly.Kind{assembly.Guarantee, assembly.Abroad}, "", 11},
		"nothing was reported": {nil, []assembly.Kind{assembly.Staff, assembly.Operations, assembly.Guarantee, assembly.Abroad}, "-2.00", 12},
	} {
		a := assembly.Make("BE", 2023, contracts.EUR, c.reports, []assembly.Support{{Country: "AT", Amount: eur(200)}})
		var kinds []assembly.Kind
		for _, p := range a.Parts {
			kinds = append(kinds, p.Kind)
		}
		left := ""
		if a.Left != nil {
			left = a.Left.Fixed()
		}
		if cmp.Diff(c.kinds, kinds) != "" || left != c.left || len(a.Missing) != c.missing {
			t.Errorf("%s: %v, %q left, %d months missing", name, kinds, left, len(a.Missing))
		}
	}
}

// Parts and what is left come to what came in, to the cent.
func TestPartsSumToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, 1e9)
		var reports []contracts.MonthlyReport
		for m := range rapid.IntRange(1, 12).Draw(t, "months") {
			costs := amount.Draw(t, "costs")
			r := report(time.Month(m+1), amount.Draw(t, "in"), amount.Draw(t, "fund"), some(rapid.Int64Range(0, costs).Draw(t, "staff")), some(costs))
			r.OtherIncome = some(amount.Draw(t, "other"))
			reports = append(reports, r)
		}
		a := assembly.Make("BE", 2023, contracts.EUR, reports, []assembly.Support{{Country: "SE", Amount: eur(amount.Draw(t, "abroad"))}})
		sum := *a.Left
		for _, p := range a.Parts {
			sum.Amount = sum.Amount.Add(p.Amount.Amount)
		}
		if in := a.Contribution.Amount.Add(a.Other.Amount); !sum.Amount.Equal(in) {
			t.Fatalf("%s, and %s came in", sum, in)
		}
	})
}

func TestTheLatestActOfAYearCounts(t *testing.T) {
	act := func(year int, withdrawn bool) assembly.Act {
		return assembly.Act{Year: year, Withdrawn: withdrawn, Account: &assembly.Account{}}
	}
	years := func(acts ...assembly.Act) (all []int) {
		for _, a := range assembly.Published(acts) {
			all = append(all, a.Year)
		}
		return all
	}
	for i, c := range []struct {
		acts []assembly.Act
		want []int
	}{{nil, nil}, {[]assembly.Act{act(2022, false), act(2023, false)}, []int{2023, 2022}}, {[]assembly.Act{act(2023, false), act(2023, true)}, nil},
		{[]assembly.Act{act(2023, false), act(2023, true), act(2023, false), act(2023, false)}, []int{2023}}} {
		if diff := cmp.Diff(c.want, years(c.acts...)); diff != "" {
			t.Errorf("%d: %s", i, diff)
		}
	}
}
