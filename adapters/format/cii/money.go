package cii

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func (m mapping) paymentMeans(p *en16931.PaymentMeans) {
	m.Text("ram:TypeCode", &p.Code)
	m.Text("ram:Information", &p.Text)
	m.Group("ram:ApplicableTradeSettlementFinancialCard", func() {
		m.Text("ram:ID", &p.Card.Number)
		m.Text("ram:CardholderName", &p.Card.Holder)
	})
	m.Group("ram:PayerPartyDebtorFinancialAccount", func() { m.Text("ram:IBANID", &p.DebitedAccount) })
	m.Group("ram:PayeePartyCreditorFinancialAccount", func() { m.account(&p.Account) })
	m.Group("ram:PayeeSpecifiedCreditorFinancialInstitution", func() { m.Text("ram:BICID", &p.Account.BIC) })
	if m.Writing() && p.Card.Network != "" {
		m.Fault(xmltree.FaultNotCarried, "payment.means", "", "CII has no place for this: %s", p.Card.Network)
	}
}

// account: an IBAN and any other number have each an element of their own.
func (m mapping) account(a *en16931.Account) {
	var iban, other string
	if m.Writing() {
		if iban, other = a.ID, ""; !isIBAN(a.ID) {
			iban, other = "", a.ID
		}
	}
	m.Text("ram:IBANID", &iban)
	m.Text("ram:AccountName", &a.Name)
	m.Text("ram:ProprietaryID", &other)
	if m.Writing() {
		return
	}
	if iban != "" && other != "" {
		m.NotCarried(other)
	}
	if a.ID = iban; iban == "" {
		a.ID = other
	}
}

func isIBAN(s string) bool {
	capital := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	return len(s) >= 15 && capital(s[0]) && capital(s[1]) && digit(s[2]) && digit(s[3])
}

// breakdown: when VAT falls due is told once, with the first group.
func (m mapping) breakdown() {
	if m.Writing() && len(m.d.Breakdown) == 0 && !m.d.TaxPointDate.IsZero() {
		m.Fault(xmltree.FaultNotCarried, "tax_point_date", "", "CII has no place for this: %s", m.d.TaxPointDate)
	}
	first := true
	xmltree.Each(m.Walk, "ram:ApplicableTradeTax", &m.d.Breakdown, func(b *en16931.TaxBreakdown) {
		var date contracts.Date
		var code string
		if m.Writing() && first {
			date, code = m.d.TaxPointDate, m.d.TaxPointCode
		}
		first = false
		m.amount("ram:CalculatedAmount", &b.Amount)
		m.Const("ram:TypeCode", "VAT")
		m.Text("ram:ExemptionReason", &b.Reason)
		m.amount("ram:BasisAmount", &b.Taxable)
		m.Text("ram:CategoryCode", &b.Category)
		m.Text("ram:ExemptionReasonCode", &b.ReasonCode)
		m.date("ram:TaxPointDate", "udt:DateString", &date)
		m.taxPointCode(&code)
		m.Number("ram:RateApplicablePercent", &b.Rate)
		if !m.Writing() {
			m.keepTaxPoint(date, code)
		}
	})
}

// keepTaxPoint is for what the norm says once and CII may say with each group.
func (m mapping) keepTaxPoint(date contracts.Date, code string) {
	d := m.d
	if !date.IsZero() && !d.TaxPointDate.IsZero() && date != d.TaxPointDate || code != "" && d.TaxPointCode != "" && code != d.TaxPointCode {
		m.NotCarried(date.String() + code)
		return
	}
	if !date.IsZero() {
		d.TaxPointDate = date
	}
	if code != "" {
		d.TaxPointCode = code
	}
}

func (m mapping) allowanceCharge(a *en16931.AllowanceCharge) {
	m.allowance(a)
	m.Group("ram:CategoryTradeTax", func() {
		m.Const("ram:TypeCode", "VAT")
		m.Text("ram:CategoryCode", &a.Category)
		m.Number("ram:RateApplicablePercent", &a.Rate)
	})
}

func (m mapping) allowance(a *en16931.AllowanceCharge) {
	m.indicator(&a.Charge)
	m.Number("ram:CalculationPercent", &a.Percent)
	m.amount("ram:BasisAmount", &a.Base)
	m.amount("ram:ActualAmount", &a.Amount)
	m.Text("ram:ReasonCode", &a.ReasonCode)
	m.Text("ram:Reason", &a.Reason)
}

func (m mapping) totals() {
	t := &m.d.Totals
	m.amount("ram:LineTotalAmount", &t.Lines)
	m.amount("ram:ChargeTotalAmount", &t.Charges)
	m.amount("ram:AllowanceTotalAmount", &t.Allowances)
	m.amount("ram:TaxBasisTotalAmount", &t.TaxExclusive)
	m.taxTotals()
	m.amount("ram:RoundingAmount", &t.Rounding)
	m.amount("ram:GrandTotalAmount", &t.TaxInclusive)
	m.amount("ram:TotalPrepaidAmount", &t.Paid)
	m.amount("ram:DuePayableAmount", &t.Payable)
}

// taxTotal is the sum of VAT in one of the document's two currencies.
type taxTotal struct {
	amount   en16931.Number
	currency string
}

func (m mapping) taxTotals() {
	t := &m.d.Totals
	var list []taxTotal
	if m.Writing() {
		list = []taxTotal{{t.Tax, m.d.Currency}, {t.AccountingTax, m.d.TaxCurrency}}
	}
	xmltree.Each(m.Walk, "ram:TaxTotalAmount", &list, func(one *taxTotal) {
		m.NumberValue(&one.amount, xmltree.At{Name: "currencyID", Value: &one.currency})
	})
	if m.Writing() {
		return
	}
	for _, one := range list {
		switch {
		case (one.currency == m.currency || one.currency == "") && t.Tax == nil:
			t.Tax = one.amount
		case one.currency == m.d.TaxCurrency && t.AccountingTax == nil:
			t.AccountingTax = one.amount
		default:
			m.NotCarried(one.currency)
		}
	}
}
