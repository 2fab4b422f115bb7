package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// ErrNotEmpty is returned for a database that holds something where a new one is wanted.
var ErrNotEmpty = errors.New("the database is not empty")

// errUnfinished is what OpenFor says of a database that Fill did not finish.
var errUnfinished = errors.New("the database was not filled to the end; remove it and begin anew")

// unfinished stands for the owner until Fill has committed: no party is called so.
const unfinished = "(unfinished)"

// Fill makes the database of a party from something else than its own work: it must not be there yet, or be empty. The tables are made
// and fill runs in one transaction (which may run again, see Write). Until its commit the database is nobody's, and a program that finds it after an
// interruption refuses to start on it. A SQLite file is removed when fill fails.
func Fill(ctx context.Context, owner, dsn string, sets []MigrationSet, fill func(ctx context.Context, db *DB, tx *Tx) error) error {
	db, err := connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("open database %s: %w", redact(dsn), err)
	}
	if err := db.take(ctx); err != nil {
		return errors.Join(fmt.Errorf("fill database %s: %w; name a new one", redact(dsn), err), db.Close())
	}
	if err := db.fill(ctx, owner, sets, fill); err != nil {
		return errors.Join(fmt.Errorf("fill database %s: %w", redact(dsn), err), db.discard(dsn))
	}
	return db.Close()
}

// take marks an empty database as being filled.
func (db *DB) take(ctx context.Context) error {
	tables := `SELECT COUNT(*) FROM sqlite_master`
	if db.engine == Postgres {
		tables = `SELECT COUNT(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')`
	}
	return db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, tables).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return ErrNotEmpty
		}
		return execute(ctx, tx, []string{ownerTable, `INSERT INTO storage_owner (id, name) VALUES (1, '` + unfinished + `')`})
	})
}

func (db *DB) fill(ctx context.Context, owner string, sets []MigrationSet, fill func(ctx context.Context, db *DB, tx *Tx) error) error {
	for _, set := range sets {
		if err := db.migrate(ctx, set); err != nil {
			return fmt.Errorf("migrate %s: %w", set.Name, err)
		}
	}
	return db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := fill(ctx, db, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE storage_owner SET name = $1`, owner)
		return err
	})
}

// discard closes a database that could not be filled, and removes it where that is a matter of files.
func (db *DB) discard(dsn string) error {
	err := db.Close()
	if db.engine == Postgres {
		return errors.Join(err, fmt.Errorf("nothing was kept; drop and create %s before the next attempt", redact(dsn)))
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if e := os.Remove(db.path + suffix); !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }
