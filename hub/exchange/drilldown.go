package exchange

import (
	"context"
	"fmt"

	"passerelle/contracts"
)

// MonthOf is one month of a pair.
type MonthOf struct {
	Month contracts.Month
	Figures
	Own []contracts.Money // the sums in the currencies of the documents
}

// Months returns the months of a pair that have a document, in order.
func Months(ctx context.Context, r Reader, p Period, seller, buyer contracts.CountryCode) ([]MonthOf, error) {
	entries, err := r.BorderMonths(ctx, p, seller, buyer)
	if err != nil {
		return nil, fmt.Errorf("months of %s to %s: %w", seller, buyer, err)
	}
	var months []MonthOf
	for _, e := range entries {
		if len(months) == 0 || months[len(months)-1].Month != e.Month {
			months = append(months, MonthOf{Month: e.Month, Figures: none()})
		}
		m := &months[len(months)-1]
		m.add(Figures{EUR: e.EUR, Invoices: e.Invoices, CreditNotes: e.CreditNotes, Missing: e.Missing, Demonstration: e.Demonstration})
		m.Own = append(m.Own, e.Net)
	}
	return months, nil
}

// DocumentQuery asks for documents of a pair and a month, after a key.
type DocumentQuery struct {
	Seller, Buyer contracts.CountryCode
	Month         contracts.Month
	AfterDate     contracts.Date
	AfterID       contracts.InvoiceID
}

// PageSize is how many documents one answer holds.
const PageSize = 100

// List returns a page of documents in order of issue date and id, and the query of the next page, nil on the last.
func List(ctx context.Context, r Reader, q DocumentQuery) ([]Document, *DocumentQuery, error) {
	documents, err := r.Documents(ctx, q, PageSize+1)
	if err != nil {
		return nil, nil, fmt.Errorf("documents of %s to %s in %s: %w", q.Seller, q.Buyer, q.Month, err)
	}
	if len(documents) <= PageSize {
		return documents, nil, nil
	}
	documents = documents[:PageSize]
	last := documents[PageSize-1]
	q.AfterDate, q.AfterID = last.IssueDate, last.ID
	return documents, &q, nil
}
