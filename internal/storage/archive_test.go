package storage_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// kept has what is hard to carry over: every kind of value, triggers, a number the database counts, and rows that name each other in
// every direction.
var kept = storage.MigrationSet{Name: "kept", Files: os.DirFS("testdata/kept")}

func none() {}

// copied is a database as a copy: what it holds and its rows.
func copied(t *testing.T, db *storage.DB) (storage.Contents, []byte) {
	t.Helper()
	c, err := storage.Shape(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	err = db.Read(t.Context(), func(ctx context.Context, q storage.Querier) error {
		return errors.Join(c.Count(ctx, q), c.WriteRows(ctx, q, &rows, none))
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, rows.Bytes()
}

func load(ctx context.Context, dsn string, c storage.Contents, rows []byte) error {
	return storage.Fill(ctx, "be", dsn, []storage.MigrationSet{kept}, func(ctx context.Context, db *storage.DB, tx *storage.Tx) error {
		return db.Load(ctx, tx, c, bytes.NewReader(rows), none)
	})
}

func fillKept(t *testing.T, db *storage.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, s := range []string{
			`INSERT INTO kept_parent (id, reverses, flag, body, note) VALUES ('z', NULL, TRUE, $1, NULL), ('a', 'z', FALSE, $2, 'é "''')`,
			`INSERT INTO kept_child (id, parent, amount) VALUES (7, 'a', -9223372036854775808), (40, 'z', 9223372036854775807)`,
		} {
			args := []any{}
			if strings.Contains(s, "$1") {
				args = []any{[]byte{0, 1, 255}, []byte{}}
			}
			if _, err := tx.ExecContext(ctx, s, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// across runs a test from each engine to each.
func across(t *testing.T, test func(t *testing.T, from *storage.DB, to string, engine storage.Engine)) {
	for _, source := range storagetest.Engines {
		for _, target := range storagetest.Engines {
			t.Run(string(source)+" to "+string(target), func(t *testing.T) {
				test(t, storagetest.Open(t, source, kept), storagetest.DSN(t, target), target)
			})
		}
	}
}

func TestACopyHoldsTheSameRowsAndGuards(t *testing.T) {
	across(t, func(t *testing.T, from *storage.DB, to string, _ storage.Engine) {
		fillKept(t, from)
		before, rows := copied(t, from)
		if err := load(t.Context(), to, before, rows); err != nil {
			t.Fatal(err)
		}
		db, err := storage.OpenFor(t.Context(), "be", to, kept)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		after, rowsAfter := copied(t, db)
		if d := cmp.Diff(before, after); d != "" || !bytes.Equal(rows, rowsAfter) {
			t.Errorf("the copy differs: %s\n%q\n%q", d, rows, rowsAfter)
		}
		var next int64
		err = db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return tx.QueryRowContext(ctx, `INSERT INTO kept_child (parent, amount) VALUES ('a', 1) RETURNING id`).Scan(&next)
		})
		if err != nil || next != 41 {
			t.Errorf("the next number is %d, %v; want 41", next, err)
		}
		for statement, want := range map[string]string{
			`DELETE FROM kept_parent`:                                           "append-only",
			`INSERT INTO kept_child (parent, amount) VALUES ('nobody', 1)`:      "", // refused by the foreign key, in each engine's words
			`INSERT INTO kept_parent (id, flag, body) VALUES ('m', TRUE, $1)`:   "too late",
			`UPDATE kept_parent SET reverses = 'nobody' WHERE reverses IS NULL`: "",
		} {
			args := []any{}
			if strings.Contains(statement, "$1") {
				args = []any{[]byte("x")}
			}
			err := db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, statement, args...)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want a refusal with %q", statement, err, want)
			}
		}
	})
}

func TestForeignKeysStandAsTheMigrationsMadeThem(t *testing.T) {
	const keys = `SELECT conname, condeferrable, condeferred FROM pg_constraint WHERE contype = 'f' ORDER BY conname`
	made := storagetest.Open(t, storage.Postgres, kept)
	to := storagetest.DSN(t, storage.Postgres)
	c, rows := copied(t, made)
	if err := load(t.Context(), to, c, rows); err != nil {
		t.Fatal(err)
	}
	loaded, err := storage.Open(t.Context(), to, kept)
	if err != nil {
		t.Fatal(err)
	}
	defer loaded.Close()
	if want, got := listed(t, made, keys), listed(t, loaded, keys); len(want) != 2 || cmp.Diff(want, got) != "" {
		t.Errorf("%v, want %v", got, want)
	}
}

func listed(t *testing.T, db *storage.DB, query string) [][3]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all [][3]string
	for rows.Next() {
		var line [3]string
		if err := rows.Scan(&line[0], &line[1], &line[2]); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

func TestWhatDoesNotFitIsRefusedAndNothingStays(t *testing.T) {
	source := storagetest.Open(t, storage.SQLite, kept)
	fillKept(t, source)
	whole, rows := copied(t, source)
	with := func(change func(c *storage.Contents)) storage.Contents {
		c, _ := copied(t, source)
		change(&c)
		return c
	}
	orphan := bytes.Replace(rows, []byte("t\x01a"+"i"), []byte("t\x01y"+"i"), 1)
	for _, tc := range []struct {
		name string
		c    storage.Contents
		rows []byte
	}{
		{"cut", whole, rows[:len(rows)-1]},
		{"appended", whole, append(bytes.Clone(rows), '-')},
		{"fewer rows announced", with(func(c *storage.Contents) { c.Tables[1].Rows-- }), rows},
		{"more rows announced", with(func(c *storage.Contents) { c.Tables[1].Rows++ }), rows},
		{"no kind of value", whole, bytes.Replace(rows, []byte("i"), []byte("x"), 1)},
		{"a child without its parent", whole, orphan},
	} {
		for _, engine := range storagetest.Engines {
			to := storagetest.DSN(t, engine)
			if err := load(t.Context(), to, tc.c, tc.rows); err == nil {
				t.Errorf("%s, %s: loaded", tc.name, engine)
			}
			if file, ok := strings.CutPrefix(to, "sqlite:"); ok {
				if left, _ := filepath.Glob(file + "*"); len(left) > 0 {
					t.Errorf("%s: %v is left", tc.name, left)
				}
			} else if _, err := storage.OpenFor(t.Context(), "be", to, kept); err == nil || !strings.Contains(err.Error(), "begin anew") {
				t.Errorf("%s: the unfinished database opens: %v", tc.name, err)
			}
		}
	}
}

func TestOtherTablesDoNotFit(t *testing.T) {
	for name, change := range map[string]func(c *storage.Contents){
		"another version": func(c *storage.Contents) { c.Versions["kept"]++ },
		"another set":     func(c *storage.Contents) { c.Versions["other"] = 1 },
		"another table":   func(c *storage.Contents) { c.Tables[0].Name = `x"; DROP TABLE kept_parent; --` },
		"another column":  func(c *storage.Contents) { c.Tables[0].Columns[0] = "x" },
		"a table less":    func(c *storage.Contents) { c.Tables = c.Tables[1:] },
		"negative rows":   func(c *storage.Contents) { c.Tables[0].Rows = -1 },
	} {
		c, err := storage.Shape(t.Context(), kept)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Fits(t.Context(), kept); err != nil {
			t.Fatalf("its own shape: %v", err)
		}
		change(&c)
		if c.Fits(t.Context(), kept) == nil {
			t.Errorf("%s fits", name)
		}
	}
}

func TestADatabaseInUseIsNotFilled(t *testing.T) {
	storagetest.Each(t, []storage.MigrationSet{kept}, func(t *testing.T, db *storage.DB) {
		fillKept(t, db)
		dsn := storagetest.DSN(t, db.Engine())
		c, rows := copied(t, db)
		if err := load(t.Context(), dsn, c, rows); err != nil {
			t.Fatal(err)
		}
		if err := load(t.Context(), dsn, c, rows); !errors.Is(err, storage.ErrNotEmpty) {
			t.Fatalf("filled twice: %v", err)
		}
		again, err := storage.OpenFor(t.Context(), "be", dsn, kept)
		if err != nil {
			t.Fatalf("the first filling is gone: %v", err)
		}
		defer again.Close()
		if after, _ := copied(t, again); after.Total() != 4 {
			t.Errorf("%d rows are left of 4", after.Total())
		}
	})
}
