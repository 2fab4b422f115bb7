package outbound

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
)

// Credit takes back an invoice: all that is left of it when net is nil, or that much without VAT. The credit note has a number of
// the same series, VAT and contribution at the invoice's own rates, and today's date.
func (o Outbound) Credit(ctx context.Context, s access.Scope, id contracts.InvoiceID, net *contracts.Money, reason string) (note Document, err error) {
	ctx, span := observe.Span(ctx, "outbound.Credit")
	defer span.End()
	err = o.DB.WriteGrouped(ctx, func(ctx context.Context, tx *storage.Tx) error {
		doc, err := o.invoice(ctx, tx, s, id)
		if err != nil {
			return err
		}
		earlier, err := o.Store.Credits(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if note, err = creditNote(doc, earlier, net, reason, o.today()); err != nil {
			return err
		}
		if err := acceptedBack(o.Law, o.Seller, note, taken{doc, earlier}); err != nil {
			return err
		}
		if note.Invoice.Number, err = o.number(ctx, tx, note.Invoice.IssueDate.Year()); err != nil {
			return err
		}
		note.Invoice.ID = contracts.InvoiceID(NewID())
		return o.bookCredit(ctx, tx, s, doc, note)
	})
	if err != nil {
		return Document{}, fmt.Errorf("credit invoice %s: %w", id, err)
	}
	return note, nil
}

// bookCredit books the note and lowers what is open on its invoice; below zero, the buyer is owed.
func (o Outbound) bookCredit(ctx context.Context, tx *storage.Tx, s access.Scope, doc, note Document) error {
	open, err := doc.Open.Sub(note.receivable())
	if err != nil {
		return err
	}
	if err := o.Store.SetOpen(ctx, tx, s, doc.Invoice.ID, open); err != nil {
		return err
	}
	return o.book(ctx, tx, s, note)
}

// creditNote is the pure part. Partial notes are computed on the running total, so that VAT and contribution of all notes
// together never differ from the invoice's by a cent, however it is cut.
func creditNote(doc Document, earlier []Document, net *contracts.Money, reason string, day contracts.Date) (Document, error) {
	whole := doc.Invoice.Totals
	before := contracts.Zero(doc.Invoice.Currency)
	for _, e := range earlier {
		before.Amount = before.Amount.Add(e.Invoice.Totals.TaxExclusive.Amount)
	}
	left := contracts.Money{Amount: whole.TaxExclusive.Amount.Sub(before.Amount), Currency: before.Currency}
	if net == nil {
		net = &left
	}
	if err := creditable(doc, left, *net, reason, day); err != nil {
		return Document{}, err
	}
	after := contracts.Money{Amount: before.Amount.Add(net.Amount), Currency: net.Currency}
	tax := whole.Breakdown[0].Tax
	note := doc
	note.Kind, note.Corrects, note.CorrectsNo, note.Reason = KindCreditNote, doc.Invoice.ID, doc.Invoice.Number, reason
	note.Origin, note.Open, note.Notes, note.PayoutDate, note.Fingerprint = Issued, contracts.Zero(net.Currency), nil, contracts.Date{}, ""
	note.Invoice.IssueDate, note.Invoice.DueDate = day, day
	if !doc.Withholding.IsZero() { // the last of its notes says what is kept back of the whole
		note.Invoice.Notes = doc.Invoice.Notes[:len(doc.Invoice.Notes)-1]
		note.Withheld = between(doc.Withholding, doc.Withheld, whole.TaxExclusive, before, after)
	}
	note.Contribution = between(doc.Rate, doc.Contribution, whole.TaxExclusive, before, after)
	vat := between(tax.Rate, whole.Tax, whole.TaxExclusive, before, after)
	note.Guarantee = portion(doc.Guarantee, whole.TaxExclusive, before, after)
	if a := doc.Invoice.AccountingTax; a != nil {
		vatBefore := taxOf(earlier, before.Currency)
		vatAbroad := portion(*a, whole.Tax, vatBefore, contracts.Money{Amount: vatBefore.Amount.Add(vat.Amount), Currency: vat.Currency})
		note.Invoice.AccountingTax = &vatAbroad
	}
	note.Invoice.Lines = []contracts.Line{{Description: reason, Service: doc.Service, Quantity: contracts.MustDecimal("1"), Price: contracts.Decimal{Decimal: net.Amount}, Net: *net, Tax: tax}}
	if net.Equal(whole.TaxExclusive) {
		note.Invoice.Lines = doc.Invoice.Lines
	}
	gross := contracts.Money{Amount: net.Amount.Add(vat.Amount), Currency: net.Currency}
	note.Invoice.Totals = contracts.Totals{Lines: *net, TaxExclusive: *net, Tax: vat, TaxInclusive: gross, Payable: gross,
		Breakdown: []contracts.TaxBreakdown{{Tax: tax, Taxable: *net, Amount: vat}}}
	return note, nil
}

func creditable(doc Document, left, net contracts.Money, reason string, day contracts.Date) error {
	var fs contracts.Faults
	switch {
	case !doc.ErasedOn.IsZero():
		fs.Addf(FaultClosed, "", "", "who bought what on %s was erased on %s, past the time it is kept", doc.Invoice.Number, doc.ErasedOn)
	case left.Sign() <= 0:
		fs.Addf(FaultClosed, "", "", "%s is already taken back whole", doc.Invoice.Number)
	case net.Currency != left.Currency:
		fs.Addf(contracts.FaultCurrency, "net", "", "the invoice is in %s", left.Currency)
	case net.Sign() <= 0:
		fs.Addf(contracts.FaultAmount, "net", "give the amount to take back, without VAT, above zero", "the credit is %s", net)
	case net.Amount.GreaterThan(left.Amount):
		fs.Addf(FaultTooMuch, "net", fmt.Sprintf("take back at most %s", left), "%s is more than the %s left of the invoice", net, left)
	}
	if reason == "" || len(reason) > 500 {
		fs.Addf(contracts.FaultMissing, "reason", "say in a sentence why", "no reason, or one over 500 bytes")
	}
	if day.Before(doc.Invoice.IssueDate) {
		fs.Addf(contracts.FaultDate, "issue_date", "", "a credit note is not older than its invoice of %s", doc.Invoice.IssueDate)
	}
	return fs.Err()
}

// taxOf is the VAT of earlier notes.
func taxOf(notes []Document, c contracts.Currency) contracts.Money {
	sum := contracts.Zero(c)
	for _, n := range notes {
		sum.Amount = sum.Amount.Add(n.Invoice.Totals.Tax.Amount)
	}
	return sum
}

// between is a percentage's share of the step from before to after, such that all steps to the whole sum to total.
func between(rate contracts.Percent, total, whole, before, after contracts.Money) contracts.Money {
	upTo := func(net contracts.Money) contracts.Money {
		if net.Equal(whole) {
			return total // the amount printed on the invoice, also when an imported one was rounded otherwise
		}
		return rate.Of(net)
	}
	return contracts.Money{Amount: upTo(after).Amount.Sub(upTo(before).Amount), Currency: total.Currency}
}

// portion is the part of total that goes with the step from before to after of whole, such that all steps sum to total.
func portion(total, whole, before, after contracts.Money) contracts.Money {
	if whole.IsZero() {
		return contracts.Zero(total.Currency)
	}
	upTo := func(m contracts.Money) contracts.Money {
		return contracts.Money{Amount: total.Amount.Mul(m.Amount).Div(whole.Amount), Currency: total.Currency}.Round()
	}
	return contracts.Money{Amount: upTo(after).Amount.Sub(upTo(before).Amount), Currency: total.Currency}
}
