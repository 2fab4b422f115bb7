package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func each(t *testing.T, test func(t *testing.T, db *storage.DB)) {
	t.Helper()
	storagetest.Each(t, []storage.MigrationSet{ledger.Migrations()}, test)
}

func post(db *storage.DB, ts ...ledger.Transaction) error {
	return db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		for _, t := range ts {
			if err := ledger.Post(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func mustPost(t *testing.T, db *storage.DB, ts ...ledger.Transaction) {
	t.Helper()
	if err := post(db, ts...); err != nil {
		t.Fatal(err)
	}
}

func wantFault(t *testing.T, err error, code contracts.FaultCode) {
	t.Helper()
	if !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Code != code {
		t.Errorf("got %v, want a fault %q", err, code)
	}
}

func wantBalance(t *testing.T, db *storage.DB, f ledger.Filter, want contracts.Money) {
	t.Helper()
	got, err := ledger.Balance(t.Context(), db, f, want.Currency)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(want) {
		t.Errorf("balance of %v is %v, want %v", f, got, want)
	}
}

func TestFindReturnsWhatWasPosted(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		want := invoice("invoice/1")
		mustPost(t, db, want)
		got, err := ledger.Find(t.Context(), db, "invoice/1")
		if err != nil {
			t.Fatal(err)
		}
		want.ID = got.ID
		if diff := cmp.Diff(want, got, cmp.Comparer(contracts.Money.Equal), cmp.Comparer(func(a, b contracts.Date) bool { return a == b })); diff != "" || got.ID == "" {
			t.Errorf("id %q, %s", got.ID, diff)
		}
		_, err = ledger.Find(t.Context(), db, "invoice/2")
		wantFault(t, err, ledger.FaultNotBooked)
	})
}

func TestPostingTheSameReferenceTwice(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		mustPost(t, db, invoice("invoice/1"), invoice("invoice/1"))
		again := invoice("invoice/1")
		again.RecordedBy = "somebody else"
		again.Postings = append(again.Postings, ledger.Posting{Account: "guarantee", Amount: contracts.Zero(contracts.EUR)})
		mustPost(t, db, again)
		wantBalance(t, db, ledger.Filter{Account: "activity", Owner: "act-1"}, money("-1000", contracts.EUR))

		for what, change := range map[string]func(*ledger.Transaction){
			"date":        func(t *ledger.Transaction) { t.Date = t.Date.AddDays(1) },
			"description": func(t *ledger.Transaction) { t.Description = "another" },
			"cause":       func(t *ledger.Transaction) { t.Cause = "another" },
			"owner":       func(t *ledger.Transaction) { t.Postings[1].Owner = "act-2" },
			"order":       func(t *ledger.Transaction) { t.Postings[0], t.Postings[1] = t.Postings[1], t.Postings[0] },
			"amount": func(t *ledger.Transaction) {
				t.Postings[0].Amount, t.Postings[1].Amount = money("1211", contracts.EUR), money("-1001", contracts.EUR)
			},
			"number": func(t *ledger.Transaction) {
				t.Postings = append(t.Postings, ledger.Posting{Account: "x", Amount: money("1", contracts.EUR)}, ledger.Posting{Account: "x", Amount: money("-1", contracts.EUR)})
			},
		} {
			other := invoice("invoice/1")
			change(&other)
			err := post(db, other)
			if err == nil {
				t.Errorf("another %s under the same reference was accepted", what)
				continue
			}
			wantFault(t, err, ledger.FaultReferenceUsed)
		}
	})
}

func TestTheSameReferenceFromManyAtOnceIsBookedOnce(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := post(db, invoice("invoice/1")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		wantBalance(t, db, ledger.Filter{Account: "vat"}, money("-210", contracts.EUR))
	})
}

func TestATransactionIsReversedOnce(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		original := invoice("invoice/1")
		reversal := ledger.Reverse(original, march.AddDays(1), "invoice/1/reversed")
		wantFault(t, post(db, reversal), ledger.FaultNotBooked)

		mustPost(t, db, original, reversal, reversal)
		wantBalance(t, db, ledger.Filter{Account: "activity"}, contracts.Zero(contracts.EUR))
		wantFault(t, post(db, ledger.Reverse(original, march, "invoice/1/reversed again")), ledger.FaultAlreadyReversed)

		part := ledger.Reverse(reversal, march, "invoice/1/in part")
		part.Postings = part.Postings[:2]
		part.Postings[0].Amount = part.Postings[1].Amount.Neg()
		wantFault(t, post(db, part), contracts.FaultInvalid)

		mustPost(t, db, ledger.Reverse(reversal, march.AddDays(2), "invoice/1/after all"))
		wantBalance(t, db, ledger.Filter{Account: "activity"}, money("-1000", contracts.EUR))
		wantSound(t, db)
	})
}

func wantSound(t *testing.T, db *storage.DB) {
	t.Helper()
	if err := ledger.Check(t.Context(), db); err != nil {
		t.Error(err)
	}
}

func TestAFaultLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		wrong := invoice("invoice/2")
		wrong.Postings[0].Amount = money("1", contracts.EUR)
		wantFault(t, post(db, invoice("invoice/1"), wrong), ledger.FaultUnbalanced)
		lines, err := ledger.TrialBalance(t.Context(), db, contracts.Date{})
		if err != nil || len(lines) != 0 {
			t.Errorf("the books hold %v, %v", lines, err)
		}
	})
}

func TestManyPostingsInOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		const n = 2500
		payroll := ledger.Transaction{Date: march, Reference: "payroll/2026-03"}
		for i := range n {
			payroll.Postings = append(payroll.Postings, ledger.Posting{Account: "wages", Owner: fmt.Sprint(i), Amount: money("0.01", contracts.EUR)})
		}
		payroll.Postings = append(payroll.Postings, ledger.Posting{Account: "bank", Amount: contracts.FromMinor(-n, contracts.EUR)})
		mustPost(t, db, payroll, payroll)
		wantBalance(t, db, ledger.Filter{Account: "wages"}, money("25", contracts.EUR))
	})
}

// TestTheDatabaseRefuses goes round the code with plain SQL: the books stay right all the same.
func TestTheDatabaseRefuses(t *testing.T) {
	const (
		transaction = "INSERT INTO ledger_transaction (id, date, reference, description, cause, recorded_by, recorded_at) VALUES ('t', '2026-03-31', 'r', '', '', '', '')"
		debit       = "INSERT INTO ledger_posting (transaction_id, date, account, owner, currency, amount) VALUES ('t', '2026-03-31', 'a', '', 'EUR', 100)"
		credit      = "INSERT INTO ledger_posting (transaction_id, date, account, owner, currency, amount) VALUES ('t', '2026-03-31', 'b', '', 'EUR', -100)"
	)
	cases := []struct {
		name, want string
		statements []string
	}{
		{"no postings", "fewer than two", []string{transaction}},
		{"one posting", "fewer than two", []string{debit, transaction}},
		{"a sum other than zero", "sum to zero", []string{debit, debit, transaction}},
		{"kronor against euro", "sum to zero", []string{debit, strings.Replace(credit, "EUR", "SEK", 1), transaction}},
		{"a posting on another day", "another date", []string{debit, strings.Replace(credit, "03-31", "04-01", 1), transaction}},
		{"a posting added to a closed transaction", "closed", []string{debit, credit, transaction, debit}},
		{"postings without a transaction", "", []string{debit, credit}},
		{"a posting of nothing", "", []string{debit, credit, strings.Replace(debit, "100", "0", 1), transaction}},
		{"the same reference twice", "", []string{debit, credit, transaction, strings.ReplaceAll(debit, "'t'", "'u'"), strings.ReplaceAll(credit, "'t'", "'u'"), strings.ReplaceAll(transaction, "'t'", "'u'")}},
		{"a changed amount", "append-only", []string{debit, credit, transaction, "UPDATE ledger_posting SET amount = 1"}},
		{"a changed date", "append-only", []string{debit, credit, transaction, "UPDATE ledger_transaction SET date = '2027-01-01'"}},
		{"a removed posting", "append-only", []string{debit, credit, transaction, "DELETE FROM ledger_posting"}},
		{"a removed transaction", "append-only", []string{debit, credit, transaction, "DELETE FROM ledger_transaction"}},
		{"nothing wrong", "", []string{debit, credit, transaction}}, // the proof that the others fail for their own reason
	}
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			db := storagetest.Open(t, engine, ledger.Migrations())
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					err := raw(db, c.statements...)
					if accept := c.name == "nothing wrong"; accept != (err == nil) {
						t.Fatalf("got %v", err)
					}
					if err != nil && !strings.Contains(err.Error(), c.want) {
						t.Errorf("got %v, want %q", err, c.want)
					}
					wantSound(t, db)
				})
			}
		})
	}
}

func raw(db *storage.DB, statements ...string) error {
	return db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestCheckFindsTheBreak removes the guards first, as somebody with the administrator's password could.
func TestCheckFindsTheBreak(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		mustPost(t, db, invoice("invoice/1"), invoice("invoice/2"))
		guard := "DROP TRIGGER ledger_posting_no_update"
		if db.Engine() == storage.Postgres {
			guard = "DROP TRIGGER ledger_posting_no_change ON ledger_posting"
		}
		second, err := ledger.Find(t.Context(), db, "invoice/2")
		if err != nil {
			t.Fatal(err)
		}
		wantSound(t, db)
		if err := raw(db, guard, "UPDATE ledger_posting SET amount = amount + 1 WHERE account = 'vat' AND transaction_id = '"+second.ID+"'"); err != nil {
			t.Fatal(err)
		}
		found, ok := errors.AsType[*ledger.Break](ledger.Check(t.Context(), db))
		if !ok || found.Transaction != second.ID {
			t.Errorf("found %v, want a break in %s", found, second.ID)
		}
	})
}
