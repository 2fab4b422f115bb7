package rules

import (
	"regexp"
	"slices"
	"strings"

	"passerelle/adapters/format/en16931"
)

// national are Peppol's rules for sellers of Italy, the Netherlands and Sweden; those of Germany stand in germany.go. They are
// the countries with a node that have such rules.
var national = slices.Concat(digitRules, italian, swedish, []Rule{
	{"NL-R-001", func(l *look) {
		l.need(!l.sellerIn("NL") || !l.d.IsCreditNote() || len(l.d.Preceding) > 0, "BT-25", "preceding")
	}},
	{"NL-R-002", func(l *look) { l.fullAddress(l.sellerIn("NL"), sellersAddress(l.d)) }},
	{"NL-R-003", func(l *look) { l.registeredIn(l.sellerIn("NL"), l.d.Seller, "BT-30", "seller.registration") }},
	{"NL-R-004", func(l *look) { l.fullAddress(bothIn(l.d, "NL"), buyersAddress(l.d)) }},
	{"NL-R-005", func(l *look) { l.registeredIn(bothIn(l.d, "NL"), l.d.Buyer, "BT-47", "buyer.registration") }},
	{"NL-R-006", func(l *look) {
		l.fullAddress(l.sellerIn("NL") && l.d.Representative.Address.Country == "NL", representativesAddress(l.d))
	}},
	{"NL-R-007", func(l *look) {
		owed := value(l.d.Totals.Payable)
		if l.d.IsCreditNote() {
			owed = owed.Neg()
		}
		l.need(!l.sellerIn("NL") || !owed.IsPositive() || len(l.d.Payment.Means) > 0, "BG-16", "payment.means")
	}},
	{"NL-R-008", func(l *look) { l.paidTheDutchWay(bothIn(l.d, "NL")) }},
	{"NL-R-009", func(l *look) { l.orderOfLines(l.sellerIn("NL")) }},
})

func (l *look) sellerIn(country string) bool { return l.d.Seller.Address.Country == country }

// placed is an address with where it stands and what its terms are called: street, town, post code.
type placed struct {
	en16931.Address
	at    string
	terms [3]string
}

func sellersAddress(d *en16931.Document) placed {
	return placed{d.Seller.Address, "seller.address", [3]string{"BT-35", "BT-37", "BT-38"}}
}

func buyersAddress(d *en16931.Document) placed {
	return placed{d.Buyer.Address, "buyer.address", [3]string{"BT-50", "BT-52", "BT-53"}}
}

func representativesAddress(d *en16931.Document) placed {
	return placed{d.Representative.Address, "representative.address", [3]string{"BT-64", "BT-66", "BT-67"}}
}

func deliveryAddress(d *en16931.Document) placed {
	return placed{d.Delivery.Address, "delivery.address", [3]string{"BT-75", "BT-77", "BT-78"}}
}

func (l *look) fullAddress(holds bool, a placed) {
	l.need(!holds || a.Line1 != "", a.terms[0], a.at+".line1")
	l.need(!holds || a.City != "", a.terms[1], a.at+".city")
	l.need(!holds || a.PostCode != "", a.terms[2], a.at+".post_code")
}

// registeredIn: a Dutch register number that is given is of the chamber of commerce (0106) or of an authority (0190).
func (l *look) registeredIn(holds bool, p en16931.Party, bt, at string) {
	if id := p.Registration; holds && id.Value != "" && id.Scheme != "0106" && id.Scheme != "0190" {
		l.wrong(bt, at, id.Value)
	}
}

func (l *look) paidTheDutchWay(holds bool) {
	for i, m := range l.d.Payment.Means {
		if holds && !slices.Contains([]string{"30", "48", "49", "57", "58", "59"}, m.Code) {
			l.noCode("BT-81", item("payment.means", i, "code"), m.Code)
		}
	}
}

func (l *look) orderOfLines(holds bool) {
	if holds && slices.ContainsFunc(l.d.Lines, func(line en16931.Line) bool { return line.OrderLine != "" }) {
		l.need(l.d.Order != "", "BT-13", "order")
	}
}

// vatCountry is the country that Peppol takes the seller to be of.
func (l *look) vatCountry() string {
	for _, id := range []string{l.d.Seller.VATID, l.d.Representative.VATID} {
		if len(id) >= 2 {
			return strings.ToUpper(id[:2])
		}
	}
	return l.d.Seller.Address.Country
}

var italianTaxNumber = regexp.MustCompile(`^[A-Z0-9]{11,16}$`)

var italian = []Rule{
	{"IT-R-001", func(l *look) {
		if id := l.d.Seller.TaxRegistration.Value; l.vatCountry() == "IT" && id != "" && !italianTaxNumber.MatchString(id) {
			l.wrong("BT-32", "seller.tax_registration", id)
		}
	}},
	{"IT-R-002", func(l *look) {
		l.need(l.vatCountry() != "IT" || l.d.Seller.Address.Line1 != "", "BT-35", "seller.address.line1")
	}},
	{"IT-R-003", func(l *look) {
		l.need(l.vatCountry() != "IT" || l.d.Seller.Address.City != "", "BT-37", "seller.address.city")
	}},
	{"IT-R-004", func(l *look) {
		l.need(l.vatCountry() != "IT" || l.d.Seller.Address.PostCode != "", "BT-38", "seller.address.post_code")
	}},
}

var (
	fourteen = regexp.MustCompile(`^.{14}$`)
	numeric  = regexp.MustCompile(`^..[0-9]+$`)
	number   = regexp.MustCompile(`^[0-9]+$`)
	ten      = regexp.MustCompile(`^.{10}$`)
)

var swedish = []Rule{
	{"SE-R-001", swedishVAT(fourteen)},
	{"SE-R-002", swedishVAT(numeric)},
	{"SE-R-003", swedishRegistration(number.MatchString)},
	{"SE-R-004", swedishRegistration(ten.MatchString)},
	{"SE-R-005", func(l *look) {
		id := l.d.Seller.TaxRegistration.Value
		if l.sellerIn("SE") && l.d.Seller.Registration.Value != "" && id != "" && !strings.EqualFold(strings.TrimSpace(id), "Godkänd för F-skatt") {
			l.wrong("BT-32", "seller.tax_registration", id)
		}
	}},
	{"SE-R-006", func(l *look) {
		for i, b := range l.d.Breakdown {
			l.swedishRate(b.Category, b.Rate, item("breakdown", i, "rate"))
		}
		for i := range l.d.Lines {
			l.swedishRate(l.d.Lines[i].Category, l.d.Lines[i].Rate, item("lines", i, "rate"))
		}
		l.allowances(false, func(a *en16931.AllowanceCharge, at string) { l.swedishRate(a.Category, a.Rate, at+".rate") })
	}},
	{"SE-R-013", swedishRegistration(isSwedish)},
}

func (l *look) swedishSeller() bool {
	return l.sellerIn("SE") && strings.HasPrefix(l.d.Seller.VATID, "SE")
}

func swedishVAT(shape *regexp.Regexp) func(*look) {
	return func(l *look) {
		if l.swedishSeller() && !shape.MatchString(l.d.Seller.VATID) {
			l.wrong("BT-31", "seller.vat_id", l.d.Seller.VATID)
		}
	}
}

func swedishRegistration(valid func(string) bool) func(*look) {
	return func(l *look) {
		if id := l.d.Seller.Registration.Value; l.sellerIn("SE") && id != "" && !valid(id) {
			l.wrong("BT-30", "seller.registration", id)
		}
	}
}

func (l *look) swedishRate(category string, rate en16931.Number, at string) {
	if !l.swedishSeller() || category != "S" || rate == nil {
		return
	}
	if !slices.Contains([]string{"25", "12", "6"}, value(rate).String()) {
		l.add(at, "check category and rate", "VAT category %s does not go with the rate %s", category, rate.String())
	}
}

// dutch is NLCIUS 1.0.3, for sellers in the Netherlands.
var dutch = []Rule{
	{"BR-NL-1", func(l *look) {
		l.need(!l.sellerIn("NL") || l.d.Seller.Registration.Value != "", "BT-30", "seller.registration")
		l.registeredIn(l.sellerIn("NL"), l.d.Seller, "BT-30", "seller.registration")
	}},
	{"BR-NL-2", func(l *look) {
		l.need(!l.sellerIn("NL") || l.d.BuyerReference+l.d.Order != "", "BT-10", "buyer_reference")
	}},
	{"BR-NL-3", func(l *look) { l.fullAddress(l.sellerIn("NL"), sellersAddress(l.d)) }},
	{"BR-NL-4", func(l *look) { l.fullAddress(bothIn(l.d, "NL"), buyersAddress(l.d)) }},
	{"BR-NL-5", func(l *look) {
		l.fullAddress(l.sellerIn("NL") && l.d.Representative.Address.Country == "NL", representativesAddress(l.d))
	}},
	{"BR-NL-7", func(l *look) {
		if l.sellerIn("NL") && !slices.Contains([]string{"380", "381", "384", "389"}, l.d.Type) {
			l.noCode("BT-3", "type", l.d.Type)
		}
	}},
	{"BR-NL-9", func(l *look) {
		l.need(!l.sellerIn("NL") || l.d.Type != "384" || len(l.d.Preceding) > 0, "BT-25", "preceding")
	}},
	{"BR-NL-10", func(l *look) {
		l.need(!bothIn(l.d, "NL") || l.d.Buyer.Registration.Value != "", "BT-47", "buyer.registration")
		l.registeredIn(bothIn(l.d, "NL"), l.d.Buyer, "BT-47", "buyer.registration")
	}},
	{"BR-NL-11", func(l *look) {
		owed := value(l.d.Totals.Payable)
		if l.d.IsCreditNote() {
			owed = owed.Neg()
		}
		l.need(!l.sellerIn("NL") || !owed.IsPositive() || len(l.d.Payment.Means) > 0, "BG-16", "payment.means")
	}},
	{"BR-NL-12", func(l *look) { l.paidTheDutchWay(l.sellerIn("NL")) }},
	{"BR-NL-13", func(l *look) { l.orderOfLines(l.sellerIn("NL")) }},
}
