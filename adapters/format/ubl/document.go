package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

// mapping is one walk through a document, whichever way.
type mapping struct {
	*xmltree.Walk
	d      *en16931.Document
	credit bool // a CreditNote: some elements have other names or places
}

func (m mapping) document(w *xmltree.Walk) {
	m.Walk = w
	m.header()
	m.references()
	m.Group("cac:AccountingSupplierParty", func() { m.Group("cac:Party", func() { m.party(&m.d.Seller, true) }) })
	m.Group("cac:AccountingCustomerParty", func() { m.Group("cac:Party", func() { m.party(&m.d.Buyer, false) }) })
	m.payee()
	m.representative()
	m.delivery()
	m.payment()
	m.Group("cac:PaymentTerms", func() { m.Text("cbc:Note", &m.d.PaymentTerms) })
	xmltree.Each(w, "cac:AllowanceCharge", &m.d.AllowanceCharges, m.allowanceCharge)
	m.taxTotals()
	m.totals()
	line := "cac:InvoiceLine"
	if m.credit {
		line = "cac:CreditNoteLine"
	}
	xmltree.Each(w, line, &m.d.Lines, m.line)
}

func (m mapping) header() {
	d := m.d
	m.Skip("cbc:UBLVersionID", "2.1", "2.0", "2.2", "2.3", "2.4")
	m.Text("cbc:CustomizationID", &d.Specification)
	m.Text("cbc:ProfileID", &d.Process)
	m.Text("cbc:ID", &d.Number)
	m.Date("cbc:IssueDate", &d.IssueDate)
	if m.credit {
		m.Date("cbc:TaxPointDate", &d.TaxPointDate)
		m.Text("cbc:CreditNoteTypeCode", &d.Type)
		m.notes()
	} else {
		m.Date("cbc:DueDate", &d.DueDate)
		m.Text("cbc:InvoiceTypeCode", &d.Type)
		m.notes()
		m.Date("cbc:TaxPointDate", &d.TaxPointDate)
	}
	m.Text("cbc:DocumentCurrencyCode", &d.Currency)
	m.Text("cbc:TaxCurrencyCode", &d.TaxCurrency)
	m.Text("cbc:AccountingCost", &d.BuyerAccount)
	m.Text("cbc:BuyerReference", &d.BuyerReference)
}

// notes: a subject code stands before the text as #AAI#, since UBL has no element for it.
func (m mapping) notes() {
	xmltree.Each(m.Walk, "cbc:Note", &m.d.Notes, func(n *en16931.Note) {
		text := n.Text
		if m.Writing() && n.Subject != "" {
			text = "#" + n.Subject + "#" + n.Text
		}
		m.Value(&text)
		if !m.Writing() {
			*n = readNote(text)
		}
	})
}

func readNote(text string) en16931.Note {
	if len(text) > 5 && text[0] == '#' && text[4] == '#' && isCode(text[1:4]) {
		return en16931.Note{Subject: text[1:4], Text: text[5:]}
	}
	return en16931.Note{Text: text}
}

func isCode(s string) bool {
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

func (m mapping) references() {
	d := m.d
	m.Group("cac:InvoicePeriod", func() {
		m.period(&d.Period)
		m.Text("cbc:DescriptionCode", &d.TaxPointCode)
	})
	m.Group("cac:OrderReference", func() {
		m.order()
		m.Text("cbc:SalesOrderID", &d.SalesOrder)
	})
	xmltree.Each(m.Walk, "cac:BillingReference", &d.Preceding, func(p *en16931.PrecedingInvoice) {
		m.Group("cac:InvoiceDocumentReference", func() {
			m.Text("cbc:ID", &p.Number)
			m.Date("cbc:IssueDate", &p.IssueDate)
		})
	})
	m.reference("cac:DespatchDocumentReference", &d.DespatchAdvice)
	m.reference("cac:ReceiptDocumentReference", &d.ReceivingAdvice)
	if m.credit {
		m.reference("cac:ContractDocumentReference", &d.Contract)
		m.additional()
		m.reference("cac:OriginatorDocumentReference", &d.Tender)
		return
	}
	m.reference("cac:OriginatorDocumentReference", &d.Tender)
	m.reference("cac:ContractDocumentReference", &d.Contract)
	m.additional()
	m.reference("cac:ProjectReference", &d.Project)
}

// order: the schema has no sales order without an order, so its place is held by NA, which receivers know.
func (m mapping) order() {
	order := m.d.Order
	if m.Writing() && order == "" && m.d.SalesOrder != "" {
		order = notAvailable
	}
	m.Text("cbc:ID", &order)
	if !m.Writing() && order != notAvailable {
		m.d.Order = order
	}
}

// notAvailable stands where the schema wants an element and there is nothing to say.
const notAvailable = "NA"

func (m mapping) reference(name string, id *string) {
	m.Group(name, func() { m.Text("cbc:ID", id) })
}

func (m mapping) period(p *en16931.Period) {
	m.Date("cbc:StartDate", &p.Start)
	m.Date("cbc:EndDate", &p.End)
}

func (m mapping) payee() {
	m.Group("cac:PayeeParty", func() {
		p := &m.d.Payee
		ids := m.identifiers(nonEmpty(p.ID), m.paidToPayee())
		if len(ids) > 0 {
			p.ID = ids[0]
		}
		if len(ids) > 1 {
			m.NotCarried(ids[1].Value)
		}
		m.Group("cac:PartyName", func() { m.Text("cbc:Name", &p.Name) })
		m.Group("cac:PartyLegalEntity", func() { m.identifier("cbc:CompanyID", &p.Registration) })
	})
}

// paidToPayee: the creditor identifier of a direct debit is the payee's, or else the seller's.
func (m mapping) paidToPayee() bool { return m.d.Payee != (en16931.Payee{}) }

func nonEmpty(id en16931.Identifier) []en16931.Identifier {
	if id == (en16931.Identifier{}) {
		return nil
	}
	return []en16931.Identifier{id}
}

func (m mapping) representative() {
	m.Group("cac:TaxRepresentativeParty", func() {
		r := &m.d.Representative
		m.Group("cac:PartyName", func() { m.Text("cbc:Name", &r.Name) })
		m.address("cac:PostalAddress", &r.Address)
		m.Group("cac:PartyTaxScheme", func() {
			m.Text("cbc:CompanyID", &r.VATID)
			m.taxScheme("VAT")
		})
	})
}

func (m mapping) delivery() {
	m.Group("cac:Delivery", func() {
		d := &m.d.Delivery
		m.Date("cbc:ActualDeliveryDate", &d.Date)
		m.Group("cac:DeliveryLocation", func() {
			m.identifier("cbc:ID", &d.Location)
			m.address("cac:Address", &d.Address)
		})
		m.Group("cac:DeliveryParty", func() {
			m.Group("cac:PartyName", func() { m.Text("cbc:Name", &d.Name) })
		})
	})
}
