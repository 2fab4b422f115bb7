package storage_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

var errStop = errors.New("stop")

func TestAnErrorRollsBack(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		nudged := false
		err := db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			tx.AfterCommit(func() { nudged = true })
			if _, err := tx.ExecContext(ctx, "UPDATE counter SET n = n + 1"); err != nil {
				return err
			}
			return errStop
		})
		if err != errStop {
			t.Errorf("error %v, want it unchanged", err)
		}
		if got := counter(t, db); got != 0 || nudged {
			t.Errorf("counter %d, nudged %t after a rollback", got, nudged)
		}
		add(t, db) // the writer is free again
	})
}

func TestAPanicRollsBack(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error { // it panics, so there is no error to look at
				if _, err := tx.ExecContext(ctx, "UPDATE counter SET n = n + 1"); err != nil {
					return err
				}
				panic("bug")
			})
		}()
		if got := counter(t, db); got != 0 {
			t.Errorf("counter %d after a panic", got)
		}
		add(t, db)
	})
}

func TestAfterCommitSeesTheCommit(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		var seen []int
		err := db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			tx.AfterCommit(func() { seen = append(seen, counter(t, db)) })
			tx.AfterCommit(func() { seen = append(seen, 99) })
			_, err := tx.ExecContext(ctx, "UPDATE counter SET n = n + 1")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{1, 99}, seen); diff != "" {
			t.Error(diff)
		}
	})
}

// Read, decide, write: without serializable transactions writers overwrite each other here.
func TestConcurrentWritersLoseNothing(t *testing.T) {
	const writers, each = 8, 15
	storagetest.Each(t, []storage.MigrationSet{sample}, func(t *testing.T, db *storage.DB) {
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					if err := db.Write(t.Context(), readThenWrite); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := counter(t, db); got != writers*each {
			t.Errorf("counter %d, want %d", got, writers*each)
		}
	})
}

func readThenWrite(ctx context.Context, tx *storage.Tx) error {
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT n FROM counter").Scan(&n); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE counter SET n = $1", n+1)
	return err
}

func TestReadersCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		const insert = "INSERT INTO item (name) VALUES ('x') RETURNING id"
		var id int
		if err := db.QueryRowContext(t.Context(), insert).Scan(&id); err == nil {
			t.Error("a write went through the reader")
		}
		err := db.Read(t.Context(), func(ctx context.Context, q storage.Querier) error {
			return q.QueryRowContext(ctx, insert).Scan(&id)
		})
		if err == nil {
			t.Error("a write went through Read")
		}
	})
}

func TestReadSeesOneState(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		err := db.Read(t.Context(), func(ctx context.Context, q storage.Querier) error {
			var before, after int
			if err := q.QueryRowContext(ctx, "SELECT n FROM counter").Scan(&before); err != nil {
				return err
			}
			add(t, db)
			if err := q.QueryRowContext(ctx, "SELECT n FROM counter").Scan(&after); err != nil {
				return err
			}
			if before != after {
				t.Errorf("read %d, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := counter(t, db); got != 1 {
			t.Errorf("counter %d, want 1: the writer was held up", got)
		}
	})
}

func TestATransactionInsideATransactionIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		err := db.Write(t.Context(), func(ctx context.Context, _ *storage.Tx) error {
			return db.Write(ctx, func(context.Context, *storage.Tx) error { return nil })
		})
		if err == nil {
			t.Error("the inner transaction ran")
		}
	})
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		type row struct {
			Name string
			Body []byte
			Paid bool
			At   storage.Instant
		}
		want := row{"é\u0000"[:2], []byte{0, 255, 1}, true, storage.At(time.Date(2026, 3, 31, 8, 0, 0, 123456789, time.FixedZone("", 3600)))}
		// The second parameter first: placeholders are bound by their number, not by their place.
		mustExec(t, db, "INSERT INTO item (body, name, paid, at) VALUES ($2, $1, $3, $4)", want.Name, want.Body, want.Paid, want.At)
		got, err := storage.All(t.Context(), db, func(rows *sql.Rows) (row, error) {
			var r row
			err := rows.Scan(&r.Name, &r.Body, &r.Paid, &r.At)
			return r, err
		}, "SELECT name, body, paid, at FROM item WHERE name = $1 OR name = $1", want.Name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]row{want}, got); diff != "" {
			t.Error(diff)
		}
		if !bytes.Equal(got[0].Body, want.Body) || got[0].At.Format(time.RFC3339Nano) != "2026-03-31T07:00:00.123456Z" {
			t.Errorf("read %v", got[0])
		}
	})
}

func TestAllGivesAnEmptyListForNoRows(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		got, err := storage.All(t.Context(), db, func(rows *sql.Rows) (string, error) { return "", nil }, "SELECT name FROM item")
		if err != nil || got == nil || len(got) != 0 {
			t.Errorf("got %#v, %v", got, err)
		}
	})
}
