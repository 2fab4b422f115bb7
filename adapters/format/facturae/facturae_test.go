package facturae_test

import (
	"strings"
	"testing"

	"passerelle/adapters/format/example"
	"passerelle/adapters/format/facturae"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/contracts"
)

func facts() facturae.Facts {
	return facturae.Facts{
		Facts:          national.Facts{Facts: example.Facts(), SellerVATID: "ESA28184661"},
		BuyerTaxNumber: "LU-ID-123456",
	}
}

func TestGolden(t *testing.T) {
	nationaltest.Golden(t, nationaltest.Format{
		Seller: "ES",
		Write:  func(inv contracts.Invoice) ([]byte, error) { return facturae.Write(inv, facts()) },
		Credit: func(note contracts.CreditNote) ([]byte, error) { return facturae.WriteCredit(note, facts()) },
	})
}

func written(t *testing.T, c example.Case, change func(*contracts.Invoice, *facturae.Facts)) (string, error) {
	t.Helper()
	inv, _ := nationaltest.Example(t, "ES", c)
	f := facts()
	change(&inv, &f)
	b, err := facturae.Write(inv, f)
	return strings.Join(strings.Fields(string(b)), ""), err
}

func unchanged(*contracts.Invoice, *facturae.Facts) {}

func TestWhatIsSaidWhere(t *testing.T) {
	rate := contracts.MustDecimal("0.0885")
	for name, c := range map[string]struct {
		c      example.Case
		change func(*contracts.Invoice, *facturae.Facts)
		want   string
	}{
		"a business at home":   {example.Domestic, unchanged, "<PersonTypeCode>J</PersonTypeCode><ResidenceTypeCode>R</ResidenceTypeCode><TaxIdentificationNumber>B64717838"},
		"a province":           {example.Domestic, unchanged, "<Town>Barcelona</Town><Province>Barcelona</Province><CountryCode>ESP</CountryCode>"},
		"a business in the EU": {example.ReverseCharge, unchanged, "<ResidenceTypeCode>U</ResidenceTypeCode><TaxIdentificationNumber>DE"},
		"a business outside":   {example.ThirdCountry, unchanged, "<ResidenceTypeCode>E</ResidenceTypeCode><TaxIdentificationNumber>CHE"},
		"a person":             {example.Consumer, unchanged, "<PersonTypeCode>F</PersonTypeCode><ResidenceTypeCode>U</ResidenceTypeCode><TaxIdentificationNumber>LU-ID-123456</TaxIdentificationNumber></TaxIdentification><Individual><Name>Alex</Name><FirstSurname>Example</FirstSurname>"},
		"exempt":               {example.Exempt, unchanged, "<SpecialTaxableEventCode>01</SpecialTaxableEventCode>"},
		"not taxable at home":  {example.ReverseCharge, unchanged, "<SpecialTaxableEventCode>02</SpecialTaxableEventCode>"},
		"the buyer's tax":      {example.ReverseCharge, unchanged, "<LegalLiterals><LegalReference>"},
		"an authority's centres": {example.Domestic, func(_ *contracts.Invoice, f *facturae.Facts) {
			f.Centres = facturae.Centres{Accounting: "L01081234", Managing: "L01081235", Processing: "L01081236"}
		}, "<AdministrativeCentre><CentreCode>L01081236</CentreCode><RoleTypeCode>03</RoleTypeCode><AddressInSpain>"},
		"income tax kept back": {example.Domestic, func(_ *contracts.Invoice, f *facturae.Facts) { f.Withholding = contracts.MustPercent("15") },
			"<TaxesWithheld><Tax><TaxTypeCode>04</TaxTypeCode><TaxRate>15.00</TaxRate><TaxableBase><TotalAmount>1170.55</TotalAmount></TaxableBase><TaxAmount><TotalAmount>175.58</TotalAmount>"},
		"and not paid": {example.Domestic, func(_ *contracts.Invoice, f *facturae.Facts) { f.Withholding = contracts.MustPercent("15") },
			"<InstallmentAmount>1240.79</InstallmentAmount>"}, // 1170.55 + 245.82 - 175.58
		"another currency": {example.Domestic, func(inv *contracts.Invoice, f *facturae.Facts) {
			inv.Currency, f.ExchangeRate = contracts.SEK, &rate
		}, "<TotalInvoicesAmount><TotalAmount>1416.37</TotalAmount><EquivalentInEuros>125.35</EquivalentInEuros></TotalInvoicesAmount>"},
		"a short BIC": {example.Domestic, func(_ *contracts.Invoice, f *facturae.Facts) { f.BIC = "CAIXESBB" }, "<BIC>CAIXESBBXXX</BIC>"},
	} {
		got, err := written(t, c.c, c.change)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func TestACreditNoteIsACorrectionByDifferences(t *testing.T) {
	_, note := nationaltest.Example(t, "ES", example.Domestic)
	b, err := facturae.WriteCredit(note, facts())
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(b)), "")
	for _, want := range []string{
		"<InvoiceClass>OR</InvoiceClass><Corrective><InvoiceNumber>ES2026-000123</InvoiceNumber><ReasonCode>16</ReasonCode><ReasonDescription>Baseimponible</ReasonDescription>",
		"<TaxPeriod><StartDate>2026-03-01</StartDate><EndDate>2026-03-31</EndDate></TaxPeriod><CorrectionMethod>02</CorrectionMethod>",
		"<InvoiceTotal>-1416.37</InvoiceTotal>", "<Quantity>-3</Quantity>", "<UnitPriceWithoutTax>350.00</UnitPriceWithoutTax><TotalCost>-1050.00</TotalCost>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing:\n%s", want, got)
		}
	}
	f := facts()
	f.Corrects, f.ReasonCode = contracts.Date{}, "17"
	_, err = facturae.WriteCredit(note, f)
	for _, field := range []string{"facts.corrects_issued_on", "facturae.reason_code"} {
		if _, ok := nationaltest.Fault(err, field); !ok {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

func TestFaultsNameTheField(t *testing.T) {
	for field, change := range map[string]func(*contracts.Invoice, *facturae.Facts){
		"seller.address.country":     func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Seller.Address.Country = "PT" },
		"seller.address.postal_code": func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Seller.Address.PostalCode = "53001" },
		"buyer.address.country":      func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Buyer.Address.Country = "ZZ" },
		"buyer.vat_id":               func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Buyer.VATID = "ES123" },
		"buyer.name":                 func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Buyer.Name = strings.Repeat("a", 81) },
		"number":                     func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Number = strings.Repeat("1", 21) },
		"pay_to":                     func(inv *contracts.Invoice, _ *facturae.Facts) { inv.PayTo = "" },
		"lines[0].description":       func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Lines[0].Description = "" },
		"facturae.dir3.processing":   func(_ *contracts.Invoice, f *facturae.Facts) { f.Centres.Accounting = "L01081234" },
		"facturae.exchange_rate":     func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Currency = contracts.SEK },
		"facts.contact.phone":        func(_ *contracts.Invoice, f *facturae.Facts) { f.Contact.Phone = "+34 91 000 00 00 00 00 00" },
	} {
		_, err := written(t, example.Domestic, change)
		if _, ok := nationaltest.Fault(err, field); !ok {
			t.Errorf("%s: got %v", field, err)
		}
	}
	for field, change := range map[string]func(*contracts.Invoice, *facturae.Facts){
		"buyer.vat_id": func(_ *contracts.Invoice, f *facturae.Facts) { f.BuyerTaxNumber = "" },
		"buyer.name":   func(inv *contracts.Invoice, _ *facturae.Facts) { inv.Buyer.Name = "Alex" },
	} {
		_, err := written(t, example.Consumer, change)
		if _, ok := nationaltest.Fault(err, field); !ok {
			t.Errorf("a consumer's %s: got %v", field, err)
		}
	}
}
