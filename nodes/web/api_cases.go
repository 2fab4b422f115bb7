package web

import (
	"context"
	"io"
	"net/http"
	"reflect"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
	"passerelle/nodes/store"
)

// caseMoves says what each event is for, as the trail names it.
var caseMoves = map[casework.Name]web.Words{
	"edit": "correct the facts of a case", "submit": "hand a case in", "take": "begin to assess a case", "ask": "ask something in a case", "answer": "answer in a case",
	"decide": "decide a case", "request_exception": "ask for an exception in a case", "exception_granted": "record that an exception was granted", "exception_refused": "record that an exception was refused",
	"use_host_legislation": "put a case under the host's law", "host_engages": "register with the host's insurance", "start_preparing": "begin with the papers of a case",
	"track_update": "note how far a paper is", "change": "change the facts of a decided case", "close_review": "end the review of a case", "interrupt": "note a break of the work",
	"resume": "note that the work goes on", "end": "end the work of a case", "close": "close a case", "cancel": "give a case up", "reject": "reject a case", "reopen": "reopen a case",
}

// pictures and documents that a case takes.
var paperTypes = web.Files{"application/pdf", "image/jpeg", "image/png", "image/heic"}

// apiCaseRoutes lists the JSON addresses of mobility cases. Each event of the table that a person can send has its own; what an adviser of a
// host State does arrives from his node.
func (s server) apiCaseRoutes() []web.Route {
	routes := []web.Route{
		{Method: "GET", Path: "/api/cases", Who: caseReaders, Handle: s.apiCases, Personal: true, Summary: "list the mobility cases",
			Gives: listOf[store.CaseRow]{}, Query: []string{"state", "open", "after"}},
		{Method: "POST", Path: "/api/cases", Who: caseWriters, Handle: s.apiOpenCase, Personal: true, Summary: "open a case",
			Takes: newCase{}, Gives: caseFile{}},
		{Method: "GET", Path: "/api/cases/new", Who: caseReaders, Handle: s.apiNewCase, Personal: true, Summary: "see what is known for a new case",
			Gives: casework.Facts{}, Query: []string{"member"}},
		{Method: "GET", Path: "/api/cases/:id", Who: caseReaders, Handle: s.apiCase, Object: "case", Personal: true, Summary: "read a case",
			Gives: caseFile{}},
		{Method: "GET", Path: "/api/cases/:id/history", Who: caseReaders, Handle: s.apiCaseHistory, Object: "case", Personal: true, Summary: "read the history of a case",
			Gives: listOf[casework.Entry]{}},
		{Method: "POST", Path: "/api/cases/:id/papers", Who: caseWriters, Handle: s.apiUploadPaper, Object: "case", Personal: true, Upload: true, Summary: "add a document to a case",
			Takes: paperTypes, Gives: casework.Paper{}, Query: []string{"kind"}},
		{Method: "GET", Path: "/api/cases/:id/papers/:paper", Who: caseReaders, Handle: s.apiPaper, Object: "case", Personal: true, Summary: "see a document of a case",
			Gives: paperTypes},
		{Method: "DELETE", Path: "/api/cases/:id/papers/:paper", Who: caseWriters, Handle: s.apiInvalidatePaper, Object: "case", Personal: true, Summary: "mark a document of a case as wrong"},
		{Method: "GET", Path: "/api/days", Who: caseReaders, Handle: s.apiDays, Personal: true, Summary: "count a member's days abroad",
			Gives: daysFile{}, Query: []string{"member", "on"}},
		{Method: "POST", Path: "/api/days", Who: own, Handle: s.apiEnterDay, Summary: "enter a day of work",
			Takes: casework.WorkDay{}, Gives: casework.WorkDay{}},
		{Method: "DELETE", Path: "/api/days", Who: own, Handle: s.apiRemoveDay, Summary: "take a day of work back", Query: []string{"day", "state"}},
	}
	for _, e := range casework.Events {
		if summary, by := caseMoves[e.Name()]; by {
			move := web.Route{Method: "POST", Path: "/api/cases/:id/" + string(e.Name()), Who: whoMoves(e.Name()), Handle: s.apiMove(e), Object: "case", Takes: e, Gives: caseFile{}}
			move.Personal, move.Summary = true, summary
			routes = append(routes, move)
		}
	}
	return routes
}

// whoMoves is for whom an event is, by the table.
func whoMoves(e casework.Name) access.Rule {
	if casework.Sends(casework.M, e) {
		return caseWriters
	}
	return advisers
}

// caseFile is a case with what can be done in it.
type caseFile struct {
	casework.Case
	MemberName string                `json:"member_name"`
	May        []casework.Name       `json:"may"`     // events that whoever asks can send now
	Missing    []casework.Track      `json:"missing"` // what departure waits for
	Papers     []casework.Paper      `json:"papers"`
	Agenda     []casework.Reminder   `json:"agenda"`    // what the clock has in store
	Given      []store.GivenReminder `json:"reminders"` // what it said already
}

// caseFileOf gathers a case, and notes whose it is.
func (s server) caseFileOf(c echo.Context, k casework.Case) (f caseFile, err error) {
	scope, ctx := web.ScopeOf(c), c.Request().Context()
	f = caseFile{Case: k, May: casework.May(k.State, s.Cases.ActorOf(ctx, scope, k)), Missing: k.Missing(), Agenda: s.Cases.Rules.Agenda(k)}
	err = s.db().Read(ctx, func(ctx context.Context, q storage.Querier) (err error) {
		m, _, err := s.Store.Member(ctx, q, scope, k.Member)
		if err != nil {
			return err
		}
		f.MemberName = m.Name
		if f.Papers, err = s.Store.Papers(ctx, q, scope, k.ID); err != nil {
			return err
		}
		f.Given, err = s.Store.Reminders(ctx, q, scope, k.ID)
		return err
	})
	if err != nil {
		return f, err
	}
	return f, web.Saw(c, sightOfCase(k))
}

// caseOf finds the case of the address.
func (s server) caseOf(c echo.Context) (casework.Case, error) {
	k, found, err := s.Store.Case(c.Request().Context(), s.db(), web.ScopeOf(c), contracts.CaseID(c.Param("id")))
	if err == nil && !found {
		err = web.NotFound("case")
	}
	return k, err
}

func (s server) apiCases(c echo.Context) error {
	if err := web.KnownQuery(c, "state", "open", "after"); err != nil {
		return err
	}
	f := store.CaseFilter{State: casework.State(c.QueryParam("state")), Limit: pageSize + 1}
	var fs contracts.Faults
	var err error
	f.Open, err = queryFlag(c, "open")
	fs.Add("", err)
	day, id, err := readPageEnd("after", c.QueryParam("after"))
	fs.Add("", err)
	fs.Add("after", f.After.UnmarshalText([]byte(day)))
	if err := fs.Err(); err != nil {
		return err
	}
	f.ID = contracts.CaseID(id)
	rows, err := s.Store.Cases(c.Request().Context(), s.db(), web.ScopeOf(c), f)
	if err != nil {
		return err
	}
	rows, more := page(rows)
	if err := web.Saw(c, sightsOf(rows, func(r store.CaseRow) access.Sight { return sightOfCase(r.Case) })...); err != nil {
		return err
	}
	out := listOf[store.CaseRow]{Items: rows}
	if more {
		out.Next = web.Address("/api/cases", "state", string(f.State), "open", c.QueryParam("open"), "after", endOfCases(rows))
	}
	return answer(c, http.StatusOK, out)
}

// endOfCases is where a part of the list ends.
func endOfCases(rows []store.CaseRow) string {
	last := rows[len(rows)-1].Case
	day := last.Start()
	if day.IsZero() {
		day = store.NoDay
	}
	return pageEnd(day.String(), string(last.ID))
}

func (s server) apiCase(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	f, err := s.caseFileOf(c, k)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, f)
}

func (s server) apiCaseHistory(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightOfCase(k)); err != nil {
		return err
	}
	history, err := s.Store.History(c.Request().Context(), s.db(), web.ScopeOf(c), k.ID)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, listOf[casework.Entry]{Items: history})
}

// newCase opens a case. A member opens his own and need not say whose it is.
type newCase struct {
	Member member.ID      `json:"member,omitzero"`
	Facts  casework.Facts `json:"facts"`
}

// apiNewCase answers what need not be asked again: a member's own, or with member= anybody's in scope.
func (s server) apiNewCase(c echo.Context) error {
	if err := web.KnownQuery(c, "member"); err != nil {
		return err
	}
	whose := s.whose(c)
	f, err := s.Cases.Prefilled(c.Request().Context(), s.db(), web.ScopeOf(c), whose)
	if err != nil {
		return orMissing(err, "member")
	}
	if err := web.Saw(c, access.Sight{Kind: "member", Record: string(whose), Member: string(whose)}); err != nil {
		return err
	}
	return answer(c, http.StatusOK, f)
}

// whose is the member that the query names, else the one who asks.
func (s server) whose(c echo.Context) member.ID {
	if m := c.QueryParam("member"); m != "" {
		return member.ID(m)
	}
	return member.ID(web.ScopeOf(c).Member())
}

func (s server) apiOpenCase(c echo.Context) error {
	var n newCase
	if err := bind(c, &n); err != nil {
		return err
	}
	scope := web.ScopeOf(c)
	if n.Member == "" {
		n.Member = member.ID(scope.Member())
	}
	k, err := s.Cases.Create(c.Request().Context(), scope, n.Member, n.Facts)
	if err != nil {
		return err
	}
	f, err := s.caseFileOf(c, k)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, f)
}

// apiMove answers an event with the case after it.
func (s server) apiMove(zero casework.Event) echo.HandlerFunc {
	return func(c echo.Context) error {
		event := reflect.New(reflect.TypeOf(zero))
		if err := bind(c, event.Interface()); err != nil {
			return err
		}
		k, err := s.Cases.Fire(c.Request().Context(), web.ScopeOf(c), contracts.CaseID(c.Param("id")), event.Elem().Interface().(casework.Event))
		if err != nil {
			return orMissing(err, "case")
		}
		f, err := s.caseFileOf(c, k)
		if err != nil {
			return err
		}
		return answer(c, http.StatusCreated, f)
	}
}

func (s server) apiUploadPaper(c echo.Context) error {
	if err := web.KnownQuery(c, "kind"); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightOfCase(k)); err != nil {
		return err
	}
	content, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	p, err := s.Cases.Upload(c.Request().Context(), web.ScopeOf(c), k.ID, casework.PaperKind(c.QueryParam("kind")), content)
	if err != nil {
		return orMissing(err, "case")
	}
	return answer(c, http.StatusCreated, p)
}

// apiPaper answers a document as a file to keep: nothing that was uploaded is shown as a page of ours.
func (s server) apiPaper(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	p, content, found, err := s.Store.PaperContent(c.Request().Context(), s.db(), web.ScopeOf(c), k.ID, casework.PaperID(c.Param("paper")))
	if err != nil || !found {
		return orElse(err, web.NotFound("document"))
	}
	if err := web.Saw(c, access.Sight{Kind: "paper", Record: string(p.ID), Member: string(k.Member)}); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+p.Name+`"`)
	return c.Blob(http.StatusOK, p.MediaType, content)
}

func (s server) apiInvalidatePaper(c echo.Context) error {
	err := s.Cases.Invalidate(c.Request().Context(), web.ScopeOf(c), contracts.CaseID(c.Param("id")), casework.PaperID(c.Param("paper")))
	if err != nil {
		return orMissing(err, "document")
	}
	return c.NoContent(http.StatusNoContent)
}

// daysFile is a member's days abroad as they count.
type daysFile struct {
	On      contracts.Date        `json:"on"`
	Counts  []casework.Count      `json:"counts"`
	Shares  []casework.StateShare `json:"shares"` // of the twelve months from that day on
	Entered []casework.WorkDay    `json:"entered"`
	Spells  []casework.Spell      `json:"spells"`
}

// apiDays counts: a member's own days, or with member= anybody's in scope.
func (s server) apiDays(c echo.Context) error {
	if err := web.KnownQuery(c, "member", "on"); err != nil {
		return err
	}
	on, err := queryDate(c, "on", s.today())
	if err != nil {
		return err
	}
	scope, whose := web.ScopeOf(c), s.whose(c)
	var f daysFile
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		if _, found, err := s.Store.Member(ctx, q, scope, whose); err != nil || !found {
			return orElse(err, web.NotFound("member"))
		}
		f, err = s.daysOf(ctx, q, scope, whose, on)
		return err
	})
	if err != nil {
		return err
	}
	if err := web.Saw(c, access.Sight{Kind: "calendar", Record: string(whose), Member: string(whose)}); err != nil {
		return err
	}
	return answer(c, http.StatusOK, f)
}

func (s server) daysOf(ctx context.Context, q storage.Querier, scope access.Scope, m member.ID, on contracts.Date) (f daysFile, err error) {
	f.On = on
	if f.Spells, err = s.Cases.Spells(ctx, q, scope, m, ""); err != nil {
		return f, err
	}
	if f.Entered, err = s.Store.WorkDays(ctx, q, scope, m); err != nil {
		return f, err
	}
	f.Counts, f.Shares = casework.Counts(f.Spells, on), casework.Shares(f.Spells, on, mobility.StateOf(s.adapter().Code), s.adapter())
	return f, nil
}

func (s server) apiEnterDay(c echo.Context) error {
	var d casework.WorkDay
	if err := bind(c, &d); err != nil {
		return err
	}
	scope := web.ScopeOf(c)
	if err := s.Cases.EnterDay(c.Request().Context(), scope, member.ID(scope.Member()), d); err != nil {
		return orMissing(err, "member")
	}
	return answer(c, http.StatusCreated, d)
}

func (s server) apiRemoveDay(c echo.Context) error {
	if err := web.KnownQuery(c, "day", "state"); err != nil {
		return err
	}
	day, err := queryDate(c, "day", contracts.Date{})
	if err != nil {
		return err
	}
	scope := web.ScopeOf(c)
	d := casework.WorkDay{Day: day, State: mobility.State(c.QueryParam("state"))}
	if err := s.Cases.RemoveDay(c.Request().Context(), scope, member.ID(scope.Member()), d); err != nil {
		return orMissing(err, "day")
	}
	return c.NoContent(http.StatusNoContent)
}
