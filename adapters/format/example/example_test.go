package example_test

import (
	"testing"

	"passerelle/adapters"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

func TestEveryCaseOfEverySellerIsTaxedAsItSays(t *testing.T) {
	want := map[example.Case]contracts.TaxCategory{
		example.Domestic: contracts.StandardRated, example.ReverseCharge: contracts.ReverseCharge, example.Consumer: contracts.StandardRated,
		example.ThirdCountry: contracts.OutsideScope, example.Exempt: contracts.Exempt,
	}
	for _, a := range adapters.All() {
		for _, c := range example.Cases {
			inv, err := example.Invoice(a.Code, example.Where(a.Code, c), c)
			if err != nil {
				t.Errorf("%s, %s: %v", a.Code, c, err)
				continue
			}
			if got := inv.Lines[0].Tax.Category; got != want[c] {
				t.Errorf("%s, %s: category %s, want %s", a.Code, c, got, want[c])
			}
			if err := inv.Seller.Validate(); err != nil {
				t.Error(err)
			}
			if inv.Buyer.VATID != "" {
				if _, err := adapters.CheckVATID(inv.Buyer.VATID); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

func TestACaseGoesWithItsCountries(t *testing.T) {
	for _, c := range []struct {
		seller, buyer contracts.CountryCode
		c             example.Case
	}{{"BE", "FR", example.Domestic}, {"BE", "BE", example.ReverseCharge}, {"BE", "US", example.Consumer}, {"BE", "FR", example.ThirdCountry}, {"BE", "XX", example.Domestic}, {"US", "US", example.Domestic}} {
		if _, err := example.Invoice(c.seller, c.buyer, c.c); !contracts.IsFault(err) {
			t.Errorf("%s to %s, %s: %v", c.seller, c.buyer, c.c, err)
		}
	}
}
