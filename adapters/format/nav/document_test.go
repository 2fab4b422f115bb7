package nav_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/formattest"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/adapters/format/nav"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

var published = os.DirFS("../testdata/published")

func TestAPublishedReportIsReadAndWrittenAgainEqual(t *testing.T) {
	for name, b := range formattest.Published(t, published, "nav-data") {
		file, err := nav.Read(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := file.Write()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(formattest.Values(t, b), formattest.Values(t, again)); diff != "" {
			t.Errorf("%s, the values of the document (-published +written):\n%s", name, diff)
		}
		d, err := file.Document()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d.Number != "2021/00345" || d.Buyer.VATID != "DE888888888" || d.Breakdown[0].Category != "K" || d.Breakdown[0].Reason != "KBAET Áfa tv. 89. §" || d.Lines[2].Quantity.String() != "4000" {
			t.Errorf("%+v", d)
		}
	}
}

// terms are those that a report and a document of the norm both say of an invoice of ours.
func terms(d en16931.Document) map[string]any {
	lines, vat := []any{}, []any{}
	for _, l := range d.Lines {
		lines = append(lines, []any{l.ID, l.Quantity, l.Unit, l.Net, l.Price.Net, l.Category, l.Rate, l.Item.Name})
	}
	for _, b := range d.Breakdown {
		vat = append(vat, []any{b.Taxable, b.Amount, b.Category, b.Rate})
	}
	return map[string]any{
		"number": d.Number, "issued": d.IssueDate.String(), "type": d.Type, "currency": d.Currency, "order": d.Order, "preceding": len(d.Preceding),
		"seller": d.Seller.Name, "seller's number": d.Seller.TaxRegistration, "lines": lines, "VAT": vat, "tax currency": d.TaxCurrency,
		"net": d.Totals.TaxExclusive, "tax": d.Totals.Tax, "in forint": d.Totals.AccountingTax, "gross": d.Totals.TaxInclusive, "payable": d.Totals.Payable,
	}
}

var equal = cmp.Comparer(func(a, b en16931.Number) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(b.Decimal)) })

func TestAReportSaysWhatTheNormSays(t *testing.T) {
	for _, c := range example.Cases {
		inv, note := nationaltest.Example(t, "HU", c)
		for _, one := range []struct {
			want  en16931.Document
			bytes func() ([]byte, error)
		}{
			{en16931.From(inv, en16931.Plain, example.Facts()), func() ([]byte, error) { return nav.Write(inv, facts()) }},
			{en16931.FromCredit(note, en16931.Plain, example.Facts()), func() ([]byte, error) { return nav.WriteCredit(note, facts()) }},
		} {
			b, err := one.bytes()
			if err != nil {
				t.Fatal(err)
			}
			file, err := nav.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			got, err := file.Document()
			if err != nil {
				t.Errorf("%s: %v", c, err)
			}
			if !one.want.IsCreditNote() && (got.DueDate != one.want.DueDate || got.Payment.Means[0].Account.ID != one.want.Payment.Means[0].Account.ID) {
				t.Errorf("%s: due %s, account %+v", c, got.DueDate, got.Payment)
			}
			if diff := cmp.Diff(terms(one.want), terms(got), equal); diff != "" {
				t.Errorf("%s %s (-norm +report):\n%s", c, one.want.Number, diff)
			}
		}
	}
}

// changed is a golden report with parts of it replaced.
func changed(t *testing.T, oldnew ...string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/domestic-invoice.xml")
	if err != nil {
		t.Fatal(err)
	}
	s := strings.NewReplacer(oldnew...).Replace(string(b))
	if s == string(b) {
		t.Fatal("nothing was replaced")
	}
	return []byte(s)
}

func TestWhatTheNormHasNoTermForIsToldOrNamed(t *testing.T) {
	file, err := nav.Read(changed(t,
		"</customerInfo>", "<customerBankAccountNumber>11111111-22222222-33333333</customerBankAccountNumber></customerInfo>",
		"</orderNumbers>", "<orderNumber>PO-8</orderNumber></orderNumbers><dealerCodes><dealerCode>D1</dealerCode></dealerCodes>",
		"<currencyCode>", "<smallBusinessIndicator>true</smallBusinessIndicator><currencyCode>",
		"<paymentMethod>TRANSFER</paymentMethod>", "<paymentMethod>VOUCHER</paymentMethod>",
		"<lineNumber>1</lineNumber>", "<lineNumber>1</lineNumber><productCodes><productCode><productCodeCategory>SZJ</productCodeCategory><productCodeValue>741411</productCodeValue></productCode></productCodes>"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := file.Document()
	const at = "/InvoiceData/invoiceMain/invoice/invoiceHead/"
	for _, field := range []string{at + "customerInfo/customerBankAccountNumber", at + "invoiceDetail/conventionalInvoiceInfo/orderNumbers", at + "invoiceDetail/conventionalInvoiceInfo/dealerCodes"} {
		if f, ok := nationaltest.Fault(err, field); !ok || f.Code != xmltree.FaultNotCarried {
			t.Errorf("%s: %v", field, err)
		}
	}
	if n := len(contracts.FaultsOf(err)); n != 3 {
		t.Errorf("%d faults: %v", n, err)
	}
	attribute := en16931.Attribute{Name: "SZJ", Value: "741411"}
	if d.Notes[0].Text != "smallBusinessIndicator true" || d.Payment.Means[0].Text != "VOUCHER" || d.Lines[0].Item.Attributes[0] != attribute {
		t.Errorf("%+v", d)
	}
}

func TestWhatIsNotCarriedIsNamed(t *testing.T) {
	_, err := nav.Read(changed(t, "</lineAmountsNormal>", "</lineAmountsNormal><newTransportMean><brand>X</brand></newTransportMean><productFeeClause><x>1</x></productFeeClause>",
		"<invoiceSummary>", "<productFeeSummary><productChargeSum>1</productChargeSum></productFeeSummary><invoiceSummary>"))
	for _, end := range []string{"line[1]/newTransportMean", "line[1]/productFeeClause", "productFeeSummary/productChargeSum"} {
		found := false
		for _, f := range contracts.FaultsOf(err) {
			found = found || f.Code == xmltree.FaultNotCarried && strings.HasSuffix(f.Field, end)
		}
		if !found {
			t.Errorf("%s: %v", end, err)
		}
	}
}

func TestWhatIsNoReportOfOneInvoiceIsRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"a DTD":           changed(t, "<InvoiceData", "<!DOCTYPE x><InvoiceData"),
		"another version": changed(t, "OSA/3.0/data", "OSA/2.0/data"),
		"no namespace":    changed(t, ` xmlns="http://schemas.nav.gov.hu/OSA/3.0/data"`, ""),
		"two addresses":   changed(t, "</supplierAddress>", "<base:detailedAddress><base:streetName>Fő</base:streetName></base:detailedAddress></supplierAddress>"),
		"a batch":         changed(t, "<invoice>", "<batchInvoice><batchIndex>1</batchIndex><invoice>", "</invoice>", "</invoice></batchInvoice>"),
		"two numbers":     changed(t, "<invoiceIssueDate>", "<invoiceNumber>2</invoiceNumber><invoiceIssueDate>"),
	} {
		if _, err := nav.Read(b); !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Code == xmltree.FaultNotCarried {
			t.Errorf("%s: %v", name, err)
		}
	}
	simple, err := nav.Read(changed(t, "<summaryGrossData>", "<summarySimplified><vatContentGrossAmount>1</vatContentGrossAmount></summarySimplified><summaryGrossData>"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := simple.Document(); !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Code != nav.FaultSimplified {
		t.Errorf("a simplified invoice: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(paths, "../testdata/published/12-HU-to-EU-in-EUR.nav-data.xml") {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := nav.Read(b)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		again, err := file.Write()
		if err != nil {
			t.Fatal(err)
		}
		same, err := nav.Read(again)
		if err != nil {
			t.Fatalf("%v\n%s", err, again)
		}
		if diff := cmp.Diff(file, same, formattest.Same, numbers); diff != "" {
			t.Fatalf("written and read again:\n%s", diff)
		}
		if _, err := file.Document(); err != nil && !contracts.IsFault(err) {
			t.Fatalf("%v is no fault", err)
		}
	})
}

// numbers are the same when they are written the same.
var numbers = cmp.Comparer(func(a, b en16931.Number) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(b.Decimal) && a.Exponent() == b.Exponent())
})
