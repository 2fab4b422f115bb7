package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/report"
	"passerelle/nodes/store"
)

// mostReports is how many reports the list answers at most.
const mostReports = 200

// reportsPage lists the months of a year, filed or waiting.
type reportsPage struct {
	yearPicker
	Months []reportLine
}

// reportLine is a month with what the books say of it now, and what was filed of it.
type reportLine struct {
	Month    contracts.Month
	Turnover contracts.Money
	Filed    *store.FiledReport
	Ended    bool
}

// Waits tells whether there is something to file.
func (l reportLine) Waits() bool { return l.Filed == nil && l.Ended && !l.Turnover.IsZero() }

// Moved tells whether the books have moved since the report was filed.
func (l reportLine) Moved() bool {
	return l.Filed != nil && !l.Filed.Report.Turnover.Equal(l.Turnover)
}

func (s server) reports(c echo.Context) error {
	if err := known(c, "year"); err != nil {
		return err
	}
	years, err := s.years(c)
	if err != nil {
		return err
	}
	p := reportsPage{yearPicker: years}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		p.Months, err = s.reportLines(ctx, q, years.Year)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "reports", web.Page{Title: "Monthly reports", Body: p,
		Lead: "What the node files with the board for a month: turnover and contribution from its ledger, costs and staff from its accountant."})
}

// reportLines lists the months of a year that have begun, the newest first.
func (s server) reportLines(ctx context.Context, q storage.Querier, year int) ([]reportLine, error) {
	var lines []reportLine
	for n := 12; n > 0; n-- {
		m := contracts.NewMonth(year, time.Month(n))
		if m.First().After(s.today()) {
			continue
		}
		l := reportLine{Month: m, Ended: s.today().After(m.Last())}
		var err error
		if l.Turnover, err = s.revenue(ctx, q, m); err != nil {
			return nil, err
		}
		versions, err := s.Store.ReportVersions(ctx, q, m, s.currency())
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			l.Filed = &versions[0]
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// reportPage is one month: computed now, with where each figure comes from, and what was filed.
type reportPage struct {
	Report   contracts.MonthlyReport
	Lines    []figureLine
	Versions []store.FiledReport
	Form     form
	Ended    bool
	Said     string
}

// figureLine is a figure of the report with its source, and what the newest filed version says.
type figureLine struct {
	Name, From string
	Now        contracts.Money
	Filed      *contracts.Money
}

// Differs tells whether the books have moved since the report was filed.
func (l figureLine) Differs() bool { return l.Filed != nil && !l.Filed.Equal(l.Now) }

func (s server) report(c echo.Context) error {
	if err := known(c, "done"); err != nil {
		return err
	}
	return s.showReport(c, http.StatusOK, nil)
}

// showReport shows a month; without a form, with the figures the accountant gave last.
func (s server) showReport(c echo.Context, status int, f *form) error {
	m, err := pathMonth(c)
	if err != nil {
		return err
	}
	p := reportPage{Ended: s.today().After(m.Last()), Said: said[c.QueryParam("done")]}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		if p.Report, err = s.Reports.Build(ctx, q, m, s.currency(), report.FromAccountant{}); err != nil {
			return err
		}
		p.Versions, err = s.Store.ReportVersions(ctx, q, m, s.currency())
		return err
	})
	if err != nil {
		return err
	}
	p.Lines = s.figures(p)
	switch {
	case f != nil:
		p.Form = *f
	case len(p.Versions) > 0:
		p.Form = accountantForm(p.Versions[0].Report)
	default:
		p.Form = blankForm()
	}
	l := web.LocaleOf(c)
	return s.render(c, status, "report", web.Page{Title: "Report of " + l.Month(m), Body: p,
		Crumbs: []web.Link{{Text: "Reports", URL: "/reports"}, {Text: l.Month(m)}}})
}

// figures says of each amount which accounts it is the sum of.
func (s server) figures(p reportPage) []figureLine {
	r := p.Report
	account := func(text string, a string) string {
		if a == "" {
			return text
		}
		return fmt.Sprintf("%s (%s in the chart)", text, a)
	}
	lines := []figureLine{
		{Name: "Turnover", From: account("credit of revenue in the month: invoices less credit notes, without VAT", s.accountNumber(outbound.Revenue)), Now: r.Turnover},
		{Name: "Contribution", From: "contribution received and guarantee fund, credit in the month", Now: r.Contribution},
		{Name: "of which guarantee fund", From: account("credit of the guarantee fund in the month", s.accountNumber(outbound.GuaranteeFund)), Now: r.GuaranteeFund},
		{Name: "VAT", From: account("credit of VAT payable in the month", s.accountNumber(outbound.VATPayable)), Now: r.Tax},
		{Name: "Received from buyers", From: account("debit of the bank in the month", s.accountNumber(outbound.Bank)), Now: r.Received},
		{Name: "Receivable at the end", From: account("balance of trade receivables on the last day", s.accountNumber(outbound.Receivables)), Now: r.Receivable},
	}
	if len(p.Versions) > 0 {
		f := p.Versions[0].Report
		for i, m := range []contracts.Money{f.Turnover, f.Contribution, f.GuaranteeFund, f.Tax, f.Received, f.Receivable} {
			lines[i].Filed = &m
		}
	}
	return lines
}

func accountantForm(r contracts.MonthlyReport) form {
	f := blankForm()
	for name, n := range map[string]*int{"users": r.Users, "offices": r.Offices} {
		if n != nil {
			f.values.Set(name, strconv.Itoa(*n))
		}
	}
	if r.PermanentStaff != nil {
		f.values.Set("permanent_staff", r.PermanentStaff.String())
	}
	for name, m := range map[string]*contracts.Money{"operating_costs": r.OperatingCosts, "grants": r.Grants} {
		if m != nil {
			f.values.Set(name, m.Fixed())
		}
	}
	return f
}

// readAccountant reads the accountant's figures; what he leaves empty he has not said.
func (f *form) readAccountant(c contracts.Currency) (a report.FromAccountant) {
	count := func(name string) *int {
		if f.get(name) == "" {
			return nil
		}
		n, err := strconv.Atoi(f.get(name))
		if err != nil {
			f.Faults.Addf(contracts.FaultInvalid, name, "write a whole number", "%q is no whole number", clip(f.get(name)))
		}
		return &n
	}
	amount := func(name string) *contracts.Money {
		if f.get(name) == "" {
			return nil
		}
		m := f.money(name, c)
		return &m
	}
	a = report.FromAccountant{Users: count("users"), Offices: count("offices"), OperatingCosts: amount("operating_costs"), Grants: amount("grants")}
	if f.get("permanent_staff") != "" {
		staff := f.decimal("permanent_staff")
		a.PermanentStaff = &staff
	}
	return a
}

// checkAccountant refuses figures below zero and amounts in another currency than the report's.
func checkAccountant(a report.FromAccountant, c contracts.Currency) error {
	var fs contracts.Faults
	for _, n := range []struct {
		field string
		value *int
	}{{"users", a.Users}, {"offices", a.Offices}} {
		if n.value != nil && *n.value < 0 {
			fs.Addf(contracts.FaultInvalid, n.field, "count from zero", "%d is below zero", *n.value)
		}
	}
	if a.PermanentStaff != nil && a.PermanentStaff.IsNegative() {
		fs.Addf(contracts.FaultInvalid, "permanent_staff", "give full-time equivalents", "%s is below zero", a.PermanentStaff)
	}
	for _, m := range []struct {
		field string
		value *contracts.Money
	}{{"operating_costs", a.OperatingCosts}, {"grants", a.Grants}} {
		switch {
		case m.value == nil:
		case m.value.Currency != c:
			fs.Addf(contracts.FaultCurrency, m.field, "give it in "+string(c), "in %s, the report is in %s", m.value.Currency, c)
		case m.value.Sign() < 0:
			fs.Addf(contracts.FaultAmount, m.field, "write it positive", "%s is below zero", m.value)
		}
	}
	return fs.Err()
}

func (s server) fileReport(c echo.Context) error {
	m, err := pathMonth(c)
	if err != nil {
		return err
	}
	in, err := readForm(c)
	if err != nil {
		return err
	}
	figures := in.readAccountant(s.currency())
	if len(in.Faults) == 0 {
		if err = checkAccountant(figures, s.currency()); err == nil {
			_, err = s.Reports.File(c.Request().Context(), m, s.currency(), figures)
		}
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/reports/"+m.String()+"?done=filed")
		}
		if err := in.refused(err); err != nil {
			return err
		}
	}
	return s.showReport(c, http.StatusUnprocessableEntity, &in)
}
