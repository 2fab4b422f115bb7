package hub

import (
	"context"

	"passerelle/contracts"
	"passerelle/hub/outlook"
	"passerelle/hub/store"
	"passerelle/hub/web"
	"passerelle/internal/storage"
)

// SaveScenario implements web.Board.
func (h *Hub) SaveScenario(ctx context.Context, s outlook.Scenario) error {
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return outlook.Save(ctx, store.In(tx), s) })
}

// RemoveScenario implements web.Board.
func (h *Hub) RemoveScenario(ctx context.Context, c contracts.CountryCode, id string) error {
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return store.In(tx).RemoveScenario(ctx, c, id) })
}

var _ web.Board = (*Hub)(nil)
