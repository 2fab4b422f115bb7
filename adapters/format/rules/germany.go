package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"passerelle/adapters/format/en16931"
)

// germanRule is a rule that XRechnung has for all its documents and Peppol for those between Germans, each with an id of its own.
type germanRule struct {
	number int
	part   string // a, b: Peppol writes 1, 2
	holds  func(*look)
}

func (r germanRule) id(prefix string) string {
	switch {
	case prefix == "DE-R-" && r.part != "":
		return fmt.Sprintf("%s%03d-%d", prefix, r.number, r.part[0]-'a'+1)
	case prefix == "DE-R-":
		return fmt.Sprintf("%s%03d", prefix, r.number)
	case r.part != "":
		return fmt.Sprintf("%s%d-%s", prefix, r.number, r.part)
	}
	return fmt.Sprintf("%s%d", prefix, r.number)
}

func german(prefix string) []Rule {
	all := make([]Rule, len(germanRules))
	for i, r := range germanRules {
		all[i] = Rule{r.id(prefix), func(l *look) {
			if prefix != "DE-R-" || bothIn(l.d, "DE") {
				r.holds(l)
			}
		}}
	}
	return all
}

var germanRules = []germanRule{
	{1, "", func(l *look) { l.need(len(l.d.Payment.Means) > 0, "BG-16", "payment.means") }},
	{2, "", func(l *look) { l.need(l.d.Seller.Contact != en16931.Contact{}, "BG-6", "seller.contact") }},
	{3, "", func(l *look) { l.need(!blank(l.d.Seller.Address.City), "BT-37", "seller.address.city") }},
	{4, "", func(l *look) { l.need(!blank(l.d.Seller.Address.PostCode), "BT-38", "seller.address.post_code") }},
	{5, "", func(l *look) { l.contact("BT-41", "seller.contact.name", l.d.Seller.Contact.Name) }},
	{6, "", func(l *look) { l.contact("BT-42", "seller.contact.phone", l.d.Seller.Contact.Phone) }},
	{7, "", func(l *look) { l.contact("BT-43", "seller.contact.email", l.d.Seller.Contact.Email) }},
	{8, "", func(l *look) { l.need(!blank(l.d.Buyer.Address.City), "BT-52", "buyer.address.city") }},
	{9, "", func(l *look) { l.need(!blank(l.d.Buyer.Address.PostCode), "BT-53", "buyer.address.post_code") }},
	{10, "", func(l *look) { l.delivered(func(a placed) { l.need(!blank(a.City), a.terms[1], a.at+".city") }) }},
	{11, "", func(l *look) {
		l.delivered(func(a placed) { l.need(!blank(a.PostCode), a.terms[2], a.at+".post_code") })
	}},
	{14, "", eachTax("BT-119", "rate", func(b *en16931.TaxBreakdown) bool { return b.Rate != nil })},
	{15, "", func(l *look) { l.need(!blank(l.d.BuyerReference), "BT-10", "buyer_reference") }},
	{16, "", func(l *look) {
		d := l.d
		identified := d.Seller.VATID != "" || d.Seller.TaxRegistration.Value != "" || d.Representative != en16931.TaxRepresentative{}
		for _, c := range categories {
			l.need(identified || c.code == "O" || !l.use(c).sold(), "BT-31", "seller.vat_id")
		}
	}},
	{18, "", earlyPayment},
	{22, "", func(l *look) {
		seen := map[string]bool{}
		for i, a := range l.d.Attachments {
			if a.FileName != "" && seen[a.FileName] {
				l.wrong("BT-125-2", item("attachments", i, "file_name"), a.FileName)
			}
			seen[a.FileName] = true
		}
	}},
	{23, "a", func(l *look) {
		l.means([]string{"30", "58"}, func(m en16931.PaymentMeans, at string) {
			l.need(m.Account != en16931.Account{}, "BT-84", at+".account.id")
		})
	}},
	{23, "b", func(l *look) {
		l.means([]string{"30", "58"}, func(m en16931.PaymentMeans, at string) {
			l.without(m.Card != en16931.Card{}, "BT-87", at+".card")
			l.without(l.isDebit(m), "BT-89", "payment.mandate")
		})
	}},
	{24, "a", func(l *look) {
		l.means(cardCodes, func(m en16931.PaymentMeans, at string) { l.need(m.Card != en16931.Card{}, "BT-87", at+".card") })
	}},
	{24, "b", func(l *look) {
		l.means(cardCodes, func(m en16931.PaymentMeans, at string) {
			l.without(m.Account != en16931.Account{}, "BT-84", at+".account")
			l.without(l.isDebit(m), "BT-89", "payment.mandate")
		})
	}},
	{25, "a", func(l *look) {
		l.means([]string{"59"}, func(m en16931.PaymentMeans, at string) {
			l.need(l.d.Payment.Mandate != "" || m.DebitedAccount != "", "BT-89", "payment.mandate")
		})
	}},
	{25, "b", func(l *look) {
		l.means([]string{"59"}, func(m en16931.PaymentMeans, at string) {
			l.without(m.Account != en16931.Account{}, "BT-84", at+".account")
			l.without(m.Card != en16931.Card{}, "BT-87", at+".card")
		})
	}},
	{30, "", func(l *look) { l.need(!l.debits() || l.d.Payment.Creditor != "", "BT-90", "payment.creditor") }},
	{31, "", func(l *look) {
		there := slices.ContainsFunc(l.d.Payment.Means, func(m en16931.PaymentMeans) bool { return m.DebitedAccount != "" })
		l.need(!l.debits() || there, "BT-91", "payment.means[0].debited_account")
	}},
}

var cardCodes = []string{"48", "54", "55"}

// contact: the terms of a contact are asked for where there is a contact.
func (l *look) contact(bt, at, text string) {
	l.need(l.d.Seller.Contact == en16931.Contact{} || !blank(text), bt, at)
}

func (l *look) delivered(holds func(placed)) {
	if a := deliveryAddress(l.d); a.Address != (en16931.Address{}) {
		holds(a)
	}
}

func (l *look) means(codes []string, holds func(m en16931.PaymentMeans, at string)) {
	for i, m := range l.d.Payment.Means {
		if slices.Contains(codes, m.Code) {
			holds(m, item("payment.means", i, ""))
		}
	}
}

func (l *look) without(there bool, bt, at string) {
	if there {
		l.mustNotBe(bt, at)
	}
}

// debits tells whether the document speaks of a direct debit (BG-19).
func (l *look) debits() bool {
	return l.d.Payment.Mandate != "" || slices.ContainsFunc(l.d.Payment.Means, func(m en16931.PaymentMeans) bool { return m.DebitedAccount != "" })
}

// isDebit: a mandate is told with the first means of payment, or with the one that names the debited account.
func (l *look) isDebit(m en16931.PaymentMeans) bool {
	return m.DebitedAccount != "" || l.d.Payment.Mandate != "" && len(l.d.Payment.Means) == 1
}

var (
	skonto = regexp.MustCompile(`^#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#$`)
	hashes = regexp.MustCompile(`#.+#`)
	broken = regexp.MustCompile(`^\s*\n`)
)

// earlyPayment: what is taken off for paying early stands in the terms in a fixed form, a line each, the last one ended too.
func earlyPayment(l *look) {
	parts := hashes.Split(l.d.PaymentTerms, -1)
	for line := range strings.Lines(l.d.PaymentTerms) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") && (!skonto.MatchString(line) || !broken.MatchString(parts[len(parts)-1])) {
			l.wrong("BT-20", "payment_terms", line)
			return
		}
	}
}
