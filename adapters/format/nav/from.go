package nav

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

// report is one invoice on its way into a File.
type report struct {
	national.Check
	inv    contracts.Invoice
	of     *national.Correction
	facts  Facts
	period en16931.Period
	sign   int64 // -1 for a credit note
}

const taxNumber = "hu.adoszam"

var (
	taxNumberShape = regexp.MustCompile(`^(\d{8})-?([1-5])-?(\d{2})$`)
	shortNumber    = regexp.MustCompile(`^HU(\d{8})$`)
	vatShape       = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z]{2,13}$`)
	postCodeShape  = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 \-]{1,8}[A-Z0-9]$`)
)

func (r *report) file() File {
	f := File{Number: r.inv.Number, Issued: r.inv.IssueDate, Supplier: r.supplier(), Customer: r.customer(), Detail: r.detail(), Merged: "false",
		Complete: "false"} // the report is not the invoice itself
	if r.of != nil {
		f.Reference = Reference{Number: r.of.Number, WithoutMaster: "false", Index: fmt.Sprint(max(1, r.facts.Modification))} // the invoice has been reported
	}
	for i, l := range r.inv.Lines {
		f.Lines = append(f.Lines, r.line(i, l))
	}
	r.sum(&f)
	return f
}

func (r *report) supplier() Supplier {
	p := r.inv.Seller
	return Supplier{TaxNumber: taxNumberOf(taxNumberShape.FindStringSubmatch(national.Number(p, taxNumber))), VATID: p.VATID, Name: strings.TrimSpace(p.Name),
		Address: address(p.Address), Account: r.inv.PayTo}
}

// taxNumberOf has the parts of an adószám: taxpayer, VAT code, county. Of a VAT number only the first is known.
func taxNumberOf(parts []string) TaxNumber {
	n := TaxNumber{Taxpayer: parts[1]}
	if len(parts) == 4 {
		n.VATCode, n.County = parts[2], parts[3]
	}
	return n
}

func (r *report) domesticNumber() []string {
	if parts := taxNumberShape.FindStringSubmatch(national.Number(r.inv.Buyer, taxNumber)); parts != nil {
		return parts
	}
	return shortNumber.FindStringSubmatch(r.inv.Buyer.VATID)
}

// Statuses of a Customer.
const (
	private  = "PRIVATE_PERSON"
	domestic = "DOMESTIC"
	other    = "OTHER"
)

// customer: of a private person nothing is reported but that it is one.
func (r *report) customer() Customer {
	p := r.inv.Buyer
	if p.Kind == contracts.Consumer {
		return Customer{Status: private}
	}
	c := Customer{Status: other, Name: strings.TrimSpace(p.Name), Address: address(p.Address)}
	switch {
	case p.Address.Country == "HU":
		c.Status, c.TaxNumber = domestic, taxNumberOf(r.domesticNumber())
	case p.VATID != "" && (national.InEU(p.Address.Country) || strings.HasPrefix(p.VATID, "XI")):
		c.VATID = p.VATID
	default:
		c.ThirdState = r.foreignNumber(p)
	}
	return c
}

func (r *report) foreignNumber(p contracts.Party) string {
	if p.VATID == "" && len(p.Registrations) > 0 {
		return p.Registrations[0].Value
	}
	return p.VATID
}

// noPostCode stands where there are no post codes.
const noPostCode = "0000"

func address(a contracts.Address) Address {
	code := a.PostalCode
	if code == "" {
		code = noPostCode
	}
	return Address{Country: string(a.Country), PostCode: code, Town: strings.TrimSpace(a.Town), Detail: strings.TrimSpace(a.Street)}
}

func (r *report) detail() Detail {
	inv, f := r.inv, r.facts
	d := Detail{Category: "NORMAL", Delivered: inv.SupplyDate, Currency: string(inv.Currency), ExchangeRate: national.Fixed(r.rate(), 0),
		PaymentMethod: "TRANSFER", PaymentDate: inv.DueDate, Appearance: f.Appearance}
	if r.period.Start != r.period.End {
		d.Start, d.End = r.period.Start, r.period.End
	}
	if f.SmallBusiness {
		d.SmallBusiness = "true"
	}
	if d.Appearance == "" {
		d.Appearance = "ELECTRONIC"
	}
	if inv.OrderReference != "" {
		d.ConventionalInfo.Orders = []string{r.Longest("order_reference", inv.OrderReference, 100)}
	}
	return d
}

// units are those the schema names; others are told as the seller's own.
var units = map[string]string{"HUR": "HOUR", "DAY": "DAY", "MON": "MONTH", "MIN": "MINUTE", "C62": "PIECE", "": "PIECE", "KMT": "KILOMETER", "KGM": "KILOGRAM", "MTR": "METER", "LTR": "LITER"}

func (r *report) line(i int, l contracts.Line) Line {
	to := Line{Number: fmt.Sprint(i + 1), Expressed: "true", Nature: "SERVICE", Description: strings.TrimSpace(l.Description), Unit: units[l.Unit],
		Quantity: national.Fixed(l.Quantity.Mul(decimal.New(r.sign, 0)), 0), Price: national.Fixed(l.Price.Decimal, 2), HUF: national.Fixed(l.Price.Mul(r.rate()).Round(10), 2)}
	if r.of != nil {
		before := r.facts.LinesBefore
		if before == 0 {
			before = len(r.inv.Lines)
		}
		to.Modifies, to.Operation = fmt.Sprint(before+i+1), "CREATE" // new lines of the chain that begins with the invoice
	}
	if to.Unit == "" {
		to.Unit, to.OwnUnit = "OWN", l.Unit
	}
	net, vat := r.amounts(l.Net), r.amounts(l.Tax.Rate.Of(l.Net))
	to.Net, to.Rate, to.VAT, to.Gross = net.pair(), r.vatRate(l.Tax), vat.pair(), net.plus(vat).pair()
	return to
}

func (r *report) sum(f *File) {
	t := r.inv.Totals
	net, vat := amount{in: r.amounts(t.TaxExclusive).in}, amount{in: r.amounts(t.Tax).in}
	for _, b := range t.Breakdown {
		n, v := r.amounts(b.Taxable), r.amounts(b.Amount)
		net.huf, vat.huf = net.huf.Add(n.huf), vat.huf.Add(v.huf)
		f.Rates = append(f.Rates, RateSummary{Rate: r.vatRate(b.Tax), Net: n.pair(), VAT: v.pair(), Gross: n.plus(v).pair()})
	}
	if a := r.inv.AccountingTax; a != nil {
		vat.huf = a.Amount.Mul(decimal.New(r.sign, 0)) // what the invoice says, to the fillér
	}
	f.Net, f.VAT = net.pair(), vat.pair()
	f.Gross = amount{r.amounts(t.TaxInclusive).in, net.huf.Add(vat.huf)}.pair()
}
