package rules

import (
	"strings"

	"github.com/shopspring/decimal"
)

// own are the rules of Own. The first three demand to the cent what published rules accept within 0.02 or 1.00 (Directive
// 2006/112/EC Art. 226(8) and (10) know no tolerance); those of categories hold a document against the countries of its
// parties, which published rules do not look at.
var own = []Rule{
	{"PASSERELLE-LINE", func(l *look) { l.lineNets(decimal.Zero) }},
	{"PASSERELLE-TAXABLE", func(l *look) {
		for i := range l.d.Breakdown {
			b := &l.d.Breakdown[i]
			if sum := l.taxable(b); !value(b.Taxable).Equal(sum) {
				l.should("BT-116", item("breakdown", i, "taxable"), b.Taxable, sum)
			}
		}
	}},
	{"PASSERELLE-TAX", func(l *look) {
		for i, b := range l.d.Breakdown {
			if want := taxOf(b); !value(b.Amount).Equal(want) {
				l.should("BT-117", item("breakdown", i, "amount"), b.Amount, want)
			}
		}
	}},
	{"PASSERELLE-Z", func(l *look) { // Art. 44, 138, 196: not the seller's zero rate
		if l.grouped("Z") > 0 && l.buyerAbroadInEU() && l.d.Buyer.VATID != "" {
			l.elsewhere("Z")
		}
	}},
	{"PASSERELLE-AE", func(l *look) { // Art. 196 is for buyers in the Union; beyond, the supply is outside its scope
		if l.grouped("AE") > 0 && !codes["eu"][l.buyerCountry()] {
			l.elsewhere("AE")
		}
	}},
	{"PASSERELLE-K", func(l *look) { // Art. 138
		if l.grouped("K") > 0 && !l.buyerAbroadInEU() {
			l.elsewhere("K")
		}
	}},
	{"PASSERELLE-G", func(l *look) { // Art. 146
		to := l.d.Delivery.Address.Country
		if to == "" {
			to = l.d.Buyer.Address.Country
		}
		if l.grouped("G") > 0 && codes["eu"][to] {
			l.elsewhere("G")
		}
	}},
	{"PASSERELLE-REASON", func(l *look) {
		reasonOf("AE", "VATEX-EU-AE")(l)
		reasonOf("AE", "VATEX-FR-AE")(l)
		reasonOf("K", "VATEX-EU-IC")(l)
		reasonOf("G", "VATEX-EU-G")(l)
		reasonOf("O", "VATEX-EU-O")(l)
	}},
	// BR-CO-25 left the published rules with 1.3.16; receivers with older ones still check it.
	{"BR-CO-25", func(l *look) {
		l.need(!value(l.d.Totals.Payable).IsPositive() || !l.d.DueDate.IsZero() || l.d.PaymentTerms != "", "BT-9", "due_date")
	}},
}

// buyerCountry is that of the buyer's VAT number, or else of its address.
func (l *look) buyerCountry() string {
	if id := l.d.Buyer.VATID; len(id) > 2 {
		return strings.ToUpper(id[:2])
	}
	return l.d.Buyer.Address.Country
}

func (l *look) buyerAbroadInEU() bool {
	to := l.buyerCountry()
	return codes["eu"][to] && to != l.d.Seller.Address.Country
}

func (l *look) elsewhere(code string) {
	l.add("breakdown", "check the buyer's country and VAT number", "VAT category %s does not go with a buyer of %s", code, l.buyerCountry())
}
