// Package en16931 is the semantic model of the European standard for electronic invoices as Go values: what an invoice
// or credit note says, whatever the syntax. A Document comes from From (an invoice of ours), from a reader (ubl.Read,
// cii.Read) or from JSON; package rules judges it, a writer (ubl.Write, cii.Write) turns it into bytes:
//
//	doc := en16931.From(invoice, en16931.Peppol, facts)
//	err := rules.Check(doc)
//	xml, err := ubl.Write(doc)
//
// Each field names its business term (BT) or group (BG). Absent is the zero value: an empty text, no date, a nil number,
// a group with nothing in it. Nothing here is computed or judged; codes are kept as they stand.
package en16931

import (
	"passerelle/contracts"
)

// Number is an amount, quantity, price or rate that may be absent (nil). It keeps the decimals it was written with, but in
// JSON. A field of it is omitempty there: omitzero would take 0 %, which is a rate, for none.
type Number = *contracts.Decimal

// Document is an invoice or a credit note (EN 16931-1:2017). All amounts are in Currency unless they say otherwise.
type Document struct {
	Specification    string               `json:"specification,omitzero"`     // BT-24, the rules it follows, such as "urn:cen.eu:en16931:2017"
	Process          string               `json:"process,omitzero"`           // BT-23
	Number           string               `json:"number,omitzero"`            // BT-1
	IssueDate        contracts.Date       `json:"issue_date,omitzero"`        // BT-2
	Type             string               `json:"type,omitzero"`              // BT-3, UNTDID 1001: 380 invoice, 381 credit note, 389 self-billed
	Currency         string               `json:"currency,omitzero"`          // BT-5, ISO 4217
	TaxCurrency      string               `json:"tax_currency,omitzero"`      // BT-6, when VAT is also told in another currency
	TaxPointDate     contracts.Date       `json:"tax_point_date,omitzero"`    // BT-7
	TaxPointCode     string               `json:"tax_point_code,omitzero"`    // BT-8, UNTDID 2005: 3 issue, 35 delivery, 432 payment
	DueDate          contracts.Date       `json:"due_date,omitzero"`          // BT-9
	BuyerReference   string               `json:"buyer_reference,omitzero"`   // BT-10
	Project          string               `json:"project,omitzero"`           // BT-11
	Contract         string               `json:"contract,omitzero"`          // BT-12
	Order            string               `json:"order,omitzero"`             // BT-13, the buyer's purchase order
	SalesOrder       string               `json:"sales_order,omitzero"`       // BT-14
	ReceivingAdvice  string               `json:"receiving_advice,omitzero"`  // BT-15
	DespatchAdvice   string               `json:"despatch_advice,omitzero"`   // BT-16
	Tender           string               `json:"tender,omitzero"`            // BT-17
	Object           Identifier           `json:"object,omitzero"`            // BT-18, BT-18-1
	BuyerAccount     string               `json:"buyer_account,omitzero"`     // BT-19
	PaymentTerms     string               `json:"payment_terms,omitzero"`     // BT-20
	Notes            []Note               `json:"notes,omitzero"`             // BG-1
	Preceding        []PrecedingInvoice   `json:"preceding,omitzero"`         // BG-3
	Seller           Party                `json:"seller,omitzero"`            // BG-4
	Buyer            Party                `json:"buyer,omitzero"`             // BG-7
	Payee            Payee                `json:"payee,omitzero"`             // BG-10
	Representative   TaxRepresentative    `json:"representative,omitzero"`    // BG-11
	Delivery         Delivery             `json:"delivery,omitzero"`          // BG-13
	Period           Period               `json:"period,omitzero"`            // BG-14
	Payment          Payment              `json:"payment,omitzero"`           // BG-16
	AllowanceCharges []AllowanceCharge    `json:"allowance_charges,omitzero"` // BG-20, BG-21
	Totals           Totals               `json:"totals,omitzero"`            // BG-22
	Breakdown        []TaxBreakdown       `json:"breakdown,omitzero"`         // BG-23
	Attachments      []SupportingDocument `json:"attachments,omitzero"`       // BG-24
	Lines            []Line               `json:"lines,omitzero"`             // BG-25
}

// IsCreditNote tells whether the type is one that UBL writes as a CreditNote.
func (d Document) IsCreditNote() bool {
	switch d.Type {
	case "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532":
		return true
	}
	return false
}

// Identifier is a number or name with the scheme it belongs to, if it says one: ISO 6523 for parties, EAS for electronic
// addresses, UNTDID 1153 for objects, UNTDID 7143 for classifications.
type Identifier struct {
	Scheme string `json:"scheme,omitzero"`
	Value  string `json:"value,omitzero"`
}

// Note is BG-1.
type Note struct {
	Subject string `json:"subject,omitzero"` // BT-21, UNTDID 4451
	Text    string `json:"text,omitzero"`    // BT-22
}

// PrecedingInvoice is BG-3, the invoice that a credit note or a correction speaks of.
type PrecedingInvoice struct {
	Number    string         `json:"number,omitzero"`     // BT-25
	IssueDate contracts.Date `json:"issue_date,omitzero"` // BT-26
}

// Delivery is BG-13.
type Delivery struct {
	Name     string         `json:"name,omitzero"`     // BT-70, deliver to
	Location Identifier     `json:"location,omitzero"` // BT-71
	Date     contracts.Date `json:"date,omitzero"`     // BT-72, of the actual delivery or supply
	Address  Address        `json:"address,omitzero"`  // BG-15: BT-75 to BT-80, BT-165
}

// Period is BG-14 of the document, BG-26 of a line.
type Period struct {
	Start contracts.Date `json:"start,omitzero"` // BT-73, BT-134
	End   contracts.Date `json:"end,omitzero"`   // BT-74, BT-135
}

// SupportingDocument is BG-24: named, linked or enclosed.
type SupportingDocument struct {
	Reference   string `json:"reference,omitzero"`   // BT-122
	Description string `json:"description,omitzero"` // BT-123
	Location    string `json:"location,omitzero"`    // BT-124, a URL
	MediaType   string `json:"media_type,omitzero"`  // BT-125-1
	FileName    string `json:"file_name,omitzero"`   // BT-125-2
	Content     []byte `json:"content,omitzero"`     // BT-125
}
