package boardpack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
)

// State is what follows from the data.
type State struct {
	Data
	Books     investment.Books
	Countries []Country // those of the programmes and those that report, by code
}

// Country is one co-operative: what its plan is, and where its model is heading by its reports. What is not known is nil.
type Country struct {
	Code     contracts.CountryCode
	Profile  *contracts.NodeProfile
	Currency contracts.Currency // of its books
	Months   []outlook.Month
	Reports  []Report // the newest versions in that currency, by month
	Outlook  Outlook
}

// Outlook is where a co-operative's model is heading. What is not known is null.
type Outlook struct {
	Country       contracts.CountryCode `json:"country"`
	Currency      contracts.Currency    `json:"currency"`
	Months        int                   `json:"months_reported"`
	Last          contracts.Month       `json:"last_month,omitzero"`
	Coverage      *contracts.Decimal    `json:"coverage" jsonschema:"nullable"` // of the latest twelve months: contribution income over operating costs
	Balance       outlook.Balance       `json:"balance"`
	Cash          *contracts.Money      `json:"cash" jsonschema:"nullable"`           // of the latest report that says it
	Runway        *int                  `json:"months_of_cash" jsonschema:"nullable"` // null where it is not known, or where income covers the costs
	Sent          contracts.Money       `json:"support_sent"`                         // in the twelve months to the last reported one, in EUR
	PerUser       *contracts.Money      `json:"support_per_user" jsonschema:"nullable"`
	PerEuro       *contracts.Decimal    `json:"support_per_euro_of_turnover" jsonschema:"nullable"` // null where the books are not in EUR
	Warnings      []outlook.Warning     `json:"warnings"`
	Late          []contracts.Month     `json:"late_reports"`  // months whose report is due and not there
	Example       bool                  `json:"example"`       // what was sent is an example
	Demonstration bool                  `json:"demonstration"` // the reports are invented
}

// State folds the book and looks ahead.
func (d Data) State() (State, error) {
	books, err := investment.Fold(d.Entries)
	if err != nil {
		return State{}, fmt.Errorf("fold the book of investments: %v", err)
	}
	s := State{Data: d, Books: books}
	codes := map[contracts.CountryCode]bool{}
	for _, p := range books.Programmes {
		for _, c := range p.Countries {
			codes[c] = true
		}
	}
	for _, r := range d.Reports {
		codes[r.Country] = true
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		s.Countries = append(s.Countries, s.country(code))
	}
	return s, nil
}

func (s State) country(code contracts.CountryCode) Country {
	c := Country{Code: code, Currency: contracts.EUR}
	if i := slices.IndexFunc(s.Profiles, func(p contracts.NodeProfile) bool { return p.Country == code }); i >= 0 {
		c.Profile, c.Currency = &s.Profiles[i], s.Profiles[i].Currency
	}
	var reports []contracts.MonthlyReport
	for _, r := range s.Reports {
		if r.Country == code && r.Currency == c.Currency && r.Newest {
			c.Reports, reports = append(c.Reports, r), append(reports, r.MonthlyReport)
		}
	}
	c.Months = outlook.Months(reports, c.Currency)
	c.Outlook = s.outlook(c)
	return c
}

func (s State) outlook(c Country) Outlook {
	out := Outlook{Country: c.Code, Currency: c.Currency, Months: len(c.Months), Balance: outlook.Forecast(c.Months), Sent: contracts.Zero(contracts.EUR),
		Warnings: outlook.Warnings(outlook.Watched{Months: c.Months, Today: s.Today(), Cash: outlook.LatestCash(c.Months), Ends: s.ends(c.Code)}), Late: s.late(c)}
	out.Warnings = slices.DeleteFunc(out.Warnings, func(w outlook.Warning) bool { return w.Rule == outlook.ReportLate }) // Late knows the months that are not shown, too
	for _, r := range c.Reports {
		out.Demonstration = out.Demonstration || r.Demonstration
	}
	if path := outlook.Path(c.Months); len(path) > 0 {
		out.Coverage = &path[len(path)-1].Coverage
	}
	if cash := outlook.LatestCash(c.Months); cash != nil {
		out.Cash = &contracts.Money{Amount: *cash, Currency: c.Currency}
		if months, endless, ok := outlook.Runway(*cash, c.Months); ok && !endless {
			out.Runway = &months
		}
	}
	if len(c.Months) > 0 {
		s.support(&out, c.Months)
	}
	return out
}

// ends is the last month for which a country may still get support.
func (s State) ends(c contracts.CountryCode) (last contracts.Month) {
	for _, r := range s.Books.Rows() {
		if r.Country == c && r.Kept.Sign() > 0 && r.Year >= last.Year() {
			last = contracts.NewMonth(r.Year, 12)
		}
	}
	return last
}

// late lists the months whose report is due and not there.
func (s State) late(c Country) []contracts.Month {
	none := []contracts.Month{}
	if c.Profile == nil || len(s.filed[c.Code]) == 0 {
		return none
	}
	first := slices.MinFunc(slices.Collect(maps.Keys(s.filed[c.Code])), func(a, b contracts.Month) int { return a.First().Compare(b.First()) })
	return append(none, consolidation.Late(first, s.filed[c.Code], c.Profile.Left, s.Today())...)
}

// support sums what was sent in the twelve months to the last reported one.
func (s State) support(out *Outlook, months []outlook.Month) {
	last := months[len(months)-1]
	out.Last = last.Month
	from := contracts.DateOf(last.Month.First().Time().AddDate(0, -11, 0))
	out.Sent, out.Example = s.Books.SentTo(out.Country, contracts.EUR, from, last.Month.Last())
	users, turnover := 0, contracts.Zero(out.Currency)
	for _, m := range months {
		if m.Month.First().Before(from) {
			continue
		}
		turnover.Amount = turnover.Amount.Add(m.Turnover)
		if m.Users != nil {
			users = *m.Users
		}
	}
	if out.Sent.IsZero() {
		return
	}
	perUser, perEuro := outlook.SupportPer(out.Sent, users, turnover)
	out.PerUser = perUser
	if perEuro != nil {
		out.PerEuro = &contracts.Decimal{Decimal: *perEuro}
	}
}

// CoverageRow is the coverage of a co-operative in a month and in the twelve months that end with it.
type CoverageRow struct {
	Country       contracts.CountryCode `json:"country"`
	Month         contracts.Month       `json:"month"`
	Currency      contracts.Currency    `json:"currency"`
	Contribution  contracts.Money       `json:"contribution"`
	Costs         *contracts.Money      `json:"operating_costs" jsonschema:"nullable"`
	OfMonth       *contracts.Decimal    `json:"coverage_of_month" jsonschema:"nullable"`         // 1 is balance
	OfTwelve      *contracts.Decimal    `json:"coverage_of_twelve_months" jsonschema:"nullable"` // null where one of the twelve is missing
	Demonstration bool                  `json:"demonstration"`
}

// Coverage lists the coverage of each country and month.
func (s State) Coverage() []CoverageRow {
	rows := []CoverageRow{}
	for _, c := range s.Countries {
		path := map[contracts.Month]contracts.Decimal{}
		for _, p := range outlook.Path(c.Months) {
			path[p.Month] = p.Coverage
		}
		for _, r := range c.Reports {
			row := CoverageRow{Country: c.Code, Month: r.Month, Currency: c.Currency, Contribution: r.Contribution, Costs: r.OperatingCosts, Demonstration: r.Demonstration}
			if r.OperatingCosts != nil && r.OperatingCosts.Sign() > 0 {
				row.OfMonth = &contracts.Decimal{Decimal: r.Contribution.Amount.DivRound(r.OperatingCosts.Amount, 4)}
			}
			if twelve, ok := path[r.Month]; ok {
				row.OfTwelve = &twelve
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Outlooks lists where each co-operative is heading.
func (s State) Outlooks() []Outlook {
	rows := []Outlook{}
	for _, c := range s.Countries {
		rows = append(rows, c.Outlook)
	}
	return rows
}

// TrancheRow is a tranche with its programme.
type TrancheRow struct {
	Programme string `json:"programme"`
	investment.Tranche
	Example bool `json:"example"`
}

// Tranches lists all tranches, by programme, country and the day on which they are due.
func (s State) Tranches() []TrancheRow {
	rows := []TrancheRow{}
	for _, p := range s.Books.Programmes {
		for _, t := range p.Tranches {
			rows = append(rows, TrancheRow{p.ID, t, p.Example})
		}
	}
	slices.SortStableFunc(rows, func(a, b TrancheRow) int {
		return cmp.Or(cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.Country, b.Country), a.Due.Compare(b.Due))
	})
	return rows
}

// ConditionRow is a condition with its tranche.
type ConditionRow struct {
	Programme string                `json:"programme"`
	Tranche   string                `json:"tranche"`
	Country   contracts.CountryCode `json:"country"`
	Number    int                   `json:"number"`
	investment.Condition
	Due     contracts.Date   `json:"due"` // of the tranche
	State   investment.State `json:"state"`
	Example bool             `json:"example"`
}

// Conditions lists all conditions in the order of their tranches.
func (s State) Conditions() []ConditionRow {
	rows := []ConditionRow{}
	for _, t := range s.Tranches() {
		for i, c := range t.Conditions {
			rows = append(rows, ConditionRow{t.Programme, t.ID, t.Country, i + 1, c, t.Due, t.State, t.Example})
		}
	}
	return rows
}

// Total sums the programmes in EUR whose ceiling is known, and those ceilings.
func (s State) Total() (sum investment.Figures, ceiling contracts.Money) {
	z := contracts.Zero(contracts.EUR)
	sum, ceiling = investment.Figures{Allocated: z, Kept: z, Released: z, Sent: z, Confirmed: z}, z
	for _, p := range s.Books.Programmes {
		if m, known := p.Ceiling(); known && p.Currency == contracts.EUR {
			ceiling.Amount, sum = ceiling.Amount.Add(m.Amount), sum.Plus(p.Total(nil, nil))
		}
	}
	return sum, ceiling
}

// Invented tells whether anything is an example or demonstration data.
func (s State) Invented() bool {
	return s.Books.Example() || slices.ContainsFunc(s.Reports, func(r Report) bool { return r.Demonstration })
}

// percentOf writes a share as percents.
func percentOf(share decimal.Decimal) decimal.Decimal { return share.Shift(2) }
