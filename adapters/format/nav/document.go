package nav

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Document says the report in the terms of EN 16931. A modification that takes back is a credit note, with the amounts positive as
// the norm has them. Codes that the norm has no term for stand in texts, as in the reason "KBAET Áfa tv. 89. §". What only served
// the report (completeness, appearance) stays in the File, and so do the amounts in HUF but the VAT, which follow from the rate.
// Faults with code not-carried name what else the report says and the document does not.
func (f File) Document() (en16931.Document, error) {
	if len(f.Simplified) > 0 {
		return en16931.Document{}, contracts.Fault{Code: FaultSimplified, Field: "/InvoiceData", Message: "a simplified invoice tells no amounts without VAT", Remedy: "ask the seller for an invoice that tells the VAT"}
	}
	r := &reading{file: f, back: f.Reference.Number != "" && value(f.Gross.Amount).IsNegative()}
	return r.document(), r.faults.Err()
}

// FaultSimplified says that a document tells only what was paid.
const FaultSimplified contracts.FaultCode = "simplified"

// reading is a file on its way into the terms of the norm.
type reading struct {
	file   File
	back   bool // it takes back: signs turn
	faults contracts.Faults
}

func (r *reading) document() en16931.Document {
	f := r.file
	d := en16931.Document{Number: f.Number, IssueDate: f.Issued, Type: r.kind(), Currency: f.Detail.Currency, DueDate: f.Detail.PaymentDate,
		Seller: f.Supplier.party(), Buyer: f.Customer.party(), Notes: f.notes(), Period: en16931.Period{Start: f.Detail.Start, End: f.Detail.End},
		Representative: en16931.TaxRepresentative{Name: f.Representative.Name, VATID: f.Representative.TaxNumber.vatID(), Address: f.Representative.Address.terms()}}
	d.Delivery.Date = f.Detail.Delivered
	if f.Detail.CashAccounting == "true" {
		d.TaxPointCode = "432" // VAT falls due when it is paid
	}
	if f.Reference.Number != "" {
		d.Preceding = []en16931.PrecedingInvoice{{Number: f.Reference.Number}}
	}
	r.related(&d)
	for i, l := range f.Lines {
		d.Lines = append(d.Lines, r.line(i, l))
	}
	r.totals(&d)
	r.payment(&d)
	r.rest()
	return d
}

// kind is a code of UNTDID 1001 (BT-3).
func (r *reading) kind() string {
	self := r.file.Detail.SelfBilling == "true"
	switch {
	case r.back && self:
		return "261"
	case r.back:
		return "381"
	case self:
		return "389"
	case r.file.Reference.Number != "":
		return "383"
	}
	return "380"
}

// lost notes what has no term.
func (r *reading) lost(path, what string) {
	if what != "" {
		r.faults.Addf(xmltree.FaultNotCarried, "/InvoiceData/invoiceMain/invoice/"+path, "", "this is not carried: %s", what)
	}
}

func (r *reading) rest() {
	f, head := r.file, "invoiceHead/"
	r.lost(head+"supplierInfo/groupMemberTaxNumber", f.Supplier.GroupMember.text())
	r.lost(head+"customerInfo/customerVatData/customerTaxNumber/groupMemberTaxNumber", f.Customer.GroupMember.text())
	r.lost(head+"customerInfo/customerBankAccountNumber", f.Customer.Account)
	r.lost(head+"fiscalRepresentativeInfo/fiscalRepresentativeBankAccountNumber", f.Representative.Account)
	r.lost(head+"invoiceDetail/invoiceAccountingDeliveryDate", f.Detail.Accounted.String())
}

func (n TaxNumber) text() string {
	return strings.TrimRight(n.Taxpayer+"-"+n.VATCode+"-"+n.County, "-")
}

func (n TaxNumber) vatID() string {
	if n.Taxpayer == "" {
		return ""
	}
	return "HU" + n.Taxpayer
}

func (s Supplier) party() en16931.Party {
	p := en16931.Party{Name: s.Name, VATID: s.VATID, Address: s.Address.terms(), LegalNote: sentence(labelled("individualExemption", s.Exempt), labelled("exciseLicenceNum", s.Licence))}
	if n := s.TaxNumber.text(); n != "" {
		p.TaxRegistration = en16931.Identifier{Scheme: "TAX", Value: n}
	}
	return p
}

func (c Customer) party() en16931.Party {
	p := en16931.Party{Name: c.Name, VATID: c.VATID, Address: c.Address.terms()}
	if n := cmp.Or(c.ThirdState, c.TaxNumber.text()); n != "" {
		p.IDs = []en16931.Identifier{{Value: n}}
	}
	if c.Status == private {
		p.LegalNote = "customerVatStatus " + private
	}
	return p
}

func (a Address) terms() en16931.Address {
	to := en16931.Address{Line1: a.Detail, City: a.Town, PostCode: a.PostCode, Subdivision: a.Region, Country: a.Country}
	if a.detailed() {
		to.Line1 = strings.Join(strings.Fields(a.Street+" "+a.Kind+" "+a.Number), " ")
		to.Line2 = sentence(labelled("building", a.Building), labelled("staircase", a.Staircase), labelled("floor", a.Floor), labelled("door", a.Door), labelled("lotNumber", a.Lot))
	}
	if a.PostCode == noPostCode {
		to.PostCode = ""
	}
	return to
}

func (f File) notes() (notes []en16931.Note) {
	d := f.Detail
	texts := []string{labelled("modificationIndex", f.Reference.Index), labelled("periodicalSettlement", d.Periodical), labelled("smallBusinessIndicator", d.SmallBusiness),
		labelled("utilitySettlementIndicator", d.Utility)}
	if d.Category != "NORMAL" {
		texts = append(texts, labelled("invoiceCategory", d.Category))
	}
	if d.Currency != string(contracts.HUF) {
		texts = append(texts, labelled("exchangeRate", digits(d.ExchangeRate)))
	}
	if f.Reference.WithoutMaster == "true" {
		texts = append(texts, "modifyWithoutMaster true")
	}
	for _, a := range d.Additional {
		texts = append(texts, fmt.Sprintf("%s (%s): %s", a.Name, a.Description, a.Value))
	}
	for _, t := range texts {
		if t != "" {
			notes = append(notes, en16931.Note{Text: t})
		}
	}
	return notes
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

func sentence(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "; ")
}

func digits(n en16931.Number) string {
	if n == nil {
		return ""
	}
	return xmltree.Digits(*n)
}

// related are the numbers that the parties know things by: the norm has room for one of each, and for some not at all.
func (r *reading) related(d *en16931.Document) {
	c := r.file.Detail.ConventionalInfo
	var supplier, customer string
	terms := map[string]*string{"orderNumbers": &d.Order, "deliveryNotes": &d.DespatchAdvice, "contractNumbers": &d.Contract, "projectNumbers": &d.Project,
		"costCenters": &d.BuyerAccount, "glnNumbersSupplier": &supplier, "glnNumbersCustomer": &customer}
	for _, one := range c.all() {
		for i, v := range *one.list {
			if to := terms[one.group]; to != nil && i == 0 {
				*to = v
			} else {
				r.lost("invoiceHead/invoiceDetail/conventionalInvoiceInfo/"+one.group, v)
			}
		}
	}
	if supplier != "" {
		d.Seller.IDs = append(d.Seller.IDs, en16931.Identifier{Scheme: gln, Value: supplier})
	}
	if customer != "" {
		d.Buyer.IDs = append(d.Buyer.IDs, en16931.Identifier{Scheme: gln, Value: customer})
	}
}

// gln is the ISO 6523 scheme of GS1's location numbers.
const gln = "0088"

func value(n en16931.Number) decimal.Decimal {
	if n == nil {
		return decimal.Zero
	}
	return n.Decimal
}

// turned is an amount with the sign that the norm wants.
func (r *reading) turned(n en16931.Number) en16931.Number {
	if n == nil || !r.back {
		return n
	}
	return national.Fixed(n.Neg(), -min(n.Exponent(), 0))
}

func (r *reading) totals(d *en16931.Document) {
	f, t := r.file, &d.Totals
	var lines decimal.Decimal
	for _, l := range d.Lines {
		lines = lines.Add(value(l.Net))
	}
	t.Lines, t.TaxExclusive, t.Tax, t.TaxInclusive = national.Fixed(lines, 2), r.turned(f.Net.Amount), r.turned(f.VAT.Amount), r.turned(f.Gross.Amount)
	if t.TaxInclusive == nil {
		t.TaxInclusive = national.Fixed(value(t.TaxExclusive).Add(value(t.Tax)), 2)
	}
	t.Payable = t.TaxInclusive
	if f.Detail.Currency != string(contracts.HUF) && !value(f.VAT.HUF).IsZero() {
		d.TaxCurrency, t.AccountingTax = string(contracts.HUF), r.turned(f.VAT.HUF)
	}
	for _, s := range f.Rates {
		category, rate, reason := s.Rate.terms()
		d.Breakdown = append(d.Breakdown, en16931.TaxBreakdown{Taxable: r.turned(s.Net.Amount), Amount: r.turned(s.VAT.Amount), Category: category, Rate: rate, Reason: reason})
	}
}

// means are codes of UNTDID 4461 for paymentMethod; others keep their word.
var means = map[string]string{"TRANSFER": "30", "CASH": "10", "CARD": "48"}

func (r *reading) payment(d *en16931.Document) {
	method, account := r.file.Detail.PaymentMethod, r.file.Supplier.Account
	if method == "" && account == "" {
		return
	}
	m := en16931.PaymentMeans{Code: means[method], Account: en16931.Account{ID: account}}
	switch {
	case method == "":
		m.Code = "1" // not said
	case m.Code == "":
		m.Code, m.Text = "ZZZ", method // agreed between the parties
	}
	d.Payment.Means = []en16931.PaymentMeans{m}
}
