package hub

import (
	"context"
	"errors"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/store"
	"passerelle/internal/storage"
	base "passerelle/internal/web"
)

// errMeanwhile is returned when something of the pack's moment was committed while the pack was written.
var errMeanwhile = errors.New("the data of the moment were still being written: make the pack again")

// IssuePack makes the board's pack of a meeting from what the hub has now, in every language, and notes the digests of its files. by is the opaque
// id of who makes it.
func (h *Hub) IssuePack(ctx context.Context, by string, m boardpack.Meeting) (issue boardpack.Issue, err error) {
	now := h.now()
	if err := m.Check(contracts.DateOf(now.UTC())); err != nil {
		return issue, err
	}
	data, err := boardpack.Read(ctx, store.Read(h.db), now)
	if err != nil {
		return issue, fmt.Errorf("issue the pack of %s: %w", m.Day, err)
	}
	pack, err := boardpack.New(m, data)
	if err != nil {
		return issue, fmt.Errorf("issue the pack of %s: %w", m.Day, err)
	}
	files, err := pack.All(base.Locales)
	if err != nil {
		return issue, fmt.Errorf("issue the pack of %s: %w", m.Day, err)
	}
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s := store.In(tx)
		again, err := boardpack.Read(ctx, s, data.AsOf)
		if err != nil {
			return err
		}
		if !again.SameSources(data) {
			return errMeanwhile
		}
		issued, err := s.Packs(ctx)
		if err != nil {
			return err
		}
		issue = boardpack.Issue{Number: len(issued) + 1, By: by, AsOf: data.AsOf, Meeting: pack.Meeting, Files: files}
		return s.AddPack(ctx, issue)
	})
	if err != nil {
		return boardpack.Issue{}, fmt.Errorf("issue the pack of %s: %w", m.Day, err)
	}
	return issue, nil
}
