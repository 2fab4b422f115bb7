// Package cii writes and reads EN 16931 documents as UN/CEFACT Cross Industry Invoice D16B, in the binding of CEN/TS
// 16931-3-3. It is the syntax of the XML in Factur-X and ZUGFeRD (profile EN 16931) and the second one of XRechnung.
//
// One description of the document, in the order of the schema, serves both directions. It judges nothing: see package
// rules. It makes no PDF.
package cii

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

const (
	message   = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
	reusable  = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
	types     = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
	qualified = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
)

// Names are the prefixes by which From knows the elements.
var Names = xmltree.Names{message: "rsm", reusable: "ram", types: "udt", qualified: "qdt"}

// Write returns the document as a CrossIndustryInvoice; its type says whether it is a credit note. What the document has
// and CII has no place for is a Fault with code not-carried.
func Write(d en16931.Document) ([]byte, error) {
	m := mapping{d: &d}
	return xmltree.Write(`rsm:CrossIndustryInvoice xmlns:rsm="`+message+`" xmlns:ram="`+reusable+`" xmlns:udt="`+types+`" xmlns:qdt="`+qualified+`"`, m.document)
}

// Read reads a CrossIndustryInvoice. Faults with code not-carried name what is in the bytes and not in the document;
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
func Is(root *xmltree.Element) bool { return root.Name == "rsm:CrossIndustryInvoice" }

// From is Read for a root that has been parsed with Names.
func From(root *xmltree.Element) (en16931.Document, error) {
	var d en16931.Document
	m := mapping{d: &d, currency: root.Find("rsm:SupplyChainTradeTransaction", "ram:ApplicableHeaderTradeSettlement", "ram:InvoiceCurrencyCode")}
	err := xmltree.Read(root, m.document)
	return d, err
}
