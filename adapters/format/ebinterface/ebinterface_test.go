package ebinterface_test

import (
	"strings"
	"testing"

	"passerelle/adapters/format/ebinterface"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/contracts"
)

func facts() ebinterface.Facts {
	return ebinterface.Facts{
		Facts:          national.Facts{Facts: example.Facts(), SellerVATID: "ATU13585627"},
		SupplierNumber: "100200",
	}
}

func TestGolden(t *testing.T) {
	nationaltest.Golden(t, nationaltest.Format{
		Seller: "AT",
		Write:  func(inv contracts.Invoice) ([]byte, error) { return ebinterface.Write(inv, facts()) },
		Credit: func(note contracts.CreditNote) ([]byte, error) { return ebinterface.WriteCredit(note, facts()) },
	})
}

func written(t *testing.T, c example.Case, change func(*contracts.Invoice, *ebinterface.Facts)) (string, error) {
	t.Helper()
	inv, _ := nationaltest.Example(t, "AT", c)
	f := facts()
	change(&inv, &f)
	b, err := ebinterface.Write(inv, f)
	return strings.Join(strings.Fields(string(b)), ""), err
}

func compute(t *testing.T, inv *contracts.Invoice) {
	t.Helper()
	var err error
	if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsSaidWhere(t *testing.T) {
	for name, c := range map[string]struct {
		c      example.Case
		change func(*contracts.Invoice, *ebinterface.Facts)
		want   string
	}{
		"the standard rate": {example.Domestic, func(*contracts.Invoice, *ebinterface.Facts) {}, `<TaxPercentTaxCategoryCode="S">20</TaxPercent>`},
		"a reduced rate": {example.Domestic, func(inv *contracts.Invoice, _ *ebinterface.Facts) {
			inv.Lines[0].Tax.Rate = contracts.MustPercent("13")
			compute(t, inv)
		}, `<TaxableAmount>1050.00</TaxableAmount><TaxPercentTaxCategoryCode="AA">13</TaxPercent><TaxAmount>136.50</TaxAmount>`},
		"reverse charge":         {example.ReverseCharge, func(*contracts.Invoice, *ebinterface.Facts) {}, `<TaxPercentTaxCategoryCode="AE">0</TaxPercent><TaxAmount>0.00</TaxAmount><Comment>`},
		"a buyer without number": {example.Consumer, func(*contracts.Invoice, *ebinterface.Facts) {}, `<InvoiceRecipient><VATIdentificationNumber>ATU00000000</VATIdentificationNumber>`},
		"a single day": {example.Domestic, func(_ *contracts.Invoice, f *ebinterface.Facts) { f.Period.Start = f.Period.End },
			`<Delivery><Date>2026-03-27</Date></Delivery>`},
		"only a reference": {example.Domestic, func(inv *contracts.Invoice, _ *ebinterface.Facts) { inv.OrderReference = "" },
			`<OrderReference><OrderID>Production7</OrderID></OrderReference>`},
		"a fine price": {example.Domestic, func(inv *contracts.Invoice, _ *ebinterface.Facts) {
			inv.Lines[1].Price = contracts.MustDecimal("0.123456")
			compute(t, inv)
		}, `<UnitPriceBaseQuantity="100">12.3456</UnitPrice>`},
		"VAT in euro too": {example.Domestic, func(inv *contracts.Invoice, _ *ebinterface.Facts) {
			inv.Currency = contracts.SEK
			inv.Lines[0].Tax.Rate = contracts.MustPercent("10")
			compute(t, inv)
			own := contracts.MustMoney("11.48", contracts.EUR)
			inv.AccountingTax = &own
		}, `<TaxAmount>24.11</TaxAmount><AccountingCurrencyAmountCurrency="EUR">2.14</AccountingCurrencyAmount>`},
	} {
		got, err := written(t, c.c, c.change)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func TestFaultsNameTheField(t *testing.T) {
	for field, change := range map[string]func(*contracts.Invoice, *ebinterface.Facts){
		"seller.address.country":    func(inv *contracts.Invoice, _ *ebinterface.Facts) { inv.Seller.Address.Country = "DE" },
		"buyer.name":                func(inv *contracts.Invoice, _ *ebinterface.Facts) { inv.Buyer.Name = " " },
		"buyer.address.postal_code": func(inv *contracts.Invoice, _ *ebinterface.Facts) { inv.Buyer.Address.PostalCode = "" },
		"buyer.vat_id": func(inv *contracts.Invoice, _ *ebinterface.Facts) {
			inv.Buyer.VATID, inv.Lines[0].Price = "", contracts.MustDecimal("3000")
			compute(t, inv)
		},
		"lines[0].description":    func(inv *contracts.Invoice, _ *ebinterface.Facts) { inv.Lines[0].Description = "" },
		"pay_to":                  func(inv *contracts.Invoice, _ *ebinterface.Facts) { inv.PayTo = "" },
		"facts.remittance":        func(_ *contracts.Invoice, f *ebinterface.Facts) { f.Remittance = strings.Repeat("1", 36) },
		"ebinterface.withholding": func(_ *contracts.Invoice, f *ebinterface.Facts) { f.Withholding = contracts.MustPercent("20") },
	} {
		_, err := written(t, example.Domestic, change)
		if _, ok := nationaltest.Fault(err, field); !ok {
			t.Errorf("%s: got %v", field, err)
		}
	}
}
