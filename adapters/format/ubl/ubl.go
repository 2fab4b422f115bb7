// Package ubl writes and reads EN 16931 documents in UBL 2.1 (ISO/IEC 19845): Invoice and CreditNote, in the binding of
// CEN/TS 16931-3-2. Peppol BIS Billing 3, XRechnung and NLCIUS are the same syntax with their own identifiers and rules.
//
// One description of the document, in the order of the schema, serves both directions. It judges nothing: see package
// rules.
package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

const (
	invoice    = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
	creditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
	aggregate  = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	basic      = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
)

// Names are the prefixes by which From knows the elements.
var Names = xmltree.Names{invoice: "inv", creditNote: "cn", aggregate: "cac", basic: "cbc"}

// Write returns the document as an Invoice, or as a CreditNote when its type is one. What the document has and UBL has no
// place for is a Fault with code not-carried.
func Write(d en16931.Document) ([]byte, error) {
	root, namespace := "Invoice", invoice
	if d.IsCreditNote() {
		root, namespace = "CreditNote", creditNote
	}
	m := mapping{credit: d.IsCreditNote(), d: &d}
	return xmltree.Write(root+` xmlns="`+namespace+`" xmlns:cac="`+aggregate+`" xmlns:cbc="`+basic+`"`, m.document)
}

// Read reads an Invoice or a CreditNote. Faults with code not-carried name what is in the bytes and not in the document;
// out-of-order names what the schema would refuse; the document holds the rest. All other faults mean that it cannot be
// relied upon.
func Read(b []byte) (en16931.Document, error) {
	root, err := xmltree.Parse(b, Names)
	if err != nil {
		return en16931.Document{}, err
	}
	if !Is(root) {
		return en16931.Document{}, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no invoice of EN 16931", Remedy: "it should begin with Invoice or CreditNote (UBL), or CrossIndustryInvoice (CII)"}
	}
	return From(root)
}

// Is tells whether the root is one that From reads.
func Is(root *xmltree.Element) bool {
	return root.Name == "inv:Invoice" || root.Name == "cn:CreditNote"
}

// From is Read for a root that has been parsed with Names.
func From(root *xmltree.Element) (en16931.Document, error) {
	var d en16931.Document
	m := mapping{credit: root.Name == "cn:CreditNote", d: &d}
	err := xmltree.Read(root, m.document)
	return d, err
}
