package hub

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/assembly"
	"passerelle/hub/store"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// visit reads a page as somebody who has not signed in.
func visit(h *Hub, url string) *httptest.ResponseRecorder { return get(h.Handler(), url) }

// told is a hub that knows the year 2023 of Belgium: 12 months of 17,500 contributed or more, of which 500 go to the guarantee fund.
func told(t *testing.T, db *storage.DB) (*Hub, *clock) {
	t.Helper()
	h, c := boarded(t, db)
	for m := range 12 {
		r := monthly("BE", "EUR", contracts.NewMonth(2023, 1).First().AddDays(31*m).Month(), 120)
		r.Report.GuaranteeFund = contracts.MustMoney("500.00", contracts.EUR)
		grants := contracts.MustMoney("100.00", contracts.EUR)
		r.Report.Grants = &grants
		must(t, h, r)
	}
	return h, c
}

func TestNothingIsReadBeforeTheBoardPublishesIt(t *testing.T) {
	storagetest.Each(t, Migrations(), func(t *testing.T, db *storage.DB) {
		h, c := told(t, db)
		page := signedIn(t, h)
		if w := visit(h, "/assembly"); w.Code != http.StatusOK || !strings.Contains(words(w), "Nothing is published yet") || strings.Contains(words(w), "EUR") {
			t.Errorf("%d %s", w.Code, words(w))
		}
		if w := visit(h, "/assembly?year=2023"); w.Code != http.StatusNotFound {
			t.Error(w.Code)
		}
		if w := visit(h, "/board/assembly"); w.Code == http.StatusOK {
			t.Error("the preview is for the board")
		}
		if w := post(page, "/board/assembly", "act", "publish", "year", "2023", "decision", "d13"); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, words(w))
		}
		before := words(visit(h, "/assembly"))
		for _, want := range []string{"What the contribution of 2023 paid for", "432,000.00 EUR", "Guarantee fund", "6,000.00 EUR", "Sweden", "125,000.00 EUR", "Example, not published", "Demonstration data",
			"by decision d13 of the board's meeting of 19 September 2024"} {
			if !strings.Contains(before, want) {
				t.Errorf("the page does not say %q: %s", want, before)
			}
		}
		if published := answer[[]any](t, page, "/api/assembly"); len(published) != 1 {
			t.Error(published)
		}
		c.set("2024-12-01")
		must(t, h, monthly("BE", "EUR", contracts.NewMonth(2023, 5), 12)) // corrected
		if after := words(visit(h, "/assembly")); after != before {
			t.Errorf("what is published changed: %s", after)
		}
		if w := post(page, "/board/assembly", "act", "withdraw", "year", "2023", "decision", "d13"); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, words(w))
		}
		if text := words(visit(h, "/assembly")); !strings.Contains(text, "Nothing is published yet") {
			t.Error(text)
		}
		if acts, err := store.Read(h.db).AssemblyActs(t.Context()); err != nil || len(acts) != 2 || acts[0].Account == nil {
			t.Errorf("what was published stays in the books: %+v, %v", acts, err)
		}
		if published := answer[[]any](t, page, "/api/assembly"); len(published) != 0 {
			t.Error(published)
		}
	})
}

func TestOnlyADecisionPublishes(t *testing.T) {
	h, _ := told(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	for name, c := range map[string]struct {
		year     int
		decision string
		withdraw bool
		code     contracts.FaultCode
	}{
		"no decision":         {2023, "", false, assembly.FaultDecision},
		"an unknown one":      {2023, "d99", false, assembly.FaultDecision},
		"a running year":      {2024, "d13", false, assembly.FaultRunning},
		"no report":           {2019, "d13", false, assembly.FaultNothing},
		"nothing to take off": {2023, "d13", true, assembly.FaultNothing},
	} {
		_, err := h.Publish(t.Context(), "somebody", c.year, c.decision, c.withdraw)
		if fs := contracts.FaultsOf(err); len(fs) != 1 || fs[0].Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w := post(signedIn(t, h), "/board/assembly", "act", "publish", "year", "2023", "decision", "d99"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(words(w), "No decision that was carried") {
		t.Errorf("%d %s", w.Code, words(w))
	}
}
