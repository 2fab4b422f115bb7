package web

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// progress is how far the imports of this process are. It is kept in memory because the import's transaction holds the only
// writer of a SQLite file.
type progress struct {
	mu   sync.Mutex
	jobs map[string][2]int // done, total
}

func newProgress() *progress { return &progress{jobs: map[string][2]int{}} }

func (p *progress) set(id string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs[id] = [2]int{done, total}
}

func (p *progress) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.jobs, id)
}

// of tells how far an import is, and whether it runs at all.
func (p *progress) of(id string) (done, total int, running bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	job, running := p.jobs[id]
	return job[0], job[1], running
}

// runImport rehearses or books a file in the background. The request that began it may end; a process that ends takes the
// transaction with it, and the page then says so.
func (s server) runImport(ctx context.Context, id string, rehearsal bool) {
	ctx = context.WithoutCancel(ctx)
	s.running.set(id, 0, 0)
	go func() {
		defer s.running.forget(id)
		result, err := s.importFile(ctx, id, rehearsal)
		state := store.ImportDone
		switch {
		case err != nil:
			s.Log.ErrorContext(ctx, "import", "import", id, "error", err)
			state = store.ImportFailed
		case rehearsal || result.Broken > 0: // the books have changed since the rehearsal
			state = store.ImportChecked
		}
		err = s.db().Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return s.Store.FinishImport(ctx, tx, id, state, result)
		})
		if err != nil {
			s.Log.ErrorContext(ctx, "finish import", "import", id, "error", err)
		}
	}()
}

func (s server) importFile(ctx context.Context, id string, rehearsal bool) (result outbound.ImportResult, err error) {
	defer func() {
		if r := recover(); r != nil { // outside a request nobody else catches it
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	file, err := s.Store.ImportFile(ctx, s.db(), id)
	if err != nil {
		return result, err
	}
	return s.Outbound.Import(ctx, file, rehearsal, func(done, total int) { s.running.set(id, done, total) })
}
