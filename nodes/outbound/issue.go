package outbound

import (
	"context"
	"fmt"
	"strconv"

	"go.opentelemetry.io/otel/attribute"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
)

// Preview says what a draft would become if it were issued today. Nothing is stored.
func (o Outbound) Preview(ctx context.Context, s access.Scope, d Draft) (Document, error) {
	return o.resolve(ctx, o.DB, s, d)
}

// SaveDraft keeps a draft that could be issued, and returns its id. An empty id makes a new one.
func (o Outbound) SaveDraft(ctx context.Context, s access.Scope, id string, d Draft) (string, error) {
	err := o.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		doc, err := o.resolve(ctx, tx, s, d)
		if err != nil {
			return err
		}
		if id, err = o.keepDraft(ctx, tx, s, id, d); err != nil {
			return err
		}
		return o.placed(ctx, tx, "draft:"+id, doc)
	})
	if err != nil {
		return "", fmt.Errorf("save draft: %w", err)
	}
	return id, nil
}

// keepDraft writes a draft; an empty id makes a new one.
func (o Outbound) keepDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d Draft) (string, error) {
	if id == "" {
		id = NewID()
		return id, o.Store.InsertDraft(ctx, tx, s, id, d, o.Now())
	}
	found, err := o.Store.UpdateDraft(ctx, tx, s, id, d)
	if err == nil && !found {
		err = ErrNotFound
	}
	return id, err
}

// placed tells who wants to know where the work of a document is done.
func (o Outbound) placed(ctx context.Context, tx *storage.Tx, source string, doc Document) error {
	if o.Abroad == nil || doc.Invoice.PerformedIn == "" || doc.Invoice.PerformedIn == o.Law.Code {
		return nil
	}
	return o.Abroad(ctx, tx, source, doc)
}

// DeleteDraft throws a draft away.
func (o Outbound) DeleteDraft(ctx context.Context, s access.Scope, id string) error {
	return o.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		found, err := o.Store.DeleteDraft(ctx, tx, s, id)
		if err == nil && !found {
			return ErrNotFound
		}
		return err
	})
}

// IssueDraft issues a saved draft with today's date. The draft is gone afterwards; the invoice is for ever.
func (o Outbound) IssueDraft(ctx context.Context, s access.Scope, id string) (doc Document, err error) {
	return o.issue(ctx, func(ctx context.Context, tx *storage.Tx) (Document, error) {
		d, found, err := o.Store.Draft(ctx, tx, s, id)
		if err != nil || !found {
			return Document{}, orNotFound(err)
		}
		doc, err := o.resolve(ctx, tx, s, d)
		if err != nil {
			return Document{}, err
		}
		if found, err = o.Store.DeleteDraft(ctx, tx, s, id); err != nil || !found {
			return Document{}, orNotFound(err)
		}
		return o.numbered(ctx, tx, s, doc)
	})
}

// Issue issues a draft that was never saved.
func (o Outbound) Issue(ctx context.Context, s access.Scope, d Draft) (Document, error) {
	return o.issue(ctx, func(ctx context.Context, tx *storage.Tx) (Document, error) {
		doc, err := o.resolve(ctx, tx, s, d)
		if err != nil {
			return Document{}, err
		}
		return o.numbered(ctx, tx, s, doc)
	})
}

// issue runs do in one transaction.
func (o Outbound) issue(ctx context.Context, do func(context.Context, *storage.Tx) (Document, error)) (doc Document, err error) {
	ctx, span := observe.Span(ctx, "outbound.Issue")
	defer span.End()
	err = o.DB.WriteGrouped(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		doc, err = do(ctx, tx)
		return err
	})
	if err != nil {
		return Document{}, fmt.Errorf("issue invoice: %w", err)
	}
	span.SetAttributes(attribute.String("passerelle.invoice", string(doc.Invoice.ID)))
	return doc, nil
}

// numbered gives the number, writes the document, posts it and tells the network.
func (o Outbound) numbered(ctx context.Context, tx *storage.Tx, s access.Scope, doc Document) (_ Document, err error) {
	if doc.Invoice.Number, err = o.number(ctx, tx, doc.Invoice.IssueDate.Year()); err != nil {
		return Document{}, err
	}
	doc.Invoice.ID = contracts.InvoiceID(NewID())
	if err := o.book(ctx, tx, s, doc); err != nil {
		return doc, err
	}
	return doc, o.placed(ctx, tx, "invoice:"+string(doc.Invoice.ID), doc)
}

// book writes a complete document: store, ledger, event. It is shared by issuing, crediting and importing.
func (o Outbound) book(ctx context.Context, tx *storage.Tx, s access.Scope, doc Document) error {
	if err := o.Store.InsertDocument(ctx, tx, s, doc, o.Now()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if o.HandOver != nil && doc.Origin == Issued {
		if err := o.HandOver(ctx, tx, s, doc); err != nil {
			return err
		}
	}
	if err := o.post(ctx, tx, postings(doc)); err != nil {
		return err
	}
	event, err := o.event(ctx, tx, s, doc)
	if err != nil {
		return err
	}
	return o.Send(ctx, tx, event, "")
}

// post books a transaction.
func (o Outbound) post(ctx context.Context, tx *storage.Tx, t ledger.Transaction) error {
	t.RecordedBy, t.RecordedAt = access.DeedOf(ctx).By.Account, o.Now()
	if err := ledger.Post(ctx, tx, t); err != nil {
		return err
	}
	tx.AfterCommit(o.Booked)
	return nil
}

// event is what the network learns of a document.
func (o Outbound) event(ctx context.Context, tx *storage.Tx, s access.Scope, doc Document) (contracts.Event, error) {
	inv := doc.Invoice
	pseudonym, err := o.Members.Pseudonym(ctx, tx, s, doc.Member, inv.IssueDate.Year())
	if err != nil {
		return nil, err
	}
	d := contracts.Document{
		ID: inv.ID, Seller: o.Law.Code, Member: pseudonym,
		Buyer:       contracts.BuyerClass{Country: inv.Buyer.Address.Country, Kind: inv.Buyer.Kind, Sector: inv.Buyer.Sector},
		PerformedIn: inv.PerformedIn, Service: doc.Service, IssueDate: inv.IssueDate, SupplyDate: inv.SupplyDate,
		Category: inv.Totals.Breakdown[0].Category, TaxExclusive: inv.Totals.TaxExclusive, Tax: inv.Totals.Tax, Rate: doc.Rate, Contribution: doc.Contribution,
	}
	if doc.Kind == KindCreditNote {
		return contracts.CreditNoteIssued{Document: d, Corrects: doc.Corrects, Demonstration: o.Seller.Demonstration}, nil
	}
	return contracts.InvoiceIssued{Document: d, Demonstration: o.Seller.Demonstration}, nil
}

// number takes the next number of the year's series. The transaction holds the series until it ends, so a number that is not
// used is not lost: the next invoice gets it.
func (o Outbound) number(ctx context.Context, tx *storage.Tx, year int) (string, error) {
	n, err := o.Store.NextNumber(ctx, tx, strconv.Itoa(year))
	if err != nil {
		return "", fmt.Errorf("number: %w", err)
	}
	return o.Law.number(year, n), nil
}

func (o Outbound) resolve(ctx context.Context, q storage.Querier, s access.Scope, d Draft) (Document, error) {
	a, m, found, err := o.Store.Activity(ctx, q, s, d.Activity)
	if err != nil {
		return Document{}, err
	}
	if !found {
		return Document{}, unknown("activity", string(d.Activity))
	}
	if d.BuyerID != "" {
		if d.Buyer, found, err = o.Store.Buyer(ctx, q, s, d.BuyerID); err != nil {
			return Document{}, err
		}
		if !found {
			return Document{}, unknown("buyer_id", d.BuyerID)
		}
	}
	doc, err := compute(o.Law, o.Seller, d, a, m, o.today())
	if err != nil {
		return Document{}, err
	}
	return doc, accepted(o.Law, o.Seller, doc)
}

func unknown(field, id string) error {
	return contracts.Fault{Code: FaultUnknown, Field: field, Message: fmt.Sprintf("nothing here has the id %.40q", id), Remedy: "choose one from the list"}
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return ErrNotFound
}
