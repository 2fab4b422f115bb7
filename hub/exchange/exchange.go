// Package exchange is the hub's view of what the nodes sell across borders: every invoice and credit note, without
// personal data, and their sums by month, seller and buyer country. It can be rebuilt from the nodes' events at any time and is
// nobody's legal record.
package exchange

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Codes of the refusals of this package.
const (
	FaultDuplicate      contracts.FaultCode = "duplicate-document" // the seller has sent this id before
	FaultUnknownInvoice contracts.FaultCode = "unknown-invoice"    // what is credited or paid was never sent
	FaultOverCredited   contracts.FaultCode = "over-credited"      // the credit notes exceed the invoice
	FaultDuplicatePay   contracts.FaultCode = "duplicate-payment"  // the payment's sequence is not above the last one
)

// Kind tells invoices from credit notes.
type Kind string

// The kinds of document.
const (
	Invoice    Kind = "invoice"
	CreditNote Kind = "credit_note"
)

// Conversion is a document's amount in euros and how it came about. Without Source it was in euros already.
type Conversion struct {
	EUR    contracts.Money
	PerEUR decimal.Decimal
	Since  contracts.Date // first day of the rate
	Source string
}

// Document is an invoice or credit note as the hub keeps it.
type Document struct {
	contracts.Document
	Kind          Kind
	Corrects      contracts.InvoiceID // of a credit note
	Demonstration bool
	EUR           *Conversion     // of TaxExclusive; nil while no rate holds on the issue date
	Credited      contracts.Money // of an invoice: taken back so far, without VAT
	Paid          contracts.Money // of an invoice: received so far, VAT included
	Payments      int             // sequence of the last payment
	SettledOn     contracts.Date
}

// Converter turns an amount into euros with the rate of a day, and answers false when there is none.
type Converter func(ctx context.Context, m contracts.Money, on contracts.Date) (Conversion, bool, error)

// Store keeps documents and sums within the transaction of an event.
type Store interface {
	// Document returns a seller's document, false when there is none.
	Document(ctx context.Context, seller contracts.CountryCode, id contracts.InvoiceID) (Document, bool, error)
	// AddDocument keeps a new document, and answers false when the seller has one of that id.
	AddDocument(ctx context.Context, d Document) (bool, error)
	// UpdateDocument keeps what may change of a document: EUR, Credited, Paid, Payments, SettledOn.
	UpdateDocument(ctx context.Context, d Document) error
	// AddToBorder adds an entry to the sums of its month, seller, buyer and currency.
	AddToBorder(ctx context.Context, e Entry) error
	// InCurrency returns up to limit documents of a query, in its order.
	InCurrency(ctx context.Context, q CurrencyQuery, limit int) ([]Document, error)
}

// Issue takes in an invoice.
func Issue(ctx context.Context, s Store, convert Converter, e contracts.InvoiceIssued) error {
	return add(ctx, s, convert, Document{Document: e.Document, Kind: Invoice, Demonstration: e.Demonstration})
}

// Credit takes in a credit note: its invoice must be known, in the same currency and for the same buyer country, and not
// be credited beyond its amount.
func Credit(ctx context.Context, s Store, convert Converter, e contracts.CreditNoteIssued) error {
	invoice, err := known(ctx, s, e.Seller, e.Corrects, "corrects")
	if err != nil {
		return err
	}
	credited, err := credit(invoice, e)
	if err != nil {
		return err
	}
	note := Document{Document: e.Document, Kind: CreditNote, Corrects: e.Corrects, Demonstration: e.Demonstration}
	if err := add(ctx, s, convert, note); err != nil {
		return err
	}
	invoice.Credited = credited
	if err := s.UpdateDocument(ctx, invoice); err != nil {
		return fmt.Errorf("credit invoice %s of %s: %w", invoice.ID, invoice.Seller, err)
	}
	return nil
}

// credit returns what is credited of the invoice once the note is taken in.
func credit(invoice Document, note contracts.CreditNoteIssued) (contracts.Money, error) {
	var fs contracts.Faults
	if note.TaxExclusive.Currency != invoice.TaxExclusive.Currency {
		fs.Addf(contracts.FaultCurrency, "tax_exclusive.currency", "credit in the currency of the invoice", "in %s, the invoice is in %s",
			note.TaxExclusive.Currency, invoice.TaxExclusive.Currency)
		return contracts.Money{}, fs.Err()
	}
	if note.Buyer.Country != invoice.Buyer.Country {
		fs.Addf(contracts.FaultInvalid, "buyer.country", "", "the invoice went to %s", invoice.Buyer.Country)
	}
	credited := contracts.Money{Amount: invoice.Credited.Amount.Add(note.TaxExclusive.Amount), Currency: note.TaxExclusive.Currency}
	if credited.Amount.GreaterThan(invoice.TaxExclusive.Amount) {
		fs.Addf(FaultOverCredited, "tax_exclusive", "credit at most what is left of the invoice", "%s credited of an invoice of %s",
			credited, invoice.TaxExclusive)
	}
	return credited, fs.Err()
}

// Pay takes in a payment.
func Pay(ctx context.Context, s Store, e contracts.InvoicePaid) error {
	invoice, err := known(ctx, s, e.Seller, e.ID, "id")
	if err != nil {
		return err
	}
	var fs contracts.Faults
	if e.Amount.Currency != invoice.TaxExclusive.Currency {
		fs.Addf(contracts.FaultCurrency, "amount.currency", "", "in %s, the invoice is in %s", e.Amount.Currency, invoice.TaxExclusive.Currency)
	}
	if e.Sequence <= invoice.Payments {
		fs.Addf(FaultDuplicatePay, "sequence", "", "payment %d after payment %d", e.Sequence, invoice.Payments)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	invoice.Paid.Amount, invoice.Payments = invoice.Paid.Amount.Add(e.Amount.Amount), e.Sequence
	if e.Settled {
		invoice.SettledOn = e.PaidOn
	}
	if err := s.UpdateDocument(ctx, invoice); err != nil {
		return fmt.Errorf("note payment of invoice %s of %s: %w", e.ID, e.Seller, err)
	}
	return nil
}

func known(ctx context.Context, s Store, seller contracts.CountryCode, id contracts.InvoiceID, field string) (Document, error) {
	d, ok, err := s.Document(ctx, seller, id)
	if err != nil {
		return Document{}, fmt.Errorf("look up invoice %s of %s: %w", id, seller, err)
	}
	if !ok || d.Kind != Invoice {
		return Document{}, contracts.Fault{Code: FaultUnknownInvoice, Field: field, Message: "the hub has no such invoice of " + string(seller),
			Remedy: "send the invoice first"}
	}
	return d, nil
}

// add keeps the document and adds it to the sums.
func add(ctx context.Context, s Store, convert Converter, d Document) error {
	d.Credited, d.Paid = contracts.Zero(d.TaxExclusive.Currency), contracts.Zero(d.TaxExclusive.Currency)
	conversion, ok, err := convert(ctx, d.TaxExclusive, d.IssueDate)
	if err != nil {
		return fmt.Errorf("convert document %s of %s: %w", d.ID, d.Seller, err)
	}
	if ok {
		d.EUR = &conversion
	}
	added, err := s.AddDocument(ctx, d)
	if err != nil {
		return fmt.Errorf("add document %s of %s: %w", d.ID, d.Seller, err)
	}
	if !added {
		return contracts.Fault{Code: FaultDuplicate, Field: "id", Message: "a document of this id was taken in before", Remedy: "give each document an id of its own"}
	}
	if err := s.AddToBorder(ctx, entryOf(d)); err != nil {
		return fmt.Errorf("add document %s of %s to the border matrix: %w", d.ID, d.Seller, err)
	}
	return nil
}
