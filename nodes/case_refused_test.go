package nodes_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/nodes/casework"
)

func TestWrongAnswersStandAtTheirFieldsAndNothingTypedIsLost(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		page := b.refused("/cases/new", "trips[0].host", "ZZZ", "places[0].town", "Lyon")
		if !strings.Contains(page.beside("trips[0].host"), "ZZZ") || page.typed("places[0].town") != "Lyon" {
			t.Errorf("an unknown country: %s", page.text())
		}
		k, _ := b.asked(n)
		at := func(step string) string { return "/cases/" + string(k.ID) + "/edit?step=" + step }
		for name, c := range map[string]struct {
			step, field, says string
			pairs             []string
		}{
			"the end before the start": {"when", "trips[0].end", "before the start", []string{"trips[0].start", "2026-06-10", "trips[0].end", "2026-06-09"}},
			"no day at all":            {"when", "trips[0].start", "Nothing is given", nil},
			"a day that is none":       {"when", "trips[0].end", "is not a date", []string{"trips[0].start", "2026-06-10", "trips[0].end", "2026-06-31"}},
			"home before the start":    {"when", "return", "before the departure", []string{"trips[0].start", "2026-06-10", "trips[0].end", "2026-06-12", "departure", "2026-06-09", "return", "2026-06-08"}},
			"a kind of work unknown":   {"how", "trips[0].activity", "not in the list", []string{"trips[0].activity", "juggling", "engagements[0].type", "employed"}},
			"a share of 101 %":         {"how", "work[0].time", "no share", []string{"trips[0].activity", "performance", "engagements[0].type", "employed", "work[0].who", "work", "work[0].state", "FR", "work[0].time", "101"}},
			"no nationality":           {"you", "nationality", "Nothing is given", []string{"residence", "BE", "checks.home_cover_since", "2018-01-01"}},
			"an unknown residence":     {"you", "residence", "is not a State", []string{"nationality", "BE", "residence", "QQ", "checks.home_cover_since", "2018-01-01"}},
			"no day of cover":          {"you", "checks.home_cover_since", "Nothing is given", []string{"nationality", "BE", "residence", "BE"}},
		} {
			before := n.kept(k.ID).Version
			page := b.refused(at(c.step), append(c.pairs, "version", fmt.Sprint(before), "do", "next")...)
			if !strings.Contains(page.beside(c.field), c.says) {
				t.Errorf("%s: beside %s stands %q; %s", name, c.field, page.beside(c.field), page.text())
			}
			if now := n.kept(k.ID).Version; now != before {
				t.Errorf("%s: the case moved", name)
			}
		}
		more := b.refused(at("how"), "version", fmt.Sprint(n.kept(k.ID).Version), "do", "next", "trips[0].activity", "performance", "engagements[0].type", "employed", "task", "guitar",
			"work[0].who", "work", "work[0].state", "FR", "work[0].time", "60", "work[1].who", "self_employed", "work[1].state", "BE", "work[1].time", "50")
		more.says("The shares of time add up to 110 %")
		if more.typed("work[1].time") != "50" || more.typed("task") != "guitar" {
			t.Error("the shares that were typed are lost")
		}
	})
}

func TestTheSameTripTwiceIsSaidBeforeItIsHandedIn(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		k, _ := b.asked(n)
		to, _ := b.follow("/cases/"+string(k.ID)+"/edit?step=check", "version", fmt.Sprint(k.Version), "do", "another")
		if !strings.HasSuffix(to, "step=where&trip=2") {
			t.Fatalf("another place leads to %s", to)
		}
		post := func(step string, pairs ...string) screen {
			_, page := b.follow("/cases/"+string(k.ID)+"/edit?step="+step+"&trip=2", append(pairs, "version", fmt.Sprint(n.kept(k.ID).Version), "do", "next")...)
			return page
		}
		post("where", "trips[1].host", "FR", "trips[1].host_undertaking", "Théâtre")
		b.follow("/cases/"+string(k.ID)+"/edit?step=when&trip=2", "trips[1].start", "2026-06-12", "trips[1].end", "2026-06-14", "version", fmt.Sprint(n.kept(k.ID).Version), "do", "next")
		check := b.open("/cases/" + string(k.ID) + "/edit?step=check")
		check.says("Something is still missing", "same work at the same place on the same days")
		if page := b.refused("/cases/"+string(k.ID)+"/submit", "version", fmt.Sprint(n.kept(k.ID).Version)); !strings.Contains(page.text(), "same work at the same place") {
			t.Errorf("handed in all the same: %s", page.text())
		}
		b.follow("/cases/"+string(k.ID)+"/edit?step=check&trip=2", "version", fmt.Sprint(n.kept(k.ID).Version), "do", "remove")
		b.follow("/cases/"+string(k.ID)+"/submit", "version", fmt.Sprint(n.kept(k.ID).Version))
		if got := n.kept(k.ID); got.State != contracts.CaseSubmitted || len(got.Facts.Input.Trips) != 1 {
			t.Errorf("%s with %d trips", got.State, len(got.Facts.Input.Trips))
		}
	})
}

func TestAStaleFormKeepsWhatWasTypedAndShowsTheNewerState(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		k, _ := b.asked(n)
		b.step(n, k.ID, "where", "trips[0].host", "FR", "places[0].town", "Lille")
		stale := b.refused("/cases/"+string(k.ID)+"/edit?step=when", "version", fmt.Sprint(k.Version), "do", "next", "trips[0].start", "2026-06-11", "trips[0].end", "2026-06-13")
		stale.says("The case has moved on", "What you typed is still here")
		if stale.typed("trips[0].start") != "2026-06-11" || stale.typed("version") != fmt.Sprint(n.kept(k.ID).Version) {
			t.Errorf("typed %s, version %s", stale.typed("trips[0].start"), stale.typed("version"))
		}
		q := n.fire(n.kept(k.ID), casework.Submit{At: n.kept(k.ID).Seen()})
		q = n.fire(q, casework.Take{At: q.Seen()})
		q = n.fire(q, casework.Ask{At: q.Seen(), Of: casework.M, Text: "Who pays the hotel?"})
		old := b.refused("/cases/"+string(q.ID)+"/answer", "version", fmt.Sprint(q.Version-1), "text", "The theatre pays.")
		old.says("The case has moved on", "The theatre pays.", "Who pays the hotel?")
		b.follow("/cases/"+string(q.ID)+"/answer", "version", fmt.Sprint(q.Version), "text", "The theatre pays.")
		if got := n.kept(q.ID).State; got != contracts.CaseAssessing {
			t.Errorf("state %s", got)
		}
	})
}

func TestPapersComeUpAndDownAndWhatIsNoneIsRefusedWithAReason(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		k := n.preparing(lyon("2026-06-10"))
		at := "/cases/" + string(k.ID) + "/papers"
		for name, c := range map[string]struct {
			content, kind, field, says string
		}{
			"a text":          {"just words", "id", "file", "none of the kinds that are kept"},
			"nothing":         {"", "id", "file", "No file was chosen"},
			"a page":          {"<html><script>alert(1)</script>", "other", "file", "none of the kinds"},
			"an unknown kind": {"%PDF-1.7 x %%EOF", "love letter", "kind", "not in the list"},
		} {
			kind, body := multipartPaper(c.content, c.kind)
			w := b.do("POST", at, kind, body)
			if got := b.see(w).beside(c.field); w.Code < 400 || w.Code > 422 || !strings.Contains(got, c.says) {
				t.Errorf("%s: %d, beside %s stands %q", name, w.Code, c.field, got)
			}
		}
		kind, body := multipartPaper(strings.Repeat("x", 100<<20), "id")
		if w := b.do("POST", at, kind, body); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(b.see(w).text(), "5 MiB") {
			t.Errorf("100 MB: %d %s", w.Code, b.see(w).text())
		}
		kind, body = multipartPaper(string(photograph()), "id")
		if w := b.do("POST", at, kind, body); w.Code != http.StatusSeeOther {
			t.Fatalf("a photograph: %d %s", w.Code, b.see(w).text())
		}
		papers, err := n.Store.Papers(t.Context(), n.DB, ownScope(n), k.ID)
		if err != nil || len(papers) != 1 || papers[0].MediaType != "image/jpeg" {
			t.Fatalf("%v %v", papers, err)
		}
		down := b.do("GET", at+"/"+string(papers[0].ID), "", "")
		if down.Body.String() != string(photograph()) || !strings.HasPrefix(down.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("down: %d, %s", down.Code, down.Header().Get("Content-Disposition"))
		}
		_, page := b.follow(at + "/" + string(papers[0].ID) + "/withdraw")
		page.says("marked as wrong")
	})
}

func TestAMemberChangesBreaksOffAndEnds(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		k := n.preparing(lyon("2026-03-30")) // yesterday
		n.tick()
		at, version := "/cases/"+string(k.ID), func() string { return fmt.Sprint(n.kept(k.ID).Version) }
		if got := n.kept(k.ID).State; got != contracts.CaseActive {
			t.Fatalf("state %s", got)
		}
		page := b.refused(at+"/interrupt", "version", version(), "from", "2026-05-01")
		if !strings.Contains(page.beside("from"), "not a day of the work") && !strings.Contains(page.beside("from"), "Not a day of the work") {
			t.Errorf("beside the day: %q", page.beside("from"))
		}
		b.follow(at+"/interrupt", "version", version(), "from", "2026-03-31")
		if page := b.refused(at+"/resume", "version", version(), "resume_on", "2026-03-31"); page.beside("resume_on") == "" {
			t.Error("it goes on before it was broken off")
		}
		b.follow(at+"/resume", "version", version(), "resume_on", "2026-04-01")
		page = b.refused(at+"/edit", "version", version(), "do", "next", "trips[0].host", "FR", "trips[0].start", "2026-03-30", "trips[0].end", "2026-03-29")
		if !strings.Contains(page.beside("trips[0].end"), "before the start") {
			t.Errorf("beside the end: %q", page.beside("trips[0].end"))
		}
		_, changed := b.follow(at+"/edit", "version", version(), "do", "next", "trips[0].host", "FR", "trips[0].start", "2026-03-30", "trips[0].end", "2026-04-06", "places[0].town", "Lyon")
		changed.says("The change is noted", "Something changed during the work")
		if page := b.refused(at+"/end", "version", version(), "end_on", "2026-12-01"); page.beside("end_on") == "" {
			t.Error("the work ended in the future")
		}
		b.follow(at+"/end", "version", version(), "end_on", "2026-03-31")
		if got := n.kept(k.ID); got.State != contracts.CaseEnded || got.EndedOn != contracts.MustDate("2026-03-31") || got.Facts.Input.Trips[0].End != contracts.MustDate("2026-04-06") {
			t.Errorf("%s, ended %s", got.State, got.EndedOn)
		}
		if w := b.send(at+"/cancel", "version", version()); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("given up after it ended: %d", w.Code)
		}
	})
}

func TestADayAbroadIsEnteredAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		if page := b.refused("/cases/days", "day", "2026-02-30", "state", "FR"); page.beside("day") == "" {
			t.Error("a day that is none is taken")
		}
		if page := b.refused("/cases/days", "day", "2026-03-02", "state", ""); page.beside("state") == "" {
			t.Error("a day nowhere is taken")
		}
		_, page := b.follow("/cases/days", "day", "2026-03-02", "state", "FR")
		page.says("The day is noted", "1 of 183 days", "2 March 2026, France")
		_, page = b.follow("/cases/days/remove", "day", "2026-03-02", "state", "FR")
		page.says("None are counted yet")
	})
}

func TestAProposalIsOpenedOrLeftOutWithAReason(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		d := n.draft()
		d.PerformedIn, d.SupplyDate = "FR", contracts.MustDate("2026-03-27")
		if _, err := n.Outbound.SaveDraft(t.Context(), ownScope(n), "", d); err != nil {
			t.Fatal(err)
		}
		n.tick()
		b := browseAs(n, n.activity.Member)
		all, err := n.Store.CasesOf(t.Context(), n.DB, ownScope(n), n.activity.Member)
		if err != nil || len(all) != 1 || all[0].Source == "" {
			t.Fatalf("nothing is proposed: %v %v", all, err)
		}
		b.open("/cases").says("Is this work abroad? France", "Leave it out")
		at := "/cases/" + string(all[0].ID)
		b.refused(at+"/cancel", "version", fmt.Sprint(all[0].Version)).says("Say in a few words why")
		b.follow(at+"/cancel", "version", fmt.Sprint(all[0].Version), "reason", "done from home")
		if got := n.kept(all[0].ID).State; got != contracts.CaseCancelled {
			t.Errorf("state %s", got)
		}
	})
}
