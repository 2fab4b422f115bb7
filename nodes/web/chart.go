package web

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
)

// Sizes of the bar chart, in its own units.
const (
	chartWidth  = 720
	chartHeight = 220
	plotTop     = 24.0
	plotBottom  = 190.0
	slot        = chartWidth / 12.0
	barWidth    = slot * 0.38
)

// turnoverChart is the turnover of a year and of the year before, month by month, in the node's own currency.
type turnoverChart struct {
	Year          int
	Width, Height int
	Axis          float64
	Months        []turnoverMonth
	This, Last    contracts.Money  // whole years
	Running       bool             // the year has not ended
	Change        *decimal.Decimal // percent, of the months that have ended
}

// turnoverMonth is one month of both years.
type turnoverMonth struct {
	Month      contracts.Month
	This, Last contracts.Money
	Begun      bool
	A, B       chartBar // last year's, this year's
	LabelX     float64
}

// chartBar is a rectangle. Sizes are floats: they are drawn, never counted.
type chartBar struct {
	X, Y, H float64
	Below   bool
}

// turnover reads both years from the ledger.
func (s server) turnover(ctx context.Context, q storage.Querier, year int) (turnoverChart, error) {
	zero := contracts.Zero(s.currency())
	t := turnoverChart{Year: year, Width: chartWidth, Height: chartHeight, Running: year == s.today().Year(), This: zero, Last: zero}
	of, err := s.revenue(ctx, q, year-1, year)
	if err != nil {
		return t, err
	}
	var ended, ago decimal.Decimal
	for n := range 12 {
		m, before := contracts.NewMonth(year, time.Month(n+1)), contracts.NewMonth(year-1, time.Month(n+1))
		month := turnoverMonth{Month: m, Begun: !m.First().After(s.today()), This: of(m), Last: of(before)}
		t.This.Amount = t.This.Amount.Add(month.This.Amount)
		t.Last.Amount = t.Last.Amount.Add(month.Last.Amount)
		if m.Last().Before(s.today()) { // a month that runs is no whole one to compare
			ended, ago = ended.Add(month.This.Amount), ago.Add(month.Last.Amount)
		}
		t.Months = append(t.Months, month)
	}
	if ago.IsPositive() {
		change := ended.Sub(ago).Shift(2).DivRound(ago, 1)
		t.Change = &change
	}
	t.draw()
	return t, nil
}

// revenue returns the turnover of each month of some years: what the activities have in credit.
func (s server) revenue(ctx context.Context, q storage.Querier, first, last int) (func(contracts.Month) contracts.Money, error) {
	months, err := s.Store.Turnover(ctx, q, outbound.Revenue, s.currency(), contracts.NewDate(first, 1, 1), contracts.NewDate(last, 12, 31))
	return func(m contracts.Month) contracts.Money {
		if sum, ok := months[m]; ok {
			return sum
		}
		return contracts.Zero(s.currency())
	}, err
}

func (t *turnoverChart) draw() {
	most, least := decimal.Zero, decimal.Zero
	for _, m := range t.Months {
		most = decimal.Max(most, m.This.Amount, m.Last.Amount)
		least = decimal.Min(least, m.This.Amount, m.Last.Amount)
	}
	scale := 0.0
	if span := most.Sub(least); span.IsPositive() {
		scale = (plotBottom - plotTop) / span.InexactFloat64()
	}
	t.Axis = plotBottom + least.InexactFloat64()*scale
	for i := range t.Months {
		m := &t.Months[i]
		m.LabelX = (float64(i) + 0.5) * slot
		m.A = t.bar(m.LabelX-barWidth, m.Last, scale)
		m.B = t.bar(m.LabelX, m.This, scale)
	}
}

func (t *turnoverChart) bar(x float64, m contracts.Money, scale float64) chartBar {
	h := m.Amount.InexactFloat64() * scale
	if h < 0 {
		return chartBar{X: x, Y: t.Axis, H: -h, Below: true}
	}
	return chartBar{X: x, Y: t.Axis - h, H: h}
}

// BarWidth is the width of one bar.
func (turnoverChart) BarWidth() float64 { return barWidth }
