package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/hub/registry"
)

func cell(seller, buyer contracts.CountryCode, amount string) exchange.Cell {
	return exchange.Cell{Seller: seller, Buyer: buyer, Figures: exchange.Figures{EUR: contracts.MustMoney(amount, "EUR"), Invoices: 1}}
}

// matrixOf builds a matrix as exchange.Border would, for what the drawings read of it.
func matrixOf(cells ...exchange.Cell) exchange.Matrix {
	m := exchange.Matrix{Cells: cells}
	seen := map[string]bool{}
	for _, c := range cells {
		if !seen["from"+string(c.Seller)] {
			m.Sellers = append(m.Sellers, exchange.Side{Country: c.Seller})
		}
		if !seen["to"+string(c.Buyer)] {
			m.Buyers = append(m.Buyers, exchange.Side{Country: c.Buyer, Figures: c.Figures})
		}
		seen["from"+string(c.Seller)], seen["to"+string(c.Buyer)] = true, true
	}
	return m
}

func TestHeatRanksByThirds(t *testing.T) {
	most := decimal.RequireFromString("900")
	for amount, want := range map[string]int{"900": 6, "300": 6, "299.99": 5, "100": 5, "99": 4, "0.01": 1, "0": 0, "-5": 0} {
		if got := heat(decimal.RequireFromString(amount), most); got != want {
			t.Errorf("%s of %s: %d, want %d", amount, most, got, want)
		}
	}
	if heat(decimal.RequireFromString("5"), decimal.Zero) != 0 {
		t.Error("nothing crosses a border, and something is hot")
	}
}

func TestMatrixShowsOwnCountriesFirstThenTheLargest(t *testing.T) {
	m := matrixOf(cell("BE", "BE", "5"), cell("BE", "US", "10"), cell("BE", "LU", "30"), cell("DE", "DE", "1"), cell("DE", "CH", "20"))
	all := borderOf(m, 2023, 0)
	if diff := cmp.Diff([]contracts.CountryCode{"BE", "DE", "LU", "CH", "US"}, all.Buyers); diff != "" || len(all.Others) != 0 {
		t.Errorf("%s, others %v", diff, all.Others)
	}
	some := borderOf(m, 2023, 3)
	if diff := cmp.Diff([]contracts.CountryCode{"BE", "DE", "LU"}, some.Buyers); diff != "" {
		t.Error(diff)
	}
	if some.OtherTotal.EUR.Fixed() != "30.00" || some.Rows[0].Other.EUR.Fixed() != "10.00" || some.Rows[1].Other.EUR.Fixed() != "20.00" {
		t.Errorf("others: %+v", some)
	}
}

var pathShape = regexp.MustCompile(`^M-?\d+\.\d -?\d+\.\d(L-?\d+\.\d -?\d+\.\d)+Z$`)

func TestMapDrawsFlowsNodesAndWhatIsOffTheMap(t *testing.T) {
	joined := contracts.MustDate("2014-01-01")
	nodes := []registry.Node{{Country: "BE", Profile: &contracts.NodeProfile{Joined: joined}},
		{Country: "HU", Profile: &contracts.NodeProfile{Joined: joined, Left: contracts.MustDate("2020-01-01")}}}
	m := drawFlows(matrixOf(cell("BE", "BE", "500"), cell("BE", "FR", "400"), cell("FR", "BE", "4"), cell("BE", "US", "100"), cell("BE", "IT", "-3")), nodes, contracts.MustDate("2023-12-31"))
	if len(m.Flows) != 3 || m.Hidden != 1 || !m.Left {
		t.Errorf("%d flows, %d hidden, left %v", len(m.Flows), m.Hidden, m.Left)
	}
	for _, f := range m.Flows {
		if !pathShape.MatchString(f.Path) {
			t.Errorf("%s to %s: %s", f.Seller, f.Buyer, f.Path)
		}
	}
	if last := m.Flows[len(m.Flows)-1]; last.Seller != "FR" {
		t.Errorf("the smallest flow lies under %s to %s", last.Seller, last.Buyer)
	}
	classes := map[string]int{}
	for _, s := range m.Shapes {
		classes[s.Class]++
	}
	if classes["land node"] != 1 || classes["land node-left"] != 1 {
		t.Errorf("shapes: %v", classes)
	}
	boxes := []contracts.CountryCode{}
	for _, p := range m.Places {
		if p.Box {
			boxes = append(boxes, p.Country)
		}
	}
	if diff := cmp.Diff([]contracts.CountryCode{"US"}, boxes); diff != "" {
		t.Error(diff)
	}
}

func TestFlowThereAndBackDoNotCoverEachOther(t *testing.T) {
	west, east := place{X: 100, Y: 100, R: 4}, place{X: 300, Y: 100, R: 4}
	if there, back := height(t, arrow(west, east, 4)), height(t, arrow(east, west, 4)); there <= 100 || back >= 100 {
		t.Errorf("one bends to %.1f, the other to %.1f, the line between is 100", there, back)
	}
}

// height is the mean y of a path.
func height(t *testing.T, path string) float64 {
	t.Helper()
	sum, n := 0.0, 0
	for _, pair := range strings.Split(strings.Trim(path, "MZ"), "L") {
		var x, y float64
		if _, err := fmt.Sscanf(pair, "%f %f", &x, &y); err != nil {
			t.Fatalf("%q: %v", pair, err)
		}
		sum, n = sum+y, n+1
	}
	return sum / float64(n)
}

func TestEveryCountryOfTheNetworkIsOnTheMap(t *testing.T) {
	on := map[contracts.CountryCode]bool{}
	for _, o := range europe.Countries {
		if err := o.Country.Validate(); err != nil || o.Path == "" {
			t.Errorf("%s: %v", o.Country, err)
		}
		on[o.Country] = o.X > 0 && o.Y > 0
	}
	for _, c := range []contracts.CountryCode{"BE", "DE", "FR", "AT", "IT", "NL", "SE", "ES", "HU", "LU", "GB", "CH"} {
		if !on[c] {
			t.Errorf("%s has no place", c)
		}
	}
	if !strings.Contains(europe.Licence, "public domain") {
		t.Error("the outlines do not name their licence")
	}
}

func TestBarsFitTheChart(t *testing.T) {
	months := []exchange.MonthOf{
		{Month: contracts.NewMonth(2023, 1), Figures: cell("BE", "FR", "100").Figures},
		{Month: contracts.NewMonth(2023, 2), Figures: cell("BE", "FR", "-50").Figures},
	}
	c := drawMonths(2023, months, func(m contracts.Month) string { return m.String() })
	if len(c.Bars) != 12 {
		t.Fatalf("%d bars", len(c.Bars))
	}
	for _, b := range c.Bars {
		if b.Y < plotTop-0.01 || b.Y+b.H > plotBottom+0.01 || b.H < 0 {
			t.Errorf("%s from %.1f, %.1f high", b.Month, b.Y, b.H)
		}
	}
	if !c.Bars[1].Below || c.Bars[1].Y != c.Zero || c.Bars[2].HasDocument {
		t.Errorf("more credited than invoiced hangs below the axis: %+v", c.Bars[1])
	}
}

func TestPublishedFiguresKeepTheirPrintedForm(t *testing.T) {
	table := publishedTable{Table: consolidation.Table{Columns: []string{"country", "offices", "turnover_change_pct", "own_column"},
		Rows: [][]string{{"DE", "2", "14", "x"}, {"SE", "", "-40", "y"}, {"NL", "3", "", "z"}}}}
	var changes []string
	for _, row := range table.Cells() {
		changes = append(changes, row[2].Text)
	}
	if diff := cmp.Diff([]string{"+14%", "−40%", ""}, changes); diff != "" {
		t.Error(diff)
	}
	if h := table.Headings(); !h[1].Figure || h[3].Heading != "own column" {
		t.Errorf("%+v", h)
	}
	table.Rows[0][1] = "Berlin Bremen"
	if table.Headings()[1].Figure {
		t.Error("names of offices are no figure")
	}
}
