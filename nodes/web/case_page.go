package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/store"
)

// caseView is one case as pages show it: to the member, and with more to do to advisers.
type caseView struct {
	Case     casework.Case
	Base     string // of the addresses of whoever looks: a member's /cases, the advisers' /casework
	Member   member.Member
	Name     string
	Standing standing
	Badge    web.Badge
	Answers  []*abroadAnswer // what the rules say, trip by trip; none before they ran
	Decided  *casework.Outcome
	Trips    []tripView
	Tracks   []trackView
	Missing  []string
	Clock    clockView
	Wanted   []wantedPaper // the checklist
	Papers   []paperLine
	Packs    []packLink
	Shared   []sharedWith
	Thread   threadView
	Looked   []hostRead // at home
	History  []historyLine
	May      map[string]bool // what whoever looks can do now
	Form     form
	Newer    bool // the case has moved on while somebody typed
	Kinds    []option
	Said     string
	Today    contracts.Date
}

// tripView is a trip in words.
type tripView struct {
	Host       string
	Undertaken string
	Place      casework.Place
	Start, End contracts.Date
	Days       int
}

// trackView is a track in words.
type trackView struct {
	casework.Track
	Name, Means, Host string
	Badge             web.Badge
}

// historyLine is what happened, in words.
type historyLine struct {
	casework.Entry
	Says, Who, State string
	Text             string // what somebody wrote
}

// viewCase gathers a case of the address for a page.
func (s server) viewCase(c echo.Context, k casework.Case) (v caseView, err error) {
	ctx, l, scope := c.Request().Context(), web.LocaleOf(c), web.ScopeOf(c)
	v = caseView{Case: k, Base: "/cases", Name: caseName(l, k), Standing: standingOf(l, k), Badge: caseBadge(k.State), Decided: k.Outcome, Today: s.today(), May: map[string]bool{},
		Form: blankForm("version", strconv.Itoa(k.Version), "kind", c.QueryParam("paper"))}
	for _, e := range casework.May(k.State, s.Cases.ActorOf(ctx, scope, k)) {
		v.May[string(e)] = true
	}
	if a := k.Assessed; a != nil {
		v.Answers = answersAbroad(l, a.Input, &a.Decision)
	}
	var history []casework.Entry
	var steps []store.Step
	err = s.db().Read(ctx, func(ctx context.Context, q storage.Querier) (err error) {
		if v.Member, _, err = s.Store.Member(ctx, q, scope, k.Member); err != nil {
			return err
		}
		papers, err := s.Store.Papers(ctx, q, scope, k.ID)
		if err != nil {
			return err
		}
		v.Papers = paperLines(l, k, papers)
		v.Wanted = wantedPapers(l, k, papers)
		if history, err = s.Store.History(ctx, q, scope, k.ID); err != nil {
			return err
		}
		steps, err = s.Store.Trail(ctx, q, scope, string(k.Member), 0, mostSteps)
		return err
	})
	if err != nil {
		return v, err
	}
	v.inWords(l, history)
	v.expect(l)
	v.Clock, v.Shared, v.Packs = s.clockView(l, k), s.sharedWith(l, k, steps), packLinks(l, k)
	v.Looked = readsOf(steps, k, atHome)
	for _, kind := range casework.PaperKinds {
		v.Kinds = append(v.Kinds, option{string(kind), l.T(paperNames[kind])})
	}
	return v, web.Saw(c, sightOfCase(k))
}

// expect tells the member what he has to bring, and offers to add it.
func (v *caseView) expect(l *web.Locale) {
	i := slices.IndexFunc(v.Wanted, func(w wantedPaper) bool { return w.Mine && !w.Have })
	if i < 0 {
		return
	}
	if v.Case.State == contracts.CasePreparing {
		v.Standing.Turn = l.T("It is your turn: add the papers marked below. Your adviser does the rest.")
	}
	if v.Form.get("kind") == "" {
		v.Form.values.Set("kind", string(v.Wanted[i].Kind))
	}
}

func (v *caseView) inWords(l *web.Locale, history []casework.Entry) {
	for i, t := range v.Case.Facts.Input.Trips {
		v.Trips = append(v.Trips, tripView{stateIn(l, t.Host), t.HostUndertaking, placeOf(v.Case.Facts, i+1), t.Start, t.End, t.End.Sub(t.Start) + 1})
	}
	for _, t := range v.Case.Tracks {
		one := trackView{Track: t, Name: l.T(trackNames[t.Kind]), Means: l.T(trackMeans[t.Kind]), Badge: web.Badge{Kind: trackBadges[t.State], Text: trackStates[t.State]}}
		if t.Host != "" {
			one.Host = stateIn(l, t.Host)
		}
		v.Tracks = append(v.Tracks, one)
	}
	for _, t := range v.Case.Missing() {
		name := l.T(trackNames[t.Kind])
		if t.Host != "" {
			name += ", " + stateIn(l, t.Host)
		}
		v.Missing = append(v.Missing, name)
	}
	for _, e := range slices.Backward(history) {
		line := historyLine{Entry: e, Says: l.T(eventNames[e.Event]), Who: l.T(actorNames[e.Actor]), State: l.T(caseStates[e.To]), Text: textOfEntry(e)}
		if e.Actor == casework.XA {
			line.Who = l.T("adviser, %s", l.Country(contracts.CountryCode(e.Account)))
		} else if e.Name != "" {
			line.Who = e.Name
		}
		v.History = append(v.History, line)
	}
}

// textOfEntry is what somebody wrote with an event: the question, the answer, the reason.
func textOfEntry(e casework.Entry) string {
	var said struct {
		Text   string `json:"text"`
		Reason string `json:"reason"`
		Note   string `json:"note"`
	}
	if len(e.Said) == 0 || decodeSaid(e.Said, &said) != nil {
		return ""
	}
	return or(or(said.Text, said.Reason), said.Note)
}

// caseSaid is what a page says after something was done.
var caseSaid = map[string]web.Words{
	"submitted": "Handed in. An adviser looks at it; you find here how it goes on.", "answered": "Your answer is with your adviser.", "changed": "The change is noted; your adviser looks at what follows.",
	"interrupted": "The break is noted. Why is nobody's business.", "resumed": "Noted: the work goes on.", "ended": "Noted: the work is over.", "cancelled": "Given up. Nothing more happens.",
	"uploaded": "The paper is there.", "withdrawn": "Marked as wrong.", "day": "The day is noted.", "day-removed": "The day is taken back.", "written": "Your message is with your adviser.",
}

// myCase shows a member his case.
func (s server) myCase(c echo.Context) error {
	if err := web.KnownQuery(c, "done", "paper"); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if k.State == contracts.CaseDraft {
		return c.Redirect(http.StatusSeeOther, "/cases/"+string(k.ID)+"/edit")
	}
	return s.showCase(c, http.StatusOK, k, nil)
}

// showCase shows the case with what was typed, when something has to be put right.
func (s server) showCase(c echo.Context, status int, k casework.Case, typed *form) error {
	v, err := s.viewCase(c, k)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	v.Said = l.T(caseSaid[c.QueryParam("done")])
	if v.Thread, err = s.thread(c, k, store.MemberSide); err != nil {
		return err
	}
	if typed != nil {
		v.Form = *typed
		v.Newer = slices.ContainsFunc(typed.Faults, func(f contracts.Fault) bool { return f.Code == casework.FaultStale })
		v.Form.values.Set("version", strconv.Itoa(k.Version))
	}
	v.Thread.Action, v.Thread.Form = "/cases/"+string(k.ID)+"/messages", v.Form
	return s.render(c, status, "case", web.Page{Title: v.Name, Body: v, Badges: []web.Badge{v.Badge}, Crumbs: []web.Link{{Text: l.T("Work abroad"), URL: "/cases"}, {Text: v.Name}}})
}
