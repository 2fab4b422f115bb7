package web

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/outlook"
	"passerelle/internal/web"
)

// canvas is the size of a picture of coverage, in its own units.
type canvas struct {
	Width, Height            float64
	left, right, top, bottom float64 // margins of the plot
}

var (
	smallCanvas = canvas{Width: 300, Height: 132, left: 42, right: 6, top: 10, bottom: 22}
	largeCanvas = canvas{Width: 720, Height: 280, left: 64, right: 12, top: 14, bottom: 34}
)

// coverChart is the coverage of a co-operative by month: what was reported as dots, the line through them, and the line's band ahead. Places are
// floats: they are drawn, never counted.
type coverChart struct {
	canvas
	Dots    []dotAt
	Line    string // through the reported months
	Ahead   string // beyond them, dashed
	Band    string // the area of 8 in 10
	Now     float64
	Levels  []tick // of the upright axis
	Balance float64
	Years   []tick
	Meets   *dotAt // where the line reaches balance
}

type dotAt struct {
	X, Y float64
	Text string
}

type tick struct {
	At    float64
	Text  string
	Whole bool // the level of balance
}

// mostAhead bounds how far a picture looks ahead, in months.
const mostAhead = 48

// drawCoverage draws the months that are known, nil where there is none.
func drawCoverage(l *web.Locale, size canvas, months []outlook.Month) *coverChart {
	points := outlook.Monthly(months)
	points = points[max(0, len(points)-36):]
	if len(points) == 0 {
		return nil
	}
	b := outlook.Forecast(months)
	fan := outlook.Fan(months, lookAhead(b))
	first, last := points[0].Month, points[len(points)-1].Month
	end := last
	if len(fan) > 0 {
		end = fan[len(fan)-1].Month
	}
	c := &coverChart{canvas: size}
	top := highest(points, fan)
	x := c.across(monthsFrom(first, end))
	c.Balance, c.Now = c.up(1, top), x(monthsFrom(first, last))
	for _, p := range points {
		c.Dots = append(c.Dots, dotAt{x(monthsFrom(first, p.Month)), c.up(p.Coverage.InexactFloat64(), top), l.T("%s: %s of costs", p.Month, l.Percent(p.Coverage.Shift(2), 0))})
	}
	c.fan(fan, first, last, top, x)
	c.axes(l, first, end, top, x)
	if b.Likely != nil && *b.Likely > 0 && *b.Likely <= lookAhead(b) {
		at := later(b.From, *b.Likely)
		c.Meets = &dotAt{x(monthsFrom(first, at)), c.Balance, l.T("Balance on the line: %s", at)}
	}
	return c
}

// lookAhead is how many months beyond the last one a picture shows: until the careful side is there, as far as that goes.
func lookAhead(b outlook.Balance) int {
	switch {
	case b.Reached:
		return 12
	case b.Latest != nil:
		return min(max(*b.Latest+3, 12), mostAhead)
	case b.Likely != nil:
		return min(*b.Likely+12, mostAhead)
	}
	return 24
}

// highest is the top of the upright axis: a little above balance at least, and not above twice.
func highest(points []outlook.Point, fan []outlook.FanPoint) float64 {
	top := 1.15
	for _, p := range points {
		top = max(top, p.Coverage.InexactFloat64()*1.05)
	}
	for _, p := range fan {
		top = max(top, p.High*1.02)
	}
	return min(top, 2)
}

// across places months from left to right; up places a share, what is beyond the axis at its end.
func (c *coverChart) across(months int) func(int) float64 {
	each := (c.Width - c.left - c.right) / float64(max(months, 1))
	return func(n int) float64 { return c.left + float64(n)*each }
}

func (c *coverChart) up(share, top float64) float64 {
	share = min(max(share, 0), top)
	return c.Height - c.bottom - share/top*(c.Height-c.top-c.bottom)
}

func (c *coverChart) fan(fan []outlook.FanPoint, first, last contracts.Month, top float64, x func(int) float64) {
	var line, ahead, low, high []string
	for _, p := range fan {
		n := monthsFrom(first, p.Month)
		if n < 0 {
			continue
		}
		here := at(x(n), c.up(p.Likely, top))
		if n <= monthsFrom(first, last) {
			line = append(line, here)
		}
		if n >= monthsFrom(first, last) {
			ahead = append(ahead, here)
			high = append(high, at(x(n), c.up(p.High, top)))
			low = append([]string{at(x(n), c.up(p.Low, top))}, low...)
		}
	}
	if len(line) > 1 {
		c.Line = "M" + strings.Join(line, "L")
	}
	if len(ahead) > 1 {
		c.Ahead, c.Band = "M"+strings.Join(ahead, "L"), "M"+strings.Join(append(high, low...), "L")+"Z"
	}
}

// axes are the years at their Januaries, and the quarters up to balance and beyond.
func (c *coverChart) axes(l *web.Locale, first, end contracts.Month, top float64, x func(int) float64) {
	for n := range monthsFrom(first, end) + 1 {
		if m := later(first, n); m.First().Time().Month() == 1 {
			c.Years = append(c.Years, tick{At: x(n), Text: yearText(m.Year())})
		}
	}
	for _, share := range []int64{0, 50, 100, 150} {
		if float64(share)/100 <= top {
			c.Levels = append(c.Levels, tick{c.up(float64(share)/100, top), l.Percent(decimal.NewFromInt(share), 0), share == 100})
		}
	}
}

// Left and Base are where the plot begins.
func (c canvas) Left() float64  { return c.left }
func (c canvas) Right() float64 { return c.Width - c.right }
func (c canvas) Base() float64  { return c.Height - c.bottom }
func (c canvas) Top() float64   { return c.top }

// Large tells the picture of a page of its own from the small multiples.
func (c canvas) Large() bool { return c.Width > smallCanvas.Width }

// ViewBox is the picture's frame.
func (c canvas) ViewBox() string { return fmt.Sprintf("0 0 %.0f %.0f", c.Width, c.Height) }

func monthsFrom(a, b contracts.Month) int {
	return (b.Year()-a.Year())*12 + int(b.First().Time().Month()) - int(a.First().Time().Month())
}

func later(m contracts.Month, n int) contracts.Month {
	return contracts.DateOf(m.First().Time().AddDate(0, n, 0)).Month()
}

// balanceWords say when contributions will pay the costs: the line, and between which months it lies with 8 chances in 10.
func balanceWords(l *web.Locale, b outlook.Balance) string {
	switch {
	case !b.Known:
		return l.T("not known yet: operating costs of %d months are reported, and 12 are needed", b.Months)
	case b.Reached:
		return l.T("in balance, as the line stood in %s", b.From)
	case b.Earliest == nil:
		return l.T("not within ten years, if things go on as they did")
	case b.Likely == nil:
		return l.T("not within ten years on the line; %s at the earliest", later(b.From, *b.Earliest))
	case b.Latest == nil:
		return l.T("about %s on the line, %d months after the last report; %s at the earliest, and on the careful side not within ten years", later(b.From, *b.Likely), *b.Likely, later(b.From, *b.Earliest))
	}
	return l.T("about %s on the line, %d months after the last report; 8 chances in 10 that it lies between %s and %s", later(b.From, *b.Likely), *b.Likely, later(b.From, *b.Earliest), later(b.From, *b.Latest))
}

// balanceShort is the same for a table: the month, and the band.
func balanceShort(l *web.Locale, b outlook.Balance) (when, band string) {
	side := func(n *int) string {
		if n == nil {
			return l.T("beyond ten years")
		}
		return l.MonthShort(later(b.From, *n)) + " " + yearText(later(b.From, *n).Year())
	}
	switch {
	case !b.Known:
		return "", ""
	case b.Reached:
		return l.T("in balance"), ""
	}
	return side(b.Likely), side(b.Earliest) + " – " + side(b.Latest)
}
