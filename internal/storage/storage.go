// Package storage opens the database of one party, SQLite or PostgreSQL, brings its tables up to date and runs
// transactions. The same migrations and the same queries ($1, $2, ON CONFLICT, RETURNING) serve both engines, and
// both behave alike: writes happen only inside Write, are serializable and durable once Write has returned; reads
// see one consistent state and cannot write.
//
// It is not an object mapper and knows no table: features own their SQL.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
)

// Engine names the database behind a DB.
type Engine string

// The two engines. SQLite is one file and needs nothing installed; PostgreSQL is for a node or hub that grows.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	writer *sql.DB
	reader *sql.DB // its connections refuse to write, on both engines
	path   string  // of a SQLite file
	token  int64   // fencing token of the lease on PostgreSQL; 0 without one
	group  group
	alone  sync.RWMutex // held exclusively by a transaction that runs again after a conflict; see Write
}

// Open connects to the database that dsn names, checks that it keeps what it is given (write-ahead log, synchronous
// commit, engine version), and applies the migrations not yet applied, set by set in the order given.
//
// dsn is "sqlite:data/be.db", the bare path of a file, or "postgres://user@host/name". A missing SQLite file is created for its
// owner alone (0600), as is its folder (0700).
func Open(ctx context.Context, dsn string, sets ...MigrationSet) (*DB, error) {
	db, err := connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", redact(dsn), err)
	}
	for _, set := range sets {
		if err := db.migrate(ctx, set); err != nil {
			return nil, errors.Join(fmt.Errorf("migrate %s in %s: %w", set.Name, redact(dsn), err), db.Close())
		}
	}
	return db, nil
}

// OpenFor is Open for the database of one party: the first to open it writes its name into it, and any other is refused
// before anything is changed. A mistyped address would otherwise put one country's documents into another's books.
func OpenFor(ctx context.Context, owner, dsn string, sets ...MigrationSet) (*DB, error) {
	db, err := connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", redact(dsn), err)
	}
	err = db.claim(ctx, owner)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("open database %s for %s: %w", redact(dsn), owner, err)
	}
	return Open(ctx, dsn, sets...)
}

// ErrOwner is returned for a database that belongs to another party.
var ErrOwner = errors.New("the database belongs to another party")

const ownerTable = `CREATE TABLE IF NOT EXISTS storage_owner (id INT PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL)`

func (db *DB) claim(ctx context.Context, owner string) error {
	return db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.ExecContext(ctx, ownerTable)
		if err != nil {
			return err
		}
		var name string
		err = tx.QueryRowContext(ctx, `INSERT INTO storage_owner (id, name) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET name = storage_owner.name RETURNING name`, owner).Scan(&name)
		if err == nil && name == unfinished {
			return errUnfinished
		}
		if err == nil && name != owner {
			return fmt.Errorf("%w, %s; check the address", ErrOwner, name)
		}
		return err
	})
}

func connect(ctx context.Context, dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	path := strings.TrimPrefix(dsn, "sqlite:")
	if strings.Contains(path, "://") {
		return nil, errors.New(`unknown kind of database; use "sqlite:<file>" or "postgres://..."`)
	}
	return openSQLite(ctx, path)
}

// redact hides the password, for messages and logs.
func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "(unreadable address)"
	}
	return u.Redacted()
}

// Engine tells which database this is, for the few statements that differ.
func (db *DB) Engine() Engine { return db.engine }

// Close waits for running queries and releases the connections.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Close()) }

// QueryContext reads the last committed state, outside any transaction. Several reads that must agree belong in Read.
func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.reader.QueryContext(ctx, query, args...)
}

// QueryRowContext reads one row of the last committed state.
func (db *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return db.reader.QueryRowContext(ctx, query, args...)
}

// Ping tells whether the database answers, for the health page.
func (db *DB) Ping(ctx context.Context) error { return db.reader.PingContext(ctx) }
