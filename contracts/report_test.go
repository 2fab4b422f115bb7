package contracts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/contracts/sample"
)

func TestAReportSaysWhichFigureIsWrong(t *testing.T) {
	money := func(s string, c contracts.Currency) *contracts.Money { m := contracts.MustMoney(s, c); return &m }
	cent := contracts.MustMoney("1.00", "EUR")
	cent.Amount = cent.Amount.Shift(-3)
	minus := -3
	for name, c := range map[string]struct {
		change func(*contracts.MonthlyReport)
		want   []string
	}{
		"as it is":                         {func(*contracts.MonthlyReport) {}, nil},
		"what nobody has said yet":         {func(r *contracts.MonthlyReport) { r.Users, r.Cash, r.OperatingCosts, r.StaffCosts = nil, nil, nil, nil }, nil},
		"overdrawn":                        {func(r *contracts.MonthlyReport) { r.Cash = money("-10.00", "EUR") }, nil},
		"negative users":                   {func(r *contracts.MonthlyReport) { r.Users = &minus }, []string{"invalid@users"}},
		"another currency":                 {func(r *contracts.MonthlyReport) { r.Cash = money("10.00", "SEK") }, []string{"currency@cash"}},
		"more decimals than the currency":  {func(r *contracts.MonthlyReport) { r.Grants = &cent }, []string{"amount@grants"}},
		"a fund below zero":                {func(r *contracts.MonthlyReport) { r.GuaranteeFundBalance = money("-0.01", "EUR") }, []string{"amount@guarantee_fund_balance"}},
		"more for staff than for all":      {func(r *contracts.MonthlyReport) { r.StaffCosts = money("21000.01", "EUR") }, []string{"amount@staff_costs"}},
		"on the last day of its own month": {func(r *contracts.MonthlyReport) { r.FiledOn = contracts.MustDate("2026-03-31") }, []string{"early@month"}},
		"without a day":                    {func(r *contracts.MonthlyReport) { r.FiledOn = contracts.Date{} }, []string{"missing@filed_on"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := sample.Report()
			c.change(&r)
			var got []string
			if err := r.Validate(); err != nil {
				for _, f := range contracts.FaultsOf(err) {
					got = append(got, string(f.Code)+"@"+f.Field)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMonthClosesWithTheYearAfterIt(t *testing.T) {
	r := sample.Report()
	if got := contracts.ReportDue(r.Month).String(); got != "2026-05-15" {
		t.Errorf("due %s", got)
	}
	for day, open := range map[string]bool{"2027-12-31": true, "2028-01-01": false} {
		r.FiledOn = contracts.MustDate(day)
		if err := r.CheckCorrection(); (err == nil) != open {
			t.Errorf("corrected on %s: %v", day, err)
		}
	}
}
