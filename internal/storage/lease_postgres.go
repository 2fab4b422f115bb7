package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

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
	h := &leaseHolder{db, conn}
	return &Lease{release: h.release, keep: h.keep}, nil
}

func (db *DB) takeLease(ctx context.Context, conn *sql.Conn, holder string) error {
	free, err := tryLock(ctx, conn)
	if err != nil {
		return err
	}
	if !free {
		by, since := "another process", ""
		err := conn.QueryRowContext(ctx, "SELECT holder, taken_at FROM storage_lease").Scan(&by, &since)
		return errors.Join(fmt.Errorf("%w by %s since %s; stop it first", ErrInUse, by, since), ignoreMissing(err))
	}
	_, err = conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS storage_lease (id INT PRIMARY KEY CHECK (id = 1), token BIGINT NOT NULL, holder TEXT NOT NULL, taken_at TEXT NOT NULL)`)
	if err != nil {
		return err
	}
	return conn.QueryRowContext(ctx, `INSERT INTO storage_lease (id, token, holder, taken_at) VALUES (1, 1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET token = storage_lease.token + 1, holder = excluded.holder, taken_at = excluded.taken_at RETURNING token`,
		holder, At(time.Now())).Scan(&db.token)
}

func tryLock(ctx context.Context, conn *sql.Conn) (free bool, err error) {
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", int64(leaseKey)).Scan(&free)
	return free, err
}

func ignoreMissing(err error) error {
	if errors.Is(err, sql.ErrNoRows) || postgresCode(err) == "42P01" { // the table comes with the first lease
		return nil
	}
	return err
}

// leaseHolder is the connection that holds the lock.
type leaseHolder struct {
	db   *DB
	conn *sql.Conn
}

// leaseCheck is how long a lost lease may go unnoticed.
const leaseCheck = time.Second

func (h *leaseHolder) keep(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(leaseCheck):
		}
		if err := h.check(ctx); errors.Is(err, ErrInUse) {
			return err
		}
	}
}

// check takes the lock again when the connection that held it is gone. A server that does not answer is asked again later.
func (h *leaseHolder) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*leaseCheck) // a question that is cancelled ends the session, and with it the lease
	defer cancel()
	if h.conn.PingContext(ctx) == nil {
		return nil
	}
	conn, err := h.db.writer.Conn(ctx)
	if err != nil {
		return err
	}
	free, err := tryLock(ctx, conn)
	if err == nil {
		err = h.db.checkFence(ctx, conn)
	}
	if err != nil || !free { // not free under our own token: the server has not noticed yet that our connection is gone
		discard(conn)
		return err
	}
	_ = h.conn.Close() // it is broken
	h.conn = conn
	return nil
}

// discard ends a session, so that no lock stays behind in the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // which is what it returns
}

// release gives the lock back; a session that is gone holds none.
func (h *leaseHolder) release() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := h.conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(leaseKey))
	if IsAway(err) || errors.Is(err, sql.ErrConnDone) {
		_ = h.conn.Close() // likewise
		return nil
	}
	return errors.Join(err, h.conn.Close())
}

// checkFence refuses to go on when another process took the lease over.
func (db *DB) checkFence(ctx context.Context, q Querier) error {
	if db.token == 0 {
		return nil
	}
	var token int64
	if err := q.QueryRowContext(ctx, "SELECT token FROM storage_lease").Scan(&token); err != nil {
		return err
	}
	if token != db.token {
		return fmt.Errorf("%w: another process took over while this one had lost its connection; this one must stop", ErrInUse)
	}
	return nil
}
