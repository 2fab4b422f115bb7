package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/hub/registry"
	"passerelle/internal/web"
)

// nodeLine is a node in the list.
type nodeLine struct {
	registry.Node
	Status registry.Status
	Demo   bool
	Late   []contracts.Month // whose report was due and is not there
}

func (s server) nodes(c echo.Context) error {
	l := web.LocaleOf(c)
	t := nodeTable(l)
	a, err := t.Asked(c)
	if err != nil {
		return err
	}
	nodes, err := s.data.Nodes(c.Request().Context())
	if err != nil {
		return err
	}
	late, err := s.lateReports(c.Request().Context())
	if err != nil {
		return err
	}
	lines := make([]nodeLine, len(nodes))
	for i, n := range nodes {
		lines[i] = nodeLine{n, n.Status(s.today()), isDemonstration(n), late[n.Country]}
	}
	demo := slices.ContainsFunc(lines, func(l nodeLine) bool { return l.Demo })
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, lines))
	if err != nil || list == nil {
		return err
	}
	return s.pages.Render(c, http.StatusOK, "nodes", web.Page{Title: l.T("Nodes"), Badges: demoBadge(demo), Body: list,
		Lead: l.T("Each country runs its own node. What stands here is what each one says of itself, signed by it; the hub adds only when it last heard from it.")})
}

// nodePage is one node: its profile, and its months as documents and as reports.
type nodePage struct {
	yearPicker
	nodeLine
	Months []nodeMonth
	Totals bool // only what is about five people and more
}

// nodeMonth puts what the documents of a month in one currency sum up to beside what the node's monthly report says of it.
type nodeMonth struct {
	Month     contracts.Month
	Currency  contracts.Currency
	Documents contracts.Money // turnover
	Count     int
	Report    *contracts.MonthlyReport
}

// Difference is the report's turnover less the documents', nil while there is no report.
func (m nodeMonth) Difference() *contracts.Money {
	if m.Report == nil {
		return nil
	}
	d := contracts.Money{Amount: m.Report.Turnover.Amount.Sub(m.Documents.Amount), Currency: m.Currency}
	return &d
}

func (s server) node(c echo.Context) error {
	code, err := country("country", strings.ToUpper(c.Param("country")))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	n, found, err := s.data.Node(ctx, code)
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("node")
	}
	year, years, err := s.year(c)
	if err != nil {
		return err
	}
	entries, err := s.view(c).SellerMonths(ctx, exchange.YearOf(year), code)
	if err != nil {
		return err
	}
	reports, err := s.view(c).ReportsOfNode(ctx, code, year)
	if err != nil {
		return err
	}
	late, err := s.lateReports(ctx)
	if err != nil {
		return err
	}
	page := nodePage{yearPicker{year, years, c.Request().URL.Path}, nodeLine{n, n.Status(s.today()), isDemonstration(n), late[code]}, compare(entries, reports), !seesAll(c)}
	l := web.LocaleOf(c)
	return s.pages.Render(c, http.StatusOK, "node", web.Page{Title: l.Country(code), Badges: demoBadge(page.Demo),
		Crumbs: []web.Link{{Text: l.T("Nodes"), URL: "/nodes"}, {Text: l.Country(code)}}, Body: page})
}

// compare joins documents and reports by month and currency, in order.
func compare(entries []exchange.Entry, reports []contracts.MonthlyReport) []nodeMonth {
	var months []nodeMonth
	of := func(m contracts.Month, c contracts.Currency) *nodeMonth {
		i, found := slices.BinarySearchFunc(months, m.String()+string(c), func(n nodeMonth, key string) int {
			return strings.Compare(n.Month.String()+string(n.Currency), key)
		})
		if !found {
			months = slices.Insert(months, i, nodeMonth{Month: m, Currency: c, Documents: contracts.Zero(c)})
		}
		return &months[i]
	}
	for _, e := range entries {
		m := of(e.Month, e.Net.Currency)
		m.Documents.Amount, m.Count = m.Documents.Amount.Add(e.Net.Amount), m.Count+e.Invoices+e.CreditNotes
	}
	for _, r := range reports {
		of(r.Month, r.Currency).Report = &r
	}
	return months
}
