package hub

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/meeting"
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

// Meet enters acts into the book of the board's meetings, all or none. by is the opaque id of who enters them.
func (h *Hub) Meet(ctx context.Context, by string, acts ...meeting.Dated) error {
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := meeting.Record(ctx, store.In(tx), by, h.now(), acts...)
		return err
	})
}

// AddMeetingPaper lays a paper before the board, with its file where it has one.
func (h *Hub) AddMeetingPaper(ctx context.Context, by string, paper meeting.PaperAdded, body []byte) error {
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return meeting.AddPaper(ctx, store.In(tx), by, h.now(), paper, body)
	})
}

// LoadDemonstrationMeetings enters the demonstration's meetings where the book is empty.
func (h *Hub) LoadDemonstrationMeetings(ctx context.Context) error {
	entries, err := store.Read(h.db).MeetingEntries(ctx)
	if err != nil || len(entries) > 0 {
		return err
	}
	if err := h.Meet(ctx, "demonstration", meeting.Demonstration()...); err != nil {
		return fmt.Errorf("enter the demonstration's meetings: %w", err)
	}
	return nil
}
