package storage_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func TestWorkAlongsideIsDoneOnceWithTheFirstCommit(t *testing.T) {
	type write func(*storage.DB, context.Context, func(context.Context, *storage.Tx) error) error
	for name, write := range map[string]write{"alone": (*storage.DB).Write, "grouped": (*storage.DB).WriteGrouped} {
		t.Run(name, func(t *testing.T) {
			notes := []storage.MigrationSet{{Name: "notes", Files: fstest.MapFS{"0001_init.sql": {Data: []byte("CREATE TABLE note (text TEXT NOT NULL);")}}}}
			storagetest.Each(t, notes, func(t *testing.T, db *storage.DB) {
				refusal := errors.New("refused")
				var fail error
				ctx := storage.Alongside(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
					return errors.Join(fail, addNote(ctx, tx, "alongside"))
				})
				note := func(text string, err error) error {
					return write(db, ctx, func(ctx context.Context, tx *storage.Tx) error { return errors.Join(addNote(ctx, tx, text), err) })
				}
				if err := note("one", refusal); !errors.Is(err, refusal) {
					t.Fatal(err)
				}
				fail = refusal
				if err := note("two", nil); !errors.Is(err, refusal) {
					t.Fatal(err)
				}
				fail = nil
				if err := errors.Join(note("three", nil), note("four", nil)); err != nil {
					t.Fatal(err)
				}
				got, err := storage.All(t.Context(), db, func(r *sql.Rows) (text string, err error) { return text, r.Scan(&text) }, `SELECT text FROM note ORDER BY text`)
				if diff := cmp.Diff([]string{"alongside", "four", "three"}, got); err != nil || diff != "" {
					t.Error(err, diff)
				}
			})
		})
	}
}

func addNote(ctx context.Context, tx *storage.Tx, text string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO note (text) VALUES ($1)`, text)
	return err
}
