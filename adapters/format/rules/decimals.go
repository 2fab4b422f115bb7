package rules

import "passerelle/adapters/format/en16931"

// decimalRules are BR-DEC-*: an amount has at most two decimals. Prices and quantities may have more.
func decimalRules() []Rule {
	var all []Rule
	total := func(id, bt, field string, of func(*en16931.Totals) en16931.Number) {
		all = append(all, Rule{id, func(l *look) { l.cents(bt, "totals."+field, of(&l.d.Totals)) }})
	}
	allowance := func(id string, ofLines, charges bool, bt, field string, of func(*en16931.AllowanceCharge) en16931.Number) {
		all = append(all, Rule{id, func(l *look) {
			l.allowances(ofLines, func(a *en16931.AllowanceCharge, at string) {
				if a.Charge == charges {
					l.cents(bt, at+"."+field, of(a))
				}
			})
		}})
	}
	amount := func(a *en16931.AllowanceCharge) en16931.Number { return a.Amount }
	base := func(a *en16931.AllowanceCharge) en16931.Number { return a.Base }
	allowance("BR-DEC-01", false, false, "BT-92", "amount", amount)
	allowance("BR-DEC-02", false, false, "BT-93", "base", base)
	allowance("BR-DEC-05", false, true, "BT-99", "amount", amount)
	allowance("BR-DEC-06", false, true, "BT-100", "base", base)
	total("BR-DEC-09", "BT-106", "lines", func(t *en16931.Totals) en16931.Number { return t.Lines })
	total("BR-DEC-10", "BT-107", "allowances", func(t *en16931.Totals) en16931.Number { return t.Allowances })
	total("BR-DEC-11", "BT-108", "charges", func(t *en16931.Totals) en16931.Number { return t.Charges })
	total("BR-DEC-12", "BT-109", "tax_exclusive", func(t *en16931.Totals) en16931.Number { return t.TaxExclusive })
	total("BR-DEC-13", "BT-110", "tax", func(t *en16931.Totals) en16931.Number { return t.Tax })
	total("BR-DEC-14", "BT-112", "tax_inclusive", func(t *en16931.Totals) en16931.Number { return t.TaxInclusive })
	total("BR-DEC-15", "BT-111", "accounting_tax", func(t *en16931.Totals) en16931.Number { return t.AccountingTax })
	total("BR-DEC-16", "BT-113", "paid", func(t *en16931.Totals) en16931.Number { return t.Paid })
	total("BR-DEC-17", "BT-114", "rounding", func(t *en16931.Totals) en16931.Number { return t.Rounding })
	total("BR-DEC-18", "BT-115", "payable", func(t *en16931.Totals) en16931.Number { return t.Payable })
	group := func(id, bt, field string, of func(*en16931.TaxBreakdown) en16931.Number) {
		all = append(all, Rule{id, func(l *look) {
			for i := range l.d.Breakdown {
				l.cents(bt, item("breakdown", i, field), of(&l.d.Breakdown[i]))
			}
		}})
	}
	group("BR-DEC-19", "BT-116", "taxable", func(b *en16931.TaxBreakdown) en16931.Number { return b.Taxable })
	group("BR-DEC-20", "BT-117", "amount", func(b *en16931.TaxBreakdown) en16931.Number { return b.Amount })
	all = append(all, Rule{"BR-DEC-23", func(l *look) {
		for i := range l.d.Lines {
			l.cents("BT-131", item("lines", i, "net"), l.d.Lines[i].Net)
		}
	}})
	allowance("BR-DEC-24", true, false, "BT-136", "amount", amount)
	allowance("BR-DEC-25", true, false, "BT-137", "base", base)
	allowance("BR-DEC-27", true, true, "BT-141", "amount", amount)
	allowance("BR-DEC-28", true, true, "BT-142", "base", base)
	return all
}

// cents counts decimals as they are written: 1.000 has three.
func (l *look) cents(bt, at string, n en16931.Number) {
	if n != nil && n.Exponent() < -2 {
		l.add(at, "round it to two decimals", "%s (%s) has more than two decimals", terms[bt], bt)
	}
}
