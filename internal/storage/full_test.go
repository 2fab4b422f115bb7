package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// TestAFullDiskIsKnownAsSuchAndPasses lets a database grow no further, which SQLite reports like a disk without room.
func TestAFullDiskIsKnownAsSuchAndPasses(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, grouping...)
	most := func(pages int) {
		if err := db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			var now int
			return tx.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&now)
		}); err != nil {
			t.Fatal(err)
		}
	}
	add := func(do func(context.Context, func(context.Context, *storage.Tx) error) error) error {
		return do(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO given (n, who) VALUES ((SELECT COUNT(*) FROM given), $1)`, strings.Repeat("x", 1<<16))
			return err
		})
	}
	most(8)
	for name, do := range map[string]func(context.Context, func(context.Context, *storage.Tx) error) error{"alone": db.Write, "in a group": db.WriteGrouped} {
		if err := add(do); !storage.IsFull(err) || storage.IsAway(err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	most(1 << 20)
	if err := add(db.WriteGrouped); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}
