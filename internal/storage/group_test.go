package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

var grouping = []storage.MigrationSet{{Name: "grouping", Files: fstest.MapFS{"0001_init.sql": {Data: []byte(
	`CREATE TABLE counter (name TEXT PRIMARY KEY, last BIGINT NOT NULL); CREATE TABLE given (n BIGINT PRIMARY KEY, who TEXT NOT NULL);`)}}}}

// take gives the next number to somebody.
func take(ctx context.Context, tx *storage.Tx, who string) error {
	var n int64
	err := tx.QueryRowContext(ctx, `INSERT INTO counter (name, last) VALUES ('series', 1) ON CONFLICT (name) DO UPDATE SET last = counter.last + 1 RETURNING last`).Scan(&n)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO given (n, who) VALUES ($1, $2)`, n, who)
	return err
}

func TestGroupedWritesStandAlone(t *testing.T) {
	storagetest.Each(t, grouping, func(t *testing.T, db *storage.DB) {
		const callers = 100
		refused := errors.New("refused")
		var told, failed atomic.Int64
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				err := db.WriteGrouped(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
					tx.AfterCommit(func() { told.Add(1) })
					if err := take(ctx, tx, fmt.Sprint(i)); err != nil {
						return err
					}
					switch {
					case i%5 == 0:
						return refused // after it had taken a number
					case i%7 == 0:
						_, err := tx.ExecContext(ctx, `INSERT INTO given (n, who) VALUES (1, 'twice')`)
						if err == nil {
							_, err = tx.ExecContext(ctx, `INSERT INTO given (n, who) VALUES (1, 'twice')`)
						}
						return err // a failed statement, which PostgreSQL punishes until the savepoint
					}
					return nil
				})
				if err != nil {
					failed.Add(1)
					if i%5 == 0 && !errors.Is(err, refused) || i%5 != 0 && i%7 != 0 {
						t.Errorf("caller %d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
		var rows, last int64
		err := errors.Join(db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM given`).Scan(&rows), db.QueryRowContext(t.Context(), `SELECT last FROM counter`).Scan(&last))
		if err != nil {
			t.Fatal(err)
		}
		if want := callers - failed.Load(); rows != want || last != want || told.Load() != want || failed.Load() < callers/5 {
			t.Errorf("%d rows, last number %d, %d told after commit, want %d of each", rows, last, told.Load(), want)
		}
	})
}

func TestAGroupedPanicReachesItsCallerAlone(t *testing.T) {
	storagetest.Each(t, grouping, func(t *testing.T, db *storage.DB) {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				defer func() {
					if p := recover(); (p != nil) != (i == 7) {
						t.Errorf("caller %d: panic %v", i, p)
					}
				}()
				err := db.WriteGrouped(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
					if err := take(ctx, tx, fmt.Sprint(i)); err != nil || i != 7 {
						return err
					}
					panic("seven")
				})
				if err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		var rows int
		if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM given`).Scan(&rows); err != nil || rows != 19 {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}

func TestAGroupedWriteWhoseCallerGaveUpDoesNothing(t *testing.T) {
	storagetest.Each(t, grouping, func(t *testing.T, db *storage.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := db.WriteGrouped(ctx, func(ctx context.Context, tx *storage.Tx) error { return take(ctx, tx, "late") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the answer is %v", err)
		}
		err = db.WriteGrouped(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return db.WriteGrouped(ctx, func(context.Context, *storage.Tx) error { return nil })
		})
		if err == nil {
			t.Error("a write inside a write passed")
		}
	})
}
