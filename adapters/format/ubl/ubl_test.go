package ubl_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/formattest"
	"passerelle/adapters/format/ubl"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

var published = os.DirFS("../testdata/published")

// notCarried are the published examples with more than the norm, and what that is.
var notCarried = map[string][]string{
	"10-reverse-charge-DE-LU-peppol.ubl.xml": {
		"/Invoice/cac:Delivery/cac:DeliveryParty/cac:PartyLegalEntity/cbc:RegistrationName",
		"/Invoice/cac:Delivery/cac:DeliveryParty/cac:Contact/cbc:Name",
		"/Invoice/cac:Delivery/cac:DeliveryParty/cac:Contact/cbc:ElectronicMail",
	},
}

// read reads a published example; anything not carried is listed in notCarried.
func read(t testing.TB, name string, b []byte) en16931.Document {
	t.Helper()
	d, err := ubl.Read(b)
	var left []string
	for _, f := range contracts.FaultsOf(err) {
		if f.Code != xmltree.FaultNotCarried {
			t.Errorf("%s: %s", name, f)
		}
		left = append(left, f.Field)
	}
	if diff := cmp.Diff(notCarried[name], left); diff != "" {
		t.Errorf("%s: what is not carried (-want +got):\n%s", name, diff)
	}
	return d
}

func TestPublishedDocumentsAreCarriedWhole(t *testing.T) {
	for name, b := range formattest.Published(t, published, "ubl") {
		t.Run(name, func(t *testing.T) {
			first := read(t, name, b)
			written, err := ubl.Write(first)
			if err != nil {
				t.Fatal(err)
			}
			second, err := ubl.Read(written)
			if err != nil {
				t.Fatalf("what was written cannot be read: %v\n%s", err, written)
			}
			if diff := cmp.Diff(first, second, formattest.Same); diff != "" {
				t.Errorf("read again (-first +second):\n%s", diff)
			}
			sameXML(t, b, written)
		})
	}
}

// otherwise are the lines in which a written example differs from the published one, and may: published, written.
var otherwise = map[string]string{
	// 01 writes false as 0
	"Invoice/AllowanceCharge/ChargeIndicator=0": "Invoice/AllowanceCharge/ChargeIndicator=false",
	// 02 leaves out that the reference of a line is an object, which Peppol wants told (R101)
	"": "Invoice/InvoiceLine/DocumentReference/DocumentTypeCode=130",
	// 10 is not carried whole, see above
	"Invoice/Delivery/DeliveryParty/PartyLegalEntity/RegistrationName=Example Customer Organization": "",
	"Invoice/Delivery/DeliveryParty/Contact/Name=John Doe":                                           "",
	"Invoice/Delivery/DeliveryParty/Contact/ElectronicMail=contact@example.com":                      "",
}

// sameXML holds the values of two documents against each other, in their order.
func sameXML(t *testing.T, want, got []byte) {
	t.Helper()
	if diff := cmp.Diff(values(t, want), values(t, got)); diff != "" {
		t.Errorf("the values of the document (-published +written):\n%s", diff)
	}
}

func values(t *testing.T, b []byte) (all []string) {
	for _, line := range formattest.Values(t, b) {
		if instead, known := otherwise[line]; known {
			line = instead
		}
		if line != "" && line != otherwise[""] {
			all = append(all, line)
		}
	}
	return all
}

func FuzzRead(f *testing.F) {
	for _, b := range formattest.Published(f, published, "ubl") {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := ubl.Read(b)
		if err != nil {
			return
		}
		written, err := ubl.Write(first)
		if err != nil {
			return // the same in another arrangement, such as a payment reference without a means of payment
		}
		second, err := ubl.Read(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		complete(&first, second)
		if diff := cmp.Diff(first, second, formattest.Same); diff != "" {
			t.Errorf("read again (-first +second):\n%s\n%s", diff, written)
		}
	})
}

// complete adds to a document what UBL cannot leave out: a total of VAT, and the discount beside a gross price.
func complete(d *en16931.Document, written en16931.Document) {
	if d.Totals.Tax == nil {
		d.Totals.Tax = written.Totals.Tax
	}
	for i := range d.Lines {
		if p := &d.Lines[i].Price; p.Discount == nil && p.Gross != nil {
			p.Discount = written.Lines[i].Price.Discount
		}
	}
}

func TestUBLGetsWhatItCannotLeaveOut(t *testing.T) {
	gross, net := contracts.MustDecimal("12"), contracts.MustDecimal("10.50")
	b, err := ubl.Write(en16931.Document{Currency: "EUR", Breakdown: []en16931.TaxBreakdown{{Category: "O"}}, Lines: []en16931.Line{{ID: "1", Price: en16931.Price{Net: &net, Gross: &gross}}}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := ubl.Read(b)
	if err != nil || d.Totals.Tax == nil || !d.Totals.Tax.IsZero() || xmltree.Digits(*d.Lines[0].Price.Discount) != "1.50" {
		t.Errorf("%v\n%s", err, b)
	}
}

func TestAnyDocumentIsTheSameWhenReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := formattest.Document(t)
		if want.Seller.TaxRegistration.Value != "" {
			want.Seller.TaxRegistration.Scheme = "TAX"
		}
		if want.Buyer.TaxRegistration.Value != "" {
			want.Buyer.TaxRegistration.Scheme = "LOC"
		}
		b, err := ubl.Write(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ubl.Read(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if diff := cmp.Diff(want, got, formattest.Same); diff != "" {
			t.Fatalf("read again (-want +got):\n%s\n%s", diff, b)
		}
	})
}

func TestACardHasANetworkInUBLAlone(t *testing.T) {
	card := en16931.Document{Payment: en16931.Payment{Means: []en16931.PaymentMeans{{Code: "48", Card: en16931.Card{Number: "1234"}}}}}
	b, err := ubl.Write(card)
	if err != nil || !strings.Contains(string(b), "<cbc:NetworkID>NA</cbc:NetworkID>") {
		t.Fatalf("%v\n%s", err, b)
	}
	for written, want := range map[string]string{"NA": "", "mapped-from-cii": "", "VISA": "VISA"} {
		d, err := ubl.Read([]byte(strings.Replace(string(b), ">NA<", ">"+written+"<", 1)))
		if got := d.Payment.Means[0].Card.Network; err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", written, got, want, err)
		}
	}
}
