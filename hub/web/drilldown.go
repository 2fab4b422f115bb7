package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

// pair is the drill-down from a cell to its months.
type pair struct {
	yearPicker
	Seller, Buyer contracts.CountryCode
	Cell          exchange.Cell
	Months        []exchange.MonthOf
	Chart         barChart
	Totals        bool // only what is about five people and more
}

func (s server) pair(c echo.Context) error {
	year, years, err := s.year(c)
	if err != nil {
		return err
	}
	seller, buyer, err := pairOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	matrix, err := exchange.Border(ctx, s.view(c), exchange.YearOf(year), exchange.Filter{})
	if err != nil {
		return err
	}
	months, err := exchange.Months(ctx, s.view(c), exchange.YearOf(year), seller, buyer)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	page := pair{yearPicker: yearPicker{year, years, c.Request().URL.Path}, Seller: seller, Buyer: buyer, Cell: matrix.At(seller, buyer), Months: months, Totals: !seesAll(c),
		Chart: drawMonths(year, months, func(m contracts.Month) string { return documentsURL(seller, buyer, m) })}
	return s.pages.Render(c, http.StatusOK, "pair", web.Page{Title: l.T("%s to %s", l.Country(seller), l.Country(buyer)) + ", " + yearText(year),
		Crumbs: []web.Link{{Text: l.T("Across borders"), URL: web.Address("/crossborder", "year", yearText(year))}, {Text: l.T("%s to %s", seller, buyer)}},
		Badges: demoBadge(page.Cell.Demonstration > 0), Body: page})
}

func pairOf(c echo.Context) (seller, buyer contracts.CountryCode, err error) {
	seller, errSeller := country("seller", c.Param("seller"))
	if c.Param("buyer") == string(exchange.Several) {
		return seller, exchange.Several, errSeller
	}
	buyer, errBuyer := country("buyer", c.Param("buyer"))
	return seller, buyer, both(errSeller, errBuyer)
}

func documentsURL(seller, buyer contracts.CountryCode, m contracts.Month) string {
	return "/crossborder/" + string(seller) + "/" + string(buyer) + "/" + m.String()
}

// documentPage is the drill-down from a month to its documents.
type documentPage struct {
	Seller, Buyer contracts.CountryCode
	Month         contracts.Month
	Documents     *web.Listed
}

// mostDocuments bounds how many documents of a pair and month are listed.
const mostDocuments = 50_000

func (s server) documents(c echo.Context) error {
	q, err := documentQuery(c, "seller", "buyer", c.Param("seller"), c.Param("buyer"), c.Param("month"))
	if err != nil {
		return err
	}
	documents, err := s.data.Documents(c.Request().Context(), q, mostDocuments)
	if err != nil {
		return err
	}
	t := documentTable(web.LocaleOf(c), "documents-"+string(q.Seller)+"-"+string(q.Buyer)+"-"+q.Month.String())
	a, err := t.Asked(c)
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, web.RowsOf(web.LocaleOf(c), t, a, documents))
	if err != nil || list == nil {
		return err
	}
	page := documentPage{Seller: q.Seller, Buyer: q.Buyer, Month: q.Month, Documents: list}
	l := web.LocaleOf(c)
	demo := slices.ContainsFunc(documents, func(d exchange.Document) bool { return d.Demonstration })
	return s.pages.Render(c, http.StatusOK, "documents", web.Page{Title: l.T("%s to %s", l.Country(q.Seller), l.Country(q.Buyer)) + ", " + l.Month(q.Month),
		Lead: l.T("Each document as its node sent it: no names, no invoice numbers. The member is a random id that is new each year."),
		Crumbs: []web.Link{{Text: l.T("Across borders"), URL: web.Address("/crossborder", "year", yearText(q.Month.Year()))},
			{Text: l.T("%s to %s", q.Seller, q.Buyer), URL: pairURL(q.Seller, q.Buyer, q.Month.Year())}, {Text: l.Month(q.Month)}},
		Badges: demoBadge(demo), Body: page})
}
