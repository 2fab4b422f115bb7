package outbound

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
)

// Pay records money of a buyer on an invoice: at most what is open, on a day that is not before the issue or in the future.
func (o Outbound) Pay(ctx context.Context, s access.Scope, id contracts.InvoiceID, paidOn contracts.Date, amount contracts.Money) (doc Document, err error) {
	ctx, span := observe.Span(ctx, "outbound.Pay")
	defer span.End()
	err = o.DB.WriteGrouped(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if doc, err = o.invoice(ctx, tx, s, id); err != nil {
			return err
		}
		if err := payable(doc, paidOn, amount, o.today()); err != nil {
			return err
		}
		return o.bookPayment(ctx, tx, s, &doc, paidOn, amount)
	})
	if err != nil {
		return Document{}, fmt.Errorf("pay invoice %s: %w", id, err)
	}
	return doc, nil
}

func payable(doc Document, paidOn contracts.Date, amount contracts.Money, today contracts.Date) error {
	var fs contracts.Faults
	switch {
	case doc.Open.Sign() <= 0:
		fs.Addf(FaultClosed, "", "", "nothing is open on %s", doc.Invoice.Number)
	case amount.Currency != doc.Invoice.Currency:
		fs.Addf(contracts.FaultCurrency, "amount", "enter what the bank booked in that currency", "the invoice is in %s, the payment in %s", doc.Invoice.Currency, amount.Currency)
	case amount.Sign() <= 0:
		fs.Addf(contracts.FaultAmount, "amount", "a payment is above zero", "the payment is %s", amount)
	case amount.Amount.GreaterThan(doc.Open.Amount):
		fs.Addf(FaultTooMuch, "amount", fmt.Sprintf("enter at most %s; what is above belongs to another invoice or back to the buyer", doc.Open), "%s is more than the %s open", amount, doc.Open)
	}
	switch {
	case paidOn.IsZero():
		fs.Addf(contracts.FaultMissing, "paid_on", "give the day the bank booked", "no day of payment")
	case paidOn.Before(doc.Invoice.IssueDate):
		fs.Addf(contracts.FaultDate, "paid_on", "check the day", "paid on %s, before the invoice of %s", paidOn, doc.Invoice.IssueDate)
	case paidOn.After(today):
		fs.Addf(contracts.FaultDate, "paid_on", "enter it when the money is there", "%s is in the future", paidOn)
	}
	return fs.Err()
}

func (o Outbound) bookPayment(ctx context.Context, tx *storage.Tx, s access.Scope, doc *Document, paidOn contracts.Date, amount contracts.Money) error {
	before, err := o.Store.Payments(ctx, tx, s, doc.Invoice.ID)
	if err != nil {
		return err
	}
	p := Payment{Invoice: doc.Invoice.ID, Sequence: len(before) + 1, PaidOn: paidOn, Amount: amount}
	if doc.Open, err = doc.Open.Sub(amount); err != nil {
		return err
	}
	if err := o.Store.InsertPayment(ctx, tx, s, p, o.Now()); err != nil {
		return err
	}
	if err := o.Store.SetOpen(ctx, tx, s, doc.Invoice.ID, doc.Open); err != nil {
		return err
	}
	if err := o.post(ctx, tx, paymentPostings(doc.Invoice.Number, p)); err != nil {
		return err
	}
	return o.Send(ctx, tx, contracts.InvoicePaid{ID: p.Invoice, Seller: o.Law.Code, PaidOn: paidOn, Amount: amount, Settled: doc.Open.IsZero(), Sequence: p.Sequence}, "")
}

// invoice finds an invoice; a credit note of that id is no invoice.
func (o Outbound) invoice(ctx context.Context, q storage.Querier, s access.Scope, id contracts.InvoiceID) (Document, error) {
	doc, found, err := o.Store.Document(ctx, q, s, id)
	if err != nil || !found {
		return Document{}, orNotFound(err)
	}
	if doc.Kind != KindInvoice {
		return Document{}, contracts.Fault{Code: FaultUnknown, Field: "id", Message: fmt.Sprintf("%s is a credit note", doc.Invoice.Number), Remedy: "choose the invoice it takes back"}
	}
	return doc, nil
}
