package storage

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// mostGrouped bounds how many callers share one transaction, and with it how long the first of them waits for the last.
const mostGrouped = 64

// group collects the callers of WriteGrouped while a transaction runs; the next one takes them all.
type group struct {
	mu      sync.Mutex
	waiting []*grouped
	leading bool // a caller is committing for the others
}

// grouped is one caller's work, with its answer.
type grouped struct {
	ctx  context.Context
	do   func(ctx context.Context, tx *Tx) error
	err  error
	done chan struct{}
}

// WriteGrouped is Write for many short transactions that would wait for each other anyway, such as those that take the next number of
// one series: callers that come while a commit is under way share the next one. Each call still stands alone: its changes are
// behind a savepoint, an error takes back only its own, and it returns when its changes are durable. On top of what Write asks of do,
// it should be short, because the others wait for it; it is no longer cancelled once it has begun.
func (db *DB) WriteGrouped(ctx context.Context, do func(ctx context.Context, tx *Tx) error) error {
	if ctx.Value(writing{db}) != nil {
		return errors.New("a transaction is already open here: pass it on")
	}
	g := &grouped{ctx: ctx, do: withAlongside(ctx, do), done: make(chan struct{})}
	db.group.mu.Lock()
	db.group.waiting = append(db.group.waiting, g)
	lead := !db.group.leading
	db.group.leading = true
	db.group.mu.Unlock()
	if lead {
		go db.lead()
	}
	<-g.done // not ctx: the answer must say what became of the change
	if p, ok := errors.AsType[panicked](g.err); ok {
		panic(p.value)
	}
	return g.err
}

// panicked carries a panic of one caller's work back to that caller: the others did nothing wrong.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

// lead commits for everybody who waits until nobody does.
func (db *DB) lead() {
	for {
		db.group.mu.Lock()
		n := min(len(db.group.waiting), mostGrouped)
		together := db.group.waiting[:n:n]
		db.group.waiting = db.group.waiting[n:]
		if n == 0 {
			db.group.leading = false
			db.group.mu.Unlock()
			return
		}
		db.group.mu.Unlock()
		db.commitTogether(together)
	}
}

func (db *DB) commitTogether(together []*grouped) {
	err := db.Write(context.Background(), func(_ context.Context, tx *Tx) error {
		for _, g := range together {
			if err := g.run(db, tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, g := range together {
		if err != nil {
			g.err = err // nothing was committed, whatever each had come to by itself
		}
		close(g.done)
	}
}

// run does one caller's work behind a savepoint. Its own failure is its answer; an error is returned only when the
// transaction cannot go on for the others.
func (g *grouped) run(db *DB, tx *Tx) error {
	if g.err = g.ctx.Err(); g.err != nil {
		return nil // gave up before its turn
	}
	ctx := context.WithValue(context.WithoutCancel(g.ctx), writing{db}, true)
	after := len(tx.after)
	if _, err := tx.ExecContext(ctx, "SAVEPOINT grouped"); err != nil {
		return err
	}
	if g.err = g.protected(ctx, tx); isConflict(g.err) || IsFull(g.err) || IsAway(g.err) {
		return g.err // the whole transaction is lost: it is to run again, or cannot now
	}
	end := "RELEASE SAVEPOINT grouped"
	if g.err != nil {
		tx.after = tx.after[:after]
		end = "ROLLBACK TO SAVEPOINT grouped"
	}
	_, err := tx.ExecContext(ctx, end)
	return err
}

// protected does the work and keeps a panic for its caller.
func (g *grouped) protected(ctx context.Context, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked{p}
		}
	}()
	return g.do(ctx, tx)
}
