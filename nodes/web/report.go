package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/report"
	"passerelle/nodes/store"
)

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
	if err := web.KnownQuery(c, "done"); err != nil {
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
	p := reportPage{Ended: s.today().After(m.Last()), Said: web.LocaleOf(c).T(said[c.QueryParam("done")])}
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
	return s.render(c, status, "report", web.Page{Title: l.T("Report of %s", m), Body: p,
		Crumbs: []web.Link{{Text: l.T("Reports"), URL: "/reports"}, {Text: l.Month(m)}}})
}

// figures says of each amount which accounts it is the sum of.
func (s server) figures(p reportPage) []figureLine {
	r := p.Report
	account := func(text string, a string) string {
		if a == "" {
			return text
		}
		return fmt.Sprintf(web.Words("%s (%s in the chart)"), text, a)
	}
	lines := []figureLine{
		{Name: web.Words("Turnover"), From: account(web.Words("credit of revenue in the month: invoices less credit notes, without VAT"), s.accountNumber(outbound.Revenue)), Now: r.Turnover},
		{Name: web.Words("Contribution"), From: web.Words("contribution received and guarantee fund, credit in the month"), Now: r.Contribution},
		{Name: web.Words("of which guarantee fund"), From: account(web.Words("credit of the guarantee fund in the month"), s.accountNumber(outbound.GuaranteeFund)), Now: r.GuaranteeFund},
		{Name: web.Words("VAT"), From: account(web.Words("credit of VAT payable in the month"), s.accountNumber(outbound.VATPayable)), Now: r.Tax},
		{Name: web.Words("Received from buyers"), From: account(web.Words("debit of the bank in the month"), s.accountNumber(outbound.Bank)), Now: r.Received},
		{Name: web.Words("Receivable at the end"), From: account(web.Words("balance of trade receivables on the last day"), s.accountNumber(outbound.Receivables)), Now: r.Receivable},
	}
	if len(p.Versions) > 0 {
		f := p.Versions[0].Report
		for i, m := range []contracts.Money{f.Turnover, f.Contribution, f.GuaranteeFund, f.Tax, f.Received, f.Receivable} {
			lines[i].Filed = &m
		}
	}
	return lines
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
