package hub

import (
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/outlook"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

type outlookRead struct {
	Currency string
	Months   int `json:"months_reported"`
	Coverage *decimal.Decimal
	Balance  struct{ Earliest, Likely, Latest *int }
	Support  *struct {
		Sent    contracts.Money
		PerUser *contracts.Money `json:"per_user"`
		Example bool
	}
	Warnings []outlook.Warning
	WhatIf   *struct {
		Balance *int `json:"months_to_balance"`
	} `json:"what_if"`
}

// reporting is a hub to which Austria has reported 24 months to December 2024, whose coverage goes from 0.6 up by a point a month.
func reporting(t *testing.T) *Hub {
	t.Helper()
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, h, contracts.NodeProfilePublished{Profile: contracts.NodeProfile{Country: "AT", Name: "Beispiel", LegalForm: "Genossenschaft", Founded: "2014", Joined: contracts.MustDate("2014-01-01"), Currency: "EUR",
		Languages: []string{"de"}, Contribution: []contracts.ContributionTerm{}}})
	users, costs := 336, contracts.MustMoney("1000.00", contracts.EUR)
	for i := range 24 {
		month := contracts.DateOf(contracts.MustDate("2023-01-01").Time().AddDate(0, i, 0)).Month()
		contribution := contracts.FromMinor(int64(60000+1000*i), contracts.EUR)
		none := contracts.Zero(contracts.EUR)
		must(t, h, contracts.MonthlyReportFiled{Report: contracts.MonthlyReport{Country: "AT", Month: month, Currency: contracts.EUR, FiledOn: contracts.ReportDue(month), Turnover: contracts.Money{Amount: contribution.Amount.Mul(decimal.NewFromInt(10)), Currency: contracts.EUR},
			Contribution: contribution, GuaranteeFund: none, Tax: none, Received: none, Receivable: none, Users: &users, OperatingCosts: &costs}})
	}
	return h
}

func TestTheOutlookOfACountryComesFromItsReports(t *testing.T) {
	web := signedIn(t, reporting(t))
	o := answer[outlookRead](t, web, "/api/investment/outlook?country=AT&growth=0.25&support=50")
	if o.Currency != "EUR" || o.Months != 24 || o.Coverage == nil || !o.Coverage.Equal(decimal.RequireFromString("0.775")) {
		t.Errorf("%+v", o)
	}
	if b := o.Balance; b.Likely == nil || *b.Likely != 17 { // 0.83 and 17 points to go
		t.Errorf("%+v", b)
	}
	if s := o.Support; s == nil || s.Sent.Fixed() != "70000.00" || s.PerUser.Fixed() != "208.33" || !s.Example {
		t.Errorf("%+v", s)
	}
	if len(o.Warnings) != 2 || o.Warnings[0].Rule != outlook.ReportLate || o.Warnings[1].Rule != outlook.NoBalanceAhead {
		t.Errorf("%+v", o.Warnings)
	}
	if o.WhatIf == nil || o.WhatIf.Balance == nil || *o.WhatIf.Balance != 14 { // 0.775 x 1.25^(14/12) is just above 1
		t.Errorf("%+v", o.WhatIf)
	}
	for url, want := range map[string]int{"/api/investment/outlook": 422, "/api/investment/outlook?country=AT&rate=2": 422, "/api/investment/outlook?country=AT&growth=much": 422, "/api/investment/outlook?country=SE": 404} {
		if got := get(web, url).Code; got != want {
			t.Errorf("%s: %d, want %d", url, got, want)
		}
	}
}
