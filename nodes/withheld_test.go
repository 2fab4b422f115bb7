package nodes_test

import (
	"testing"

	"passerelle/adapters/country"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/outbound"
)

// TestTaxThatABuyerKeepsBackIsAClaimOnTheState: the buyer owes the rest, and when it has paid that, nothing is open; what is taken back
// takes its part of the tax with it, to the cent however it is cut.
func TestTaxThatABuyerKeepsBackIsAClaimOnTheState(t *testing.T) {
	storagetest.Each(t, nodes.Migrations(), func(t *testing.T, db *storage.DB) {
		n := open(t, db, "IT", country.Config{})
		n.Outbound.Seller.National.FatturaPA.WithholdingKind, n.Outbound.Seller.National.FatturaPA.WithholdingReason = "RT02", "W"
		issue := func() outbound.Document {
			d := n.sale("IT", example.Domestic)
			d.Withholding = contracts.MustPercent("4")
			doc, err := n.Outbound.Issue(t.Context(), access.Program(), d)
			if err != nil {
				t.Fatal(err)
			}
			return doc
		}
		balance := func(account ledger.Account, of outbound.Document) (sum int64) {
			t.Helper()
			if err := db.QueryRowContext(t.Context(), `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_posting WHERE account = $1 AND owner = $2`, account, of.Invoice.ID).Scan(&sum); err != nil {
				t.Fatal(err)
			}
			return sum
		}
		paid := issue()
		if kept := balance(outbound.WithheldTax, paid); !paid.Open.Equal(paid.Asked()) || kept <= 0 {
			t.Errorf("open %s of %s, kept back %d", paid.Open, paid.Invoice.Totals.Payable, kept)
		}
		settled, err := n.Outbound.Pay(t.Context(), access.Program(), paid.Invoice.ID, paid.Invoice.IssueDate, paid.Asked())
		if err != nil || !settled.Open.IsZero() || balance(outbound.Receivables, paid) != 0 {
			t.Errorf("after the payment %s are open, %v", settled.Open, err)
		}
		cut := issue()
		for _, net := range []string{"0.13", "33.37", ""} {
			var part *contracts.Money
			if net != "" {
				part = new(contracts.MustMoney(net, contracts.EUR))
			}
			if _, err := n.Outbound.Credit(t.Context(), access.Program(), cut.Invoice.ID, part, "taken back"); err != nil {
				t.Fatal(err)
			}
		}
		if receivable, kept := balance(outbound.Receivables, cut), balance(outbound.WithheldTax, cut); receivable != 0 || kept != 0 {
			t.Errorf("of an invoice that was taken back whole, %d are receivable and %d kept back", receivable, kept)
		}
		n.whole()
	})
}
