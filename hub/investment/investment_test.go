package investment_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/ledger"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// book is a book in memory that a test writes.
type book struct {
	t       testing.TB
	entries []investment.Entry
	books   investment.Books
}

func (b *book) try(day string, a investment.Act) error {
	e, _, after, err := investment.Enter(b.entries, a, contracts.MustDate(day), "somebody", noon)
	if err == nil {
		b.entries, b.books = append(b.entries, e), after
	}
	return err
}

func (b *book) must(day string, a investment.Act) {
	b.t.Helper()
	if err := b.try(day, a); err != nil {
		b.t.Fatalf("%s %T: %v", day, a, err)
	}
}

// refused demands faults with these codes and fields, and that each says what to do.
func (b *book) refused(day string, a investment.Act, want ...string) {
	b.t.Helper()
	err := b.try(day, a)
	var got []string
	for _, f := range contracts.FaultsOf(err) {
		got = append(got, string(f.Code)+" "+f.Field)
		if f.Remedy == "" || f.Message == "" {
			b.t.Errorf("%T: no remedy: %v", a, f)
		}
	}
	if err == nil || !contracts.IsFault(err) {
		b.t.Fatalf("%s %+v was taken: %v", day, a, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%T %v: %s", a, err, diff)
	}
}

func eur(amount string) contracts.Money { return contracts.MustMoney(amount, contracts.EUR) }

func vote(day string, pro, against int) investment.DecisionTaken {
	return investment.DecisionTaken{Decision: investment.Decision{Meeting: contracts.MustDate(day), Motion: "Support Austria", Seats: 12, For: pro, Against: against, Minutes: "M1", Reason: "Balance"}}
}

// opened is a book with a loan programme over 100,000 and a tranche of 60,000 that has a condition.
func opened(t testing.TB, instrument investment.Instrument) *book {
	b := &book{t: t}
	ceiling := eur("100000.00")
	b.must("2023-01-10", vote("2023-01-10", 9, 1))
	b.must("2023-01-10", vote("2023-01-10", 3, 8)) // d2 was not carried
	b.must("2023-01-10", investment.ProgrammeOpened{Name: "Plan", Instrument: instrument, From: 2023, Until: 2024, Ceiling: &ceiling, Countries: []investment.Country{"AT", "DE"}, Decision: "d1"})
	b.must("2023-01-11", investment.Allocated{Programme: "p1", Country: "AT", Year: 2023, Amount: eur("80000.00"), Decision: "d1"})
	b.must("2023-01-12", tranche(instrument, "60000.00"))
	return b
}

func tranche(i investment.Instrument, amount string) investment.TranchePlanned {
	t := investment.TranchePlanned{Programme: "p1", Country: "AT", Year: 2023, Amount: eur(amount), Due: contracts.MustDate("2023-03-01"), Decision: "d1",
		Conditions: []investment.Condition{{Kind: investment.RateReached, Text: "rate of 9 %"}}}
	if i == investment.Loan {
		t.Schedule = []investment.Instalment{{Due: contracts.MustDate("2024-03-01"), Amount: eur(amount)}}
	}
	return t
}

const first = "p1-at-2023-1"

// sent is opened with its tranche sent.
func sent(t testing.TB, i investment.Instrument) *book {
	b := opened(t, i)
	b.must("2023-02-01", investment.ConditionMet{Tranche: first, Condition: 1, Evidence: "fee schedule of 1 February"})
	b.must("2023-02-02", investment.Released{Tranche: first, Decision: "d1"})
	b.must("2023-02-03", investment.Ordered{Tranche: first, Reference: "B-17"})
	b.must("2023-02-04", investment.Sent{Tranche: first})
	return b
}

func TestAnAllocationKeepsToTheCeiling(t *testing.T) {
	b := opened(t, investment.Grant)
	b.refused("2023-01-13", investment.Allocated{Programme: "p1", Country: "DE", Year: 2024, Amount: eur("20000.01"), Decision: "d1"}, "ceiling amount")
	b.refused("2023-01-13", investment.Allocated{Programme: "p1", Country: "AT", Year: 2023, Amount: eur("59999.99"), Decision: "d1"}, "ceiling amount")
	b.refused("2023-01-13", investment.Allocated{Programme: "p1", Country: "SE", Year: 2023, Amount: eur("1.00"), Decision: "d1"}, "not-there country")
	b.refused("2023-01-13", investment.Allocated{Programme: "p1", Country: "AT", Year: 2025, Amount: eur("1.00"), Decision: "d1"}, "invalid year")
	b.refused("2023-01-13", investment.Allocated{Programme: "p1", Country: "AT", Year: 2023, Amount: contracts.MustMoney("1.00", contracts.SEK), Decision: "d1"}, "currency amount")
	b.refused("2023-01-13", investment.Allocated{Programme: "p1", Country: "DE", Year: 2023, Amount: eur("-1.00"), Decision: "d2"}, "amount amount", "not-decided decision")
	b.must("2023-01-13", investment.Allocated{Programme: "p1", Country: "DE", Year: 2024, Amount: eur("20000.00"), Decision: "d1"})
	second := tranche(investment.Grant, "20000.01")
	b.refused("2023-01-14", second, "ceiling amount")
}

func TestAReleaseNeedsItsConditionsOrAWaiver(t *testing.T) {
	b := opened(t, investment.Grant)
	b.refused("2023-02-01", investment.Released{Tranche: first, Decision: "d1"}, "conditions-open waived")
	b.refused("2023-02-01", investment.Released{Tranche: first, Decision: "d2", Waived: []int{1}}, "not-decided decision")
	b.refused("2023-02-01", investment.Released{Tranche: first, Decision: "d1", Waived: []int{1, 2}}, "invalid waived")
	b.refused("2023-01-09", investment.Released{Tranche: first, Decision: "d1", Waived: []int{1}}, "not-there tranche")
	b.must("2023-02-01", investment.Released{Tranche: first, Decision: "d1", Waived: []int{1}})
	if _, tr, _ := b.books.Tranche(first); tr.Conditions[0].Waived != "d1" || tr.State != investment.Approved {
		t.Errorf("%+v", tr)
	}
	b.refused("2023-02-02", investment.Released{Tranche: first, Decision: "d1"}, "already-done tranche")
}

func TestATrancheGoesItsWayOnce(t *testing.T) {
	b := opened(t, investment.Grant)
	b.refused("2023-02-01", investment.Sent{Tranche: first}, "not-now tranche")
	b = sent(t, investment.Grant)
	b.refused("2023-02-05", investment.Sent{Tranche: first}, "already-done tranche")
	b.refused("2023-02-05", investment.Confirmed{Tranche: first, Node: "DE", Amount: eur("60000.00")}, "wrong-node node")
	b.refused("2023-02-05", investment.Confirmed{Tranche: first, Node: "AT", Amount: eur("59000.00")}, "amount amount")
	b.must("2023-02-05", investment.Confirmed{Tranche: first, Node: "AT", Amount: eur("60000.00")})
	b.refused("2023-02-06", investment.Confirmed{Tranche: first, Node: "AT", Amount: eur("60000.00")}, "already-done tranche")
}

func TestMoreVotesThanSeatsAreRefused(t *testing.T) {
	b := &book{t: t}
	b.refused("2023-01-10", vote("2023-01-10", 9, 4), "votes for")
	b.refused("2023-01-10", vote("2023-01-10", -1, 4), "invalid for")
	b.refused("2023-01-11", vote("2023-01-10", 9, 1), "date meeting")
	b.refused("2026-11-23", vote("2026-11-23", 9, 1), "date day")
}

func TestALoanHasASchedule(t *testing.T) {
	b := opened(t, investment.Loan)
	b.must("2023-01-13", investment.Allocated{Programme: "p1", Country: "AT", Year: 2023, Amount: eur("90000.00"), Decision: "d1"})
	late := tranche(investment.Loan, "20000.00")
	late.Schedule[0].Amount = eur("19999.99")
	b.refused("2023-01-14", late, "invalid schedule")
	b.refused("2023-01-14", tranche(investment.Grant, "20000.00"), "invalid schedule")
	b = sent(t, investment.Loan)
	_, tr, _ := b.books.Tranche(first)
	if got := tr.Overdue(contracts.MustDate("2024-03-02")); !got.Equal(eur("60000.00")) {
		t.Errorf("overdue %s", got)
	}
	b.must("2023-12-01", investment.Repaid{Tranche: first, Amount: eur("45000.00")})
	b.refused("2023-12-02", investment.Repaid{Tranche: first, Amount: eur("15000.01")}, "ceiling amount")
	_, tr, _ = b.books.Tranche(first)
	if got := tr.Overdue(contracts.MustDate("2024-03-02")); !got.Equal(eur("15000.00")) {
		t.Errorf("overdue %s", got)
	}
}

func TestWhatIsLostComesFirstFromWhatWasSetAside(t *testing.T) {
	b := sent(t, investment.Loan)
	b.must("2023-05-01", investment.Impaired{Tranche: first, Amount: eur("40000.00"), Decision: "d1"})
	b.refused("2023-05-02", investment.Impaired{Tranche: first, Amount: eur("20000.01"), Decision: "d1"}, "ceiling amount")
	b.must("2023-05-03", investment.Converted{Tranche: first, Amount: eur("10000.00"), Decision: "d1"})
	b.must("2023-05-04", investment.Repaid{Tranche: first, Amount: eur("30000.00")}) // leaves 30,000 open: 10,000 of what was set aside are free again
	b.must("2023-05-05", investment.WrittenOff{Tranche: first, Amount: eur("25000.00"), Decision: "d1"})
	want := map[ledger.Account]string{investment.Bank: "-30000", investment.Loans: "0", investment.Shares: "5000", investment.Impairments: "-5000", investment.ImpairmentCost: "30000", investment.Losses: "0",
		investment.Promised: "0", investment.Commitments: "0"}
	got := map[ledger.Account]string{}
	for account, sum := range balances(b.books) {
		got[account] = sum.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func balances(b investment.Books) map[ledger.Account]decimal.Decimal {
	sums := map[ledger.Account]decimal.Decimal{}
	for _, t := range b.Bookings() {
		for _, p := range t.Postings {
			sums[p.Account] = sums[p.Account].Add(p.Amount.Amount)
		}
	}
	return sums
}

func TestAStopFreesWhatWasNotReleased(t *testing.T) {
	b := opened(t, investment.Grant)
	b.must("2023-01-13", investment.Released{Tranche: first, Decision: "d1", Waived: []int{1}})
	b.must("2023-01-14", tranche(investment.Grant, "15000.00"))
	b.must("2023-01-15", investment.Stopped{Programme: "p1", Country: "AT", Decision: "d1"})
	p, _ := b.books.Programme("p1")
	if f := p.Of("AT", 2023); !f.Remaining().IsZero() || !f.Freed().Equal(eur("80000.00")) || !p.Free(p.Envelopes[0]).Equal(eur("100000.00")) {
		t.Errorf("%+v, free %s", f, p.Free(p.Envelopes[0]))
	}
	if sum := balances(b.books)[investment.Commitments]; !sum.IsZero() {
		t.Errorf("a promise that was withdrawn is still %s", sum)
	}
	b.refused("2023-01-16", investment.Ordered{Tranche: first, Reference: "x"}, "stopped tranche")
	b.refused("2023-01-16", investment.Allocated{Programme: "p1", Country: "AT", Year: 2024, Amount: eur("1.00"), Decision: "d1"}, "stopped country")
	b.must("2023-01-16", investment.Allocated{Programme: "p1", Country: "DE", Year: 2024, Amount: eur("100000.00"), Decision: "d1"})
}

func TestAnEarlierDayMustNotChangeWhatCameAfter(t *testing.T) {
	b := sent(t, investment.Loan)
	b.must("2023-05-05", investment.WrittenOff{Tranche: first, Amount: eur("60000.00"), Decision: "d1"})
	b.refused("2023-05-01", investment.Repaid{Tranche: first, Amount: eur("1.00")}, "later-entry day")
	b.refused("2023-05-01", investment.Impaired{Tranche: first, Amount: eur("1.00"), Decision: "d1"}, "later-entry day")
	b.refused("2023-01-12", investment.Stopped{Programme: "p1", Country: "AT", Decision: "d1"}, "later-entry day")
	b.must("2023-01-12", investment.Extended{Programme: "p1", From: 2025, Until: 2025, Ceiling: eur("5.00"), Decision: "d1"})
}

func TestTheBookCanBeSeenAsOfAnyDay(t *testing.T) {
	b := sent(t, investment.Grant)
	for day, want := range map[string]investment.State{"2023-01-12": investment.Planned, "2023-02-02": investment.Approved, "2023-02-03": investment.OnOrder, "2026-01-01": investment.Paid} {
		books, err := investment.Fold(investment.AsOf(b.entries, contracts.MustDate(day)))
		if err != nil {
			t.Fatal(err)
		}
		if _, tr, _ := books.Tranche(first); tr.State != want {
			t.Errorf("%s: %s, want %s", day, tr.State, want)
		}
	}
}

func TestEveryActIsReadAsItWasWritten(t *testing.T) {
	seen := map[investment.Kind]bool{}
	acts := investment.Demonstration()
	acts = append(acts, investment.Dated{Act: investment.Repaid{Tranche: "t", Amount: eur("1.00")}}, investment.Dated{Act: investment.Converted{Tranche: "t", Amount: eur("1.00"), Decision: "d"}},
		investment.Dated{Act: investment.Impaired{Tranche: "t", Amount: eur("1.00"), Decision: "d"}}, investment.Dated{Act: investment.WrittenOff{Tranche: "t", Amount: eur("1.00"), Decision: "d"}},
		investment.Dated{Act: tranche(investment.Loan, "5.00")})
	for _, a := range acts {
		body, err := investment.WriteAct(a.Act)
		if err != nil {
			t.Fatal(err)
		}
		again, err := investment.ReadAct(a.Act.Kind(), body)
		if diff := cmp.Diff(a.Act, again, cmp.Comparer(contracts.Money.Equal), cmp.Comparer(func(a, b contracts.Date) bool { return a == b })); err != nil || diff != "" {
			t.Errorf("%s: %v %s", a.Act.Kind(), err, diff)
		}
		seen[a.Act.Kind()] = true
	}
	for _, k := range investment.Kinds() {
		if !seen[k] {
			t.Errorf("%s was not tried", k)
		}
	}
	if _, err := investment.ReadAct("gift", []byte("{}")); !contracts.IsFault(err) {
		t.Error("a kind that is none was read")
	}
}

// TestTheStoryOfTheReports plays the annual report of 2023: its sums, stops, extension and separate agreement.
func TestTheStoryOfTheReports(t *testing.T) {
	b := &book{t: t}
	for _, a := range investment.Demonstration() {
		b.must(a.Day.String(), a.Act)
	}
	p, _ := b.books.Programme("plan-2021")
	if diff := cmp.Diff([]investment.Country{"AT", "DE", "ES", "IT", "NL", "SE"}, p.Countries); diff != "" {
		t.Error(diff)
	}
	three, last := p.Envelopes[0], p.Envelopes[1]
	check := func(what string, got contracts.Money, want string) {
		t.Helper()
		if !got.Equal(eur(want)) {
			t.Errorf("%s is %s, want %s", what, got, want)
		}
	}
	all := p.Total(nil, three.Years())
	check("the published ceiling", three.Ceiling, "3300000.00")
	check("what was allocated", all.Allocated, "3300000.00")
	check("the last year's ceiling", last.Ceiling, "300000.00")
	check("the last year's allocation", p.Total(nil, last.Years()).Allocated, "300000.00")
	check("what the stops freed", all.Freed(), "367500.00")
	check("what is free of the plan", p.Free(three), "367500.00")
	check("what was sent in three years", all.Sent, "2932500.00")
	check("what remains of three years", all.Remaining(), "0.00")
	check("what remains of the last year", p.Total(nil, last.Years()).Remaining(), "32500.00")
	check("what remains for Italy", p.Of("IT", 2024).Remaining(), "32500.00")
	check("what is not confirmed", less(p.Total(nil, nil).Sent, p.Total(nil, nil).Confirmed), "37500.00")
	if whole, _ := p.Ceiling(); !whole.Equal(eur("3600000.00")) || p.Until != 2024 {
		t.Errorf("with the extension %s until %d", whole, p.Until)
	}
	if !p.Degressive(three) {
		t.Error("the years do not become less")
	}
	for _, c := range []investment.Country{"ES", "NL"} {
		s, stopped := p.Stopped(c)
		d, _ := b.books.Decision(s.Decision)
		if !stopped || d.Reason == "" || !p.Total([]investment.Country{c}, nil).Remaining().IsZero() || !p.Of(c, 2024).Allocated.IsZero() {
			t.Errorf("%s: %+v %q", c, s, d.Reason)
		}
	}
	france, _ := b.books.Programme("france")
	if _, known := france.Ceiling(); known || france.Instrument != investment.Separate || len(france.Allocations) > 0 {
		t.Errorf("France has amounts that nobody published: %+v", france)
	}
	b.refused("2024-12-01", investment.Allocated{Programme: "france", Country: "FR", Year: 2023, Amount: eur("1.00"), Decision: "d1"}, "ceiling programme")
	if open := b.books.OpenConditions(contracts.MustDate("2024-12-01")); len(open) != 2 || open[0].Country != "IT" || !open[0].Late {
		t.Errorf("open conditions: %+v", open)
	}
	if i := slices.IndexFunc(b.books.Rows(), func(r investment.Row) bool { return !r.Example }); i >= 0 {
		t.Errorf("a split that is not published is not marked as an example: %+v", b.books.Rows()[i])
	}
	for _, d := range b.books.Decisions {
		if !d.Example {
			t.Errorf("an invented decision is not marked: %+v", d)
		}
	}
	if sum := fmt.Sprint(balances(b.books)[investment.Bank], balances(b.books)[investment.Grants]); sum != "-3200000 3200000" {
		t.Errorf("the books hold %s", sum)
	}
}

func less(a, b contracts.Money) contracts.Money {
	m, err := a.Sub(b)
	if err != nil {
		panic(err)
	}
	return m
}
