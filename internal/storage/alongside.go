package storage

import (
	"context"
	"sync/atomic"
)

// alongside is work for the next transaction of a context.
type alongside struct {
	do   func(ctx context.Context, tx *Tx) error
	done atomic.Bool // committed
}

type alongsideKey struct{}

// Alongside returns a context in which the first transaction that Write or WriteGrouped commits does do as well, before everything
// else; an error of do is then Write's, and nothing is committed. It ties what a function cannot be told about to its effect: that a
// request was carried out, whatever the request was.
func Alongside(ctx context.Context, do func(ctx context.Context, tx *Tx) error) context.Context {
	return context.WithValue(ctx, alongsideKey{}, &alongside{do: do})
}

// withAlongside adds to do what the context asks for.
func withAlongside(ctx context.Context, do func(ctx context.Context, tx *Tx) error) func(ctx context.Context, tx *Tx) error {
	a, ok := ctx.Value(alongsideKey{}).(*alongside)
	if !ok || a.done.Load() {
		return do
	}
	return func(ctx context.Context, tx *Tx) error {
		if err := a.do(ctx, tx); err != nil {
			return err
		}
		tx.AfterCommit(func() { a.done.Store(true) })
		return do(ctx, tx)
	}
}
