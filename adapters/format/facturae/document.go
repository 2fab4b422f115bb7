package facturae

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// FaultBatch says that a file holds another number of invoices than one.
const FaultBatch contracts.FaultCode = "several-documents"

// Document says the file's one invoice in the terms of EN 16931. A corrective invoice with negative amounts is a credit note with
// positive ones there. Income tax that the buyer keeps back stands in the terms of payment, and the amount to pay is whole. What
// served the transmission (batch, version, language) stays in the file; Faults with code not-carried name what else is not told.
func (f File) Document() (en16931.Document, error) {
	if len(f.Invoices) != 1 {
		return en16931.Document{}, contracts.Fault{Code: FaultBatch, Field: "/Facturae/Invoices", Message: fmt.Sprintf("the file holds %d documents", len(f.Invoices)), Remedy: "ask the sender for one file each"}
	}
	r := &reading{file: f, inv: f.Invoices[0], sign: decimal.NewFromInt(1)}
	inv := r.inv
	r.d = en16931.Document{Number: joined("/", inv.Series, inv.Number), IssueDate: inv.Issued, Type: r.kind(), Currency: inv.Currency, Order: inv.Order,
		BuyerReference: inv.FileReference, Contract: inv.Contract, Period: inv.Period, Seller: r.party("SellerParty", f.Seller), Buyer: r.party("BuyerParty", f.Buyer)}
	r.d.Delivery.Date = inv.Operation
	if c := inv.Corrects; c.Number != "" {
		r.d.Preceding = []en16931.PrecedingInvoice{{Number: joined("/", c.Series, c.Number), IssueDate: c.Issued}}
	}
	for i, l := range inv.Lines {
		r.d.Lines = append(r.d.Lines, r.line(i, l))
	}
	r.totals()
	r.breakdown()
	r.payment()
	r.notes()
	r.attachments()
	return r.d, r.faults.Err()
}

// reading is a file on its way into the terms of the norm.
type reading struct {
	file   File
	inv    Invoice
	d      en16931.Document
	sign   decimal.Decimal // -1 for a credit note
	faults contracts.Faults
}

// lost notes what has no term.
func (r *reading) lost(path, said string) {
	if strings.TrimSpace(said) != "" {
		r.faults.Addf(xmltree.FaultNotCarried, "/Facturae/"+path, "", "this is not carried: %s", said)
	}
}

const at = "Invoices/Invoice/"

// kind is BT-3 of UNTDID 1001, and settles the sign.
func (r *reading) kind() string {
	switch total := value(r.inv.Totals.Total); {
	case r.inv.Class == "OR" && total.IsNegative():
		r.sign = decimal.NewFromInt(-1)
		return "381"
	case r.inv.Class == "OR":
		return "384"
	case r.inv.Type == "AF" || r.file.Issuer == "RE":
		return "389"
	}
	return "380"
}

func value(n en16931.Number) decimal.Decimal {
	if n == nil {
		return decimal.Zero
	}
	return n.Decimal
}

func digits(n en16931.Number) string {
	if n == nil {
		return ""
	}
	return xmltree.Digits(*n)
}

func joined(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" }), between)
}

func labelled(label, value string) string {
	if strings.TrimSpace(value) == "" {
		return ""
	}
	return label + " " + value
}

// money is an amount of the invoice with the sign of the norm.
func (r *reading) money(n en16931.Number) en16931.Number {
	if n == nil {
		return nil
	}
	return national.Fixed(n.Mul(r.sign), min(2, max(0, -n.Exponent())))
}

func (r *reading) party(path string, p Party) en16931.Party {
	to := en16931.Party{Name: p.Legal.Name, TradingName: p.Legal.TradeName}
	spain, overseas, contact := p.Legal.Spain, p.Legal.Overseas, p.Legal.Contact
	if p.Legal.Name == "" {
		to.Name = joined(" ", p.Person.Name, p.Person.First, p.Person.Second)
		spain, overseas, contact = p.Person.Spain, p.Person.Overseas, p.Person.Contact
	}
	to.Address = postal(spain, overseas)
	switch {
	case p.Residence == "R":
		to.VATID = "ES" + strings.TrimPrefix(p.TaxNumber, "ES")
	case p.Residence == "U" && p.PersonType == "J":
		to.VATID = p.TaxNumber
	case p.TaxNumber != "":
		to.IDs = append(to.IDs, en16931.Identifier{Value: p.TaxNumber})
	}
	if p.Identification != "" {
		to.IDs = append(to.IDs, en16931.Identifier{Value: p.Identification})
	}
	for _, c := range p.Centres {
		to.IDs = append(to.IDs, en16931.Identifier{Value: joined(" ", "DIR3", c.Role, c.Code, c.Name, c.Description)})
		if postal(c.Spain, c.Overseas) != to.Address {
			r.lost("Parties/"+path+"/AdministrativeCentres/AdministrativeCentre", joined(", ", c.Spain.Street, c.Spain.Town, c.Overseas.Street, c.Overseas.PostCodeAndTown))
		}
	}
	to.Contact = en16931.Contact{Name: contact.Persons, Phone: contact.Phone, Email: contact.Email}
	r.lost("Parties/"+path+"/ContactDetails", joined("; ", contact.Fax, contact.Web, contact.Further))
	for i, name := range registers {
		to.LegalNote = joined("; ", to.LegalNote, labelled(name, p.Legal.Registration[i]))
	}
	if path == "BuyerParty" {
		r.lost("Parties/BuyerParty/LegalEntity/RegistrationData", to.LegalNote)
		to.LegalNote = ""
	}
	return to
}

// postal: abroad the post code is what the town begins with when that has a digit.
func postal(spain, overseas Address) en16931.Address {
	if spain != (Address{}) {
		return en16931.Address{Line1: spain.Street, PostCode: spain.PostCode, City: spain.Town, Subdivision: spain.Province, Country: alpha2(spain.Country)}
	}
	to := en16931.Address{Line1: overseas.Street, City: overseas.PostCodeAndTown, Country: alpha2(overseas.Country)}
	if code, town, found := strings.Cut(overseas.PostCodeAndTown, " "); found && strings.ContainsAny(code, "0123456789") {
		to.PostCode, to.City = code, town
	}
	if p := overseas.Province; p != to.City && p != cut(to.City, 20) {
		to.Subdivision = p
	}
	return to
}

// alpha2 is the country's code of two letters; an unknown one stays what it is.
func alpha2(code string) string {
	if region, err := language.ParseRegion(code); err == nil && len(code) == 3 {
		return region.String()
	}
	return code
}

// category is the one of UNCL 5305: by the tax, and where none is charged by the event.
func (r *reading) category(t Tax, event string) (string, en16931.Number) {
	switch {
	case !value(t.Rate).IsZero():
		return cmp.Or(map[string]string{"02": "M", "03": "L"}[t.Code], "S"), t.Rate
	case event == "01":
		return "E", t.Rate
	case event == "02" && r.file.Buyer.Residence == "U" && r.file.Buyer.PersonType == "J":
		return "AE", t.Rate
	case event == "02":
		return "O", nil
	case r.reversed():
		return "AE", t.Rate
	}
	return "Z", t.Rate
}

// reversed: at home only the mention says that the buyer owes the VAT.
func (r *reading) reversed() bool {
	return slices.ContainsFunc(r.inv.Literals, func(s string) bool { return strings.Contains(strings.ToLower(s), "inversi") })
}

// consumption are the taxes that stand for VAT: IVA, IPSI and IGIC.
func consumption(t Tax) bool { return t.Code == "01" || t.Code == "02" || t.Code == "03" }

// split takes the tax that stands for VAT apart from others, which no term holds.
func (r *reading) split(path string, all []Tax) (t Tax, found bool) {
	for _, one := range all {
		if consumption(one) && !found {
			t, found = one, true
		} else {
			r.lost(path, joined(" ", one.Code, digits(one.Rate), digits(one.Amount.Total)))
		}
	}
	return t, found
}

// breakdown: a rate of zero stands for several categories, which only the lines tell apart.
func (r *reading) breakdown() {
	for i, t := range r.inv.Outputs {
		path := fmt.Sprintf(at+"TaxesOutputs/Tax[%d]", i+1)
		if !consumption(t) {
			r.lost(path, joined(" ", t.Code, digits(t.Rate), digits(t.Amount.Total)))
			continue
		}
		r.lost(path+"/EquivalenceSurchargeAmount", digits(t.SurchargeAmount.Total))
		r.lost(path+"/SpecialTaxAmount", digits(t.SpecialAmount.Total))
		if value(t.Rate).IsZero() && r.untaxed(t) {
			continue
		}
		category, rate := r.category(t, "")
		amount := t.Amount.Total
		if amount == nil {
			amount = national.Fixed(value(t.Base.Total).Mul(value(t.Rate)).Shift(-2).Round(2), 2)
		}
		r.d.Breakdown = append(r.d.Breakdown, en16931.TaxBreakdown{Taxable: r.money(t.Base.Total), Amount: r.money(amount), Category: category, Rate: rate})
		if r.inv.Currency != "EUR" && t.Amount.Euros != nil {
			r.d.TaxCurrency = "EUR"
			r.d.Totals.AccountingTax = national.Fixed(value(r.d.Totals.AccountingTax).Add(t.Amount.Euros.Mul(r.sign)), 2)
		}
	}
}

// untaxed makes a group of each category in which the lines charge nothing, and tells whether there are any.
func (r *reading) untaxed(t Tax) bool {
	var groups []en16931.TaxBreakdown
	for i, l := range r.d.Lines {
		if !value(l.Rate).IsZero() || l.Category == "" || l.Category == "S" {
			continue
		}
		k := slices.IndexFunc(groups, func(b en16931.TaxBreakdown) bool { return b.Category == l.Category })
		if k < 0 {
			b := en16931.TaxBreakdown{Taxable: national.Fixed(decimal.Zero, 2), Amount: r.money(cmp.Or(t.Amount.Total, national.Fixed(decimal.Zero, 2))), Category: l.Category, Rate: l.Rate, Reason: r.inv.Lines[i].Reason}
			if b.Reason == "" && b.Category == "AE" {
				b.Reason = "Inversión del sujeto pasivo"
			}
			groups, k = append(groups, b), len(groups)
		}
		groups[k].Taxable = national.Fixed(groups[k].Taxable.Add(value(l.Net)), 2)
	}
	if len(groups) == 1 { // with discounts on the whole document
		groups[0].Taxable = r.money(t.Base.Total)
	}
	r.d.Breakdown = append(r.d.Breakdown, groups...)
	return len(groups) > 0
}

// totals: what is to be paid is told whole, with what the buyer keeps back of it.
func (r *reading) totals() {
	t, from := &r.d.Totals, r.inv.Totals
	t.Lines, t.TaxExclusive, t.Tax = r.money(from.Gross), r.money(from.BeforeTaxes), r.money(from.Outputs)
	t.TaxInclusive = national.Fixed(value(from.Total).Add(value(from.Withheld)).Mul(r.sign), 2)
	t.Payable = national.Fixed(value(from.Outstanding).Add(value(from.Withheld)).Mul(r.sign), 2)
	t.Paid = r.money(from.TotalPaid)
	if paid := value(t.TaxInclusive).Sub(value(t.Payable)); t.Paid == nil && !paid.IsZero() {
		t.Paid = national.Fixed(paid, 2)
	}
	var off, on decimal.Decimal
	for _, c := range from.Discounts {
		off = off.Add(value(c.Amount))
		r.d.AllowanceCharges = append(r.d.AllowanceCharges, r.general(false, c))
	}
	for _, c := range from.Charges {
		on = on.Add(value(c.Amount))
		r.d.AllowanceCharges = append(r.d.AllowanceCharges, r.general(true, c))
	}
	if len(from.Discounts) > 0 {
		t.Allowances = national.Fixed(off.Mul(r.sign), 2)
	}
	if len(from.Charges) > 0 {
		t.Charges = national.Fixed(on.Mul(r.sign), 2)
	}
	if from.Executable != nil && !value(from.Executable).Equal(value(from.Outstanding)) {
		r.lost(at+"InvoiceTotals/TotalExecutableAmount", joined(" ", digits(from.Executable), from.Kept.Reason))
	}
	r.lost(at+"InvoiceTotals/TotalReimbursableExpenses", digits(from.Reimbursements))
	for _, p := range from.OnAccount {
		r.d.PaymentTerms = joined("\n", r.d.PaymentTerms, joined(" ", "Anticipo", p.Date.String(), digits(p.Amount)))
	}
}

// general is a discount or charge on the whole, taxed as the first line is: the format does not say at which rate.
func (r *reading) general(charge bool, c Change) en16931.AllowanceCharge {
	to := en16931.AllowanceCharge{Charge: charge, Amount: r.money(c.Amount), Percent: c.Rate, Reason: c.Reason}
	if len(r.d.Lines) > 0 {
		to.Category, to.Rate = r.d.Lines[0].Category, r.d.Lines[0].Rate
	}
	return to
}

func (r *reading) notes() {
	inv := r.inv
	texts := []string{inv.Description, inv.Corrects.Reason, inv.Corrects.Further, labelled("RelatedInvoice", inv.RelatedInvoice), inv.Information}
	if inv.Type != "FC" {
		texts = append(texts, labelled("InvoiceDocumentType", inv.Type))
	}
	if inv.Class != "OO" && inv.Class != "OR" {
		texts = append(texts, labelled("InvoiceClass", inv.Class))
	}
	for _, text := range append(texts, inv.Literals...) {
		if strings.TrimSpace(text) != "" {
			r.d.Notes = append(r.d.Notes, en16931.Note{Text: text})
		}
	}
}

func (r *reading) attachments() {
	for i, a := range r.inv.Attachments {
		to := en16931.SupportingDocument{Reference: fmt.Sprint(i + 1), Description: a.Description, FileName: fmt.Sprintf("%d.%s", i+1, a.Format)}
		var err error
		if a.Encoding != "NONE" {
			to.Content, err = xmltree.Base64(a.Content)
		} else {
			to.Content = []byte(a.Content)
		}
		r.faults.Add(fmt.Sprintf("/Facturae/"+at+"AdditionalData/RelatedDocuments/Attachment[%d]/AttachmentData", i+1), err)
		if a.Compression != "" && a.Compression != "NONE" {
			to.Description = joined("; ", to.Description, a.Compression)
		}
		r.d.Attachments = append(r.d.Attachments, to)
	}
}
