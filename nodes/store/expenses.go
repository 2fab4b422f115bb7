package store

import (
	"context"
	"database/sql"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/inbound"
	"passerelle/nodes/member"
)

var _ inbound.Store = Store{}

// InsertExpense keeps a supplier's invoice of a member in scope. One that does not say when it was issued is kept as of the day it came.
func (st Store) InsertExpense(ctx context.Context, tx *storage.Tx, s access.Scope, e inbound.Expense, content []byte) error {
	if !s.Owns(string(e.Member)) {
		return sql.ErrNoRows
	}
	body, err := encode(e)
	if err != nil {
		return err
	}
	day := e.Document.IssueDate
	if day.IsZero() {
		day = contracts.DateOf(e.RecordedAt.UTC())
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO expense (id, member, activity, supplier, number, issue_date, sha256, body, content, recorded_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		e.ID, e.Member, e.Activity, e.Document.Seller.Name, e.Document.Number, day, e.SHA256, body, content, storage.At(e.RecordedAt))
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "expense", e.ID, string(e.Member))
}

func scanExpense(r interface{ Scan(...any) error }) (e inbound.Expense, err error) {
	var body []byte
	if err := r.Scan(&body); err != nil {
		return e, err
	}
	return e, decode("expense", body, &e)
}

// Expense finds an expense.
func (Store) Expense(ctx context.Context, q storage.Querier, s access.Scope, id string) (inbound.Expense, bool, error) {
	e, err := scanExpense(q.QueryRowContext(ctx, `SELECT e.body FROM expense e WHERE e.id = $1 AND `+s.Where("e.member", 2), id, s.Arg()))
	ok, err := found(err)
	return e, ok, err
}

// ExpenseContent is the document of an expense as it came.
func (Store) ExpenseContent(ctx context.Context, q storage.Querier, s access.Scope, id string) (content []byte, ok bool, err error) {
	ok, err = found(q.QueryRowContext(ctx, `SELECT e.content FROM expense e WHERE e.id = $1 AND `+s.Where("e.member", 2), id, s.Arg()).Scan(&content))
	return content, ok, err
}

// ExpenseWith finds the expense of a member whose document has a digest.
func (Store) ExpenseWith(ctx context.Context, q storage.Querier, s access.Scope, of member.ID, sha256 string) (inbound.Expense, bool, error) {
	e, err := scanExpense(q.QueryRowContext(ctx, `SELECT e.body FROM expense e WHERE e.member = $1 AND e.sha256 = $2 AND `+s.Where("e.member", 3), of, sha256, s.Arg()))
	ok, err := found(err)
	return e, ok, err
}

// SameNumber tells whether a member has an expense of a supplier with a number.
func (Store) SameNumber(ctx context.Context, q storage.Querier, s access.Scope, of member.ID, supplier, number string) (yes bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) > 0 FROM expense e WHERE e.member = $1 AND e.supplier = $2 AND e.number = $3 AND `+s.Where("e.member", 4), of, supplier, number, s.Arg()).Scan(&yes)
	return yes, err
}

// Expenses lists expenses, the newest first, at most limit: all, or those after the one of an id in that order.
func (Store) Expenses(ctx context.Context, q storage.Querier, s access.Scope, after string, limit int) ([]inbound.Expense, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (inbound.Expense, error) { return scanExpense(r) },
		`SELECT e.body FROM expense e WHERE `+s.Where("e.member", 2)+` AND ($3 = '' OR (e.issue_date, e.id) < (SELECT a.issue_date, a.id FROM expense a WHERE a.id = $3 AND `+s.Where("a.member", 2)+`))
		ORDER BY e.issue_date DESC, e.id DESC LIMIT $1`, limit, s.Arg(), after)
}

// EraseExpenses removes the expenses issued in a span, and tells how many.
func (Store) EraseExpenses(ctx context.Context, tx *storage.Tx, s access.Scope, from, to contracts.Date) (int, error) {
	return count(tx.ExecContext(ctx, `DELETE FROM expense WHERE issue_date BETWEEN $1 AND $2 AND `+s.Where("member", 3), from, to, s.Arg()))
}
