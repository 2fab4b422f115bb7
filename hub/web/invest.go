package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

// Invest enters acts into the board's book of investments, all or none; by is the opaque id of who does.
type Invest func(ctx context.Context, by string, acts ...investment.Dated) (investment.Books, error)

// exampleBadge marks what is not published and was made up to show how things work.
var exampleBadge = web.Badge{Kind: "demo", Text: "Example, not published"}

func exampleBadges(example bool) []web.Badge {
	if example {
		return []web.Badge{exampleBadge}
	}
	return nil
}

// investmentPage is the state of the investments on a day.
type investmentPage struct {
	investment.Books
	On       contracts.Date
	Total    investment.Figures
	Ceiling  contracts.Money // of all envelopes in EUR
	Panels   []panel
	List     *web.Listed
	Open     []investment.OpenCondition
	Latest   []investment.Decision
	Outside  []investment.Confirmation // confirmed by a node, and not in the book
	Example  bool
	MayEnter bool
	Enter    []web.Link
}

// books reads the book as of the day that the address names, or of today.
func (s server) books(c echo.Context) (investment.Books, []investment.Entry, contracts.Date, error) {
	on := contracts.Date{}
	if text := c.QueryParam("on"); text != "" {
		day, err := contracts.ParseDate(text)
		if err != nil {
			var fs contracts.Faults
			fs.Add("on", err)
			return investment.Books{}, nil, on, fs.Err()
		}
		on = day
	}
	books, entries, err := investment.Read(c.Request().Context(), s.data, on)
	return books, entries, on, err
}

// dayOf is the day that a page is about.
func (s server) dayOf(on contracts.Date) contracts.Date {
	if on.IsZero() {
		return s.today()
	}
	return on
}

func (s server) investment(c echo.Context) error {
	l := web.LocaleOf(c)
	t := seriesTable(l)
	a, err := t.Asked(c, "on")
	if err != nil {
		return err
	}
	books, _, on, err := s.books(c)
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, books.Rows()))
	if err != nil || list == nil {
		return err
	}
	page := investmentPage{Books: books, On: on, List: list, Open: books.OpenConditions(s.dayOf(on)), Example: books.Example(), MayEnter: entersBook(c), Panels: panels(books.Programmes)}
	confirmed, err := s.data.Confirmations(c.Request().Context())
	if err != nil {
		return err
	}
	if on.IsZero() {
		page.Outside = books.Waiting(confirmed)
	}
	page.Total, page.Ceiling = totalsIn(books, contracts.EUR)
	page.Latest = slices.Clone(books.Decisions)
	slices.Reverse(page.Latest)
	page.Latest = page.Latest[:min(5, len(page.Latest))]
	page.Enter = s.investmentDesk().links(l, "", "decision", "programme")
	return s.pages.Render(c, http.StatusOK, "investment", web.Page{Title: l.T("Investments"), Badges: exampleBadges(page.Example), Body: page,
		Lead: l.T("What the board decided to invest in the sister co-operatives, and what became of it.")})
}

// totalsIn sums the programmes of a currency, and their ceilings.
func totalsIn(b investment.Books, currency contracts.Currency) (sum investment.Figures, ceiling contracts.Money) {
	z := contracts.Zero(currency)
	sum, ceiling = investment.Figures{Allocated: z, Kept: z, Released: z, Sent: z, Confirmed: z}, z
	for _, p := range b.Programmes {
		if m, known := p.Ceiling(); known && p.Currency == currency {
			ceiling.Amount = ceiling.Amount.Add(m.Amount)
			sum = sum.Plus(p.Total(nil, nil))
		}
	}
	return sum, ceiling
}

// entersBook tells whether whoever asks enters what the board decided.
func entersBook(c echo.Context) bool { return bookkeepers.Lets(web.PrincipalOf(c)) }

// programmePage is one programme.
type programmePage struct {
	*investment.Programme
	Instruments map[investment.Instrument]web.Words
	Total       investment.Figures
	Panels      []panel
	Decided     investment.Decision
	MayEnter    bool
	Enter       []web.Link
}

func (s server) programme(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	books, _, _, err := s.books(c)
	if err != nil {
		return err
	}
	p, found := books.Programme(c.Param("id"))
	if !found {
		return web.NotFound("programme")
	}
	l := web.LocaleOf(c)
	page := programmePage{Programme: p, Instruments: instrumentNames, Total: p.Total(nil, nil), Panels: panels([]investment.Programme{*p}), MayEnter: entersBook(c),
		Enter: s.investmentDesk().links(l, "?programme="+p.ID, "allocation", "tranche", "extension", "stop")}
	page.Decided, _ = books.Decision(p.Decision) // no programme is entered without one
	return s.pages.Render(c, http.StatusOK, "programme", web.Page{Title: p.Name, Badges: exampleBadges(p.Example), Body: page,
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: p.Name}}})
}

// tranchePage is one tranche on its way.
type tranchePage struct {
	*investment.Tranche
	Programme *investment.Programme
	States    map[investment.State]web.Words
	Kinds     map[investment.ConditionKind]web.Words
	Overdue   contracts.Money
	Given     map[int][]investment.Evidence // by the index of the condition
	MayEnter  bool
	Enter     []web.Link
}

func (s server) tranche(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	books, _, on, err := s.books(c)
	if err != nil {
		return err
	}
	p, t, found := books.Tranche(c.Param("id"))
	if !found {
		return web.NotFound("tranche")
	}
	l := web.LocaleOf(c)
	given, err := s.data.EvidenceOf(c.Request().Context(), t.Country, t.ID)
	if err != nil {
		return err
	}
	page := tranchePage{Given: map[int][]investment.Evidence{}, Tranche: t, Programme: p, States: stateWords, Kinds: conditionNames, Overdue: t.Overdue(s.dayOf(on)), MayEnter: entersBook(c),
		Enter: s.investmentDesk().links(l, "?tranche="+t.ID, nextKinds(*p, *t)...)}
	for _, e := range given {
		page.Given[e.Condition-1] = append(page.Given[e.Condition-1], e)
	}
	return s.pages.Render(c, http.StatusOK, "tranche", web.Page{Title: l.T("Tranche for %s, %s", l.Country(t.Country), yearText(t.Year)), Badges: exampleBadges(p.Example), Body: page,
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: p.Name, URL: "/investment/programmes/" + p.ID}, {Text: t.ID}}})
}

// nextKinds are the entries that a tranche can have next.
func nextKinds(p investment.Programme, t investment.Tranche) []investment.Kind {
	switch t.State {
	case investment.Planned:
		if len(t.OpenConditions()) > 0 {
			return []investment.Kind{"condition", "release"}
		}
		return []investment.Kind{"release"}
	case investment.Approved:
		return []investment.Kind{"order"}
	case investment.OnOrder:
		return []investment.Kind{"sending"}
	case investment.Withdrawn:
		return nil
	}
	kinds := []investment.Kind{"repayment"}
	if t.OpenLoan.Sign() > 0 {
		kinds = append(kinds, "conversion")
	}
	if t.Open().Sign() > 0 {
		kinds = append(kinds, "impairment", "write-off")
	}
	return kinds
}

// decisionLine is a decision in the log.
type decisionLine struct{ investment.Decision }

// decisions is the log of what was voted on, searched by words.
func (s server) decisions(c echo.Context) error {
	l := web.LocaleOf(c)
	t := decisionTable(l)
	a, err := t.Asked(c, "find", "on")
	if err != nil {
		return err
	}
	books, _, _, err := s.books(c)
	if err != nil {
		return err
	}
	var lines []decisionLine
	for _, d := range found(books, c.QueryParam("find")) {
		lines = append(lines, decisionLine{d})
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, lines))
	if err != nil || list == nil {
		return err
	}
	body := struct {
		List     *web.Listed
		MayEnter bool
		Enter    []web.Link
	}{list, entersBook(c), s.investmentDesk().links(l, "", "decision")}
	return s.pages.Render(c, http.StatusOK, "decisions", web.Page{Title: l.T("Decisions"), Badges: exampleBadges(books.Example()), Body: body,
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: l.T("Decisions")}}})
}

// found are the decisions in whose words, or in those of the conditions they set, released or waived, all words of a search occur, the newest first.
func found(b investment.Books, search string) []investment.Decision {
	conditions := map[string][]string{}
	for _, p := range b.Programmes {
		for _, t := range p.Tranches {
			for _, c := range t.Conditions {
				conditions[t.Decision] = append(conditions[t.Decision], c.Text, c.Evidence)
				conditions[t.Release] = append(conditions[t.Release], c.Text, c.Evidence)
			}
		}
	}
	var hits []investment.Decision
	for _, d := range slices.Backward(b.Decisions) {
		words := append([]string{d.ID, d.Meeting.String(), d.Motion, d.Reason, d.Minutes}, conditions[d.ID]...)
		if saysAll(strings.Join(words, " "), search) {
			hits = append(hits, d)
		}
	}
	return hits
}
