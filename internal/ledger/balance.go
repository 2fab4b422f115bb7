package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Filter chooses postings: those of an account, of an owner, or of an owner on an account, in a period. Account or
// Owner must be given; each combination is answered from an index, at a cost that grows with the postings chosen and not
// with the books.
type Filter struct {
	Account  Account        // empty: every account
	Owner    string         // empty: every owner
	From, To contracts.Date // both included; no date: no limit on that side
}

// where returns the condition and its arguments.
func (f Filter) where() (string, []any, error) {
	if f.Account == "" && f.Owner == "" {
		return "", nil, errors.New("filter needs an account or an owner")
	}
	var conditions []string
	var args []any
	add := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, fmt.Sprintf("%s $%d", condition, len(args)))
	}
	if f.Account != "" {
		add("p.account =", f.Account)
	}
	if f.Owner != "" {
		add("p.owner =", f.Owner)
	}
	if !f.From.IsZero() {
		add("p.date >=", f.From)
	}
	if !f.To.IsZero() {
		add("p.date <=", f.To)
	}
	return strings.Join(conditions, " AND "), args, nil
}

// Balances returns the sum of the postings chosen in each currency they use, in order of the currency's code: debit
// positive, credit negative. A balance of zero is listed; no postings give an empty list.
func Balances(ctx context.Context, q storage.Querier, f Filter) ([]contracts.Money, error) {
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	return storage.All(ctx, q, func(rows *sql.Rows) (contracts.Money, error) {
		var minor int64
		var currency contracts.Currency
		err := rows.Scan(&minor, &currency)
		return contracts.FromMinor(minor, currency), err
	}, "SELECT CAST(sum(p.amount) AS BIGINT), p.currency FROM ledger_posting p WHERE "+where+" GROUP BY p.currency ORDER BY p.currency", args...)
}

// Balance returns the sum of the postings chosen in one currency; zero when there are none.
func Balance(ctx context.Context, q storage.Querier, f Filter, c contracts.Currency) (contracts.Money, error) {
	balances, err := Balances(ctx, q, f)
	if err != nil {
		return contracts.Money{}, err
	}
	for _, m := range balances {
		if m.Currency == c {
			return m, nil
		}
	}
	return contracts.Zero(c), nil
}

// TrialLine is one account of the trial balance in one currency.
type TrialLine struct {
	Account Account
	Debit   contracts.Money // sum of the debits
	Credit  contracts.Money // sum of the credits, as a positive amount
	Balance contracts.Money // Debit - Credit
}

// TrialBalance returns every account that was ever used, by account and currency, up to and including a day (no date:
// everything). The balances of one currency sum to zero.
func TrialBalance(ctx context.Context, q storage.Querier, until contracts.Date) ([]TrialLine, error) {
	return storage.All(ctx, q, func(rows *sql.Rows) (TrialLine, error) {
		var line TrialLine
		var currency contracts.Currency
		var debit, credit int64
		err := rows.Scan(&line.Account, &currency, &debit, &credit)
		line.Debit = contracts.FromMinor(debit, currency)
		line.Credit = contracts.FromMinor(credit, currency)
		line.Balance = contracts.FromMinor(debit-credit, currency)
		return line, err
	}, `SELECT account, currency,
			CAST(sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT),
			CAST(sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT)
		FROM ledger_posting WHERE $1 = '' OR date <= $1 GROUP BY account, currency ORDER BY account, currency`, until.String())
}

// Entry is a posting with what it belongs to, as a statement of account shows it.
type Entry struct {
	Date        contracts.Date
	Reference   string
	Description string
	Posting
}

// Entries returns the newest postings chosen, at most limit, the newest first.
func Entries(ctx context.Context, q storage.Querier, f Filter, limit int) ([]Entry, error) {
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	args = append(args, limit)
	return storage.All(ctx, q, func(rows *sql.Rows) (Entry, error) {
		var e Entry
		var minor int64
		var currency contracts.Currency
		err := rows.Scan(&e.Date, &e.Reference, &e.Description, &e.Account, &e.Owner, &minor, &currency)
		e.Amount = contracts.FromMinor(minor, currency)
		return e, err
	}, fmt.Sprintf(`SELECT p.date, t.reference, t.description, p.account, p.owner, p.amount, p.currency
		FROM ledger_posting p JOIN ledger_transaction t ON t.id = p.transaction_id
		WHERE %s ORDER BY p.date DESC, p.id DESC LIMIT $%d`, where, len(args)), args...)
}
