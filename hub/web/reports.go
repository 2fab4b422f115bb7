package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/internal/web"
)

// lateReports lists the months whose report was due and is not there, by country, in order.
func (s server) lateReports(ctx context.Context) (map[contracts.CountryCode][]contracts.Month, error) {
	begun, err := s.data.FirstMonths(ctx)
	if err != nil {
		return nil, err
	}
	filed, err := s.data.ReportMonths(ctx)
	if err != nil {
		return nil, err
	}
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	late := map[contracts.CountryCode][]contracts.Month{}
	for _, n := range nodes {
		first, has := begun[n.Country]
		known := map[contracts.Month]bool{}
		for _, m := range filed[n.Country] {
			known[m] = true
		}
		left := contracts.Date{}
		if n.Profile != nil {
			left = n.Profile.Left
		}
		if months := consolidation.Late(first, known, left, s.today()); has && len(months) > 0 {
			late[n.Country] = months
		}
	}
	return late, nil
}

// reportPage is every version of a node's report of a month.
type reportPage struct {
	Country  contracts.CountryCode
	Month    contracts.Month
	Versions []reportVersion
}

// reportVersion is a report as it was signed.
type reportVersion struct {
	consolidation.FiledReport
	Figures []reportFigure
}

// reportFigure is one line of it; the value is nil where it is not said.
type reportFigure struct {
	Name    web.Words
	Amount  *contracts.Money
	Number  *int
	Decimal *contracts.Decimal
}

// linesOf are the figures of a report in the order of the page.
func linesOf(r contracts.MonthlyReport) []reportFigure {
	return []reportFigure{
		{Name: web.Words("Turnover"), Amount: &r.Turnover}, {Name: web.Words("Contribution"), Amount: &r.Contribution}, {Name: web.Words("of which guarantee fund"), Amount: &r.GuaranteeFund},
		{Name: web.Words("Other income"), Amount: r.OtherIncome}, {Name: web.Words("Grants received locally"), Amount: r.Grants},
		{Name: web.Words("Operating costs"), Amount: r.OperatingCosts}, {Name: web.Words("of which permanent staff"), Amount: r.StaffCosts},
		{Name: web.Words("Cash on the last day"), Amount: r.Cash}, {Name: web.Words("Guarantee fund on the last day"), Amount: r.GuaranteeFundBalance},
		{Name: web.Words("Received from buyers"), Amount: &r.Received}, {Name: web.Words("Receivable at the end"), Amount: &r.Receivable}, {Name: web.Words("VAT"), Amount: &r.Tax},
		{Name: web.Words("Invoices"), Number: &r.Invoices}, {Name: web.Words("Credit notes"), Number: &r.CreditNotes}, {Name: web.Words("Active members"), Number: &r.ActiveMembers},
		{Name: web.Words("Users"), Number: r.Users}, {Name: web.Words("Permanent staff"), Decimal: r.PermanentStaff}, {Name: web.Words("Offices"), Number: r.Offices},
	}
}

// report shows every version of a month's report, as far as whoever asks may see the month.
func (s server) report(c echo.Context) error {
	if err := web.KnownQuery(c, "currency"); err != nil {
		return err
	}
	code, err := country("country", strings.ToUpper(c.Param("country")))
	if err != nil {
		return err
	}
	m, err := month("month", c.Param("month"))
	if err != nil {
		return err
	}
	seen, err := s.view(c).ReportsOfNode(c.Request().Context(), code, m.Year())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(seen, func(r contracts.MonthlyReport) bool {
		return r.Month == m && (c.QueryParam("currency") == "" || string(r.Currency) == c.QueryParam("currency"))
	})
	if i < 0 {
		return web.NotFound("report")
	}
	filed, err := s.data.ReportVersions(c.Request().Context(), code, m, seen[i].Currency)
	if err != nil {
		return err
	}
	page, demo := reportPage{Country: code, Month: m}, false
	for _, f := range filed {
		page.Versions, demo = append(page.Versions, reportVersion{f, linesOf(f.Report)}), demo || f.Report.Demonstration
	}
	l := web.LocaleOf(c)
	return s.pages.Render(c, http.StatusOK, "report", web.Page{Title: l.T("Report of %s", m), Badges: demoBadge(demo), Body: page,
		Crumbs: []web.Link{{Text: l.T("Nodes"), URL: "/nodes"}, {Text: l.Country(code), URL: "/nodes/" + string(contracts.NodeID(code))}, {Text: l.Month(m)}}})
}
