package web

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Sizes of the chart of coverage, in its own units.
const (
	coverageWidth  = 720.0
	coverageHeight = 220.0
	coverageTop    = 16.0
	coverageBottom = 190.0
	coverageLeft   = 56.0 // room for the mark of balance
	coverageRight  = 712.0
)

// coverageChart is the co-operative's coverage beside the median of the network.
type coverageChart struct {
	Months      []contracts.CoverageMonth
	Own, Median string  // points of the lines
	Balance     float64 // where 100 % is
	Latest      *contracts.CoverageMonth
	Compared    bool // there is a median
}

// drawCoverage draws the months from left to right, from nothing to a tenth above the highest, and at least to balance.
func drawCoverage(months []contracts.CoverageMonth) coverageChart {
	c := coverageChart{Months: months}
	if len(months) == 0 {
		return c
	}
	top := decimal.NewFromInt(1)
	for _, m := range months {
		for _, v := range []*contracts.Decimal{m.Own, m.Median} {
			if v != nil {
				top = decimal.Max(top, v.Decimal)
			}
		}
	}
	height := top.InexactFloat64() * 1.1
	y := func(v float64) float64 { return coverageBottom - v/height*(coverageBottom-coverageTop) }
	var own, median strings.Builder
	for i, m := range months {
		x := coverageLeft
		if len(months) > 1 {
			x += (coverageRight - coverageLeft) * float64(i) / float64(len(months)-1)
		}
		if m.Own != nil {
			fmt.Fprintf(&own, "%.1f,%.1f ", x, y(m.Own.InexactFloat64()))
			c.Latest = &months[i]
		}
		if m.Median != nil {
			fmt.Fprintf(&median, "%.1f,%.1f ", x, y(m.Median.InexactFloat64()))
			c.Compared = true
		}
	}
	c.Own, c.Median, c.Balance = strings.TrimSpace(own.String()), strings.TrimSpace(median.String()), y(1)
	return c
}

// First and Last are the ends of the chart.
func (c coverageChart) First() contracts.Month { return c.Months[0].Month }

// Last is the latest month.
func (c coverageChart) Last() contracts.Month { return c.Months[len(c.Months)-1].Month }
