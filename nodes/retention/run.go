package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// errRehearsed rolls a dry run back.
var errRehearsed = errors.New("dry run")

// Run erases everything that is past its period today. A dry run goes the whole way and rolls back: what it reports is what would happen.
func (r Retention) Run(ctx context.Context, dry bool) (result Result, err error) {
	result.DryRun = dry
	for _, k := range Past(r.Country, r.today()) {
		n, err := r.documents(ctx, k, dry)
		if result.Documents += n; err != nil {
			return result, fmt.Errorf("erase documents: %w", err)
		}
		if err := r.expenses(ctx, k, dry, &result); err != nil {
			return result, fmt.Errorf("erase expenses: %w", err)
		}
	}
	err = r.write(ctx, dry, func(ctx context.Context, tx *storage.Tx) (err error) {
		if err := r.rest(ctx, tx, &result); err != nil {
			return err
		}
		result.Members, err = r.due(ctx, tx)
		return err
	})
	if err != nil {
		return result, fmt.Errorf("erase what is past its period: %w", err)
	}
	return result, nil
}

func (r Retention) write(ctx context.Context, dry bool, do func(context.Context, *storage.Tx) error) error {
	err := r.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		if dry {
			return errRehearsed
		}
		return nil
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// documents erases those of a span, some at a time.
func (r Retention) documents(ctx context.Context, k Kept, dry bool) (n int, err error) {
	limit := atOnce
	if dry {
		limit = 1 << 30 // a rehearsal only counts, in one go
	}
	for {
		var found []contracts.InvoiceID
		err := r.write(ctx, dry, func(ctx context.Context, tx *storage.Tx) (err error) {
			if found, err = r.Store.Unerased(ctx, tx, access.Program(), k.From, k.To, limit); err != nil || dry {
				return err
			}
			return r.erase(ctx, tx, access.Program(), found, k)
		})
		n += len(found)
		if err != nil || len(found) < limit {
			return n, err
		}
	}
}

// expenses removes those of a span: they are kept as long as invoices are.
func (r Retention) expenses(ctx context.Context, k Kept, dry bool, result *Result) error {
	return r.write(ctx, dry, func(ctx context.Context, tx *storage.Tx) error {
		n, err := r.Store.EraseExpenses(ctx, tx, access.Program(), k.From, k.To)
		if err != nil {
			return err
		}
		result.Expenses += n
		return r.log(ctx, tx, Entry{Kind: "expense", Count: n, Rule: rule(k)})
	})
}

// erase blanks documents and logs how many.
func (r Retention) erase(ctx context.Context, tx *storage.Tx, s access.Scope, documents []contracts.InvoiceID, k Kept) error {
	for _, id := range documents {
		if err := r.Store.EraseDocument(ctx, tx, s, id, r.Now()); err != nil {
			return err
		}
	}
	return r.log(ctx, tx, Entry{Kind: "document", Count: len(documents), Rule: rule(k)})
}

func (r Retention) log(ctx context.Context, tx *storage.Tx, e Entry) error {
	if e.Count == 0 {
		return nil
	}
	return r.Store.LogErasure(ctx, tx, e, r.Now())
}

// rest erases what no law asks for.
func (r Retention) rest(ctx context.Context, tx *storage.Tx, result *Result) (err error) {
	days := func(n int) time.Time { return r.Now().AddDate(0, 0, -n) }
	if result.Drafts, err = r.Store.OldDrafts(ctx, tx, access.Program(), days(DraftDays)); err != nil {
		return err
	}
	if result.Imports, err = r.Store.OldImports(ctx, tx, days(ImportDays)); err != nil {
		return err
	}
	if result.Cases, err = r.Store.EraseCases(ctx, tx, access.Program(), r.today()); err != nil {
		return err
	}
	if result.Buyers, err = r.Store.IdleBuyers(ctx, tx, access.Program(), days(DraftDays)); err != nil {
		return err
	}
	return errors.Join(
		r.log(ctx, tx, Entry{Kind: "draft", Count: result.Drafts, Rule: fmt.Sprintf("drafts are kept for %d days", DraftDays)}),
		r.log(ctx, tx, Entry{Kind: "case", Count: result.Cases, Rule: "mobility cases are kept for two years after they are closed, three with work in Hungary; what came to nothing for one"}),
		r.log(ctx, tx, Entry{Kind: "import", Count: result.Imports, Rule: fmt.Sprintf("files that were not booked are kept for %d days", ImportDays)}),
		r.log(ctx, tx, Entry{Kind: "buyer", Count: result.Buyers, Rule: fmt.Sprintf("buyers whom no document or draft names are kept for %d days", DraftDays)}))
}

// due finishes the members whose last document may go.
func (r Retention) due(ctx context.Context, tx *storage.Tx) (int, error) {
	waiting, err := r.Store.Erasures(ctx, tx, access.Program())
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range waiting {
		if !r.today().After(e.KeepUntil) {
			continue
		}
		after, err := r.leave(ctx, tx, access.Of(string(e.Member)), e)
		if err != nil {
			return n, err
		}
		if !after.DoneAt.IsZero() {
			n++
		}
	}
	return n, nil
}

// dailyState remembers the day of the last run.
const dailyState = "retention"

// Daily runs once a day, whoever asks how often.
func (r Retention) Daily(ctx context.Context) (result Result, ran bool, err error) {
	today := r.today().String()
	if last, err := r.Store.State(ctx, r.DB, dailyState); err != nil || last >= today {
		return result, false, err
	}
	if result, err = r.Run(ctx, false); err != nil {
		return result, false, err
	}
	return result, true, r.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return r.Store.SetState(ctx, tx, dailyState, today) })
}

// KeptOf says until when the documents in a scope are kept, by the rule that keeps longest; false when none is.
func (r Retention) KeptOf(ctx context.Context, q storage.Querier, s access.Scope) (longest Kept, some bool, err error) {
	for _, period := range r.Country.Invoice.Retention {
		newest, err := r.Store.Newest(ctx, q, s, period.Since, period.Until)
		if err != nil {
			return Kept{}, false, err
		}
		if newest.IsZero() {
			continue
		}
		k, err := Until(r.Country, newest)
		if err != nil {
			return Kept{}, false, err
		}
		if some = true; k.Until.After(longest.Until) {
			longest = k
		}
	}
	return longest, some, nil
}
