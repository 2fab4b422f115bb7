package web

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

// seesAll tells whether whoever asks may look behind the totals.
func seesAll(c echo.Context) bool { return operators.Lets(web.PrincipalOf(c)) }

// view is the data as whoever asks may see them.
func (s server) view(c echo.Context) Data {
	if seesAll(c) {
		return s.data
	}
	return totals{s.data, contracts.DateOf(s.now().UTC()).Month()}
}

// totals are the data as a board member sees them: no figure is about fewer than five people, and none moves while a month runs, so that reading
// twice does not tell what one document added.
type totals struct {
	Data
	running contracts.Month
}

// ended is the part of a period whose months have ended.
func (t totals) ended(p exchange.Period) exchange.Period {
	if last := t.running.First().AddDays(-1).Month(); p.Last.First().After(last.First()) {
		p.Last = last
	}
	return p
}

// BorderCells are the cells of five people and more; what is smaller is summed up for each seller.
func (t totals) BorderCells(ctx context.Context, p exchange.Period) ([]exchange.Cell, error) {
	p = t.ended(p)
	cells, err := t.Data.BorderCells(ctx, p)
	if err != nil {
		return nil, err
	}
	return exchange.Fold(ctx, t.Data, p, cells)
}

// BorderMonths are not shown: a pair of countries in a month is often one person.
func (t totals) BorderMonths(context.Context, exchange.Period, contracts.CountryCode, contracts.CountryCode) ([]exchange.Entry, error) {
	return nil, nil
}

// Documents are not shown.
func (t totals) Documents(context.Context, exchange.DocumentQuery, int) ([]exchange.Document, error) {
	return nil, nil
}

// TurnoverOf sums the cells that are shown, so that both tables say the same.
func (t totals) TurnoverOf(ctx context.Context, year int) (map[contracts.CountryCode]consolidation.Turnover, error) {
	cells, err := t.BorderCells(ctx, exchange.YearOf(year))
	if err != nil {
		return nil, err
	}
	of := map[contracts.CountryCode]consolidation.Turnover{}
	for _, c := range cells {
		sum := of[c.Seller]
		sum.EUR = contracts.Money{Amount: sum.EUR.Amount.Add(c.EUR.Amount), Currency: contracts.EUR}
		sum.Documents, sum.Missing, sum.Demonstration = sum.Documents+c.Documents(), sum.Missing+c.Missing, sum.Demonstration+c.Demonstration
		of[c.Seller] = sum
	}
	return of, nil
}

// SellerMonths are the months of five people and more.
func (t totals) SellerMonths(ctx context.Context, p exchange.Period, seller contracts.CountryCode) ([]exchange.Entry, error) {
	shown, err := exchange.MonthsShown(ctx, t.Data, t.ended(p), seller)
	if err != nil {
		return nil, err
	}
	entries, err := t.Data.SellerMonths(ctx, t.ended(p), seller)
	return slices.DeleteFunc(entries, func(e exchange.Entry) bool { return !slices.Contains(shown, e.Month.String()) }), err
}

// ReportsOfNode are the reports of these months.
func (t totals) ReportsOfNode(ctx context.Context, c contracts.CountryCode, year int) ([]contracts.MonthlyReport, error) {
	shown, err := exchange.MonthsShown(ctx, t.Data, t.ended(exchange.YearOf(year)), c)
	if err != nil {
		return nil, err
	}
	reports, err := t.Data.ReportsOfNode(ctx, c, year)
	return slices.DeleteFunc(reports, func(r contracts.MonthlyReport) bool { return !slices.Contains(shown, r.Month.String()) }), err
}
