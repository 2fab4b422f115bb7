package facturae

import (
	"fmt"
	"strconv"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

// recommended are the codes of UN/ECE Recommendation 20 for the numbers that units writes.
var recommended = func() map[string]string {
	codes := map[string]string{}
	for code, unit := range units {
		if code != "" {
			codes[unit] = code
		}
	}
	return codes
}()

func (r *reading) line(i int, l Line) en16931.Line {
	path := fmt.Sprintf(at+"Items/InvoiceLine[%d]/", i+1)
	to := en16931.Line{ID: strconv.Itoa(i + 1), Quantity: r.money(l.Quantity), Unit: recommended[l.Unit], Net: r.money(l.Gross), Price: en16931.Price{Net: l.Price}, Period: l.Period}
	to.Item = en16931.Item{Name: l.Description, Description: l.Further, SellersID: l.Article}
	if to.Price.Net != nil && to.Price.Net.IsNegative() { // the norm has the sign in the quantity
		to.Price.Net, to.Quantity = national.Fixed(to.Price.Net.Neg(), 2), national.Fixed(value(to.Quantity).Neg(), 0)
	}
	if to.Period == r.d.Period {
		to.Period = en16931.Period{}
	}
	if !l.Day.IsZero() && to.Period == (en16931.Period{}) && l.Day != r.d.Delivery.Date {
		to.Period = en16931.Period{Start: l.Day, End: l.Day}
	}
	if to.Unit == "" {
		to.Unit = "C62"
		attribute(&to, "UnitOfMeasure", l.Unit)
	}
	for _, c := range l.Discounts {
		to.AllowanceCharges = append(to.AllowanceCharges, r.change(false, c))
	}
	for _, c := range l.Charges {
		to.AllowanceCharges = append(to.AllowanceCharges, r.change(true, c))
	}
	if t, found := r.split(path+"TaxesOutputs/Tax", l.Outputs); found {
		to.Category, to.Rate = r.category(t, l.Event)
	}
	attribute(&to, "SpecialTaxableEvent", joined(" ", l.Event, l.Reason))
	for _, t := range l.Withheld {
		attribute(&to, "TaxesWithheld", joined(" ", t.Code, digits(t.Rate), digits(t.Amount.Total)))
	}
	r.references(path, l)
	return to
}

func attribute(l *en16931.Line, name, v string) {
	if v != "" {
		l.Item.Attributes = append(l.Item.Attributes, en16931.Attribute{Name: name, Value: v})
	}
}

func (r *reading) change(charge bool, c Change) en16931.AllowanceCharge {
	return en16931.AllowanceCharge{Charge: charge, Amount: r.money(c.Amount), Percent: c.Rate, Reason: c.Reason}
}

// references: the norm has them once for the document; those of a line are carried as long as they are the same.
func (r *reading) references(path string, l Line) {
	for _, one := range []struct {
		name, said string
		to         *string
	}{{"ReceiverTransactionReference", l.Order, &r.d.Order}, {"ReceiverContractReference", l.Contract, &r.d.Contract}, {"FileReference", l.FileReference, &r.d.BuyerReference},
		{"IssuerTransactionReference", l.IssuerOrder, &r.d.SalesOrder}} {
		r.once(path+one.name, one.to, one.said)
	}
	for _, n := range l.Notes {
		r.once(path+"DeliveryNotesReferences/DeliveryNote/DeliveryNoteNumber", &r.d.DespatchAdvice, n.Number)
		if n.Date != r.d.Delivery.Date {
			r.lost(path+"DeliveryNotesReferences/DeliveryNote/DeliveryNoteDate", n.Date.String())
		}
	}
	r.lost(path+"IssuerContractReference", l.IssuerContract)
}

func (r *reading) once(path string, to *string, said string) {
	switch {
	case *to == "":
		*to = said
	case said != *to:
		r.lost(path, said)
	}
}

// means are codes of UNTDID 4461 for PaymentMeansType; others keep their code as a text.
var means = map[string]string{"01": "10", "02": "59", "04": "30", "11": "20", "13": "1", "19": "48"}

// payment: one due date is the document's, several are told in the terms, and so is what the buyer keeps back.
func (r *reading) payment() {
	for _, t := range r.inv.Withheld {
		r.d.PaymentTerms = joined("\n", r.d.PaymentTerms, joined(" ", "Retención", t.Code, digits(t.Rate)+" % =", digits(t.Amount.Total)))
	}
	dates := map[contracts.Date]bool{}
	for _, i := range r.inv.Installments {
		dates[i.Due] = true
	}
	for _, i := range r.inv.Installments {
		to := en16931.PaymentMeans{Code: means[i.Means], Account: en16931.Account{ID: i.Credit.IBAN + i.Credit.Number, BIC: i.Credit.BIC}, DebitedAccount: i.Debit.IBAN + i.Debit.Number}
		if to.Code == "" {
			to.Code, to.Text = "1", labelled("PaymentMeans", i.Means)
		}
		r.d.Payment.Means = append(r.d.Payment.Means, to)
		r.once(at+"PaymentDetails/Installment/PaymentReconciliationReference", &r.d.Payment.Remittance, i.Reference)
		if len(dates) == 1 {
			r.d.DueDate = i.Due
		}
		if len(dates) > 1 || len(r.inv.Installments) > 1 {
			r.d.PaymentTerms = joined("\n", r.d.PaymentTerms, joined(" ", i.Due.String(), digits(i.Amount)))
		}
		r.d.PaymentTerms = joined("\n", r.d.PaymentTerms, i.Further)
		r.lost(at+"PaymentDetails/Installment", joined(" ", i.Credit.Bank, i.Credit.Branch, i.Debit.Bank, i.Debit.Branch, i.Debit.BIC, i.Refund))
	}
}
