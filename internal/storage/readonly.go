package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
)

// OpenReadOnly connects to a database that is there and has exactly the migrations given, to read it alone: nothing is created,
// migrated or leased, so it may run beside the program that writes. Write on it fails in the database.
func OpenReadOnly(ctx context.Context, dsn string, sets ...MigrationSet) (*DB, error) {
	db, err := connectReadOnly(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", redact(dsn), err)
	}
	for _, set := range sets {
		if err := db.hasExactly(ctx, set); err != nil {
			return nil, errors.Join(fmt.Errorf("open database %s: %w", redact(dsn), err), db.Close())
		}
	}
	return db, nil
}

func connectReadOnly(dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		pool, err := postgresPool(dsn, postgresReaders, map[string]string{"default_transaction_read_only": "on"})
		return &DB{engine: Postgres, writer: pool, reader: pool}, err
	}
	path := strings.TrimPrefix(dsn, "sqlite:")
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", sqliteURI(path, "_query_only=1"))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(sqliteReaders)
	return &DB{engine: SQLite, path: path, writer: pool, reader: pool}, nil
}

// hasExactly compares the version on record with that of this program.
func (db *DB) hasExactly(ctx context.Context, set MigrationSet) error {
	migrations, err := set.render(db.engine)
	if err != nil {
		return err
	}
	var newest, stored int64
	for _, m := range migrations {
		newest = max(newest, m.Version)
	}
	if err := db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM migration_"+set.Name).Scan(&stored); err != nil {
		return fmt.Errorf("no tables of %s there: %w", set.Name, err)
	}
	if stored != newest {
		return fmt.Errorf("its tables of %s are of version %d, this program reads version %d; use the program that runs on it", set.Name, stored, newest)
	}
	return nil
}
