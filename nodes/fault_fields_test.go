package nodes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"passerelle/adapters/country"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes/outbound"
)

// typedDraft is a draft as the fields of its form.
func typedDraft(d outbound.Draft, changes ...string) []string {
	b := d.Buyer
	pairs := []string{"activity", "A1", "buyer_id", "", "registration", "valid", "service", string(d.Service), "supply_date", d.SupplyDate.String(), "currency", string(d.Currency),
		"buyer_reference", d.BuyerReference, "order_reference", d.OrderReference, "buyer.name", b.Name, "buyer.kind", string(b.Kind), "buyer.vat_id", b.VATID,
		"buyer.address.street", b.Address.Street, "buyer.address.postal_code", b.Address.PostalCode, "buyer.address.town", b.Address.Town, "buyer.address.country", string(b.Address.Country),
		"lines[0].description", "Sound", "lines[0].quantity", "1", "lines[0].unit", "DAY", "lines[0].price", "350"}
	return append(pairs, changes...)
}

// marked are the fields of a page that are shown as wrong, with what is said beside each.
func (s screen) marked() map[string]string {
	all := map[string]string{}
	for n := range s.root.Descendants() {
		if n.Type == html.ElementNode && attribute(n, "aria-invalid") == "true" {
			said := attribute(n, "aria-describedby")
			all[attribute(n, "name")] = s.beside(strings.TrimSuffix(said, "-fault"))
		}
	}
	return all
}

// TestEachFaultIsShownBesideItsField: what the outside would refuse is said where a person mends it, and what only the co-operative
// mends is said above the form.
func TestEachFaultIsShownBesideItsField(t *testing.T) {
	for _, c := range []struct {
		name   string
		seller contracts.CountryCode
		kind   example.Case
		change []string
		marked []string
		says   []string
	}{
		{"an Italian business with nothing but a name", "IT", example.Domestic, []string{"buyer.vat_id", "", "buyer.address.street", "", "buyer.address.postal_code", "", "buyer.registrations.it.codice_destinatario", "ABC12"},
			[]string{"buyer.registrations.it.codice_destinatario"}, []string{"is no codice destinatario"}},
		{"then its address and number", "IT", example.Domestic, []string{"buyer.vat_id", "", "buyer.address.street", "", "buyer.address.postal_code", ""},
			[]string{"buyer.address.postal_code", "buyer.address.street", "buyer.registrations.it.codice_fiscale_entity"}, []string{"Ask the buyer for the codice fiscale", "Write the CAP"}},
		{"a Dutch business without post code", "NL", example.Domestic, []string{"buyer.address.postal_code", ""}, []string{"buyer.address.postal_code"}, []string{"BT-53"}},
		{"a German authority without post code", "BE", example.ReverseCharge, []string{"buyer_reference", "04011000-1234512345-06", "buyer.address.postal_code", "", "buyer.address.country", "DE", "buyer.vat_id", "DE111111125"}, []string{"buyer.address.postal_code"},
			[]string{"BT-53", "Whoever runs this node mends it in its settings, under contact"}},
		{"an Austrian authority without order", "AT", example.Domestic, []string{"buyer_reference", "", "order_reference", "", "buyer.registrations.at.lieferantennummer", "100200"}, []string{"order_reference"}, []string{"The order number is missing: ebInterface cannot be written without it"}},
		{"a Spanish authority with one of its units", "ES", example.Domestic, []string{"buyer.registrations.es.dir3_oficina_contable", "L01081234"},
			[]string{"buyer.registrations.es.dir3_organo_gestor", "buyer.registrations.es.dir3_unidad_tramitadora"}, []string{"Ask the authority for its DIR3 codes"}},
		{"a Hungarian invoice in euro without rate", "HU", example.ReverseCharge, []string{"currency", "EUR"}, []string{"exchange_rate"}, []string{"Give the rate of the day of supply"}},
		{"a Hungarian business without number", "HU", example.Domestic, []string{"buyer.vat_id", "", "currency", "HUF"}, []string{"buyer.registrations.hu.adoszam"}, []string{"Ask the buyer for its adószám"}},
		{"tax kept back by a business abroad", "IT", example.ReverseCharge, []string{"withholding", "4"}, []string{"withholding"}, []string{"Only a business in the seller's country"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := country.Config{}
			if c.seller == "HU" {
				config.Currencies = []contracts.Currency{contracts.EUR}
			}
			n := openIn(t, c.seller, config)
			s := browse(n).refused("/invoices/new", typedDraft(n.sale(example.Where(c.seller, c.kind), c.kind), c.change...)...)
			marked := s.marked()
			if got := slices.Sorted(maps.Keys(marked)); !slices.Equal(got, c.marked) {
				t.Errorf("marked %v, want %v", got, c.marked)
			}
			for field, said := range marked {
				if said == "" {
					t.Errorf("nothing is said beside %s", field)
				}
			}
			s.says(c.says...)
		})
	}
}

func TestWhatABuyerIsAskedForGoesWithItsCountry(t *testing.T) {
	n := openIn(t, "IT", country.Config{})
	n.Outbound.Seller.National.FatturaPA.WithholdingKind, n.Outbound.Seller.National.FatturaPA.WithholdingReason = "RT02", "W"
	b := browse(n)
	d := n.sale("IT", example.Domestic)
	draft, _ := b.follow("/invoices/new", typedDraft(d, "buyer.registrations.it.codice_destinatario", "abc1234", "withholding", "4")...)
	_, page := b.follow(draft + "/issue")
	page.says("ABC1234", "Ritenuta d'acconto 4 %: 14.00 EUR. Netto a pagare: 413.00 EUR.", "With VAT 427.00 EUR", "To pay 413.00 EUR", "Please pay 413.00 EUR")
	written := string(n.parcels(n.only())[0])
	for _, want := range []string{"<CodiceDestinatario>ABC1234</CodiceDestinatario>", "<ImportoRitenuta>14.00</ImportoRitenuta>", "<ImportoPagamento>413.00</ImportoPagamento>", "<RegimeFiscale>RF01</RegimeFiscale>"} {
		if !strings.Contains(written, want) {
			t.Errorf("%s is missing in\n%s", want, written)
		}
	}
	abroad, _ := b.follow("/invoices/new", typedDraft(n.sale("FR", example.ReverseCharge), "buyer.registrations.it.pec", "no address")...)
	if edit := b.open(abroad + "/edit"); edit.typed("buyer_id") == "" {
		t.Error("the buyer abroad was not kept")
	}
}

// only is the one document there is.
func (n *testNode) only() outbound.Document {
	n.t.Helper()
	doc, found, err := n.Store.DocumentByNumber(n.t.Context(), n.DB, access.Program(), string(n.Adapter.Code)+"2026-000001")
	if err != nil || !found {
		n.t.Fatal(found, err)
	}
	return doc
}

// TestAChosenBuyerIsMendedOnTheForm: what a buyer of the list lacks is put right where it is seen, and kept for the next time.
func TestAChosenBuyerIsMendedOnTheForm(t *testing.T) {
	n := openIn(t, "IT", country.Config{})
	b, d := browse(n), n.sale("IT", example.Domestic)
	d.Buyer.Address.Street, d.Buyer.Registrations = "", nil
	id := n.saveBuyer(d.Buyer)
	s := b.refused("/invoices/new", typedDraft(d, "buyer_id", id, "buyer.name", "")...)
	if s.typed("buyer.name") != d.Buyer.Name || s.typed("buyer_id") != "" || s.beside("buyer.address.street") == "" {
		t.Errorf("the buyer is not in the form: %q", s.typed("buyer.name"))
	}
	b.follow("/invoices/new", typedDraft(d, "buyer.address.street", "Via Nuova 1")...)
	if again := n.saveBuyer(d.Buyer); again != id {
		t.Errorf("%s became %s", id, again)
	}
}
