package en16931_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func invoice(t *testing.T, seller, buyer contracts.CountryCode, c example.Case) contracts.Invoice {
	t.Helper()
	inv, err := example.Invoice(seller, buyer, c)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func digits(n en16931.Number) string {
	if n == nil {
		return ""
	}
	return xmltree.Digits(*n)
}

func TestVATIsToldByCase(t *testing.T) {
	cases := []struct {
		seller, buyer               contracts.CountryCode
		c                           example.Case
		category, rate, code, words string
	}{
		{"BE", "BE", example.Domestic, "S", "21", "", ""},
		{"BE", "FR", example.ReverseCharge, "AE", "0", "VATEX-EU-AE", "Autoliquidation"},
		{"DE", "AT", example.ReverseCharge, "AE", "0", "VATEX-EU-AE", "Steuerschuldnerschaft des Leistungsempfängers"},
		{"SE", "LU", example.Consumer, "S", "25", "", ""},
		{"FR", "US", example.ThirdCountry, "O", "", "VATEX-EU-O", "TVA non applicable - art. 259-1 du CGI"},
	}
	for _, c := range cases {
		d := en16931.From(invoice(t, c.seller, c.buyer, c.c), en16931.Plain, example.Facts())
		b := d.Breakdown[0]
		got := []string{b.Category, digits(b.Rate), b.ReasonCode, b.Reason, d.Lines[0].Category, digits(d.Lines[0].Rate)}
		if diff := cmp.Diff([]string{c.category, c.rate, c.code, c.words, c.category, c.rate}, got); diff != "" {
			t.Errorf("%s to %s, %s (-want +got):\n%s", c.seller, c.buyer, c.c, diff)
		}
	}
}

func TestAnExemptionIsToldWithItsReason(t *testing.T) {
	b := en16931.From(invoice(t, "NL", "NL", example.Exempt), en16931.Plain, example.Facts()).Breakdown[0]
	if b.Category != "E" || b.Reason == "" || b.ReasonCode == "" {
		t.Errorf("told %+v", b)
	}
}

func TestOutsideTheScopeNobodyShowsAVATNumber(t *testing.T) {
	inv := invoice(t, "BE", "US", example.ThirdCountry)
	inv.Seller.VATID, inv.Buyer.VATID = "BE0403019261", "CHE100155212MWST"
	d := en16931.From(inv, en16931.Plain, example.Facts())
	if d.Seller.VATID+d.Buyer.VATID != "" || d.Seller.Registration != (en16931.Identifier{Scheme: "0208", Value: "0468561072"}) {
		t.Errorf("seller %+v, buyer %+v", d.Seller, d.Buyer)
	}
}

func TestPartiesAreFoundByTheirNumbers(t *testing.T) {
	want := map[contracts.CountryCode]struct{ endpoint, registration, tax string }{
		"BE": {"0208 0468561072", "0208 0468561072", " "},
		"FR": {"0002 732829320", "0002 732829320", " "},
		"DE": {"9930 DE136695976", " Aachen HRA 11223", "TAX 18181508155"},
		"AT": {"9914 ATU13585627", " 122119m", " "},
		"IT": {"0210 00743110157", " MI-1234567", " "},
		"NL": {"0106 68750110", "0106 68750110", " "},
		"SE": {"0007 5560360793", "0007 5560360793", " "},
		"ES": {"9920 ESA28184661", " A28184661", " "},
		"HU": {"9910 HU12892312", " 01-09-123456", "TAX 12892312-2-42"},
	}
	for code, w := range want {
		s := en16931.From(invoice(t, code, "LU", example.ReverseCharge), en16931.Peppol, example.Facts()).Seller
		got := []string{s.Endpoint.Scheme + " " + s.Endpoint.Value, s.Registration.Scheme + " " + s.Registration.Value, s.TaxRegistration.Scheme + " " + s.TaxRegistration.Value}
		if diff := cmp.Diff([]string{w.endpoint, w.registration, w.tax}, got); diff != "" {
			t.Errorf("%s: endpoint, registration, tax number (-want +got):\n%s", code, diff)
		}
	}
}

func TestAnEMailAddressIsNoPeppolAddress(t *testing.T) {
	inv := invoice(t, "BE", "LU", example.Consumer)
	plain := en16931.From(inv, en16931.Plain, example.Facts()).Buyer.Endpoint
	peppol := en16931.From(inv, en16931.Peppol, example.Facts()).Buyer.Endpoint
	if plain != (en16931.Identifier{Scheme: "EM", Value: "office@example.org"}) || peppol != (en16931.Identifier{}) {
		t.Errorf("plain %v, Peppol %v", plain, peppol)
	}
}

func TestANumberOfAPersonStaysAtHome(t *testing.T) {
	inv := invoice(t, "BE", "SE", example.ReverseCharge)
	inv.Buyer.Registrations = []contracts.Identifier{{Scheme: "se.personnummer", Value: "880320-0016"}}
	inv.Buyer.VATID = "SE880320001601"
	b := en16931.From(inv, en16931.Plain, example.Facts()).Buyer
	if len(b.IDs) > 0 || b.Registration != (en16931.Identifier{}) {
		t.Errorf("told %+v", b)
	}
}

func TestAGermanAuthorityIsAddressedByItsLeitwegID(t *testing.T) {
	inv := invoice(t, "DE", "DE", example.Domestic)
	for reference, want := range map[string]string{"04011000-12345-03": "0204", "04011000-12345-04": "9930", "Production 7": "9930"} {
		inv.BuyerReference = reference
		if got := en16931.From(inv, en16931.XRechnung, example.Facts()).Buyer.Endpoint.Scheme; got != want {
			t.Errorf("%s: scheme %s, want %s", reference, got, want)
		}
	}
}

func TestReasonsOfOneCategoryShareAGroup(t *testing.T) {
	inv := invoice(t, "NL", "NL", example.Exempt)
	inv.Lines[1].Tax.Reason, inv.Lines[1].Tax.ReasonCode = "another reason", "VATEX-EU-132-1I"
	var err error
	if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
		t.Fatal(err)
	}
	d := en16931.From(inv, en16931.Plain, example.Facts())
	if len(d.Breakdown) != 1 || digits(d.Breakdown[0].Taxable) != "1170.55" || d.Breakdown[0].ReasonCode != "" || d.Breakdown[0].Reason != inv.Lines[0].Tax.Reason+"; another reason" {
		t.Errorf("told %+v", d.Breakdown)
	}
}

func TestVATIsAlsoToldInTheSellersCurrency(t *testing.T) {
	d := en16931.From(invoice(t, "SE", "LU", example.Consumer), en16931.Plain, example.Facts())
	if d.Currency != "EUR" || d.TaxCurrency != "SEK" || digits(d.Totals.AccountingTax) != "3292.20" {
		t.Errorf("%s, %s %s", d.Currency, d.TaxCurrency, digits(d.Totals.AccountingTax))
	}
}

func TestPeppolHasOneNote(t *testing.T) {
	inv := invoice(t, "BE", "BE", example.Domestic)
	inv.Notes = []string{"first", " ", "second"}
	peppol, plain := en16931.From(inv, en16931.Peppol, example.Facts()).Notes, en16931.From(inv, en16931.Plain, example.Facts()).Notes
	if diff := cmp.Diff([]en16931.Note{{Text: "first\nsecond"}}, peppol); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]en16931.Note{{Text: "first"}, {Text: "second"}}, plain); diff != "" {
		t.Error(diff)
	}
}

func TestPaymentFollowsCurrencyAndCountry(t *testing.T) {
	for _, c := range []struct {
		seller, buyer contracts.CountryCode
		want          string
	}{{"BE", "BE", "58"}, {"SE", "SE", "30"}, {"HU", "HU", "30"}, {"HU", "DE", "58"}} {
		kind := example.Domestic
		if c.seller != c.buyer {
			kind = example.ReverseCharge
		}
		if got := en16931.From(invoice(t, c.seller, c.buyer, kind), en16931.Plain, example.Facts()).Payment.Means[0].Code; got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.seller, c.buyer, got, c.want)
		}
	}
}

func TestACreditNoteNamesItsInvoice(t *testing.T) {
	note, err := example.CreditNote("BE", "FR", example.ReverseCharge)
	if err != nil {
		t.Fatal(err)
	}
	d := en16931.FromCredit(note, en16931.Peppol, example.Facts())
	if !d.IsCreditNote() || d.Preceding[0].Number != "BE2026-000123" || d.PaymentTerms != "Avoir sur la facture BE2026-000123" || d.Notes[0].Text != note.Reason || d.Payment.Means[0].Code != "97" {
		t.Errorf("told %+v", d)
	}
	if got := en16931.FromCredit(note, en16931.PeppolSelfBilling, example.Facts()).Type; got != "261" {
		t.Errorf("self-billed: type %s", got)
	}
}

func TestAMistypedLeitwegIDIsToldFromOtherReferences(t *testing.T) {
	for reference, want := range map[string]bool{"04011000-12345-03": false, "04011000-12345-30": true, "2026-03-15": false, "PO-7": false, "04011000-03": false, "": false} {
		if got := en16931.MistypedLeitwegID(reference); got != want {
			t.Errorf("%q: %v", reference, got)
		}
	}
}
