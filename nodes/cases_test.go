package nodes_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
	"passerelle/nodes/seed"
)

// lyon is work in France for four days.
func lyon(start string) casework.Facts {
	first := contracts.MustDate(start)
	return casework.Facts{Task: "plays in the theatre", Input: mobility.Input{
		Residence: "BE", Nationality: []mobility.Nationality{"BE"},
		Engagements: []mobility.Engagement{{ID: "e1", Type: mobility.Employed, Employer: "smart", Seat: "BE"}},
		Trips:       []mobility.Trip{{Engagement: "e1", Host: "FR", HostUndertaking: "theatre", Start: first, End: first.AddDays(3), Activity: "performance"}},
		Checks:      mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: contracts.MustDate("2018-01-01")}},
	}}
}

// fire moves a case as an adviser and demands that it is taken.
func (n *testNode) fire(c casework.Case, e casework.Event) casework.Case {
	n.t.Helper()
	after, err := n.Cases.Fire(n.t.Context(), access.Program(), c.ID, e)
	if err != nil {
		n.t.Fatal(err)
	}
	return after
}

// newCase opens a case of the node's member.
func (n *testNode) newCase(f casework.Facts) casework.Case {
	n.t.Helper()
	c, err := n.Cases.Create(n.t.Context(), access.Program(), n.activity.Member, f)
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// preparing takes a case to where its papers are seen to.
func (n *testNode) preparing(f casework.Facts) casework.Case {
	n.t.Helper()
	c := n.newCase(f)
	c = n.fire(c, casework.Submit{At: c.Seen()})
	c = n.fire(c, casework.Take{At: c.Seen()})
	c = n.fire(c, casework.Decide{At: c.Seen()})
	return n.fire(c, casework.StartPreparing{At: c.Seen()})
}

func TestACaseIsKeptWithItsHistory(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		c := n.preparing(lyon("2026-06-10"))
		for _, track := range c.Missing() {
			c = n.fire(c, casework.TrackUpdate{At: c.Seen(), Track: track.Kind, Trip: track.Trip, Host: track.Host, State: contracts.TrackOK, Reference: "R1"})
		}
		if c.State != contracts.CaseReady {
			t.Fatalf("state %s", c.State)
		}
		*n.now = time.Date(2026, 6, 10, 6, 0, 0, 0, time.UTC)
		if ran, done, err := n.Cases.Daily(t.Context()); err != nil || !done || ran.Moved != 1 {
			t.Errorf("%+v %t %v", ran, done, err)
		}
		if _, done, err := n.Cases.Daily(t.Context()); err != nil || done {
			t.Errorf("ran twice on a day: %v", err)
		}
		kept, found, err := n.Store.Case(t.Context(), n.DB, access.Program(), c.ID)
		if err != nil || !found || kept.State != contracts.CaseActive {
			t.Fatalf("%s %t %v", kept.State, found, err)
		}
		history, err := n.Store.History(t.Context(), n.DB, access.Program(), c.ID)
		if err != nil || len(history) != kept.Version {
			t.Fatalf("%d lines for version %d: %v", len(history), kept.Version, err)
		}
		for i, e := range history {
			if e.Version != i+1 || e.At.IsZero() || i > 1 && (len(e.InputHash) != 64 || e.RuleSet != "eu-2010") {
				t.Errorf("line %d: %+v", i, e)
			}
		}
	})
}

// A file is kept for two years after it is closed, and goes then with all that belongs to it; what came to nothing goes after one.
func TestAFileIsKeptAsLongAsAnInspectorMayAsk(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		c, given := n.preparing(lyon("2026-06-10")), n.newCase(lyon("2026-09-10"))
		n.fire(given, casework.Cancel{At: given.Seen(), Reason: "no engagement"})
		for _, track := range c.Missing() {
			c = n.fire(c, casework.TrackUpdate{At: c.Seen(), Track: track.Kind, Trip: track.Trip, Host: track.Host, State: contracts.TrackOK, Reference: "R1"})
		}
		*n.now = time.Date(2026, 6, 11, 6, 0, 0, 0, time.UTC)
		n.tick()
		if _, err := n.Cases.Upload(t.Context(), access.Program(), c.ID, casework.PaperTaxCertificate, []byte("%PDF-1.7 held back %%EOF")); err != nil {
			t.Fatal(err)
		}
		*n.now = time.Date(2026, 6, 14, 6, 0, 0, 0, time.UTC)
		n.tick()
		c, there, err := n.Store.Case(t.Context(), n.DB, access.Program(), c.ID)
		if err != nil || !there {
			t.Fatal(there, err)
		}
		c = n.fire(c, casework.Close{At: c.Seen()})
		for _, step := range []struct {
			day  string
			want int
		}{{"2027-03-31", 0}, {"2027-04-01", 1}, {"2028-06-14", 0}, {"2028-06-15", 1}, {"2028-06-16", 0}} {
			*n.now = contracts.MustDate(step.day).Time().Add(6 * time.Hour)
			if r, err := n.Retention.Run(t.Context(), false); err != nil || r.Cases != step.want {
				t.Errorf("%s: %d cases went, want %d: %v", step.day, r.Cases, step.want, err)
			}
		}
		for _, table := range []string{"mobility_case", "case_history", "case_paper", "case_reminder", "case_code"} {
			var rows int
			if err := n.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&rows); err != nil || rows > 0 {
				t.Errorf("%d rows are left in %s: %v", rows, table, err)
			}
		}
	})
}

// The file of a member who leaves stays as long as an inspector may ask for it.
func TestTheFileOfAMemberWhoLeavesStays(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		c := n.preparing(lyon("2026-06-10"))
		open := n.newCase(lyon("2026-09-10"))
		e, err := n.Retention.Erase(t.Context(), access.Program(), n.activity.Member, "asked")
		if err != nil || e.KeepUntil != contracts.MustDate("2028-06-13") || !e.DoneAt.IsZero() {
			t.Errorf("kept until %s, done %s: %v", e.KeepUntil, e.DoneAt, err)
		}
		if _, found, err := n.Store.Case(t.Context(), n.DB, access.Program(), c.ID); err != nil || !found {
			t.Errorf("the file went: %v", err)
		}
		if _, found, err := n.Store.Case(t.Context(), n.DB, access.Program(), open.ID); err != nil || found {
			t.Errorf("the draft stayed: %v", err)
		}
	})
}

// Its history, and its documents, are changed by nobody.
func TestTheHistoryOfACaseIsNotChanged(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		c := n.preparing(lyon("2026-06-10"))
		p, err := n.Cases.Upload(t.Context(), access.Program(), c.ID, casework.PaperIdentity, []byte("\xff\xd8\xff picture"))
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{`DELETE FROM case_history WHERE case_id = $1`, `UPDATE case_history SET body = '{}' WHERE case_id = $1`, `DELETE FROM case_paper WHERE case_id = $1`,
			`UPDATE case_paper SET content = 'x' WHERE case_id = $1`, `UPDATE case_paper SET kind = 'a1' WHERE case_id = $1`} {
			if err := n.run(change, c.ID); err == nil {
				t.Errorf("accepted: %s", change)
			}
		}
		if err := n.Cases.Invalidate(t.Context(), access.Program(), c.ID, p.ID); err != nil {
			t.Error(err)
		}
		if err := n.run(`UPDATE case_paper SET invalid_on = '' WHERE case_id = $1`, c.ID); err == nil {
			t.Error("what was wrong became right again")
		}
	})
}

func (n *testNode) tick() {
	n.t.Helper()
	if _, err := n.Cases.Run(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
}

// proposed lists the cases of the node's member.
func (n *testNode) proposed() []casework.Case {
	n.t.Helper()
	all, err := n.Store.CasesOf(n.t.Context(), n.DB, access.Program(), n.activity.Member)
	if err != nil {
		n.t.Fatal(err)
	}
	return all
}

// An order with a place of work abroad opens a case by itself: once, and not where a case is or was dismissed.
func TestWorkAbroadProposesACaseOnce(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		d := n.draft()
		id, err := n.Outbound.SaveDraft(t.Context(), access.Program(), "", d)
		if err != nil || len(n.proposed()) != 0 {
			t.Fatalf("work at home: %v %v", n.proposed(), err)
		}
		d.PerformedIn = "FR"
		for range 2 {
			if _, err := n.Outbound.SaveDraft(t.Context(), access.Program(), id, d); err != nil {
				t.Fatal(err)
			}
		}
		all := n.proposed()
		if len(all) != 1 || all[0].State != contracts.CaseDraft || all[0].Source != "draft:"+id {
			t.Fatalf("%+v", all)
		}
		f := all[0].Facts
		if trip := f.Input.Trips[0]; trip.Host != "FR" || trip.Start != d.SupplyDate || trip.HostUndertaking != "Buyer" || f.Task != "Mixing" || f.Activity != n.activity.ID || f.Input.Engagements[0].Employer != "Example" {
			t.Errorf("%+v", f)
		}
		if history, err := n.Store.History(t.Context(), n.DB, access.Program(), all[0].ID); err != nil || history[0].Actor != casework.SYS {
			t.Errorf("%+v %v", history, err)
		}
		n.fire(all[0], casework.Cancel{At: all[0].Seen(), Reason: "I stay at home after all"})
		n.issue(d) // the invoice of the same day and State is not another journey
		if all = n.proposed(); len(all) != 1 {
			t.Errorf("proposed again: %+v", all)
		}
		d.SupplyDate = contracts.MustDate("2026-03-27")
		n.issue(d)
		if all = n.proposed(); len(all) != 2 {
			t.Errorf("%d cases for another day", len(all))
		}
		own := access.Of(string(n.activity.Member))
		for _, day := range []string{"2026-05-04", "2026-05-05", "2026-05-05", "2026-06-01"} {
			if err := n.Cases.EnterDay(t.Context(), own, n.activity.Member, casework.WorkDay{Day: contracts.MustDate(day), State: "DE"}); err != nil {
				t.Fatal(err)
			}
		}
		if all = n.proposed(); len(all) != 4 {
			t.Errorf("%d cases for two months of days", len(all))
		}
	})
}

// demonstrated are the settings of the demonstration's co-operative of a country.
func demonstrated(t *testing.T, c contracts.CountryCode) nodes.Settings {
	t.Helper()
	file, err := seed.SettingsFile(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := nodes.ReadSettings(string(c), bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The demonstration's member has cases in every stage; they are opened once.
func TestTheDemonstrationHasCases(t *testing.T) {
	for _, home := range []contracts.CountryCode{"BE", "DE", "IT", "FR", "AT", "NL", "SE"} {
		n := open(t, storagetest.Open(t, storage.SQLite, nodes.Migrations()...), home, demonstrated(t, home).Country)
		var states []string
		for range 2 {
			if err := seed.Cases(t.Context(), n.Node, n.activity.Member); err != nil {
				t.Fatalf("%s: %v", home, err)
			}
			states = nil
			for _, c := range n.proposed() {
				states = append(states, string(c.State))
			}
		}
		slices.Sort(states)
		if home == "BE" && strings.Join(states, " ") != "ACTIVE DRAFT ENDED PREPARING SUBMITTED" {
			t.Errorf("%s: %v", home, states)
		}
		for _, c := range n.proposed() {
			if c.Has("STARTED_NOT_READY") || c.State == contracts.CaseSubmitted != c.Has("LATE") {
				t.Errorf("%s to %v: %s with %v", home, c.HostStates(), c.State, c.Flags)
			}
		}
	}
}

// A stale form, the wrong person, a file that is none and one too large are refused with what to do, and nothing is lost.
func TestACaseRefusesOverTheWireAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		h := newHouse(t, n, 2)
		me := h.people[0]
		path := "/api/cases/" + me.mobility
		for name, c := range map[string]struct {
			who, path, kind, body string
			status                int
			says                  string
		}{
			"a stale form":                 {"member", path + "/submit", "application/json", `{"version":7}`, 409, "look at the case again"},
			"a member who decides":         {"member", path + "/decide", "application/json", `{"version":1}`, 403, "not for your role"},
			"an accountant":                {"accountant", path + "/submit", "application/json", `{"version":1}`, 403, "not for your role"},
			"a decision too early":         {"adviser", path + "/decide", "application/json", `{"version":1}`, 409, "takes no"},
			"an end before the start":      {"member", path + "/edit", "application/json", `{"version":1,"facts":{"input":{"home":"BE","residence":"BE","nationality":["BE"],"engagements":[],"trips":[{"engagement":"e1","host":"FR","start":"2026-06-10","end":"2026-06-09","activity":"performance"}]}}}`, 422, "on or after the first"},
			"an unknown State":             {"member", path + "/edit", "application/json", `{"version":1,"facts":{"input":{"home":"BE","residence":"QQ","nationality":[],"engagements":[]}}}`, 422, "not a State"},
			"somebody else's activity":     {"member", path + "/edit", "application/json", `{"version":1,"facts":{"activity":"` + string(h.people[1].activity.ID) + `","input":{"home":"BE","residence":"BE","nationality":[],"engagements":[]}}}`, 422, "choose one of his own"},
			"a page for a document":        {"member", path + "/papers?kind=a1", "application/pdf", "<html></html>", 422, "take a PDF"},
			"a document of 100 MB":         {"member", path + "/papers?kind=a1", "application/pdf", "%PDF-1.7" + strings.Repeat(" ", 100<<20) + "%%EOF", 413, ""},
			"a host's word from a page":    {"adviser", path + "/host_accept", "application/json", `{"version":1}`, 404, ""},
			"the clock's word from a page": {"adviser", path + "/begin", "application/json", `{"version":1}`, 404, ""},
		} {
			got := h.ask(c.who, "POST", c.path, c.kind, c.body)
			if got.status != c.status || !strings.Contains(got.body, c.says) {
				t.Errorf("%s: %d %.300s", name, got.status, got.body)
			}
		}
		kept, _, err := n.Store.Case(t.Context(), n.DB, access.Program(), contracts.CaseID(me.mobility))
		papers, more := n.Store.Papers(t.Context(), n.DB, access.Program(), kept.ID)
		if err != nil || more != nil || kept.Version != 1 || len(papers) != 1 {
			t.Errorf("version %d, %d papers: %v %v", kept.Version, len(papers), err, more)
		}
		got := h.ask("member", "GET", path+"/papers/"+me.paper, "", "")
		if got.status != 200 || got.body != "%PDF-1.7 "+me.canary+" %%EOF" {
			t.Errorf("%d %q", got.status, got.body)
		}
		if got := h.ask("member", "POST", path+"/submit", "application/json", `{"version":1}`); got.status != 201 || !strings.Contains(got.body, `"state":"SUBMITTED"`) {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

// An adviser who is a member decides about others, not about himself.
func TestNobodyDecidesAboutHimself(t *testing.T) {
	n := open(t, storagetest.Open(t, storage.SQLite, nodes.Migrations()...), "BE", country.Config{})
	c := n.newCase(lyon("2026-06-10"))
	c = n.fire(c, casework.Submit{At: c.Seen()})
	self := access.Deed{By: access.Principal{Account: "a", Roles: []access.Role{access.Member, access.Adviser}, Member: string(n.activity.Member)}}
	_, err := n.Cases.Fire(self.Context(t.Context()), access.Program(), c.ID, casework.Take{At: c.Seen()})
	if !slices.Contains(codes(err), string(casework.FaultActor)+"@") {
		t.Errorf("took his own case: %v", err)
	}
}

// A paper that was marked as wrong is to be got again, and who was ready is not.
func TestAWrongPaperIsGotAgain(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		c := n.preparing(lyon("2026-06-10"))
		p, err := n.Cases.Upload(t.Context(), access.Program(), c.ID, casework.PaperA1, []byte("%PDF-1.7 A1 %%EOF"))
		if err != nil {
			t.Fatal(err)
		}
		for _, track := range c.Missing() {
			u := casework.TrackUpdate{At: c.Seen(), Track: track.Kind, Trip: track.Trip, Host: track.Host, State: contracts.TrackOK, Reference: "R1"}
			if track.Kind == casework.TrackA1 {
				u.Paper = p.ID
			}
			c = n.fire(c, u)
		}
		if err := n.Cases.Invalidate(t.Context(), access.Program(), c.ID, p.ID); err != nil {
			t.Fatal(err)
		}
		after, _, err := n.Store.Case(t.Context(), n.DB, access.Program(), c.ID)
		if err != nil || c.State != contracts.CaseReady || after.State != contracts.CasePreparing || after.TrackState(casework.TrackA1) != contracts.TrackTodo {
			t.Errorf("%s, then %s with the A1 %s: %v", c.State, after.State, after.TrackState(casework.TrackA1), err)
		}
		if err := n.Cases.Invalidate(t.Context(), access.Program(), c.ID, p.ID); !errors.Is(err, casework.ErrNotFound) {
			t.Errorf("marked twice: %v", err)
		}
	})
}
