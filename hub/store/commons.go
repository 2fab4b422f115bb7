package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"passerelle/hub/charter"
	"passerelle/hub/solidarity"
	"passerelle/internal/book"
	"passerelle/internal/storage"
)

// The books of the table book_entry.
const (
	solidarityBook = "solidarity"
	charterBook    = "charter"
)

// SolidarityEntries implements solidarity.Reader.
func (r Reader) SolidarityEntries(ctx context.Context) ([]solidarity.Entry, error) {
	return bookEntries(ctx, r.q, solidarityBook, solidarity.ReadAct)
}

// AddSolidarityEntry implements solidarity.Store.
func (w Writer) AddSolidarityEntry(ctx context.Context, e solidarity.Entry) error {
	return addBookEntry(ctx, w.tx, solidarityBook, e)
}

// CharterEntries implements charter.Reader.
func (r Reader) CharterEntries(ctx context.Context) ([]charter.Entry, error) {
	return bookEntries(ctx, r.q, charterBook, charter.ReadAct)
}

// AddCharterEntry implements charter.Store.
func (w Writer) AddCharterEntry(ctx context.Context, e charter.Entry) error {
	return addBookEntry(ctx, w.tx, charterBook, e)
}

func bookEntries[A book.Act](ctx context.Context, q storage.Querier, name string, read func(book.Kind, []byte) (A, error)) ([]book.Entry[A], error) {
	return storage.All(ctx, q, func(row *sql.Rows) (e book.Entry[A], err error) {
		var at storage.Instant
		var body string
		if err = row.Scan(&e.Number, &e.Day, &at, &e.By, &e.Kind, &body); err != nil {
			return e, err
		}
		e.Recorded = at.Time
		if e.Act, err = read(e.Kind, []byte(body)); err != nil {
			return e, fmt.Errorf("stored entry %d of %s: %v", e.Number, name, err)
		}
		return e, nil
	}, `SELECT number, day, recorded, recorded_by, kind, body FROM book_entry WHERE book = $1 ORDER BY number`, name)
}

func addBookEntry[A book.Act](ctx context.Context, tx *storage.Tx, name string, e book.Entry[A]) error {
	body, err := json.Marshal(e.Act)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO book_entry (book, number, day, recorded, recorded_by, kind, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		name, e.Number, e.Day, storage.At(e.Recorded), e.By, string(e.Kind), string(body))
	return err
}

var (
	_ solidarity.Store = Writer{}
	_ charter.Store    = Writer{}
)
