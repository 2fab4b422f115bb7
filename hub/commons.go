package hub

import (
	"context"
	"fmt"

	"passerelle/hub/charter"
	"passerelle/hub/solidarity"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

// Share enters acts into the book of the pot of solidarity, all or none. by is the opaque id of who enters them.
func (h *Hub) Share(ctx context.Context, by string, acts ...solidarity.Dated) (pot solidarity.Pot, err error) {
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		pot, err = solidarity.Record(ctx, store.In(tx), by, h.now(), acts...)
		return err
	})
	return pot, err
}

// Agree enters acts into the book of the charter, all or none. by is the opaque id of who enters them.
func (h *Hub) Agree(ctx context.Context, by string, acts ...charter.Dated) (c charter.Charter, err error) {
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, err = charter.Record(ctx, store.In(tx), by, h.now(), acts...)
		return err
	})
	return c, err
}

// LoadDemonstrationCommons enters the demonstration's pot and charter where the books are empty.
func (h *Hub) LoadDemonstrationCommons(ctx context.Context) error {
	shared, err := store.Read(h.db).SolidarityEntries(ctx)
	if err != nil {
		return err
	}
	agreed, err := store.Read(h.db).CharterEntries(ctx)
	if err != nil {
		return err
	}
	if len(shared) == 0 {
		if _, err := h.Share(ctx, "demonstration", solidarity.Demonstration()...); err != nil {
			return fmt.Errorf("enter the demonstration's pot: %w", err)
		}
	}
	if len(agreed) == 0 {
		if _, err := h.Agree(ctx, "demonstration", charter.Demonstration()...); err != nil {
			return fmt.Errorf("enter the demonstration's charter: %w", err)
		}
	}
	return nil
}
