package fatturapa

import (
	"fmt"
	"regexp"
	"strings"

	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

var natureShape = regexp.MustCompile(`^N([1457]|2\.[12]|3\.[1-6]|6\.[1-9])$`)

// Natura is why a line carries no VAT (technical specifications, table of NaturaType): N2.1 where the place of supply is
// abroad (Art. 7 to 7-septies DPR 633/1972), N2.2 under the flat-rate scheme RF19, N3 for goods that leave, N4 exempt, N6.9
// where a buyer at home owes it. It is empty where VAT is charged.
func Natura(c contracts.TaxCategory, buyer contracts.CountryCode, regime string) string {
	switch c {
	case contracts.ReverseCharge:
		if buyer == "IT" {
			return "N6.9"
		}
		return "N2.1"
	case contracts.OutsideScope:
		return "N2.1"
	case contracts.IntraEUGoods:
		return "N3.2"
	case contracts.ExportGoods:
		return "N3.1"
	case contracts.Exempt:
		if regime == "RF19" {
			return "N2.2"
		}
		return "N4"
	}
	return ""
}

func (w *writer) nature(field string, t contracts.Tax) string {
	if t.Category == contracts.StandardRated {
		return ""
	}
	if t.Category == contracts.ZeroRated {
		w.Addf(contracts.FaultInvalid, field+".tax.category", "choose why no VAT is charged", "Italy has no VAT rate of zero")
	}
	if n := w.facts.Nature; n != "" {
		if !natureShape.MatchString(n) {
			w.Addf(contracts.FaultInvalid, "fatturapa.nature", "use a code such as N2.1 or N6.9", "%q is no Natura of FatturaPA", n)
		}
		return n
	}
	return Natura(t.Category, w.inv.Buyer.Address.Country, w.facts.Regime)
}

// laws are the grounds of a Natura, for an invoice that gives none.
var laws = map[string]string{
	"N2.1": "Art. 7-ter DPR 633/1972", "N2.2": "Art. 1 c. 54-89 L. 190/2014", "N3.1": "Art. 8 DPR 633/1972", "N3.2": "Art. 41 DL 331/1993",
	"N4": "Art. 10 DPR 633/1972", "N6.9": "Art. 17 DPR 633/1972",
}

// summaries is one DatiRiepilogo for each rate and nature; two reasons of one nature stand together.
func (w *writer) summaries() (all []Summary) {
	for i, b := range w.inv.Totals.Breakdown {
		s := Summary{VATRate: national.Fixed(b.Rate.Decimal, 2), Nature: w.nature(fmt.Sprintf("totals.breakdown[%d]", i), b.Tax), Taxable: national.Fixed(b.Taxable.Amount, 2), Tax: national.Fixed(b.Amount.Amount, 2)}
		switch {
		case s.Nature != "":
			s.Law = law(s.Nature, b.Tax)
		case w.facts.SplitPayment:
			s.Due = "S"
		default:
			s.Due = "I"
		}
		all = merge(all, s)
	}
	for i := range all {
		all[i].Law = w.Latin("lines.tax.reason", all[i].Law, 100)
	}
	return all
}

// law is the reason of the invoice with the article behind it, unless it names one itself.
func law(nature string, t contracts.Tax) string {
	switch article := laws[nature]; {
	case t.Reason == "":
		return article
	case article == "" || strings.ContainsAny(t.Reason, "0123456789"):
		return t.Reason
	default:
		return t.Reason + " - " + article
	}
}

func merge(all []Summary, s Summary) []Summary {
	for i := range all {
		had := &all[i]
		if had.Nature != s.Nature || !had.VATRate.Equal(s.VATRate.Decimal) {
			continue
		}
		had.Taxable = national.Fixed(had.Taxable.Add(s.Taxable.Decimal), 2)
		had.Tax = national.Fixed(had.Tax.Add(s.Tax.Decimal), 2)
		if !strings.Contains(had.Law, s.Law) {
			had.Law = had.Law + "; " + s.Law
		}
		return all
	}
	return append(all, s)
}
