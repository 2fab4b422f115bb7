package ebinterface

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func (d *document) write(walk *xmltree.Walk) {
	inv := d.inv
	d.w = national.Writer{Walk: walk}
	w := d.w
	w.Put("InvoiceNumber", inv.Number)
	w.Day("InvoiceDate", inv.IssueDate)
	if d.of != nil {
		w.Group("RelatedDocument", func() {
			w.Put("InvoiceNumber", d.of.Number)
			w.Day("InvoiceDate", d.of.Issued)
			w.Put("DocumentType", "Invoice")
		})
	}
	w.Group("Delivery", d.delivery)
	w.Group("Biller", d.biller)
	w.Group("InvoiceRecipient", d.recipient)
	w.Group("Details", func() {
		w.Group("ItemList", func() {
			for i, l := range inv.Lines {
				w.Group("ListLineItem", func() { d.line(i, l) })
			}
		})
	})
	w.Group("Tax", d.tax)
	w.Amount("TotalGrossAmount", inv.Totals.TaxInclusive.Amount, 2)
	w.Amount("PayableAmount", inv.Totals.Payable.Amount, 2)
	if d.of == nil {
		w.Group("PaymentMethod", d.payment)
		w.Group("PaymentConditions", func() { w.Day("DueDate", inv.DueDate) })
	}
	w.Put("Comment", d.comment())
}

func (d *document) delivery() {
	if d.period.Start == d.period.End {
		d.w.Day("Date", d.period.Start)
		return
	}
	d.w.Group("Period", func() {
		d.w.Day("FromDate", d.period.Start)
		d.w.Day("ToDate", d.period.End)
	})
}

// noUID stands for the number of a party that has none, or need not show it.
const noUID = "ATU00000000"

func (d *document) identify(p contracts.Party) {
	d.w.Put("VATIdentificationNumber", cmp.Or(p.VATID, noUID))
	for _, id := range []struct{ scheme, kind string }{{"at.fn", "FN"}, {"at.zvr", "VN"}, {"at.steuernummer", "FASTNR"}} {
		d.w.Put("FurtherIdentification", national.Number(p, id.scheme), national.Attr("IdentificationType", id.kind))
	}
}

func (d *document) address(p contracts.Party) {
	a := p.Address
	d.w.Group("Address", func() {
		d.w.Put("Name", strings.TrimSpace(p.Name))
		d.w.Put("Street", a.Street)
		d.w.Put("Town", a.Town)
		d.w.Put("ZIP", cmp.Or(a.PostalCode, "-")) // some countries have no post codes
		d.w.Put("Country", string(a.Country), national.Attr("CountryCode", string(a.Country)))
		d.w.Put("Email", p.Email)
	})
}

func (d *document) biller() {
	d.identify(d.inv.Seller)
	d.address(d.inv.Seller)
	if c := d.facts.Contact; c.Name != "" {
		d.w.Group("Contact", func() {
			d.w.Put("Name", c.Name)
			d.w.Put("Phone", c.Phone)
			d.w.Put("Email", c.Email)
		})
	}
	d.w.Put("InvoiceRecipientsBillerID", d.facts.SupplierNumber)
}

// recipient: the order is what the buyer finds the invoice by; without one it is its own reference.
func (d *document) recipient() {
	inv := d.inv
	d.identify(inv.Buyer)
	d.w.Group("OrderReference", func() {
		d.w.Put("OrderID", cmp.Or(inv.OrderReference, inv.BuyerReference))
		if inv.OrderReference != "" {
			d.w.Put("Description", inv.BuyerReference)
		}
	})
	d.address(inv.Buyer)
}

func (d *document) line(i int, l contracts.Line) {
	w := d.w
	w.Put("PositionNumber", fmt.Sprint(i+1))
	w.Put("Description", l.Description)
	w.Amount("Quantity", l.Quantity.Decimal, 0, national.Attr("Unit", cmp.Or(l.Unit, "C62")))
	price, base := scaled(l.Price.Decimal)
	w.Amount("UnitPrice", price, 2, national.Attr("BaseQuantity", base))
	w.Group("TaxItem", func() {
		w.Amount("TaxableAmount", l.Net.Amount, 2)
		d.rate(l.Tax)
	})
	w.Amount("LineItemAmount", l.Net.Amount, 2)
}

// scaled: a price has four decimals, so a finer one is told for a hundred.
func scaled(price decimal.Decimal) (_ decimal.Decimal, base string) {
	if price.Equal(price.Truncate(4)) {
		return price, ""
	}
	return price.Shift(2), "100"
}

// rate: the code list is UNCL 5305, where a reduced rate is AA.
func (d *document) rate(t contracts.Tax) {
	code := string(t.Category)
	if t.Category == contracts.StandardRated && !t.Rate.Equal(standard) {
		code = "AA"
	}
	d.w.Amount("TaxPercent", t.Rate.Decimal, 0, national.Attr("TaxCategoryCode", code))
}

var standard = contracts.MustPercent("20")

func (d *document) tax() {
	all := d.inv.Totals.Breakdown
	own := d.accounting()
	for i, b := range all {
		d.w.Group("TaxItem", func() {
			d.w.Amount("TaxableAmount", b.Taxable.Amount, 2)
			d.rate(b.Tax)
			d.w.Amount("TaxAmount", b.Amount.Amount, 2)
			if own != nil {
				d.w.Amount("AccountingCurrencyAmount", own[i].Amount, 2, national.Attr("Currency", string(own[i].Currency)))
			}
			d.w.Put("Comment", b.Reason)
		})
	}
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
		d.w.Fault(contracts.FaultAmount, "accounting_tax", "", "the VAT in %s does not follow that of the invoice", a.Currency)
		return nil
	}
	return parts
}

func (d *document) payment() {
	d.w.Group("UniversalBankTransaction", func() {
		d.w.Group("BeneficiaryAccount", func() {
			d.w.Put("BIC", d.facts.BIC)
			d.w.Put("IBAN", d.inv.PayTo)
			d.w.Put("BankAccountOwner", d.owner())
		})
		d.w.Put("PaymentReference", cmp.Or(d.facts.Remittance, fits(d.inv.Number)))
	})
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
