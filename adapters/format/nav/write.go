package nav

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// report is one invoice on its way into invoiceData.
type report struct {
	national.Check
	w      national.Writer
	inv    contracts.Invoice
	of     *national.Correction
	facts  Facts
	period en16931.Period
	sign   int64 // -1 for a credit note
}

const taxNumber = "hu.adoszam"

var (
	taxNumberShape = regexp.MustCompile(`^(\d{8})-?([1-5])-?(\d{2})$`)
	shortNumber    = regexp.MustCompile(`^HU(\d{8})$`)
	vatShape       = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z]{2,13}$`)
	postCodeShape  = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 \-]{1,8}[A-Z0-9]$`)
)

func (r *report) write(w *xmltree.Walk) {
	r.w = national.Writer{Walk: w}
	r.w.Put("invoiceNumber", r.inv.Number)
	r.w.Day("invoiceIssueDate", r.inv.IssueDate)
	r.w.Put("completenessIndicator", "false") // the report is not the invoice itself
	w.Group("invoiceMain", func() {
		w.Group("invoice", func() {
			if r.of != nil {
				r.reference()
			}
			w.Group("invoiceHead", r.head)
			w.Group("invoiceLines", r.lines)
			w.Group("invoiceSummary", r.summary)
		})
	})
}

func (r *report) reference() {
	r.w.Group("invoiceReference", func() {
		r.w.Put("originalInvoiceNumber", r.of.Number)
		r.w.Put("modifyWithoutMaster", "false") // the invoice has been reported
		r.w.Put("modificationIndex", fmt.Sprint(max(1, r.facts.Modification)))
	})
}

func (r *report) head() {
	r.w.Group("supplierInfo", func() {
		p := r.inv.Seller
		r.taxNumber("supplierTaxNumber", taxNumberShape.FindStringSubmatch(national.Number(p, taxNumber)))
		r.w.Put("communityVatNumber", p.VATID)
		r.w.Put("supplierName", strings.TrimSpace(p.Name))
		r.address("supplierAddress", p.Address)
		r.w.Put("supplierBankAccountNumber", r.inv.PayTo)
	})
	r.w.Group("customerInfo", r.customer)
	r.w.Group("invoiceDetail", r.detail)
}

// taxNumber writes the parts of an adószám: taxpayer, VAT code, county. Of a VAT number only the first is known.
func (r *report) taxNumber(name string, parts []string) {
	r.w.Group(name, func() {
		r.w.Put("base:taxpayerId", parts[1])
		if len(parts) == 4 {
			r.w.Put("base:vatCode", parts[2])
			r.w.Put("base:countyCode", parts[3])
		}
	})
}

func (r *report) domesticNumber() []string {
	if parts := taxNumberShape.FindStringSubmatch(national.Number(r.inv.Buyer, taxNumber)); parts != nil {
		return parts
	}
	return shortNumber.FindStringSubmatch(r.inv.Buyer.VATID)
}

// customer: of a private person nothing is reported but that it is one.
func (r *report) customer() {
	p := r.inv.Buyer
	if p.Kind == contracts.Consumer {
		r.w.Put("customerVatStatus", "PRIVATE_PERSON")
		return
	}
	status := "OTHER"
	if p.Address.Country == "HU" {
		status = "DOMESTIC"
	}
	r.w.Put("customerVatStatus", status)
	r.w.Group("customerVatData", func() {
		switch {
		case p.Address.Country == "HU":
			r.taxNumber("customerTaxNumber", r.domesticNumber())
		case p.VATID != "" && (national.InEU(p.Address.Country) || strings.HasPrefix(p.VATID, "XI")):
			r.w.Put("communityVatNumber", p.VATID)
		default:
			r.w.Put("thirdStateTaxId", r.foreignNumber(p))
		}
	})
	r.w.Put("customerName", strings.TrimSpace(p.Name))
	r.address("customerAddress", p.Address)
}

func (r *report) foreignNumber(p contracts.Party) string {
	if p.VATID == "" && len(p.Registrations) > 0 {
		return p.Registrations[0].Value
	}
	return p.VATID
}

// address: where there are no post codes zeros stand for one.
func (r *report) address(name string, a contracts.Address) {
	code := a.PostalCode
	if code == "" {
		code = "0000"
	}
	r.w.Group(name, func() {
		r.w.Group("base:simpleAddress", func() {
			r.w.Put("base:countryCode", string(a.Country))
			r.w.Put("base:postalCode", code)
			r.w.Put("base:city", strings.TrimSpace(a.Town))
			r.w.Put("base:additionalAddressDetail", strings.TrimSpace(a.Street))
		})
	})
}

func (r *report) detail() {
	inv, f := r.inv, r.facts
	r.w.Put("invoiceCategory", "NORMAL")
	r.w.Day("invoiceDeliveryDate", inv.SupplyDate)
	if r.period.Start != r.period.End {
		r.w.Day("invoiceDeliveryPeriodStart", r.period.Start)
		r.w.Day("invoiceDeliveryPeriodEnd", r.period.End)
	}
	if f.SmallBusiness {
		r.w.Put("smallBusinessIndicator", "true")
	}
	r.w.Put("currencyCode", string(inv.Currency))
	r.w.Amount("exchangeRate", r.rate(), 0)
	r.w.Put("paymentMethod", "TRANSFER")
	r.w.Day("paymentDate", inv.DueDate)
	appearance := f.Appearance
	if appearance == "" {
		appearance = "ELECTRONIC"
	}
	r.w.Put("invoiceAppearance", appearance)
	if inv.OrderReference != "" {
		r.w.Group("conventionalInvoiceInfo", func() {
			r.w.Group("orderNumbers", func() { r.w.Put("orderNumber", r.Longest("order_reference", inv.OrderReference, 100)) })
		})
	}
}

func (r *report) lines() {
	r.w.Put("mergedItemIndicator", "false")
	for i, l := range r.inv.Lines {
		r.w.Group("line", func() { r.line(i, l) })
	}
}

// units are those the schema names; others are told as the seller's own.
var units = map[string]string{"HUR": "HOUR", "DAY": "DAY", "MON": "MONTH", "MIN": "MINUTE", "C62": "PIECE", "": "PIECE", "KMT": "KILOMETER", "KGM": "KILOGRAM", "MTR": "METER", "LTR": "LITER"}

func (r *report) line(i int, l contracts.Line) {
	r.w.Put("lineNumber", fmt.Sprint(i+1))
	if r.of != nil {
		before := r.facts.LinesBefore
		if before == 0 {
			before = len(r.inv.Lines)
		}
		r.w.Group("lineModificationReference", func() {
			r.w.Put("lineNumberReference", fmt.Sprint(before+i+1)) // new lines of the chain that begins with the invoice
			r.w.Put("lineOperation", "CREATE")
		})
	}
	r.w.Put("lineExpressionIndicator", "true")
	r.w.Put("lineNatureIndicator", "SERVICE")
	r.w.Put("lineDescription", strings.TrimSpace(l.Description))
	r.w.Amount("quantity", l.Quantity.Mul(decimal.New(r.sign, 0)), 0)
	unit, known := units[l.Unit]
	if !known {
		unit = "OWN"
	}
	r.w.Put("unitOfMeasure", unit)
	if !known {
		r.w.Put("unitOfMeasureOwn", l.Unit)
	}
	r.w.Amount("unitPrice", l.Price.Decimal, 2)
	r.w.Amount("unitPriceHUF", l.Price.Mul(r.rate()).Round(10), 2)
	vat := l.Tax.Rate.Of(l.Net)
	r.w.Group("lineAmountsNormal", func() {
		r.pair("lineNetAmountData", "lineNetAmount", l.Net)
		r.w.Group("lineVatRate", func() { r.vatRate(l.Tax) })
		r.pair("lineVatData", "lineVatAmount", vat)
		gross := contracts.Money{Amount: l.Net.Amount.Add(vat.Amount), Currency: l.Net.Currency}
		r.twice("lineGrossAmountData", "lineGrossAmountNormal", r.amounts(gross).in, r.amounts(l.Net).huf.Add(r.amounts(vat).huf))
	})
}

// pair writes an amount in the invoice's currency and in HUF.
func (r *report) pair(group, name string, m contracts.Money) {
	a := r.amounts(m)
	r.twice(group, name, a.in, a.huf)
}

func (r *report) twice(group, name string, in, huf decimal.Decimal) {
	r.w.Group(group, func() { r.both(name, in, huf) })
}

func (r *report) both(name string, in, huf decimal.Decimal) {
	r.w.Amount(name, in, 2)
	r.w.Amount(name+"HUF", huf, 2)
}

func (r *report) summary() {
	t := r.inv.Totals
	var net, vat decimal.Decimal
	r.w.Group("summaryNormal", func() {
		for _, b := range t.Breakdown {
			n, v := r.amounts(b.Taxable), r.amounts(b.Amount)
			net, vat = net.Add(n.huf), vat.Add(v.huf)
			r.w.Group("summaryByVatRate", func() {
				r.w.Group("vatRate", func() { r.vatRate(b.Tax) })
				r.twice("vatRateNetData", "vatRateNetAmount", n.in, n.huf)
				r.twice("vatRateVatData", "vatRateVatAmount", v.in, v.huf)
				r.twice("vatRateGrossData", "vatRateGrossAmount", n.in.Add(v.in), n.huf.Add(v.huf))
			})
		}
		if a := r.inv.AccountingTax; a != nil {
			vat = a.Amount.Mul(decimal.New(r.sign, 0)) // what the invoice says, to the fillér
		}
		r.both("invoiceNetAmount", r.amounts(t.TaxExclusive).in, net)
		r.both("invoiceVatAmount", r.amounts(t.Tax).in, vat)
	})
	r.twice("summaryGrossData", "invoiceGrossAmount", r.amounts(t.TaxInclusive).in, net.Add(vat))
}
