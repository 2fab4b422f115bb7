package nodes_test

import (
	"cmp"
	"strings"
	"testing"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
)

// leitweg is the reference of a German authority, longer than some formats have room for.
const leitweg = "04011000-1234512345-06"

// whole is a buyer of whom all is told that is asked of it at home.
func whole(home *country.Adapter, c contracts.CountryCode, kind contracts.BuyerKind) contracts.Party {
	p := contracts.Party{Name: "Example client", Kind: kind, Address: example.Address(c)}
	if m := adapters.Atlas()[c]; m.VATID != nil && kind == contracts.Business {
		for _, id := range m.VATID.Valid { // some are written without the prefix that tells their country
			if normal, err := adapters.CheckVATID(id); err == nil {
				p.VATID = normal
			}
		}
	}
	for _, id := range home.Identifiers {
		if c == home.Code && id.Asked && !id.Routing && id.PersonalData == (kind == contracts.Consumer) && len(id.Valid) > 0 && len(p.Registrations) == 0 {
			p.Registrations = []contracts.Identifier{{Scheme: id.ID, Value: id.Valid[0]}}
		}
	}
	return p
}

// lacking are buyers as they are first entered, each of whom lacks something.
func lacking(home *country.Adapter, c contracts.CountryCode, kind contracts.BuyerKind) (all []contracts.Party) {
	for _, leave := range []func(*contracts.Party){
		func(p *contracts.Party) { p.VATID, p.Registrations = "", nil },
		func(p *contracts.Party) { p.Address = contracts.Address{Country: c} },
		func(p *contracts.Party) { p.VATID, p.Registrations, p.Address = "", nil, contracts.Address{Country: c} },
	} {
		p := whole(home, c, kind)
		leave(&p)
		all = append(all, p)
	}
	for _, id := range home.Identifiers {
		if c == home.Code && id.Asked && len(id.Valid) > 0 {
			p := whole(home, c, kind)
			p.VATID, p.Registrations = "", []contracts.Identifier{{Scheme: id.ID, Value: id.Valid[0]}}
			all = append(all, p)
		}
	}
	return all
}

// TestNobodyIsRefusedWithoutAWayOut: a demonstration's co-operative can invoice each country's businesses, authorities and consumers. Of whoever
// lacks something, that is said at the field of the buyer or the reference where it is mended, with what to do.
func TestNobodyIsRefusedWithoutAWayOut(t *testing.T) {
	for _, a := range adapters.All() {
		n := openWith(t, storagetest.Open(t, "sqlite", nodes.Migrations()...), a.Code, demonstrated(t, a.Code))
		preview := func(p contracts.Party, reference string) error {
			d := n.draft()
			d.Buyer, d.BuyerReference = p, reference
			if p.VATID != "" {
				d.Registration = country.Valid
			}
			_, err := n.Outbound.Preview(t.Context(), access.Program(), d)
			return err
		}
		for c := range adapters.Atlas() {
			for _, kind := range []contracts.BuyerKind{contracts.Business, contracts.Consumer} {
				if err := preview(whole(a, c, kind), cmp.Or(map[contracts.CountryCode]string{"DE": leitweg}[c], "7")); err != nil {
					t.Errorf("%s to a %s in %s: %v", a.Code, kind, c, err)
				}
				for _, p := range lacking(a, c, kind) {
					for _, reference := range []string{"", leitweg} {
						err := preview(p, reference)
						if err != nil && !contracts.IsFault(err) {
							t.Fatal(err)
						}
						for _, f := range contracts.FaultsOf(err) {
							if f.Remedy == "" || !strings.HasPrefix(f.Field, "buyer.") && f.Field != "order_reference" && f.Field != "buyer_reference" {
								t.Errorf("%s to %+v: %+v", a.Code, p, f)
							}
						}
					}
				}
			}
		}
	}
}
