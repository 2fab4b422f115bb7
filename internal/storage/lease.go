package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrInUse is returned when another process works on the same database.
var ErrInUse = errors.New("the database is in use")

// Lease is a process's sole right to write to a database. It ends with Release or with the process, however that dies.
type Lease struct{ release func() error }

// Release gives the right back.
func (l *Lease) Release() error { return l.release() }

// Lease takes the sole right to write for a program (holder says which, for the message another one gets), or returns
// ErrInUse. Two programs on one database would give numbers twice and tell two stories to the network.
//
// On PostgreSQL the lease is fenced: a process that lost its connection, and with it the lease, without noticing can no longer
// commit once another has taken over.
func (db *DB) Lease(ctx context.Context, holder string) (*Lease, error) {
	lease, err := db.leaseSQLite, error(nil)
	if db.engine == Postgres {
		lease = db.leasePostgres
	}
	l, err := lease(ctx, fmt.Sprintf("%s (process %d)", holder, os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("lease database for %s: %w", holder, err)
	}
	return l, nil
}

// leaseSQLite holds an exclusive transaction on a small file beside the data; the operating system ends it with the process.
func (db *DB) leaseSQLite(ctx context.Context, _ string) (*Lease, error) {
	file := db.path + ".lease"
	if err := createPrivate(file); err != nil {
		return nil, err
	}
	guard, err := sql.Open("sqlite", sqliteURI(file, "_txlock=exclusive")+"&_pragma=busy_timeout(0)")
	if err != nil {
		return nil, err
	}
	guard.SetMaxOpenConns(1)
	tx, err := guard.BeginTx(context.WithoutCancel(ctx), nil) // the lease outlives the request to stop: there is still work to finish
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w by another process; stop it first: %w", ErrInUse, err), guard.Close())
	}
	return &Lease{release: func() error { return errors.Join(tx.Rollback(), guard.Close()) }}, nil
}

// leaseKey is the advisory lock of a database, the letters "passerel".
const leaseKey = 0x706173736572656c

// leasePostgres holds an advisory lock on a connection of its own and raises the fencing token.
func (db *DB) leasePostgres(ctx context.Context, holder string) (*Lease, error) {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if err := db.takeLease(ctx, conn, holder); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &Lease{release: func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(leaseKey))
		return errors.Join(err, conn.Close())
	}}, nil
}

func (db *DB) takeLease(ctx context.Context, conn *sql.Conn, holder string) error {
	var free bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", int64(leaseKey)).Scan(&free); err != nil {
		return err
	}
	if !free {
		by, since := "another process", ""
		err := conn.QueryRowContext(ctx, "SELECT holder, taken_at FROM storage_lease").Scan(&by, &since)
		return errors.Join(fmt.Errorf("%w by %s since %s; stop it first", ErrInUse, by, since), ignoreMissing(err))
	}
	_, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS storage_lease (id INT PRIMARY KEY CHECK (id = 1), token BIGINT NOT NULL, holder TEXT NOT NULL, taken_at TEXT NOT NULL)`)
	if err != nil {
		return err
	}
	return conn.QueryRowContext(ctx, `INSERT INTO storage_lease (id, token, holder, taken_at) VALUES (1, 1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET token = storage_lease.token + 1, holder = excluded.holder, taken_at = excluded.taken_at RETURNING token`,
		holder, At(time.Now())).Scan(&db.token)
}

func ignoreMissing(err error) error {
	if errors.Is(err, sql.ErrNoRows) || postgresCode(err) == "42P01" { // the table comes with the first lease
		return nil
	}
	return err
}

// checkFence refuses to go on when another process took the lease over.
func (db *DB) checkFence(ctx context.Context, tx *sql.Tx) error {
	if db.token == 0 {
		return nil
	}
	var token int64
	if err := tx.QueryRowContext(ctx, "SELECT token FROM storage_lease").Scan(&token); err != nil {
		return err
	}
	if token != db.token {
		return fmt.Errorf("%w: another process took over while this one had lost its connection; this one must stop", ErrInUse)
	}
	return nil
}
