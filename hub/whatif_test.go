package hub

import (
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/outlook"
	"passerelle/hub/store"
	"passerelle/internal/access"
)

func scenario(id, name string) outlook.Scenario {
	rate := decimal.RequireFromString("0.125")
	return outlook.Scenario{ID: id, Country: "AT", Name: name, Made: noon, By: "somebody", Change: outlook.Change{Rate: &rate, Growth: decimal.RequireFromString("-0.05"), Support: decimal.RequireFromString("50")}}
}

func TestScenariosAreKeptByNameAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		for _, sc := range []outlook.Scenario{scenario("a", " Ten   percent "), scenario("b", "Lower costs")} {
			if err := h.SaveScenario(t.Context(), sc); err != nil {
				t.Fatal(err)
			}
		}
		bad := scenario("d", "Much")
		bad.Change.LostAtOnce = decimal.NewFromInt(2)
		for _, sc := range []outlook.Scenario{scenario("c", "ten percent"), scenario("c", " "), scenario("c", strings.Repeat("é", 61)), bad} {
			if err := h.SaveScenario(t.Context(), sc); !contracts.IsFault(err) {
				t.Errorf("%q: %v", sc.Name, err)
			}
		}
		if err := h.RemoveScenario(t.Context(), "DE", "a"); err != nil { // of another country
			t.Fatal(err)
		}
		saved, err := store.Read(h.db).Scenarios(t.Context(), "AT")
		if err != nil || len(saved) != 2 || saved[1].Name != "Lower costs" && saved[0].Name != "Lower costs" {
			t.Fatalf("%+v, %v", saved, err)
		}
		for _, sc := range saved {
			if sc.Made != noon || !sc.Change.Rate.Equal(decimal.RequireFromString("0.125")) || !sc.Change.Growth.Equal(decimal.RequireFromString("-0.05")) {
				t.Errorf("%+v", sc)
			}
		}
		if err := h.RemoveScenario(t.Context(), "AT", "a"); err != nil {
			t.Fatal(err)
		}
		if saved, err = store.Read(h.db).Scenarios(t.Context(), "AT"); err != nil || len(saved) != 1 {
			t.Errorf("%+v, %v", saved, err)
		}
	})
}

func TestWhatIfShowsTodayTheSupposedAndTheSavedSideBySide(t *testing.T) {
	h := reporting(t)
	web := signedIn(t, h)
	at := "/board/countries/AT/what-if"
	saved := post(web, "/board/countries/AT/scenarios", "name", "Higher rate", "rate", "13,5", "support", "40")
	if saved.Code != http.StatusSeeOther || !strings.HasPrefix(saved.Header().Get("Location"), at+"?with=") {
		t.Fatalf("%d to %s", saved.Code, saved.Header().Get("Location"))
	}
	for url, wants := range map[string][]string{
		at: {"0 As today Balance not within ten years Support needed until then, in all 27,000 EUR", "Higher rate choose it to compare"},
		saved.Header().Get("Location") + "&growth=25": {"0 As today ? What is supposed A Higher rate Balance not within ten years March 2026, after 14 months at once"},
		saved.Header().Get("Location"):                {"A Higher rate", "13.5%", "compared; choose it to leave it out"},
		at + "?lost_in_year=45":                       {"Turnover gone within a year 0% 45%", "Save it"},
	} {
		text := words(get(web, url))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", url, want, text)
			}
		}
	}
	for url, want := range map[string]int{at + "?growth=much": 422, at + "?lost_at_once=101": 422, at + "?grow=5": 422, "/board/countries/PT/what-if": 404, "/board/countries/ES/what-if": 200} {
		if got := get(web, url).Code; got != want {
			t.Errorf("%s: %d, want %d", url, got, want)
		}
	}
	if again := post(web, "/board/countries/AT/scenarios", "name", "higher rate", "rate", "12"); again.Code != 422 || !strings.Contains(words(again), "Another scenario of the country has this name") {
		t.Errorf("%d\n%s", again.Code, words(again))
	}
}

func TestAuditorsSeeWhatWouldBeAndSaveNothing(t *testing.T) {
	h := reporting(t)
	code, body := seated(t, h, access.Auditor)("/board/countries/AT/what-if?growth=5")
	if code != http.StatusOK || strings.Contains(body, "Save the scenario") {
		t.Errorf("%d", code)
	}
}
