package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Querier reads. *DB reads the last committed state, *Tx the state of its transaction, so one function of a store
// serves inside and outside transactions. A function that writes takes a *Tx.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is one running transaction. It belongs to the function it was given to and must not outlive it.
type Tx struct {
	tx       *sql.Tx
	after    []func()
	prepared map[string]*sql.Stmt // nil on an engine whose driver remembers statements by itself
}

// again returns the prepared statement of a query that this transaction has run before, and nil the first time. A long
// transaction runs few statements many times, and parsing them is a third of SQLite's work.
func (tx *Tx) again(ctx context.Context, query string) (*sql.Stmt, error) {
	if tx.prepared == nil {
		return nil, nil
	}
	stmt, met := tx.prepared[query]
	if met && stmt == nil {
		var err error
		if stmt, err = tx.tx.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
	}
	tx.prepared[query] = stmt // the driver closes it with the transaction
	return stmt, nil
}

// ExecContext changes rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := tx.again(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return tx.tx.ExecContext(ctx, query, args...)
}

// QueryContext reads, or changes rows with RETURNING. The rows must be closed before the next statement: a transaction is
// one connection.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := tx.again(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return tx.tx.QueryContext(ctx, query, args...)
}

// QueryRowContext reads one row, or changes one with RETURNING.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt, err := tx.again(ctx, query); err == nil && stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return tx.tx.QueryRowContext(ctx, query, args...) // and here the error of a statement that cannot be prepared shows again
}

// AfterCommit has f called once the transaction is durable, in the goroutine of Write and in the order given; after a
// rollback it is never called. It is for nudging a waiting worker: f must be quick and may not fail, because what must
// happen belongs in the transaction.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// writing marks the context inside Write; on SQLite a second Write there would wait for the first for ever.
type writing struct{ db *DB }

// mostAttempts bounds how often Write runs a transaction that keeps losing conflicts with another process.
const mostAttempts = 12

// Write runs do in one transaction and commits it; an error or a panic of do rolls everything back, and the error is
// returned as it is. When Write returns nil, the change survives a power cut.
//
// Transactions are serializable: each behaves as if it had run alone. On PostgreSQL one that meets a conflict is rolled back and
// do runs again, with the other writers of this process held back so that it gets through; do must therefore have no effect
// outside tx. After a failed statement return the error: PostgreSQL accepts no further one in that transaction. What
// may already be there is inserted with ON CONFLICT. A Write inside a Write is an error: pass tx on instead.
func (db *DB) Write(ctx context.Context, do func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(writing{db}) != nil {
		return errors.New("a transaction is already open here: pass it on")
	}
	do = withAlongside(ctx, do)
	ctx = context.WithValue(ctx, writing{db}, true)
	err := db.attempt(ctx, db.alone.RLocker().Lock, db.alone.RUnlock, do)
	for n := 1; err != nil && isConflict(err) && n < mostAttempts; n++ {
		if n > 1 && pause(ctx, n) != nil { // the first repetition has only this process to fear, and is alone in it
			return err
		}
		err = db.attempt(ctx, db.alone.Lock, db.alone.Unlock, do)
	}
	return err
}

// attempt runs the transaction once, between lock and unlock, then what waited for its commit.
func (db *DB) attempt(ctx context.Context, lock, unlock func(), do func(context.Context, *Tx) error) error {
	tx := &Tx{}
	if db.engine == SQLite {
		tx.prepared = map[string]*sql.Stmt{}
	}
	err := func() error {
		lock()
		defer unlock()
		return inTx(ctx, db.writer, &sql.TxOptions{Isolation: db.isolation()}, tx, func(ctx context.Context, tx *Tx) error {
			if err := db.checkFence(ctx, tx.tx); err != nil {
				return err
			}
			return do(ctx, tx)
		})
	}()
	if err != nil {
		return err
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// isolation is left to SQLite, whose transactions are always serializable and whose driver takes no level.
func (db *DB) isolation() sql.IsolationLevel {
	if db.engine == Postgres {
		return sql.LevelSerializable
	}
	return sql.LevelDefault
}

// Read runs do on one consistent state of the database, however long it takes, without holding up writers.
func (db *DB) Read(ctx context.Context, do func(ctx context.Context, q Querier) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	return inTx(ctx, db.reader, options, &Tx{}, func(ctx context.Context, tx *Tx) error { return do(ctx, tx) })
}

func inTx(ctx context.Context, pool *sql.DB, options *sql.TxOptions, tx *Tx, do func(context.Context, *Tx) error) (err error) {
	if tx.tx, err = pool.BeginTx(ctx, options); err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	committed := false
	defer func() {
		if committed {
			return
		}
		if rollback := tx.tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", rollback))
		}
	}()
	if err := do(ctx, tx); err != nil {
		return err
	}
	if err := tx.tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}

// pause waits a little longer each time, by chance, so that two processes do not meet again.
func pause(ctx context.Context, n int) error {
	longest := min(time.Millisecond<<n, 250*time.Millisecond)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(rand.N(longest)):
		return nil
	}
}

// All collects every row of a query; scan reads one row (pass row.Scan the addresses). No rows give an empty list.
func All[T any](ctx context.Context, q Querier, scan func(row *sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Each hands every row of a query to read, one after the other, and keeps none: for what may be longer than memory.
func Each(ctx context.Context, q Querier, read func(row *sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
