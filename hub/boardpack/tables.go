package boardpack

import (
	"fmt"
	"strings"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

// column shows a value of a row.
func column[R any](name, heading string, value func(R) any) web.Column[R] {
	return web.Column[R]{Name: name, Heading: heading, Cell: func(r R) web.Cell { return web.Cell{Value: value(r)} }}
}

// figure is a column whose values stand to the right; amounts leave out their currency, which has a column of its own.
func figure[R any](name, heading string, value func(R) any) web.Column[R] {
	c := column(name, heading, value)
	c.Figure, c.Bare = true, true
	return c
}

// country names a country and gives its code.
func country[R any](l *web.Locale, of func(R) contracts.CountryCode) []web.Column[R] {
	code := column("code", l.T("Country code"), func(r R) any { return string(of(r)) })
	code.In = web.InFile
	return []web.Column[R]{column("country", l.T("Country"), func(r R) any { return l.Country(of(r)) }), code}
}

// invented marks what nobody published.
func invented[R any](l *web.Locale, name string, words, badge web.Words, of func(R) bool) web.Column[R] {
	return web.Column[R]{Name: name, Heading: l.T(words), Cell: func(r R) web.Cell {
		if !of(r) {
			return web.Cell{}
		}
		return web.Cell{Value: l.T(words), Badge: &web.Badge{Kind: "demo", Text: badge}}
	}}
}

// known is a value that may be absent.
func known[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

// yes writes a mark for what holds.
func yes(l *web.Locale, holds bool) any {
	if holds {
		return l.T("yes")
	}
	return nil
}

// PlanTable is plan and actual by country and year.
func PlanTable(l *web.Locale) web.Table[investment.Row] {
	type row = investment.Row
	cols := country(l, func(r row) contracts.CountryCode { return r.Country })
	cols = append(cols,
		column("programme", l.T("Programme"), func(r row) any { return r.Programme }),
		column("year", l.T("Year"), func(r row) any { return fmt.Sprint(r.Year) }),
		column("currency", l.T("Currency"), func(r row) any { return string(r.Allocated.Currency) }),
		figure("allocated", l.T("Allocated"), func(r row) any { return r.Allocated }),
		figure("released", l.T("Released"), func(r row) any { return r.Released }),
		figure("sent", l.T("Sent"), func(r row) any { return r.Sent }),
		figure("confirmed", l.T("Confirmed"), func(r row) any { return r.Confirmed }),
		figure("remaining", l.T("Remaining"), func(r row) any { return r.Remaining }),
		figure("freed", l.T("Freed by a stop"), func(r row) any { return r.Freed }),
		invented(l, "example", "Example", "Example", func(r row) bool { return r.Example }))
	return web.Table[row]{Name: "investments", Label: l.T("Plan and actual"), Columns: cols}
}

// TrancheTable is every tranche on its way.
func TrancheTable(l *web.Locale) web.Table[TrancheRow] {
	type row = TrancheRow
	cols := country(l, func(r row) contracts.CountryCode { return r.Country })
	cols = append(cols,
		column("tranche", l.T("Tranche"), func(r row) any { return r.ID }),
		column("programme", l.T("Programme"), func(r row) any { return r.Programme }),
		column("year", l.T("Year"), func(r row) any { return fmt.Sprint(r.Year) }),
		column("currency", l.T("Currency"), func(r row) any { return string(r.Amount.Currency) }),
		figure("amount", l.T("Amount"), func(r row) any { return r.Amount }),
		column("due", l.T("Due"), func(r row) any { return day(r.Due) }),
		column("state", l.T("State"), func(r row) any { return l.T(stateWords[r.State]) }),
		figure("open", l.T("Open conditions"), func(r row) any { return len(r.OpenConditions()) }),
		column("released", l.T("Released"), func(r row) any { return day(r.Released) }),
		column("ordered", l.T("Ordered"), func(r row) any { return day(r.Ordered) }),
		column("sent", l.T("Sent"), func(r row) any { return day(r.Sent) }),
		column("confirmed", l.T("Confirmed"), func(r row) any { return day(r.Confirmed) }),
		figure("repaid", l.T("Repaid"), func(r row) any { return r.Repaid }),
		figure("written_off", l.T("Written off"), func(r row) any { return r.Lost }),
		invented(l, "example", "Example", "Example", func(r row) bool { return r.Example }))
	return web.Table[row]{Name: "tranches", Label: l.T("Tranches"), Columns: cols}
}

// day is a day that may not have come.
func day(d contracts.Date) any {
	if d.IsZero() {
		return nil
	}
	return d
}

// ConditionTable is every condition, open or not.
func ConditionTable(l *web.Locale) web.Table[ConditionRow] {
	type row = ConditionRow
	cols := country(l, func(r row) contracts.CountryCode { return r.Country })
	cols = append(cols,
		column("tranche", l.T("Tranche"), func(r row) any { return r.Tranche }),
		figure("number", l.T("Number"), func(r row) any { return r.Number }),
		column("condition", l.T("Condition"), func(r row) any { return r.Text }),
		column("open", l.T("Open"), func(r row) any { return yes(l, r.Open()) }),
		column("due", l.T("Due"), func(r row) any { return day(r.Due) }),
		column("met", l.T("Holds since"), func(r row) any { return day(r.Met) }),
		column("evidence", l.T("Evidence"), func(r row) any { return r.Evidence }),
		column("waived", l.T("Waived by the decision"), func(r row) any { return r.Waived }),
		invented(l, "example", "Example", "Example", func(r row) bool { return r.Example }))
	return web.Table[row]{Name: "conditions", Label: l.T("Conditions"), Columns: cols}
}

// DecisionTable is what the board voted on.
func DecisionTable(l *web.Locale) web.Table[investment.Decision] {
	type row = investment.Decision
	return web.Table[row]{Name: "decisions", Label: l.T("Decisions"), Columns: []web.Column[row]{
		column("meeting", l.T("Meeting"), func(r row) any { return r.Meeting }),
		column("id", l.T("Decision"), func(r row) any { return r.ID }),
		column("motion", l.T("Motion"), func(r row) any { return r.Motion }),
		column("reason", l.T("Reason"), func(r row) any { return r.Reason }),
		column("minutes", l.T("Minutes"), func(r row) any { return r.Minutes }),
		figure("for", l.T("Votes for"), func(r row) any { return r.For }),
		figure("against", l.T("Votes against"), func(r row) any { return r.Against }),
		figure("abstain", l.T("Abstained"), func(r row) any { return r.Abstain }),
		figure("seats", l.T("Seats of the board"), func(r row) any { return r.Seats }),
		column("carried", l.T("carried"), func(r row) any { return yes(l, r.Carried()) }),
		invented(l, "example", "Example", "Example", func(r row) bool { return r.Example }),
	}}
}

// ReportTable is every version of every monthly report.
func ReportTable(l *web.Locale) web.Table[Report] {
	type row = Report
	cols := country(l, func(r row) contracts.CountryCode { return r.Country })
	cols = append(cols,
		column("month", l.T("Month"), func(r row) any { return r.Month }),
		column("currency", l.T("Currency"), func(r row) any { return string(r.Currency) }),
		figure("version", l.T("Version"), func(r row) any { return r.Version }),
		column("newest", l.T("Newest"), func(r row) any { return yes(l, r.Newest) }),
		column("filed_on", l.T("Filed on"), func(r row) any { return day(r.FiledOn) }),
		column("received_at", l.T("Received by the hub"), func(r row) any { return r.At }),
		figure("turnover", l.T("Turnover"), func(r row) any { return r.Turnover }),
		figure("contribution", l.T("Contribution"), func(r row) any { return r.Contribution }),
		figure("guarantee_fund", l.T("Guarantee fund"), func(r row) any { return r.GuaranteeFund }),
		figure("operating_costs", l.T("Operating costs"), func(r row) any { return known(r.OperatingCosts) }),
		figure("staff_costs", l.T("Staff costs"), func(r row) any { return known(r.StaffCosts) }),
		figure("grants", l.T("Grants"), func(r row) any { return known(r.Grants) }),
		figure("other_income", l.T("Income of other kinds"), func(r row) any { return known(r.OtherIncome) }),
		figure("cash", l.T("Cash held"), func(r row) any { return known(r.Cash) }),
		figure("guarantee_fund_balance", l.T("Balance of the guarantee fund"), func(r row) any { return known(r.GuaranteeFundBalance) }),
		figure("active_members", l.T("Active members"), func(r row) any { return r.ActiveMembers }),
		figure("users", l.T("Users"), func(r row) any { return known(r.Users) }),
		figure("permanent_staff", l.T("Permanent staff"), func(r row) any { return known(r.PermanentStaff) }),
		figure("offices", l.T("Offices"), func(r row) any { return known(r.Offices) }),
		invented(l, "demonstration", "Demonstration data", "Demonstration data", func(r row) bool { return r.Demonstration }))
	return web.Table[row]{Name: "reports", Label: l.T("Monthly reports"), Columns: cols}
}

// CoverageTable is coverage by country and month.
func CoverageTable(l *web.Locale) web.Table[CoverageRow] {
	type row = CoverageRow
	cols := country(l, func(r row) contracts.CountryCode { return r.Country })
	cols = append(cols,
		column("month", l.T("Month"), func(r row) any { return r.Month }),
		column("currency", l.T("Currency"), func(r row) any { return string(r.Currency) }),
		figure("contribution", l.T("Contribution"), func(r row) any { return r.Contribution }),
		figure("operating_costs", l.T("Operating costs"), func(r row) any { return known(r.Costs) }),
		figure("of_month", l.T("Coverage of the month"), func(r row) any { return known(r.OfMonth) }),
		figure("of_twelve", l.T("Coverage of twelve months"), func(r row) any { return known(r.OfTwelve) }),
		invented(l, "demonstration", "Demonstration data", "Demonstration data", func(r row) bool { return r.Demonstration }))
	return web.Table[row]{Name: "coverage", Label: l.T("Coverage"), Columns: cols}
}

// OutlookTable is where each co-operative is heading.
func OutlookTable(l *web.Locale) web.Table[Outlook] {
	type row = Outlook
	cols := country(l, func(r row) contracts.CountryCode { return r.Country })
	cols = append(cols,
		figure("months", l.T("Months reported"), func(r row) any { return r.Months }),
		column("last", l.T("Last report"), func(r row) any { return month(r.Last) }),
		figure("coverage", l.T("Coverage"), func(r row) any { return known(r.Coverage) }),
		figure("earliest", l.T("Months to balance, earliest"), func(r row) any { return known(r.Balance.Earliest) }),
		figure("likely", l.T("Months to balance, likely"), func(r row) any { return known(r.Balance.Likely) }),
		figure("latest", l.T("Months to balance, latest"), func(r row) any { return known(r.Balance.Latest) }),
		figure("cash", l.T("Cash held"), func(r row) any { return known(r.Cash) }),
		figure("runway", l.T("Months of cash"), func(r row) any { return known(r.Runway) }),
		figure("sent", l.T("Support sent in twelve months (EUR)"), func(r row) any { return r.Sent }),
		figure("per_user", l.T("Support per user (EUR)"), func(r row) any { return known(r.PerUser) }),
		figure("per_euro", l.T("Support per euro of turnover"), func(r row) any { return known(r.PerEuro) }),
		column("warnings", l.T("Early warnings"), func(r row) any { return warned(l, r) }),
		invented(l, "example", "Example", "Example", func(r row) bool { return r.Example }),
		invented(l, "demonstration", "Demonstration data", "Demonstration data", func(r row) bool { return r.Demonstration }))
	return web.Table[row]{Name: "outlook", Label: l.T("Outlook"), Columns: cols}
}

func month(m contracts.Month) any {
	if m.IsZero() {
		return nil
	}
	return m
}

func warned(l *web.Locale, o Outlook) string {
	var said []string
	if n := len(o.Late); n > 0 {
		said = append(said, l.T("A report is late"))
	}
	for _, w := range o.Warnings {
		rule, _ := Warned(l, w, o.Currency)
		said = append(said, rule)
	}
	return strings.Join(said, "; ")
}

// PublishedTable is a published table as it was printed; what is a number is one in files, too.
func PublishedTable(l *web.Locale, columns []string, source string) web.Table[[]string] {
	var cols []web.Column[[]string]
	for i, name := range columns {
		cols = append(cols, column(name, l.T(Heading(name)), func(r []string) any {
			if d, err := contracts.ParseDecimal(r[i], 4); err == nil {
				return contracts.Decimal{Decimal: d}
			}
			return r[i]
		}))
	}
	cols = append(cols, column("source", l.T("Source"), func([]string) any { return source }))
	return web.Table[[]string]{Name: "published", Label: l.T("Published figures"), Columns: cols}
}
