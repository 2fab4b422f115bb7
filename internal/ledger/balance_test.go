package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func TestBalanceOfAccountOwnerAndPeriod(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		for day := range 3 {
			issued := invoice(fmt.Sprintf("invoice/%d", day))
			issued.Date = march.AddDays(day)
			issued.Postings[1].Owner = fmt.Sprintf("act-%d", day%2)
			mustPost(t, db, issued)
		}
		eur := func(amount string) contracts.Money { return money(amount, contracts.EUR) }
		wantBalance(t, db, ledger.Filter{Account: "receivable"}, eur("3630"))
		wantBalance(t, db, ledger.Filter{Account: "activity", Owner: "act-0"}, eur("-2000"))
		wantBalance(t, db, ledger.Filter{Owner: "act-1"}, eur("-1000"))
		wantBalance(t, db, ledger.Filter{Account: "vat", To: march}, eur("-210"))
		wantBalance(t, db, ledger.Filter{Account: "vat", From: march.AddDays(1)}, eur("-420"))
		wantBalance(t, db, ledger.Filter{Account: "vat", From: march.AddDays(1), To: march.AddDays(1)}, eur("-210"))
		wantBalance(t, db, ledger.Filter{Account: "bank"}, eur("0"))
		wantBalance(t, db, ledger.Filter{Account: "vat"}, contracts.Zero(contracts.SEK))
		if _, err := ledger.Balances(t.Context(), db, ledger.Filter{}); err == nil {
			t.Error("a balance of everything was computed")
		}
	})
}

func TestBalancesKeepCurrenciesApart(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		for _, c := range []contracts.Currency{contracts.SEK, contracts.HUF, contracts.EUR} {
			mustPost(t, db, ledger.Transaction{Date: march, Reference: string(c), Postings: []ledger.Posting{
				{Account: "bank", Amount: money("10.01", c)}, {Account: "capital", Amount: money("-10.01", c)}}})
		}
		got, err := ledger.Balances(t.Context(), db, ledger.Filter{Account: "bank"})
		want := []contracts.Money{money("10.01", contracts.EUR), money("10.01", contracts.HUF), money("10.01", contracts.SEK)}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

func TestTrialBalanceUntilADay(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		original := invoice("invoice/1")
		mustPost(t, db, original, ledger.Reverse(original, march.AddDays(1), "invoice/1/reversed"))
		eur := func(amount string) contracts.Money { return money(amount, contracts.EUR) }
		equal := cmp.Comparer(contracts.Money.Equal)
		for until, want := range map[contracts.Date][]ledger.TrialLine{
			march.AddDays(-1): {},
			march: {
				{Account: "activity", Debit: eur("0"), Credit: eur("1000"), Balance: eur("-1000")},
				{Account: "receivable", Debit: eur("1210"), Credit: eur("0"), Balance: eur("1210")},
				{Account: "vat", Debit: eur("0"), Credit: eur("210"), Balance: eur("-210")},
			},
			{}: {
				{Account: "activity", Debit: eur("1000"), Credit: eur("1000"), Balance: eur("0")},
				{Account: "receivable", Debit: eur("1210"), Credit: eur("1210"), Balance: eur("0")},
				{Account: "vat", Debit: eur("210"), Credit: eur("210"), Balance: eur("0")},
			},
		} {
			got, err := ledger.TrialBalance(t.Context(), db, until)
			if diff := cmp.Diff(want, got, equal); err != nil || diff != "" {
				t.Error(until, err, diff)
			}
		}
	})
}

func TestEntriesShowTheNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, db *storage.DB) {
		for day := range 5 {
			issued := invoice(fmt.Sprintf("invoice/%d", day))
			issued.Date = march.AddDays(day)
			mustPost(t, db, issued)
		}
		entries, err := ledger.Entries(t.Context(), db, ledger.Filter{Account: "activity", Owner: "act-1"}, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, fmt.Sprint(e.Date, " ", e.Reference, " ", e.Amount))
		}
		if diff := cmp.Diff([]string{"2026-04-04 invoice/4 -1000.00 EUR", "2026-04-03 invoice/3 -1000.00 EUR"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestBalancesComeFromAnIndex guards the promise that a balance does not read the whole books.
func TestBalancesComeFromAnIndex(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, ledger.Migrations())
	for condition, index := range map[string]string{
		"account = 'a'":                    "ledger_posting_account (account=?)",
		"account = 'a' AND owner = 'o'":    "=? AND ", // either index serves
		"owner = 'o'":                      "ledger_posting_owner (owner=?",
		"owner = 'o' AND date >= '2026'":   "ledger_posting_owner (owner=?",
		"account = 'a' AND date <= '2026'": "ledger_posting_account (account=?",
	} {
		plan, err := storage.All(t.Context(), db, func(rows *sql.Rows) (string, error) {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN SELECT sum(amount), currency FROM ledger_posting WHERE "+condition+" GROUP BY currency")
		if err != nil {
			t.Fatal(err)
		}
		if first := plan[0]; !strings.Contains(first, "COVERING INDEX") || !strings.Contains(first, index) {
			t.Errorf("%s: %s, want %s", condition, first, index)
		}
	}
}

// TestTrialBalanceIsAlwaysZero posts, repeats and reverses at random.
func TestTrialBalanceIsAlwaysZero(t *testing.T) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			db := storagetest.Open(t, engine, ledger.Migrations())
			run := 0
			rapid.Check(t, func(rt *rapid.T) {
				run++
				booked := []ledger.Transaction{}
				for step := range rapid.IntRange(1, 6).Draw(rt, "steps") {
					next := draw(rt, booked, fmt.Sprintf("%d/%d", run, step))
					if err := post(db, next); err != nil && contracts.FaultsOf(err)[0].Code != ledger.FaultAlreadyReversed {
						rt.Fatal(err)
					} else if err == nil {
						booked = append(booked, next)
					}
				}
				wantZero(rt, db)
			})
			wantSound(t, db)
		})
	}
}

// draw returns a new transaction, one that is booked already, or a reversal.
func draw(rt *rapid.T, booked []ledger.Transaction, reference string) ledger.Transaction {
	if len(booked) > 0 {
		switch old := rapid.SampledFrom(booked).Draw(rt, "old"); rapid.IntRange(0, 3).Draw(rt, "what") {
		case 0:
			return old
		case 1:
			return ledger.Reverse(old, old.Date.AddDays(rapid.IntRange(0, 40).Draw(rt, "later")), reference)
		}
	}
	t := ledger.Transaction{Date: march, Reference: reference}
	for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom([]contracts.Currency{"EUR", "SEK", "HUF", "ISK"}), 1, 3, rapid.ID).Draw(rt, "currencies") {
		var sum int64
		for range rapid.IntRange(1, 4).Draw(rt, "postings") {
			minor := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Filter(func(n int64) bool { return n != 0 && n+sum != 0 }).Draw(rt, "amount")
			sum += minor
			account := ledger.Account(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "account"))
			t.Postings = append(t.Postings, ledger.Posting{Account: account, Amount: contracts.FromMinor(minor, c)})
		}
		t.Postings = append(t.Postings, ledger.Posting{Account: "rest", Amount: contracts.FromMinor(-sum, c)})
	}
	return t
}

func wantZero(rt *rapid.T, db *storage.DB) {
	lines, err := ledger.TrialBalance(context.Background(), db, contracts.Date{})
	if err != nil {
		rt.Fatal(err)
	}
	sums := map[contracts.Currency]decimal.Decimal{}
	for _, line := range lines {
		sums[line.Balance.Currency] = sums[line.Balance.Currency].Add(line.Balance.Amount)
	}
	for c, sum := range sums {
		if !sum.IsZero() {
			rt.Fatalf("the trial balance in %s is %s", c, sum)
		}
	}
}
