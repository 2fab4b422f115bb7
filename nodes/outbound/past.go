package outbound

import (
	"fmt"

	"passerelle/contracts"
	"passerelle/nodes/member"
)

// past is one line of the file, read: a document as its old system issued it.
type past struct {
	row      Row
	member   member.Member
	activity member.Activity
	document Document
	credits  string // number of the invoice it takes back
	paidOn   contracts.Date
}

// cells reads the values of a row and collects what is wrong with them.
type cells struct {
	row    Row
	faults contracts.Faults
}

func (c *cells) text(name string) string { return c.row.Cell(name) }

func (c *cells) date(name string, otherwise contracts.Date) (d contracts.Date) {
	if c.text(name) == "" {
		return otherwise
	}
	d, err := contracts.ParseDate(c.text(name))
	c.faults.Add(name, err)
	return d
}

func (c *cells) money(name string, currency contracts.Currency) contracts.Money {
	s := c.text(name)
	if s == "" {
		return contracts.Zero(currency)
	}
	m, err := contracts.ParseMoney(s, currency)
	if err != nil {
		c.faults.Add(name, err)
		return contracts.Zero(currency)
	}
	if m.Sign() < 0 || m.IsZero() && name == "net" {
		c.faults.Addf(contracts.FaultAmount, name, "write it positive; a credit note names its invoice in the column credits", "%s is not above zero", s)
	}
	return m
}

func (c *cells) percent(name string) (p contracts.Percent) {
	if c.text(name) == "" {
		return p
	}
	p, err := contracts.ParsePercent(c.text(name))
	c.faults.Add(name, err)
	return p
}

// readPast turns a row into a document, by the country's rules of its own date; none lies after today. Every fault of the row is returned.
func readPast(law Law, seller Seller, row Row, today contracts.Date) (past, error) {
	c := &cells{row: row}
	for _, column := range Columns {
		if column.Required && c.text(column.Name) == "" {
			c.faults.Addf(contracts.FaultMissing, column.Name, column.Means, "empty")
		}
	}
	currency := contracts.Currency(c.text("currency"))
	c.faults.Add("", law.AllowsCurrency(currency, law.Config))
	if err := c.faults.Err(); err != nil {
		return past{}, err
	}
	p := past{row: row, credits: c.text("credits"), paidOn: c.date("paid_on", contracts.Date{})}
	p.member = member.Member{Reference: c.text("member"), Name: c.text("member_name"), Kind: contracts.MemberKind(c.text("member_kind"))}
	if p.member.Kind == "" {
		p.member.Kind = contracts.Individual
	}
	c.faults.Add("member_kind", p.member.Kind.Validate())
	p.activity = member.Activity{Reference: c.text("activity"), Name: c.text("activity_name")}
	if p.activity.Name == "" {
		p.activity.Name = p.activity.Reference
	}
	p.document = c.document(law, seller, currency)
	if !p.paidOn.IsZero() && p.paidOn.Before(p.document.Invoice.IssueDate) {
		c.faults.Addf(contracts.FaultDate, "paid_on", "check both days", "paid on %s, before the issue on %s", p.paidOn, p.document.Invoice.IssueDate)
	}
	for column, day := range map[string]contracts.Date{"issue_date": p.document.Invoice.IssueDate, "paid_on": p.paidOn} {
		if day.After(today) {
			c.faults.Addf(contracts.FaultDate, column, "check the year", "%s is in the future", day)
		}
	}
	if p.credits != "" && !p.paidOn.IsZero() {
		c.faults.Addf(contracts.FaultInvalid, "paid_on", "leave it empty", "a credit note is not paid by the buyer")
	}
	return p, c.faults.Err()
}

func (c *cells) document(law Law, seller Seller, currency contracts.Currency) Document {
	issued := c.date("issue_date", contracts.Date{})
	inv := contracts.Invoice{
		Number: c.text("number"), IssueDate: issued, SupplyDate: c.date("supply_date", issued), DueDate: c.date("due_date", issued.AddDays(defaultTerm)),
		Currency: currency, Seller: seller.Party, Buyer: c.buyer(law), PerformedIn: contracts.CountryCode(c.text("performed_in")),
	}
	if len(inv.Number) > 60 {
		c.faults.Addf(contracts.FaultInvalid, "number", "check the column", "longer than 60 bytes")
	}
	if inv.PerformedIn != "" {
		c.faults.Add("performed_in", inv.PerformedIn.Validate())
	}
	service := contracts.Service(c.text("service"))
	if service == "" {
		service = contracts.ServiceGeneral
	}
	c.faults.Add("service", service.Validate())
	inv.Lines, inv.Totals = c.amounts(currency, service)
	c.checkTax(inv)
	return Document{Kind: KindInvoice, Invoice: inv, Service: service, Open: inv.Totals.Payable, Origin: Imported, Fingerprint: c.row.fingerprint()}
}

func (c *cells) buyer(law Law) contracts.Party {
	b := contracts.Party{Name: c.text("buyer_name"), Kind: contracts.BuyerKind(c.text("buyer_kind")), Sector: contracts.Sector(c.text("buyer_sector")),
		Address: contracts.Address{Country: contracts.CountryCode(c.text("buyer_country"))}}
	c.faults.Add("buyer_country", b.Address.Country.Validate())
	c.faults.Add("buyer_sector", b.Sector.Validate())
	if b.Kind != contracts.Business && b.Kind != contracts.Consumer {
		c.faults.Addf(contracts.FaultInvalid, "buyer_kind", `write "business" or "consumer"`, "%.40q is no kind of buyer", string(b.Kind))
	}
	if id := c.text("buyer_vat_id"); id != "" {
		normal, err := law.Atlas.CheckVATID(id)
		for _, f := range contracts.FaultsOf(err) {
			f.Field = "buyer_vat_id"
			c.faults = append(c.faults, f)
		}
		b.VATID = normal
	}
	return b
}

// amounts takes VAT as printed: it is history, and older systems rounded otherwise. checkTax bounds the difference.
func (c *cells) amounts(currency contracts.Currency, service contracts.Service) ([]contracts.Line, contracts.Totals) {
	net, vat := c.money("net", currency), c.money("vat", currency)
	tax := contracts.Tax{Category: contracts.TaxCategory(c.text("vat_category")), Rate: c.percent("vat_rate")}
	gross := contracts.Money{Amount: net.Amount.Add(vat.Amount), Currency: currency}
	line := contracts.Line{Description: c.text("description"), Service: service, Quantity: contracts.MustDecimal("1"), Price: contracts.Decimal{Decimal: net.Amount}, Net: net, Tax: tax}
	return []contracts.Line{line}, contracts.Totals{Lines: net, TaxExclusive: net, Tax: vat, TaxInclusive: gross, Payable: gross,
		Breakdown: []contracts.TaxBreakdown{{Tax: tax, Taxable: net, Amount: vat}}}
}

// roundingSlack is how far printed VAT may lie from rate times base: the tolerance of EN 16931 (BR-CO-17) is one unit; five hundredths
// cover every habit of rounding lines.
var roundingSlack = contracts.MustDecimal("0.05")

func (c *cells) checkTax(inv contracts.Invoice) {
	b := inv.Totals.Breakdown[0]
	c.faults.Add("vat_category", b.Category.Validate())
	charged := b.Category == contracts.StandardRated
	switch {
	case charged && !b.Rate.IsPositive():
		c.faults.Addf(contracts.FaultMissing, "vat_rate", "give the rate in percent", "category S without a rate")
	case !charged && (b.Rate.IsPositive() || !b.Amount.IsZero()):
		c.faults.Addf(contracts.FaultInvalid, "vat", "check category, rate and amount", "category %s carries no VAT", b.Category)
	case charged && b.Rate.Of(b.Taxable).Amount.Sub(b.Amount.Amount).Abs().GreaterThan(roundingSlack.Decimal):
		c.faults.Addf(contracts.FaultAmount, "vat", "check net, rate and VAT", "%s %% of %s is %s, not %s", b.Rate, b.Taxable, b.Rate.Of(b.Taxable), b.Amount)
	}
	if b.Category == contracts.ReverseCharge && c.text("buyer_vat_id") == "" {
		c.faults.Addf(FaultVATID, "buyer_vat_id", "give the number the invoice was issued with", "reverse charge needs the buyer's VAT number")
	}
	if inv.SupplyDate.After(inv.IssueDate.AddDays(366)) || inv.DueDate.Before(inv.IssueDate) {
		c.faults.Addf(contracts.FaultDate, "supply_date", "check issue, supply and due date", "the dates do not fit together")
	}
}

// giveContribution looks up what the member gave, by kind, service and the document's own date.
func (p *past) giveContribution(law Law, seller Seller) error {
	inv := p.document.Invoice
	rate, term, err := law.contribution(inv.IssueDate, p.member.Kind, p.document.Service)
	if err != nil {
		var fs contracts.Faults
		fs.Add("", err)
		return fs.Err()
	}
	p.document.MemberKind, p.document.Rate, p.document.RateSource = p.member.Kind, rate, term.Source
	p.document.Contribution = rate.Of(inv.Totals.TaxExclusive)
	p.document.Guarantee = seller.GuaranteeShare.Of(p.document.Contribution)
	return nil
}

// at names the place of a fault for people: line and column.
func (r Row) at(f contracts.Fault) contracts.Fault { return f.At(fmt.Sprintf("line %d", r.Line)) }
