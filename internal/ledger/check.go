package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"passerelle/internal/storage"
)

// Break is a place where the stored books contradict themselves. The database refuses to write one, so it means that
// somebody went round the triggers or that a disk lied.
type Break struct {
	Transaction string // id
	Rule        string // what does not hold
}

func (b *Break) Error() string {
	return fmt.Sprintf("ledger transaction %s: %s", b.Transaction, b.Rule)
}

// Each query returns the ids of transactions that break the rule.
var rules = []struct{ rule, query string }{
	{"its postings do not sum to zero",
		"SELECT transaction_id FROM ledger_posting GROUP BY transaction_id, currency HAVING sum(amount) <> 0 ORDER BY transaction_id LIMIT 1"},
	{"it has fewer than two postings",
		"SELECT t.id FROM ledger_transaction t LEFT JOIN ledger_posting p ON p.transaction_id = t.id GROUP BY t.id HAVING count(p.id) < 2 ORDER BY t.id LIMIT 1"},
	{"it has postings and is not there itself",
		"SELECT transaction_id FROM ledger_posting p WHERE NOT EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.id = p.transaction_id) ORDER BY transaction_id LIMIT 1"},
	{"a posting has another date",
		"SELECT t.id FROM ledger_transaction t JOIN ledger_posting p ON p.transaction_id = t.id WHERE p.date <> t.date ORDER BY t.id LIMIT 1"},
	{"its reversal does not mirror it",
		`SELECT t.id FROM ledger_transaction t JOIN ledger_transaction r ON r.reverses = t.reference
		JOIN ledger_posting p ON p.transaction_id IN (t.id, r.id)
		GROUP BY t.id, p.account, p.owner, p.currency HAVING sum(p.amount) <> 0 ORDER BY t.id LIMIT 1`},
}

// Check weighs the whole books anew and returns the first *Break it finds. It reads every posting; run it inside
// db.Read when the books are in use.
func Check(ctx context.Context, q storage.Querier) error {
	for _, r := range rules {
		var id string
		err := q.QueryRowContext(ctx, r.query).Scan(&id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return fmt.Errorf("check ledger: %w", err)
		default:
			return &Break{Transaction: id, Rule: r.rule}
		}
	}
	return nil
}
