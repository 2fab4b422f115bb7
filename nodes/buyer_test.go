package nodes_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/access"
)

func (n *testNode) saveBuyer(p contracts.Party) string {
	n.t.Helper()
	id, err := n.SaveBuyer(n.t.Context(), access.Program(), p)
	if err != nil {
		n.t.Fatal(err)
	}
	return id
}

func TestABuyerIsKnownByItsVATNumberKindAndCountry(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		first := contracts.Party{Name: "Exemple SARL", Kind: contracts.Business, VATID: "FR40303265045", Address: contracts.Address{Country: "FR"}}
		id := n.saveBuyer(first)
		moved := first
		moved.Name, moved.VATID, moved.Address.Town = "Exemple SAS", "fr 40 303 265 045", "Lille"
		if again := n.saveBuyer(moved); again != id {
			t.Errorf("the same number, kind and country is another buyer")
		}
		for name, change := range map[string]func(*contracts.Party){
			"another kind":    func(p *contracts.Party) { p.Kind = contracts.Consumer },
			"another country": func(p *contracts.Party) { p.Address.Country = "BE" },
		} {
			p := first
			change(&p)
			_, err := n.SaveBuyer(t.Context(), access.Program(), p)
			if diff := cmp.Diff([]string{"taken@vat_id"}, codes(err)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		kept, _, err := n.Store.Buyer(t.Context(), n.DB, access.Program(), id)
		if err != nil || kept.Name != "Exemple SAS" || kept.Address != moved.Address || kept.Kind != contracts.Business {
			t.Errorf("kept %+v, %v", kept, err)
		}
	})
}

func TestABuyerWithoutVATNumberIsKnownByNameKindAndAddress(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		first := contracts.Party{Name: "Same name", Kind: contracts.Consumer, Address: contracts.Address{Street: "Rue 1", PostalCode: "1000", Town: "Town", Country: "BE"}}
		ids := map[string]string{n.saveBuyer(first): "first"}
		for name, change := range map[string]func(*contracts.Party){
			"another street":      func(p *contracts.Party) { p.Address.Street = "Rue 2" },
			"another postal code": func(p *contracts.Party) { p.Address.PostalCode = "2000" },
			"another town":        func(p *contracts.Party) { p.Address.Town = "Other" },
			"another country":     func(p *contracts.Party) { p.Address.Country = "FR" },
			"another name":        func(p *contracts.Party) { p.Name = "Other name" },
			"another kind":        func(p *contracts.Party) { p.Kind = contracts.Business },
			"a VAT number":        func(p *contracts.Party) { p.VATID = "BE0468561072" },
		} {
			p := first
			change(&p)
			id := n.saveBuyer(p)
			if was, known := ids[id]; known {
				t.Errorf("%s became the buyer of %s", name, was)
			}
			ids[id] = name
			if again := n.saveBuyer(p); again != id {
				t.Errorf("%s, saved again, is another buyer", name)
			}
		}
		if again := n.saveBuyer(first); ids[again] != "first" {
			t.Errorf("the same buyer again is that of %q", ids[again])
		}
	})
}
