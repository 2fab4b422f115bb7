package nav

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
)

// recommended are the codes of UN/ECE Recommendation 20 for the words of NAV.
var recommended = map[string]string{"PIECE": "C62", "KILOGRAM": "KGM", "TON": "TNE", "KWH": "KWH", "DAY": "DAY", "HOUR": "HUR", "MINUTE": "MIN", "MONTH": "MON", "LITER": "LTR",
	"KILOMETER": "KMT", "CUBIC_METER": "MTQ", "METER": "MTR", "LINEAR_METER": "LM", "CARTON": "XCT", "PACK": "XPK"}

// line: a line without quantity is one of its amount. What has no term is an attribute of the item, by the name of its element.
func (r *reading) line(i int, l Line) en16931.Line {
	category, rate, _ := l.Rate.terms()
	to := en16931.Line{ID: l.Number, Quantity: r.turned(l.Quantity), Unit: recommended[l.Unit], Net: r.turned(l.Net.Amount), Price: en16931.Price{Net: l.Price},
		Category: category, Rate: rate, Item: en16931.Item{Name: l.Description}}
	if to.Quantity == nil {
		to.Quantity = national.Fixed(decimal.New(1, 0), 0)
	}
	if to.Price.Net == nil {
		to.Price.Net = to.Net
	}
	if to.Unit == "" {
		to.Unit = "C62"
	}
	for _, a := range l.attributes() {
		if a.Value != "" {
			to.Item.Attributes = append(to.Item.Attributes, a)
		}
	}
	to.AllowanceCharges = r.discount(i, l)
	r.numbersOf(i, l)
	return to
}

func (l Line) attributes() []en16931.Attribute {
	unit := l.OwnUnit
	if recommended[l.Unit] == "" && unit == "" {
		unit = l.Unit
	}
	all := []en16931.Attribute{{Name: "lineNumberReference", Value: l.Modifies}, {Name: "referenceToOtherLine", Value: strings.Join(l.Others, ", ")}, {Name: "advanceIndicator", Value: l.Advance},
		{Name: "advanceOriginalInvoice", Value: l.AdvanceOf}, {Name: "advancePaymentDate", Value: l.AdvancePaid.String()}, {Name: "advanceExchangeRate", Value: digits(l.AdvanceRate)}}
	for _, c := range l.Codes {
		all = append(all, en16931.Attribute{Name: c.Category, Value: c.Value + c.Own})
	}
	all = append(all, en16931.Attribute{Name: "unitOfMeasureOwn", Value: unit}, en16931.Attribute{Name: "lineNatureIndicator", Value: l.Nature},
		en16931.Attribute{Name: "intermediatedService", Value: l.Intermediated}, en16931.Attribute{Name: "lineExchangeRate", Value: digits(l.Rated)},
		en16931.Attribute{Name: "lineDeliveryDate", Value: l.Delivered.String()}, en16931.Attribute{Name: "depositIndicator", Value: l.Deposit},
		en16931.Attribute{Name: "obligatedForProductFee", Value: l.ProductFee}, en16931.Attribute{Name: "GPCExcise", Value: digits(l.Excise)}, en16931.Attribute{Name: "netaDeclaration", Value: l.NETA})
	for _, a := range l.Additional {
		all = append(all, en16931.Attribute{Name: a.Name, Value: sentence(a.Description, a.Value)})
	}
	return all
}

// discount is told as NAV was told it: what it says and what the amounts say may differ, and a rule finds that.
func (r *reading) discount(i int, l Line) []en16931.AllowanceCharge {
	d := l.Discount
	if d.Amount == nil {
		r.lost(fmt.Sprintf("invoiceLines/line[%d]/lineDiscountData", i+1), sentence(d.Description, digits(d.Rate)))
		return nil
	}
	a := en16931.AllowanceCharge{Amount: r.turned(d.Amount), Reason: d.Description}
	if d.Rate != nil {
		a.Percent = national.Fixed(d.Rate.Shift(2), 0)
	}
	return []en16931.AllowanceCharge{a}
}

func (r *reading) numbersOf(i int, l Line) {
	for _, one := range l.Conventional.all() {
		r.lost(fmt.Sprintf("invoiceLines/line[%d]/conventionalLineInfo/%s", i+1, one.group), strings.Join(*one.list, ", "))
	}
}

// terms are category (UNCL 5305), rate in percent points and reason of a VatRateType.
func (t Rate) terms() (category string, rate en16931.Number, reason string) {
	percent := func(n en16931.Number) en16931.Number { return national.Fixed(n.Shift(2), 0) }
	zero := national.Fixed(decimal.Zero, 0)
	switch {
	case t.Percentage != nil && t.Percentage.IsZero():
		return "Z", zero, ""
	case t.Percentage != nil:
		return "S", percent(t.Percentage), ""
	case t.Mismatch.Rate != nil:
		return "S", percent(t.Mismatch.Rate), labelled("vatAmountMismatch", t.Mismatch.Case)
	case t.Content != nil:
		return "S", nil, labelled("vatContent", digits(t.Content))
	case t.ReverseCharge != "":
		return "AE", zero, "vatDomesticReverseCharge"
	case t.Exempt != Reason{}:
		return exemptAs(t.Exempt.Case), zero, t.Exempt.text()
	case t.OutOfScope.Case == "EUFAD37", t.OutOfScope.Case == "EUFADE":
		return "AE", zero, t.OutOfScope.text()
	case t.OutOfScope != Reason{}:
		return "O", nil, t.OutOfScope.text()
	case t.Margin != "":
		return "E", zero, labelled("marginSchemeIndicator", t.Margin)
	case t.NoCharge != "":
		return "O", nil, "noVatCharge"
	}
	return "", nil, ""
}

func (r Reason) text() string { return strings.TrimSpace(r.Case + " " + r.Text) }

func exemptAs(code string) string {
	switch code {
	case "KBAET", "KBAUK":
		return "K"
	case "EAM":
		return "G"
	}
	return "E"
}
