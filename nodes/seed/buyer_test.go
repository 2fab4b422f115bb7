package seed

import (
	"testing"

	"passerelle/adapters"
	"passerelle/contracts"
)

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
