// Package facturae writes Facturae 3.2.2, the electronic invoice of Spain that its authorities take (Orden HAP/1650/2015;
// platform FACe), and one of the syntaxes between businesses (RD 238/2026). The document is not signed: FACe wants an XAdES
// signature with the seller's certificate, which stays where the certificate is.
//
// A File is the document in the words of its schema; one description of it serves both directions. Write makes one of an invoice
// of ours, Read reads one of anybody, File.Document says it in the terms of EN 16931. A signature is not checked, and reading says
// so. Of the schema it leaves out third parties, factoring, subsidies, expenses of others, payment in kind, and extensions.
package facturae

import (
	"fmt"
	"regexp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

const root = `fe:Facturae xmlns:fe="http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`

// Facts is what a Facturae says and an invoice does not hold. Only Atlas of the common facts must be given: it knows the countries' codes of three letters.
type Facts struct {
	national.Facts
	Centres        Centres            `json:"dir3,omitzero"`             // of an authority
	BuyerTaxNumber string             `json:"buyer_tax_number,omitzero"` // of a buyer that has no VAT number and no registration
	ExchangeRate   *contracts.Decimal `json:"exchange_rate,omitzero"`    // how many EUR one of the invoice's currency is, when that is another
	ExchangeDate   contracts.Date     `json:"exchange_date,omitzero"`    // of that rate; the day of supply when empty
	ReasonCode     string             `json:"reason_code,omitzero"`      // of a credit note; 16, the taxable amount, when empty
}

// Centres are the units of an authority by their DIR3 codes. An authority gives all three of the first.
type Centres struct {
	Accounting string `json:"accounting,omitzero"` // oficina contable, role 01
	Managing   string `json:"managing,omitzero"`   // órgano gestor, role 02
	Processing string `json:"processing,omitzero"` // unidad tramitadora, role 03
	Purchasing string `json:"purchasing,omitzero"` // órgano proponente, role 04
}

// Write returns the invoice, or Faults that say what it lacks.
func Write(inv contracts.Invoice, f Facts) ([]byte, error) { return write(inv, nil, f) }

// WriteCredit returns a credit note: a corrective invoice (factura rectificativa) by differences, with negative amounts.
func WriteCredit(note contracts.CreditNote, f Facts) ([]byte, error) {
	inv, of := f.Correct(note)
	return write(inv, of, f)
}

// document is one invoice on its way into Facturae.
type document struct {
	national.Check
	inv    contracts.Invoice
	of     *national.Correction
	facts  Facts
	period en16931.Period
	sign   int64 // -1 for a credit note
}

func write(inv contracts.Invoice, of *national.Correction, f Facts) ([]byte, error) {
	inv, period := f.Parties(inv)
	d := &document{Check: national.Check{Format: "Facturae"}, inv: inv, of: of, facts: f, period: period, sign: 1}
	if of != nil {
		d.sign = -1
	}
	d.check()
	if err := d.Err(); err != nil {
		return nil, err
	}
	return d.file().Write()
}

// Names are the namespaces of a Facturae, its older versions among them: 3.2.2 added to them.
var Names = xmltree.Names{"http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml": "fe", "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae": "fe",
	"http://www.facturae.es/Facturae/2009/v3.2/Facturae": "fe"}

// Write returns the file as it is sent, but for a signature.
func (f File) Write() ([]byte, error) { return xmltree.Write(root, f.walk) }

// Read reads a Facturae from 3.2 on. Faults with code not-carried name what is in the bytes and not in the file, its signature among
// it; all others mean that it cannot be relied upon.
func Read(b []byte) (File, error) {
	root, err := xmltree.Parse(b, Names)
	if err != nil {
		return File{}, err
	}
	return From(root)
}

// Is tells whether the root is one that From reads.
func Is(root *xmltree.Element) bool { return root.Name == "fe:Facturae" }

// From is Read for a root that has been parsed with Names.
func From(root *xmltree.Element) (f File, _ error) {
	if !Is(root) {
		return f, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no Facturae", Remedy: "ask the supplier for version 3.2.2"}
	}
	return f, xmltree.Read(root, f.walk)
}

var (
	postCodeShape = regexp.MustCompile(`^(0[1-9]|[1-4]\d|5[0-2])\d{3}$`)
	dir3Shape     = regexp.MustCompile(`^[A-Z0-9]{9,10}$`)
	nifShape      = regexp.MustCompile(`^(ES)?[0-9A-Z]\d{7}[0-9A-Z]$`)
)

func (d *document) check() {
	inv, f := d.inv, d.facts
	d.Seller(inv, "ES")
	d.text("number", inv.Number, 20)
	d.checkParty("seller", inv.Seller)
	d.checkParty("buyer", inv.Buyer)
	d.centres()
	if inv.Currency != contracts.EUR && (f.ExchangeRate == nil || !f.ExchangeRate.IsPositive()) {
		d.Addf(FaultRate, "facturae.exchange_rate", "give the rate of the day of supply", "an invoice in %s is told in EUR too", inv.Currency)
	}
	for i, l := range inv.Lines {
		d.text(fmt.Sprintf("lines[%d].description", i), l.Description, 2500)
	}
	d.Longest("order_reference", inv.OrderReference, 20)
	d.Longest("buyer_reference", inv.BuyerReference, 20)
	d.Longest("facts.remittance", f.Remittance, 60)
	d.Longest("facts.contact.phone", national.Phone(f.Contact.Phone), 15)
	d.Longest("facts.contact.email", f.Contact.Email, 60)
	d.Longest("facts.contact.name", f.Contact.Name, 40)
	for i, note := range inv.Notes {
		d.Longest(fmt.Sprintf("notes[%d]", i), note, 250)
	}
	if d.of != nil {
		d.checkCorrection()
	} else {
		d.Required("pay_to", inv.PayTo)
	}
}

// FaultRate says that an invoice in another currency lacks its rate.
const FaultRate contracts.FaultCode = "exchange"

func (d *document) checkCorrection() {
	d.text("corrects_number", d.of.Number, 20)
	d.Longest("reason", d.of.Reason, 2500)
	if d.of.Issued.IsZero() {
		d.Addf(contracts.FaultMissing, "facts.corrects_issued_on", "give the day of the invoice", "Facturae says when the corrected invoice was issued")
	}
	if _, known := reasons[d.reasonCode()]; !known {
		d.Addf(contracts.FaultInvalid, "facturae.reason_code", "use a code from 01 to 16, or 80 to 85", "%q is no reason for a correction that Facturae knows", d.facts.ReasonCode)
	}
}

func (d *document) text(field, value string, most int) {
	d.Required(field, value)
	d.Longest(field, value, most)
}

func (d *document) checkParty(who string, p contracts.Party) {
	d.text(who+".name", p.Name, 80)
	d.text(who+".address.street", p.Address.Street, 80)
	d.text(who+".address.town", p.Address.Town, 50)
	if p.Address.Country == "ES" && !postCodeShape.MatchString(p.Address.PostalCode) {
		d.Addf(contracts.FaultInvalid, who+".address.postal_code", "write its five digits", "%q is no post code of Spain", p.Address.PostalCode)
	}
	if p.Address.Country != "ES" {
		d.Longest(who+".address.town", p.Address.PostalCode+" "+p.Address.Town, 50)
	}
	if d.facts.Atlas[p.Address.Country] == nil {
		d.Addf(contracts.FaultCountry, who+".address.country", "", "nothing is known of %q", string(p.Address.Country))
	}
	switch number := d.taxNumber(who, p); {
	case number == "":
		d.Addf(contracts.FaultMissing, who+".vat_id", "ask for its tax number or the number of an identity document", "Facturae names both parties by a number")
	case p.Address.Country == "ES" && !nifShape.MatchString(number):
		d.Addf(contracts.FaultInvalid, who+".vat_id", "write its nine characters", "%q is no NIF", number)
	}
	if p.Kind == contracts.Consumer {
		d.person(who, p.Name)
	}
}

func (d *document) centres() {
	c := d.facts.Centres
	if c == (Centres{}) {
		return
	}
	for _, centre := range []struct{ field, code string }{{"accounting", c.Accounting}, {"managing", c.Managing}, {"processing", c.Processing}} {
		if !dir3Shape.MatchString(centre.code) {
			d.Addf(contracts.FaultMissing, "facturae.dir3."+centre.field, "ask the authority for its DIR3 codes", "an authority has codes for accounting, managing and processing")
		}
	}
}
