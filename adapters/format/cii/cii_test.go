package cii_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"passerelle/adapters/format/cii"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/formattest"
	"passerelle/adapters/format/ubl"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

var published = os.DirFS("../testdata/published")

// notCarried is what the published example has that the norm has not: a base quantity of the gross price alone.
var notCarried = map[string][]string{
	"03-cross-border-NL-DK-tax-currency.cii.xml": {
		"/CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem[1]/ram:SpecifiedLineTradeAgreement",
	},
}

// read reads a published example; anything not carried is listed in notCarried.
func read(t testing.TB, name string, b []byte) en16931.Document {
	t.Helper()
	d, err := cii.Read(b)
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
	for name, b := range formattest.Published(t, published, "cii") {
		t.Run(name, func(t *testing.T) {
			first := read(t, name, b)
			written, err := cii.Write(first)
			if err != nil {
				t.Fatal(err)
			}
			second, err := cii.Read(written)
			if err != nil {
				t.Fatalf("what was written cannot be read: %v\n%s", err, written)
			}
			if diff := cmp.Diff(first, second, formattest.Same); diff != "" {
				t.Errorf("read again (-first +second):\n%s", diff)
			}
			if diff := cmp.Diff(values(t, b), values(t, written)); diff != "" {
				t.Errorf("the values of the document (-published +written):\n%s", diff)
			}
		})
	}
}

const (
	agreement  = "CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/"
	settlement = "CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/"
)

// otherwise are the lines in which a written example differs from the published one, and may: published, written.
var otherwise = map[string]string{
	// 03 leaves out the type of two supporting documents
	"": agreement + "AdditionalReferencedDocument/TypeCode=916",
	// and has "A" for an IBAN
	settlement + "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID=A": settlement + "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/ProprietaryID=A",
	// not carried, see above
	"CrossIndustryInvoice/SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem/SpecifiedLineTradeAgreement/GrossPriceProductTradePrice/BasisQuantity unitCode=C62=1.1": "",
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

func TestDocumentsInUBLAreTheSameInCII(t *testing.T) {
	for name, b := range formattest.Published(t, published, "ubl") {
		t.Run(name, func(t *testing.T) {
			want, err := ubl.Read(b)
			for _, f := range contracts.FaultsOf(err) {
				if f.Code != xmltree.FaultNotCarried {
					t.Fatal(err)
				}
			}
			written, err := cii.Write(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := cii.Read(written)
			if err != nil {
				t.Fatalf("%v\n%s", err, written)
			}
			for i := range want.Lines {
				if p := &want.Lines[i].Price; p.Discount != nil && p.Gross == nil {
					p.Gross = got.Lines[i].Price.Gross // follows from the discount; CII asks for it
				}
			}
			want.Seller.TaxRegistration.Scheme, want.Buyer.TaxRegistration.Scheme = "", "" // UBL's name of the tax, FC in CII
			if diff := cmp.Diff(want, got, formattest.Same); diff != "" {
				t.Errorf("in CII (-UBL +CII):\n%s", diff)
			}
		})
	}
}

func TestWhatCIICannotSayIsNamed(t *testing.T) {
	cases := map[string]struct {
		document en16931.Document
		field    string
	}{
		"two preceding invoices": {en16931.Document{Preceding: []en16931.PrecedingInvoice{{Number: "1"}, {Number: "2"}}}, "preceding"},
		"a network of cards":     {en16931.Document{Payment: en16931.Payment{Means: []en16931.PaymentMeans{{Code: "48", Card: en16931.Card{Number: "1234", Network: "VISA"}}}}}, "payment.means"},
		"another moment of VAT":  {en16931.Document{TaxPointCode: "10", Breakdown: []en16931.TaxBreakdown{{Category: "S"}}}, "tax_point_code"},
	}
	for name, c := range cases {
		_, err := cii.Write(c.document)
		if fs := contracts.FaultsOf(err); len(fs) != 1 || fs[0].Code != xmltree.FaultNotCarried || fs[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheBaseQuantityMayStandAtTheGrossPrice(t *testing.T) {
	net, gross, discount := contracts.MustDecimal("9"), contracts.MustDecimal("10"), contracts.MustDecimal("1")
	b, err := cii.Write(en16931.Document{Lines: []en16931.Line{{ID: "1", Price: en16931.Price{Net: &net, Gross: &gross, Discount: &discount}}}})
	if err != nil {
		t.Fatal(err)
	}
	const amount = "<ram:ChargeAmount>10</ram:ChargeAmount>"
	d, err := cii.Read([]byte(strings.Replace(string(b), amount, amount+`<ram:BasisQuantity unitCode="DAY">2</ram:BasisQuantity>`, 1)))
	if p := d.Lines[0].Price; err != nil || p.BaseQuantity == nil || p.BaseQuantity.String() != "2" || p.BaseUnit != "DAY" {
		t.Errorf("%v, %+v", err, p)
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range formattest.Published(f, published, "cii") {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := cii.Read(b)
		if err != nil {
			return
		}
		written, err := cii.Write(first)
		if err != nil {
			return // more than this version of the syntax has room for, such as two preceding invoices
		}
		second, err := cii.Read(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		if diff := cmp.Diff(first, second, formattest.Same); diff != "" {
			t.Errorf("read again (-first +second):\n%s\n%s", diff, written)
		}
	})
}

func TestAnyDocumentIsTheSameWhenReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := formattest.Document(t)
		want.Preceding = want.Preceding[:min(len(want.Preceding), 1)]
		formattest.SchemesLast(want.Seller.IDs)
		formattest.SchemesLast(want.Buyer.IDs)
		b, err := cii.Write(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cii.Read(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if diff := cmp.Diff(want, got, formattest.Same, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("read again (-want +got):\n%s\n%s", diff, b)
		}
	})
}
