package web

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/charter"
	"passerelle/internal/book"
	"passerelle/internal/web"
)

// standingCount is how many commitments stand in a way, for the picture of all.
type standingCount struct {
	Standing charter.Standing
	Text     string
	Count    int
	URL      string
	X, Width float64 // of 100
}

// counts are the parts of a bar that holds every commitment.
func counts(l *web.Locale, lines []commitmentLine) (all []standingCount) {
	x := 0.0
	for _, s := range charter.Standings {
		n := 0
		for _, o := range lines {
			if o.Standing == s {
				n++
			}
		}
		if n == 0 {
			continue
		}
		w := 100 * float64(n) / float64(len(lines))
		all = append(all, standingCount{s, l.T(standingNames[s]), n, web.Address("/commitments", "standing", string(s)), x, w})
		x += w
	}
	return all
}

// commitmentsPage is what was promised, on a day.
type commitmentsPage struct {
	Tabs     []tab
	Counts   []standingCount
	Urgent   []commitmentLine // late or due soon
	List     *web.Listed
	MayEnter bool
	Enter    []web.Link
}

func (s server) commitments(c echo.Context) error {
	l := web.LocaleOf(c)
	t := commitmentTable(l)
	a, err := t.Asked(c, "standing", "on")
	if err != nil {
		return err
	}
	all, _, on, err := s.agreed(c)
	if err == nil {
		err = knownStanding(c.QueryParam("standing"))
	}
	if err != nil {
		return err
	}
	day := s.dayOf(on)
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, commitmentLines(all, day, c.QueryParam("standing"))))
	if err != nil || list == nil {
		return err
	}
	page := commitmentsPage{Tabs: tabs(l, "/commitments"), List: list, Counts: counts(l, commitmentLines(all, day, "")), MayEnter: entersBook(c),
		Enter: s.charterDesk().links(l, "", "commitment", "fulfilment", "change", "note", "release")}
	for _, o := range all.Reminders(day) {
		page.Urgent = append(page.Urgent, commitmentLine{o, o.On(day)})
	}
	return s.pages.Render(c, http.StatusOK, "commitments", web.Page{Title: l.T("Commitments"), Badges: exampleBadges(all.Example()), Under: "/solidarity", Body: page,
		Lead: l.T("What co-operatives promised each other, and what became of it.")})
}

// knownStanding refuses a standing that no commitment can have, so that a slip is not taken for "none".
func knownStanding(text string) error {
	if text == "" || slices.Contains(charter.Standings, charter.Standing(text)) {
		return nil
	}
	return contracts.Fault{Code: contracts.FaultInvalid, Field: "standing", Message: fmt.Sprintf("%q is no standing of a commitment", web.Clip(text)), Remedy: "choose one of the list"}
}

// happened names what an event of a commitment is.
var happened = map[book.Kind]web.Words{"fulfilment": "kept", "change": "changed", "note": "note", "release": "released from"}

func (s server) commitment(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	all, _, on, err := s.agreed(c)
	if err != nil {
		return err
	}
	for _, o := range all.Commitments {
		if o.ID != c.Param("id") {
			continue
		}
		l := web.LocaleOf(c)
		body := struct {
			commitmentLine
			Word     web.Words
			Kinds    map[book.Kind]web.Words
			MayEnter bool
			Enter    []web.Link
		}{commitmentLine{o, o.On(s.dayOf(on))}, standingNames[o.On(s.dayOf(on))], happened, entersBook(c) && o.Kept.IsZero() && o.Released.IsZero(),
			s.charterDesk().links(l, "?commitment="+o.ID, "fulfilment", "change", "note", "release")}
		return s.pages.Render(c, http.StatusOK, "commitment", web.Page{Title: o.Text, Badges: exampleBadges(o.Example), Under: "/solidarity", Body: body,
			Crumbs: []web.Link{{Text: l.T("Commitments"), URL: "/commitments"}, {Text: o.ID}}})
	}
	return web.NotFound("commitment")
}

// apiCommitments answers what was promised, as JSON or CSV.
func (s server) apiCommitments(c echo.Context) error {
	t := commitmentTable(web.English)
	a, err := t.Asked(c, "standing", "on")
	if err != nil {
		return err
	}
	all, _, on, err := s.agreed(c)
	if err == nil {
		err = knownStanding(c.QueryParam("standing"))
	}
	if err != nil {
		return err
	}
	lines := commitmentLines(all, s.dayOf(on), c.QueryParam("standing"))
	if a.Format != "" {
		_, err := t.Answer(c, a, web.RowsOf(web.English, t, a, lines))
		return err
	}
	return c.JSON(http.StatusOK, lines)
}
