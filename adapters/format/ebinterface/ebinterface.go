// Package ebinterface writes and reads ebInterface 6.1, the XML invoice of Austria (AUSTRIAPRO, schema of 2022-06-25): what federal
// authorities take beside Peppol, and what many programs there read.
//
// A File is the document in the words of its schema; one description of it serves both directions. Write makes one of an invoice
// of ours, Read reads one of anybody, File.Document says it in the terms of EN 16931. Of the schema it leaves out a third party
// that orders, lines below the total, taxes beside VAT, and extensions; reading names them.
package ebinterface

import (
	"cmp"
	"fmt"
	"html"
	"strings"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Facts is what an ebInterface says and an invoice does not hold.
type Facts struct {
	national.Facts
	SupplierNumber string `json:"supplier_number,omitzero"` // what the buyer calls the seller; federal authorities ask for it
}

// Write returns the invoice, or Faults that say what it lacks.
func Write(inv contracts.Invoice, f Facts) ([]byte, error) { return write(inv, nil, f) }

// WriteCredit returns a credit note (CreditMemo), whose amounts are positive (documentation, section 6.1).
func WriteCredit(note contracts.CreditNote, f Facts) ([]byte, error) {
	inv, of := f.Correct(note)
	return write(inv, of, f)
}

// document is one invoice on its way into ebInterface.
type document struct {
	national.Check
	inv    contracts.Invoice
	of     *national.Correction
	facts  Facts
	period en16931.Period
}

func write(inv contracts.Invoice, of *national.Correction, f Facts) ([]byte, error) {
	inv, period := f.Parties(inv)
	d := &document{Check: national.Check{Format: "ebInterface"}, inv: inv, of: of, facts: f, period: period}
	d.check()
	if err := d.Err(); err != nil {
		return nil, err
	}
	file := d.file()
	if err := d.Err(); err != nil {
		return nil, err
	}
	return file.Write()
}

const (
	namespace = "http://www.ebinterface.at/schema/6p1/"
	own       = "eb" // what Names calls it; in a document it has no prefix
)

// Names are the namespaces of an ebInterface: 6.0 differs in what 6.1 added.
var Names = xmltree.Names{namespace: own, "http://www.ebinterface.at/schema/6p0/": own}

// Write returns the file as it is sent.
func (f File) Write() ([]byte, error) {
	root := `Invoice xmlns="` + namespace + `"`
	for _, a := range []Keyed{{"GeneratingSystem", f.System}, {"DocumentType", f.Kind}, {"InvoiceCurrency", f.Currency}, {"DocumentTitle", f.Title}, {"Language", f.Language}} {
		if a.Text != "" {
			root += " " + a.Key + `="` + html.EscapeString(a.Text) + `"`
		}
	}
	return xmltree.Write(root, f.walk)
}

// Read reads an ebInterface 6.0 or 6.1. Faults with code not-carried name what is in the bytes and not in the file; all others mean
// that it cannot be relied upon.
func Read(b []byte) (File, error) {
	root, err := xmltree.Parse(b, Names)
	if err != nil {
		return File{}, err
	}
	return From(root)
}

// Is tells whether the root is one that From reads.
func Is(root *xmltree.Element) bool { return root.Name == own+":Invoice" }

// From is Read for a root that has been parsed with Names.
func From(root *xmltree.Element) (f File, _ error) {
	if !Is(root) {
		return f, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no ebInterface 6", Remedy: "ask the supplier for version 6.1"}
	}
	return f, xmltree.ReadIn(own, root, f.walk)
}

// uidLimit: from here on a domestic invoice names the buyer's UID (section 11(1) no. 2 UStG).
var uidLimit = contracts.MustMoney("10000", contracts.EUR)

func (d *document) check() {
	inv := d.inv
	d.Seller(inv, "AT")
	d.Required("number", inv.Number)
	d.Longest("number", inv.Number, 255)
	d.party("seller", inv.Seller)
	d.party("buyer", inv.Buyer)
	home := inv.Buyer.Kind == contracts.Business && inv.Buyer.Address.Country == "AT"
	if gross := inv.Totals.TaxInclusive; home && inv.Buyer.VATID == "" && gross.Currency == contracts.EUR && gross.Amount.GreaterThan(uidLimit.Amount) {
		d.Addf(contracts.FaultMissing, "buyer.vat_id", "ask the buyer for its UID", "above %s an invoice in Austria names the buyer's UID", uidLimit)
	}
	for i, l := range inv.Lines {
		d.Required(fmt.Sprintf("lines[%d].description", i), l.Description)
	}
	if d.of != nil {
		d.Required("corrects_number", d.of.Number)
	} else {
		d.Required("pay_to", inv.PayTo)
	}
	if d.facts.SupplierNumber != "" { // a federal authority finds an invoice by its order or purchasing group (e-Rechnung.gv.at)
		d.Required("order_reference", cmp.Or(inv.OrderReference, inv.BuyerReference))
	}
	d.Longest("facts.remittance", d.facts.Remittance, 35)
	d.Longest("facts.account_name", d.facts.AccountName, 70)
	d.Longest("order_reference", inv.OrderReference, 255)
	if !d.facts.Withholding.IsZero() {
		d.Addf(xmltree.FaultNotCarried, "ebinterface.withholding", "tell it in a note", "%s has no place for tax that the buyer keeps back", d.Format)
	}
}

func (d *document) party(who string, p contracts.Party) {
	d.Required(who+".name", p.Name)
	d.Required(who+".address.town", p.Address.Town)
	if p.Address.Country == "AT" {
		d.Required(who+".address.postal_code", p.Address.PostalCode)
	}
}

// comment is what has no element of its own: the seller's notes, and why an invoice is taken back.
func (d *document) comment() string {
	notes := d.inv.Notes
	if d.of != nil {
		notes = append([]string{d.of.Reason}, notes...)
	}
	return strings.Join(notes, "\n")
}
