package hub

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func TestTheDemonstrationsPlanIsKeptAndVerified(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		for range 2 { // the second time there is nothing to do
			if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		books, entries, err := investment.Read(t.Context(), store.Read(h.db), contracts.Date{})
		if err != nil || len(entries) != len(investment.Demonstration()) || len(books.Programmes) != 2 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		lines, err := ledger.TrialBalance(t.Context(), h.db, contracts.Date{})
		if err != nil || len(lines) == 0 {
			t.Fatal(lines, err)
		}
		sum := contracts.Zero(contracts.EUR)
		for _, l := range lines {
			sum.Amount = sum.Amount.Add(l.Balance.Amount)
		}
		check, err := verifyInvestments(t.Context(), h.db)
		if err != nil || !check.OK || !sum.IsZero() {
			t.Errorf("%+v, %v, the ledger comes to %s", check, err, sum)
		}
	})
}

func TestActsAreEnteredTogetherOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		story := investment.Demonstration()
		_, err := h.Invest(t.Context(), "somebody", append(story[:20:20], story[0])...)
		if !contracts.IsFault(err) {
			t.Fatal(err)
		}
		entries, err := store.Read(h.db).InvestmentEntries(t.Context())
		if err != nil || len(entries) != 0 {
			t.Errorf("%d entries of a refused list stay, %v", len(entries), err)
		}
	})
}

func TestVerifyFindsABookThatTheLedgerContradicts(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := h.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return ledger.Post(ctx, tx, ledger.Transaction{Date: contracts.MustDate("2024-01-01"), Reference: "investment/slipped-in", Postings: []ledger.Posting{
				{Account: investment.Bank, Amount: contracts.FromMinor(100, contracts.EUR)}, {Account: investment.Grants, Amount: contracts.FromMinor(-100, contracts.EUR)}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		check, err := verifyInvestments(t.Context(), h.db)
		if err != nil || check.OK || !strings.Contains(check.Message, "the book comes to") {
			t.Errorf("%+v, %v", check, err)
		}
	})
}

func TestInvestmentPagesSayWhatTheBoardNeeds(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := signedIn(t, h)
	for url, wants := range map[string][]string{
		"/investment":                              {"3,600,000.00 EUR", "Example, not published", "Spain stopped on 16 June 2022 2022 195,000.00 97,500.00", "Italy Monthly reports of the half-year before are filed", "32,500.00"},
		"/investment?on=2021-12-31":                {"3,300,000.00 EUR", "1,400,000.00"},
		"/investment/programmes/plan-2021":         {"3,300,000.00 EUR , free: 367,500.00 EUR ; each year less than the one before", "not published"},
		"/investment/programmes/france":            {"Ceiling not published", "Published is that France had other agreements"},
		"/investment/tranches/plan-2021-de-2024-2": {"Waived by the decision d13", "30 September 2024"},
		"/investment/decisions?find=spain early":   {"Stop the support of Spain early", "11 – 1 – 1 of 14 seats"},
	} {
		text := words(get(web, strings.ReplaceAll(url, " ", "%20")))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", url, want, text)
			}
		}
	}
	if text := words(get(web, "/investment/decisions?find=spain%20early")); strings.Contains(text, "Netherlands") {
		t.Error("a search finds what it does not name")
	}
}

// post sends a form as a browser does.
func post(h http.Handler, to string, pairs ...string) *httptest.ResponseRecorder {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, to, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// enter sends an entry, which must be asked about once more, and then sends it for good.
func enter(t *testing.T, h http.Handler, kind string, pairs ...string) string {
	t.Helper()
	if w := post(h, "/investment/enter/"+kind, pairs...); w.Code != http.StatusOK || !strings.Contains(words(w), "This cannot be undone") {
		t.Fatalf("%s: %d %s", kind, w.Code, words(w))
	}
	w := post(h, "/investment/enter/"+kind, append(pairs, "confirmed", "yes")...)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", kind, w.Code, words(w))
	}
	return w.Header().Get("Location")
}

func TestTheOperatorEntersWhatTheBoardDecided(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		convene(t, h, "2026-11-20")
		web := signedIn(t, h)
		refused := post(web, "/investment/enter/decision", "day", "2026-11-20", "motion", "Support Hungary", "seats", "12", "for", "9", "against", "4", "minutes", "M 7", "reason", "Balance", "confirmed", "yes")
		if refused.Code != http.StatusUnprocessableEntity || !strings.Contains(words(refused), "13 votes, and the board has 12 seats") {
			t.Errorf("%d %s", refused.Code, words(refused))
		}
		enter(t, web, "decision", "day", "2026-11-20", "motion", "Support Hungary", "seats", "12", "for", "9", "against", "1", "minutes", "M 7", "reason", "Balance")
		enter(t, web, "programme", "name", "Hungary", "instrument", "loan", "from", "2027", "until", "2028", "ceiling", "5000", "currency", "HUF", "countries", "hu", "decision", "d1", "day", "2026-11-20")
		enter(t, web, "allocation", "programme", "p1", "country", "HU", "year", "2027", "amount", "4000,50", "decision", "d1", "day", "2026-11-20")
		to := enter(t, web, "tranche", "programme", "p1", "country", "HU", "year", "2027", "amount", "4000.50", "decision", "d1", "day", "2026-11-20", "due", "2027-01-15",
			"conditions", "rate: 9 %\nA contract with the bank", "schedule", "2028-01-15 2000,00\n2028-06-15 2000.50")
		tranche := "p1-hu-2027-1"
		enter(t, web, "condition", "tranche", tranche, "condition", "1", "evidence", "Fee schedule", "day", "2026-11-21")
		if w := post(web, "/investment/enter/release", "tranche", tranche, "decision", "d1", "day", "2026-11-21", "confirmed", "yes"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a release without its conditions: %d", w.Code)
		}
		enter(t, web, "release", "tranche", tranche, "decision", "d1", "waived", "2", "day", "2026-11-21")
		enter(t, web, "order", "tranche", tranche, "reference", "B-1", "day", "2026-11-21")
		enter(t, web, "sending", "tranche", tranche, "day", "2026-11-22")
		if w := post(web, "/investment/enter/sending", "tranche", tranche, "day", "2026-11-22", "confirmed", "yes"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("sent twice: %d", w.Code)
		}
		enter(t, web, "repayment", "tranche", tranche, "amount", "1000", "day", "2026-11-22")
		if text := words(get(web, "/investment/tranches/"+tranche)); !strings.Contains(text, "Open loan 3,000.50 HUF") || to != "/investment/programmes/p1" {
			t.Errorf("%s %s", to, text)
		}
		if w := post(web, "/investment/enter/confirmation", "tranche", tranche); w.Code != http.StatusNotFound {
			t.Errorf("the node's confirmation was taken from a person: %d", w.Code)
		}
		check, err := verifyInvestments(t.Context(), h.db)
		if err != nil || !check.OK || check.Rows != 9 {
			t.Errorf("%+v %v", check, err)
		}
	})
}

func TestTheBoardReadsItsBookAndDoesNotWriteIt(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	for role, want := range map[access.Role][2]int{access.Board: {200, 403}, access.Auditor: {200, 403}, access.Operator: {200, 200}} {
		token, err := h.accounts.MakeToken(t.Context(), "t"+string(role), []access.Role{role}, "")
		if err != nil {
			t.Fatal(err)
		}
		as := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+token)
			h.Handler().ServeHTTP(w, r)
		})
		if got := [2]int{get(as, "/investment").Code, get(as, "/investment/enter/decision").Code}; got != want {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
}

func TestTheInterfaceGivesTheInvestmentsOfADay(t *testing.T) {
	eachSeeded(t, func(t *testing.T, h http.Handler) {
		if all := answer[investmentsRead](t, h, "/api/investment"); all.Example || len(all.Series) != 0 {
			t.Errorf("an empty book: %+v", all)
		}
	})
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := signedIn(t, h)
	all := answer[investmentsRead](t, web, "/api/investment?on=2022-12-31")
	if !all.Example || len(all.Programmes) != 2 || len(all.Programmes[0].Stops) != 2 || len(all.Series) != 18 || all.Series[0].Allocated.Fixed() != "200000.00" {
		t.Errorf("%+v", all)
	}
	if rows := answer[[]seriesRead](t, web, "/api/investment/series"); len(rows) != 22 || !rows[0].Example {
		t.Errorf("%d rows", len(rows))
	}
	if entries := answer[[]map[string]any](t, web, "/api/investment/entries?on=2020-12-31"); len(entries) != 22 || entries[0]["kind"] != "decision" {
		t.Errorf("%d entries", len(entries))
	}
	w := get(web, "/api/investment/series?format=csv")
	if records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll(); err != nil || len(records) != 23 || records[1][1] != "AT" {
		t.Errorf("%v %q", err, w.Body)
	}
}

type seriesRead struct {
	Country   string
	Allocated contracts.Money
	Example   bool
}

type investmentsRead struct {
	Example    bool
	Series     []seriesRead
	Programmes []struct {
		Stops []struct{ Country string }
	}
}

func TestARefusalIsSaidInTheReadersLanguage(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	convene(t, h, "2026-11-20")
	web := signedIn(t, h)
	dutch := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Accept-Language", "nl")
		web.ServeHTTP(w, r)
	})
	w := post(dutch, "/investment/enter/decision", "day", "2026-11-20", "motion", "Hongarije", "seats", "12", "for", "9", "against", "4", "minutes", "M 7", "reason", "Evenwicht")
	if text := words(w); !strings.Contains(text, "13 stemmen, en de raad heeft 12 zetels") || !strings.Contains(text, "Tel de stemmen opnieuw") {
		t.Error(text)
	}
}
