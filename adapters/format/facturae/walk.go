package facturae

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

// mapping is one walk through a file, whichever way.
type mapping struct{ *xmltree.Walk }

func (f *File) walk(w *xmltree.Walk) {
	m := mapping{w}
	m.Group("FileHeader", func() {
		m.Text("SchemaVersion", &f.Version)
		m.Text("Modality", &f.Modality)
		m.Text("InvoiceIssuerType", &f.Issuer)
		m.Group("Batch", func() {
			m.Text("BatchIdentifier", &f.Batch.ID)
			m.Text("InvoicesCount", &f.Batch.Count)
			m.amount("TotalInvoicesAmount", &f.Batch.Total)
			m.amount("TotalOutstandingAmount", &f.Batch.Outstanding)
			m.amount("TotalExecutableAmount", &f.Batch.Executable)
			m.Text("InvoiceCurrencyCode", &f.Batch.Currency)
		})
	})
	m.Group("Parties", func() {
		m.Group("SellerParty", func() { m.party(&f.Seller) })
		m.Group("BuyerParty", func() { m.party(&f.Buyer) })
	})
	m.Group("Invoices", func() { xmltree.Each(w, "Invoice", &f.Invoices, m.invoice) })
	m.Drop("{http://www.w3.org/2000/09/xmldsig#}Signature", "the signature, which is not checked")
}

func (m mapping) amount(name string, a *Amount) {
	m.Group(name, func() {
		m.Number("TotalAmount", &a.Total)
		m.Number("EquivalentInEuros", &a.Euros)
	})
}

func (m mapping) party(p *Party) {
	m.Group("TaxIdentification", func() {
		m.Text("PersonTypeCode", &p.PersonType)
		m.Text("ResidenceTypeCode", &p.Residence)
		m.Text("TaxIdentificationNumber", &p.TaxNumber)
	})
	m.Text("PartyIdentification", &p.Identification)
	m.Group("AdministrativeCentres", func() {
		xmltree.Each(m.Walk, "AdministrativeCentre", &p.Centres, func(c *Centre) {
			m.Text("CentreCode", &c.Code)
			m.Text("RoleTypeCode", &c.Role)
			m.Text("Name", &c.Name)
			m.address(&c.Spain, &c.Overseas)
			m.Text("CentreDescription", &c.Description)
		})
	})
	m.Group("LegalEntity", func() {
		l := &p.Legal
		m.Text("CorporateName", &l.Name)
		m.Text("TradeName", &l.TradeName)
		m.Group("RegistrationData", func() {
			for i, name := range registers {
				m.Text(name, &l.Registration[i])
			}
		})
		m.address(&l.Spain, &l.Overseas)
		m.contact(&l.Contact)
	})
	m.Group("Individual", func() {
		m.Text("Name", &p.Person.Name)
		m.Text("FirstSurname", &p.Person.First)
		m.Text("SecondSurname", &p.Person.Second)
		m.address(&p.Person.Spain, &p.Person.Overseas)
		m.contact(&p.Person.Contact)
	})
}

// registers are the parts of RegistrationData.
var registers = [7]string{"Book", "RegisterOfCompaniesLocation", "Sheet", "Folio", "Section", "Volume", "AdditionalRegistrationData"}

func (m mapping) address(spain, overseas *Address) {
	m.Group("AddressInSpain", func() {
		m.Text("Address", &spain.Street)
		m.Text("PostCode", &spain.PostCode)
		m.Text("Town", &spain.Town)
		m.Text("Province", &spain.Province)
		m.Text("CountryCode", &spain.Country)
	})
	m.Group("OverseasAddress", func() {
		m.Text("Address", &overseas.Street)
		m.Text("PostCodeAndTown", &overseas.PostCodeAndTown)
		m.Text("Province", &overseas.Province)
		m.Text("CountryCode", &overseas.Country)
	})
}

func (m mapping) contact(c *Contact) {
	m.Group("ContactDetails", func() {
		m.Text("Telephone", &c.Phone)
		m.Text("TeleFax", &c.Fax)
		m.Text("WebAddress", &c.Web)
		m.Text("ElectronicMail", &c.Email)
		m.Text("ContactPersons", &c.Persons)
		m.Text("AdditionalContactDetails", &c.Further)
	})
}

func (m mapping) invoice(i *Invoice) {
	m.Group("InvoiceHeader", func() {
		m.Text("InvoiceNumber", &i.Number)
		m.Text("InvoiceSeriesCode", &i.Series)
		m.Text("InvoiceDocumentType", &i.Type)
		m.Text("InvoiceClass", &i.Class)
		m.Group("Corrective", func() { m.corrective(&i.Corrects) })
	})
	m.Group("InvoiceIssueData", func() { m.issueData(i) })
	m.Group("TaxesOutputs", func() { xmltree.Each(m.Walk, "Tax", &i.Outputs, m.tax) })
	m.Group("TaxesWithheld", func() { xmltree.Each(m.Walk, "Tax", &i.Withheld, m.tax) })
	m.Group("InvoiceTotals", func() { m.totals(&i.Totals) })
	m.Group("Items", func() { xmltree.Each(m.Walk, "InvoiceLine", &i.Lines, m.line) })
	m.Group("PaymentDetails", func() { xmltree.Each(m.Walk, "Installment", &i.Installments, m.installment) })
	m.Group("LegalLiterals", func() { xmltree.Each(m.Walk, "LegalReference", &i.Literals, func(v *string) { m.Value(v) }) })
	m.Group("AdditionalData", func() {
		m.Text("RelatedInvoice", &i.RelatedInvoice)
		m.Group("RelatedDocuments", func() {
			xmltree.Each(m.Walk, "Attachment", &i.Attachments, func(a *Attachment) {
				m.Text("AttachmentCompressionAlgorithm", &a.Compression)
				m.Text("AttachmentFormat", &a.Format)
				m.Text("AttachmentEncoding", &a.Encoding)
				m.Text("AttachmentDescription", &a.Description)
				m.Text("AttachmentData", &a.Content)
			})
		})
		m.Text("InvoiceAdditionalInformation", &i.Information)
	})
}

func (m mapping) period(name string, p *en16931.Period) {
	m.Group(name, func() {
		m.Date("StartDate", &p.Start)
		m.Date("EndDate", &p.End)
	})
}

func (m mapping) corrective(c *Corrective) {
	m.Text("InvoiceNumber", &c.Number)
	m.Text("InvoiceSeriesCode", &c.Series)
	m.Text("ReasonCode", &c.Code)
	m.Text("ReasonDescription", &c.Reason)
	m.period("TaxPeriod", &c.Period)
	m.Text("CorrectionMethod", &c.Method)
	m.Text("CorrectionMethodDescription", &c.MethodText)
	m.Text("AdditionalReasonDescription", &c.Further)
	m.Date("InvoiceIssueDate", &c.Issued)
}

func (m mapping) issueData(i *Invoice) {
	m.Date("IssueDate", &i.Issued)
	m.Date("OperationDate", &i.Operation)
	m.period("InvoicingPeriod", &i.Period)
	m.Text("InvoiceCurrencyCode", &i.Currency)
	m.Group("ExchangeRateDetails", func() {
		m.Number("ExchangeRate", &i.Rate)
		m.Date("ExchangeRateDate", &i.RateDate)
	})
	m.Text("TaxCurrencyCode", &i.TaxCurrency)
	m.Text("LanguageName", &i.Language)
	m.Text("InvoiceDescription", &i.Description)
	m.Text("ReceiverTransactionReference", &i.Order)
	m.Text("FileReference", &i.FileReference)
	m.Text("ReceiverContractReference", &i.Contract)
}

func (m mapping) tax(t *Tax) {
	m.Text("TaxTypeCode", &t.Code)
	m.Number("TaxRate", &t.Rate)
	m.amount("TaxableBase", &t.Base)
	m.amount("TaxAmount", &t.Amount)
	m.amount("SpecialTaxableBase", &t.SpecialBase)
	m.amount("SpecialTaxAmount", &t.SpecialAmount)
	m.Number("EquivalenceSurcharge", &t.Surcharge)
	m.amount("EquivalenceSurchargeAmount", &t.SurchargeAmount)
}

// changes is a group of discounts or charges, whose elements begin with the name of one.
func (m mapping) changes(group, one string, list *[]Change) {
	m.Group(group, func() {
		xmltree.Each(m.Walk, one, list, func(c *Change) {
			m.Text(one+"Reason", &c.Reason)
			m.Number(one+"Rate", &c.Rate)
			m.Number(one+"Amount", &c.Amount)
		})
	})
}

func (m mapping) totals(t *Totals) {
	m.Number("TotalGrossAmount", &t.Gross)
	m.changes("GeneralDiscounts", "Discount", &t.Discounts)
	m.changes("GeneralSurcharges", "Charge", &t.Charges)
	m.Number("TotalGeneralDiscounts", &t.TotalDiscounts)
	m.Number("TotalGeneralSurcharges", &t.TotalCharges)
	m.Number("TotalGrossAmountBeforeTaxes", &t.BeforeTaxes)
	m.Number("TotalTaxOutputs", &t.Outputs)
	m.Number("TotalTaxesWithheld", &t.Withheld)
	m.Number("InvoiceTotal", &t.Total)
	m.Group("PaymentsOnAccount", func() {
		xmltree.Each(m.Walk, "PaymentOnAccount", &t.OnAccount, func(p *Paid) {
			m.Date("PaymentOnAccountDate", &p.Date)
			m.Number("PaymentOnAccountAmount", &p.Amount)
		})
	})
	m.Number("TotalOutstandingAmount", &t.Outstanding)
	m.Number("TotalPaymentsOnAccount", &t.TotalPaid)
	m.Group("AmountsWithheld", func() {
		m.Text("WithholdingReason", &t.Kept.Reason)
		m.Number("WithholdingRate", &t.Kept.Rate)
		m.Number("WithholdingAmount", &t.Kept.Amount)
	})
	m.Number("TotalExecutableAmount", &t.Executable)
	m.Number("TotalReimbursableExpenses", &t.Reimbursements)
}

func (m mapping) line(l *Line) {
	m.Text("IssuerContractReference", &l.IssuerContract)
	m.Text("IssuerTransactionReference", &l.IssuerOrder)
	m.Text("ReceiverContractReference", &l.Contract)
	m.Text("ReceiverTransactionReference", &l.Order)
	m.Text("FileReference", &l.FileReference)
	m.Text("SequenceNumber", &l.Sequence)
	m.Group("DeliveryNotesReferences", func() {
		xmltree.Each(m.Walk, "DeliveryNote", &l.Notes, func(n *DeliveryNote) {
			m.Text("DeliveryNoteNumber", &n.Number)
			m.Date("DeliveryNoteDate", &n.Date)
		})
	})
	m.Text("ItemDescription", &l.Description)
	m.Number("Quantity", &l.Quantity)
	m.Text("UnitOfMeasure", &l.Unit)
	m.Number("UnitPriceWithoutTax", &l.Price)
	m.Number("TotalCost", &l.Cost)
	m.changes("DiscountsAndRebates", "Discount", &l.Discounts)
	m.changes("Charges", "Charge", &l.Charges)
	m.Number("GrossAmount", &l.Gross)
	m.Group("TaxesWithheld", func() { xmltree.Each(m.Walk, "Tax", &l.Withheld, m.tax) })
	m.Group("TaxesOutputs", func() { xmltree.Each(m.Walk, "Tax", &l.Outputs, m.tax) })
	m.period("LineItemPeriod", &l.Period)
	m.Date("TransactionDate", &l.Day)
	m.Text("AdditionalLineItemInformation", &l.Further)
	m.Group("SpecialTaxableEvent", func() {
		m.Text("SpecialTaxableEventCode", &l.Event)
		m.Text("SpecialTaxableEventReason", &l.Reason)
	})
	m.Text("ArticleCode", &l.Article)
}

func (m mapping) installment(i *Installment) {
	m.Date("InstallmentDueDate", &i.Due)
	m.Number("InstallmentAmount", &i.Amount)
	m.Text("PaymentMeans", &i.Means)
	m.Group("AccountToBeCredited", func() { m.account(&i.Credit) })
	m.Text("PaymentReconciliationReference", &i.Reference)
	m.Group("AccountToBeDebited", func() { m.account(&i.Debit) })
	m.Text("CollectionAdditionalInformation", &i.Further)
	m.Text("DebitReconciliationReference", &i.Refund)
}

func (m mapping) account(a *Account) {
	m.Text("IBAN", &a.IBAN)
	m.Text("AccountNumber", &a.Number)
	m.Text("BankCode", &a.Bank)
	m.Text("BranchCode", &a.Branch)
	m.Text("BIC", &a.BIC)
}
