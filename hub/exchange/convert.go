package exchange

import (
	"context"
	"fmt"

	"passerelle/contracts"
)

// batch is how many documents ConvertMissing holds in memory.
const batch = 500

// ConvertMissing gives documents of a currency, issued between two days, the euros they lack. It is run when rates arrive, in
// their transaction. The number of documents converted is returned.
func ConvertMissing(ctx context.Context, s Store, convert Converter, c contracts.Currency, from, to contracts.Date) (int, error) {
	converted := 0
	for !from.After(to) {
		documents, err := s.Unconverted(ctx, c, from, to, batch)
		if err != nil {
			return converted, fmt.Errorf("list documents without a rate: %w", err)
		}
		n, err := convertEach(ctx, s, convert, documents)
		if err != nil {
			return converted, err
		}
		converted += n
		switch {
		case len(documents) < batch:
			return converted, nil
		case n == 0: // no rate for any of these: go on after the last day seen
			from = documents[len(documents)-1].IssueDate.AddDays(1)
		}
	}
	return converted, nil
}

func convertEach(ctx context.Context, s Store, convert Converter, documents []Document) (int, error) {
	converted := 0
	for _, d := range documents {
		conversion, ok, err := convert(ctx, d.TaxExclusive, d.IssueDate)
		if err != nil {
			return converted, fmt.Errorf("convert document %s of %s: %w", d.ID, d.Seller, err)
		}
		if !ok {
			continue
		}
		before := entryOf(d)
		d.EUR = &conversion
		if err := s.UpdateDocument(ctx, d); err != nil {
			return converted, fmt.Errorf("convert document %s of %s: %w", d.ID, d.Seller, err)
		}
		if err := s.AddToBorder(ctx, entryOf(d).less(before)); err != nil {
			return converted, fmt.Errorf("add document %s of %s to the border matrix: %w", d.ID, d.Seller, err)
		}
		converted++
	}
	return converted, nil
}
