package rules

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/adapters/format/cii"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/formattest"
	"passerelle/adapters/format/ubl"
	"passerelle/contracts"
)

func n(s string) en16931.Number {
	d := contracts.MustDecimal(s)
	return &d
}

// full is a document that has nearly every term, and breaks no rule of its target or of ours.
func full(t testing.TB, seller, buyer contracts.CountryCode, c example.Case, target en16931.Target) en16931.Document {
	t.Helper()
	inv, err := example.Invoice(seller, buyer, c)
	if err != nil {
		t.Fatal(err)
	}
	d := en16931.From(inv, target, example.Facts())
	tax := d.Lines[0]
	d.AllowanceCharges = []en16931.AllowanceCharge{
		{Amount: n("10"), Base: n("100"), Percent: n("10"), Category: tax.Category, Rate: tax.Rate, Reason: "Discount", ReasonCode: "95"},
		{Charge: true, Amount: n("5"), Category: tax.Category, Rate: tax.Rate, Reason: "Freight", ReasonCode: "FC"},
	}
	d.Lines[0].AllowanceCharges = []en16931.AllowanceCharge{{Amount: n("2"), Base: n("20"), Percent: n("10"), Reason: "Discount"}, {Charge: true, Amount: n("3"), Reason: "Freight"}}
	d.Lines[0].Net = n("1051")
	d.Lines[0].Object = en16931.Identifier{Scheme: "AAB", Value: "1"}
	d.Lines[0].Period = d.Period
	d.Lines[0].Price.Gross, d.Lines[0].Price.Discount = n("400"), n("50")
	d.Lines[0].Price.BaseQuantity, d.Lines[0].Price.BaseUnit = n("1"), d.Lines[0].Unit
	d.Lines[0].Item.Attributes = []en16931.Attribute{{Name: "colour", Value: "red"}}
	d.Lines[0].Item.Classifications = []en16931.Classification{{Identifier: en16931.Identifier{Scheme: "TST", Value: "1"}}}
	d.Lines[0].Item.StandardID = en16931.Identifier{Scheme: "0160", Value: "1"}
	d.Lines[0].OrderLine = "1"
	d.Attachments = []en16931.SupportingDocument{{Reference: "a", MediaType: "application/pdf", FileName: "a.pdf", Content: []byte("a")}, {Reference: "b", MediaType: "image/png", FileName: "b.png", Content: []byte("b")}}
	d.Preceding = []en16931.PrecedingInvoice{{Number: "1"}}
	d.Payee = en16931.Payee{Name: "Another", ID: en16931.Identifier{Scheme: "0002", Value: "1"}}
	d.Delivery.Address = d.Buyer.Address
	d.Object = en16931.Identifier{Scheme: "AAB", Value: "1"}
	addUp(&d)
	return d
}

// addUp gives the document the totals of its lines, allowances and charges, which are all of one category and rate.
func addUp(d *en16931.Document) {
	var lines, off, on decimal.Decimal
	for _, l := range d.Lines {
		lines = lines.Add(l.Net.Decimal)
	}
	for _, a := range d.AllowanceCharges {
		if a.Charge {
			on = on.Add(a.Amount.Decimal)
		} else {
			off = off.Add(a.Amount.Decimal)
		}
	}
	amount := func(v decimal.Decimal) en16931.Number { return &contracts.Decimal{Decimal: v} }
	net := lines.Sub(off).Add(on)
	b := &d.Breakdown[0]
	b.Taxable = amount(net)
	b.Amount = amount(taxOf(*b))
	paid := decimal.NewFromInt(1)
	d.Totals = en16931.Totals{Lines: amount(lines), Allowances: amount(off), Charges: amount(on), TaxExclusive: amount(net), Tax: b.Amount, TaxInclusive: amount(net.Add(b.Amount.Decimal)),
		Paid: amount(paid), AccountingTax: d.Totals.AccountingTax, Payable: amount(net.Add(b.Amount.Decimal).Sub(paid))}
}

// ids are the codes of the faults, each once.
func ids(err error) []string {
	var all []string
	for _, f := range contracts.FaultsOf(err) {
		all = append(all, string(f.Code))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// published are the examples that break rules of the target they name, as the published validators say too: their authors
// invented the numbers of the parties, or wrote before the rules of today.
var published = map[string][]string{
	"06-USD-invoice-SEK-vat.ubl.xml":            {"PEPPOL-COMMON-R049", "SE-R-013"},
	"07-final-invoice-after-prepayment.ubl.xml": {"PEPPOL-COMMON-R049", "SE-R-013"},
}

func TestPublishedDocumentsKeepTheRules(t *testing.T) {
	folder := os.DirFS("../testdata/published")
	check := func(name string, d en16931.Document) {
		if diff := cmp.Diff(published[name], ids(Check(d))); diff != "" {
			t.Errorf("%s (-known +found):\n%s\n%v", name, diff, Check(d))
		}
	}
	for name, b := range formattest.Published(t, folder, "ubl") {
		d, _ := ubl.Read(b) // what is not carried is looked at in package ubl
		check(name, d)
	}
	for name, b := range formattest.Published(t, folder, "cii") {
		d, _ := cii.Read(b)
		check(name, d)
	}
}

// targetsOf are what a seller may write to whom.
func targetsOf(seller, buyer contracts.CountryCode) []en16931.Target {
	all := []en16931.Target{en16931.Plain, en16931.FacturX}
	if seller == "DE" {
		all = append(all, en16931.XRechnung)
	}
	if seller == "NL" {
		all = append(all, en16931.NLCIUS)
	}
	if buyer != "US" {
		all = append(all, en16931.Peppol)
	}
	return all
}

var buyers = map[example.Case]contracts.CountryCode{example.ReverseCharge: "LU", example.Consumer: "LU", example.ThirdCountry: "US"}

func TestWhatWeWriteKeepsTheRules(t *testing.T) {
	for _, seller := range []contracts.CountryCode{"AT", "BE", "DE", "ES", "FR", "HU", "IT", "NL", "SE"} {
		for _, c := range example.Cases {
			buyer := buyers[c]
			if buyer == "" {
				buyer = seller
			}
			for _, target := range targetsOf(seller, buyer) {
				if c == example.Consumer && target.Network {
					continue // a consumer has no address there
				}
				inv, err := example.Invoice(seller, buyer, c)
				if err != nil {
					t.Fatal(err)
				}
				note, err := example.CreditNote(seller, buyer, c)
				if err != nil {
					t.Fatal(err)
				}
				for kind, d := range map[string]en16931.Document{"invoice": en16931.From(inv, target, example.Facts()), "credit note": en16931.FromCredit(note, target, example.Facts())} {
					if err := CheckIssued(d); err != nil {
						t.Errorf("%s of %s, %s, for %s:\n%v", kind, seller, c, target.Name, err)
					}
				}
			}
		}
	}
}

func TestEveryRuleHasAnIDOfItsOwn(t *testing.T) {
	for _, set := range Sets {
		seen := map[string]bool{}
		for _, r := range set.Rules {
			if seen[r.ID] || strings.TrimSpace(r.ID) == "" {
				t.Errorf("%s has %q twice", set.Name, r.ID)
			}
			seen[r.ID] = true
		}
	}
}

func TestEveryTermOfASentenceHasAName(t *testing.T) {
	for _, d := range []en16931.Document{{}, {Specification: billing}, {Specification: en16931.XRechnung.Specification}, {Specification: en16931.NLCIUS.Specification}} {
		for _, f := range contracts.FaultsOf(CheckIssued(d)) {
			if strings.HasPrefix(f.Message, " (") || f.Remedy == "" || f.Message == "" {
				t.Errorf("%s: %q, %q", f.Code, f.Message, f.Remedy)
			}
		}
	}
}

// TestNoVATNeedsNoTotalOfIt: CII leaves out a total of zero, and may not leave out any other.
func TestNoVATNeedsNoTotalOfIt(t *testing.T) {
	d := full(t, "BE", "LU", example.ReverseCharge, en16931.FacturX)
	d.Totals.Tax = nil
	if err := Check(d); err != nil {
		t.Error(err)
	}
	d = full(t, "BE", "BE", example.Domestic, en16931.FacturX)
	d.Totals.Tax = nil
	if found := ids(Check(d)); !slices.Contains(found, "BR-CO-15") {
		t.Errorf("found %v", found)
	}
}

// TestADutchCreditNoteIsPaidToTheSellerWhenItIsNegative (NL-R-007).
func TestADutchCreditNoteIsPaidToTheSellerWhenItIsNegative(t *testing.T) {
	d := full(t, "NL", "NL", example.Domestic, en16931.Peppol)
	d.Type, d.Payment.Means = "381", nil
	if found := ids(Check(d)); slices.Contains(found, "NL-R-007") {
		t.Errorf("found %v", found)
	}
	d.Totals.Payable = n("-1")
	if found := ids(Check(d)); !slices.Contains(found, "NL-R-007") {
		t.Errorf("found %v", found)
	}
}
