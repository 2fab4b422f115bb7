package hub

import (
	"context"
	"errors"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/charter"
	"passerelle/hub/investment"
	"passerelle/hub/meeting"
	"passerelle/hub/solidarity"
	"passerelle/hub/store"
	"passerelle/internal/book"
	"passerelle/internal/federation"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
)

// verifyBooks folds the hub's own books anew and compares what they come to with the ledger.
func verifyBooks(ctx context.Context, q storage.Querier) ([]federation.Check, error) {
	var all []federation.Check
	for _, verify := range []func(context.Context, storage.Querier) (federation.Check, error){verifyInvestments, verifySolidarity, verifyCharter, verifyMeetings, verifyLedger} {
		check, err := verify(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, check)
	}
	return all, nil
}

func verifyInvestments(ctx context.Context, q storage.Querier) (federation.Check, error) {
	entries, err := store.Read(q).InvestmentEntries(ctx)
	if err != nil {
		return federation.Check{}, err
	}
	return verifyBook(ctx, q, "investment", "investments", entries, func(all []investment.Entry) ([]ledger.Transaction, error) {
		b, err := investment.Fold(all)
		return b.Bookings(), err
	})
}

func verifySolidarity(ctx context.Context, q storage.Querier) (federation.Check, error) {
	entries, err := store.Read(q).SolidarityEntries(ctx)
	if err != nil {
		return federation.Check{}, err
	}
	return verifyBook(ctx, q, "solidarity", "solidarity pot", entries, func(all []solidarity.Entry) ([]ledger.Transaction, error) {
		p, err := solidarity.Fold(all)
		return p.Bookings(), err
	})
}

func verifyCharter(ctx context.Context, q storage.Querier) (federation.Check, error) {
	entries, err := store.Read(q).CharterEntries(ctx)
	if err != nil {
		return federation.Check{}, err
	}
	return verifyBook(ctx, q, "charter", "charter", entries, func(all []charter.Entry) ([]ledger.Transaction, error) {
		_, err := charter.Fold(all)
		return nil, err
	})
}

// verifyMeetings demands that every paper that the book of the meetings names is there as it was added.
func verifyMeetings(ctx context.Context, q storage.Querier) (federation.Check, error) {
	entries, err := store.Read(q).MeetingEntries(ctx)
	if err != nil {
		return federation.Check{}, err
	}
	check, err := verifyBook(ctx, q, "meetings", "meetings", entries, func(all []meeting.Entry) ([]ledger.Transaction, error) {
		_, err := meeting.Fold(all)
		return nil, err
	})
	for _, e := range entries {
		paper, is := e.Act.(meeting.PaperAdded)
		if err != nil || !is || paper.File == nil {
			continue
		}
		var body []byte
		if body, _, err = store.Read(q).MeetingPaper(ctx, paper.File.SHA256); err == nil && meeting.Digest(body) != paper.File.SHA256 {
			check.Badf(fmt.Sprint(e.Number), "the paper %q is not as it was added", paper.Title)
		}
	}
	return check, err
}

// verifyBook demands that a book is whole and that the ledger holds what it comes to, and nothing else of it.
func verifyBook[A book.Act](ctx context.Context, q storage.Querier, name, title string, entries []book.Entry[A], fold func([]book.Entry[A]) ([]ledger.Transaction, error)) (federation.Check, error) {
	check := federation.NewCheck(title)
	check.Rows = int64(len(entries))
	for i, e := range entries {
		if e.Number != i+1 {
			check.Badf(fmt.Sprint(e.Number), "entry %d is missing", i+1)
			return *check, nil
		}
	}
	bookings, err := fold(entries)
	if err != nil {
		check.Badf("book", "%v", err)
		return *check, nil
	}
	for _, t := range bookings {
		stored, err := ledger.Find(ctx, q, t.Reference)
		if err != nil && !contracts.IsFault(err) {
			return *check, err
		}
		if err != nil || !book.SamePostings(stored, t) {
			check.Badf(t.Reference, "the ledger does not have what the entry comes to")
		}
	}
	var booked int
	if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM ledger_transaction WHERE reference LIKE $1", name+"/%").Scan(&booked); err != nil {
		return *check, err
	}
	if booked != len(bookings) {
		check.Badf("ledger", "%d transactions, and the book comes to %d", booked, len(bookings))
	}
	return *check, nil
}

// verifyLedger demands that the ledger balances, and holds nothing that is no book's.
func verifyLedger(ctx context.Context, q storage.Querier) (federation.Check, error) {
	check := federation.NewCheck("ledger")
	var strange int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN reference LIKE 'investment/%' OR reference LIKE 'solidarity/%' THEN 0 ELSE 1 END), 0) FROM ledger_transaction`).Scan(&check.Rows, &strange)
	if err != nil {
		return *check, err
	}
	if strange > 0 {
		check.Badf("ledger", "%d transactions are of no book", strange)
	}
	err = ledger.Check(ctx, q)
	if broken, ok := errors.AsType[*ledger.Break](err); ok {
		check.Badf(broken.Transaction, "%s", broken.Rule)
		return *check, nil
	}
	return *check, err
}
