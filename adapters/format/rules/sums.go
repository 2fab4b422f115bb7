package rules

import (
	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
)

// sums are the rules of arithmetic (EN 16931-1, 6.4.2). They compare to the cent but for the VAT of a category, which the norm's
// rules accept within 1.00; see Own for that.
var sums = []Rule{
	{"BR-CO-10", func(l *look) { l.should("BT-106", "totals.lines", l.d.Totals.Lines, l.lineSum().Round(2)) }},
	{"BR-CO-11", func(l *look) { l.allowanceSum(false, "BT-107", "totals.allowances", l.d.Totals.Allowances) }},
	{"BR-CO-12", func(l *look) { l.allowanceSum(true, "BT-108", "totals.charges", l.d.Totals.Charges) }},
	{"BR-CO-13", func(l *look) {
		t := l.d.Totals
		l.should("BT-109", "totals.tax_exclusive", t.TaxExclusive, value(t.Lines).Sub(value(t.Allowances)).Add(value(t.Charges)).Round(2))
	}},
	{"BR-CO-14", func(l *look) {
		if l.d.Totals.Tax != nil && len(l.d.Breakdown) > 0 { // CII may leave out what is zero
			l.should("BT-110", "totals.tax", l.d.Totals.Tax, l.taxSum().Round(2))
		}
	}},
	{"BR-CO-15", func(l *look) {
		t := l.d.Totals
		l.need(t.Tax != nil || len(l.d.Breakdown) > 0, "BT-110", "totals.tax")
		l.should("BT-112", "totals.tax_inclusive", t.TaxInclusive, value(t.TaxExclusive).Add(value(t.Tax)).Round(2))
	}},
	{"BR-CO-16", func(l *look) {
		t := l.d.Totals
		l.should("BT-115", "totals.payable", t.Payable, value(t.TaxInclusive).Sub(value(t.Paid)).Add(value(t.Rounding)).Round(2))
	}},
	{"BR-CO-17", func(l *look) {
		for i := range l.d.Breakdown {
			l.nearly(i)
		}
	}},
}

func (l *look) lineSum() (sum decimal.Decimal) {
	for i := range l.d.Lines {
		sum = sum.Add(value(l.d.Lines[i].Net))
	}
	return sum
}

func (l *look) taxSum() (sum decimal.Decimal) {
	for i := range l.d.Breakdown {
		sum = sum.Add(value(l.d.Breakdown[i].Amount))
	}
	return sum
}

// allowanceSum: without allowances there need be no sum of them.
func (l *look) allowanceSum(charges bool, bt, at string, is en16931.Number) {
	var sum decimal.Decimal
	some := false
	l.allowances(false, func(a *en16931.AllowanceCharge, _ string) {
		if a.Charge == charges {
			sum, some = sum.Add(value(a.Amount)), true
		}
	})
	if some || is != nil {
		l.should(bt, at, is, sum.Round(2))
	}
}

// taxOf is the VAT of a group, rounded half away from zero.
func taxOf(b en16931.TaxBreakdown) decimal.Decimal {
	return value(b.Taxable).Mul(value(b.Rate)).Shift(-2).Round(2)
}

var one = decimal.NewFromInt(1)

// nearly: the VAT of a group is its base times its rate, within 1.00.
func (l *look) nearly(i int) {
	b := l.d.Breakdown[i]
	if value(b.Amount).Sub(taxOf(b)).Abs().GreaterThanOrEqual(one) {
		l.should("BT-117", item("breakdown", i, "amount"), b.Amount, taxOf(b))
	}
}
