package fatturapa

import (
	"fmt"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

func number(d decimal.Decimal) en16931.Number { return national.Fixed(d, 2) }

func (f File) abroadInEU() bool { return national.InEU(contracts.CountryCode(f.Buyer.Address.Country)) }

// recommended are the codes of UN/ECE Recommendation 20 for the words that units writes.
var recommended = func() map[string]string {
	codes := map[string]string{}
	for code, word := range units {
		codes[word] = code
	}
	return codes
}()

// line: the norm has the sign in the quantity, FatturaPA in the price. Codes without a term are attributes of the item.
func (r *reading) line(i int, l Line) en16931.Line {
	quantity, price := decimal.New(1, 0), value(l.Price)
	if l.Quantity != nil {
		quantity = l.Quantity.Decimal
	}
	if price.IsNegative() {
		quantity, price = quantity.Neg(), price.Neg()
	}
	to := en16931.Line{
		ID: l.Number, Quantity: national.Fixed(quantity, 0), Unit: recommended[l.Unit], Net: l.Total, BuyerAccount: l.Reference, Period: en16931.Period{Start: l.Start, End: l.End},
		Price: en16931.Price{Net: national.Fixed(price, 2)}, Category: r.category(l.Nature), Rate: l.VATRate, Item: en16931.Item{Name: l.Description},
	}
	if to.Category == "O" {
		to.Rate = nil
	}
	if to.Unit == "" {
		to.Unit = "C62"
		attribute(&to, "UnitaMisura", l.Unit)
	}
	for _, c := range l.Codes {
		attribute(&to, c.Kind, c.Value)
	}
	attribute(&to, "TipoCessionePrestazione", l.Kind)
	attribute(&to, "Natura", l.Nature)
	attribute(&to, "Ritenuta", l.Withheld)
	for _, o := range l.Other {
		attribute(&to, o.Kind, sentence(o.Text, digits(o.Number), o.Date.String()))
	}
	to.AllowanceCharges = r.discounts(i, l, quantity.Mul(price))
	return to
}

func attribute(l *en16931.Line, name, v string) {
	if v != "" {
		l.Item.Attributes = append(l.Item.Attributes, en16931.Attribute{Name: name, Value: v})
	}
}

// discounts is the difference between quantity times price and the line's total; a single percentage is told with it.
func (r *reading) discounts(i int, l Line, gross decimal.Decimal) []en16931.AllowanceCharge {
	off := gross.Sub(value(l.Total))
	if len(l.Discounts) == 0 || off.IsZero() {
		return nil
	}
	a := en16931.AllowanceCharge{Charge: off.IsNegative(), Amount: number(off.Abs().Round(2)), Reason: "ScontoMaggiorazione"}
	if d := l.Discounts; len(d) == 1 && d[0].Percent != nil {
		a.Percent, a.Base = d[0].Percent, number(gross.Abs().Round(2))
	} else if len(d) > 1 {
		at := fmt.Sprintf("%s/DatiBeniServizi/DettaglioLinee[%d]/ScontoMaggiorazione", r.at, i+1)
		r.lost(at, true, "several discounts, told as one")
	}
	return []en16931.AllowanceCharge{a}
}

// means are codes of UNTDID 4461 for ModalitaPagamento; others keep their code as a text.
var means = map[string]string{"MP01": "10", "MP02": "20", "MP05": "30", "MP08": "48", "MP09": "49", "MP10": "49", "MP11": "49", "MP19": "59", "MP20": "59", "MP21": "59"}

// payments: one due date is the document's, several are told in the terms, and so is what the buyer keeps back.
func (r *reading) payments(b Body, d *en16931.Document) {
	for _, h := range b.Withholdings {
		d.PaymentTerms = sentence(d.PaymentTerms, fmt.Sprintf("Ritenuta %s %s %% = %s (%s)", h.Kind, digits(h.Rate), digits(h.Amount), h.Reason))
	}
	dates := map[contracts.Date]bool{}
	for _, p := range b.Payments {
		for _, one := range p.Details {
			dates[one.Due] = true
		}
	}
	for _, p := range b.Payments {
		for _, one := range p.Details {
			d.Payment.Means = append(d.Payment.Means, paymentMeans(one))
			r.once("DatiPagamento/CodicePagamento", &d.Payment.Remittance, one.Reference)
			if len(dates) == 1 {
				d.DueDate = one.Due
			}
			if len(dates) > 1 || !value(one.Amount).Equal(value(d.Totals.Payable)) {
				d.PaymentTerms = sentence(d.PaymentTerms, sentence(one.Due.String(), digits(one.Amount)))
			}
			d.PaymentTerms = sentence(d.PaymentTerms, labelled("DataRiferimentoTerminiPagamento", one.From.String()), labelled("GiorniTerminiPagamento", one.Days))
			r.unpaid(one)
		}
	}
}

func paymentMeans(p PaymentDetail) en16931.PaymentMeans {
	m := en16931.PaymentMeans{Code: means[p.Means], Text: p.Bank, Account: en16931.Account{ID: p.IBAN, Name: p.Payee, BIC: p.BIC}}
	if m.Code == "" {
		m.Code, m.Text = "ZZZ", sentence(p.Means, p.Bank)
	}
	return m
}

func (r *reading) unpaid(p PaymentDetail) {
	at := r.at + "/DatiPagamento/DettaglioPagamento/"
	for _, f := range []struct{ name, v string }{
		{"CodUfficioPostale", p.PostOffice}, {"CFQuietanzante", p.Code},
		{"CognomeQuietanzante", sentence(p.Title, p.Name, p.Surname)}, {"ABI", p.ABI}, {"CAB", p.CAB},
		{"ScontoPagamentoAnticipato", sentence(digits(p.EarlyDiscount), p.EarlyUntil.String())}, {"PenalitaPagamentiRitardati", sentence(digits(p.LatePenalty), p.LatePenaltyFrom.String())},
	} {
		r.lost(at+f.name, f.v != "", f.v)
	}
}
