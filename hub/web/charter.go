package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/hub/charter"
	"passerelle/internal/book"
	"passerelle/internal/web"
)

// Agree enters acts into the book of the charter, all or none; by is the opaque id of who does.
type Agree func(ctx context.Context, by string, acts ...charter.Dated) (charter.Charter, error)

// agreed reads the book as of the day that the address names, or of today.
func (s server) agreed(c echo.Context) (charter.Charter, []charter.Entry, contracts.Date, error) {
	on, err := asOf(c)
	if err != nil {
		return charter.Charter{}, nil, on, err
	}
	all, entries, err := charter.Read(c.Request().Context(), s.data, on)
	return all, entries, on, err
}

// voteMark is what a co-operative said to a version, for the picture of a vote.
type voteMark struct {
	Country contracts.CountryCode
	Class   string // yes, no, abstain, silent, acceded
	Text    string
	Day     contracts.Date
	Minutes string
}

// versionView is a version with what a page shows of it.
type versionView struct {
	charter.Version
	Document charter.Document
	Marks    []voteMark
	Rule     string // in words
	State    string // in words
	InForce  bool
	Changes  []charter.Piece // against the version before; none of the first
}

func viewOf(l *web.Locale, all charter.Charter, v charter.Version, on contracts.Date) (versionView, error) {
	d, err := charter.ReadText(v.Text)
	if err != nil {
		return versionView{}, err // none is entered that cannot be read
	}
	current, any := all.InForceOn(on)
	view := versionView{Version: v, Document: d, Marks: marks(l, v), Rule: votingRule(l, v.Rule), State: l.T(versionStates[v.State]), InForce: any && current.Number == v.Number}
	if before := all.Before(v); before != "" {
		view.Changes = charter.Compare(before, v.Text)
	}
	return view, nil
}

// marks are the votes in the order of the choices, so that yes stands beside yes; then those who have not voted, and who joined later.
func marks(l *web.Locale, v charter.Version) (all []voteMark) {
	for _, choice := range ballot.Choices {
		for _, o := range v.Votes {
			if o.Choice == choice {
				all = append(all, voteMark{o.Country, string(choice), l.T(choiceNames[choice]), o.Day, o.Minutes})
			}
		}
	}
	for _, c := range v.Members {
		if _, voted := v.Vote(c); !voted {
			all = append(all, voteMark{Country: c, Class: "silent", Text: l.T("has not voted")})
		}
	}
	for _, a := range v.Acceded {
		all = append(all, voteMark{a.Country, "yes", l.T("acceded"), a.Day, a.Minutes})
	}
	return all
}

// charterPage is the charter on a day.
type charterPage struct {
	Tabs     []tab
	On       contracts.Date
	Current  *versionView
	Open     *versionView // the proposal that is being voted on
	History  []versionView
	MayEnter bool
	Enter    []web.Link
}

func (s server) charter(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	all, _, on, err := s.agreed(c)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	page := charterPage{Tabs: tabs(l, "/charter"), On: s.dayOf(on), MayEnter: entersBook(c), Enter: s.charterDesk().links(l, "", "proposal", "vote", "accession", "withdrawal")}
	for _, v := range slices.Backward(all.Versions) {
		view, err := viewOf(l, all, v, s.dayOf(on))
		if err != nil {
			return err
		}
		page.History = append(page.History, view)
		switch {
		case view.InForce:
			page.Current = &view
		case v.State == charter.Open:
			page.Open = &view
		}
	}
	return s.pages.Render(c, http.StatusOK, "charter", web.Page{Title: l.T("Charter"), Badges: exampleBadges(all.Example()), Under: "/solidarity", Body: page,
		Lead: l.T("What the co-operatives agreed on among themselves. Each has one vote, whatever its size.")})
}

func (s server) charterVersion(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	all, _, on, err := s.agreed(c)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(c.Param("number"))
	v, found := all.Version(number)
	if err != nil || !found {
		return web.NotFound("version")
	}
	l := web.LocaleOf(c)
	view, err := viewOf(l, all, v, s.dayOf(on))
	if err != nil {
		return err
	}
	title := l.T("Version %d", number)
	body := struct {
		versionView
		MayEnter bool
		Enter    []web.Link
	}{view, entersBook(c), s.charterDesk().links(l, "?version="+strconv.Itoa(number), "vote", "accession", "withdrawal")}
	return s.pages.Render(c, http.StatusOK, "charterversion", web.Page{Title: title, Badges: exampleBadges(v.Example), Under: "/solidarity", Body: body,
		Crumbs: []web.Link{{Text: l.T("Charter"), URL: "/charter"}, {Text: title}}})
}

// charterJSON is the charter and the commitments on a day.
type charterJSON struct {
	Example bool           `json:"example"` // something in it is an example
	On      contracts.Date `json:"on,omitzero"`
	InForce *int           `json:"version_in_force" jsonschema:"nullable"`
	charter.Charter
}

func (s server) apiCharter(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	all, _, on, err := s.agreed(c)
	if err != nil {
		return err
	}
	out := charterJSON{Example: all.Example(), On: on, Charter: all}
	if v, ok := all.InForceOn(s.dayOf(on)); ok {
		out.InForce = &v.Number
	}
	return c.JSON(http.StatusOK, out)
}

func (s server) apiCharterEntries(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	_, entries, _, err := s.agreed(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, entriesOf(entries))
}

// charterAsks are the forms of the charter and of the commitments.
var charterAsks = map[book.Kind]asking[charter.Act, charter.Charter]{
	"proposal": {title: web.Words("Propose a version"), fields: []string{"text", "by", "reason", "rule", "members", "from", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Proposed{Text: f.lines("text"), By: f.country("by"), Reason: f.get("reason"), Rule: f.rule("rule"), Members: countries(f.get("members")), From: f.date("from")}
	}},
	"vote": {title: web.Words("Enter the vote of a co-operative"), fields: []string{"version", "country", "choice", "minutes", "corrects", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Voted{Version: f.number("version"), Country: f.country("country"), Choice: ballot.Choice(f.get("choice")), Minutes: f.get("minutes"), Corrects: f.get("corrects")}
	}},
	"accession": {title: web.Words("A co-operative accedes"), fields: []string{"version", "country", "minutes", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Acceded{Version: f.number("version"), Country: f.country("country"), Minutes: f.get("minutes")}
	}},
	"withdrawal": {title: web.Words("Take a proposal back"), fields: []string{"version", "reason", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.TakenBack{Version: f.number("version"), Reason: f.get("reason")}
	}},
	"commitment": {title: web.Words("Enter a commitment"), fields: []string{"country", "promise", "due", "source", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Promised{Country: f.country("country"), Text: f.get("promise"), Due: f.date("due"), Source: f.get("source")}
	}},
	"fulfilment": {title: web.Words("A commitment was kept"), fields: []string{"commitment", "evidence", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Fulfilled{Commitment: f.get("commitment"), Evidence: f.get("evidence")}
	}},
	"change": {title: web.Words("Change a commitment"), fields: []string{"commitment", "words", "newdue", "reason", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Altered{Commitment: f.get("commitment"), Text: f.get("words"), Due: f.date("newdue"), Reason: f.get("reason")}
	}},
	"note": {title: web.Words("Note how it goes on"), fields: []string{"commitment", "note", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Noted{Commitment: f.get("commitment"), Text: f.get("note")}
	}},
	"release": {title: web.Words("Release from a commitment"), fields: []string{"commitment", "reason", "day"}, act: func(f *form, _ charter.Charter) charter.Act {
		return charter.Relieved{Commitment: f.get("commitment"), Reason: f.get("reason")}
	}},
}

// lines reads a text of several lines as a browser sends it.
func (f form) lines(name string) string {
	return strings.ReplaceAll(f.get(name), "\r\n", "\n")
}

// charterLooks are the fields of the forms of the charter.
var charterLooks = map[string]look{
	"day": {label: "Day from which it counts", shape: "date"}, "text": {label: "Text of the charter", shape: "long", hint: "The first line is the title (# Title); each article begins with its number and name (## 1. Name)."},
	"by": {label: "Proposed by", hint: "Two letters, such as AT."}, "reason": {label: "Reason", shape: "area"}, "rule": {label: "Adopted by", shape: "choice"},
	"members": {label: "Co-operatives that may vote", hint: "Codes of two letters, such as AT, DE."}, "from": {label: "Not in force before", shape: "date", optional: true},
	"version": {label: "Version", shape: "choice"}, "country": {label: "Country", hint: "Two letters, such as AT."}, "choice": {label: "Vote", shape: "choice"}, "minutes": {label: "Reference of the minutes"},
	"corrects": {label: "Corrects an entry, because", optional: true}, "promise": {label: "What was promised", shape: "area"}, "due": {label: "Due", shape: "date"},
	"source": {label: "Article or assembly it comes from"}, "commitment": {label: "Commitment", shape: "choice"}, "evidence": {label: "Evidence", shape: "area"},
	"words": {label: "New words", shape: "area", optional: true}, "newdue": {label: "New day", shape: "date", optional: true}, "note": {label: "Note", shape: "area"},
}

// charterDesk is where the book of the charter is written.
func (s server) charterDesk() desk[charter.Act, charter.Charter] {
	return desk[charter.Act, charter.Charter]{server: s, path: "/charter", title: "Charter", asks: charterAsks, looks: charterLooks, example: charter.Charter.Example, options: charterOptions,
		known: []string{"version", "country", "commitment"},
		fill: func(c echo.Context, _ book.Kind, all charter.Charter, values url.Values) (err error) {
			if v, ok := all.InForceOn(s.today()); ok {
				values.Set("text", v.Text)
			}
			members, err := s.inNetwork(c.Request().Context())
			values.Set("members", members)
			return err
		},
		back: func(f form) string {
			switch {
			case f.get("commitment") != "":
				return "/commitments/" + url.PathEscape(f.get("commitment"))
			case f.get("promise") != "":
				return "/commitments"
			}
			return "/charter"
		},
		read: func(ctx context.Context) (charter.Charter, []charter.Entry, error) {
			return charter.Read(ctx, s.data, contracts.Date{})
		},
		check: func(entries []charter.Entry, act charter.Act, day contracts.Date, by string, now time.Time) (charter.Charter, error) {
			_, after, err := charter.Enter(entries, act, day, by, now)
			return after, renamed(err, act)
		},
		keep: func(ctx context.Context, by string, act charter.Dated) error {
			_, err := s.agree(ctx, by, act)
			return err
		}}
}

// renamed gives the faults of a promise the names that its form has for their fields.
func renamed(err error, act charter.Act) error {
	names := map[book.Kind]map[string]string{"commitment": {"text": "promise"}, "note": {"text": "note"}, "change": {"text": "words", "due": "newdue"}}[act.Kind()]
	if names == nil || !contracts.IsFault(err) {
		return err
	}
	all := slices.Clone(contracts.FaultsOf(err))
	for i, f := range all {
		if name, renamed := names[f.Field]; renamed {
			all[i].Field = name
		}
	}
	return all.Err()
}

// charterOptions are the choices of a field.
func charterOptions(l *web.Locale, _ form, all charter.Charter, name string) (out []option) {
	switch name {
	case "rule":
		return ruleOptions(l, ballot.TwoThirds, ballot.Rule{Part: 3, Whole: 4}, ballot.Rule{Part: 1, Whole: 2, More: true}, ballot.Rule{Part: 1, Whole: 1})
	case "version":
		for _, v := range slices.Backward(all.Versions) {
			out = append(out, option{strconv.Itoa(v.Number), l.T("Version %d", v.Number) + ": " + l.T(versionStates[v.State])})
		}
	case "choice":
		for _, c := range ballot.Choices {
			out = append(out, option{string(c), l.T(choiceNames[c])})
		}
	case "commitment":
		for _, o := range all.Commitments {
			out = append(out, option{o.ID, l.Country(o.Country) + ": " + clipped(o.Text)})
		}
	}
	return out
}
