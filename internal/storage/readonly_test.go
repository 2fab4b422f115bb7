package storage_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func tables(versions ...string) storage.MigrationSet {
	files := fstest.MapFS{}
	for _, v := range versions {
		files[v+"_t.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE t" + v + " (n BIGINT NOT NULL);")}
	}
	return storage.MigrationSet{Name: "kept", Files: files}
}

func TestReadOnlyReadsBesideTheWriterAndNeverWrites(t *testing.T) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			dsn := storagetest.DSN(t, engine)
			writer, err := storage.Open(t.Context(), dsn, tables("0001"))
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			lease, err := writer.Lease(t.Context(), "test")
			if err != nil {
				t.Fatal(err)
			}
			defer lease.Release()
			insert := func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO t0001 (n) VALUES (7)")
				return err
			}
			if err := writer.Write(t.Context(), insert); err != nil {
				t.Fatal(err)
			}
			db, err := storage.OpenReadOnly(t.Context(), dsn, tables("0001"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var n int
			if err := db.QueryRowContext(t.Context(), "SELECT SUM(n) FROM t0001").Scan(&n); err != nil || n != 7 {
				t.Errorf("reads %d, %v", n, err)
			}
			if err := db.Write(t.Context(), insert); err == nil {
				t.Error("it wrote")
			}
			if _, err := storage.OpenReadOnly(t.Context(), dsn, tables("0001", "0002")); err == nil || !strings.Contains(err.Error(), "version 1") {
				t.Errorf("older tables: %v", err)
			}
		})
	}
}

func TestReadOnlyCreatesNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := storage.OpenReadOnly(t.Context(), path); err == nil {
		t.Error("opened what is not there")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made")
	}
}
