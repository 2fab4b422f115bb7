package outbound

import (
	"context"

	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/payment"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// taken is what a credit note takes back: an invoice, less what its earlier notes did. It is nil for an invoice.
type taken struct {
	invoice Document
	earlier []Document // oldest first
}

// input is what the outside gets of a document before it is written: the document, and what co-operative and buyer say beyond it. The
// same holds before the issue, when it is checked, and after it, when it is handed over.
func input(law Law, seller Seller, d Document, of *taken) format.Input {
	in := format.Input{National: seller.National, Facts: en16931.Facts{Atlas: law.Atlas, Contact: seller.Contact, BIC: seller.BIC, AccountName: seller.Party.Name, Remittance: payment.Reference(d.Invoice)}}
	in.Sold(seller.Party.VATID)
	in.Exchanged(d.ExchangeRate)
	in.FatturaPA.Withholding = d.Withholding
	if of == nil {
		in.Invoice = &d.Invoice
		return in
	}
	in.CreditNote = &contracts.CreditNote{Invoice: d.Invoice, Corrects: d.Corrects, CorrectsNumber: d.CorrectsNo, Reason: d.Reason}
	in.Facts.Corrects = of.invoice.Invoice.IssueDate
	in.NAV.Modification, in.NAV.LinesBefore = len(of.earlier)+1, len(of.invoice.Invoice.Lines)
	for _, e := range of.earlier {
		in.NAV.LinesBefore += len(e.Invoice.Lines)
	}
	in.NAV.Cancels = len(of.earlier) == 0 && d.Invoice.Totals.TaxExclusive.Equal(of.invoice.Invoice.Totals.TaxExclusive)
	return in
}

// Written is what the e-invoice of a document is made from.
func (o Outbound) Written(ctx context.Context, q storage.Querier, s access.Scope, d Document) (format.Input, error) {
	if d.Kind != KindCreditNote {
		return input(o.Law, o.Seller, d, nil), nil
	}
	var of taken
	var err error
	if of.invoice, _, err = o.Store.Document(ctx, q, s, d.Corrects); err != nil {
		return format.Input{}, err
	}
	all, err := o.Store.Credits(ctx, q, s, d.Corrects)
	if err != nil {
		return format.Input{}, err
	}
	for _, c := range all {
		if c.Invoice.ID == d.Invoice.ID {
			break
		}
		of.earlier = append(of.earlier, c)
	}
	return input(o.Law, o.Seller, d, &of), nil
}
