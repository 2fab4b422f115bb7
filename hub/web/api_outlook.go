package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/internal/web"
)

// outlookJSON is where a co-operative's model is heading, in the currency of its books. What is not known is null.
type outlookJSON struct {
	Country       contracts.CountryCode `json:"country"`
	Currency      contracts.Currency    `json:"currency"`
	Months        int                   `json:"months_reported"` // of the latest four years
	Demonstration bool                  `json:"demonstration"`
	Coverage      *contracts.Decimal    `json:"coverage" jsonschema:"nullable"` // of the latest twelve months
	Path          []outlook.Point       `json:"path"`
	Balance       outlook.Balance       `json:"balance"`
	Cash          *contracts.Decimal    `json:"cash" jsonschema:"nullable"`
	Runway        *int                  `json:"months_of_cash" jsonschema:"nullable"` // null where it is not known, or where income covers the costs
	Growth        *contracts.Decimal    `json:"growth" jsonschema:"nullable"`         // of turnover in a year: 0.05 is 5 %
	Rate          *outlook.RateEffect   `json:"rate_effect" jsonschema:"nullable"`
	Support       *supportJSON          `json:"support" jsonschema:"nullable"` // null where none was sent
	Warnings      []outlook.Warning     `json:"warnings"`
	Base          *outlook.Base         `json:"base" jsonschema:"nullable"`
	WhatIf        *outlook.Result       `json:"what_if" jsonschema:"nullable"`
	Source        string                `json:"source"`
}

// supportJSON is what was sent to a country in the twelve months to the last reported one, in EUR.
type supportJSON struct {
	Sent    contracts.Money    `json:"sent"`
	PerUser *contracts.Money   `json:"per_user" jsonschema:"nullable"`
	PerEuro *contracts.Decimal `json:"per_euro_of_turnover" jsonschema:"nullable"` // null where the books are not in EUR
	Example bool               `json:"example"`                                    // what was sent is an example
}

// reportedYears is how far back the outlook looks.
const reportedYears = 4

// apiOutlook answers the outlook of a country, and what would be if: rate, growth, cost_growth, lost_at_once, lost_in_year and support change the months to come.
func (s server) apiOutlook(c echo.Context) error {
	if err := web.KnownQuery(c, "country", "rate", "growth", "cost_growth", "lost_at_once", "lost_in_year", "support"); err != nil {
		return err
	}
	if c.QueryParam("country") == "" {
		return contracts.Fault{Code: contracts.FaultMissing, Field: "country", Message: "not given", Remedy: "add it to the address"}
	}
	code, errCountry := country("country", c.QueryParam("country"))
	change, errChange := change(c)
	if err := both(errCountry, errChange); err != nil {
		return err
	}
	node, known, err := s.data.Node(c.Request().Context(), code)
	if err != nil {
		return err
	}
	if !known || node.Profile == nil {
		return web.NotFound("node")
	}
	books, _, err := investment.Read(c.Request().Context(), s.data, contracts.Date{})
	if err != nil {
		return err
	}
	out, months, err := s.outlookOf(c, node, books)
	if err != nil {
		return err
	}
	if base, ok := outlook.BaseOf(months); ok {
		result, err := outlook.WhatIf(base, change)
		if err != nil {
			return err
		}
		out.Base, out.WhatIf = &base, &result
	}
	return c.JSON(http.StatusOK, out)
}

// foresee fills in what follows from the months alone.
func (o *outlookJSON) foresee(months []outlook.Month, today contracts.Date, ends contracts.Month) {
	o.Path, o.Balance = outlook.Path(months), outlook.Forecast(months)
	o.Warnings = outlook.Warnings(outlook.Watched{Months: months, Today: today, Cash: outlook.LatestCash(months), Ends: ends})
	if n := len(o.Path); n > 0 {
		o.Coverage = &o.Path[n-1].Coverage
	}
	if g, ok := outlook.Growth(months); ok {
		o.Growth = &contracts.Decimal{Decimal: g}
	}
	if e, ok := outlook.EffectOfRate(months); ok {
		o.Rate = &e
	}
	cash := outlook.LatestCash(months)
	if cash == nil {
		return
	}
	o.Cash = &contracts.Decimal{Decimal: *cash}
	if left, endless, ok := outlook.Runway(*cash, months); ok && !endless {
		o.Runway = &left
	}
}

// reported are the months of the latest years, as far as whoever asks may see them.
func (s server) reported(c echo.Context, out *outlookJSON) ([]outlook.Month, error) {
	var all []contracts.MonthlyReport
	for year := s.today().Year() - reportedYears + 1; year <= s.today().Year(); year++ {
		reports, err := s.view(c).ReportsOfNode(c.Request().Context(), out.Country, year)
		if err != nil {
			return nil, err
		}
		all = append(all, reports...)
	}
	for _, r := range all {
		out.Demonstration = out.Demonstration || r.Demonstration
	}
	months := outlook.Months(all, out.Currency)
	out.Months = len(months)
	return months, nil
}

// supported sums what was sent to the country in the twelve months to the last reported one.
func (o *outlookJSON) supported(books investment.Books, months []outlook.Month) {
	if len(months) == 0 {
		return
	}
	last := months[len(months)-1]
	from := contracts.DateOf(last.Month.First().Time().AddDate(0, -11, 0))
	sent, example := books.SentTo(o.Country, contracts.EUR, from, last.Month.Last())
	if sent.IsZero() {
		return
	}
	users, turnover := 0, contracts.Zero(o.Currency)
	for _, m := range months[max(0, len(months)-12):] {
		if m.Month.First().Before(from) {
			continue
		}
		turnover.Amount = turnover.Amount.Add(m.Turnover)
		if m.Users != nil {
			users = *m.Users
		}
	}
	o.Support = &supportJSON{Sent: sent, Example: example}
	perUser, perEuro := outlook.SupportPer(sent, users, turnover)
	o.Support.PerUser = perUser
	if perEuro != nil {
		o.Support.PerEuro = &contracts.Decimal{Decimal: *perEuro}
	}
}

// change reads what is supposed.
func change(c echo.Context) (outlook.Change, error) {
	var fs contracts.Faults
	number := func(name string) decimal.Decimal {
		if c.QueryParam(name) == "" {
			return decimal.Zero
		}
		d, err := contracts.ParseDecimal(c.QueryParam(name), 6)
		fs.Add(name, err)
		return d
	}
	out := outlook.Change{Growth: number("growth"), CostGrowth: number("cost_growth"), LostAtOnce: number("lost_at_once"), LostInYear: number("lost_in_year"), Support: number("support")}
	if c.QueryParam("rate") != "" {
		rate := number("rate")
		out.Rate = &rate
	}
	if len(fs) == 0 {
		fs.Add("", out.Validate())
	}
	return out, fs.Err()
}
