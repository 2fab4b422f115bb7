package hub

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/meeting"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// convene has the board meet on some days.
func convene(t *testing.T, h *Hub, days ...string) {
	t.Helper()
	for _, day := range days {
		on := contracts.DateOf(noon)
		if err := h.Meet(t.Context(), "somebody", meeting.Dated{Day: on, Act: meeting.Convened{Meeting: contracts.MustDate(day), Title: "Board meeting", Agenda: []string{"Minutes", "European investments"}}}); err != nil {
			t.Fatal(err)
		}
	}
}

// sendPaper sends the form of a paper as a browser does; a name of a file ends its fields.
func sendPaper(h http.Handler, day, file, content string, pairs ...string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = form.WriteField(pairs[i], pairs[i+1]) // a buffer takes everything
	}
	part, _ := form.CreateFormFile("file", file)
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, "/board/meetings/"+day+"/papers", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAMeetingGoesFromItsAgendaToApprovedMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		web := signedIn(t, h)
		sure := func(kind string, pairs ...string) {
			t.Helper()
			pairs = append(pairs, "day", "2026-11-22", "confirmed", "yes")
			if w := post(web, "/board/meetings/enter/"+kind, pairs...); w.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", kind, w.Code, words(w))
			}
		}
		sure("meeting", "on", "2026-10-15", "title", "Autumn", "place", "Brussels", "agenda", "Minutes\r\n\r\nEuropean investments")
		sure("meeting", "on", "2026-11-20", "title", "November", "agenda", "Minutes")
		sure("agenda", "meeting", "2026-11-20", "agenda", "Minutes\nPlan of 2027")
		sure("minutes", "meeting", "2026-10-15", "text", "First words")
		sure("minutes", "meeting", "2026-10-15", "text", "All was said")
		if w := sendPaper(web, "2026-10-15", "plan.pdf", "%PDF-1.7 x", "title", "The plan", "item", "2"); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, words(w))
		}
		if w := sendPaper(web, "2026-10-15", "", "", "title", "The law", "link", "https://example.org/law"); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, words(w))
		}
		enter(t, web, "decision", "day", "2026-10-15", "motion", "Support Hungary", "seats", "12", "for", "9", "against", "1", "minutes", "M 7", "reason", "Balance")
		if text := words(get(web, "/board/meetings/2026-11-20")); !strings.Contains(text, "Minutes to approve Autumn, 15 October 2026 All was said") || !strings.Contains(text, "Plan of 2027") {
			t.Errorf("%s", text)
		}
		sure("approval", "meeting", "2026-10-15", "version", "2", "in", "2026-11-20")
		text := words(get(web, "/board/meetings/2026-10-15"))
		for _, want := range []string{"minutes approved", "Version 2, written on 22 November 2026. Approved by the meeting of 20 November 2026. All was said Earlier versions 22 November 2026 First words", "European investments The plan 22 November 2026, plan.pdf",
			"For the whole meeting The law", "Decisions taken d1 : Support Hungary 9 for, 1 against, 0 abstained. Balance"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not said:\n%s", want, text)
			}
		}
		if w := get(web, "/board/meetings/2026-10-15/papers/1"); w.Body.String() != "%PDF-1.7 x" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		if text := words(get(web, "/board/meetings?find=brussels%20said")); !strings.Contains(text, "15 October 2026 Autumn") || strings.Contains(text, "November Autumn") {
			t.Error(text)
		}
		check, err := verifyMeetings(t.Context(), h.db)
		if err != nil || !check.OK || check.Rows != 8 {
			t.Errorf("%+v %v", check, err)
		}
	})
}

func TestAMeetingRefusesWhatContradictsIt(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	convene(t, h, "2026-10-15", "2026-11-20", "2026-12-17")
	web := signedIn(t, h)
	for name, c := range map[string]struct {
		kind  string
		pairs []string
		field string
	}{
		"twice on a day":          {"meeting", []string{"on", "2026-10-15", "title", "T", "agenda", "A"}, "the board meets on 2026-10-15 already"},
		"no agenda":               {"meeting", []string{"on", "2026-10-16", "title", "T"}, "an agenda has 1 to 40 items"},
		"no such meeting":         {"agenda", []string{"meeting", "2026-10-17", "agenda", "A"}, "the board does not meet on that day"},
		"minutes before":          {"minutes", []string{"meeting", "2026-12-17", "text", "T"}, "the meeting has not been held"},
		"empty minutes":           {"minutes", []string{"meeting", "2026-10-15", "text", " "}, "no text"},
		"approval of none":        {"approval", []string{"meeting", "2026-10-15", "version", "1", "in", "2026-11-20"}, "the meeting has no minutes"},
		"cancelled without words": {"cancellation", []string{"meeting", "2026-12-17", "reason", ""}, "no reason"},
	} {
		w := post(web, "/board/meetings/enter/"+c.kind, append(c.pairs, "day", "2026-11-22", "confirmed", "yes")...)
		if text := strings.ToLower(words(w)); w.Code != 422 || !strings.Contains(text, strings.ToLower(c.field)) {
			t.Errorf("%s: %d %s", name, w.Code, text)
		}
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"a page": sendPaper(web, "2026-10-15", "x.html", "<p>", "title", "T"), "a false PDF": sendPaper(web, "2026-10-15", "x.pdf", "MZ", "title", "T"),
		"nothing": sendPaper(web, "2026-10-15", "", "", "title", "T"), "a script": sendPaper(web, "2026-10-15", "", "", "title", "T", "link", "javascript:alert(1)"), "no item 3": sendPaper(web, "2026-10-15", "x.txt", "x", "title", "T", "item", "3")} {
		if w.Code != 422 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := post(web, "/investment/enter/decision", "day", "2026-11-21", "motion", "M", "seats", "12", "for", "9", "minutes", "M 7", "reason", "R"); w.Code != 422 || !strings.Contains(words(w), "The board did not meet on 2026-11-21") {
		t.Errorf("a decision of no meeting: %d %s", w.Code, words(w))
	}
	if code, _ := seated(t, h, access.Board)("/board/meetings/enter/meeting"); code != http.StatusForbidden {
		t.Errorf("the board enters: %d", code)
	}
}

func TestTheDemonstrationsDecisionsStandInItsMeetings(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	for range 2 { // the second time there is nothing to do
		if err := h.LoadDemonstrationMeetings(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := signedIn(t, h)
	if text := words(get(web, "/board/meetings/2022-06-16")); !strings.Contains(text, "Stop the support of Spain early Example 11 for, 1 against, 1 abstained") || !strings.Contains(text, "Example, not published") {
		t.Error(text)
	}
	if text := words(get(web, "/")); !strings.Contains(text, "Next meeting: 17 December 2026") {
		t.Error(text)
	}
	if text := words(get(web, "/investment/decisions?find=covers%2095%25")); !strings.Contains(text, "Support Austria, Germany, Italy and Sweden one more year") || strings.Contains(text, "Stop the support") {
		t.Errorf("the log is not searched by conditions: %s", text)
	}
}
