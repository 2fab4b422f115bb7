package cii

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func (m mapping) line(l *en16931.Line) {
	m.Group("ram:AssociatedDocumentLineDocument", func() {
		m.Text("ram:LineID", &l.ID)
		m.Group("ram:IncludedNote", func() { m.Text("ram:Content", &l.Note) })
	})
	m.Group("ram:SpecifiedTradeProduct", func() { m.item(&l.Item) })
	m.Group("ram:SpecifiedLineTradeAgreement", func() {
		m.Group("ram:BuyerOrderReferencedDocument", func() { m.Text("ram:LineID", &l.OrderLine) })
		m.price(&l.Price)
	})
	m.Group("ram:SpecifiedLineTradeDelivery", func() {
		m.Number("ram:BilledQuantity", &l.Quantity, xmltree.At{Name: "unitCode", Value: &l.Unit})
	})
	m.Group("ram:SpecifiedLineTradeSettlement", func() { m.lineSettlement(l) })
}

func (m mapping) item(item *en16931.Item) {
	m.schemed("ram:GlobalID", &item.StandardID)
	m.Text("ram:SellerAssignedID", &item.SellersID)
	m.Text("ram:BuyerAssignedID", &item.BuyersID)
	m.Text("ram:Name", &item.Name)
	m.Text("ram:Description", &item.Description)
	xmltree.Each(m.Walk, "ram:ApplicableProductCharacteristic", &item.Attributes, func(a *en16931.Attribute) {
		m.Text("ram:Description", &a.Name)
		m.Text("ram:Value", &a.Value)
	})
	xmltree.Each(m.Walk, "ram:DesignatedProductClassification", &item.Classifications, func(c *en16931.Classification) {
		m.Text("ram:ClassCode", &c.Value, xmltree.At{Name: "listID", Value: &c.Scheme}, xmltree.At{Name: "listVersionID", Value: &c.Version})
	})
	m.Group("ram:OriginTradeCountry", func() { m.Text("ram:ID", &item.Origin) })
}

// price: both prices have a base quantity; it is the same, or not carried.
func (m mapping) price(p *en16931.Price) {
	var base en16931.Number
	var unit string
	gross := &p.Gross
	if m.Writing() && p.Gross == nil && p.Discount != nil && p.Net != nil {
		gross = new(en16931.Number)
		*gross = &contracts.Decimal{Decimal: p.Net.Add(p.Discount.Decimal)} // BT-146 = BT-148 - BT-147; CII has no discount without it
	}
	m.Group("ram:GrossPriceProductTradePrice", func() {
		m.amount("ram:ChargeAmount", gross)
		m.Number("ram:BasisQuantity", &base, xmltree.At{Name: "unitCode", Value: &unit})
		if m.Writing() && p.Discount == nil {
			return
		}
		m.Group("ram:AppliedTradeAllowanceCharge", func() {
			m.discount()
			m.amount("ram:ActualAmount", &p.Discount)
		})
	})
	m.Group("ram:NetPriceProductTradePrice", func() {
		m.amount("ram:ChargeAmount", &p.Net)
		m.Number("ram:BasisQuantity", &p.BaseQuantity, xmltree.At{Name: "unitCode", Value: &p.BaseUnit})
	})
	if p.BaseQuantity == nil && !m.Writing() {
		p.BaseQuantity, p.BaseUnit = base, unit
	}
	if base != nil && (!base.Equal(p.BaseQuantity.Decimal) || unit != p.BaseUnit) {
		m.NotCarried(xmltree.Digits(*base) + " " + unit)
	}
}

func (m mapping) lineSettlement(l *en16931.Line) {
	m.Group("ram:ApplicableTradeTax", func() {
		m.Const("ram:TypeCode", "VAT")
		m.Text("ram:CategoryCode", &l.Category)
		m.Number("ram:RateApplicablePercent", &l.Rate)
	})
	m.period(&l.Period)
	xmltree.Each(m.Walk, "ram:SpecifiedTradeAllowanceCharge", &l.AllowanceCharges, m.allowance)
	m.Group("ram:SpecifiedTradeSettlementLineMonetarySummation", func() { m.amount("ram:LineTotalAmount", &l.Net) })
	m.Group("ram:AdditionalReferencedDocument", func() {
		m.Text("ram:IssuerAssignedID", &l.Object.Value)
		m.Const("ram:TypeCode", objectType)
		m.Text("ram:ReferenceTypeCode", &l.Object.Scheme)
	})
	m.Group("ram:ReceivableSpecifiedTradeAccountingAccount", func() { m.Text("ram:ID", &l.BuyerAccount) })
}
