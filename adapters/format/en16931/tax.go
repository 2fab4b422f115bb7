package en16931

import (
	"slices"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// defaultReasons are the VATEX codes of categories that have one of their own (BT-121). An exemption has many; its code
// comes with the tax.
var defaultReasons = map[contracts.TaxCategory]string{
	contracts.ReverseCharge: "VATEX-EU-AE", contracts.IntraEUGoods: "VATEX-EU-IC", contracts.ExportGoods: "VATEX-EU-G", contracts.OutsideScope: "VATEX-EU-O",
}

// mentions are the wordings of the seller's law for categories whose reason was not given (Directive 2006/112/EC Art.
// 226(11a) for reverse charge).
var mentions = map[contracts.TaxCategory]country.WordingKind{
	contracts.ReverseCharge: country.WordingReverseCharge, contracts.OutsideScope: country.WordingOutsideScope,
}

// breakdown is one group for each category and rate: two exemptions of different reasons are one group that gives both,
// since the rules add up all lines of a category (BR-E-08 and its like).
func (f Facts) breakdown(inv contracts.Invoice, t Target) []TaxBreakdown {
	var groups []contracts.TaxBreakdown
	for _, b := range inv.Totals.Breakdown {
		i := slices.IndexFunc(groups, func(g contracts.TaxBreakdown) bool { return g.Category == b.Category && g.Rate.Equal(b.Rate) })
		if i < 0 {
			groups = append(groups, b)
			continue
		}
		groups[i] = joined(groups[i], b)
	}
	all := make([]TaxBreakdown, len(groups))
	for i, g := range groups {
		all[i] = TaxBreakdown{Taxable: amount(g.Taxable), Amount: amount(g.Amount), Category: string(g.Category), Rate: rate(g.Tax)}
		if t.Specification == XRechnung.Specification && all[i].Rate == nil {
			all[i].Rate = &contracts.Decimal{} // BR-DE-14 wants one here, even for what has none on its lines
		}
		all[i].ReasonCode, all[i].Reason = f.reason(inv, g.Tax)
	}
	return all
}

func joined(a, b contracts.TaxBreakdown) contracts.TaxBreakdown {
	a.Taxable.Amount = a.Taxable.Amount.Add(b.Taxable.Amount)
	a.Amount.Amount = a.Amount.Amount.Add(b.Amount.Amount)
	if a.ReasonCode != b.ReasonCode {
		a.ReasonCode = ""
	}
	if !strings.Contains(a.Reason, b.Reason) {
		a.Reason = strings.TrimPrefix(a.Reason+"; "+b.Reason, "; ")
	}
	return a
}

// reason is why no VAT is charged; where it is charged there is none (BR-S-10, BR-Z-10).
func (f Facts) reason(inv contracts.Invoice, t contracts.Tax) (code, text string) {
	if t.Category == contracts.StandardRated || t.Category == contracts.ZeroRated {
		return "", ""
	}
	code, text = t.ReasonCode, t.Reason
	if code == "" {
		code = defaultReasons[t.Category]
	}
	if text == "" {
		text = f.mention(inv, t.Category)
	}
	return code, text
}

func (f Facts) mention(inv contracts.Invoice, c contracts.TaxCategory) string {
	market := f.Atlas[inv.Seller.Address.Country]
	if market == nil || mentions[c] == "" {
		return ""
	}
	for _, w := range market.Wordings {
		if w.Kind != mentions[c] {
			continue
		}
		for _, language := range append([]string{inv.Buyer.Language}, market.Languages...) {
			if text := w.Text[language]; text != "" {
				return text
			}
		}
	}
	return ""
}
