package peppol

import "passerelle/adapters/format/en16931"

// DocumentType is the identifier of an invoice or credit note in one of our formats, as publishers know it (policies 16 and 20 for the use of
// identifiers): namespace and name of its root, BT-24, and the version of its syntax. It is matched letter by letter.
func DocumentType(t en16931.Target, credit bool) string {
	if t == en16931.FacturX || t == en16931.XRechnungCII { // one root for both
		return documentScheme + "::urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100::CrossIndustryInvoice##" + t.Specification + "::D16B"
	}
	root := "Invoice"
	if credit {
		root = "CreditNote"
	}
	return documentScheme + "::urn:oasis:names:specification:ubl:schema:xsd:" + root + "-2::" + root + "##" + t.Specification + "::2.1"
}

// Process is the identifier of a process, BT-23; empty where it is free.
func Process(name string) string {
	if name == "" {
		return ""
	}
	return processScheme + "::" + name
}
