package ebinterface_test

import (
	"os"
	"strings"
	"testing"

	"passerelle/adapters/format/ebinterface"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func TestAnEbInterfaceSaysWhatTheNormSays(t *testing.T) {
	nationaltest.SaysWhatTheNormSays(t, nationaltest.Format{
		Seller: "AT",
		Write:  func(inv contracts.Invoice) ([]byte, error) { return ebinterface.Write(inv, facts()) },
		Credit: func(note contracts.CreditNote) ([]byte, error) { return ebinterface.WriteCredit(note, facts()) },
		Read:   read,
	})
}

func read(b []byte) (again []byte, d en16931.Document, err error) {
	f, err := ebinterface.Read(b)
	if err != nil {
		return nil, d, err
	}
	if d, err = f.Document(); err != nil {
		return nil, d, err
	}
	again, err = f.Write()
	return again, d, err
}

// TestNothingIsLostInSilence: what the file says and nothing carries is named with its place.
func TestNothingIsLostInSilence(t *testing.T) {
	b, err := os.ReadFile("testdata/domestic-invoice.xml")
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for name, c := range map[string]struct{ from, to, path, code string }{
		"who orders":    {"<Details>", "<OrderingParty><VATIdentificationNumber>1</VATIdentificationNumber></OrderingParty><Details>", "/Invoice/OrderingParty/VATIdentificationNumber", "not-carried"},
		"another tax":   {"</Tax>", "<OtherTax><TaxAmount>5</TaxAmount></OtherTax></Tax>", "/Invoice/Tax/OtherTax/TaxAmount", "not-carried"},
		"a department":  {"</InvoiceRecipient>", "<SubOrganizationID>9</SubOrganizationID></InvoiceRecipient>", "/Invoice/InvoiceRecipient/SubOrganizationID", "not-carried"},
		"an attribute":  {`DocumentType=`, `IsDuplicate="true" DocumentType=`, "/Invoice", "not-carried"},
		"twice":         {"<InvoiceDate>", "<InvoiceNumber>2</InvoiceNumber><InvoiceDate>", "/Invoice/InvoiceNumber[2]", "repeated"},
		"no number":     {">1404.66</TotalGrossAmount>", ">x</TotalGrossAmount>", "/Invoice/TotalGrossAmount", "invalid"},
		"another price": {"<UnitPrice>", `<UnitPrice BaseQuantity="x">`, "/Invoice/Details/ItemList[1]/ListLineItem[1]/UnitPrice", "invalid"},
	} {
		changed := strings.Replace(good, c.from, c.to, 1)
		if changed == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		f, err := ebinterface.Read([]byte(changed))
		if err == nil {
			_, err = f.Document()
		}
		fault, _ := nationaltest.Fault(err, strings.Replace(c.path, "/eb:", "/", 1))
		if c.code == "not-carried" && fault.Code != xmltree.FaultNotCarried || fault.Code == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatTheNormHasATermForIsThere(t *testing.T) {
	inv, _ := nationaltest.Example(t, "AT", example.Domestic)
	b, err := ebinterface.Write(inv, facts())
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(
		"</PaymentConditions>", "<Discount><PaymentDate>2026-04-10</PaymentDate><Percentage>3</Percentage></Discount></PaymentConditions>",
		"<Tax>", "<ReductionAndSurchargeDetails><Reduction><BaseAmount>100</BaseAmount><Percentage>10</Percentage><Comment>Rabatt</Comment><TaxItem><TaxableAmount>0</TaxableAmount><TaxPercent TaxCategoryCode=\"AA\">10</TaxPercent></TaxItem></Reduction></ReductionAndSurchargeDetails><Tax>",
		"<Quantity", "<ArticleNumber ArticleNumberType=\"GTIN\">1</ArticleNumber><Quantity").Replace(string(b))
	f, err := ebinterface.Read([]byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Document()
	if err != nil {
		t.Fatal(err)
	}
	off := d.AllowanceCharges[0]
	if d.PaymentTerms != "Skonto 2026-04-10 3 %" || off.Amount.String() != "10" || off.Category != "S" || off.Rate.String() != "10" || off.Reason != "Rabatt" ||
		d.Lines[0].Item.StandardID.Value != "1" || d.Totals.Allowances.String() != "10" || d.Totals.TaxExclusive.String() != "1160.55" {
		t.Errorf("%+v", d)
	}
}

func FuzzRead(f *testing.F) { nationaltest.Fuzz(f, read) }
