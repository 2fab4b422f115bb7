package facturae

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

func (d *document) file() File {
	total := d.amount(d.total())
	f := File{Version: "3.2.2", Modality: "I", Issuer: "EM", // one invoice, by the seller itself
		Batch:  Batch{ID: d.taxNumber("seller", d.inv.Seller) + d.inv.Number, Count: "1", Total: total, Outstanding: total, Executable: total, Currency: string(d.inv.Currency)},
		Seller: d.party("seller", d.inv.Seller), Buyer: d.party("buyer", d.inv.Buyer)}
	inv := d.header()
	d.issueData(&inv)
	for _, b := range d.inv.Totals.Breakdown {
		inv.Outputs = append(inv.Outputs, d.tax(vat, b.Rate, b.Taxable.Amount, b.Amount.Amount))
	}
	inv.Withheld = d.withheld(d.inv.Totals.TaxExclusive)
	inv.Totals = d.totals()
	for _, l := range d.inv.Lines {
		inv.Lines = append(inv.Lines, d.line(l))
	}
	inv.Installments, inv.Literals = d.payment(), d.literals()
	f.Invoices = []Invoice{inv}
	return f
}

// total is what is to be paid: net and VAT less what the buyer keeps back.
func (d *document) total() decimal.Decimal {
	return d.inv.Totals.TaxInclusive.Amount.Sub(d.facts.Withheld(d.inv).Amount)
}

// amount is in the invoice's currency, and in EUR when that is another.
func (d *document) amount(m decimal.Decimal) Amount {
	a := Amount{Total: d.number(m)}
	if d.inv.Currency != contracts.EUR {
		a.Euros = national.Fixed(a.Total.Mul(d.facts.ExchangeRate.Decimal).Round(2), 2)
	}
	return a
}

// number is an amount, negative in a credit note.
func (d *document) number(m decimal.Decimal) en16931.Number {
	return national.Fixed(m.Mul(decimal.New(d.sign, 0)), 2)
}

func (d *document) header() Invoice {
	inv := Invoice{Number: d.inv.Number, Type: "FC", Class: "OO"} // complete and original
	if d.of == nil {
		return inv
	}
	inv.Class = "OR" // corrective
	month := d.of.Issued.Month()
	inv.Corrects = Corrective{Number: d.of.Number, Code: d.reasonCode(), Reason: reasons[d.reasonCode()], Period: en16931.Period{Start: month.First(), End: month.Last()},
		Method: "02", MethodText: "Rectificación por diferencias", Further: strings.TrimSpace(d.of.Reason), Issued: d.of.Issued}
	return inv
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

func (d *document) issueData(to *Invoice) {
	inv, f := d.inv, d.facts
	to.Issued, to.Operation, to.Currency, to.TaxCurrency, to.Language = inv.IssueDate, inv.SupplyDate, string(inv.Currency), "EUR", "es"
	if d.period.Start != d.period.End {
		to.Period = d.period
	}
	if inv.Currency != contracts.EUR {
		to.Rate, to.RateDate = national.Fixed(f.ExchangeRate.Decimal, 2), f.ExchangeDate
		if to.RateDate.IsZero() {
			to.RateDate = inv.SupplyDate
		}
	}
	if l := inv.Buyer.Language; l != "" && strings.Contains(languages, " "+l+" ") {
		to.Language = l
	}
	to.Order, to.FileReference = inv.OrderReference, inv.BuyerReference
}

// vat is code 01 of TaxTypeCodeType, irpf 04.
const (
	vat  = "01"
	irpf = "04"
)

func (d *document) tax(code string, rate contracts.Percent, base, amount decimal.Decimal) Tax {
	return Tax{Code: code, Rate: national.Fixed(rate.Decimal, 2), Base: d.amount(base), Amount: d.amount(amount)}
}

func (d *document) withheld(base contracts.Money) []Tax {
	rate := d.facts.Withholding
	if rate.IsZero() {
		return nil
	}
	return []Tax{d.tax(irpf, rate, base.Amount, rate.Of(base).Amount)}
}

func (d *document) totals() Totals {
	t, total := d.inv.Totals, d.number(d.total())
	return Totals{Gross: d.number(t.Lines.Amount), BeforeTaxes: d.number(t.TaxExclusive.Amount), Outputs: d.number(t.Tax.Amount),
		Withheld: d.number(d.facts.Withheld(d.inv).Amount), Total: total, Outstanding: total, Executable: total}
}

// units of UnitOfMeasureType; 05 is any other.
var units = map[string]string{"C62": "01", "": "01", "HUR": "02", "KGM": "03", "LTR": "04", "KMT": "22", "MTR": "25"}

func (d *document) line(l contracts.Line) Line {
	to := Line{Order: d.inv.OrderReference, Description: strings.TrimSpace(l.Description), Quantity: national.Fixed(l.Quantity.Mul(decimal.New(d.sign, 0)), 0),
		Unit: cmp.Or(units[l.Unit], "05"), Price: national.Fixed(l.Price.Decimal, 2), Cost: d.number(l.Net.Amount), Gross: d.number(l.Net.Amount),
		Withheld: d.withheld(l.Net), Outputs: []Tax{d.tax(vat, l.Tax.Rate, l.Net.Amount, l.Tax.Rate.Of(l.Net).Amount)}, Period: d.period}
	if to.Event = event(l.Tax.Category, d.inv.Buyer.Address.Country); to.Event != "" {
		to.Reason = cmp.Or(l.Tax.Reason, laws[l.Tax.Category])
	}
	return to
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

func (d *document) payment() []Installment {
	if d.of != nil {
		return nil
	}
	f := d.facts
	i := Installment{Due: d.inv.DueDate, Amount: d.number(d.total()), Means: "04", Credit: Account{IBAN: d.inv.PayTo}, Reference: cmp.Or(f.Remittance, d.inv.Number)} // by credit transfer
	if f.BIC != "" {
		i.Credit.BIC = cut(f.BIC+"XXX", 11) // the schema knows no short ones
	}
	return []Installment{i}
}

// literals are the mentions that the law wants: why no VAT is charged, and the seller's notes.
func (d *document) literals() (all []string) {
	var said []string
	for _, b := range d.inv.Totals.Breakdown {
		if text := cmp.Or(b.Reason, laws[b.Category]); text != "" {
			said = append(said, cut(text, 250))
		}
	}
	for _, text := range slices.Compact(append(said, d.inv.Notes...)) {
		all = append(all, strings.TrimSpace(text))
	}
	return all
}
