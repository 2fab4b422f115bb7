package nodes_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
)

// What the pages of a case are sent by those who try every door.
func init() {
	payload["POST /cases/new"] = form("places[0].town", "Lyon") // refused: a new case has a new id each time
	payload["POST /cases/days"] = form("day", "2026-04-02", "state", "FR")
	payload["POST /cases/days/remove"] = form("day", "2026-04-02", "state", "FR")
	payload["POST /cases/:id/edit"] = form("version", "1", "trips[0].host", "FR", "do", "next")
	payload["POST /cases/:id/papers"] = func(_ *house, p person) (string, string) { return multipartPaper("%PDF-1.7 "+p.canary+" %%EOF", "id") }
	payload["POST /cases/:id/papers/:paper/withdraw"] = form()
	for _, move := range []string{"submit", "answer", "interrupt", "resume", "end", "cancel"} {
		payload["POST /cases/:id/"+move] = form("version", "1", "text", "at eight", "from", "2026-06-11", "resume_on", "2026-06-12", "end_on", "2026-06-12", "reason", "no")
	}
}

// multipartPaper is the form of a document.
func multipartPaper(content, kind string) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := w.WriteField("kind", kind)
	if err == nil {
		var part io.Writer
		if part, err = w.CreateFormFile("file", "camera.jpg"); err == nil {
			_, err = io.WriteString(part, content)
		}
	}
	if err := errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return w.FormDataContentType(), b.String()
}

// browseAs is a browser of a member.
func browseAs(n *testNode, m member.ID) browser {
	n.t.Helper()
	token, err := n.Accounts.MakeToken(n.t.Context(), "member "+string(m), []access.Role{access.Member}, string(m))
	if err != nil {
		n.t.Fatal(err)
	}
	return browser{n.t, n.Handler(), token}
}

// kept is a case as it stands.
func (n *testNode) kept(id contracts.CaseID) casework.Case {
	n.t.Helper()
	k, found, err := n.Store.Case(n.t.Context(), n.DB, access.Program(), id)
	if err != nil || !found {
		n.t.Fatalf("case %s: %t %v", id, found, err)
	}
	return k
}

// theCase is the only case of the member.
func (n *testNode) theCase() casework.Case {
	n.t.Helper()
	all, err := n.Store.CasesOf(n.t.Context(), n.DB, access.Program(), n.activity.Member)
	if err != nil || len(all) != 1 {
		n.t.Fatalf("%d cases, %v", len(all), err)
	}
	return all[0]
}

// step posts a step of the questions at the version that is kept.
func (b browser) step(n *testNode, id contracts.CaseID, step string, pairs ...string) (string, screen) {
	b.t.Helper()
	return b.follow("/cases/"+string(id)+"/edit?step="+step, append(pairs, "do", "next", "version", fmt.Sprint(n.kept(id).Version))...)
}

// asked takes a new case through all questions.
func (b browser) asked(n *testNode) (casework.Case, screen) {
	b.t.Helper()
	b.follow("/cases/new", "trips[0].host", "FR", "places[0].town", "Lyon", "trips[0].host_undertaking", "Théâtre")
	id := n.theCase().ID
	b.step(n, id, "when", "trips[0].start", "2026-06-10", "trips[0].end", "2026-06-13")
	b.step(n, id, "how", "trips[0].activity", "performance", "engagements[0].type", "employed", "task", "guitar", "pattern", "one_off", "activity", string(n.activity.ID))
	_, last := b.step(n, id, "you", "nationality", "BE", "residence", "BE", "checks.home_cover_since", "2018-01-01")
	return n.kept(id), last
}

func TestAMemberAsksAndHandsIn(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browseAs(n, n.activity.Member)
		if got := b.open("/cases").text(); !strings.Contains(got, "No work abroad is planned") {
			t.Errorf("an empty list says %s", got)
		}
		k, last := b.asked(n)
		for _, want := range []string{"You stay insured in Belgium.", "You need an A1 certificate from Belgium", "France wants no declaration", "Lyon, France"} {
			if !strings.Contains(last.text(), want) {
				t.Errorf("the last step lacks %q: %s", want, last.text())
			}
		}
		_, page := b.follow("/cases/"+string(k.ID)+"/submit", "version", fmt.Sprint(k.Version))
		if got := n.kept(k.ID).State; got != contracts.CaseSubmitted || !strings.Contains(page.text(), "An adviser reads it") {
			t.Errorf("state %s, %s", got, page.text())
		}
		if got := b.open("/cases").text(); !strings.Contains(got, "Lyon, France, 10 June 2026") || strings.Contains(got, "No work abroad") {
			t.Errorf("the list says %s", got)
		}
	})
}

// carrying takes a case of the member to where its papers are seen to, with an A1 and a photograph of it.
func (n *testNode) carrying(start string) casework.Case {
	n.t.Helper()
	f := lyon(start)
	f.Places = []casework.Place{{Trip: 1, Town: "Lyon"}}
	k := n.preparing(f)
	k = n.fire(k, casework.TrackUpdate{At: k.Seen(), Track: casework.TrackA1, State: contracts.TrackOK, Reference: "A1-2026-77", Until: contracts.MustDate(start).AddDays(3)})
	if _, err := n.Cases.Upload(n.t.Context(), access.Program(), k.ID, casework.PaperA1, photograph()); err != nil {
		n.t.Fatal(err)
	}
	return k
}

// photograph is a picture as a camera takes it.
func photograph() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 80)), nil); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

var codeOf = regexp.MustCompile(`[0-9a-z]{5}(?:-[0-9a-z]{5}){4}-[0-9a-z]`)

// code is the code of the carry pack of a case, as it is kept.
func (n *testNode) code(id contracts.CaseID) (code string) {
	n.t.Helper()
	if err := n.DB.QueryRowContext(n.t.Context(), `SELECT code FROM case_code WHERE case_id = $1`, id).Scan(&code); err != nil || !codeOf.MatchString(code) {
		n.t.Fatalf("code %q, %v", code, err)
	}
	return code
}

func TestACarryPackIsVerifiedByItsCodeAndNamesNobody(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, visitor := browseAs(n, n.activity.Member), browser{t, n.Handler(), ""}
		k := n.carrying("2026-06-10")
		got := b.do("GET", "/cases/"+string(k.ID)+"/pack", "", "")
		if got.Code != 200 || !bytes.HasPrefix(got.Body.Bytes(), []byte("%PDF-")) || got.Header().Get("Content-Type") != "application/pdf" {
			t.Fatalf("pack: %d %.200s", got.Code, got.Body)
		}
		code := n.code(k.ID)
		if b.do("GET", "/cases/"+string(k.ID)+"/pack", "", ""); n.code(k.ID) != code {
			t.Error("taken again, the pack has another code")
		}
		page := visitor.do("GET", "/verify/"+strings.ToUpper(code), "", "")
		shown := visitor.see(page).text()
		for _, want := range []string{"These papers hold.", "France", "A1-2026-77", "Insured in Belgium"} {
			if !strings.Contains(shown, want) {
				t.Errorf("the page lacks %q: %s", want, shown)
			}
		}
		if strings.Contains(page.Body.String(), "Member one") || page.Header().Get("X-Robots-Tag") != "noindex, nofollow" {
			t.Errorf("names the person, or may be found: %s", shown)
		}
		k = n.fire(n.kept(k.ID), casework.Cancel{At: n.kept(k.ID).Seen()})
		if shown := visitor.open("/verify?code=" + code).text(); !strings.Contains(shown, "do not hold any more") {
			t.Errorf("given up, it still holds: %s", shown)
		}
		*n.now = k.End().AddDays(61).Time()
		expired := unkeyed(visitor.do("GET", "/verify/"+code, "", "").Body.String(), code)
		for _, other := range []string{strings.Repeat("0", 5) + code[5:], "nothing"} {
			w := visitor.do("GET", "/verify/"+other, "", "")
			if w.Code != 404 || unkeyed(w.Body.String(), other) != expired {
				t.Errorf("a code nobody has is told from one that has run out: %d", w.Code)
			}
		}
	})
}

// unkeyed is a page without what was asked and without the keys of its forms.
func unkeyed(page, asked string) string {
	return formKey.ReplaceAllString(strings.ReplaceAll(page, asked, ""), "")
}

func TestCodesCannotBeTriedForLong(t *testing.T) {
	visitor := browser{t, openSQLite(t).Handler(), ""}
	for i := range 21 {
		w := visitor.do("GET", fmt.Sprintf("/verify/x%d", i), "", "")
		if want := map[bool]int{true: 429, false: 404}[i == 20]; w.Code != want {
			t.Errorf("try %d: %d", i+1, w.Code)
		}
	}
	if w := visitor.do("GET", "/verify", "", ""); w.Code != 200 {
		t.Errorf("the form without a code: %d", w.Code)
	}
}

func TestACalendarHasTheTripsAndDates(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.carrying("2026-06-10")
		n.newCase(lyon("2026-09-01")) // a draft
		w := browseAs(n, n.activity.Member).do("GET", "/cases/calendar", "", "")
		for _, want := range []string{"DTSTART;VALUE=DATE:20260610", "DTEND;VALUE=DATE:20260614", "SUMMARY:Work: Lyon\\, France", "Papers are missing before you leave"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("lacks %s:\n%s", want, w.Body)
			}
		}
		if strings.Contains(w.Body.String(), "202609") {
			t.Error("a draft is in the calendar")
		}
	})
}

// ownScope is the member's own.
func ownScope(n *testNode) access.Scope { return access.Of(string(n.activity.Member)) }
