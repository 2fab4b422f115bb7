package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/ledger"
)

var march = contracts.MustDate("2026-03-31")

func money(amount string, c contracts.Currency) contracts.Money {
	return contracts.MustMoney(amount, c)
}

// invoice is the transaction of an issued invoice of 1,000.00 with 21 % VAT.
func invoice(reference string) ledger.Transaction {
	return ledger.Transaction{
		Date: march, Reference: reference, Description: "Invoice issued", Cause: "inv-1",
		RecordedBy: "adviser-7", RecordedAt: time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC),
		Postings: []ledger.Posting{
			{Account: "receivable", Owner: "inv-1", Amount: money("1210", contracts.EUR)},
			{Account: "activity", Owner: "act-1", Amount: money("-1000", contracts.EUR)},
			{Account: "vat", Amount: money("-210", contracts.EUR)},
		},
	}
}

func TestValidate(t *testing.T) {
	two := func(a, b contracts.Money) []ledger.Posting {
		return []ledger.Posting{{Account: "a", Amount: a}, {Account: "b", Amount: b}}
	}
	cases := []struct {
		name   string
		change func(t *ledger.Transaction)
		want   []string // code and field of each fault
	}{
		{"an invoice", func(*ledger.Transaction) {}, nil},
		{"Swedish kronor", func(t *ledger.Transaction) {
			t.Postings = two(money("0.01", contracts.SEK), money("-0.01", contracts.SEK))
		}, nil},
		{"a posting of nothing beside two others", func(t *ledger.Transaction) {
			t.Postings = append(t.Postings, ledger.Posting{Account: "guarantee", Amount: contracts.Zero(contracts.EUR)})
		}, nil},
		{"two currencies, each balanced", func(t *ledger.Transaction) {
			t.Postings = append(t.Postings, two(money("5", contracts.HUF), money("-5", contracts.HUF))...)
		}, nil},
		{"one cent missing", func(t *ledger.Transaction) { t.Postings[0].Amount = money("1209.99", contracts.EUR) }, []string{"unbalanced postings"}},
		{"two currencies that balance only together", func(t *ledger.Transaction) {
			t.Postings = two(money("5", contracts.EUR), money("-5", contracts.SEK))
		}, []string{"unbalanced postings", "unbalanced postings"}},
		{"one posting", func(t *ledger.Transaction) { t.Postings = t.Postings[:1] }, []string{"invalid postings", "unbalanced postings"}},
		{"no posting", func(t *ledger.Transaction) { t.Postings = nil }, []string{"invalid postings"}},
		{"only postings of nothing", func(t *ledger.Transaction) {
			t.Postings = two(contracts.Zero(contracts.EUR), contracts.Zero(contracts.EUR))
		}, []string{"invalid postings"}},
		{"a fraction of a cent", func(t *ledger.Transaction) {
			half := contracts.MustPercent("0.5").Decimal
			t.Postings[0].Amount.Amount = t.Postings[0].Amount.Amount.Add(half.Shift(-2))
			t.Postings[1].Amount.Amount = t.Postings[1].Amount.Amount.Sub(half.Shift(-2))
		}, []string{"amount postings[0].amount", "amount postings[1].amount"}},
		{"an unknown currency", func(t *ledger.Transaction) {
			t.Postings = two(contracts.Money{Amount: money("1", contracts.EUR).Amount, Currency: "XXX"}, contracts.Money{Amount: money("-1", contracts.EUR).Amount, Currency: "XXX"})
		}, []string{"currency postings[0].amount", "currency postings[1].amount"}},
		{"no account", func(t *ledger.Transaction) { t.Postings[1].Account = "" }, []string{"missing postings[1].account"}},
		{"no date, no reference", func(t *ledger.Transaction) { t.Date, t.Reference = contracts.Date{}, "" }, []string{"missing date", "missing reference"}},
		{"a NUL, which PostgreSQL cannot store", func(t *ledger.Transaction) { t.Description = "a\x00b" }, []string{"invalid description"}},
		{"bytes that are not UTF-8", func(t *ledger.Transaction) { t.Postings[0].Owner = "\xff" }, []string{"invalid postings[0].owner"}},
		{"an endless text", func(t *ledger.Transaction) { t.Cause = strings.Repeat("é", 501) }, []string{"too-large cause"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			transaction := invoice("invoice/1")
			c.change(&transaction)
			var got []string
			for _, f := range contracts.FaultsOf(transaction.Validate()) {
				got = append(got, string(f.Code)+" "+f.Field)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReverseMirrorsEveryPosting(t *testing.T) {
	original := invoice("invoice/1")
	reversal := ledger.Reverse(original, contracts.MustDate("2026-04-01"), "invoice/1/reversed")
	if err := reversal.Validate(); err != nil {
		t.Fatal(err)
	}
	if reversal.Reverses != original.Reference {
		t.Errorf("reverses %q", reversal.Reverses)
	}
	for i, p := range reversal.Postings {
		o := original.Postings[i]
		if p.Account != o.Account || p.Owner != o.Owner || !p.Amount.Equal(o.Amount.Neg()) {
			t.Errorf("posting %d is %v, want the mirror of %v", i, p, o)
		}
	}
}
