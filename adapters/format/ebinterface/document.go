package ebinterface

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Document says the file in the terms of EN 16931. What the norm has no term for stands in a text where one fits; Faults with code
// not-carried name the rest. The program that made the file, its language and its title's style say nothing of the invoice.
func (f File) Document() (en16931.Document, error) {
	r := &reading{file: f}
	r.d = en16931.Document{Number: f.Number, IssueDate: f.Date, Type: types[f.Kind], Currency: f.Currency, DueDate: f.Conditions.Due,
		Seller: r.party("Biller", f.Biller), Buyer: r.party("InvoiceRecipient", f.Recipient)}
	r.seller()
	r.buyer()
	r.delivery()
	r.notes()
	for _, of := range append([]Related{f.Cancelled}, f.Related...) {
		if of.Number != "" {
			r.d.Preceding = append(r.d.Preceding, en16931.PrecedingInvoice{Number: of.Number, IssueDate: of.Date})
		}
	}
	r.lines()
	r.changes(false, f.Reductions)
	r.changes(true, f.Surcharges)
	r.totals()
	r.payment()
	return r.d, r.faults.Err()
}

// reading is a file on its way into the terms of the norm.
type reading struct {
	file   File
	d      en16931.Document
	faults contracts.Faults
}

// lost notes what has no term.
func (r *reading) lost(path, said string) {
	if said != "" {
		r.faults.Addf(xmltree.FaultNotCarried, "/Invoice/"+path, "", "this is not carried: %s", said)
	}
}

// types are codes of UNTDID 1001 (BT-3); what is finer becomes a note.
var types = map[string]string{"Invoice": "380", "CreditMemo": "381", "InvoiceForAdvancePayment": "386", "InvoiceForPartialDelivery": "326", "SelfBilling": "389",
	"FinalSettlement": "380", "SubsequentCredit": "381", "SubsequentDebit": "383"}

func (r *reading) notes() {
	f := r.file
	texts := []string{f.Title, f.Header, f.Footer, f.Delivery.Description}
	if f.Kind != "Invoice" && f.Kind != "CreditMemo" {
		texts = append(texts, labelled("DocumentType", f.Kind))
	}
	texts = append(texts, labelled("CancelledOriginalDocument", f.Cancelled.Number), f.Cancelled.Comment)
	for _, of := range f.Related {
		texts = append(texts, of.Comment)
	}
	for _, k := range f.Information {
		texts = append(texts, labelled(k.Key, k.Text))
	}
	for _, l := range f.Lists {
		texts = append(texts, l.Footer)
	}
	for _, text := range append(texts, f.Comment) {
		if strings.TrimSpace(text) != "" {
			r.d.Notes = append(r.d.Notes, en16931.Note{Text: strings.TrimSpace(text)})
		}
	}
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return strings.TrimSpace(label + " " + value)
}

// party: the first contact there is, and numbers by their kind.
func (r *reading) party(path string, p Party) en16931.Party {
	a := p.Address
	to := en16931.Party{Name: a.Name, TradingName: a.TradingName, VATID: p.VATID, Address: postal(a)}
	if strings.Trim(strings.TrimPrefix(p.VATID, "ATU"), "0") == "" {
		to.VATID = "" // stands for none
	}
	for _, id := range append(p.Further, a.IDs...) {
		switch id.Key {
		case "FN":
			to.Registration.Value = id.Text
		case "GLN":
			to.IDs = append(to.IDs, en16931.Identifier{Scheme: "0088", Value: strings.TrimSpace(id.Text)})
		default:
			to.IDs = append(to.IDs, en16931.Identifier{Value: labelled(id.Key, strings.TrimSpace(id.Text))})
		}
	}
	if p.Counterpart != "" {
		to.IDs = append(to.IDs, en16931.Identifier{Value: p.Counterpart})
	}
	to.Contact = en16931.Contact{Name: labelled(p.Contact.Salutation, p.Contact.Name),
		Phone: r.first(path+"/Phone", append(p.Contact.Phones, a.Phones...)), Email: r.first(path+"/Contact/Email", p.Contact.Emails)}
	if email := r.first(path+"/Address/Email", a.Emails); email != "" {
		to.Endpoint = en16931.Identifier{Scheme: "EM", Value: email}
	}
	r.lost(path+"/Address/AdditionalInformation", strings.Join(a.AdditionalInfo, "; "))
	r.lost(path+"/OrderReference/ReferenceDate", p.Order.Date.String())
	return to
}

func postal(a Address) en16931.Address {
	to := en16931.Address{Line1: a.Street, Line2: a.Box, City: a.Town, PostCode: a.ZIP, Country: a.CountryCode}
	if to.PostCode == noZIP {
		to.PostCode = ""
	}
	return to
}

// first is the one that is carried; what says something else is lost.
func (r *reading) first(path string, all []string) (one string) {
	for _, v := range all {
		if one == "" {
			one = v
		} else if v != one {
			r.lost(path, v)
		}
	}
	return one
}

func (r *reading) seller() {
	b := r.file.Biller
	for _, id := range b.Further {
		if id.Key == "FASTNR" {
			r.d.Seller.TaxRegistration = en16931.Identifier{Scheme: "TAX", Value: id.Text}
		}
	}
	r.d.SalesOrder = b.Order.ID
	r.lost("Biller/OrderReference/Description", b.Order.Description)
}

func (r *reading) buyer() {
	p := r.file.Recipient
	r.d.Order, r.d.BuyerReference, r.d.BuyerAccount = p.Order.ID, p.Order.Description, p.Area
	r.lost("InvoiceRecipient/SubOrganizationID", p.Unit)
}

func (r *reading) delivery() {
	v := r.file.Delivery
	r.d.DespatchAdvice, r.d.Delivery.Date, r.d.Period = v.ID, v.Date, en16931.Period{Start: v.From, End: v.To}
	r.d.Delivery.Name, r.d.Delivery.Address = v.Address.Name, postal(v.Address)
	for _, id := range v.Address.IDs {
		if id.Key == "GLN" {
			r.d.Delivery.Location = en16931.Identifier{Scheme: "0088", Value: strings.TrimSpace(id.Text)}
		} else {
			r.lost("Delivery/Address/AddressIdentifier", labelled(id.Key, id.Text))
		}
	}
	a := v.Address
	r.lost("Delivery/Address", strings.TrimSpace(strings.Join(slices.Concat(a.Phones, a.Emails, a.AdditionalInfo, []string{a.TradingName}), " ")))
}

// group is the category of UNCL 5305 and the rate; what is not subject to VAT has none.
func (t TaxItem) group() (category string, rate en16931.Number) {
	switch t.Category {
	case "O":
		return "O", nil
	case reduced:
		return "S", t.Percent
	}
	return t.Category, t.Percent
}

func (r *reading) changes(charge bool, all []Change) {
	for _, c := range all {
		to := change(charge, c)
		to.Category, to.Rate = c.Tax.group()
		r.d.AllowanceCharges = append(r.d.AllowanceCharges, to)
	}
}

// change: the amount may be left to be reckoned from base and percentage.
func change(charge bool, c Change) en16931.AllowanceCharge {
	to := en16931.AllowanceCharge{Charge: charge, Base: c.Base, Percent: c.Percent, Amount: c.Amount, Reason: strings.TrimSpace(c.Comment + " " + labelled(c.Classification.Key, c.Classification.Text))}
	if to.Amount == nil && c.Base != nil && c.Percent != nil {
		to.Amount = number(c.Base.Mul(c.Percent.Decimal).Shift(-2).Round(2))
	}
	return to
}

func number(d decimal.Decimal) en16931.Number { return national.Fixed(d, 2) }

func value(n en16931.Number) decimal.Decimal {
	if n == nil {
		return decimal.Zero
	}
	return n.Decimal
}

func (r *reading) totals() {
	t, f := &r.d.Totals, r.file
	var lines, off, on, tax, accounting decimal.Decimal
	for _, l := range r.d.Lines {
		lines = lines.Add(value(l.Net))
	}
	for _, c := range r.d.AllowanceCharges {
		if c.Charge {
			on = on.Add(value(c.Amount))
		} else {
			off = off.Add(value(c.Amount))
		}
	}
	for i, item := range f.Taxes {
		b := en16931.TaxBreakdown{Taxable: item.Taxable, Amount: item.Amount, Reason: item.Comment}
		b.Category, b.Rate = item.group()
		if b.Amount == nil {
			b.Amount = number(value(item.Taxable).Mul(value(item.Percent)).Shift(-2).Round(2))
		}
		tax = tax.Add(value(b.Amount))
		r.d.Breakdown = append(r.d.Breakdown, b)
		if item.Currency != "" && item.Currency != f.Currency {
			accounting, r.d.TaxCurrency = accounting.Add(value(item.Accounting)), r.first(fmt.Sprintf("Tax/TaxItem[%d]/AccountingCurrencyAmount", i+1), []string{r.d.TaxCurrency, item.Currency})
		}
	}
	if r.d.TaxCurrency != "" {
		t.AccountingTax = number(accounting)
	}
	t.Lines, t.Tax, t.TaxExclusive = number(lines), number(tax), number(lines.Sub(off).Add(on))
	if len(f.Reductions) > 0 {
		t.Allowances = number(off)
	}
	if len(f.Surcharges) > 0 {
		t.Charges = number(on)
	}
	t.TaxInclusive, t.Paid, t.Rounding, t.Payable = f.Gross, f.Prepaid, f.Rounding, f.Payable
}

func (r *reading) payment() {
	m, c := r.file.Method, r.file.Conditions
	p := &r.d.Payment
	p.Remittance = m.Reference
	for _, a := range m.Accounts {
		p.Means = append(p.Means, en16931.PaymentMeans{Code: "30", Account: en16931.Account{ID: cmp.Or(a.IBAN, labelled(a.Code, a.Number)), Name: a.Owner, BIC: a.BIC}})
		r.lost("PaymentMethod/UniversalBankTransaction/BeneficiaryAccount/BankName", a.Bank)
	}
	if d := m.Debit; d != (Debit{}) {
		p.Mandate, p.Creditor = d.Mandate, d.Creditor
		p.Means = append(p.Means, en16931.PaymentMeans{Code: "59", DebitedAccount: d.IBAN, Text: labelled(d.Type, d.Date.String())})
		r.lost("PaymentMethod/SEPADirectDebit", strings.TrimSpace(d.BIC+" "+d.Owner))
	}
	if m.Card != (en16931.Card{}) {
		p.Means = append(p.Means, en16931.PaymentMeans{Code: "48", Card: m.Card})
	}
	terms := []string{m.Comment, c.Comment}
	for _, d := range c.Discounts {
		terms = append(terms, labelled("Skonto", strings.Join(strings.Fields(strings.Join([]string{d.Until.String(), percent(d.Percent), digits(d.Base), digits(d.Amount), d.Comment}, " ")), " ")))
	}
	terms = append(terms, labelled("MinimumPayment", digits(c.Minimum)))
	r.d.PaymentTerms = joined(terms)
}

func percent(n en16931.Number) string {
	if n == nil {
		return ""
	}
	return digits(n) + " %"
}

func digits(n en16931.Number) string {
	if n == nil {
		return ""
	}
	return xmltree.Digits(*n)
}

func joined(texts []string) string {
	var said []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			said = append(said, t)
		}
	}
	return strings.Join(said, "\n")
}

// lines of all lists; a list's heading stands with its first line, and numbers that come twice are counted anew.
func (r *reading) lines() {
	seen := map[string]bool{}
	for i, list := range r.file.Lists {
		for k, l := range list.Lines {
			at := fmt.Sprintf("Details/ItemList[%d]/ListLineItem[%d]", i+1, k+1)
			to := r.line(at, l)
			if k == 0 {
				to.Note = strings.TrimSpace(list.Header)
			}
			if to.ID == "" || seen[to.ID] {
				to.ID = strconv.Itoa(len(r.d.Lines) + 1)
			}
			seen[to.ID] = true
			r.d.Lines = append(r.d.Lines, to)
		}
	}
}

func (r *reading) line(at string, l Line) en16931.Line {
	to := en16931.Line{ID: l.Position, Quantity: l.Quantity, Unit: l.Unit, Net: l.Amount, Price: en16931.Price{Net: l.Price}, OrderLine: l.Customer.Position}
	if l.PriceBase != "" {
		if base, err := contracts.ParseDecimal(l.PriceBase, 10); err == nil {
			to.Price.BaseQuantity = &contracts.Decimal{Decimal: base}
		} else {
			r.faults.Add("/Invoice/"+at+"/UnitPrice", err)
		}
	}
	to.Category, to.Rate = l.Tax.group()
	to.Period = en16931.Period{Start: l.Delivery.From, End: l.Delivery.To}
	if !l.Delivery.Date.IsZero() {
		to.Period = en16931.Period{Start: l.Delivery.Date, End: l.Delivery.Date}
	}
	if len(l.Descriptions) > 0 {
		to.Item = en16931.Item{Name: strings.TrimSpace(l.Descriptions[0]), Description: joined(l.Descriptions[1:])}
	}
	for _, c := range l.Reductions {
		to.AllowanceCharges = append(to.AllowanceCharges, change(false, c))
	}
	for _, c := range l.Surcharges {
		to.AllowanceCharges = append(to.AllowanceCharges, change(true, c))
	}
	r.item(&to.Item, l)
	r.rest(at, l)
	return to
}

func (r *reading) item(to *en16931.Item, l Line) {
	for _, a := range l.Articles {
		switch {
		case a.Key == "BillersArticleNumber" && to.SellersID == "":
			to.SellersID = a.Text
		case a.Key == "InvoiceRecipientsArticleNumber" && to.BuyersID == "":
			to.BuyersID = a.Text
		case a.Key == "GTIN" && to.StandardID.Value == "":
			to.StandardID = en16931.Identifier{Scheme: "0160", Value: a.Text}
		default:
			to.Attributes = append(to.Attributes, en16931.Attribute{Name: cmp.Or(a.Key, "ArticleNumber"), Value: a.Text})
		}
	}
	for _, k := range append(l.Classifications, l.Information...) {
		to.Attributes = append(to.Attributes, en16931.Attribute{Name: cmp.Or(k.Key, "AdditionalInformation"), Value: k.Text})
	}
	if l.Tax.Comment != "" {
		to.Attributes = append(to.Attributes, en16931.Attribute{Name: "TaxItem", Value: l.Tax.Comment})
	}
}

// rest is what a line says and no term holds.
func (r *reading) rest(at string, l Line) {
	if order := l.Customer.ID; order != r.d.Order {
		r.lost(at+"/InvoiceRecipientsOrderReference/OrderID", order)
	}
	r.lost(at+"/InvoiceRecipientsOrderReference", strings.TrimSpace(l.Customer.Date.String()+" "+l.Customer.Description))
	r.lost(at+"/BillersOrderReference", strings.TrimSpace(strings.Join([]string{l.Biller.ID, l.Biller.Position, l.Biller.Date.String(), l.Biller.Description}, " ")))
	v := l.Delivery
	r.lost(at+"/Delivery", strings.TrimSpace(v.ID+" "+v.Address.Name+" "+v.Description))
}
