package nav

import (
	"github.com/shopspring/decimal"

	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

// FaultRate says that an invoice in another currency lacks its rate, or has one that does not fit.
const FaultRate contracts.FaultCode = "exchange"

// rate is how many HUF one of the invoice's currency is (section 80 of the VAT act).
func (r *report) rate() decimal.Decimal {
	one := decimal.New(1, 0)
	if r.inv.Currency == contracts.HUF {
		return one
	}
	rate := r.facts.ExchangeRate
	if rate == nil || !rate.IsPositive() {
		r.Addf(FaultRate, "nav.exchange_rate", "give the rate of the day of supply", "an invoice in %s is reported in HUF too", r.inv.Currency)
		return one
	}
	if a := r.inv.AccountingTax; a != nil && a.Currency == contracts.HUF {
		if off := r.inv.Totals.Tax.Amount.Mul(rate.Decimal).Sub(a.Amount).Abs(); off.GreaterThan(one) {
			r.Addf(FaultRate, "nav.exchange_rate", "give the rate that the invoice was made with", "at this rate the VAT is not the %s of the invoice", *a)
		}
	}
	return rate.Decimal
}

// amount is one figure of the report in both currencies, negative in a credit note.
type amount struct{ in, huf decimal.Decimal }

func (a amount) pair() Pair { return Pair{national.Fixed(a.in, 2), national.Fixed(a.huf, 2)} }

func (a amount) plus(b amount) amount { return amount{a.in.Add(b.in), a.huf.Add(b.huf)} }

func (r *report) amounts(m contracts.Money) amount {
	in := m.Amount.Mul(decimal.New(r.sign, 0))
	if r.inv.Currency == contracts.HUF {
		return amount{in, in}
	}
	return amount{in, in.Mul(r.facts.ExchangeRate.Decimal).Round(2)}
}

// case codes of NAV (interface specification 3.0, vatExemption and vatOutOfScope) with the ground for an invoice that gives
// none.
var exemptions = map[string]string{
	"AAM": "Alanyi adómentes", "TAM": "Tárgyi adómentes (Áfa tv. 85. §)", "KBAET": "Közösségen belüli termékértékesítés (Áfa tv. 89. §)",
	"EAM": "Export értékesítés harmadik országba (Áfa tv. 98. §)", "EUFAD37": "Áfa tv. 37. § alapján másik tagállamban teljesített, fordítottan adózó ügylet",
	"HO": "Harmadik országban teljesített ügylet",
}

// treatment is which of the choices of VatRateType a tax is.
type treatment struct {
	element string // vatPercentage, vatExemption, vatOutOfScope, vatDomesticReverseCharge
	code    string
}

func (r *report) treatment(t contracts.Tax) treatment {
	home := r.inv.Buyer.Address.Country == "HU"
	switch t.Category {
	case contracts.StandardRated, contracts.ZeroRated:
		return treatment{element: "vatPercentage"}
	case contracts.ReverseCharge:
		if home {
			return treatment{element: "vatDomesticReverseCharge"}
		}
		return treatment{"vatOutOfScope", "EUFAD37"}
	case contracts.OutsideScope:
		return treatment{"vatOutOfScope", "HO"}
	case contracts.IntraEUGoods:
		return treatment{"vatExemption", "KBAET"}
	case contracts.ExportGoods:
		return treatment{"vatExemption", "EAM"}
	}
	if r.facts.SmallBusiness {
		return treatment{"vatExemption", "AAM"}
	}
	return treatment{"vatExemption", "TAM"}
}

// rates of Hungary (Act CXXVII of 2007, section 82); zero is for newspapers.
var rates = []string{"27", "18", "5", "0"}

// treated notes a tax that cannot be reported.
func (r *report) treated(field string, t contracts.Tax) {
	if r.treatment(t).element == "vatPercentage" {
		for _, rate := range rates {
			if t.Rate.Equal(contracts.MustPercent(rate)) {
				return
			}
		}
		r.Addf(contracts.FaultInvalid, field+".rate", "declare it where that VAT is due", "%s %% is no VAT rate of Hungary", t.Rate)
	}
	r.Longest(field+".reason", t.Reason, 200)
}

func (r *report) vatRate(t contracts.Tax) Rate {
	tr := r.treatment(t)
	reason := Reason{tr.code, t.Reason}
	if reason.Text == "" {
		reason.Text = exemptions[tr.code]
	}
	switch tr.element {
	case "vatPercentage":
		return Rate{Percentage: national.Fixed(t.Rate.Shift(-2), 2)}
	case "vatExemption":
		return Rate{Exempt: reason}
	case "vatOutOfScope":
		return Rate{OutOfScope: reason}
	}
	return Rate{ReverseCharge: "true"}
}
