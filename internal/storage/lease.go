package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// ErrInUse is returned when another process works on the same database.
var ErrInUse = errors.New("the database is in use")

// Lease is a process's sole right to write to a database. It ends with Release or with the process, however that dies.
type Lease struct {
	release func() error
	keep    func(ctx context.Context) error // nil where nothing but the process can end the lease
}

// Release gives the right back.
func (l *Lease) Release() error { return l.release() }

// Keep holds the lease until ctx ends: a database server that is restarted forgets it, and then it is taken again. It returns
// ErrInUse once another process has been quicker; this one can write no more and must stop.
func (l *Lease) Keep(ctx context.Context) error {
	if l.keep == nil {
		<-ctx.Done()
		return nil
	}
	return l.keep(ctx)
}

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
	uri := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: "_txlock=exclusive"} // without a busy time-out: nobody waits for a running program
	guard, err := sql.Open("sqlite", uri.String())
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
