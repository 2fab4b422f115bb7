package hub

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

// Invest enters acts into the board's book of investments, all or none. by is the opaque id of who enters them.
func (h *Hub) Invest(ctx context.Context, by string, acts ...investment.Dated) (books investment.Books, err error) {
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s := store.In(tx)
		h.plansMoved(tx)
		if books, err = investment.Record(ctx, s, by, h.now(), acts...); err != nil {
			return err
		}
		took, err := h.takeWaiting(ctx, s, &books)
		if err == nil && took {
			books, _, err = investment.Read(ctx, s, contracts.Date{})
		}
		return err
	})
	return books, err
}

// LoadDemonstrationPlan enters the demonstration's plan where the book is empty.
func (h *Hub) LoadDemonstrationPlan(ctx context.Context) error {
	entries, err := store.Read(h.db).InvestmentEntries(ctx)
	if err != nil || len(entries) > 0 {
		return err
	}
	if _, err := h.Invest(ctx, "demonstration", investment.Demonstration()...); err != nil {
		return fmt.Errorf("enter the demonstration's plan: %w", err)
	}
	return nil
}
