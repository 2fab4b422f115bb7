package rules

import (
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
)

// category is a VAT category of UNTDID 5305 and what its rules want (EN 16931-1, 6.4.3): they have the same numbers in each.
type category struct {
	code, id string // S and BR-S-01, K and BR-IC-01
	rate     rateOf
	numbers  numbersOf
}

// rateOf is which rates a category goes with.
type rateOf int

const (
	above   rateOf = iota // more than zero
	zero                  // zero
	atLeast               // zero or more
	none                  // no rate at all
)

// charged tells whether VAT is charged in the category; then there is a group for each rate, and no reason.
func (r rateOf) charged() bool { return r == above || r == atLeast }

// numbersOf is which numbers of the parties a category needs.
type numbersOf int

const (
	anyTaxNumber numbersOf = iota // of the seller, or of who represents him
	bothParties                   // the seller's, and the buyer's VAT or register number
	bothVAT                       // VAT numbers of both
	sellersVAT                    // a VAT number of the seller
	noVATNumber                   // nobody's VAT number
)

var categories = []category{
	{"S", "S", above, anyTaxNumber}, {"Z", "Z", zero, anyTaxNumber}, {"E", "E", zero, anyTaxNumber}, {"AE", "AE", zero, bothParties},
	{"K", "IC", zero, bothVAT}, {"G", "G", zero, sellersVAT}, {"O", "O", none, noVATNumber},
	{"L", "AF", atLeast, anyTaxNumber}, {"M", "AG", atLeast, anyTaxNumber},
}

// use is what is sold in a category.
type use struct {
	lines, allowances, charges bool
	groups                     int // of the breakdown
	taxable                    decimal.Decimal
}

func usage(d *en16931.Document) map[string]*use {
	all := map[string]*use{}
	of := func(code string) *use {
		if all[code] == nil {
			all[code] = &use{}
		}
		return all[code]
	}
	for i := range d.Lines {
		u := of(d.Lines[i].Category)
		u.lines, u.taxable = true, u.taxable.Add(value(d.Lines[i].Net))
	}
	for i := range d.AllowanceCharges {
		a := &d.AllowanceCharges[i]
		u := of(a.Category)
		u.taxable = u.taxable.Add(signed(a))
		u.charges, u.allowances = u.charges || a.Charge, u.allowances || !a.Charge
	}
	for i := range d.Breakdown {
		of(d.Breakdown[i].Category).groups++
	}
	return all
}

func signed(a *en16931.AllowanceCharge) decimal.Decimal {
	if a.Charge {
		return value(a.Amount)
	}
	return value(a.Amount).Neg()
}

// sold is true when a line, an allowance or a charge is of the category.
func (u use) sold() bool { return u.lines || u.allowances || u.charges }

func (l *look) use(c category) use {
	if u := l.used[c.code]; u != nil {
		return *u
	}
	return use{}
}

func categoryRules() (all []Rule) {
	for _, c := range categories {
		id := func(n string) string { return "BR-" + c.id + "-" + n }
		all = append(all,
			Rule{id("01"), c.grouped},
			Rule{id("02"), func(l *look) { c.identified(l, l.use(c).lines) }},
			Rule{id("03"), func(l *look) { c.identified(l, l.use(c).allowances) }},
			Rule{id("04"), func(l *look) { c.identified(l, l.use(c).charges) }},
			Rule{id("05"), c.linesRated},
			Rule{id("06"), func(l *look) { c.allowancesRated(l, false) }},
			Rule{id("07"), func(l *look) { c.allowancesRated(l, true) }},
			Rule{id("08"), c.eachGroup(c.taxableAddsUp)},
			Rule{id("09"), c.eachGroup(c.taxIsRight)},
			Rule{id("10"), c.eachGroup(c.reasonIsRight)},
		)
	}
	return append(all,
		Rule{"BR-IC-11", func(l *look) {
			there := !l.d.Delivery.Date.IsZero() || l.d.Period != en16931.Period{} || l.d.TaxPointCode != ""
			l.need(there || l.grouped("K") == 0, "BT-72", "delivery.date")
		}},
		Rule{"BR-IC-12", func(l *look) {
			l.need(!blank(l.d.Delivery.Address.Country) || l.grouped("K") == 0, "BT-80", "delivery.address.country")
		}},
		Rule{"BR-O-11", func(l *look) {
			for i, b := range l.d.Breakdown {
				l.alone(b.Category, item("breakdown", i, "category"))
			}
		}},
		Rule{"BR-O-12", func(l *look) {
			for i := range l.d.Lines {
				l.alone(l.d.Lines[i].Category, item("lines", i, "category"))
			}
		}},
		Rule{"BR-O-13", func(l *look) { l.allowancesAlone(false) }},
		Rule{"BR-O-14", func(l *look) { l.allowancesAlone(true) }},
		Rule{"BR-B-01", splitPaymentIsItalian},
		Rule{"BR-B-02", func(l *look) {
			if l.used["B"] != nil && l.used["S"] != nil {
				l.alike("B", "breakdown")
			}
		}},
	)
}

func (l *look) grouped(code string) int {
	if u := l.used[code]; u != nil {
		return u.groups
	}
	return 0
}

// grouped: what is sold in a category is in the breakdown; where no VAT is charged, in one group.
func (c category) grouped(l *look) {
	u := l.use(c)
	switch {
	case u.sold() && u.groups == 0:
		l.add("breakdown", "add up again", "VAT category %s is missing in the breakdown", c.code)
	case !c.rate.charged() && u.groups > 1:
		l.add("breakdown", "make them one group", "VAT category %s is %d times in the breakdown", c.code, u.groups)
	case c.rate.charged() && u.groups > 0 && !u.sold():
		l.add("breakdown", "add up again", "VAT category %s is in the breakdown, and nothing is sold in it", c.code)
	}
}

// identified: the numbers that the category needs of the parties, or forbids.
func (c category) identified(l *look, used bool) {
	if !used {
		return
	}
	d := l.d
	vat := d.Seller.VATID != "" || d.Representative.VATID != ""
	switch c.numbers {
	case anyTaxNumber, bothParties:
		l.need(vat || d.Seller.TaxRegistration.Value != "", "BT-31", "seller.vat_id")
	case bothVAT, sellersVAT:
		l.need(vat, "BT-31", "seller.vat_id")
	case noVATNumber:
		l.unidentified()
	}
	switch c.numbers {
	case bothParties:
		l.need(d.Buyer.VATID != "" || d.Buyer.Registration.Value != "", "BT-48", "buyer.vat_id")
	case bothVAT:
		l.need(d.Buyer.VATID != "", "BT-48", "buyer.vat_id")
	}
}

func (l *look) unidentified() {
	for _, id := range []struct{ bt, at, value string }{
		{"BT-31", "seller.vat_id", l.d.Seller.VATID}, {"BT-63", "representative.vat_id", l.d.Representative.VATID}, {"BT-48", "buyer.vat_id", l.d.Buyer.VATID},
	} {
		if id.value != "" {
			l.mustNotBe(id.bt, id.at)
		}
	}
}

func (c category) linesRated(l *look) {
	for i := range l.d.Lines {
		if line := &l.d.Lines[i]; line.Category == c.code {
			c.rated(l, line.Rate, item("lines", i, "rate"))
		}
	}
}

func (c category) allowancesRated(l *look, charges bool) {
	l.allowances(false, func(a *en16931.AllowanceCharge, at string) {
		if a.Charge == charges && a.Category == c.code {
			c.rated(l, a.Rate, at+".rate")
		}
	})
}

func (c category) rated(l *look, rate en16931.Number, at string) {
	if c.rate == none {
		if rate != nil {
			l.add(at, "leave the rate out", "VAT category %s has no rate", c.code)
		}
		return
	}
	sign := value(rate).Sign()
	switch {
	case rate == nil:
		l.add(at, "give the rate", "VAT category %s needs a rate", c.code)
	case c.rate == above && sign <= 0, c.rate == zero && sign != 0, c.rate == atLeast && sign < 0:
		l.add(at, "check category and rate", "VAT category %s does not go with the rate %s", c.code, rate.String())
	}
}

func (c category) eachGroup(holds func(l *look, b *en16931.TaxBreakdown, at string)) func(*look) {
	return func(l *look) {
		for i := range l.d.Breakdown {
			if b := &l.d.Breakdown[i]; b.Category == c.code {
				holds(l, b, item("breakdown", i, ""))
			}
		}
	}
}

// taxableAddsUp: the base of a group is what is sold in it. The published rules are exact where no VAT is charged and accept a
// difference below 1.00 where it is.
func (c category) taxableAddsUp(l *look, b *en16931.TaxBreakdown, at string) {
	if b.Rate == nil && c.rate.charged() {
		return // BR-48
	}
	if !c.rate.charged() {
		l.should("BT-116", at+".taxable", b.Taxable, l.use(c).taxable)
		return
	}
	if sum := l.taxable(b); value(b.Taxable).Sub(sum).Abs().GreaterThanOrEqual(one) || !l.soldAt(b) {
		l.should("BT-116", at+".taxable", b.Taxable, sum)
	}
}

// taxable adds up what is sold in a category at a rate.
func (l *look) taxable(b *en16931.TaxBreakdown) (sum decimal.Decimal) {
	for i := range l.d.Lines {
		if line := &l.d.Lines[i]; sameTax(line.Category, line.Rate, b) {
			sum = sum.Add(value(line.Net))
		}
	}
	for i := range l.d.AllowanceCharges {
		if a := &l.d.AllowanceCharges[i]; sameTax(a.Category, a.Rate, b) {
			sum = sum.Add(signed(a))
		}
	}
	return sum
}

func (l *look) soldAt(b *en16931.TaxBreakdown) bool {
	return slices.ContainsFunc(l.d.Lines, func(line en16931.Line) bool { return sameTax(line.Category, line.Rate, b) }) ||
		slices.ContainsFunc(l.d.AllowanceCharges, func(a en16931.AllowanceCharge) bool { return sameTax(a.Category, a.Rate, b) })
}

func sameTax(code string, rate en16931.Number, b *en16931.TaxBreakdown) bool {
	return code == b.Category && value(rate).Equal(value(b.Rate))
}

func (c category) taxIsRight(l *look, b *en16931.TaxBreakdown, at string) {
	want := decimal.Zero
	if c.rate.charged() {
		if want = taxOf(*b); value(b.Amount).Sub(want).Abs().LessThan(one) {
			return
		}
	}
	l.should("BT-117", at+".amount", b.Amount, want)
}

func (c category) reasonIsRight(l *look, b *en16931.TaxBreakdown, at string) {
	given := b.Reason != "" || b.ReasonCode != ""
	switch {
	case given && (c.rate.charged() || c.code == "Z"):
		l.mustNotBe("BT-120", at+".reason")
	case !given && !c.rate.charged() && c.code != "Z":
		l.missing("BT-120", at+".reason")
	}
}

// alone: what is outside the scope of VAT shares its document with nothing else.
func (l *look) alone(code, at string) {
	if l.grouped("O") > 0 && code != "O" {
		l.alike("O", at)
	}
}

func (l *look) alike(code, at string) {
	l.add(at, "write a document of its own for it", "VAT category %s cannot share a document with the others here", code)
}

func (l *look) allowancesAlone(charges bool) {
	l.allowances(false, func(a *en16931.AllowanceCharge, at string) {
		if a.Charge == charges {
			l.alone(a.Category, at+".category")
		}
	})
}

// splitPaymentIsItalian: category B is a matter between Italians.
func splitPaymentIsItalian(l *look) {
	d := l.d
	for _, country := range []string{d.Seller.Address.Country, d.Buyer.Address.Country, d.Delivery.Address.Country, d.Representative.Address.Country} {
		if l.used["B"] != nil && country != "" && country != "IT" {
			l.alike("B", "breakdown")
		}
	}
}
