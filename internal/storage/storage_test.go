package storage_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

var sample = storage.MigrationSet{Name: "sample", Files: os.DirFS("testdata/sample")}

func each(t *testing.T, test func(t *testing.T, db *storage.DB)) {
	t.Helper()
	storagetest.Each(t, []storage.MigrationSet{sample}, test)
}

func TestSQLiteKeepsWhatItConfirms(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, sample)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "busy_timeout": "10000",
	} {
		for name, q := range connections(t, db) {
			var got string
			if err := q(pragma).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s: %s = %s, want %s", name, pragma, got, want)
			}
		}
	}
}

// connections asks the reader and the writer for a pragma.
func connections(t *testing.T, db *storage.DB) map[string]func(pragma string) scanner {
	return map[string]func(string) scanner{
		"reader": func(pragma string) scanner { return db.QueryRowContext(t.Context(), "PRAGMA "+pragma) },
		"writer": func(pragma string) scanner { return fromWriter{t, db, pragma} },
	}
}

type scanner interface{ Scan(...any) error }

type fromWriter struct {
	t      *testing.T
	db     *storage.DB
	pragma string
}

func (w fromWriter) Scan(to ...any) error {
	return w.db.Write(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return tx.QueryRowContext(ctx, "PRAGMA "+w.pragma).Scan(to...)
	})
}

func TestPostgresCommitsSynchronously(t *testing.T) {
	db := storagetest.Open(t, storage.Postgres)
	var synchronous, zone string
	if err := db.QueryRowContext(t.Context(), "SHOW synchronous_commit").Scan(&synchronous); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRowContext(t.Context(), "SHOW timezone").Scan(&zone); err != nil {
		t.Fatal(err)
	}
	if synchronous != "on" || zone != "UTC" {
		t.Errorf("synchronous_commit %s, timezone %s; want on, UTC", synchronous, zone)
	}

	weak := storagetest.DSN(t, storage.Postgres) + "&synchronous_commit=off"
	if _, err := storage.Open(t.Context(), weak); err == nil || !strings.Contains(err.Error(), "synchronous_commit is off") {
		t.Errorf("open with synchronous_commit off: %v, want a refusal", err)
	}
}

func TestDataFileIsForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "be #1?.db")
	db, err := storage.Open(t.Context(), "sqlite:"+path, sample)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		wantMode(t, file, 0o600)
	}
	wantMode(t, filepath.Dir(path), 0o700)
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("mode of %s is %o, want %o", filepath.Base(path), got, want)
	}
}

func TestOpenExplainsABadAddress(t *testing.T) {
	text := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{
		"":                           "needs the path of a file",
		"sqlite::memory:":            "needs the path of a file",
		"mysql://localhost/be":       "unknown kind of database",
		"sqlite:" + text:             "file is not a database",
		"postgres://me:secret@%zz/x": "",
		"postgres://me:secret@127.0.0.1:1/be?sslmode=disable": "",
	} {
		db, err := storage.Open(t.Context(), dsn)
		if err == nil {
			db.Close()
			t.Errorf("%s was opened", dsn)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dsn, err, want)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the password stands in the message: %v", dsn, err)
		}
	}
}

func TestMigrationsRunOnceAndSurviveARestart(t *testing.T) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			dsn := storagetest.DSN(t, engine)
			for start := 1; start <= 3; start++ {
				db, err := storage.Open(t.Context(), dsn, sample)
				if err != nil {
					t.Fatalf("start %d: %v", start, err)
				}
				add(t, db)
				if got := counter(t, db); got != start {
					t.Errorf("start %d finds %d: the table was made again", start, got)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestSetsInOneDatabaseDoNotMeet(t *testing.T) {
	other := storage.MigrationSet{Name: "other", Files: os.DirFS("testdata/other")}
	storagetest.Each(t, []storage.MigrationSet{sample, other}, func(t *testing.T, db *storage.DB) {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM other").Scan(&n); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoProcessesStartAtOnce(t *testing.T) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			dsn := storagetest.DSN(t, engine)
			errs := make(chan error)
			for range 3 {
				go func() {
					db, err := storage.Open(t.Context(), dsn, sample)
					if err == nil {
						err = db.Close()
					}
					errs <- err
				}()
			}
			for range 3 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestAFailedMigrationLeavesNothing(t *testing.T) {
	broken := storage.MigrationSet{Name: "broken", Files: os.DirFS("testdata/broken")}
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			dsn := storagetest.DSN(t, engine)
			if _, err := storage.Open(t.Context(), dsn, broken); err == nil || !strings.Contains(err.Error(), "0001_init.sql") {
				t.Fatalf("error %v, want one that names the file", err)
			}
			db, err := storage.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM half").Err(); err == nil {
				t.Error("the first half of the file was kept")
			}
		})
	}
}

func TestHistoryCannotBeRewritten(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		mustExec(t, db, "INSERT INTO history (n) VALUES (1), (2)")
		attempts := []string{"UPDATE history SET n = 3 WHERE n = 1", "DELETE FROM history"}
		switch db.Engine() {
		case storage.SQLite:
			attempts = append(attempts, "INSERT OR REPLACE INTO history (n) VALUES (1)")
		case storage.Postgres:
			attempts = append(attempts, "TRUNCATE history")
		}
		for _, statement := range attempts {
			if err := exec(t, db, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v, want a refusal", statement, err)
			}
		}
	})
}

func exec(t *testing.T, db *storage.DB, statement string, args ...any) error {
	return db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}

func mustExec(t *testing.T, db *storage.DB, statement string, args ...any) {
	t.Helper()
	if err := exec(t, db, statement, args...); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, db *storage.DB) {
	t.Helper()
	mustExec(t, db, "UPDATE counter SET n = n + 1")
}

func counter(t *testing.T, db *storage.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT n FROM counter").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
