package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

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

// overview is the network at a glance.
type overview struct {
	yearPicker
	Matrix    exchange.Matrix
	Border    borderTable
	Map       flowMap
	Flows     []exchange.Cell // the largest across a border
	Published *publishedTable
	Computed  []consolidation.Row
	Demo      bool
}

// mostFlows is how many flows the table beside the map lists.
const mostFlows = 14

func (s server) overview(c echo.Context) error {
	if err := known(c, "year"); err != nil {
		return err
	}
	year, years, err := s.year(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return err
	}
	matrix, err := exchange.Border(ctx, s.data, exchange.YearOf(year), exchange.Filter{})
	if err != nil {
		return err
	}
	computed, err := consolidation.Compute(ctx, s.data, year)
	if err != nil {
		return err
	}
	published, found, err := s.data.PublishedTable(ctx, year)
	if err != nil {
		return err
	}
	page := overview{yearPicker: yearPicker{year, years, "/"}, Matrix: matrix, Computed: computed, Flows: largest(crossing(matrix.Cells), mostFlows),
		Border: borderOf(matrix, year, mostBuyers), Map: drawFlows(matrix, nodes, contracts.NewDate(year, 12, 31)), Demo: demonstration(matrix, computed)}
	if found {
		page.Published = &publishedTable{published.Table, published.Version}
	}
	return s.pages.Render(c, http.StatusOK, "overview", web.Page{Title: "The network in " + yearText(year), Badges: demoBadge(page.Demo),
		Lead: "What the national co-operatives invoice, at home and across borders, and what their reports say.", Body: page})
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

// publishedTable shows a filed table word for word.
type publishedTable struct {
	consolidation.Table
	Version int
}

// headings names the columns of the annual reports; a column not listed shows its own name.
var headings = map[string]string{
	"country": "Country", "enterprise": "Enterprise", "legal_form": "Legal form", "founded": "Founded", "offices": "Offices",
	"permanent_staff": "Permanent staff", "users": "Users", "turnover_keur": "Turnover (thousand EUR)", "turnover_change_pct": "Change on the year before",
	"contribution": "Contribution", "contribution_note": "Note", "operational_since": "Operational since", "guarantee_fund": "Guarantee fund",
	"payout_term": "Members are paid", "legal_assistance": "Legal assistance", "management_fee_excl_vat": "Contribution (excl. VAT)",
	"users_band": "Users", "turnover_note": "Turnover", "note": "Note",
}

// figureColumns are set to the right.
var figureColumns = []string{"offices", "permanent_staff", "users", "turnover_keur", "turnover_change_pct"}

// publishedCell is a cell as the page shows it.
type publishedCell struct {
	Heading string
	Text    string
	Country contracts.CountryCode // of the first column
	Figure  bool
	Words   bool // a sentence, which needs room
}

// Headings returns the header cells.
func (t publishedTable) Headings() []publishedCell {
	cells := make([]publishedCell, len(t.Columns))
	for i, name := range t.Columns {
		cells[i] = publishedCell{Heading: cmp.Or(headings[name], strings.ReplaceAll(name, "_", " ")), Figure: isFigure(name, t), Words: strings.HasSuffix(name, "note")}
	}
	return cells
}

// isFigure keeps a column of words, such as the offices of 2016, to the left.
func isFigure(name string, t publishedTable) bool {
	at := t.Column(name)
	return slices.Contains(figureColumns, name) && !slices.ContainsFunc(t.Rows, func(row []string) bool { return strings.ContainsAny(row[at], " abcdefghijklmnopqrstuvwxyz") })
}

// Cells returns the rows: the text of the report, a change with its sign and the percent sign the report prints.
func (t publishedTable) Cells() [][]publishedCell {
	rows := make([][]publishedCell, len(t.Rows))
	for i, row := range t.Rows {
		cells := t.Headings()
		for j, value := range row {
			cells[j].Text = value
			switch t.Columns[j] {
			case "country":
				cells[j].Country = contracts.CountryCode(value)
			case "turnover_change_pct":
				cells[j].Text = printedChange(value)
			}
		}
		rows[i] = cells
	}
	return rows
}

// Wide tells whether the table has more columns than a page is wide; it is then shown as the report prints it, with a column per
// country.
func (t publishedTable) Wide() bool { return len(t.Columns) > 10 }

// Turned returns a row per column of the file, the country names left out.
func (t publishedTable) Turned() [][]publishedCell {
	var turned [][]publishedCell
	rows, at := t.Cells(), t.Column("country")
	for j := range t.Columns {
		if j == at {
			continue
		}
		line := make([]publishedCell, len(rows))
		for i, row := range rows {
			line[i] = row[j]
			line[i].Country = contracts.CountryCode(t.Rows[i][at])
		}
		turned = append(turned, line)
	}
	return turned
}

// printedChange adds the sign and the percent sign that the report prints and the file leaves out.
func printedChange(value string) string {
	switch {
	case value == "":
		return ""
	case strings.HasPrefix(value, "-"):
		return "−" + value[1:] + "%"
	}
	return "+" + value + "%"
}
