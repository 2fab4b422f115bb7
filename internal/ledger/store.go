package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Post writes t into the books within the caller's transaction. Posting the same reference with the same content again
// changes nothing; with other content it is a Fault "reference-used". A second reversal of one transaction is a Fault
// "already-reversed".
func Post(ctx context.Context, tx *storage.Tx, t Transaction) error {
	if err := t.Validate(); err != nil {
		return fmt.Errorf("post %s: %w", t.Reference, err)
	}
	booked, err := Find(ctx, tx, t.Reference)
	switch {
	case err == nil:
		return compare(booked, t)
	case !isNotBooked(err):
		return fmt.Errorf("post %s: %w", t.Reference, err)
	}
	if err := checkReversal(ctx, tx, t); err != nil {
		return fmt.Errorf("post %s: %w", t.Reference, err)
	}
	if err := insert(ctx, tx, t); err != nil {
		return fmt.Errorf("post %s: %w", t.Reference, err)
	}
	return nil
}

func isNotBooked(err error) bool {
	fault, ok := errors.AsType[contracts.Fault](err)
	return ok && fault.Code == FaultNotBooked
}

func compare(booked, t Transaction) error {
	if difference := sameBooking(booked, t); difference != nil {
		return contracts.Fault{Code: FaultReferenceUsed, Field: "reference",
			Message: fmt.Sprintf("%s is already in the books with other content: %v", t.Reference, difference),
			Remedy:  "reverse the first transaction, or use a reference of its own"}
	}
	return nil
}

// checkReversal demands that what is taken back is there, whole, and was not taken back before.
func checkReversal(ctx context.Context, q storage.Querier, t Transaction) error {
	if t.Reverses == "" {
		return nil
	}
	original, err := Find(ctx, q, t.Reverses)
	if err != nil {
		return err
	}
	if samePostings(Reverse(original, t.Date, t.Reference).Postings, t.Postings) != nil {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "postings", Message: "they do not mirror " + t.Reverses,
			Remedy: "a correction in part is a transaction of its own, without reverses"}
	}
	var by string
	err = q.QueryRowContext(ctx, "SELECT reference FROM ledger_transaction WHERE reverses = $1", t.Reverses).Scan(&by)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return contracts.Fault{Code: FaultAlreadyReversed, Field: "reverses", Message: fmt.Sprintf("%s was already reversed by %s", t.Reverses, by)}
}

// insert writes the postings first and the transaction last; see migrations/0001_init.sql.
func insert(ctx context.Context, tx *storage.Tx, t Transaction) error {
	if t.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		t.ID = id.String()
	}
	if err := insertPostings(ctx, tx, t); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO ledger_transaction (id, date, reference, description, cause, reverses, recorded_by, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.ID, t.Date, t.Reference, t.Description, t.Cause, sql.NullString{String: t.Reverses, Valid: t.Reverses != ""},
		t.RecordedBy, storage.At(t.RecordedAt))
	return err
}

// postingsAtOnce keeps a statement below the 32766 parameters that SQLite takes.
const postingsAtOnce = 1000

func insertPostings(ctx context.Context, tx *storage.Tx, t Transaction) error {
	for ps := substance(t.Postings); len(ps) > 0; {
		n := min(len(ps), postingsAtOnce)
		var rows []string
		var args []any
		for _, p := range ps[:n] {
			minor, err := p.Amount.Minor()
			if err != nil {
				return err
			}
			at := len(args)
			rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d)", at+1, at+2, at+3, at+4, at+5, at+6))
			args = append(args, t.ID, t.Date, p.Account, p.Owner, p.Amount.Currency, minor)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO ledger_posting (transaction_id, date, account, owner, currency, amount) VALUES "+
			strings.Join(rows, ", "), args...)
		if err != nil {
			return err
		}
		ps = ps[n:]
	}
	return nil
}

// Find returns the transaction with a reference, or a Fault "not-booked".
func Find(ctx context.Context, q storage.Querier, reference string) (Transaction, error) {
	t := Transaction{Reference: reference}
	var reverses sql.NullString
	var at storage.Instant
	err := q.QueryRowContext(ctx, `SELECT id, date, description, cause, reverses, recorded_by, recorded_at
		FROM ledger_transaction WHERE reference = $1`, reference).
		Scan(&t.ID, &t.Date, &t.Description, &t.Cause, &reverses, &t.RecordedBy, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return Transaction{}, contracts.Fault{Code: FaultNotBooked, Field: "reference", Message: fmt.Sprintf("%q is not in the books", reference)}
	}
	if err != nil {
		return Transaction{}, fmt.Errorf("find transaction %s: %w", reference, err)
	}
	t.Reverses, t.RecordedAt = reverses.String, at.Time
	t.Postings, err = storage.All(ctx, q, scanPosting,
		"SELECT account, owner, amount, currency FROM ledger_posting WHERE transaction_id = $1 ORDER BY id", t.ID)
	if err != nil {
		return Transaction{}, fmt.Errorf("find postings of %s: %w", reference, err)
	}
	return t, nil
}

func scanPosting(rows *sql.Rows) (Posting, error) {
	var p Posting
	var minor int64
	var currency contracts.Currency
	err := rows.Scan(&p.Account, &p.Owner, &minor, &currency)
	p.Amount = contracts.FromMinor(minor, currency)
	return p, err
}
