package exchange

import "passerelle/contracts"

// Entry is what a document adds to the sums of a month, a pair of countries and a currency; and a sum is an Entry too.
type Entry struct {
	Month         contracts.Month
	Seller, Buyer contracts.CountryCode
	Net           contracts.Money // in the document's currency, without VAT; less what is credited
	EUR           contracts.Money // of the documents that have a rate
	Invoices      int
	CreditNotes   int
	Missing       int // documents without a rate
	Demonstration int // documents that are demonstration data
}

// entryOf is the one place where a credit note becomes negative: it counts in the month of its own issue date.
func entryOf(d Document) Entry {
	e := Entry{Month: d.IssueDate.Month(), Seller: d.Seller, Buyer: d.Buyer.Country, Net: d.TaxExclusive,
		EUR: contracts.Zero(contracts.EUR), Demonstration: count(d.Demonstration), Missing: count(d.EUR == nil),
		Invoices: count(d.Kind == Invoice), CreditNotes: count(d.Kind == CreditNote)}
	if d.EUR != nil {
		e.EUR = d.EUR.EUR
	}
	if d.Kind == CreditNote {
		e.Net, e.EUR = e.Net.Neg(), e.EUR.Neg()
	}
	return e
}

// less is the difference between two entries of one document.
func (e Entry) less(o Entry) Entry {
	e.Net.Amount, e.EUR.Amount = e.Net.Amount.Sub(o.Net.Amount), e.EUR.Amount.Sub(o.EUR.Amount)
	e.Invoices, e.CreditNotes = e.Invoices-o.Invoices, e.CreditNotes-o.CreditNotes
	e.Missing, e.Demonstration = e.Missing-o.Missing, e.Demonstration-o.Demonstration
	return e
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
