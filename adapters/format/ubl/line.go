package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func (m mapping) line(l *en16931.Line) {
	m.Text("cbc:ID", &l.ID)
	m.Text("cbc:Note", &l.Note)
	quantity := "cbc:InvoicedQuantity"
	if m.credit {
		quantity = "cbc:CreditedQuantity"
	}
	m.Number(quantity, &l.Quantity, xmltree.At{Name: "unitCode", Value: &l.Unit})
	m.amount("cbc:LineExtensionAmount", &l.Net)
	m.Text("cbc:AccountingCost", &l.BuyerAccount)
	m.Group("cac:InvoicePeriod", func() { m.period(&l.Period) })
	m.Group("cac:OrderLineReference", func() { m.Text("cbc:LineID", &l.OrderLine) })
	m.lineObject(l)
	xmltree.Each(m.Walk, "cac:AllowanceCharge", &l.AllowanceCharges, func(a *en16931.AllowanceCharge) { m.allowance(a, func() {}) })
	m.Group("cac:Item", func() { m.item(l) })
	m.Group("cac:Price", func() { m.price(&l.Price) })
}

// lineObject: the type says that the document reference is an object (130); some senders leave it out.
func (m mapping) lineObject(l *en16931.Line) {
	m.Group("cac:DocumentReference", func() {
		m.identifier("cbc:ID", &l.Object)
		m.Const("cbc:DocumentTypeCode", objectType)
	})
}

func (m mapping) item(l *en16931.Line) {
	item := &l.Item
	m.Text("cbc:Description", &item.Description)
	m.Text("cbc:Name", &item.Name)
	m.Group("cac:BuyersItemIdentification", func() { m.Text("cbc:ID", &item.BuyersID) })
	m.Group("cac:SellersItemIdentification", func() { m.Text("cbc:ID", &item.SellersID) })
	m.Group("cac:StandardItemIdentification", func() { m.identifier("cbc:ID", &item.StandardID) })
	m.Group("cac:OriginCountry", func() { m.Text("cbc:IdentificationCode", &item.Origin) })
	xmltree.Each(m.Walk, "cac:CommodityClassification", &item.Classifications, func(c *en16931.Classification) {
		m.Text("cbc:ItemClassificationCode", &c.Value, xmltree.At{Name: "listID", Value: &c.Scheme}, xmltree.At{Name: "listVersionID", Value: &c.Version})
	})
	m.Group("cac:ClassifiedTaxCategory", func() {
		m.Text("cbc:ID", &l.Category)
		m.Number("cbc:Percent", &l.Rate)
		m.taxScheme("VAT")
	})
	xmltree.Each(m.Walk, "cac:AdditionalItemProperty", &item.Attributes, func(a *en16931.Attribute) {
		m.Text("cbc:Name", &a.Name)
		m.Text("cbc:Value", &a.Value)
	})
}

// price: what is taken off the gross price is an allowance in UBL, which has no gross price without one.
func (m mapping) price(p *en16931.Price) {
	m.amount("cbc:PriceAmount", &p.Net)
	m.Number("cbc:BaseQuantity", &p.BaseQuantity, xmltree.At{Name: "unitCode", Value: &p.BaseUnit})
	if m.Writing() && p.Discount == nil && p.Gross == nil {
		return
	}
	discount := &p.Discount
	if m.Writing() && p.Discount == nil && p.Net != nil {
		discount = new(en16931.Number)
		*discount = &contracts.Decimal{Decimal: p.Gross.Sub(p.Net.Decimal)} // BT-146 = BT-148 - BT-147
	}
	m.Group("cac:AllowanceCharge", func() {
		m.Const("cbc:ChargeIndicator", "false")
		m.amount("cbc:Amount", discount)
		m.amount("cbc:BaseAmount", &p.Gross)
	})
}
