package facturae_test

import (
	"os"
	"strings"
	"testing"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/facturae"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func TestAFacturaeSaysWhatTheNormSays(t *testing.T) {
	nationaltest.SaysWhatTheNormSays(t, nationaltest.Format{
		Seller: "ES",
		Write:  func(inv contracts.Invoice) ([]byte, error) { return facturae.Write(inv, facts()) },
		Credit: func(note contracts.CreditNote) ([]byte, error) { return facturae.WriteCredit(note, facts()) },
		Read:   read,
	})
}

func read(b []byte) (again []byte, d en16931.Document, err error) {
	f, err := facturae.Read(b)
	if err != nil {
		return nil, d, err
	}
	if d, err = f.Document(); err != nil {
		return nil, d, err
	}
	again, err = f.Write()
	return again, d, err
}

// document reads a golden file with something changed.
func document(t *testing.T, file string, changes ...string) (en16931.Document, error) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(changes...).Replace(string(b))
	if changed == string(b) && len(changes) > 0 {
		t.Fatalf("%s: nothing was changed by %q", file, changes)
	}
	f, err := facturae.Read([]byte(changed))
	var fs contracts.Faults
	fs.Add("", err)
	d, err := f.Document()
	fs.Add("", err)
	return d, fs.Err()
}

const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:Reference><ds:DigestValue>a</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>b</ds:SignatureValue></ds:Signature></fe:Facturae>`

// TestNothingIsLostInSilence: what the file says and nothing carries is named with its place, once.
func TestNothingIsLostInSilence(t *testing.T) {
	for name, c := range map[string]struct {
		from, to, path string
		code           contracts.FaultCode
	}{
		"a signature":     {"</fe:Facturae>", signature, "/Facturae/{http://www.w3.org/2000/09/xmldsig#}Signature", xmltree.FaultNotCarried},
		"a third party":   {"<Batch>", "<ThirdParty><TaxIdentification><PersonTypeCode>J</PersonTypeCode></TaxIdentification></ThirdParty><Batch>", "/Facturae/FileHeader/ThirdParty/TaxIdentification/PersonTypeCode", xmltree.FaultNotCarried},
		"a subsidy":       {"<TotalOutstandingAmount>1416.37</TotalOutstandingAmount>", "<Subsidies><Subsidy><SubsidyAmount>1</SubsidyAmount></Subsidy></Subsidies><TotalOutstandingAmount>1416.37</TotalOutstandingAmount>", "/Facturae/Invoices/Invoice/InvoiceTotals/Subsidies/Subsidy/SubsidyAmount", xmltree.FaultNotCarried},
		"an own charge":   {"</TaxAmount>\n        </Tax>\n      </TaxesOutputs>", "</TaxAmount><EquivalenceSurcharge>5.2</EquivalenceSurcharge><EquivalenceSurchargeAmount><TotalAmount>60.87</TotalAmount></EquivalenceSurchargeAmount></Tax></TaxesOutputs>", "/Facturae/Invoices/Invoice/TaxesOutputs/Tax[1]/EquivalenceSurchargeAmount", xmltree.FaultNotCarried},
		"less to pay":     {"<TotalExecutableAmount>1416.37</TotalExecutableAmount>", "<TotalExecutableAmount>1400.00</TotalExecutableAmount>", "/Facturae/Invoices/Invoice/InvoiceTotals/TotalExecutableAmount", xmltree.FaultNotCarried},
		"twice":           {"<InvoiceClass>", "<InvoiceNumber>2</InvoiceNumber><InvoiceClass>", "/Facturae/Invoices/Invoice/InvoiceHeader/InvoiceNumber[2]", xmltree.FaultRepeated},
		"no number":       {"<Quantity>3<", "<Quantity>x<", "/Facturae/Invoices/Invoice/Items/InvoiceLine[1]/Quantity", ""},
		"two invoices":    {"  </Invoices>", "<Invoice><InvoiceHeader><InvoiceNumber>2</InvoiceNumber></InvoiceHeader></Invoice></Invoices>", "/Facturae/Invoices", facturae.FaultBatch},
		"another tax":     {"<TaxTypeCode>01</TaxTypeCode>\n          <TaxRate>21.00</TaxRate>\n          <TaxableBase>\n            <TotalAmount>1170.55", "<TaxTypeCode>05</TaxTypeCode><TaxRate>21.00</TaxRate><TaxableBase><TotalAmount>1170.55", "/Facturae/Invoices/Invoice/TaxesOutputs/Tax[1]", xmltree.FaultNotCarried},
		"another's order": {"<ItemDescription>Travel", "<FileReference>X</FileReference><ItemDescription>Travel", "/Facturae/Invoices/Invoice/Items/InvoiceLine[2]/FileReference", xmltree.FaultNotCarried},
	} {
		_, err := document(t, "domestic-invoice.xml", c.from, c.to)
		if f, found := nationaltest.Fault(err, c.path); !found || c.code != "" && f.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatTheNormHasATermForIsThere(t *testing.T) {
	d, err := document(t, "domestic-invoice.xml",
		"<InvoiceDocumentType>", "<InvoiceSeriesCode>A</InvoiceSeriesCode><InvoiceDocumentType>",
		"<GrossAmount>1050.00", "<DiscountsAndRebates><Discount><DiscountReason>Rappel</DiscountReason><DiscountRate>10</DiscountRate><DiscountAmount>105.00</DiscountAmount></Discount></DiscountsAndRebates><GrossAmount>945.00",
		"</PaymentMeans>", "</PaymentMeans>", "<CorporateName>Example Client Spain</CorporateName>", "<CorporateName>Example Client Spain</CorporateName><TradeName>Client</TradeName>")
	if err != nil {
		t.Fatal(err)
	}
	if d.Number != "A/ES2026-000123" || d.Buyer.TradingName != "Client" || len(d.Lines[0].AllowanceCharges) != 1 || d.Lines[0].AllowanceCharges[0].Amount.String() != "105" || d.Lines[0].Net.String() != "945" {
		t.Errorf("%+v", d)
	}
}

func TestIncomeTaxKeptBackIsToldAndTheAmountIsWhole(t *testing.T) {
	inv, _ := nationaltest.Example(t, "ES", example.Domestic)
	f := facts()
	f.Withholding = contracts.MustPercent("15")
	b, err := facturae.Write(inv, f)
	if err != nil {
		t.Fatal(err)
	}
	_, d, err := read(b)
	if err != nil || !strings.Contains(d.PaymentTerms, "Retención 04 15.00 % = 175.58") || d.Totals.Payable.String() != "1416.37" {
		t.Errorf("%v: %q, %v", err, d.PaymentTerms, d.Totals.Payable)
	}
}

func FuzzRead(f *testing.F) { nationaltest.Fuzz(f, read) }
