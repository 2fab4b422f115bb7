package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
)

// ImportState says how far a file of past invoices has come.
type ImportState string

// A file is rehearsed when it arrives, and booked when a person has seen the report.
const (
	ImportChecking ImportState = "checking"
	ImportChecked  ImportState = "checked"
	ImportRunning  ImportState = "running"
	ImportDone     ImportState = "done"
	ImportFailed   ImportState = "failed" // an accident; nothing was booked
)

// ImportJob is a file of past invoices on its way in.
type ImportJob struct {
	ID        string
	State     ImportState
	Done      int // lines
	Total     int
	Result    outbound.ImportResult // of the rehearsal, then of the import
	CreatedAt storage.Instant
}

// InsertImport keeps a file.
func (st Store) InsertImport(ctx context.Context, tx *storage.Tx, id string, file []byte, at time.Time) error {
	result, err := encode(outbound.ImportResult{})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO import_job (id, file, state, done, total, result, created_at) VALUES ($1,$2,$3,0,0,$4,$5)`,
		id, file, ImportChecking, result, storage.At(at))
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "import", id, "")
}

// Import finds an import without its file.
func (Store) Import(ctx context.Context, q storage.Querier, id string) (j ImportJob, ok bool, err error) {
	var result []byte
	ok, err = found(q.QueryRowContext(ctx, `SELECT id, state, done, total, result, created_at FROM import_job WHERE id = $1`, id).
		Scan(&j.ID, &j.State, &j.Done, &j.Total, &result, &j.CreatedAt))
	if !ok {
		return j, false, err
	}
	return j, true, decode("import "+id, result, &j.Result)
}

// ImportFile returns the bytes of an import's file.
func (Store) ImportFile(ctx context.Context, q storage.Querier, id string) (file []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT file FROM import_job WHERE id = $1`, id).Scan(&file)
	return file, err
}

// Imports lists the newest imports.
func (Store) Imports(ctx context.Context, q storage.Querier, limit int) ([]ImportJob, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (j ImportJob, err error) {
		var result []byte
		if err := r.Scan(&j.ID, &j.State, &j.Done, &j.Total, &result, &j.CreatedAt); err != nil {
			return j, err
		}
		return j, decode("import "+j.ID, result, &j.Result)
	}, `SELECT id, state, done, total, result, created_at FROM import_job ORDER BY created_at DESC, id DESC LIMIT $1`, limit)
}

// MoveImport takes an import from one state to the next and tells whether it was in the first.
func (st Store) MoveImport(ctx context.Context, tx *storage.Tx, id string, from, to ImportState) (bool, error) {
	ok, err := changed(tx.ExecContext(ctx, `UPDATE import_job SET state = $3 WHERE id = $1 AND state = $2`, id, from, to))
	if err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "import", id, "")
}

// FinishImport writes what came out. Of a file that is in the books, or will never be, the bytes are no longer kept: they name people.
func (Store) FinishImport(ctx context.Context, tx *storage.Tx, id string, state ImportState, result outbound.ImportResult) error {
	body, err := encode(result)
	if err != nil {
		return err
	}
	statement := `UPDATE import_job SET state = $2, done = $3, total = $3, result = $4 WHERE id = $1`
	if state != ImportChecked || result.Broken > 0 {
		statement = `UPDATE import_job SET state = $2, done = $3, total = $3, result = $4, file = '' WHERE id = $1`
	}
	_, err = tx.ExecContext(ctx, statement, id, state, result.Rows, body)
	return err
}
