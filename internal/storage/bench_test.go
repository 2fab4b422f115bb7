package storage_test

import (
	"context"
	"crypto/rand"
	"testing"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// BenchmarkWrite measures durable transactions per second: one writer, eight writers apart, eight on the same row.
func BenchmarkWrite(b *testing.B) {
	for _, engine := range storagetest.Engines {
		db := storagetest.Open(b, engine, sample)
		b.Run(string(engine)+"/one writer", func(b *testing.B) {
			for b.Loop() {
				if err := db.Write(b.Context(), insertItem); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(engine)+"/eight writers", func(b *testing.B) { inParallel(b, db, insertItem) })
		b.Run(string(engine)+"/eight on one row", func(b *testing.B) { inParallel(b, db, increment) })
	}
}

func inParallel(b *testing.B, db *storage.DB, do func(context.Context, *storage.Tx) error) {
	b.SetParallelism(4) // times GOMAXPROCS, two on the smallest machine
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := db.Write(b.Context(), do); err != nil {
				b.Error(err)
			}
		}
	})
}

func insertItem(ctx context.Context, tx *storage.Tx) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO item (name) VALUES ($1)", rand.Text())
	return err
}

func increment(ctx context.Context, tx *storage.Tx) error {
	var n int
	if err := tx.QueryRowContext(ctx, "UPDATE counter SET n = n + 1 RETURNING n").Scan(&n); err != nil {
		return err
	}
	return insertItem(ctx, tx)
}
