package nodes

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// told is what the outbox says of documents and payments: key and what was said, in the words of said.
type told map[string]string

func documentKey(id string) string { return "document " + id }

func paymentKey(id string, n int64) string { return fmt.Sprintf("payment %s/%d", id, n) }

// verifyEvents compares each document and payment with the event that told the network of it, and looks for events without one.
func verifyEvents(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c, events := federation.NewCheck("events"), told{}
	if err := federation.Sent(ctx, q, func(f federation.Fact) error { return events.add(c, f) }); err != nil {
		return c, err
	}
	compare := func(key, kept string) {
		c.Rows++
		said, ok := events[key]
		switch delete(events, key); {
		case !ok:
			c.Badf(key, "no event told the network of it")
		case said != kept:
			c.Badf(key, "the network was told %s, the books say %s", said, kept)
		}
	}
	err := storage.Each(ctx, q, func(r *sql.Rows) error {
		var id, kind, corrects, on string
		var currency contracts.Currency
		var net, tax, contribution int64
		if err := r.Scan(&id, &kind, &corrects, &on, &currency, &net, &tax, &contribution); err != nil {
			return err
		}
		compare(documentKey(id), said(kind, corrects, on, contracts.FromMinor(net, currency), contracts.FromMinor(tax, currency), contracts.FromMinor(contribution, currency)))
		return nil
	}, `SELECT id, kind, corrects, issue_date, currency, net, tax, contribution FROM document ORDER BY id`)
	if err != nil {
		return c, err
	}
	err = storage.Each(ctx, q, func(r *sql.Rows) error {
		var id, on string
		var currency contracts.Currency
		var n, amount int64
		if err := r.Scan(&id, &n, &on, &amount, &currency); err != nil {
			return err
		}
		compare(paymentKey(id, n), said("payment", id, on, contracts.FromMinor(amount, currency)))
		return nil
	}, `SELECT invoice, sequence, paid_on, amount, currency FROM payment ORDER BY invoice, sequence`)
	for _, key := range slices.Sorted(maps.Keys(events)) {
		c.Badf(key, "the network was told of it, and it is not in the books")
	}
	return c, err
}

// add notes what an event said of a document or payment; the other events stand for nothing in the books.
func (t told) add(c *federation.Check, f federation.Fact) error {
	if f.Message.Type == federation.TypeKeyRotated {
		return nil // tells of no document
	}
	event, err := f.Event()
	if err != nil {
		c.Badf(f.Key(), "the event cannot be read: %v", err)
		return nil
	}
	switch e := event.(type) {
	case contracts.InvoiceIssued:
		t.once(c, f, documentKey(string(e.ID)), saidOf("invoice", "", e.Document))
	case contracts.CreditNoteIssued:
		t.once(c, f, documentKey(string(e.ID)), saidOf("credit_note", string(e.Corrects), e.Document))
	case contracts.InvoicePaid:
		t.once(c, f, paymentKey(string(e.ID), int64(e.Sequence)), said("payment", string(e.ID), e.PaidOn.String(), e.Amount))
	}
	return nil
}

func (t told) once(c *federation.Check, f federation.Fact, key, what string) {
	if _, twice := t[key]; twice {
		c.Badf(f.Key(), "%s was told before", key)
	}
	t[key] = what
}

func saidOf(kind, corrects string, d contracts.Document) string {
	return said(kind, corrects, d.IssueDate.String(), d.TaxExclusive, d.Tax, d.Contribution)
}

func said(kind, of, on string, amounts ...contracts.Money) string {
	return fmt.Sprint(kind, " ", of, " ", on, " ", amounts)
}
