package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

// borderTable is the matrix as rows of cells.
type borderTable struct {
	Year   int
	Buyers []contracts.CountryCode
	Others []contracts.CountryCode // buyers summed up in one column
	Rows   []borderRow
	Totals []exchange.Figures // per buyer shown
	OtherTotal,
	Total exchange.Figures
}

type borderRow struct {
	Seller contracts.CountryCode
	Cells  []borderCell
	Other  exchange.Figures
	Total  exchange.Figures
}

type borderCell struct {
	exchange.Cell
	Heat int // 0 to 6: how large among the cells shown
	URL  string
}

// borderOf lays the matrix out with at most n buyer countries, those of the nodes' own countries first; n < 1 shows all.
func borderOf(m exchange.Matrix, year, n int) borderTable {
	t := borderTable{Year: year, Total: m.Total, Buyers: buyersShown(m, n)}
	for _, side := range m.Buyers {
		if i := slices.Index(t.Buyers, side.Country); i < 0 {
			t.Others = append(t.Others, side.Country)
			t.OtherTotal = t.OtherTotal.Plus(side.Figures)
		}
	}
	for _, b := range t.Buyers {
		i := slices.IndexFunc(m.Buyers, func(s exchange.Side) bool { return s.Country == b })
		t.Totals = append(t.Totals, m.Buyers[i].Figures)
	}
	top := top(m.Cells)
	for _, seller := range m.Sellers {
		row := borderRow{Seller: seller.Country, Total: seller.Figures}
		for _, buyer := range t.Buyers {
			cell := m.At(seller.Country, buyer)
			row.Cells = append(row.Cells, borderCell{cell, heat(cell.EUR.Amount, top), pairURL(seller.Country, buyer, year)})
		}
		for _, buyer := range t.Others {
			row.Other = row.Other.Plus(m.At(seller.Country, buyer).Figures)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// buyersShown puts the sellers' own countries first, in the same order as the rows, so that the diagonal is what stays at home.
func buyersShown(m exchange.Matrix, n int) []contracts.CountryCode {
	var home, abroad []exchange.Side
	for _, b := range m.Buyers {
		if slices.ContainsFunc(m.Sellers, func(s exchange.Side) bool { return s.Country == b.Country }) {
			home = append(home, b)
		} else {
			abroad = append(abroad, b)
		}
	}
	slices.SortStableFunc(abroad, func(a, b exchange.Side) int { return b.EUR.Amount.Cmp(a.EUR.Amount) })
	shown := []contracts.CountryCode{}
	for _, b := range append(home, abroad...) {
		if n < 1 || len(shown) < n {
			shown = append(shown, b.Country)
		}
	}
	return shown
}

func top(cells []exchange.Cell) decimal.Decimal {
	most := decimal.Zero
	for _, c := range crossing(cells) {
		most = decimal.Max(most, c.EUR.Amount)
	}
	return most
}

// heat ranks an amount among those that cross a border: each step is a third of the one above, because amounts
// between countries differ by orders of magnitude.
func heat(amount, most decimal.Decimal) int {
	if !amount.IsPositive() || !most.IsPositive() {
		return 0
	}
	level := 6
	for step := most.DivRound(decimal.New(3, 0), 2); level > 1 && amount.LessThan(step); level-- {
		step = step.DivRound(decimal.New(3, 0), 2)
	}
	return level
}

func pairURL(seller, buyer contracts.CountryCode, year int) string {
	return web.Address("/crossborder/"+string(seller)+"/"+string(buyer), "year", yearText(year))
}

type crossborder struct {
	yearPicker
	Matrix exchange.Matrix
	Border borderTable
	Totals bool // only what is about five people and more
	Flows  *web.Listed
}

func (s server) crossborder(c echo.Context) error {
	year, years, err := s.year(c)
	if err != nil {
		return err
	}
	matrix, err := exchange.Border(c.Request().Context(), s.view(c), exchange.YearOf(year), exchange.Filter{})
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	t := flowTable(l, year)
	a, err := t.Asked(c, "year")
	if err != nil {
		return err
	}
	flows, err := t.Answer(c, a, web.RowsOf(l, t, a, matrix.Cells))
	if err != nil || flows == nil {
		return err
	}
	page := crossborder{yearPicker{year, years, "/crossborder"}, matrix, borderOf(matrix, year, 0), !seesAll(c), flows}
	return s.pages.Render(c, http.StatusOK, "crossborder", web.Page{Title: l.T("Across borders in %s", yearText(year)),
		Lead:   l.T("Who sells to whom: seller countries down, buyer countries across. Amounts in EUR, without VAT, less credit notes."),
		Badges: demoBadge(matrix.Total.Demonstration > 0), Body: page})
}
