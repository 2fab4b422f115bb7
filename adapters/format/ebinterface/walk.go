package ebinterface

import "passerelle/adapters/format/xmltree"

// mapping is one walk through a file, whichever way.
type mapping struct{ *xmltree.Walk }

func attr(name string, v *string) xmltree.At { return xmltree.At{Name: name, Value: v} }

func (f *File) walk(w *xmltree.Walk) {
	m := mapping{w}
	m.Attribute("GeneratingSystem", &f.System)
	m.Attribute("DocumentType", &f.Kind)
	m.Attribute("InvoiceCurrency", &f.Currency)
	m.Attribute("DocumentTitle", &f.Title)
	m.Attribute("Language", &f.Language)
	m.Text("InvoiceNumber", &f.Number)
	m.Date("InvoiceDate", &f.Date)
	m.Group("CancelledOriginalDocument", func() { m.related(&f.Cancelled) })
	xmltree.Each(w, "RelatedDocument", &f.Related, m.related)
	m.keyed("AdditionalInformation", "Key", &f.Information)
	m.delivery(&f.Delivery)
	m.Group("Biller", func() { m.party(&f.Biller); m.Text("InvoiceRecipientsBillerID", &f.Biller.Counterpart) })
	m.Group("InvoiceRecipient", func() {
		m.party(&f.Recipient)
		m.Text("BillersInvoiceRecipientID", &f.Recipient.Counterpart)
		m.Text("AccountingArea", &f.Recipient.Area)
		m.Text("SubOrganizationID", &f.Recipient.Unit)
	})
	m.Group("Details", func() {
		m.Text("HeaderDescription", &f.Header)
		xmltree.Each(w, "ItemList", &f.Lists, m.list)
		m.Text("FooterDescription", &f.Footer)
	})
	m.Group("ReductionAndSurchargeDetails", func() {
		m.changes("Reduction", &f.Reductions)
		m.changes("Surcharge", &f.Surcharges)
	})
	m.Group("Tax", func() { xmltree.Each(w, "TaxItem", &f.Taxes, m.taxItem) })
	m.Number("TotalGrossAmount", &f.Gross)
	m.Number("PrepaidAmount", &f.Prepaid)
	m.Number("RoundingAmount", &f.Rounding)
	m.Number("PayableAmount", &f.Payable)
	m.Group("PaymentMethod", func() { m.method(&f.Method) })
	m.Group("PaymentConditions", func() { m.conditions(&f.Conditions) })
	m.Text("Comment", &f.Comment)
}

func (m mapping) keyed(name, attribute string, list *[]Keyed) {
	xmltree.Each(m.Walk, name, list, func(k *Keyed) { m.Value(&k.Text, attr(attribute, &k.Key)) })
}

func (m mapping) texts(name string, list *[]string) {
	xmltree.Each(m.Walk, name, list, func(v *string) { m.Value(v) })
}

func (m mapping) related(r *Related) {
	m.Text("InvoiceNumber", &r.Number)
	m.Date("InvoiceDate", &r.Date)
	m.Text("DocumentType", &r.Kind)
	m.Text("Comment", &r.Comment)
}

func (m mapping) delivery(d *Delivery) {
	m.Group("Delivery", func() {
		m.Text("DeliveryID", &d.ID)
		m.Date("Date", &d.Date)
		m.Group("Period", func() {
			m.Date("FromDate", &d.From)
			m.Date("ToDate", &d.To)
		})
		m.Group("Address", func() { m.address(&d.Address) })
		m.Text("Description", &d.Description)
	})
}

func (m mapping) party(p *Party) {
	m.Text("VATIdentificationNumber", &p.VATID)
	m.keyed("FurtherIdentification", "IdentificationType", &p.Further)
	m.Group("OrderReference", func() { m.order(&p.Order) })
	m.Group("Address", func() { m.address(&p.Address) })
	m.Group("Contact", func() {
		m.Text("Salutation", &p.Contact.Salutation)
		m.Text("Name", &p.Contact.Name)
		m.texts("Phone", &p.Contact.Phones)
		m.texts("Email", &p.Contact.Emails)
	})
}

func (m mapping) order(o *Order) {
	m.Text("OrderID", &o.ID)
	m.Date("ReferenceDate", &o.Date)
	m.Text("Description", &o.Description)
	m.Text("OrderPositionNumber", &o.Position)
}

func (m mapping) address(a *Address) {
	m.keyed("AddressIdentifier", "AddressIdentifierType", &a.IDs)
	m.Text("Name", &a.Name)
	m.Text("TradingName", &a.TradingName)
	m.Text("Street", &a.Street)
	m.Text("POBox", &a.Box)
	m.Text("Town", &a.Town)
	m.Text("ZIP", &a.ZIP)
	m.Text("Country", &a.Country, attr("CountryCode", &a.CountryCode))
	m.texts("Phone", &a.Phones)
	m.texts("Email", &a.Emails)
	m.texts("AdditionalInformation", &a.AdditionalInfo)
}

func (m mapping) list(l *List) {
	m.Text("HeaderDescription", &l.Header)
	xmltree.Each(m.Walk, "ListLineItem", &l.Lines, m.line)
	m.Text("FooterDescription", &l.Footer)
}

func (m mapping) line(l *Line) {
	m.Text("PositionNumber", &l.Position)
	m.texts("Description", &l.Descriptions)
	m.keyed("ArticleNumber", "ArticleNumberType", &l.Articles)
	m.Number("Quantity", &l.Quantity, attr("Unit", &l.Unit))
	m.Number("UnitPrice", &l.Price, attr("BaseQuantity", &l.PriceBase))
	m.Group("ReductionAndSurchargeListLineItemDetails", func() {
		m.changes("ReductionListLineItem", &l.Reductions)
		m.changes("SurchargeListLineItem", &l.Surcharges)
	})
	m.delivery(&l.Delivery)
	m.Group("BillersOrderReference", func() { m.order(&l.Biller) })
	m.Group("InvoiceRecipientsOrderReference", func() { m.order(&l.Customer) })
	m.keyed("Classification", "ClassificationSchema", &l.Classifications)
	m.keyed("AdditionalInformation", "Key", &l.Information)
	m.Group("TaxItem", func() { m.taxItem(&l.Tax) })
	m.Number("LineItemAmount", &l.Amount)
}

func (m mapping) changes(name string, list *[]Change) {
	xmltree.Each(m.Walk, name, list, func(c *Change) {
		m.Number("BaseAmount", &c.Base)
		m.Number("Percentage", &c.Percent)
		m.Number("Amount", &c.Amount)
		m.Text("Comment", &c.Comment)
		m.Text("Classification", &c.Classification.Text, attr("ClassificationSchema", &c.Classification.Key))
		m.Group("TaxItem", func() { m.taxItem(&c.Tax) })
	})
}

func (m mapping) taxItem(t *TaxItem) {
	m.Number("TaxableAmount", &t.Taxable)
	m.Number("TaxPercent", &t.Percent, attr("TaxCategoryCode", &t.Category))
	m.Number("TaxAmount", &t.Amount)
	m.Number("AccountingCurrencyAmount", &t.Accounting, attr("Currency", &t.Currency))
	m.Text("Comment", &t.Comment)
}

func (m mapping) method(p *Method) {
	m.Text("Comment", &p.Comment)
	m.Group("SEPADirectDebit", func() {
		d := &p.Debit
		m.Text("Type", &d.Type)
		m.Text("BIC", &d.BIC)
		m.Text("IBAN", &d.IBAN)
		m.Text("BankAccountOwner", &d.Owner)
		m.Text("CreditorID", &d.Creditor)
		m.Text("MandateReference", &d.Mandate)
		m.Date("DebitCollectionDate", &d.Date)
	})
	m.Group("UniversalBankTransaction", func() {
		xmltree.Each(m.Walk, "BeneficiaryAccount", &p.Accounts, func(a *Account) {
			m.Text("BankName", &a.Bank)
			m.Text("BankCode", &a.Code, attr("BankCodeType", &a.CodeCountry))
			m.Text("BIC", &a.BIC)
			m.Text("BankAccountNr", &a.Number)
			m.Text("IBAN", &a.IBAN)
			m.Text("BankAccountOwner", &a.Owner)
		})
		m.Text("PaymentReference", &p.Reference)
	})
	m.Group("PaymentCard", func() {
		m.Text("PrimaryAccountNumber", &p.Card.Number)
		m.Text("CardHolderName", &p.Card.Holder)
	})
}

func (m mapping) conditions(c *Conditions) {
	m.Date("DueDate", &c.Due)
	xmltree.Each(m.Walk, "Discount", &c.Discounts, func(d *Discount) {
		m.Date("PaymentDate", &d.Until)
		m.Number("BaseAmount", &d.Base)
		m.Number("Percentage", &d.Percent)
		m.Number("Amount", &d.Amount)
		m.Text("Comment", &d.Comment)
	})
	m.Number("MinimumPayment", &c.Minimum)
	m.Text("Comment", &c.Comment)
}
