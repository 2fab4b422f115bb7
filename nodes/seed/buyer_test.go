package seed

import (
	"testing"

	"passerelle/adapters"
	"passerelle/adapters/format"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

// TestEveryBuyerAtHomeCanBeWrittenTo: whoever tries the demonstration can issue an invoice to each buyer at home.
func TestEveryBuyerAtHomeCanBeWrittenTo(t *testing.T) {
	for _, a := range adapters.All() {
		for i, b := range buyersOf(a) {
			if b.country != a.Code {
				continue
			}
			inv, err := example.Invoice(a.Code, a.Code, example.Domestic)
			if err != nil {
				t.Fatal(err)
			}
			inv.Buyer = b.party(a, i)
			in := format.Input{Invoice: &inv, Facts: example.Facts()}
			if err := in.Refused(in.Choose().Formats()...); err != nil {
				t.Errorf("%s: %v", b.name, err)
			}
			if _, err := adapters.Atlas().Register(inv.Buyer.Registrations); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestEveryBuyerCanBeInvoicedInEveryYear(t *testing.T) {
	for _, a := range adapters.All() {
		weights := 0
		for _, b := range buyersOf(a) {
			weights += b.weight
			for _, year := range Years {
				if _, err := b.tax(a, contracts.NewDate(year, 6, 1)); err != nil {
					t.Error(err)
				}
			}
			if m := adapters.Atlas()[b.country]; b.country != a.Code && m.InVATArea(contracts.MustDate("2023-06-01")) && b.vatID == "" {
				t.Errorf("%s sells to %s without a VAT number", a.Code, b.name)
			}
		}
		if weights != 1000 {
			t.Errorf("the buyers of %s weigh %d", a.Code, weights)
		}
	}
}
