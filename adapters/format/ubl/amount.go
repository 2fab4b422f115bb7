package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// amount is a number with the document's currency on it.
func (m mapping) amount(name string, n *en16931.Number) { m.amountIn(name, n, m.d.Currency) }

func (m mapping) amountIn(name string, n *en16931.Number, currency string) {
	said := currency
	m.Number(name, n, xmltree.At{Name: "currencyID", Value: &said})
	if said != currency {
		m.Fault(contracts.FaultCurrency, "", "", "the amount is in %s, the document in %s", said, currency)
	}
}

func (m mapping) allowanceCharge(a *en16931.AllowanceCharge) {
	m.allowance(a, func() {
		m.Group("cac:TaxCategory", func() {
			m.Text("cbc:ID", &a.Category)
			m.Number("cbc:Percent", &a.Rate)
			m.taxScheme("VAT")
		})
	})
}

func (m mapping) allowance(a *en16931.AllowanceCharge, tax func()) {
	m.Flag("cbc:ChargeIndicator", &a.Charge)
	m.Text("cbc:AllowanceChargeReasonCode", &a.ReasonCode)
	m.Text("cbc:AllowanceChargeReason", &a.Reason)
	m.Number("cbc:MultiplierFactorNumeric", &a.Percent)
	m.amount("cbc:Amount", &a.Amount)
	m.amount("cbc:BaseAmount", &a.Base)
	tax()
}

// taxTotal is a TaxTotal: the one of the document's currency with the breakdown, or the one of the tax currency.
type taxTotal struct {
	amount    en16931.Number
	currency  string
	breakdown []en16931.TaxBreakdown
}

func (m mapping) taxTotals() {
	var list []taxTotal
	t := &m.d.Totals
	if m.Writing() {
		list = append(list, taxTotal{t.Tax, m.d.Currency, m.d.Breakdown}, taxTotal{amount: t.AccountingTax, currency: m.d.TaxCurrency})
		if t.Tax == nil && len(m.d.Breakdown) > 0 {
			list[0].amount = &contracts.Decimal{} // the norm knows no VAT at all, UBL only none
		}
	}
	xmltree.Each(m.Walk, "cac:TaxTotal", &list, func(one *taxTotal) {
		m.Number("cbc:TaxAmount", &one.amount, xmltree.At{Name: "currencyID", Value: &one.currency})
		xmltree.Each(m.Walk, "cac:TaxSubtotal", &one.breakdown, m.taxSubtotal)
	})
	if m.Writing() {
		return
	}
	for _, one := range list {
		switch {
		case one.currency == m.d.Currency && t.Tax == nil:
			t.Tax, m.d.Breakdown = one.amount, one.breakdown
		case one.currency == m.d.TaxCurrency && t.AccountingTax == nil && len(one.breakdown) == 0:
			t.AccountingTax = one.amount
		case one.currency == m.d.Currency:
			m.Fault(xmltree.FaultRepeated, "", "", "only one is allowed here")
		default:
			m.NotCarried(one.currency)
		}
	}
}

func (m mapping) taxSubtotal(b *en16931.TaxBreakdown) {
	m.amount("cbc:TaxableAmount", &b.Taxable)
	m.amount("cbc:TaxAmount", &b.Amount)
	m.Group("cac:TaxCategory", func() {
		m.Text("cbc:ID", &b.Category)
		m.Number("cbc:Percent", &b.Rate)
		m.Text("cbc:TaxExemptionReasonCode", &b.ReasonCode)
		m.Text("cbc:TaxExemptionReason", &b.Reason)
		m.taxScheme("VAT")
	})
}

func (m mapping) totals() {
	m.Group("cac:LegalMonetaryTotal", func() {
		t := &m.d.Totals
		m.amount("cbc:LineExtensionAmount", &t.Lines)
		m.amount("cbc:TaxExclusiveAmount", &t.TaxExclusive)
		m.amount("cbc:TaxInclusiveAmount", &t.TaxInclusive)
		m.amount("cbc:AllowanceTotalAmount", &t.Allowances)
		m.amount("cbc:ChargeTotalAmount", &t.Charges)
		m.amount("cbc:PrepaidAmount", &t.Paid)
		m.amount("cbc:PayableRoundingAmount", &t.Rounding)
		m.amount("cbc:PayableAmount", &t.Payable)
	})
}
