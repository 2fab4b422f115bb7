package nav_test

import (
	"strings"
	"testing"

	"passerelle/adapters/format/example"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/adapters/format/nav"
	"passerelle/contracts"
)

// facts: the rate is that of the examples.
func facts() nav.Facts {
	rate := contracts.MustDecimal("395.50")
	return nav.Facts{Facts: national.Facts{Facts: example.Facts()}, ExchangeRate: &rate}
}

func TestGolden(t *testing.T) {
	nationaltest.Golden(t, nationaltest.Format{
		Seller: "HU",
		Write:  func(inv contracts.Invoice) ([]byte, error) { return nav.Write(inv, withNumber(facts())) },
		Credit: func(note contracts.CreditNote) ([]byte, error) { return nav.WriteCredit(note, withNumber(facts())) },
	})
}

// withNumber adds the VAT number that an invoice outside the scope of VAT leaves out.
func withNumber(f nav.Facts) nav.Facts {
	f.SellerVATID = "HU12892312"
	return f
}

func written(t *testing.T, c example.Case, change func(*contracts.Invoice, *nav.Facts)) (string, error) {
	t.Helper()
	inv, _ := nationaltest.Example(t, "HU", c)
	f := facts()
	change(&inv, &f)
	b, err := nav.Write(inv, f)
	return strings.Join(strings.Fields(string(b)), ""), err
}

func unchanged(*contracts.Invoice, *nav.Facts) {}

func TestVATIsToldAsNAVKnowsIt(t *testing.T) {
	for name, c := range map[string]struct {
		c      example.Case
		change func(*contracts.Invoice, *nav.Facts)
		want   string
	}{
		"taxed at home":        {example.Domestic, unchanged, "<vatRate><vatPercentage>0.27</vatPercentage></vatRate>"},
		"service to the EU":    {example.ReverseCharge, unchanged, "<vatRate><vatOutOfScope><case>EUFAD37</case>"},
		"service outside":      {example.ThirdCountry, unchanged, "<vatRate><vatOutOfScope><case>HO</case>"},
		"what is sold is free": {example.Exempt, unchanged, "<vatRate><vatExemption><case>TAM</case>"},
		"the seller is free":   {example.Exempt, func(_ *contracts.Invoice, f *nav.Facts) { f.SmallBusiness = true }, "<vatRate><vatExemption><case>AAM</case>"},
		"reverse charge home":  {example.Domestic, taxed(contracts.ReverseCharge), "<vatRate><vatDomesticReverseCharge>true</vatDomesticReverseCharge></vatRate>"},
		"goods to the EU":      {example.ReverseCharge, taxed(contracts.IntraEUGoods), "<vatRate><vatExemption><case>KBAET</case>"},
		"goods outside":        {example.ThirdCountry, taxed(contracts.ExportGoods), "<vatRate><vatExemption><case>EAM</case>"},
		"a consumer in the EU": {example.Consumer, unchanged, "<vatRate><vatPercentage>0.27</vatPercentage></vatRate>"},
	} {
		got, err := written(t, c.c, c.change)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func taxed(c contracts.TaxCategory) func(*contracts.Invoice, *nav.Facts) {
	return func(inv *contracts.Invoice, _ *nav.Facts) {
		for i := range inv.Lines {
			inv.Lines[i].Tax = contracts.Tax{Category: c}
		}
		var err error
		if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
			panic(err)
		}
	}
}

func TestBuyersAreToldApart(t *testing.T) {
	for name, c := range map[string]struct {
		c      example.Case
		change func(*contracts.Invoice, *nav.Facts)
		want   string
	}{
		"a business at home": {example.Domestic, unchanged, "<customerVatStatus>DOMESTIC</customerVatStatus><customerVatData><customerTaxNumber><base:taxpayerId>10773381</base:taxpayerId><base:vatCode>2</base:vatCode><base:countyCode>44</base:countyCode>"},
		"by its VAT number": {example.Domestic, func(inv *contracts.Invoice, _ *nav.Facts) {
			inv.Buyer.Registrations, inv.Buyer.VATID = nil, "HU12509403"
		},
			"<customerTaxNumber><base:taxpayerId>12509403</base:taxpayerId></customerTaxNumber>"},
		"a business in the EU": {example.ReverseCharge, unchanged, "<customerVatStatus>OTHER</customerVatStatus><customerVatData><communityVatNumber>DE"},
		"a business outside":   {example.ThirdCountry, unchanged, "<customerVatStatus>OTHER</customerVatStatus><customerVatData><thirdStateTaxId>"},
		"a private person":     {example.Consumer, unchanged, "<customerInfo><customerVatStatus>PRIVATE_PERSON</customerVatStatus></customerInfo>"},
	} {
		got, err := written(t, c.c, c.change)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func TestEveryAmountIsAlsoInForint(t *testing.T) {
	got, err := written(t, example.Consumer, unchanged)
	for _, want := range []string{
		"<currencyCode>EUR</currencyCode><exchangeRate>395.5</exchangeRate>", "<unitPrice>350.00</unitPrice><unitPriceHUF>138425.00</unitPriceHUF>",
		"<lineNetAmount>1050.00</lineNetAmount><lineNetAmountHUF>415275.00</lineNetAmountHUF>",
		"<invoiceNetAmount>1170.55</invoiceNetAmount><invoiceNetAmountHUF>462952.53</invoiceNetAmountHUF>", // 1170.55 x 395.50 = 462952.525
		"<invoiceVatAmount>316.05</invoiceVatAmount><invoiceVatAmountHUF>124997.78</invoiceVatAmountHUF>",  // 316.05 x 395.50 = 124997.775
		"<invoiceGrossAmount>1486.60</invoiceGrossAmount><invoiceGrossAmountHUF>587950.31</invoiceGrossAmountHUF>",
	} {
		if err != nil || !strings.Contains(got, want) {
			t.Errorf("%s is missing: %v\n%s", want, err, got)
		}
	}
}

func TestACreditNoteIsAModificationWithNegativeAmounts(t *testing.T) {
	_, note := nationaltest.Example(t, "HU", example.Domestic)
	f := facts()
	f.Modification, f.LinesBefore = 2, 5
	b, err := nav.WriteCredit(note, f)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(b)), "")
	for _, want := range []string{
		"<invoiceReference><originalInvoiceNumber>HU2026-000123</originalInvoiceNumber><modifyWithoutMaster>false</modifyWithoutMaster><modificationIndex>2</modificationIndex></invoiceReference>",
		"<lineNumber>1</lineNumber><lineModificationReference><lineNumberReference>6</lineNumberReference><lineOperation>CREATE</lineOperation></lineModificationReference>",
		"<quantity>-3</quantity>", "<unitPrice>350.00</unitPrice>", "<lineNetAmount>-1050.00</lineNetAmount>", "<invoiceGrossAmount>-1486.60</invoiceGrossAmount>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing:\n%s", want, got)
		}
	}
}

func TestFaultsNameTheField(t *testing.T) {
	for field, change := range map[string]func(*contracts.Invoice, *nav.Facts){
		"seller.address.country":    func(inv *contracts.Invoice, _ *nav.Facts) { inv.Seller.Address.Country = "AT" },
		"seller.registrations":      func(inv *contracts.Invoice, _ *nav.Facts) { inv.Seller.Registrations = nil },
		"buyer.registrations":       func(inv *contracts.Invoice, _ *nav.Facts) { inv.Buyer.Registrations, inv.Buyer.VATID = nil, "" },
		"buyer.address.street":      func(inv *contracts.Invoice, _ *nav.Facts) { inv.Buyer.Address.Street = "" },
		"buyer.address.postal_code": func(inv *contracts.Invoice, _ *nav.Facts) { inv.Buyer.Address.PostalCode = "ő" },
		"number":                    func(inv *contracts.Invoice, _ *nav.Facts) { inv.Number = strings.Repeat("1", 51) },
		"order_reference":           func(inv *contracts.Invoice, _ *nav.Facts) { inv.OrderReference = strings.Repeat("1", 101) },
		"lines[1].description":      func(inv *contracts.Invoice, _ *nav.Facts) { inv.Lines[1].Description = strings.Repeat("a", 513) },
		"totals.breakdown[0].rate":  func(inv *contracts.Invoice, _ *nav.Facts) { inv.Totals.Breakdown[0].Rate = contracts.MustPercent("21") },
		"nav.appearance":            func(_ *contracts.Invoice, f *nav.Facts) { f.Appearance = "FAX" },
	} {
		_, err := written(t, example.Domestic, change)
		if _, ok := nationaltest.Fault(err, field); !ok {
			t.Errorf("%s: got %v", field, err)
		}
	}
	for name, rate := range map[string]*contracts.Decimal{"none": nil, "another than the invoice's": new(contracts.MustDecimal("300"))} {
		_, err := written(t, example.Consumer, func(_ *contracts.Invoice, f *nav.Facts) { f.ExchangeRate = rate })
		if f, ok := nationaltest.Fault(err, "nav.exchange_rate"); !ok || f.Code != nav.FaultRate {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
