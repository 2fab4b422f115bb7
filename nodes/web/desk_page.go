package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
	"passerelle/nodes/store"
)

// deskCase is a case as an adviser sees it.
type deskCase struct {
	caseView
	Says    string // what is due
	By      contracts.Date
	Alarms  []string
	Moves   []deskMove
	Updates []trackForm
	Forms   []deskForm
	Cover   *coverView
	Engine  *engineView
	Outcome *outcomeView
	Contact member.Contact
	Works   bool   // whoever looks may move it
	Change  string // where other days and places are entered; empty when they cannot be
}

// trackForm is a track with the form that notes how far it is.
type trackForm struct {
	trackView
	N      int
	Keeper string // the other side keeps it
	Fields []field
	Open   bool
}

// engineView is what the rules said, with every step.
type engineView struct {
	RuleSet, Hash, At string
	Steps             []mobility.Step
}

// outcomeView is what an adviser decided.
type outcomeView struct {
	casework.Outcome
	In     string // which country insures
	Reason string
	Tax    []string
}

// deskSaid is what the page says after something was done.
var deskSaid = map[string]web.Words{
	"take": "The case is yours.", "ask": "The question is asked.", "decide": "It is decided.", "request_exception": "Noted: the exception is asked for.", "exception_granted": "Noted: it was granted.", "exception_refused": "Noted: it was refused.",
	"use_host_legislation": "The co-operative there is asked.", "host_engages": "Noted: we have registered there.", "start_preparing": "The papers are listed, and the co-operative there is asked.", "track_update": "Noted.",
	"close_review": "The review is over.", "end": "Noted: the work is over.", "close": "The case is closed.", "cancel": "The case is given up.", "reject": "The member is told.", "reopen": "The case is open again.",
	"interrupt": "The break is noted.", "resume": "Noted: the work goes on.", "changed": "The change is noted.", "uploaded": "The paper is there.", "withdrawn": "Marked as wrong.", "written": "The message is sent.",
}

// deskCase shows an adviser a case.
func (s server) deskCase(c echo.Context) error {
	if err := web.KnownQuery(c, "done", "now", "paper"); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	return s.showDesk(c, http.StatusOK, k, nil)
}

// showDesk shows the page with what was typed, when something has to be put right.
func (s server) showDesk(c echo.Context, status int, k casework.Case, typed *form) error {
	base, err := s.viewCase(c, k)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	v := deskCase{caseView: base, Alarms: s.alarmsOf(l, k), Cover: insuranceOf(l, k, s.Covers), Engine: s.engineOf(l, k), Outcome: outcomeOf(l, k), Works: advisers.Lets(web.PrincipalOf(c))}
	v.at(deskPath)
	v.Says, v.By = s.dueNext(l, k)
	if done := c.QueryParam("done"); typed == nil {
		v.Said = l.T(deskSaid[done])
	}
	if typed != nil {
		v.Form = *typed
		v.Newer = slices.ContainsFunc(typed.Faults, func(f contracts.Fault) bool { return f.Code == casework.FaultStale })
		v.Form.values.Set("version", strconv.Itoa(k.Version))
	}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		v.Contact, err = s.Store.Contact(ctx, q, web.ScopeOf(c), k.Member)
		return err
	})
	if err != nil {
		return err
	}
	v.Forms = s.deskForms(l, k, v.Member, v.Contact)
	if v.Works {
		may := casework.May(k.State, s.Cases.ActorOf(c.Request().Context(), web.ScopeOf(c), k))
		v.Moves = deskMoves(l, k, v.Form, may)
		if mayChange(c, k.State) {
			v.Change = pageOf(c, k.ID) + "/edit"
		}
		v.Updates = trackForms(l, v.caseView, slices.Contains(may, "track_update"))
	} else {
		v.Updates = trackForms(l, v.caseView, false)
	}
	if v.Thread, err = s.thread(c, k, store.AdviserSide); err != nil {
		return err
	}
	if v.Works {
		v.Thread.Action, v.Thread.Form, v.Thread.Papers = deskPath+"/"+string(k.ID)+"/messages", v.Form, papersToSend(l, v.Papers)
	}
	return s.render(c, status, "deskcase", web.Page{Title: v.Member.Name + ": " + v.Name, Body: v, Badges: []web.Badge{v.Badge},
		Crumbs: []web.Link{{Text: l.T("Cases"), URL: deskPath}, {Text: v.Name}}})
}

// at puts the addresses of a page under another base.
func (v *caseView) at(base string) {
	v.Base = base
	for i := range v.Papers {
		v.Papers[i].URL = base + "/" + string(v.Case.ID) + "/papers/" + string(v.Papers[i].ID)
	}
}

// engineOf is what the rules said last, with the rows of the tables they looked at: the same facts under the same rules have the same path.
func (s server) engineOf(l *web.Locale, k casework.Case) *engineView {
	a := k.Assessed
	if a == nil {
		return nil
	}
	v := &engineView{RuleSet: a.RuleSet, Hash: a.InputHash, At: l.Instant(a.At)}
	again := s.Cases.Rules.Engine.Decide(mobility.Case{ID: string(k.ID), Input: a.Input}, mobility.Options{On: contracts.DateOf(a.At), Explain: true})
	if again.Decision != nil && again.RuleSet == a.RuleSet {
		v.Steps = again.Path
	}
	return v
}

// outcomeOf is what was decided last.
func outcomeOf(l *web.Locale, k casework.Case) *outcomeView {
	o := k.Outcome
	if o == nil {
		return nil
	}
	v := &outcomeView{Outcome: *o, In: stateIn(l, o.Legislation)}
	if o.Override != nil {
		v.Reason = o.Override.Reason
	}
	for _, s := range o.Withholding {
		v.Tax = append(v.Tax, stateIn(l, s))
	}
	return v
}

// trackForms are the tracks that are needed, with their forms for who may use them.
func trackForms(l *web.Locale, v caseView, may bool) (all []trackForm) {
	for i, t := range v.Tracks {
		if !t.Needed() {
			continue
		}
		one := trackForm{trackView: t, N: i}
		if hostKeeps(v.Case, t.Track) {
			one.Keeper = l.T("The co-operative in %s sees to it.", t.Host)
		} else if may {
			one.Fields = trackFields(l, v, i)
			one.Open = slices.ContainsFunc(one.Fields, func(f field) bool { return len(f.Faults) > 0 })
		}
		all = append(all, one)
	}
	return all
}

// hostKeeps tells whether the host's adviser notes how far a track is.
func hostKeeps(k casework.Case, t casework.Track) bool {
	h := hostOf(k, t.Host)
	return h != nil && h.Answer == casework.HostAccepted && (t.Kind == casework.TrackTax || t.Kind == casework.TrackDeclaration && h.Delegated)
}

// trackFields are the inputs of a track.
func trackFields(l *web.Locale, v caseView, n int) []field {
	t := v.Case.Tracks[n]
	in := func(field, label string) field { return v.Form.Field("track-"+strconv.Itoa(n)+"."+field, label) }
	var states []option
	for _, s := range []contracts.TrackState{contracts.TrackTodo, contracts.TrackRequested, contracts.TrackOK, contracts.TrackRefused, contracts.TrackNotNeeded} {
		states = append(states, option{string(s), l.T(trackStates[s])})
	}
	papers := []option{{"", l.T("none")}}
	for _, p := range v.Papers {
		if !p.Invalid() {
			papers = append(papers, option{string(p.ID), p.Says + ", " + l.Instant(p.AddedAt)})
		}
	}
	state := in("state", l.T("How far it is")).Of(states)
	if state.Value == "" {
		state.Value = string(t.State)
	}
	fields := []field{state, in("reference", l.T("Number")), in("paper", l.T("Paper that shows it")).Of(papers), in("until", l.T("Holds until")).As("date")}
	if t.Kind == casework.TrackA1 && v.Case.Warns("PROVISIONAL_2_MONTHS") {
		fields = append(fields, in("notified_on", l.T("Provisional decision notified on")).As("date"))
	}
	return append(fields, in("note", l.T("Note")).Hint(l.T("Needed where it is refused or not needed after all.")))
}

// hasNode tells whether a country has a co-operative of the network.
func hasNode(c contracts.CountryCode) bool {
	a, err := adapters.For(c)
	return err == nil && a.Network.Left.IsZero()
}

// deskPaper adds a document from the adviser's page.
func (s server) deskPaper(c echo.Context) error { return s.keepPaper(c, deskPath, s.showDesk) }

// deskWithdraw marks a document as wrong.
func (s server) deskWithdraw(c echo.Context) error {
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if err := s.Cases.Invalidate(c.Request().Context(), web.ScopeOf(c), k.ID, casework.PaperID(c.Param("paper"))); err != nil {
		return orMissing(err, "document")
	}
	return c.Redirect(http.StatusSeeOther, deskPath+"/"+string(k.ID)+"?done=withdrawn#papers")
}
