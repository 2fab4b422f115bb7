package hub

import (
	"errors"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/charter"
	"passerelle/hub/solidarity"
	"passerelle/hub/store"
	"passerelle/internal/ledger"
)

func TestTheCommonBooksAreKeptAndVerified(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		for range 2 { // the second time there is nothing to do
			if err := h.LoadDemonstrationCommons(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		pot, entries, err := solidarity.Read(t.Context(), store.Read(h.db), contracts.Date{})
		if err != nil || len(entries) != len(solidarity.Demonstration()) {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		balance, err := ledger.Balance(t.Context(), h.db, ledger.Filter{Account: solidarity.Bank}, contracts.EUR)
		if err != nil || balance.Fixed() != pot.Bank.Fixed() {
			t.Errorf("the ledger has %s in the bank, the pot %s, %v", balance, pot.Bank, err)
		}
		c, agreed, err := charter.Read(t.Context(), store.Read(h.db), contracts.MustDate("2025-01-31"))
		if err != nil || len(agreed) != 3 || c.Versions[0].Count.Yes != 2 {
			t.Errorf("as of a day: %d entries, %v", len(agreed), err)
		}
		if err := errors.Join(h.LoadDemonstrationPlan(t.Context()), h.LoadDemonstrationMeetings(t.Context())); err != nil {
			t.Fatal(err)
		}
		checks, err := verifyBooks(t.Context(), h.db)
		if err != nil || len(checks) != 5 {
			t.Fatal(checks, err)
		}
		for _, check := range checks {
			if !check.OK || check.Rows == 0 {
				t.Errorf("%+v", check)
			}
		}
	})
}
