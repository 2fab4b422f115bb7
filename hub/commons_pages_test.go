package hub

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func TestTheCommonPagesSayWhatTheCoOperativesNeed(t *testing.T) {
	h := seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	if err := h.LoadDemonstrationCommons(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := signedIn(t, h)
	for url, wants := range map[string][]string{
		"/solidarity":                      {"Example, not published", "30,500.00 EUR", "By means, with a ceiling", "Belgium Paid 30,000.00 EUR of 30,000.00 EUR", "late", "Austria 2 June 2025 Example: bridge wages", "2,000.00 EUR not reported"},
		"/solidarity?on=2025-03-31":        {"0.00 EUR", "Nothing was asked of the pot yet."},
		"/solidarity/simulation?year=2023": {"Key A beside key B", "Italy", "'Europees netwerk'", "To the cent"},
		"/charter":                         {"Version 2 is being voted on", "In force since 1 March 2025: version 1", "This text is an example", "insurance for journeys of work", "5 must say yes", "2 said yes"},
		"/charter/versions/1":              {"adopted in force", "Netherlands abstained", "One co-operative, one vote"},
		"/commitments":                     {"late: 1", "due soon: 1", "kept: 1", "Reminders 30 September 2025 late Germany", "15 December 2026"},
		"/commitments/p3":                  {"18 September 2025 changed", "Before:", "31 October 2025"},
	} {
		w := get(web, url)
		text := words(w)
		for _, want := range wants {
			if w.Code != http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("%s: %d does not say %q:\n%s", url, w.Code, want, text)
			}
		}
	}
}

// TestASimulationSharesThePublishedFiguresToTheCent: six countries of the annual report of 2023, by two keys.
func TestASimulationSharesThePublishedFiguresToTheCent(t *testing.T) {
	web := signedIn(t, seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...)))
	type part struct {
		Country contracts.CountryCode
		A, B    contracts.Money
	}
	sim := answer[struct {
		Parts  []part
		Source string
	}](t, web, "/api/solidarity/simulation?year=2023&budget=10000.00&a_turnover=100&b_equal=100")
	a, b := decimal.Zero, decimal.Zero
	for _, p := range sim.Parts {
		a, b = a.Add(p.A.Amount), b.Add(p.B.Amount)
	}
	if len(sim.Parts) != 6 || !a.Equal(decimal.New(10000, 0)) || !b.Equal(a) || sim.Parts[4].A.Fixed() != "26.27" || sim.Parts[0].B.Fixed() != "1666.67" || !strings.Contains(sim.Source, "2023") {
		t.Errorf("%+v come to %s and %s", sim, a, b)
	}
	for url, field := range map[string]string{"a_turnover=50&b_equal=100": "a_turnover", "a_turnover=100&b_equal=100&b_ceiling=1": "budget", "a_turnover=x&b_equal=100": "a_turnover"} {
		w := get(web, "/solidarity/simulation?year=2023&budget=100&"+url)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `aria-describedby="`+field+`-fault"`) {
			t.Errorf("%s: %d %s", url, w.Code, words(w))
		}
	}
	if w := get(web, "/api/commitments?standing=perhaps"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a standing that does not exist: %d", w.Code)
	}
	file := get(web, "/api/solidarity/simulation?year=2023&budget=10000&a_turnover=100&b_equal=100&format=csv")
	if rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body.String(), "\ufeff"))).ReadAll(); err != nil || len(rows) != 7 {
		t.Errorf("%v %s", err, file.Body)
	}
}

// enterAt sends an entry of a book, which must be asked about once more, and then sends it for good.
func enterAt(t *testing.T, h http.Handler, to string, pairs ...string) {
	t.Helper()
	if w := post(h, to, pairs...); w.Code != http.StatusOK || !strings.Contains(words(w), "This cannot be undone") {
		t.Fatalf("%s: %d %s", to, w.Code, words(w))
	}
	if w := post(h, to, append(pairs, "confirmed", "yes")...); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", to, w.Code, words(w))
	}
}

func TestAYearOfTheNetwork(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		web := signedIn(t, h)
		day := []string{"day", "2026-11-20"}
		pot := func(kind string, pairs ...string) {
			enterAt(t, web, "/solidarity/enter/"+kind, append(pairs, day...)...)
		}
		law := func(kind string, pairs ...string) { enterAt(t, web, "/charter/enter/"+kind, append(pairs, day...)...) }
		law("proposal", "text", "# Charter\r\n\r\n## 1. Vote\r\n\r\nOne vote each.", "by", "be", "reason", "First text", "rule", "2/3 of members", "members", "AT, BE, DE")
		law("vote", "version", "1", "country", "AT", "choice", "yes", "minutes", "M 1")
		law("vote", "version", "1", "country", "BE", "choice", "yes", "minutes", "M 2")
		if w := post(web, "/charter/enter/vote", append(day, "version", "1", "country", "BE", "choice", "no", "minutes", "M 3")...); w.Code != http.StatusUnprocessableEntity || !strings.Contains(words(w), "BE has voted already") {
			t.Errorf("a second vote: %d %s", w.Code, words(w))
		}
		law("commitment", "country", "AT", "promise", "File the reports", "due", "2026-12-31", "source", "Article 1")
		law("fulfilment", "commitment", "p1", "evidence", "They came")
		pot("decision", "motion", "Share by turnover", "rule", ">1/2 of votes", "members", "AT, BE, DE", "for", "AT BE", "against", "DE", "abstain", "", "minutes", "M 4", "reason", "Means")
		pot("key", "name", "Turnover", "from", "2026-01-01", "turnover", "100", "users", "0", "equal", "0", "floor", "", "ceiling", "", "decision", "r1")
		if w := post(web, "/solidarity/enter/call", append(day, "name", "2026", "budget", "100,00", "key", "k1", "figures", "AT 300.00 1\nBE 700.00 -", "source", "Reports", "due", "2026-12-31", "decision", "r1")...); !strings.Contains(words(w), "What follows Austria 30.00 EUR Belgium 70.00 EUR") {
			t.Errorf("%d %s", w.Code, words(w))
		}
		pot("call", "name", "2026", "budget", "100,00", "key", "k1", "figures", "AT 300.00 1\nBE 700.00 -", "source", "Reports", "due", "2026-12-31", "decision", "r1")
		pot("payment", "call", "c1", "country", "BE", "amount", "70.00")
		pot("application", "country", "AT", "amount", "50", "purpose", "Bridge wages", "evidence", "List")
		if w := post(web, "/solidarity/enter/award", append(day, "application", "a1", "amount", "50.01", "decision", "r1")...); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("more than was asked for: %d", w.Code)
		}
		pot("award", "application", "a1", "amount", "50.00", "decision", "r1")
		pot("pay-out", "application", "a1", "amount", "50.00")
		pot("use", "application", "a1", "amount", "45.00", "text", "Wages", "evidence", "Slips")
		pot("return", "application", "a1", "amount", "5.00")
		read := answer[struct {
			Bank, Owed, Free contracts.Money
			Key              struct{ ID string }
		}](t, web, "/api/solidarity")
		if read.Bank.Fixed() != "25.00" || read.Owed.Fixed() != "30.00" || read.Free.Fixed() != "25.00" || read.Key.ID != "k1" {
			t.Errorf("%+v", read)
		}
		if c := answer[struct {
			InForce int `json:"version_in_force"`
		}](t, web, "/api/charter"); c.InForce != 1 {
			t.Errorf("%+v", c)
		}
		if all := answer[[]struct{ Standing string }](t, web, "/api/commitments"); len(all) != 1 || all[0].Standing != "kept" {
			t.Errorf("%+v", all)
		}
		if entries := answer[[]map[string]any](t, web, "/api/solidarity/entries"); len(entries) != 9 || entries[2]["kind"] != "call" {
			t.Errorf("%d entries", len(entries))
		}
		checks, err := verifyBooks(t.Context(), h.db)
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range checks {
			if !check.OK {
				t.Errorf("%+v", check)
			}
		}
	})
}
