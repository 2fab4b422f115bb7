package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

// yearPicker offers the years there is something to show of.
type yearPicker struct {
	Year  int
	Years []int
	Path  string
}

// overview is the state of Europe: where each co-operative stands today, and the network in a year.
type overview struct {
	yearPicker
	State     state
	Matrix    exchange.Matrix
	Map       flowMap
	Flows     []exchange.Cell // the largest across a border
	Published *publishedTable
	Computed  *web.Listed
	Demo      bool
	Totals    bool // only what is about five people and more
}

// mostFlows is how many flows the table beside the map lists.
const mostFlows = 14

func (s server) overview(c echo.Context) error {
	year, years, err := s.year(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return err
	}
	matrix, err := exchange.Border(ctx, s.view(c), exchange.YearOf(year), exchange.Filter{})
	if err != nil {
		return err
	}
	computed, err := consolidation.Compute(ctx, s.view(c), year)
	if err != nil {
		return err
	}
	published, found, err := s.data.PublishedTable(ctx, year)
	if err != nil {
		return err
	}
	now, err := s.state(c)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	t := networkTable(l, year)
	a, err := t.Asked(c, "year")
	if err != nil {
		return err
	}
	listed, err := t.Answer(c, a, web.RowsOf(l, t, a, computed))
	if err != nil || listed == nil {
		return err
	}
	page := overview{yearPicker: yearPicker{year, years, "/"}, Matrix: matrix, Computed: listed, Flows: largest(crossing(matrix.Cells), mostFlows),
		State: now, Map: drawFlows(matrix, nodes, contracts.NewDate(year, 12, 31)), Demo: demonstration(matrix, computed), Totals: !seesAll(c)}
	if found {
		page.Published = &publishedTable{published.Table, published.Version}
	}
	return s.pages.Render(c, http.StatusOK, "overview", web.Page{Title: l.T("The state of Europe"), Badges: append(demoBadge(page.Demo || now.Demo), exampleBadges(now.Example)...),
		Lead: l.T("Where each co-operative stands, what the plan gives it, and what needs the board."), Body: page})
}

func yearText(year int) string { return strconv.Itoa(year) }

func demonstration(m exchange.Matrix, rows []consolidation.Row) bool {
	return m.Total.Demonstration > 0 || slices.ContainsFunc(rows, func(r consolidation.Row) bool { return r.Demonstration })
}

func demoBadge(shown bool) []web.Badge {
	if shown {
		return []web.Badge{web.DemonstrationBadge}
	}
	return nil
}

// crossing leaves out what stays in its country.
func crossing(cells []exchange.Cell) []exchange.Cell {
	return slices.DeleteFunc(slices.Clone(cells), exchange.Cell.Domestic)
}

// largest returns the n largest cells by amount, the largest first.
func largest(cells []exchange.Cell, n int) []exchange.Cell {
	cells = slices.Clone(cells)
	slices.SortStableFunc(cells, func(a, b exchange.Cell) int { return b.EUR.Amount.Cmp(a.EUR.Amount) })
	return cells[:min(n, len(cells))]
}
