package facturae

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

func (d *document) write(walk *xmltree.Walk) {
	d.w = national.Writer{Walk: walk}
	d.w.Group("FileHeader", d.header)
	d.w.Group("Parties", d.parties)
	d.w.Group("Invoices", func() {
		d.w.Group("Invoice", func() {
			d.w.Group("InvoiceHeader", d.invoiceHeader)
			d.w.Group("InvoiceIssueData", d.issueData)
			d.w.Group("TaxesOutputs", d.taxes)
			d.withheld("TaxesWithheld", d.inv.Totals.TaxExclusive)
			d.w.Group("InvoiceTotals", d.totals)
			d.w.Group("Items", d.items)
			d.w.Group("PaymentDetails", d.payment)
			d.w.Group("LegalLiterals", d.literals)
		})
	})
}

func (d *document) header() {
	w := d.w
	w.Put("SchemaVersion", "3.2.2")
	w.Put("Modality", "I")           // one invoice
	w.Put("InvoiceIssuerType", "EM") // by the seller itself
	w.Group("Batch", func() {
		w.Put("BatchIdentifier", d.taxNumber("seller", d.inv.Seller)+d.inv.Number)
		w.Put("InvoicesCount", "1")
		d.amount("TotalInvoicesAmount", d.total())
		d.amount("TotalOutstandingAmount", d.total())
		d.amount("TotalExecutableAmount", d.total())
		w.Put("InvoiceCurrencyCode", string(d.inv.Currency))
	})
}

// total is what is to be paid: net and VAT less what the buyer keeps back.
func (d *document) total() decimal.Decimal {
	return d.inv.Totals.TaxInclusive.Amount.Sub(d.facts.Withheld(d.inv).Amount)
}

// amount is an AmountType: in the invoice's currency, and in EUR when that is another.
func (d *document) amount(name string, m decimal.Decimal) {
	d.w.Group(name, func() {
		d.number("TotalAmount", m)
		if d.inv.Currency != contracts.EUR {
			d.w.Amount("EquivalentInEuros", m.Mul(decimal.New(d.sign, 0)).Mul(d.facts.ExchangeRate.Decimal).Round(2), 2)
		}
	})
}

// number is an amount, negative in a credit note.
func (d *document) number(name string, m decimal.Decimal) {
	d.w.Amount(name, m.Mul(decimal.New(d.sign, 0)), 2)
}

func (d *document) invoiceHeader() {
	w := d.w
	w.Put("InvoiceNumber", d.inv.Number)
	w.Put("InvoiceDocumentType", "FC") // complete
	if d.of == nil {
		w.Put("InvoiceClass", "OO") // original
		return
	}
	w.Put("InvoiceClass", "OR") // corrective
	w.Group("Corrective", func() {
		w.Put("InvoiceNumber", d.of.Number)
		w.Put("ReasonCode", d.reasonCode())
		w.Put("ReasonDescription", reasons[d.reasonCode()])
		month := d.of.Issued.Month()
		w.Group("TaxPeriod", func() { d.dates("StartDate", month.First(), "EndDate", month.Last()) })
		w.Put("CorrectionMethod", "02")
		w.Put("CorrectionMethodDescription", "Rectificación por diferencias")
		w.Put("AdditionalReasonDescription", strings.TrimSpace(d.of.Reason))
		w.Day("InvoiceIssueDate", d.of.Issued)
	})
}

func (d *document) dates(first string, start contracts.Date, last string, end contracts.Date) {
	d.w.Day(first, start)
	d.w.Day(last, end)
}

func (d *document) reasonCode() string { return cmp.Or(d.facts.ReasonCode, "16") }

// reasons of ReasonCodeType with the description that the schema wants for each.
var reasons = map[string]string{
	"01": "Número de la factura", "02": "Serie de la factura", "03": "Fecha expedición", "04": "Nombre y apellidos/Razón Social-Emisor",
	"05": "Nombre y apellidos/Razón Social-Receptor", "06": "Identificación fiscal Emisor/obligado", "07": "Identificación fiscal Receptor",
	"08": "Domicilio Emisor/Obligado", "09": "Domicilio Receptor", "10": "Detalle Operación", "11": "Porcentaje impositivo a aplicar",
	"12": "Cuota tributaria a aplicar", "13": "Fecha/Periodo a aplicar", "14": "Clase de factura", "15": "Literales legales", "16": "Base imponible",
	"80": "Cálculo de cuotas repercutidas", "81": "Cálculo de cuotas retenidas", "82": "Base imponible modificada por devolución de envases / embalajes",
	"83": "Base imponible modificada por descuentos y bonificaciones", "84": "Base imponible modificada por resolución firme, judicial o administrativa",
	"85": "Base imponible modificada cuotas repercutidas no satisfechas. Auto de declaración de concurso",
}

// languages that LanguageCodeType knows, of those our pages and buyers have.
const languages = " bg cs da de el en es et fi fr ga hr hu it lv lt nl no pl pt ro sk sl sv ca eu gl "

func (d *document) issueData() {
	w, inv, f := d.w, d.inv, d.facts
	w.Day("IssueDate", inv.IssueDate)
	w.Day("OperationDate", inv.SupplyDate)
	if d.period.Start != d.period.End {
		w.Group("InvoicingPeriod", func() { d.dates("StartDate", d.period.Start, "EndDate", d.period.End) })
	}
	w.Put("InvoiceCurrencyCode", string(inv.Currency))
	if inv.Currency != contracts.EUR {
		w.Group("ExchangeRateDetails", func() {
			w.Amount("ExchangeRate", f.ExchangeRate.Decimal, 2)
			on := f.ExchangeDate
			if on.IsZero() {
				on = inv.SupplyDate
			}
			w.Day("ExchangeRateDate", on)
		})
	}
	w.Put("TaxCurrencyCode", "EUR")
	language := "es"
	if l := inv.Buyer.Language; l != "" && strings.Contains(languages, " "+l+" ") {
		language = l
	}
	w.Put("LanguageName", language)
	w.Put("ReceiverTransactionReference", inv.OrderReference)
	w.Put("FileReference", inv.BuyerReference)
}

// vat is code 01 of TaxTypeCodeType, irpf 04.
const (
	vat  = "01"
	irpf = "04"
)

func (d *document) tax(code string, rate contracts.Percent, base, amount decimal.Decimal) {
	d.w.Group("Tax", func() {
		d.w.Put("TaxTypeCode", code)
		d.w.Amount("TaxRate", rate.Decimal, 2)
		d.amount("TaxableBase", base)
		d.amount("TaxAmount", amount)
	})
}

func (d *document) taxes() {
	for _, b := range d.inv.Totals.Breakdown {
		d.tax(vat, b.Rate, b.Taxable.Amount, b.Amount.Amount)
	}
}

func (d *document) withheld(name string, base contracts.Money) {
	if rate := d.facts.Withholding; !rate.IsZero() {
		d.w.Group(name, func() { d.tax(irpf, rate, base.Amount, rate.Of(base).Amount) })
	}
}

func (d *document) totals() {
	t := d.inv.Totals
	d.number("TotalGrossAmount", t.Lines.Amount)
	d.number("TotalGrossAmountBeforeTaxes", t.TaxExclusive.Amount)
	d.number("TotalTaxOutputs", t.Tax.Amount)
	d.number("TotalTaxesWithheld", d.facts.Withheld(d.inv).Amount)
	d.number("InvoiceTotal", d.total())
	d.number("TotalOutstandingAmount", d.total())
	d.number("TotalExecutableAmount", d.total())
}

// units of UnitOfMeasureType; 05 is any other.
var units = map[string]string{"C62": "01", "": "01", "HUR": "02", "KGM": "03", "LTR": "04", "KMT": "22", "MTR": "25"}

func (d *document) items() {
	for _, l := range d.inv.Lines {
		d.w.Group("InvoiceLine", func() { d.line(l) })
	}
}

func (d *document) line(l contracts.Line) {
	w := d.w
	w.Put("ReceiverTransactionReference", d.inv.OrderReference)
	w.Put("ItemDescription", strings.TrimSpace(l.Description))
	w.Amount("Quantity", l.Quantity.Mul(decimal.New(d.sign, 0)), 0)
	w.Put("UnitOfMeasure", cmp.Or(units[l.Unit], "05"))
	w.Amount("UnitPriceWithoutTax", l.Price.Decimal, 2)
	d.number("TotalCost", l.Net.Amount)
	d.number("GrossAmount", l.Net.Amount)
	d.withheld("TaxesWithheld", l.Net)
	w.Group("TaxesOutputs", func() { d.tax(vat, l.Tax.Rate, l.Net.Amount, l.Tax.Rate.Of(l.Net).Amount) })
	w.Group("LineItemPeriod", func() { d.dates("StartDate", d.period.Start, "EndDate", d.period.End) })
	if code := event(l.Tax.Category, d.inv.Buyer.Address.Country); code != "" {
		w.Group("SpecialTaxableEvent", func() {
			w.Put("SpecialTaxableEventCode", code)
			w.Put("SpecialTaxableEventReason", cmp.Or(l.Tax.Reason, laws[l.Tax.Category]))
		})
	}
}

// event says why no VAT is charged: 01 taxable and exempt, 02 not taxable in Spain. A buyer at home who owes the VAT gets a
// taxable supply, which only the legal reference tells.
func event(c contracts.TaxCategory, buyer contracts.CountryCode) string {
	switch c {
	case contracts.Exempt, contracts.IntraEUGoods, contracts.ExportGoods:
		return "01"
	case contracts.OutsideScope:
		return "02"
	case contracts.ReverseCharge:
		if buyer != "ES" {
			return "02"
		}
	}
	return ""
}

// laws are the articles of Ley 37/1992 for a tax that gives no reason.
var laws = map[contracts.TaxCategory]string{
	contracts.Exempt: "Exenta, art. 20 Ley 37/1992", contracts.IntraEUGoods: "Exenta, art. 25 Ley 37/1992", contracts.ExportGoods: "Exenta, art. 21 Ley 37/1992",
	contracts.OutsideScope: "No sujeta, art. 69 Ley 37/1992", contracts.ReverseCharge: "Inversión del sujeto pasivo",
}

func (d *document) payment() {
	if d.of != nil {
		return
	}
	w, f := d.w, d.facts
	w.Group("Installment", func() {
		w.Day("InstallmentDueDate", d.inv.DueDate)
		d.number("InstallmentAmount", d.total())
		w.Put("PaymentMeans", "04") // credit transfer
		w.Group("AccountToBeCredited", func() {
			w.Put("IBAN", d.inv.PayTo)
			if bic := f.BIC; bic != "" {
				w.Put("BIC", cut(bic+"XXX", 11)) // the schema knows no short ones
			}
		})
		w.Put("PaymentReconciliationReference", cmp.Or(f.Remittance, d.inv.Number))
	})
}

// literals are the mentions that the law wants: why no VAT is charged, and the seller's notes.
func (d *document) literals() {
	var said []string
	for _, b := range d.inv.Totals.Breakdown {
		if text := cmp.Or(b.Reason, laws[b.Category]); text != "" {
			said = append(said, cut(text, 250))
		}
	}
	for _, text := range slices.Compact(append(said, d.inv.Notes...)) {
		d.w.Put("LegalReference", strings.TrimSpace(text))
	}
}
