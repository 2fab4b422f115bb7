package nav

import "passerelle/adapters/format/xmltree"

func (m mapping) line(l *Line) {
	m.Text("lineNumber", &l.Number)
	m.Group("lineModificationReference", func() {
		m.Text("lineNumberReference", &l.Modifies)
		m.Text("lineOperation", &l.Operation)
	})
	m.Group("referencesToOtherLines", func() {
		xmltree.Each(m.Walk, "referenceToOtherLine", &l.Others, func(v *string) { m.Value(v) })
	})
	m.Group("advanceData", func() { m.advance(l) })
	m.Group("productCodes", func() {
		xmltree.Each(m.Walk, "productCode", &l.Codes, func(c *Code) {
			m.Text("productCodeCategory", &c.Category)
			m.Text("productCodeValue", &c.Value)
			m.Text("productCodeOwnValue", &c.Own)
		})
	})
	m.Text("lineExpressionIndicator", &l.Expressed)
	m.Text("lineNatureIndicator", &l.Nature)
	m.Text("lineDescription", &l.Description)
	m.Number("quantity", &l.Quantity)
	m.Text("unitOfMeasure", &l.Unit)
	m.Text("unitOfMeasureOwn", &l.OwnUnit)
	m.Number("unitPrice", &l.Price)
	m.Number("unitPriceHUF", &l.HUF)
	m.Group("lineDiscountData", func() {
		m.Text("discountDescription", &l.Discount.Description)
		m.Number("discountValue", &l.Discount.Amount)
		m.Number("discountRate", &l.Discount.Rate)
	})
	m.lineAmounts(l)
	m.lineRest(l)
}

func (m mapping) advance(l *Line) {
	m.Text("advanceIndicator", &l.Advance)
	m.Group("advancePaymentData", func() {
		m.Text("advanceOriginalInvoice", &l.AdvanceOf)
		m.Date("advancePaymentDate", &l.AdvancePaid)
		m.Number("advanceExchangeRate", &l.AdvanceRate)
	})
}

func (m mapping) lineAmounts(l *Line) {
	m.Group("lineAmountsNormal", func() {
		m.pair("lineNetAmountData", "lineNetAmount", &l.Net)
		m.rate("lineVatRate", &l.Rate)
		m.pair("lineVatData", "lineVatAmount", &l.VAT)
		m.pair("lineGrossAmountData", "lineGrossAmountNormal", &l.Gross)
	})
	m.Group("lineAmountsSimplified", func() {
		m.rate("lineVatRate", &l.SimpleRate)
		m.both("lineGrossAmountSimplified", &l.Simplified)
	})
}

// lineRest leaves out what is said of new vehicles, of diesel oil and of the product fee: such elements are Faults when they are read.
func (m mapping) lineRest(l *Line) {
	m.Text("intermediatedService", &l.Intermediated)
	m.Group("aggregateInvoiceLineData", func() {
		m.Number("lineExchangeRate", &l.Rated)
		m.Date("lineDeliveryDate", &l.Delivered)
	})
	m.Drop("newTransportMean", "a new vehicle")
	m.Text("depositIndicator", &l.Deposit)
	m.Text("obligatedForProductFee", &l.ProductFee)
	m.Number("GPCExcise", &l.Excise)
	m.Drop("dieselOilPurchase", "a purchase of diesel oil")
	m.Text("netaDeclaration", &l.NETA)
	m.Drop("productFeeClause", "the product fee")
	m.conventional("conventionalLineInfo", &l.Conventional)
	m.additional("additionalLineData", &l.Additional)
}

func (m mapping) pair(group, name string, p *Pair) {
	m.Group(group, func() { m.both(name, p) })
}

func (m mapping) both(name string, p *Pair) {
	m.Number(name, &p.Amount)
	m.Number(name+"HUF", &p.HUF)
}

func (m mapping) rate(name string, r *Rate) {
	m.Group(name, func() {
		m.Number("vatPercentage", &r.Percentage)
		m.Number("vatContent", &r.Content)
		m.reason("vatExemption", &r.Exempt)
		m.reason("vatOutOfScope", &r.OutOfScope)
		m.Text("vatDomesticReverseCharge", &r.ReverseCharge)
		m.Text("marginSchemeIndicator", &r.Margin)
		m.Group("vatAmountMismatch", func() {
			m.Number("vatRate", &r.Mismatch.Rate)
			m.Text("case", &r.Mismatch.Case)
		})
		m.Text("noVatCharge", &r.NoCharge)
	})
}

func (m mapping) reason(name string, r *Reason) {
	m.Group(name, func() {
		m.Text("case", &r.Case)
		m.Text("reason", &r.Text)
	})
}

func (m mapping) summary(f *File) {
	m.Group("summaryNormal", func() {
		xmltree.Each(m.Walk, "summaryByVatRate", &f.Rates, func(s *RateSummary) {
			m.rate("vatRate", &s.Rate)
			m.pair("vatRateNetData", "vatRateNetAmount", &s.Net)
			m.pair("vatRateVatData", "vatRateVatAmount", &s.VAT)
			m.pair("vatRateGrossData", "vatRateGrossAmount", &s.Gross)
		})
		m.both("invoiceNetAmount", &f.Net)
		m.both("invoiceVatAmount", &f.VAT)
	})
	xmltree.Each(m.Walk, "summarySimplified", &f.Simplified, func(s *SimplifiedSummary) {
		m.rate("vatRate", &s.Rate)
		m.both("vatContentGrossAmount", &s.Gross)
	})
	m.pair("summaryGrossData", "invoiceGrossAmount", &f.Gross)
}
