package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/hub/registry"
	"passerelle/internal/web"
)

// countryPage is one co-operative before the board.
type countryPage struct {
	coop
	Words     string // when contributions will pay the costs
	Runway    string
	Figures   []monthFigures // behind the picture, the latest first
	Years     []investment.Row
	Way       []trancheLine
	Decisions []investment.Decision // about it, the latest first
	Buyers    buyers
	Filed     []filedYear
	Published []publishedFacts
	Pays      string // effect of the contribution rate
	Point     string // what one more point would bring
	MayTry    bool
	Totals    bool
}

// monthFigures is a reported month, amounts in the currency of the books.
type monthFigures struct {
	outlook.Month
	Coverage *decimal.Decimal // in percent
}

// trancheLine is a tranche, and how many days after its due day it was sent.
type trancheLine struct {
	investment.Tranche
	Says  string // its state
	Days  *int   // below zero when it was sent before
	Words string
}

// filedYear is which months of a year were reported.
type filedYear struct {
	Year   int
	Months [12]string // "filed", "late", or nothing
}

// publishedFacts is what a published report prints of a country.
type publishedFacts struct {
	Year   int
	Source string
	Cells  []publishedCell
}

// buyers is how the turnover of twelve months is spread over the countries of the buyers.
type buyers struct {
	Known bool
	outlook.Spread
	From, To contracts.Month
	Parts    []buyerPart // the largest first
}

type buyerPart struct {
	Country contracts.CountryCode
	Share   decimal.Decimal // in percent
	Width   float64         // of its bar, of 100
	URL     string
}

func (s server) countryPage(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	k, books, err := s.coopOf(c, largeCanvas)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	page := countryPage{coop: k, Words: balanceWords(l, k.Balance), Figures: monthLines(k.Months), Decisions: decisionsAbout(books, k.Country), MayTry: len(k.Months) > 0, Totals: !seesAll(c),
		Runway: runwayWords(l, k), Pays: rateWords(l, k.outlookJSON)}
	for _, r := range books.Rows() {
		if r.Country == k.Country {
			page.Years = append(page.Years, r)
		}
	}
	if k.Rate != nil {
		page.Point = l.T("One more point of the rate would bring %s a year, at the turnover of the latest twelve months.", l.Decimal(k.Rate.Point.Decimal, 0)+"\u00a0"+string(k.Currency))
	}
	page.Way = tranchesOf(l, books, k.Country, s.today())
	if err := s.fillCountry(c, &page); err != nil {
		return err
	}
	return s.pages.Render(c, http.StatusOK, "country", web.Page{Title: l.Country(k.Country), Badges: append(demoBadge(k.Demonstration), exampleBadges(k.Sum.Example)...), Body: page,
		Crumbs: []web.Link{{Text: l.T("Europe"), URL: "/"}, {Text: l.Country(k.Country)}}})
}

// coopOf is the co-operative that the address names: a node, or a country of the plan.
func (s server) coopOf(c echo.Context, size canvas) (coop, investment.Books, error) {
	ctx := c.Request().Context()
	code, err := country("country", strings.ToUpper(c.Param("country")))
	if err != nil {
		return coop{}, investment.Books{}, err
	}
	books, _, err := investment.Read(ctx, s.data, contracts.Date{})
	if err != nil {
		return coop{}, books, err
	}
	n, found, err := s.data.Node(ctx, code)
	if err != nil {
		return coop{}, books, err
	}
	if !found && !inPlan(books, code) {
		return coop{}, books, web.NotFound("country")
	}
	if !found {
		n = registry.Node{Country: code}
	}
	filed, err := s.data.ReportMonths(ctx)
	if err != nil {
		return coop{}, books, err
	}
	k, err := s.coop(c, n, books, filed[code], size)
	return k, books, err
}

// fillCountry adds what is asked of the store for this page alone.
func (s server) fillCountry(c echo.Context, page *countryPage) error {
	ctx := c.Request().Context()
	filed, err := s.data.ReportMonths(ctx)
	if err != nil {
		return err
	}
	page.Filed = filedYears(filed[page.Country], page.Late)
	if page.Buyers, err = s.buyersOf(c, page.coop); err != nil {
		return err
	}
	years, err := s.data.PublishedYears(ctx)
	if err != nil {
		return err
	}
	for _, year := range slices.Backward(years) {
		table, found, err := s.data.PublishedTable(ctx, year)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		t := publishedTable{table.Table, table.Version}
		for _, row := range t.Cells() {
			if slices.ContainsFunc(row, func(cell publishedCell) bool { return cell.Country == page.Country }) {
				page.Published = append(page.Published, publishedFacts{year, t.Source, row})
			}
		}
	}
	return nil
}

// buyersOf sums what a co-operative sold in the twelve months to its latest report, or to the last month that ended.
func (s server) buyersOf(c echo.Context, k coop) (buyers, error) {
	out := buyers{To: s.today().Month().First().AddDays(-1).Month()}
	if !k.Latest.IsZero() {
		out.To = k.Latest
	}
	out.From = later(out.To, -11)
	m, err := exchange.Border(c.Request().Context(), s.view(c), exchange.Period{First: out.From, Last: out.To}, exchange.Filter{Seller: k.Country})
	if err != nil {
		return out, err
	}
	parts := make([]decimal.Decimal, len(m.Cells))
	for i, cell := range m.Cells {
		parts[i] = cell.EUR.Amount
	}
	if out.Spread, out.Known = outlook.SpreadOf(parts); !out.Known {
		return out, nil
	}
	for _, cell := range largest(m.Cells, 6) {
		if cell.EUR.Sign() > 0 {
			share := cell.EUR.Amount.Shift(2).DivRound(m.Total.EUR.Amount, 1)
			out.Parts = append(out.Parts, buyerPart{cell.Buyer, share, min(share.InexactFloat64(), 100), pairURL(cell.Seller, cell.Buyer, out.To.Year())})
		}
	}
	return out, nil
}

// monthLines are the reported months, the latest first, three years at most.
func monthLines(months []outlook.Month) (lines []monthFigures) {
	for _, m := range slices.Backward(months) {
		line := monthFigures{Month: m}
		if m.Costs != nil && m.Costs.IsPositive() {
			share := m.Contribution.Shift(2).DivRound(*m.Costs, 1)
			line.Coverage = &share
		}
		if lines = append(lines, line); len(lines) == 36 {
			break
		}
	}
	return lines
}

// filedYears lays the months out by year, the latest first.
func filedYears(filed, late []contracts.Month) (years []filedYear) {
	set := func(months []contracts.Month, word string) {
		for _, m := range months {
			i := slices.IndexFunc(years, func(y filedYear) bool { return y.Year == m.Year() })
			if i < 0 {
				years = append(years, filedYear{Year: m.Year()})
				i = len(years) - 1
			}
			years[i].Months[m.First().Time().Month()-1] = word
		}
	}
	set(filed, "filed")
	set(late, "late")
	slices.SortFunc(years, func(a, b filedYear) int { return b.Year - a.Year })
	return years[:min(4, len(years))]
}

// decisionsAbout are those that planned, allocated, released, extended or stopped something for a country.
func decisionsAbout(books investment.Books, c contracts.CountryCode) (all []investment.Decision) {
	about := map[string]bool{}
	for _, p := range books.Programmes {
		about[p.Decision] = about[p.Decision] || slices.Contains(p.Countries, c)
		for _, a := range p.Allocations {
			about[a.Decision] = about[a.Decision] || a.Country == c
		}
		for _, t := range p.Tranches {
			about[t.Decision], about[t.Release] = about[t.Decision] || t.Country == c, about[t.Release] || t.Country == c
		}
		for _, s := range p.Stops {
			about[s.Decision] = about[s.Decision] || s.Country == c
		}
	}
	for _, d := range slices.Backward(books.Decisions) {
		if about[d.ID] {
			all = append(all, d)
		}
	}
	return all
}

// tranchesOf are a country's tranches, the latest first, and how punctual each was.
func tranchesOf(l *web.Locale, books investment.Books, c contracts.CountryCode, today contracts.Date) (lines []trancheLine) {
	for _, p := range books.Programmes {
		for _, t := range slices.Backward(p.Tranches) {
			if t.Country != c {
				continue
			}
			line := trancheLine{Tranche: t, Says: l.T(stateWords[t.State])}
			switch days := t.Sent.Sub(t.Due); {
			case t.State == investment.Withdrawn:
			case t.Gone() && days > 0:
				line.Words = l.T("%d days late", days)
			case t.Gone() && days < 0:
				line.Words = l.T("%d days early", -days)
			case t.Gone():
				line.Words = l.T("on the day")
			case t.Due.Before(today):
				line.Words = l.T("overdue for %d days", today.Sub(t.Due))
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// runwayWords say how long cash lasts.
func runwayWords(l *web.Locale, k coop) string {
	switch {
	case k.Cash == nil:
		return l.T("cash is not reported")
	case k.outlookJSON.Runway != nil:
		return l.T("%d months, as the latest six went", *k.outlookJSON.Runway)
	}
	if _, endless, ok := outlook.Runway(k.Cash.Decimal, k.Months); ok && endless {
		return l.T("income covers what is spent")
	}
	return l.T("fewer than three months of costs are known")
}

// rateWords say what the contribution rate brought.
func rateWords(l *web.Locale, o outlookJSON) string {
	if o.Rate == nil {
		return ""
	}
	amount := func(d contracts.Decimal) string { return l.Decimal(d.Abs(), 0) + "\u00a0" + string(o.Currency) }
	before, now := l.Percent(o.Rate.Before.Shift(2), 2), l.Percent(o.Rate.Now.Shift(2), 2)
	switch {
	case o.Rate.Brought.IsPositive():
		return l.T("From %s to %s of turnover in a year: %s more than at the rate before.", before, now, amount(o.Rate.Brought))
	case o.Rate.Brought.IsNegative():
		return l.T("From %s to %s of turnover in a year: %s less than at the rate before.", before, now, amount(o.Rate.Brought))
	}
	return l.T("%s of turnover, as the year before.", now)
}
