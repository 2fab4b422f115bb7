package nodes_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
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
