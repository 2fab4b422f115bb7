// Package nav writes and reads invoiceData 3.0 of NAV Online Számla: what every seller with a Hungarian tax number reports to the tax
// authority the moment it issues an invoice (Act CXXVII of 2007, annex 10). It is a report and no invoice: the buyer gets
// another document. The requests around it are in package request below.
//
// A File is the whole document in the words of its schema; one description of it serves both directions. A credit note is
// reported as a modification of its invoice: the same data with negative amounts, under the number of the invoice it modifies.
package nav

import (
	"fmt"

	"passerelle/adapters/format/national"
	"passerelle/adapters/format/nav/request"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

const (
	namespace = "http://schemas.nav.gov.hu/OSA/3.0/data"
	own       = "osa" // what Names calls it; in a document it has no prefix
)

// Names are the namespaces of an InvoiceData.
var Names = xmltree.Names{namespace: own, "http://schemas.nav.gov.hu/OSA/3.0/base": "base"}

const root = `InvoiceData xmlns="http://schemas.nav.gov.hu/OSA/3.0/data" xmlns:common="http://schemas.nav.gov.hu/NTCA/1.0/common" xmlns:base="http://schemas.nav.gov.hu/OSA/3.0/base"`

// Facts is what the report says and an invoice does not hold.
type Facts struct {
	national.Facts
	ExchangeRate  *contracts.Decimal `json:"exchange_rate,omitzero"`  // how many HUF one of the invoice's currency is, when that is another
	Appearance    string             `json:"appearance,omitzero"`     // ELECTRONIC (when empty), PAPER, EDI
	SmallBusiness bool               `json:"small_business,omitzero"` // the exemption is that of the seller (alanyi adómentesség), not of what is sold
	Modification  int                `json:"modification,omitzero"`   // which correction of its invoice a credit note is; 1 when zero
	LinesBefore   int                `json:"lines_before,omitzero"`   // how many lines the invoice and earlier corrections have; as many as the note when zero
	Cancels       bool               `json:"cancels,omitzero"`        // the credit note takes back the whole invoice at once: it is reported as STORNO, which the request says and not the report
}

// Operation is what a credit note is reported as; an invoice is always request.Create.
func (f Facts) Operation() request.Kind {
	if f.Cancels {
		return request.Cancel
	}
	return request.Modify
}

// Write returns the report of an invoice, or Faults that say what it lacks.
func Write(inv contracts.Invoice, f Facts) ([]byte, error) { return write(inv, nil, f) }

// WriteCredit returns the report of a credit note, a modification of the invoice it corrects.
func WriteCredit(note contracts.CreditNote, f Facts) ([]byte, error) {
	inv, of := f.Correct(note)
	return write(inv, of, f)
}

func write(inv contracts.Invoice, of *national.Correction, f Facts) ([]byte, error) {
	inv, period := f.Parties(inv)
	r := &report{Check: national.Check{Format: "NAV"}, inv: inv, of: of, facts: f, period: period, sign: 1}
	if of != nil {
		r.sign = -1
	}
	r.check()
	if err := r.Err(); err != nil {
		return nil, err
	}
	file := r.file()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return file.Write()
}

// Write returns the file as it is reported.
func (f File) Write() ([]byte, error) { return xmltree.Write(root, f.walk) }

// Read reads an InvoiceData. Faults with code not-carried name what is in the bytes and not in the file; all others mean that it cannot
// be relied upon.
func Read(b []byte) (File, error) {
	root, err := xmltree.Parse(b, Names)
	if err != nil {
		return File{}, err
	}
	return From(root)
}

// FaultBatch says that a document modifies several invoices at once, which nobody reads here.
const FaultBatch contracts.FaultCode = "several-documents"

// From is Read for a document that has been parsed already, with Names among others.
func From(root *xmltree.Element) (File, error) {
	var f File
	if !Is(root) {
		return f, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no report of NAV Online Számla", Remedy: "its first element should be InvoiceData of version 3.0"}
	}
	if root.Find(own+":invoiceMain", own+":batchInvoice", own+":batchIndex") != "" {
		return f, contracts.Fault{Code: FaultBatch, Field: "/InvoiceData", Message: "the report modifies several invoices at once", Remedy: "ask for a report of each"}
	}
	return f, xmltree.ReadIn(own, root, f.walk)
}

// Is tells whether the root is one that From reads.
func Is(root *xmltree.Element) bool { return root.Name == own+":InvoiceData" }

func (r *report) check() {
	inv := r.inv
	r.Seller(inv, "HU")
	r.Required("number", inv.Number)
	r.Longest("number", inv.Number, 50)
	if !taxNumberShape.MatchString(national.Number(inv.Seller, taxNumber)) {
		r.Addf(contracts.FaultMissing, "seller.registrations", "add its adószám as hu.adoszam", "the tax number of the seller has 11 digits, such as 12892312-2-42")
	}
	r.rate()
	for i, l := range inv.Lines {
		r.Required(fmt.Sprintf("lines[%d].description", i), l.Description)
		r.Longest(fmt.Sprintf("lines[%d].description", i), l.Description, 512)
	}
	for i, b := range inv.Totals.Breakdown {
		r.treated(fmt.Sprintf("totals.breakdown[%d]", i), b.Tax)
	}
	r.checkParty("seller", inv.Seller)
	if inv.Buyer.Kind != contracts.Consumer {
		r.checkParty("buyer", inv.Buyer)
		r.checkBuyer(inv.Buyer)
	}
	if r.of != nil {
		r.Required("corrects_number", r.of.Number)
	}
	if a := r.facts.Appearance; a != "" && a != "ELECTRONIC" && a != "PAPER" && a != "EDI" {
		r.Addf(contracts.FaultInvalid, "nav.appearance", "use ELECTRONIC, PAPER or EDI", "%q is no appearance of an invoice that NAV knows", a)
	}
}

func (r *report) checkParty(who string, p contracts.Party) {
	r.Required(who+".name", p.Name)
	r.Longest(who+".name", p.Name, 512)
	r.Required(who+".address.town", p.Address.Town)
	r.Required(who+".address.street", p.Address.Street)
	r.Longest(who+".address.town", p.Address.Town, 255)
	r.Longest(who+".address.street", p.Address.Street, 255)
	if code := p.Address.PostalCode; code != "" && !postCodeShape.MatchString(code) {
		r.Addf(contracts.FaultInvalid, who+".address.postal_code", "write it in capitals and digits", "%q is no post code that NAV knows", code)
	}
}

// checkBuyer: a business at home is known by its tax number (section 169 e of the VAT act).
func (r *report) checkBuyer(p contracts.Party) {
	if p.Address.Country == "HU" && r.domesticNumber() == nil {
		r.Addf(contracts.FaultMissing, "buyer.registrations", "ask the buyer for its adószám", "a business in Hungary is reported with its tax number")
	}
	if national.InEU(p.Address.Country) && p.VATID != "" && !vatShape.MatchString(p.VATID) {
		r.Addf(contracts.FaultInvalid, "buyer.vat_id", "write it with its country, without spaces", "%q is no VAT number that NAV knows", p.VATID)
	}
}
