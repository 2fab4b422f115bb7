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

// Written is what the e-invoice of a document is made from: the document, and what the co-operative says on all of its own.
func (o Outbound) Written(ctx context.Context, q storage.Querier, s access.Scope, d Document) (format.Input, error) {
	in := format.Input{Facts: en16931.Facts{Atlas: o.Law.Atlas, Contact: o.Seller.Contact, BIC: o.Seller.BIC, AccountName: o.Seller.Party.Name, Remittance: payment.Reference(d.Invoice)}}
	in.Sold(o.Seller.Party.VATID)
	if d.Kind != KindCreditNote {
		in.Invoice = &d.Invoice
		return in, nil
	}
	in.CreditNote = &contracts.CreditNote{Invoice: d.Invoice, Corrects: d.Corrects, CorrectsNumber: d.CorrectsNo, Reason: d.Reason}
	corrected, found, err := o.Store.Document(ctx, q, s, d.Corrects)
	if err != nil {
		return format.Input{}, err
	}
	if found {
		in.Facts.Corrects = corrected.Invoice.IssueDate
	}
	return in, nil
}
