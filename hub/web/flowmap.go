package web

import (
	_ "embed"
	"encoding/json"
	"math"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/hub/registry"
)

//go:embed europe.json
var europeJSON []byte

// europe is the outline of each country, in the map's own units. Its licence stands in the file.
var europe = func() (m struct {
	Licence       string
	Width, Height int
	Land          string // outlines of what has no name here
	Countries     []outline
}) {
	if err := json.Unmarshal(europeJSON, &m); err != nil {
		panic(err) // the file is part of the program
	}
	return m
}()

type outline struct {
	Country contracts.CountryCode
	Path    string
	X, Y    float64 // where flows begin and end; none for a country that is hardly on the map
}

// mostDrawn is how many flows the map shows, the largest ones; more would hide each other.
const mostDrawn = 30

// flowMap is the picture of who sells to whom. Positions and widths are floats: they are drawn, never counted.
type flowMap struct {
	Width, Height int
	Land          string
	Shapes        []shape
	Places        []place
	Flows         []flow
	Left          bool // a node that left is on the map
	Hidden        int  // flows not drawn
}

type shape struct {
	Path, Class string
}

// place is a country that sells or buys: a dot with its code, or a box at the edge for one that is not on the map.
type place struct {
	Country contracts.CountryCode
	X, Y, R float64
	Figures exchange.Figures // of a node: what stays at home; of a box: what it buys
	Box     bool
	Node    bool
}

type flow struct {
	exchange.Cell
	Path string
	URL  string
}

// Sizes of what is drawn, in units of the map.
const (
	widest   = 15.0
	thinnest = 2.0
	largeDot = 15.0
	smallDot = 3.5
	boxX     = 64.0
	boxY     = 190.0
	boxStep  = 52.0
)

// drawFlows lays out the map of a matrix, with the nodes as they stood on a day.
func drawFlows(m exchange.Matrix, nodes []registry.Node, on contracts.Date) flowMap {
	drawn := largest(crossing(m.Cells), mostDrawn)
	drawn = slices.DeleteFunc(drawn, func(c exchange.Cell) bool { return c.EUR.Sign() <= 0 })
	out := flowMap{Width: europe.Width, Height: europe.Height, Land: europe.Land, Hidden: len(crossing(m.Cells)) - len(drawn)}
	status := map[contracts.CountryCode]registry.Status{}
	for _, n := range nodes {
		status[n.Country] = n.Status(on)
		out.Left = out.Left || status[n.Country] == registry.Left
	}
	for _, o := range europe.Countries {
		out.Shapes = append(out.Shapes, shape{o.Path, landClass(status[o.Country])})
	}
	out.Places = places(m, drawn, status)

	for _, c := range drawn { // the largest first, so that small ones lie on top
		from, to := find(out.Places, c.Seller), find(out.Places, c.Buyer)
		out.Flows = append(out.Flows, flow{c, arrow(from, to, width(c, drawn[0])), pairURL(c.Seller, c.Buyer, on.Year())})
	}
	return out
}

func landClass(s registry.Status) string {
	switch s {
	case registry.In, registry.Unknown:
		return "land node"
	case registry.Left:
		return "land node-left"
	}
	return "land"
}

// places lists every end of a flow and every node, those not on the map as boxes along the western edge.
func places(m exchange.Matrix, drawn []exchange.Cell, status map[contracts.CountryCode]registry.Status) []place {
	codes := []contracts.CountryCode{}
	for c := range status {
		codes = append(codes, c)
	}
	for _, c := range drawn {
		codes = append(codes, c.Seller, c.Buyer)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	var out []place
	boxes := 0
	for _, c := range codes {
		p := place{Country: c, R: smallDot, Node: status[c] != ""}
		at := slices.IndexFunc(europe.Countries, func(o outline) bool { return o.Country == c && o.X > 0 })
		if at >= 0 {
			p.X, p.Y, p.Figures = europe.Countries[at].X, europe.Countries[at].Y, m.At(c, c).Figures
			p.R = dot(p.Figures, m)
		} else {
			p.Box, p.X, p.Y, p.Figures = true, boxX, boxY+float64(boxes)*boxStep, bought(m, c)
			boxes++
		}
		out = append(out, p)
	}
	return out
}

func bought(m exchange.Matrix, buyer contracts.CountryCode) exchange.Figures {
	for _, s := range m.Buyers {
		if s.Country == buyer {
			return s.Figures
		}
	}
	return exchange.Figures{}
}

// dot grows in area with what a country's node sells at home.
func dot(home exchange.Figures, m exchange.Matrix) float64 {
	most := 0.0
	for _, c := range m.Cells {
		if c.Domestic() {
			most = max(most, c.EUR.Amount.InexactFloat64())
		}
	}
	if amount := home.EUR.Amount.InexactFloat64(); most > 0 && amount > 0 {
		return max(smallDot, largeDot*math.Sqrt(amount/most))
	}
	return smallDot
}

// width follows the square root of the amount, so that a flow a hundred times smaller is still seen.
func width(c, largest exchange.Cell) float64 {
	most := largest.EUR.Amount.InexactFloat64()
	return max(thinnest, widest*math.Sqrt(c.EUR.Amount.InexactFloat64()/most))
}

func find(places []place, c contracts.CountryCode) place {
	return places[slices.IndexFunc(places, func(p place) bool { return p.Country == c })]
}
