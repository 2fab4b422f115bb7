package exchange

import (
	"context"
	"fmt"

	"passerelle/contracts"
)

// batch is how many documents ConvertAnew holds in memory.
const batch = 500

// CurrencyQuery asks for documents in a currency, issued on a day of a span, ordered by issue date, seller and id.
type CurrencyQuery struct {
	Currency contracts.Currency
	From, To contracts.Date // both included
	// Of those issued on From, only what comes after this seller and id; empty for all.
	AfterSeller contracts.CountryCode
	AfterID     contracts.InvoiceID
}

// ConvertAnew converts every document of the query with the best rate that is now known of its day, and corrects the sums by what
// changed. It is run in the transaction in which rates arrive: what a document is worth in euros then follows from the
// document and the table of rates alone, in whatever order the two came.
func ConvertAnew(ctx context.Context, s Store, convert Converter, q CurrencyQuery) error {
	for {
		documents, err := s.InCurrency(ctx, q, batch)
		if err != nil {
			return fmt.Errorf("list documents in %s: %w", q.Currency, err)
		}
		for _, d := range documents {
			if err := convertAnew(ctx, s, convert, d); err != nil {
				return fmt.Errorf("convert document %s of %s: %w", d.ID, d.Seller, err)
			}
		}
		if len(documents) < batch {
			return nil
		}
		last := documents[len(documents)-1]
		q.From, q.AfterSeller, q.AfterID = last.IssueDate, last.Seller, last.ID
	}
}

func convertAnew(ctx context.Context, s Store, convert Converter, d Document) error {
	conversion, ok, err := convert(ctx, d.TaxExclusive, d.IssueDate)
	if err != nil || !ok || d.EUR != nil && d.EUR.equal(conversion) {
		return err
	}
	before := entryOf(d)
	d.EUR = &conversion
	if err := s.UpdateDocument(ctx, d); err != nil {
		return err
	}
	return s.AddToBorder(ctx, entryOf(d).less(before))
}

func (c Conversion) equal(o Conversion) bool {
	return c.EUR.Equal(o.EUR) && c.PerEUR.Equal(o.PerEUR) && c.Since == o.Since && c.Source == o.Source
}
