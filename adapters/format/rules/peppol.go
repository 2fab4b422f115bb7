package rules

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
)

const (
	billing     = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	selfBilling = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
)

func isPeppol(d en16931.Document) bool {
	return strings.Contains(d.Specification, "peppol.eu:2017:poacc:")
}

func isSelfBilled(d *en16931.Document) bool {
	return strings.Contains(d.Specification, ":selfbilling:")
}

var processes = regexp.MustCompile(`^urn:fdc:peppol\.eu:2017:poacc:(billing|selfbilling):[0-9]{2}:1\.0$`)

// network are the rules of Peppol that XRechnung does not take over.
var network = []Rule{
	{"PEPPOL-EN16931-R002", func(l *look) {
		if len(l.d.Notes) > 1 && !bothIn(l.d, "DE") {
			l.add("notes", "write one note", "there is more than one note")
		}
	}},
	{"PEPPOL-EN16931-R003", func(l *look) { l.need(l.d.BuyerReference+l.d.Order != "", "BT-10", "buyer_reference") }},
	{"PEPPOL-EN16931-R004", func(l *look) {
		if !strings.HasPrefix(l.d.Specification, billing) && !strings.HasPrefix(l.d.Specification, selfBilling) {
			l.wrong("BT-24", "specification", l.d.Specification)
		}
	}},
	{"PEPPOL-EN16931-R007", func(l *look) {
		m := processes.FindStringSubmatch(l.d.Process)
		if m == nil || (m[1] == "selfbilling") != isSelfBilled(l.d) {
			l.wrong("BT-23", "process", l.d.Process)
		}
	}},
	{"PEPPOL-EN16931-P0100", func(l *look) {
		if codes["type"][l.d.Type] && !peppolTypes(l.d, "71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877", "389 527") {
			l.noCode("BT-3", "type", l.d.Type)
		}
	}},
	{"PEPPOL-EN16931-P0101", func(l *look) {
		if codes["credit"][l.d.Type] && !peppolTypes(l.d, "381 396 81 83 532", "261") {
			l.noCode("BT-3", "type", l.d.Type)
		}
	}},
	{"PEPPOL-EN16931-P0112", func(l *look) {
		if (l.d.Type == "326" || l.d.Type == "384") && !bothIn(l.d, "DE") {
			l.noCode("BT-3", "type", l.d.Type)
		}
	}},
}

// peppolTypes tells whether the type is one of billing or self-billing, whichever the document is.
func peppolTypes(d *en16931.Document, billed, selfBilled string) bool {
	if isSelfBilled(d) {
		billed = selfBilled
	}
	for code := range strings.FieldsSeq(billed) {
		if code == d.Type {
			return true
		}
	}
	return false
}

func bothIn(d *en16931.Document, country string) bool {
	return d.Seller.Address.Country == country && d.Buyer.Address.Country == country
}

// shared are the rules of Peppol that XRechnung takes over.
var shared = []Rule{
	{"PEPPOL-EN16931-R001", given("BT-23", "process", func(d *en16931.Document) string { return d.Process })},
	{"PEPPOL-EN16931-R005", func(l *look) {
		if l.d.TaxCurrency != "" && l.d.TaxCurrency == l.d.Currency {
			l.mustNotBe("BT-6", "tax_currency")
		}
	}},
	{"PEPPOL-EN16931-R010", given("BT-49", "buyer.endpoint", func(d *en16931.Document) string { return d.Buyer.Endpoint.Value })},
	{"PEPPOL-EN16931-R020", given("BT-34", "seller.endpoint", func(d *en16931.Document) string { return d.Seller.Endpoint.Value })},
	{"PEPPOL-EN16931-R040", func(l *look) { l.everyAllowance(percentIsRight) }},
	{"PEPPOL-EN16931-R041", func(l *look) {
		l.everyAllowance(func(l *look, a *en16931.AllowanceCharge, at string) {
			l.need(a.Percent == nil || a.Base != nil, "BT-93", at+".base")
		})
	}},
	{"PEPPOL-EN16931-R042", func(l *look) {
		l.everyAllowance(func(l *look, a *en16931.AllowanceCharge, at string) {
			l.need(a.Base == nil || a.Percent != nil, "BT-94", at+".percent")
		})
	}},
	{"PEPPOL-EN16931-R046", func(l *look) {
		for i := range l.d.Lines {
			if p := l.d.Lines[i].Price; p.Gross != nil {
				l.should("BT-146", item("lines", i, "price.net"), p.Net, p.Gross.Sub(value(p.Discount)))
			}
		}
	}},
	{"PEPPOL-EN16931-R053", func(l *look) { l.need(len(l.d.Breakdown) > 0, "BG-23", "breakdown") }},
	{"PEPPOL-EN16931-R054", func(l *look) {
		l.need(l.d.TaxCurrency == "" || l.d.Totals.AccountingTax != nil, "BT-111", "totals.accounting_tax")
		l.need(l.d.TaxCurrency != "" || l.d.Totals.AccountingTax == nil, "BT-6", "tax_currency")
	}},
	{"PEPPOL-EN16931-R055", func(l *look) {
		if l.d.Totals.AccountingTax != nil && value(l.d.Totals.AccountingTax).Sign()*value(l.d.Totals.Tax).Sign() < 0 {
			l.wrong("BT-111", "totals.accounting_tax", l.d.Totals.AccountingTax.String())
		}
	}},
	{"PEPPOL-EN16931-R061", func(l *look) {
		for _, m := range l.d.Payment.Means {
			l.need(m.Code != "49" && m.Code != "59" || l.d.Payment.Mandate != "", "BT-89", "payment.mandate")
		}
	}},
	{"PEPPOL-EN16931-R110", func(l *look) {
		for i := range l.d.Lines {
			if start := l.d.Lines[i].Period.Start; !start.IsZero() && !l.d.Period.Start.IsZero() && start.Before(l.d.Period.Start) {
				l.wrong("BT-134", item("lines", i, "period.start"), start.String())
			}
		}
	}},
	{"PEPPOL-EN16931-R111", func(l *look) {
		for i := range l.d.Lines {
			if end := l.d.Lines[i].Period.End; !end.IsZero() && !l.d.Period.End.IsZero() && end.After(l.d.Period.End) {
				l.wrong("BT-135", item("lines", i, "period.end"), end.String())
			}
		}
	}},
	{"PEPPOL-EN16931-R120", func(l *look) { l.lineNets(decimal.New(2, -2)) }},
	{"PEPPOL-EN16931-R121", func(l *look) {
		for i := range l.d.Lines {
			if base := l.d.Lines[i].Price.BaseQuantity; base != nil && !base.IsPositive() {
				l.wrong("BT-149", item("lines", i, "price.base_quantity"), base.String())
			}
		}
	}},
	{"PEPPOL-EN16931-R130", func(l *look) {
		for i := range l.d.Lines {
			if line := &l.d.Lines[i]; line.Price.BaseUnit != "" && line.Price.BaseUnit != line.Unit {
				l.wrong("BT-150", item("lines", i, "price.base_unit"), line.Price.BaseUnit)
			}
		}
	}},
}

func (l *look) everyAllowance(holds func(l *look, a *en16931.AllowanceCharge, at string)) {
	for _, ofLines := range []bool{false, true} {
		l.allowances(ofLines, func(a *en16931.AllowanceCharge, at string) { holds(l, a, at) })
	}
}

// percentIsRight: an amount is its base times its percentage, within 0.02.
func percentIsRight(l *look, a *en16931.AllowanceCharge, at string) {
	if a.Percent == nil || a.Base == nil {
		return
	}
	if want := a.Base.Mul(a.Percent.Decimal).Shift(-2); value(a.Amount).Sub(want).Abs().GreaterThan(decimal.New(2, -2)) {
		l.should("BT-92", at+".amount", a.Amount, want.Round(2))
	}
}

// lineNets: the net of a line is what its quantity costs, with its charges and less its allowances, within slack.
func (l *look) lineNets(slack decimal.Decimal) {
	for i := range l.d.Lines {
		line := &l.d.Lines[i]
		want := lineNet(line)
		if value(line.Net).Sub(want).Abs().GreaterThan(slack) {
			l.should("BT-131", item("lines", i, "net"), line.Net, want)
		}
	}
}

// lineNet rounds the price of the quantity; allowances and charges are rounded already.
func lineNet(line *en16931.Line) decimal.Decimal {
	base, quantity := one, one
	if b := value(line.Price.BaseQuantity); !b.IsZero() {
		base = b
	}
	if line.Quantity != nil {
		quantity = line.Quantity.Decimal
	}
	net := quantity.Mul(value(line.Price.Net)).DivRound(base, 8).Round(2)
	for i := range line.AllowanceCharges {
		net = net.Add(signed(&line.AllowanceCharges[i]))
	}
	return net
}

// offNetwork are electronic addresses of the Commission's list that Peppol's has not: mail and value-added networks, and
// 0193, which Peppol took off.
var offNetwork = map[string]bool{"EM": true, "AN": true, "AQ": true, "AS": true, "AU": true, "0193": true}

var peppolCodes = []Rule{
	{"PEPPOL-EN16931-CL008", func(l *look) {
		for _, e := range []struct{ bt, at, scheme string }{
			{"BT-34-1", "seller.endpoint.scheme", l.d.Seller.Endpoint.Scheme}, {"BT-49-1", "buyer.endpoint.scheme", l.d.Buyer.Endpoint.Scheme},
		} {
			if e.scheme != "" && (offNetwork[e.scheme] || !codes["eas"][e.scheme]) {
				l.noCode(e.bt, e.at, e.scheme)
			}
		}
	}},
	{"PEPPOL-EN16931-P0104", reasonOf("G", "VATEX-EU-G")},
	{"PEPPOL-EN16931-P0105", reasonOf("O", "VATEX-EU-O")},
	{"PEPPOL-EN16931-P0106", reasonOf("K", "VATEX-EU-IC")},
	{"PEPPOL-EN16931-P0107", reasonOf("AE", "VATEX-EU-AE")},
	{"PEPPOL-EN16931-P0108", reasonOf("E", "VATEX-EU-D")},
	{"PEPPOL-EN16931-P0109", reasonOf("E", "VATEX-EU-F")},
	{"PEPPOL-EN16931-P0110", reasonOf("E", "VATEX-EU-I")},
	{"PEPPOL-EN16931-P0111", reasonOf("E", "VATEX-EU-J")},
}

// reasonOf: a reason code belongs to one category.
func reasonOf(category, code string) func(*look) {
	return func(l *look) {
		for i, b := range l.d.Breakdown {
			if strings.EqualFold(b.ReasonCode, code) && b.Category != category {
				l.noCode("BT-121", item("breakdown", i, "reason_code"), b.ReasonCode)
			}
		}
	}
}
