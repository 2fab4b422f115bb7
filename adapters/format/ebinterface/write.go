package ebinterface

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

func (d *document) file() File {
	inv := d.inv
	f := File{System: "Passerelle", Kind: "Invoice", Currency: string(inv.Currency), Number: inv.Number, Date: inv.IssueDate, Comment: d.comment()}
	if l := inv.Buyer.Language; len(l) == 2 {
		f.Language = l
	}
	if d.of != nil {
		f.Kind = "CreditMemo"
		f.Related = []Related{{Number: d.of.Number, Date: d.of.Issued, Kind: "Invoice"}}
	} else {
		f.Method, f.Conditions = d.payment(), Conditions{Due: inv.DueDate}
	}
	f.Delivery = d.delivery()
	f.Biller, f.Recipient = d.biller(), d.recipient()
	list := List{}
	for i, l := range inv.Lines {
		list.Lines = append(list.Lines, d.line(i, l))
	}
	f.Lists = []List{list}
	f.Taxes = d.tax()
	f.Gross, f.Payable = national.Fixed(inv.Totals.TaxInclusive.Amount, 2), national.Fixed(inv.Totals.Payable.Amount, 2)
	return f
}

func (d *document) delivery() Delivery {
	if d.period.Start == d.period.End {
		return Delivery{Date: d.period.Start}
	}
	return Delivery{From: d.period.Start, To: d.period.End}
}

// noUID stands for the number of a party that has none, or need not show it.
const noUID = "ATU00000000"

func party(p contracts.Party) Party {
	to := Party{VATID: cmp.Or(p.VATID, noUID), Address: address(p)}
	for _, id := range []struct{ scheme, kind string }{{"at.fn", "FN"}, {"at.zvr", "VN"}, {"at.steuernummer", "FASTNR"}} {
		if number := national.Number(p, id.scheme); number != "" {
			to.Further = append(to.Further, Keyed{Key: id.kind, Text: number})
		}
	}
	return to
}

func address(p contracts.Party) Address {
	a := p.Address
	to := Address{Name: strings.TrimSpace(p.Name), Street: a.Street, Town: a.Town, ZIP: cmp.Or(a.PostalCode, noZIP), CountryCode: string(a.Country), Country: string(a.Country)}
	if p.Email != "" {
		to.Emails = []string{p.Email}
	}
	return to
}

// noZIP is for the countries that have no post codes.
const noZIP = "-"

func (d *document) biller() Party {
	p := party(d.inv.Seller)
	if c := d.facts.Contact; c.Name != "" {
		p.Contact = Contact{Name: c.Name, Phones: []string{c.Phone}, Emails: []string{c.Email}}
	}
	p.Counterpart = d.facts.SupplierNumber
	return p
}

// recipient: the order is what the buyer finds the invoice by; without one it is its own reference.
func (d *document) recipient() Party {
	inv, p := d.inv, party(d.inv.Buyer)
	p.Order.ID = cmp.Or(inv.OrderReference, inv.BuyerReference)
	if inv.OrderReference != "" {
		p.Order.Description = inv.BuyerReference
	}
	return p
}

func (d *document) line(i int, l contracts.Line) Line {
	price, base := scaled(l.Price.Decimal)
	to := Line{Position: fmt.Sprint(i + 1), Descriptions: []string{l.Description}, Quantity: national.Fixed(l.Quantity.Decimal, 0), Unit: cmp.Or(l.Unit, "C62"),
		Price: national.Fixed(price, 2), PriceBase: base, Tax: rate(l.Tax), Amount: national.Fixed(l.Net.Amount, 2)}
	to.Tax.Taxable = to.Amount
	return to
}

// scaled: a price has four decimals, so a finer one is told for a hundred.
func scaled(price decimal.Decimal) (_ decimal.Decimal, base string) {
	if price.Equal(price.Truncate(4)) {
		return price, ""
	}
	return price.Shift(2), "100"
}

// rate: the code list is UNCL 5305, where a reduced rate is AA.
func rate(t contracts.Tax) TaxItem {
	item := TaxItem{Category: string(t.Category), Percent: national.Fixed(t.Rate.Decimal, 0)}
	if t.Category == contracts.StandardRated && !t.Rate.Equal(standard) {
		item.Category = reduced
	}
	return item
}

const reduced = "AA"

var standard = contracts.MustPercent("20")

func (d *document) tax() (items []TaxItem) {
	own := d.accounting()
	for i, b := range d.inv.Totals.Breakdown {
		item := rate(b.Tax)
		item.Taxable, item.Amount, item.Comment = national.Fixed(b.Taxable.Amount, 2), national.Fixed(b.Amount.Amount, 2), b.Reason
		if own != nil {
			item.Accounting, item.Currency = national.Fixed(own[i].Amount, 2), string(own[i].Currency)
		}
		items = append(items, item)
	}
	return items
}

// accounting splits the VAT in the seller's own currency over the rates, to the cent.
func (d *document) accounting() []contracts.Money {
	a := d.inv.AccountingTax
	if a == nil {
		return nil
	}
	weights := make([]decimal.Decimal, len(d.inv.Totals.Breakdown))
	for i, b := range d.inv.Totals.Breakdown {
		weights[i] = b.Amount.Amount
	}
	parts, err := a.Split(weights...)
	if err != nil {
		d.Addf(contracts.FaultAmount, "accounting_tax", "", "the VAT in %s does not follow that of the invoice", a.Currency)
		return nil
	}
	return parts
}

func (d *document) payment() Method {
	account := Account{BIC: d.facts.BIC, IBAN: d.inv.PayTo, Owner: d.owner()}
	return Method{Accounts: []Account{account}, Reference: cmp.Or(d.facts.Remittance, fits(d.inv.Number))}
}

// owner is left out when the seller's name is longer than its place: the account says who it is.
func (d *document) owner() string {
	name := cmp.Or(d.facts.AccountName, strings.TrimSpace(d.inv.Seller.Name))
	if len([]rune(name)) > 70 {
		return ""
	}
	return name
}

func fits(number string) string {
	if len([]rune(number)) > 35 {
		return ""
	}
	return number
}
