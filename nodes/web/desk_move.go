package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
)

// typed is the part of a form that belongs to one move: its fields have the move's name before theirs, because a page has several.
type typed struct {
	*form
	move string
}

func (t typed) name(field string) string             { return t.move + "." + field }
func (t typed) text(field string) string             { return t.get(t.name(field)) }
func (t typed) day(field string) contracts.Date      { return t.date(t.name(field)) }
func (t typed) states(field string) []mobility.State { return statesOf(t.values[t.name(field)]) }

// state is a State by its ISO code; none where nothing was chosen.
func (t typed) state(field string) mobility.State { return stateOf(t.form, t.name(field)) }

func statesOf(codes []string) (all []mobility.State) {
	for _, code := range codes {
		if c := contracts.CountryCode(code); c.Known() {
			all = append(all, mobility.StateOf(c))
		}
	}
	return all
}

// deskEvents makes of what an adviser typed the event it stands for.
var deskEvents = map[casework.Name]func(t typed, at casework.At, k casework.Case) casework.Event{
	"take": func(_ typed, at casework.At, _ casework.Case) casework.Event { return casework.Take{At: at} },
	"ask":  askOf,
	"decide": func(t typed, at casework.At, k casework.Case) casework.Event {
		return casework.Decide{At: at, Override: overrideOf(t, k)}
	},
	"request_exception": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.RequestException{At: at, Reason: t.text("reason")}
	},
	"exception_granted": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.ExceptionGranted{At: at, Reference: t.text("reference"), Until: t.day("until"), Delegate: t.states("delegate")}
	},
	"exception_refused": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.ExceptionRefused{At: at, Reason: t.text("reason")}
	},
	"use_host_legislation": func(_ typed, at casework.At, _ casework.Case) casework.Event {
		return casework.UseHostLegislation{At: at}
	},
	"host_engages": func(_ typed, at casework.At, _ casework.Case) casework.Event {
		return casework.HostEngages{At: at, How: casework.HomeRegisters}
	},
	"start_preparing": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.StartPreparing{At: at, Delegate: t.states("delegate")}
	},
	"close_review": func(t typed, at casework.At, k casework.Case) casework.Event {
		return casework.CloseReview{At: at, To: casework.State(t.text("to")), Override: overrideOf(t, k)}
	},
	"interrupt": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.Interrupt{At: at, From: t.day("from"), Until: t.day("until")}
	},
	"resume": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.Resume{At: at, On: t.day("on")}
	},
	"end": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.End{At: at, On: t.day("on")}
	},
	"close": func(_ typed, at casework.At, _ casework.Case) casework.Event { return casework.Close{At: at} },
	"cancel": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.Cancel{At: at, Reason: t.text("reason")}
	},
	"reject": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.Reject{At: at, Reason: t.text("reason")}
	},
	"reopen": func(t typed, at casework.At, _ casework.Case) casework.Event {
		return casework.Reopen{At: at, Reason: t.text("reason")}
	},
	"track_update": trackUpdateOf,
}

// askOf asks the member, or the host whose code was chosen.
func askOf(t typed, at casework.At, _ casework.Case) casework.Event {
	ask := casework.Ask{At: at, Of: casework.M, Text: t.text("text")}
	if t.text("of") != string(casework.M) {
		ask.Of, ask.Host = casework.XA, t.state("of")
	}
	return ask
}

// overrideOf is what an adviser decides other than the rules; nil when he confirms them. A reason alone is one too.
func overrideOf(t typed, k casework.Case) *casework.Override {
	o := casework.Override{Reason: t.text("reason"), Legislation: t.state("legislation"), Article: mobility.Article(t.text("article")), A1: t.flag("a1"), Withholding: t.flag("withholding")}
	for i := range k.Facts.Input.Trips {
		if need := t.text(fmt.Sprintf("declaration-%d", i+1)); need != "" {
			o.Notices = append(o.Notices, casework.NoticeOverride{Trip: i + 1, Need: country.Need(need)})
		}
	}
	if o.Reason == "" && o.Legislation == "" && o.Article == "" && o.A1 == nil && o.Withholding == nil && o.Notices == nil {
		return nil
	}
	return &o
}

// flag is yes, no, or nothing said.
func (t typed) flag(field string) *bool {
	said := t.text(field) == "yes"
	if t.text(field) == "" {
		return nil
	}
	return &said
}

// trackUpdateOf says how far the track of a number is, as the page counts them.
func trackUpdateOf(t typed, at casework.At, k casework.Case) casework.Event {
	u := casework.TrackUpdate{At: at, State: contracts.TrackState(t.text("state")), Reference: t.text("reference"), Paper: casework.PaperID(t.text("paper")), Until: t.day("until"), NotifiedOn: t.day("notified_on"), Note: t.text("note")}
	n, err := strconv.Atoi(strings.TrimPrefix(t.move, "track-"))
	if err == nil && n >= 0 && n < len(k.Tracks) {
		u.Track, u.Trip, u.Host = k.Tracks[n].Kind, k.Tracks[n].Trip, k.Tracks[n].Host
	}
	return u
}

// advise carries a move of an adviser out.
func (s server) advise(name casework.Name) echo.HandlerFunc {
	return func(c echo.Context) error {
		in, err := readForm(c)
		if err != nil {
			return err
		}
		k, err := s.caseOf(c)
		if err != nil {
			return err
		}
		at, err := versionIn(in)
		if err != nil {
			return err
		}
		t := typed{&in, string(name)}
		if name == "track_update" {
			t.move = "track-" + in.get("track")
		}
		event := deskEvents[name](t, at, k)
		if len(in.Faults) == 0 {
			after, err := s.Cases.Fire(c.Request().Context(), web.ScopeOf(c), k.ID, event)
			if err == nil {
				return c.Redirect(http.StatusSeeOther, web.Address(deskPath+"/"+string(k.ID), "done", string(name), "now", string(after.State)))
			}
			if err := t.refuse(orMissing(err, "case")); err != nil {
				return err
			}
		}
		if k, err = s.caseOf(c); err != nil {
			return err
		}
		return s.showDesk(c, http.StatusUnprocessableEntity, k, &in)
	}
}

// refuse puts the faults of a move to its fields.
func (t typed) refuse(err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	for _, f := range contracts.FaultsOf(err) {
		if f.Field != "" && f.Field != "version" {
			f.Field = t.name(fieldOfMove.Replace(f.Field))
		}
		t.Faults = append(t.Faults, f)
	}
	return nil
}

// fieldOfMove finds the field of the page for a fault of the rules, or of a letter.
var fieldOfMove = strings.NewReplacer("override.", "", "says.", "", "declarations", "declaration-1")

// deskMove is a move as its form stands on the page.
type deskMove struct {
	Name    string
	Action  string // where its form goes
	Version int    // of the case that is shown
	Title   string
	Says    string // what it means
	Button  string
	Fields  []field
	Other   []field  // what an adviser may decide other than the rules
	Hosts   []option // who may be asked to file the declaration
	First   bool     // the usual next step
	Grave   bool
}

// Open tells whether something in its form is to be put right.
func (m deskMove) Open() bool {
	wrong := func(f field) bool { return len(f.Faults) > 0 }
	return slices.ContainsFunc(m.Fields, wrong) || slices.ContainsFunc(m.Other, wrong)
}

// moveWords says each move: its title, what it means, its button.
var moveWords = map[casework.Name][]web.Words{
	"take":                 {"Take the case up", "The rules are asked, and the case is yours.", "Take it up"},
	"decide":               {"Decide", "What the rules say is confirmed. It stays on file beside what you decide.", "Decide so"},
	"ask":                  {"Ask something", "The case waits for the answer.", "Ask"},
	"request_exception":    {"Ask for an exception", "The authorities of both countries must agree (Article 16).", "The exception is asked for"},
	"exception_granted":    {"The exception was granted", "The person stays insured at home, and the papers begin.", "It was granted"},
	"exception_refused":    {"The exception was refused", "The person is insured where the work is.", "It was refused"},
	"use_host_legislation": {"Insure where the work is", "The co-operative there is asked how it engages the person.", "Use the law there"},
	"host_engages":         {"Register there as a foreign employer", "Without the co-operative there: our own registers with the institutions of the country (Regulation 987/2009, Article 21).", "We have registered"},
	"start_preparing":      {"Begin with the papers", "The papers are listed, and the co-operative there is asked for help. From then on it sees what it needs.", "Begin"},
	"close_review":         {"End the review", "The rules were asked again after the change.", "End the review"},
	"interrupt":            {"A break", "Only the days are kept; nobody asks why.", "Note the break"},
	"resume":               {"The work goes on after a break", "The break is over.", "It goes on"},
	"end":                  {"The work is over", "Empty: the planned last day, or today when that is earlier.", "It is over"},
	"close":                {"Close the case", "All papers are filed. They stay as long as the law asks; the co-operative there sees the case for 60 more days.", "Close"},
	"cancel":               {"Give the case up", "Nobody goes. The co-operative there is told.", "Give it up"},
	"reject":               {"Do not take the case", "The member reads the reason.", "Do not take it"},
	"reopen":               {"Take the case up again", "For an inspection, a dispute about the A1, or a longer stay.", "Reopen"},
}

// usual are the moves that lead on, which stand open.
var usual = []casework.Name{"take", "decide", "start_preparing", "exception_granted", "close_review", "close"}

// grave are those that cannot be undone by another.
var grave = []casework.Name{"cancel", "reject"}

// deskMoves are the forms of what an adviser can do now.
func deskMoves(l *web.Locale, k casework.Case, f form, may []casework.Name) (all []deskMove) {
	for _, name := range may {
		w := moveWords[name]
		if len(w) < 3 || name == "close_review" && !k.ReviewOpen || name == "request_exception" && !k.Warns("EXCEPTION_NEEDED") {
			continue
		}
		m := deskMove{Name: string(name), Action: deskPath + "/" + string(k.ID) + "/" + string(name), Version: k.Version, Title: l.T(w[0]), Says: l.T(w[1]), Button: l.T(w[2]), First: slices.Contains(usual, name), Grave: slices.Contains(grave, name)}
		if m.Fields = inputsOf(l, k, f, name); name == "decide" || name == "close_review" {
			m.Other = overrideFields(l, k, f, name)
		}
		if name == "start_preparing" || name == "exception_granted" {
			m.Hosts = hostOptions(l, k)
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b deskMove) int { return rank(a) - rank(b) })
	return all
}

func rank(m deskMove) int {
	switch {
	case m.First:
		return 0
	case m.Grave:
		return 2
	}
	return 1
}

func hostOptions(l *web.Locale, k casework.Case) (all []option) {
	for _, h := range k.HostStates() {
		all = append(all, option{iso(h), stateIn(l, h)})
	}
	return all
}

// inputsOf are the inputs of a move.
func inputsOf(l *web.Locale, k casework.Case, f form, name casework.Name) []field {
	in := func(field, label string) field { return f.Field(string(name)+"."+field, label) }
	reason := in("reason", l.T("Reason")).As("area")
	switch name {
	case "ask":
		return []field{in("of", l.T("Whom")).Of(askable(l, k)), in("text", l.T("Question")).As("area").Required()}
	case "close_review":
		to := choices{{string(contracts.CaseActive), "The work goes on as decided"}, {string(contracts.CaseHostLegislation), "Insured where the work is"}}
		if k.Warns("EXCEPTION_NEEDED") {
			to = append(to, choices{{string(contracts.CaseExceptionPending), "An exception is asked for"}}...)
		}
		return []field{in("to", l.T("What follows")).Of(to.in(l)).Required()}
	case "exception_granted":
		return []field{in("reference", l.T("Number of the decision")), in("until", l.T("Holds until")).As("date")}
	case "request_exception":
		return []field{reason.Hint(l.T("Why it is in the person's interest.")).Required()}
	case "reject", "reopen":
		return []field{reason.Required()}
	case "exception_refused", "cancel":
		return []field{reason}
	case "interrupt":
		return []field{in("from", l.T("First day of the break")).As("date").Required(), in("until", l.T("Last day of the break")).As("date")}
	case "resume":
		return []field{in("on", l.T("First day of work again")).As("date").Required()}
	case "end":
		return []field{in("on", l.T("Last day that was worked")).As("date")}
	}
	return nil
}

// askable are the member, and the hosts that have a co-operative.
func askable(l *web.Locale, k casework.Case) []option {
	all := []option{{string(casework.M), l.T("the member")}}
	for _, h := range hostOptions(l, k) {
		if hasNode(contracts.CountryCode(h.Value)) {
			all = append(all, option{h.Value, l.T("the co-operative in %s", h.Text)})
		}
	}
	return all
}

// overrideFields are what an adviser may decide other than the rules.
func overrideFields(l *web.Locale, k casework.Case, f form, name casework.Name) []field {
	in := func(field, label string) field { return f.Field(string(name)+"."+field, label) }
	as, yesNo := l.T("as the rules say"), choices{{"yes", "yes"}, {"no", "no"}}.in(l)
	fields := []field{
		in("legislation", l.T("Insured in")).Of(withFirst(involved(l, k), as)),
		in("article", l.T("Article")).Suggest(articles()),
		in("a1", l.T("A1 certificate")).Of(withFirst(yesNo, as)),
	}
	for i, t := range k.Facts.Input.Trips {
		needs := choices{{string(country.Required), "yes"}, {string(country.NotRequired), "no"}}.in(l)
		fields = append(fields, in(fmt.Sprintf("declaration-%d", i+1), l.T("Declaration in %s, %s", stateIn(l, t.Host), l.Date(t.Start))).Of(withFirst(needs, as)))
	}
	return append(fields, in("withholding", l.T("Tax may be held back")).Of(withFirst(yesNo, as)),
		in("reason", l.T("Reason")).As("area").Hint(l.T("Needed where you decide other than the rules. It stays on file.")))
}

func withFirst(options []option, first string) []option {
	return append([]option{{"", first}}, options...)
}

// involved are the States whose law may hold: home, residence, and where the work is.
func involved(l *web.Locale, k casework.Case) (all []option) {
	in := k.Facts.Input
	for _, s := range append([]mobility.State{in.Home, in.Residence}, k.HostStates()...) {
		if s != "" && !slices.ContainsFunc(all, func(o option) bool { return o.Value == iso(s) }) {
			all = append(all, option{iso(s), stateIn(l, s)})
		}
	}
	return all
}

// articles are those that decisions rest on, as law.yaml writes them.
func articles() (all []option) {
	for _, a := range []string{"11.3a", "11.3b", "12.1", "12.2", "13.1a", "13.1b_i", "13.1b_ii", "13.1b_iii", "13.1b_iv", "13.2a", "13.2b", "13.3", "13.4", "16.1", "987.14.11"} {
		all = append(all, option{Value: a})
	}
	return all
}
