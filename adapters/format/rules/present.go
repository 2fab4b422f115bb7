package rules

import (
	"strings"

	"passerelle/adapters/format/en16931"
)

// presence are the terms that must be there (EN 16931-1, 6.4.1).
var presence = []Rule{
	{"BR-01", given("BT-24", "specification", func(d *en16931.Document) string { return d.Specification })},
	{"BR-02", given("BT-1", "number", func(d *en16931.Document) string { return d.Number })},
	{"BR-03", func(l *look) { l.need(!l.d.IssueDate.IsZero(), "BT-2", "issue_date") }},
	{"BR-04", given("BT-3", "type", func(d *en16931.Document) string { return d.Type })},
	{"BR-05", given("BT-5", "currency", func(d *en16931.Document) string { return d.Currency })},
	{"BR-06", given("BT-27", "seller.name", func(d *en16931.Document) string { return d.Seller.Name })},
	{"BR-07", given("BT-44", "buyer.name", func(d *en16931.Document) string { return d.Buyer.Name })},
	{"BR-08", func(l *look) { l.need(l.d.Seller.Address != en16931.Address{}, "BG-5", "seller.address") }},
	{"BR-09", located("BT-40", "seller.address", func(d *en16931.Document) en16931.Address { return d.Seller.Address })},
	{"BR-10", func(l *look) { l.need(l.d.Buyer.Address != en16931.Address{}, "BG-8", "buyer.address") }},
	{"BR-11", located("BT-55", "buyer.address", func(d *en16931.Document) en16931.Address { return d.Buyer.Address })},
	{"BR-12", counted("BT-106", "totals.lines", func(d *en16931.Document) en16931.Number { return d.Totals.Lines })},
	{"BR-13", counted("BT-109", "totals.tax_exclusive", func(d *en16931.Document) en16931.Number { return d.Totals.TaxExclusive })},
	{"BR-14", counted("BT-112", "totals.tax_inclusive", func(d *en16931.Document) en16931.Number { return d.Totals.TaxInclusive })},
	{"BR-15", counted("BT-115", "totals.payable", func(d *en16931.Document) en16931.Number { return d.Totals.Payable })},
	{"BR-16", func(l *look) { l.need(len(l.d.Lines) > 0, "BG-25", "lines") }},
	{"BR-17", payeeIsAnother},
	{"BR-18", represented("BT-62", "representative.name", func(r en16931.TaxRepresentative) bool { return !blank(r.Name) })},
	{"BR-19", represented("BG-12", "representative.address", func(r en16931.TaxRepresentative) bool { return r.Address != en16931.Address{} })},
	{"BR-20", located("BT-69", "representative.address", func(d *en16931.Document) en16931.Address { return d.Representative.Address })},
	{"BR-21", eachLine("BT-126", "id", func(l *en16931.Line) bool { return !blank(l.ID) })},
	{"BR-22", eachLine("BT-129", "quantity", func(l *en16931.Line) bool { return l.Quantity != nil })},
	{"BR-23", eachLine("BT-130", "unit", func(l *en16931.Line) bool { return l.Unit != "" })},
	{"BR-24", eachLine("BT-131", "net", func(l *en16931.Line) bool { return l.Net != nil })},
	{"BR-25", eachLine("BT-153", "item.name", func(l *en16931.Line) bool { return !blank(l.Item.Name) })},
	{"BR-26", eachLine("BT-146", "price.net", func(l *en16931.Line) bool { return l.Price.Net != nil })},
	{"BR-27", func(l *look) {
		l.eachPrice("BT-146", "price.net", func(p en16931.Price) en16931.Number { return p.Net })
	}},
	{"BR-28", func(l *look) {
		l.eachPrice("BT-148", "price.gross", func(p en16931.Price) en16931.Number { return p.Gross })
	}},
	{"BR-29", func(l *look) { l.inOrder(l.d.Period, "period") }},
	{"BR-30", func(l *look) {
		for i := range l.d.Lines {
			l.inOrder(l.d.Lines[i].Period, item("lines", i, "period"))
		}
	}},
	{"BR-31", eachAllowance(false, false, "BT-92", "amount", func(a *en16931.AllowanceCharge) bool { return a.Amount != nil })},
	{"BR-32", eachAllowance(false, false, "BT-95", "category", func(a *en16931.AllowanceCharge) bool { return a.Category != "" })},
	{"BR-33", eachAllowance(false, false, "BT-97", "reason", reasoned)},
	{"BR-36", eachAllowance(false, true, "BT-99", "amount", func(a *en16931.AllowanceCharge) bool { return a.Amount != nil })},
	{"BR-37", eachAllowance(false, true, "BT-102", "category", func(a *en16931.AllowanceCharge) bool { return a.Category != "" })},
	{"BR-38", eachAllowance(false, true, "BT-104", "reason", reasoned)},
	{"BR-41", eachAllowance(true, false, "BT-136", "amount", func(a *en16931.AllowanceCharge) bool { return a.Amount != nil })},
	{"BR-42", eachAllowance(true, false, "BT-139", "reason", reasoned)},
	{"BR-43", eachAllowance(true, true, "BT-141", "amount", func(a *en16931.AllowanceCharge) bool { return a.Amount != nil })},
	{"BR-44", eachAllowance(true, true, "BT-144", "reason", reasoned)},
	{"BR-45", eachTax("BT-116", "taxable", func(b *en16931.TaxBreakdown) bool { return b.Taxable != nil })},
	{"BR-46", eachTax("BT-117", "amount", func(b *en16931.TaxBreakdown) bool { return b.Amount != nil })},
	{"BR-47", eachTax("BT-118", "category", func(b *en16931.TaxBreakdown) bool { return b.Category != "" })},
	{"BR-48", eachTax("BT-119", "rate", func(b *en16931.TaxBreakdown) bool { return b.Rate != nil || b.Category == "O" })},
	{"BR-49", eachMeans("BT-81", "code", func(m *en16931.PaymentMeans) bool { return m.Code != "" })},
	{"BR-50", eachMeans("BT-84", "account.id", func(m *en16931.PaymentMeans) bool {
		return !isTransfer(m.Code) || m.Account == en16931.Account{} || !blank(m.Account.ID)
	})},
	{"BR-52", func(l *look) {
		for i, a := range l.d.Attachments {
			l.need(!blank(a.Reference), "BT-122", item("attachments", i, "reference"))
		}
	}},
	{"BR-53", func(l *look) {
		l.need(l.d.TaxCurrency == "" || l.d.Totals.AccountingTax != nil || l.d.TaxCurrency == l.d.Currency, "BT-111", "totals.accounting_tax")
	}},
	{"BR-54", eachLine("BG-32", "item.attributes", func(l *en16931.Line) bool {
		for _, a := range l.Item.Attributes {
			if a.Name == "" || a.Value == "" {
				return false
			}
		}
		return true
	})},
	{"BR-55", func(l *look) {
		for i, p := range l.d.Preceding {
			l.need(!blank(p.Number), "BT-25", item("preceding", i, "number"))
		}
	}},
	{"BR-56", represented("BT-63", "representative.vat_id", func(r en16931.TaxRepresentative) bool { return !blank(r.VATID) })},
	{"BR-57", located("BT-80", "delivery.address", func(d *en16931.Document) en16931.Address { return d.Delivery.Address })},
	{"BR-61", eachMeans("BT-84", "account.id", func(m *en16931.PaymentMeans) bool { return !isTransfer(m.Code) || m.Account.ID != "" })},
	{"BR-62", withScheme("BT-34-1", "seller.endpoint.scheme", func(d *en16931.Document) en16931.Identifier { return d.Seller.Endpoint })},
	{"BR-63", withScheme("BT-49-1", "buyer.endpoint.scheme", func(d *en16931.Document) en16931.Identifier { return d.Buyer.Endpoint })},
	{"BR-64", eachLine("BT-157-1", "item.standard_id.scheme", func(l *en16931.Line) bool { return l.Item.StandardID.Value == "" || l.Item.StandardID.Scheme != "" })},
	{"BR-65", eachLine("BT-158-1", "item.classifications", func(l *en16931.Line) bool {
		for _, c := range l.Item.Classifications {
			if c.Scheme == "" {
				return false
			}
		}
		return true
	})},
}

func given(bt, at string, text func(*en16931.Document) string) func(*look) {
	return func(l *look) { l.need(!blank(text(l.d)), bt, at) }
}

func counted(bt, at string, n func(*en16931.Document) en16931.Number) func(*look) {
	return func(l *look) { l.need(n(l.d) != nil, bt, at) }
}

// located: an address that is given names its country.
func located(bt, at string, address func(*en16931.Document) en16931.Address) func(*look) {
	return func(l *look) {
		a := address(l.d)
		l.need(a == en16931.Address{} || !blank(a.Country), bt, at+".country")
	}
}

func represented(bt, at string, there func(en16931.TaxRepresentative) bool) func(*look) {
	return func(l *look) {
		r := l.d.Representative
		l.need(r == en16931.TaxRepresentative{} || there(r), bt, at)
	}
}

func withScheme(bt, at string, of func(*en16931.Document) en16931.Identifier) func(*look) {
	return func(l *look) { l.need(of(l.d).Value == "" || of(l.d).Scheme != "", bt, at) }
}

func eachLine(bt, field string, there func(*en16931.Line) bool) func(*look) {
	return func(l *look) {
		for i := range l.d.Lines {
			if !there(&l.d.Lines[i]) {
				l.missing(bt, item("lines", i, field))
			}
		}
	}
}

func eachTax(bt, field string, there func(*en16931.TaxBreakdown) bool) func(*look) {
	return func(l *look) {
		for i := range l.d.Breakdown {
			if !there(&l.d.Breakdown[i]) {
				l.missing(bt, item("breakdown", i, field))
			}
		}
	}
}

func eachMeans(bt, field string, there func(*en16931.PaymentMeans) bool) func(*look) {
	return func(l *look) {
		for i := range l.d.Payment.Means {
			if !there(&l.d.Payment.Means[i]) {
				l.missing(bt, item("payment.means", i, field))
			}
		}
	}
}

func eachAllowance(ofLines, charges bool, bt, field string, there func(*en16931.AllowanceCharge) bool) func(*look) {
	return func(l *look) {
		l.allowances(ofLines, func(a *en16931.AllowanceCharge, at string) {
			if a.Charge == charges && !there(a) {
				l.missing(bt, at+"."+field)
			}
		})
	}
}

func reasoned(a *en16931.AllowanceCharge) bool { return a.Reason != "" || a.ReasonCode != "" }

// isTransfer tells the codes of UNTDID 4461 that pay to an account: credit transfer, and that of SEPA.
func isTransfer(code string) bool { return code == "30" || code == "58" }

// payeeIsAnother: who is paid has a name and is not the seller.
func payeeIsAnother(l *look) {
	p, s := l.d.Payee, l.d.Seller
	if p == (en16931.Payee{}) {
		return
	}
	l.need(!blank(p.Name), "BT-59", "payee.name")
	if p.Name != "" && p.Name == s.TradingName {
		l.mustNotBe("BT-59", "payee.name")
	}
	for _, id := range s.IDs {
		if id.Value != "" && id.Value == p.ID.Value {
			l.mustNotBe("BT-60", "payee.id")
		}
	}
}

func (l *look) eachPrice(bt, field string, of func(en16931.Price) en16931.Number) {
	for i := range l.d.Lines {
		if value(of(l.d.Lines[i].Price)).IsNegative() {
			l.negative(bt, item("lines", i, field))
		}
	}
}

func (l *look) inOrder(p en16931.Period, at string) {
	if !p.Start.IsZero() && !p.End.IsZero() && p.End.Before(p.Start) {
		l.ends(at + ".end")
	}
}

// consistency are the rules between terms that add nothing up (EN 16931-1, 6.4.2).
var consistency = []Rule{
	{"BR-CO-03", func(l *look) {
		if !l.d.TaxPointDate.IsZero() && l.d.TaxPointCode != "" {
			l.mustNotBe("BT-8", "tax_point_code")
		}
	}},
	{"BR-CO-04", eachLine("BT-151", "category", func(l *en16931.Line) bool { return l.Category != "" })},
	{"BR-CO-09", vatPrefixes},
	{"BR-CO-18", func(l *look) { l.need(len(l.d.Breakdown) > 0, "BG-23", "breakdown") }},
	{"BR-CO-21", eachAllowance(false, false, "BT-97", "reason", reasoned)},
	{"BR-CO-22", eachAllowance(false, true, "BT-104", "reason", reasoned)},
	{"BR-CO-23", eachAllowance(true, false, "BT-139", "reason", reasoned)},
	{"BR-CO-24", eachAllowance(true, true, "BT-144", "reason", reasoned)},
	{"BR-CO-26", func(l *look) {
		s := l.d.Seller
		l.need(len(s.IDs) > 0 || s.Registration.Value != "" || s.VATID != "", "BT-30", "seller.registration")
	}},
}

// vatPrefixes: a VAT number begins with its country, and that of Greece with EL.
func vatPrefixes(l *look) {
	for _, id := range []struct{ bt, at, value string }{
		{"BT-31", "seller.vat_id", l.d.Seller.VATID}, {"BT-48", "buyer.vat_id", l.d.Buyer.VATID}, {"BT-63", "representative.vat_id", l.d.Representative.VATID},
	} {
		if id.value == "" {
			continue
		}
		prefix := strings.ToUpper(id.value[:min(2, len(id.value))])
		if prefix != "EL" && !codes["country"][prefix] || prefix != id.value[:min(2, len(id.value))] {
			l.wrong(id.bt, id.at, id.value)
		}
	}
}
