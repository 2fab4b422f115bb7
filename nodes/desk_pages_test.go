package nodes_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes/casework"
)

// What the advisers' pages are sent by those who try every door: most moves come too early, and change nothing.
func init() {
	for _, e := range casework.Events {
		payload["POST /casework/:id/"+string(e.Name())] = form("version", "1", "ask.of", "member", "ask.text", "when?", "track", "0", "track-0.state", "OK", "cancel.reason", "no")
	}
	payload["POST /casework/:id/edit"] = form("version", "1", "trips[0].host", "FR", "do", "next")
	payload["POST /casework/:id/messages"] = form("message", "When do you leave?")
	payload["POST /cases/:id/messages"] = form("message", "What else is needed?")
	payload["POST /casework/:id/papers"] = func(_ *house, p person) (string, string) { return multipartPaper("%PDF-1.7 "+p.canary+" %%EOF", "id") }
	payload["POST /casework/:id/papers/:paper/withdraw"] = form()
	payload["POST /host-cases/:id/:act"] = form()
}

// adviserOf is a browser of an adviser.
func adviserOf(n *testNode) browser {
	n.t.Helper()
	token, err := n.Accounts.MakeToken(n.t.Context(), "adviser", []access.Role{access.Adviser}, "")
	if err != nil {
		n.t.Fatal(err)
	}
	return browser{n.t, n.Handler(), token}
}

// moves posts a move of the adviser at the version that is kept.
func (b browser) moves(n *testNode, id contracts.CaseID, move string, pairs ...string) (string, screen) {
	b.t.Helper()
	return b.follow("/casework/"+string(id)+"/"+move, append(pairs, "version", fmt.Sprint(n.kept(id).Version))...)
}

// stops posts a move that must come back with faults.
func (b browser) stops(n *testNode, id contracts.CaseID, move string, pairs ...string) screen {
	b.t.Helper()
	return b.refused("/casework/"+string(id)+"/"+move, append(pairs, "version", fmt.Sprint(n.kept(id).Version))...)
}

// file takes a file along.
func (b browser) file(path string) string {
	b.t.Helper()
	w := b.do("GET", path, "", "")
	if w.Code != 200 {
		b.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestAnAdviserTakesACaseThrough(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := adviserOf(n)
		if got := b.open("/casework").text(); !strings.Contains(got, "Nobody is on the way") {
			t.Errorf("an empty desk says %s", got)
		}
		k := n.newCase(lyon("2026-06-10"))
		k = n.fire(k, casework.Submit{At: k.Seen()})
		at := "/casework/" + string(k.ID)
		if got := b.open("/casework").text(); !strings.Contains(got, "Take it up") || !strings.Contains(got, "France") {
			t.Errorf("the queue says %s", got)
		}
		_, page := b.moves(n, k.ID, "take")
		for _, want := range []string{"The case is yours.", "You stay insured in Belgium.", "How the rules came to it"} {
			if !strings.Contains(page.text(), want) {
				t.Errorf("after taking it lacks %q: %s", want, page.text())
			}
		}
		if k = n.kept(k.ID); k.State != contracts.CaseAssessing || k.Adviser == "" {
			t.Errorf("%s by %q", k.State, k.Adviser)
		}
		b.moves(n, k.ID, "decide")
		b.moves(n, k.ID, "start_preparing", "start_preparing.delegate", "FR")
		if k = n.kept(k.ID); k.State != contracts.CasePreparing || !k.Hosts[0].Delegated {
			t.Fatalf("%s %+v", k.State, k.Hosts)
		}
		for i, track := range k.Tracks {
			if track.Needed() {
				b.moves(n, k.ID, "track_update", "track", fmt.Sprint(i), fmt.Sprintf("track-%d.state", i), "OK", fmt.Sprintf("track-%d.reference", i), "R1")
			}
		}
		if k = n.kept(k.ID); k.State != contracts.CaseReady {
			t.Errorf("%s, missing %+v", k.State, k.Missing())
		}
		page = b.open(at)
		for _, want := range []string{"All 4 days are covered", "Papers filled in", "What the host knows"} {
			if !strings.Contains(page.text(), want) {
				t.Errorf("the page lacks %q: %s", want, page.text())
			}
		}
		if got := b.open("/casework/board").text(); !strings.Contains(got, "France") {
			t.Errorf("the board says %s", got)
		}
		*n.now = time.Date(2026, 6, 14, 6, 0, 0, 0, time.UTC)
		n.tick()
		if got := n.kept(k.ID).State; got != contracts.CaseEnded {
			t.Errorf("state %s", got)
		}
	})
}

// Whoever decides other than the rules says why, and both stay.
func TestAnOverrideNeedsAReason(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := adviserOf(n)
		k := n.newCase(lyon("2026-06-10"))
		k = n.fire(k, casework.Submit{At: k.Seen()})
		b.moves(n, k.ID, "take")
		page := b.stops(n, k.ID, "decide", "decide.a1", "no")
		if !strings.Contains(page.text(), "put right") || n.kept(k.ID).State != contracts.CaseAssessing {
			t.Errorf("%s", page.text())
		}
		b.moves(n, k.ID, "decide", "decide.a1", "no", "decide.reason", "the institution said so in writing")
		if k = n.kept(k.ID); k.State != contracts.CaseDecided || k.Outcome.A1 || k.Outcome.Override == nil || k.Assessed.Decision.A1.Needed != "true" {
			t.Errorf("%s %+v", k.State, k.Outcome)
		}
	})
}

// A form that is older than the case changes nothing, and what was typed stays.
func TestAStaleMoveIsShownAgain(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := adviserOf(n)
		k := n.newCase(lyon("2026-06-10"))
		k = n.fire(k, casework.Submit{At: k.Seen()})
		b.moves(n, k.ID, "take")
		page := b.refused("/casework/"+string(k.ID)+"/ask", "version", "1", "ask.of", "member", "ask.text", "which hall?")
		if got := page.text(); !strings.Contains(got, "The case has moved on") || !strings.Contains(got, "which hall?") || n.kept(k.ID).State != contracts.CaseAssessing {
			t.Errorf("%s", got)
		}
		if page = b.stops(n, k.ID, "close"); !strings.Contains(page.text(), "put right") || n.kept(k.ID).State != contracts.CaseAssessing {
			t.Errorf("closed too early: %s", page.text())
		}
	})
}

// Member and adviser write to each other; what is new is marked once.
func TestQuestionsAndAnswersStandWithTheCase(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		adviser, owner := adviserOf(n), browseAs(n, n.activity.Member)
		k := n.newCase(lyon("2026-06-10"))
		k = n.fire(k, casework.Submit{At: k.Seen()})
		owner.follow("/cases/"+string(k.ID)+"/messages", "message", "May I leave a day earlier?")
		if got := adviser.open("/casework").text(); !strings.Contains(got, "1 unread message") {
			t.Errorf("the queue says %s", got)
		}
		if got := adviser.open("/casework/" + string(k.ID)).text(); !strings.Contains(got, "May I leave a day earlier?") || !strings.Contains(got, "new") {
			t.Errorf("the page says %s", got)
		}
		if got := adviser.open("/casework").text(); strings.Contains(got, "unread") {
			t.Errorf("it stays unread: %s", got)
		}
		adviser.follow("/casework/"+string(k.ID)+"/messages", "message", "Yes, tell us the day.")
		if got := owner.open("/cases/" + string(k.ID)).text(); !strings.Contains(got, "Yes, tell us the day.") {
			t.Errorf("the member reads %s", got)
		}
		if page := owner.refused("/cases/"+string(k.ID)+"/messages", "message", " "); !strings.Contains(page.text(), "nothing is written") && !strings.Contains(page.text(), "Nothing is written") {
			t.Errorf("an empty message: %s", page.text())
		}
	})
}

// Each paper can be had filled in, in each form, and the calendar names nobody.
func TestPapersComeFilledIn(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := adviserOf(n)
		f := lyon("2026-06-10")
		f.Input.Trips[0].Activity = "office"
		k := n.preparing(f)
		for _, form := range []string{"a1", "declaration-1", "european-1"} {
			at := "/casework/" + string(k.ID) + "/forms/" + form
			if got := b.open(at).text(); !strings.Contains(got, "missing") {
				t.Errorf("%s: %s", form, got)
			}
			for format, begins := range map[string]string{"pdf": "%PDF-", "csv": "\ufeff", "json": "{"} {
				if got := b.file(at + "?format=" + format); !strings.HasPrefix(got, begins) {
					t.Errorf("%s as %s: %.60q", form, format, got)
				}
			}
		}
		name := b.file("/casework/calendar.ics")
		if !strings.Contains(name, "BEGIN:VEVENT") || !strings.Contains(name, "20260610") || strings.Contains(name, "theatre") {
			t.Errorf("calendar: %s", name)
		}
	})
}

// What a member tells on the telephone the adviser enters: other days, a break, and that the work goes on.
func TestAnAdviserEntersWhatHasChanged(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, k := adviserOf(n), n.preparing(lyon("2026-06-10"))
		at := "/casework/" + string(k.ID)
		if got := b.open(at).text(); !strings.Contains(got, "Place or days have changed") {
			t.Errorf("the page says %s", got)
		}
		if got := b.open(at + "/edit").text(); strings.Contains(got, "Throw this away") {
			t.Errorf("the page of the facts says %s", got)
		}
		bad := b.refused(at+"/edit", "version", fmt.Sprint(k.Version), "trips[0].host", "FR", "trips[0].start", "2026-06-12", "trips[0].end", "2026-06-11")
		if !strings.Contains(bad.text(), "Give the last day, on or after the first") {
			t.Error(bad.text())
		}
		where, _ := b.follow(at+"/edit", "version", fmt.Sprint(k.Version), "trips[0].host", "FR", "places[0].town", "Lyon", "trips[0].start", "2026-06-12", "trips[0].end", "2026-06-20")
		if k = n.kept(k.ID); where != at+"?done=changed" || k.Start().String() != "2026-06-12" || k.End().String() != "2026-06-20" || k.State != contracts.CaseAssessing {
			t.Errorf("%s: %s to %s, %s", where, k.Start(), k.End(), k.State)
		}
		b.moves(n, k.ID, "decide")
		b.moves(n, k.ID, "start_preparing")
		k = n.kept(k.ID)
		for _, track := range k.Missing() {
			k = n.fire(k, casework.TrackUpdate{At: k.Seen(), Track: track.Kind, Trip: track.Trip, Host: track.Host, State: contracts.TrackOK, Reference: "R1"})
		}
		*n.now = time.Date(2026, 6, 13, 6, 0, 0, 0, time.UTC)
		n.tick()
		b.moves(n, k.ID, "interrupt", "interrupt.from", "2026-06-14")
		b.moves(n, k.ID, "resume", "resume.on", "2026-06-16")
		if k = n.kept(k.ID); len(k.Interruptions) != 1 || k.Interruptions[0].Until.String() != "2026-06-15" {
			t.Errorf("%+v", k.Interruptions)
		}
		auditor, err := n.Accounts.MakeToken(t.Context(), "auditor", []access.Role{access.Auditor}, "")
		if err != nil {
			t.Fatal(err)
		}
		if w := (browser{t, n.Handler(), auditor}).do("GET", at+"/edit", "", ""); w.Code != 403 {
			t.Errorf("an auditor changes facts: %d", w.Code)
		}
	})
}
