package hub

import (
	"context"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/store"
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
			return ledger.Post(ctx, tx, ledger.Transaction{Date: contracts.MustDate("2024-01-01"), Reference: "slipped-in", Postings: []ledger.Posting{
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
