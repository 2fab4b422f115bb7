package cii

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

// mapping is one walk through a document, whichever way.
type mapping struct {
	*xmltree.Walk
	d        *en16931.Document
	currency string // reading: of the document, which the syntax tells after the lines
}

func (m mapping) document(w *xmltree.Walk) {
	m.Walk = w
	d := m.d
	m.Group("rsm:ExchangedDocumentContext", func() {
		m.Group("ram:BusinessProcessSpecifiedDocumentContextParameter", func() { m.Text("ram:ID", &d.Process) })
		m.Group("ram:GuidelineSpecifiedDocumentContextParameter", func() { m.Text("ram:ID", &d.Specification) })
	})
	m.Group("rsm:ExchangedDocument", func() {
		m.Text("ram:ID", &d.Number)
		m.Text("ram:TypeCode", &d.Type)
		m.date("ram:IssueDateTime", "udt:DateTimeString", &d.IssueDate)
		xmltree.Each(w, "ram:IncludedNote", &d.Notes, func(n *en16931.Note) {
			m.Text("ram:Content", &n.Text)
			m.Text("ram:SubjectCode", &n.Subject)
		})
	})
	m.Group("rsm:SupplyChainTradeTransaction", func() {
		xmltree.Each(w, "ram:IncludedSupplyChainTradeLineItem", &d.Lines, m.line)
		m.Group("ram:ApplicableHeaderTradeAgreement", m.agreement)
		m.Frame("ram:ApplicableHeaderTradeDelivery", m.delivery) // the schema wants it even with nothing to say
		m.Group("ram:ApplicableHeaderTradeSettlement", m.settlement)
	})
}

func (m mapping) agreement() {
	d := m.d
	m.Text("ram:BuyerReference", &d.BuyerReference)
	m.Group("ram:SellerTradeParty", func() { m.party(&d.Seller, true) })
	m.Group("ram:BuyerTradeParty", func() { m.party(&d.Buyer, false) })
	m.Group("ram:SellerTaxRepresentativeTradeParty", func() {
		m.Text("ram:Name", &d.Representative.Name)
		m.address(&d.Representative.Address)
		m.taxes(&d.Representative.VATID, nil)
	})
	m.reference("ram:SellerOrderReferencedDocument", &d.SalesOrder)
	m.reference("ram:BuyerOrderReferencedDocument", &d.Order)
	m.reference("ram:ContractReferencedDocument", &d.Contract)
	m.additional()
	m.Group("ram:SpecifiedProcuringProject", func() {
		m.Text("ram:ID", &d.Project)
		m.Const("ram:Name", "Project reference") // the schema wants a name, the norm has none
	})
}

func (m mapping) reference(name string, id *string) {
	m.Group(name, func() { m.Text("ram:IssuerAssignedID", id) })
}

func (m mapping) delivery() {
	d := m.d
	m.Group("ram:ShipToTradeParty", func() {
		m.identifier(&d.Delivery.Location)
		m.Text("ram:Name", &d.Delivery.Name)
		m.address(&d.Delivery.Address)
	})
	m.Group("ram:ActualDeliverySupplyChainEvent", func() { m.date("ram:OccurrenceDateTime", "udt:DateTimeString", &d.Delivery.Date) })
	m.reference("ram:DespatchAdviceReferencedDocument", &d.DespatchAdvice)
	m.reference("ram:ReceivingAdviceReferencedDocument", &d.ReceivingAdvice)
}

func (m mapping) settlement() {
	d := m.d
	m.Text("ram:CreditorReferenceID", &d.Payment.Creditor)
	m.Text("ram:PaymentReference", &d.Payment.Remittance)
	m.Text("ram:TaxCurrencyCode", &d.TaxCurrency)
	m.Text("ram:InvoiceCurrencyCode", &d.Currency)
	m.Group("ram:PayeeTradeParty", func() {
		m.identifier(&d.Payee.ID)
		m.Text("ram:Name", &d.Payee.Name)
		m.Group("ram:SpecifiedLegalOrganization", func() { m.schemed("ram:ID", &d.Payee.Registration) })
	})
	xmltree.Each(m.Walk, "ram:SpecifiedTradeSettlementPaymentMeans", &d.Payment.Means, m.paymentMeans)
	m.breakdown()
	m.period(&d.Period)
	xmltree.Each(m.Walk, "ram:SpecifiedTradeAllowanceCharge", &d.AllowanceCharges, m.allowanceCharge)
	m.Group("ram:SpecifiedTradePaymentTerms", func() {
		m.Text("ram:Description", &d.PaymentTerms)
		m.date("ram:DueDateDateTime", "udt:DateTimeString", &d.DueDate)
		m.Text("ram:DirectDebitMandateID", &d.Payment.Mandate)
	})
	m.Group("ram:SpecifiedTradeSettlementHeaderMonetarySummation", m.totals)
	m.preceding()
	m.Group("ram:ReceivableSpecifiedTradeAccountingAccount", func() { m.Text("ram:ID", &d.BuyerAccount) })
}

// preceding: the schema has room for one; later versions have more, so more are read.
func (m mapping) preceding() {
	if m.Writing() && len(m.d.Preceding) > 1 {
		m.Fault(xmltree.FaultNotCarried, "preceding", "write UBL, or one document for each invoice", "CII has room for one preceding invoice, and there are %d", len(m.d.Preceding))
	}
	xmltree.Each(m.Walk, "ram:InvoiceReferencedDocument", &m.d.Preceding, func(p *en16931.PrecedingInvoice) {
		m.Text("ram:IssuerAssignedID", &p.Number)
		m.date("ram:FormattedIssueDateTime", "qdt:DateTimeString", &p.IssueDate)
	})
}
