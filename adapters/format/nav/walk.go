package nav

import "passerelle/adapters/format/xmltree"

// mapping is one walk through a file, whichever way.
type mapping struct{ *xmltree.Walk }

func (f *File) walk(w *xmltree.Walk) {
	m := mapping{w}
	m.Text("invoiceNumber", &f.Number)
	m.Date("invoiceIssueDate", &f.Issued)
	m.Text("completenessIndicator", &f.Complete)
	m.Group("invoiceMain", func() {
		m.Group("invoice", func() { m.invoice(f) })
	})
}

func (m mapping) invoice(f *File) {
	m.Group("invoiceReference", func() {
		m.Text("originalInvoiceNumber", &f.Reference.Number)
		m.Text("modifyWithoutMaster", &f.Reference.WithoutMaster)
		m.Text("modificationIndex", &f.Reference.Index)
	})
	m.Group("invoiceHead", func() {
		m.Group("supplierInfo", func() { m.supplier(&f.Supplier) })
		m.Group("customerInfo", func() { m.customer(&f.Customer) })
		m.Group("fiscalRepresentativeInfo", func() {
			m.taxNumber("fiscalRepresentativeTaxNumber", &f.Representative.TaxNumber, nil)
			m.Text("fiscalRepresentativeName", &f.Representative.Name)
			m.address("fiscalRepresentativeAddress", &f.Representative.Address)
			m.Text("fiscalRepresentativeBankAccountNumber", &f.Representative.Account)
		})
		m.Group("invoiceDetail", func() { m.detail(&f.Detail) })
	})
	m.Group("invoiceLines", func() {
		m.Text("mergedItemIndicator", &f.Merged)
		xmltree.Each(m.Walk, "line", &f.Lines, m.line)
	})
	m.Group("invoiceSummary", func() { m.summary(f) })
}

func (m mapping) supplier(s *Supplier) {
	m.taxNumber("supplierTaxNumber", &s.TaxNumber, nil)
	m.taxNumber("groupMemberTaxNumber", &s.GroupMember, nil)
	m.Text("communityVatNumber", &s.VATID)
	m.Text("supplierName", &s.Name)
	m.address("supplierAddress", &s.Address)
	m.Text("supplierBankAccountNumber", &s.Account)
	m.Text("individualExemption", &s.Exempt)
	m.Text("exciseLicenceNum", &s.Licence)
}

func (m mapping) customer(c *Customer) {
	m.Text("customerVatStatus", &c.Status)
	m.Group("customerVatData", func() {
		m.taxNumber("customerTaxNumber", &c.TaxNumber, &c.GroupMember)
		m.Text("communityVatNumber", &c.VATID)
		m.Text("thirdStateTaxId", &c.ThirdState)
	})
	m.Text("customerName", &c.Name)
	m.address("customerAddress", &c.Address)
	m.Text("customerBankAccountNumber", &c.Account)
}

// taxNumber with that of the member of a VAT group inside, where there may be one.
func (m mapping) taxNumber(name string, n, member *TaxNumber) {
	m.Group(name, func() {
		m.Text("base:taxpayerId", &n.Taxpayer)
		m.Text("base:vatCode", &n.VATCode)
		m.Text("base:countyCode", &n.County)
		if member != nil {
			m.taxNumber("groupMemberTaxNumber", member, nil)
		}
	})
}

func (m mapping) address(name string, a *Address) {
	m.Group(name, func() {
		if !m.Writing() || !a.detailed() {
			m.Group("base:simpleAddress", func() {
				m.place(a)
				m.Text("base:additionalAddressDetail", &a.Detail)
			})
		}
		if !m.Writing() || a.detailed() {
			m.Group("base:detailedAddress", func() {
				if *a != (Address{}) && !m.Writing() {
					m.Fault(xmltree.FaultRepeated, "", "", "an address is told once")
				}
				m.place(a)
				m.Text("base:streetName", &a.Street)
				m.Text("base:publicPlaceCategory", &a.Kind)
				m.Text("base:number", &a.Number)
				m.Text("base:building", &a.Building)
				m.Text("base:staircase", &a.Staircase)
				m.Text("base:floor", &a.Floor)
				m.Text("base:door", &a.Door)
				m.Text("base:lotNumber", &a.Lot)
			})
		}
	})
}

func (a Address) detailed() bool {
	return a.Street+a.Kind+a.Number+a.Building+a.Staircase+a.Floor+a.Door+a.Lot != ""
}

func (m mapping) place(a *Address) {
	m.Text("base:countryCode", &a.Country)
	m.Text("base:region", &a.Region)
	m.Text("base:postalCode", &a.PostCode)
	m.Text("base:city", &a.Town)
}

func (m mapping) detail(d *Detail) {
	m.Text("invoiceCategory", &d.Category)
	m.Date("invoiceDeliveryDate", &d.Delivered)
	m.Date("invoiceDeliveryPeriodStart", &d.Start)
	m.Date("invoiceDeliveryPeriodEnd", &d.End)
	m.Date("invoiceAccountingDeliveryDate", &d.Accounted)
	m.Text("periodicalSettlement", &d.Periodical)
	m.Text("smallBusinessIndicator", &d.SmallBusiness)
	m.Text("currencyCode", &d.Currency)
	m.Number("exchangeRate", &d.ExchangeRate)
	m.Text("utilitySettlementIndicator", &d.Utility)
	m.Text("selfBillingIndicator", &d.SelfBilling)
	m.Text("paymentMethod", &d.PaymentMethod)
	m.Date("paymentDate", &d.PaymentDate)
	m.Text("cashAccountingIndicator", &d.CashAccounting)
	m.Text("invoiceAppearance", &d.Appearance)
	m.conventional("conventionalInvoiceInfo", &d.ConventionalInfo)
	m.additional("additionalInvoiceData", &d.Additional)
}

func (m mapping) conventional(name string, c *ConventionalInfo) {
	m.Group(name, func() {
		for _, one := range c.all() {
			m.Group(one.group, func() { xmltree.Each(m.Walk, one.name, one.list, func(v *string) { m.Value(v) }) })
		}
	})
}

type numbers struct {
	group, name string
	list        *[]string
}

// all lists the groups of numbers in the order of the schema.
func (c *ConventionalInfo) all() []numbers {
	return []numbers{
		{"orderNumbers", "orderNumber", &c.Orders}, {"deliveryNotes", "deliveryNote", &c.DeliveryNotes}, {"shippingDates", "shippingDate", &c.ShippingDates},
		{"contractNumbers", "contractNumber", &c.Contracts}, {"supplierCompanyCodes", "supplierCompanyCode", &c.SupplierCodes},
		{"customerCompanyCodes", "customerCompanyCode", &c.CustomerCodes}, {"dealerCodes", "dealerCode", &c.Dealers}, {"costCenters", "costCenter", &c.CostCenters},
		{"projectNumbers", "projectNumber", &c.Projects}, {"generalLedgerAccountNumbers", "generalLedgerAccountNumber", &c.Accounts},
		{"glnNumbersSupplier", "glnNumber", &c.SupplierGLNs}, {"glnNumbersCustomer", "glnNumber", &c.CustomerGLNs}, {"materialNumbers", "materialNumber", &c.Materials},
		{"itemNumbers", "itemNumber", &c.Items}, {"ekaerIds", "ekaerId", &c.EKAER},
	}
}

func (m mapping) additional(name string, list *[]Additional) {
	xmltree.Each(m.Walk, name, list, func(a *Additional) {
		m.Text("dataName", &a.Name)
		m.Text("dataDescription", &a.Description)
		m.Text("dataValue", &a.Value)
	})
}
