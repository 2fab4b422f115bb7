package web

import (
	"html/template"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/federation"
)

// functions are those of the hub's templates beside the formats of the locale.
var functions = template.FuncMap{
	"sourceOf": sourceOf,
	"pairURL":  pairURL,
	"minus":    func(a, b float64) float64 { return a - b },
	"minus1":   func(year int) string { return yearText(year - 1) },
	"plus":     func(a, b float64) float64 { return a + b },

	"monthsOfYear": func() (all []contracts.Month) {
		for m := range 12 {
			all = append(all, contracts.NewMonth(2000, time.Month(m+1)))
		}
		return all
	},
	"minusOne":  func(n int) int { return n - 1 },
	"shift":     func(share *contracts.Decimal) decimal.Decimal { return share.Shift(2) },
	"int":       func(n int64) int { return int(n) },
	"iso":       func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"ago":       func(then, now time.Time) string { return federation.Span(now.Sub(then)) },
	"countryOf": countryOf,
	"caseState": func(s contracts.CaseState) string { return stateNames[s] },
	"stood":     func(p federation.PastAlarm) string { return federation.Span(p.Cleared.Sub(p.Raised)) },
}

// Sizes of the bar chart, in its own units.
const (
	chartWidth  = 720
	chartHeight = 220
	plotTop     = 24.0
	plotBottom  = 190.0
	slot        = chartWidth / 12.0
	barWidth    = slot * 0.62
)

// barChart is one bar per month of a year. Heights are floats: they are drawn, never counted.
type barChart struct {
	Width, Height int
	Zero          float64 // where the axis lies
	Bars          []bar
}

type bar struct {
	Month       contracts.Month
	Figures     exchange.Figures
	X, Y, W, H  float64
	LabelX      float64
	LabelY      float64
	Below       bool // more credited than invoiced
	URL         string
	HasDocument bool
}

// drawMonths lays out the months of a year; one without documents has no bar.
func drawMonths(year int, months []exchange.MonthOf, url func(contracts.Month) string) barChart {
	most, least := decimal.Zero, decimal.Zero
	of := map[contracts.Month]exchange.Figures{}
	for _, m := range months {
		of[m.Month] = m.Figures
		most, least = decimal.Max(most, m.EUR.Amount), decimal.Min(least, m.EUR.Amount)
	}
	scale := 0.0
	if span := most.Sub(least); span.IsPositive() {
		scale = (plotBottom - plotTop) / span.InexactFloat64()
	}
	chart := barChart{Width: chartWidth, Height: chartHeight, Zero: plotBottom + least.InexactFloat64()*scale}
	for i := range 12 {
		m := contracts.NewMonth(year, 1).First().Time().AddDate(0, i, 0)
		chart.add(contracts.DateOf(m).Month(), i, of, scale, url)
	}
	return chart
}

func (c *barChart) add(m contracts.Month, i int, of map[contracts.Month]exchange.Figures, scale float64, url func(contracts.Month) string) {
	f, ok := of[m]
	amount := f.EUR.Amount.InexactFloat64() * scale
	b := bar{Month: m, Figures: f, HasDocument: ok, X: float64(i)*slot + (slot-barWidth)/2, W: barWidth, Y: c.Zero - amount, H: amount,
		LabelX: (float64(i) + 0.5) * slot, LabelY: c.Zero - amount - 6, URL: url(m)}
	if amount < 0 {
		b.Y, b.H, b.Below, b.LabelY = c.Zero, -amount, true, c.Zero-6
	}
	c.Bars = append(c.Bars, b)
}
