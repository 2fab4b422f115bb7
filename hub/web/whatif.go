package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/meeting"
	"passerelle/hub/outlook"
	"passerelle/internal/web"
)

// Board changes what the board keeps for itself. Each is one transaction.
type Board interface {
	// SaveScenario keeps a scenario, or says as a Fault why not.
	SaveScenario(ctx context.Context, s outlook.Scenario) error
	// RemoveScenario forgets a scenario of a country.
	RemoveScenario(ctx context.Context, c contracts.CountryCode, id string) error
	// Meet enters acts into the book of the meetings, all or none; by is the opaque id of who does.
	Meet(ctx context.Context, by string, acts ...meeting.Dated) error
	// AddMeetingPaper lays a paper before the board, with its file where it has one.
	AddMeetingPaper(ctx context.Context, by string, paper meeting.PaperAdded, body []byte) error
}

// mostCompared is how many saved scenarios stand side by side.
const mostCompared = 4

// supposed are the fields of what is supposed, in their order; shares are typed in percent.
var supposed = []string{"rate", "growth", "cost_growth", "lost_at_once", "lost_in_year", "support"}

var supposedLabels = map[string]web.Words{"rate": "Contribution rate, in percent", "growth": "Growth of turnover a year, in percent", "cost_growth": "Growth of costs a year, in percent",
	"lost_at_once": "Turnover gone at once, in percent", "lost_in_year": "Turnover gone within a year, in percent", "support": "Support a month", "name": "Name of the scenario"}

var supposedHints = map[string]web.Words{"rate": "Empty leaves it as it is.", "growth": "Below zero for a fall.",
	"lost_at_once": "Such as the share of the biggest buyer, which the co-operative knows.", "lost_in_year": "In twelve equal steps.", "support": "In the currency of its books."}

// whatIfPage is what would be if, beside today and beside what was saved.
type whatIfPage struct {
	coop
	Form     []field
	Faults   contracts.Faults
	Base     outlook.Base
	BaseWhen contracts.Month
	Known    bool
	Played   []played
	Chart    *whatIfChart
	Saved    []savedScenario
	Presets  []web.Link
	Hidden   []web.Link // name and value of what is supposed, to save it
	Name     field
	MaySave  bool
	Supposes bool // something is supposed
}

// played is a change and what it comes to: a column of the comparison.
type played struct {
	Letter  string
	Name    string
	Class   string // of its line in the picture
	Rate    string
	Change  outlook.Change
	Result  outlook.Result
	Balance string
	Gap     decimal.Decimal // what would still be missing
}

// savedScenario is one that can be laid beside the others.
type savedScenario struct {
	outlook.Scenario
	With   bool
	Toggle string // address that takes it in or out
}

func (s server) whatIf(c echo.Context) error {
	if err := web.KnownQuery(c, append(slices.Clone(supposed), "with")...); err != nil {
		return err
	}
	return s.showWhatIf(c, http.StatusOK, form{values: c.QueryParams()})
}

// saveScenario keeps what is supposed under a name.
func (s server) saveScenario(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	k, _, err := s.coopOf(c, largeCanvas)
	if err != nil {
		return err
	}
	sc := outlook.Scenario{ID: strings.ToLower(rand.Text()[:10]), Country: k.Country, Name: in.get("name"), Change: supposedIn(&in), Made: s.now().UTC(), By: web.PrincipalOf(c).Account}
	if len(in.Faults) == 0 {
		if err := in.refused(s.board.SaveScenario(c.Request().Context(), sc)); err != nil {
			return err
		}
	}
	if len(in.Faults) > 0 {
		return s.showWhatIf(c, http.StatusUnprocessableEntity, in)
	}
	with := append(chosen(in.get("with")), sc.ID)
	return c.Redirect(http.StatusSeeOther, whatIfURL(k.Country, url.Values{}, with[max(0, len(with)-mostCompared):]))
}

// removeScenario forgets a saved scenario.
func (s server) removeScenario(c echo.Context) error {
	k, _, err := s.coopOf(c, largeCanvas)
	if err != nil {
		return err
	}
	if err := s.board.RemoveScenario(c.Request().Context(), k.Country, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, whatIfURL(k.Country, url.Values{}, nil))
}

// supposedIn reads what is supposed: percents become shares.
func supposedIn(f *form) outlook.Change {
	read := func(name string, places int32) decimal.Decimal {
		text := web.WithPoint(strings.NewReplacer(" ", "", "\u00a0", "", "%", "").Replace(f.get(name)))
		if text == "" {
			return decimal.Zero
		}
		d, err := contracts.ParseDecimal(text, places)
		f.Faults.Add(name, err)
		return d
	}
	share := func(name string) decimal.Decimal { return read(name, 4).Shift(-2) }
	out := outlook.Change{Growth: share("growth"), CostGrowth: share("cost_growth"), LostAtOnce: share("lost_at_once"), LostInYear: share("lost_in_year"), Support: read("support", 2)}
	if f.get("rate") != "" {
		rate := share("rate")
		out.Rate = &rate
	}
	if len(f.Faults) == 0 {
		f.Faults.Add("", out.Validate())
	}
	return out
}

// chosen are the scenarios that an address lays side by side.
func chosen(with string) []string {
	ids := strings.FieldsFunc(with, func(r rune) bool { return r == '.' })
	return ids[:min(len(ids), mostCompared)]
}

// whatIfURL is the page with what is supposed and what is compared.
func whatIfURL(c contracts.CountryCode, values url.Values, with []string) string {
	pairs := []string{"with", strings.Join(with, ".")}
	for _, name := range supposed {
		pairs = append(pairs, name, values.Get(name))
	}
	return web.Address(countryURL(c)+"/what-if", pairs...)
}

func (s server) showWhatIf(c echo.Context, status int, f form) error {
	k, _, err := s.coopOf(c, largeCanvas)
	if err != nil {
		return err
	}
	saved, err := s.data.Scenarios(c.Request().Context(), k.Country)
	if err != nil {
		return err
	}
	again := form{values: f.values}
	change := supposedIn(&again)
	if len(f.Faults) == 0 && len(again.Faults) > 0 {
		f.Faults, status = again.Faults, http.StatusUnprocessableEntity
	}
	l := web.LocaleOf(c)
	page := whatIfPage{coop: k, Faults: f.Faults, MaySave: savers.Lets(web.PrincipalOf(c))}
	page.lay(l, f, saved)
	page.Supposes = page.Supposes && len(again.Faults) == 0
	if err := page.play(l, change, saved, chosen(f.get("with"))); err != nil {
		return err
	}
	return s.pages.Render(c, status, "whatif", web.Page{Title: l.T("What would be if …"), Badges: demoBadge(k.Demonstration), Body: page,
		Lead:   l.T("It plays the months to come from an average month of the latest twelve: contribution is rate times turnover, grants stay. Nothing here changes a figure anywhere else."),
		Crumbs: []web.Link{{Text: l.T("Europe"), URL: "/"}, {Text: l.Country(k.Country), URL: countryURL(k.Country)}, {Text: l.T("What would be if …")}}})
}

// lay puts the form and the lists of the page together.
func (p *whatIfPage) lay(l *web.Locale, f form, saved []outlook.Scenario) {
	for _, name := range supposed {
		in := f.field(name, l.T(supposedLabels[name]), "decimal")
		if hint := supposedHints[name]; hint != "" {
			in.Help = l.T(hint)
		}
		p.Form = append(p.Form, in)
		p.Supposes = p.Supposes || f.get(name) != ""
	}
	with := chosen(f.get("with"))
	for _, name := range append(slices.Clone(supposed), "with") {
		p.Hidden = append(p.Hidden, web.Link{Text: name, URL: f.get(name)})
	}
	p.Name = f.field("name", l.T(supposedLabels["name"]), "text")
	p.Name.Needed = true
	for _, sc := range saved {
		in := slices.Contains(with, sc.ID)
		next := append(slices.Clone(with), sc.ID)
		if in {
			next = slices.DeleteFunc(slices.Clone(with), func(id string) bool { return id == sc.ID })
		}
		p.Saved = append(p.Saved, savedScenario{sc, in, whatIfURL(p.Country, f.values, next[max(0, len(next)-mostCompared):])})
	}
	for _, preset := range []struct {
		text        string
		name, value string
	}{{l.T("Lose 45% of turnover in a year"), "lost_in_year", "45"}, {l.T("Lose a buyer of 20% of turnover"), "lost_at_once", "20"}, {l.T("Turnover grows by 10% a year"), "growth", "10"}} {
		values := url.Values{}
		values.Set(preset.name, preset.value)
		p.Presets = append(p.Presets, web.Link{Text: preset.text, URL: whatIfURL(p.Country, values, with)})
	}
}

// play reckons today's path, what is supposed, and the saved scenarios that are chosen.
func (p *whatIfPage) play(l *web.Locale, change outlook.Change, saved []outlook.Scenario, with []string) error {
	if p.Base, p.Known = outlook.BaseOf(p.Months); !p.Known {
		return nil
	}
	p.BaseWhen = p.Months[len(p.Months)-1].Month
	add := func(letter, name, class string, change outlook.Change) error {
		r, err := outlook.WhatIf(p.Base, change)
		if err != nil {
			return err
		}
		p.Played = append(p.Played, played{Letter: letter, Name: name, Class: class, Change: change, Result: r, Balance: p.balance(l, r), Gap: decimal.Max(r.Needed.Sub(r.Offered.Decimal), decimal.Zero)})
		return nil
	}
	if err := add("0", l.T("As today"), "today", outlook.Change{}); err != nil {
		return err
	}
	if p.Supposes {
		if err := add("?", l.T("What is supposed"), "supposed", change); err != nil {
			return err
		}
	}
	n := 0
	for _, sc := range saved {
		if !slices.Contains(with, sc.ID) {
			continue
		}
		n++
		if err := add(string(rune('A'+n-1)), sc.Name, "saved-"+string(rune('0'+n)), sc.Change); err != nil {
			return err
		}
	}
	p.Chart = drawWhatIf(l, p.Played, p.BaseWhen)
	return nil
}

// balance says when a path reaches balance.
func (p *whatIfPage) balance(l *web.Locale, r outlook.Result) string {
	switch {
	case r.Balance == nil:
		return l.T("not within ten years")
	case *r.Balance == 0:
		return l.T("at once")
	}
	return l.T("%s, after %d months", later(p.BaseWhen, *r.Balance+1), *r.Balance)
}

// whatIfChart draws the coverage of each path over the months to come.
type whatIfChart struct {
	canvas
	Lines  []whatIfLine
	Levels []tick
	Years  []tick
}

type whatIfLine struct {
	Path, Class, Letter, Name string
	X, Y                      float64 // of its letter
	Meets                     *dotAt
}

// furthestDrawn is how many months of a path are drawn.
const furthestDrawn = 60

func drawWhatIf(l *web.Locale, all []played, from contracts.Month) *whatIfChart {
	months, top := 24, 1.2
	for _, p := range all {
		months = max(months, min(len(p.Result.Coverage), furthestDrawn))
		for _, c := range p.Result.Coverage[:min(len(p.Result.Coverage), furthestDrawn)] {
			top = max(top, min(c.InexactFloat64()*1.03, 2))
		}
	}
	size := largeCanvas
	size.right = 28
	plot := coverChart{canvas: size}
	x := plot.across(months - 1)
	plot.axes(l, from.Next(), later(from, months), top, x)
	out := &whatIfChart{canvas: size, Levels: plot.Levels, Years: plot.Years}
	for i, p := range all {
		var points []string
		shown := p.Result.Coverage[:min(len(p.Result.Coverage), months)]
		for n, c := range shown {
			points = append(points, at(x(n), plot.up(c.InexactFloat64(), top)))
		}
		last := len(shown) - 1
		line := whatIfLine{Path: "M" + strings.Join(points, "L"), Class: p.Class, Letter: p.Letter, Name: p.Name, X: x(last) + 6, Y: plot.up(shown[last].InexactFloat64(), top) + 4 - float64(i%2)*3}
		if b := p.Result.Balance; b != nil && *b < len(shown) {
			line.Meets = &dotAt{x(*b), plot.up(shown[*b].InexactFloat64(), top), p.Name + ": " + p.Balance}
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}
