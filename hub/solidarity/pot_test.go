package solidarity_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/hub/solidarity"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// pot is the book as a test writes it.
type pot struct {
	entries []solidarity.Entry
	solidarity.Pot
}

func (p *pot) try(day string, a solidarity.Act) error {
	e, after, err := solidarity.Enter(p.entries, a, contracts.MustDate(day), "somebody", noon)
	if err == nil {
		p.entries, p.Pot = append(p.entries, e), after
	}
	return err
}

func (p *pot) must(t testing.TB, day string, acts ...solidarity.Act) {
	t.Helper()
	for _, a := range acts {
		if err := p.try(day, a); err != nil {
			t.Fatalf("%T: %v", a, err)
		}
	}
}

// decided is a motion that two of three carried.
func decided(day string) solidarity.Act {
	return solidarity.DecisionTaken{Decision: solidarity.Decision{Meeting: contracts.MustDate(day), Motion: "Motion", Reason: "Reason", Minutes: "M 1", Rule: ballot.TwoThirds,
		Members: []country{"AT", "BE", "DE"}, For: []country{"AT", "BE"}, Against: []country{"DE"}}}
}

// called is a pot whose two members owe 30.00 and 70.00.
func called(t testing.TB) *pot {
	p := &pot{}
	p.must(t, "2025-01-02", decided("2025-01-02"),
		solidarity.KeyAdopted{Adopted: solidarity.Adopted{Name: "By turnover", From: contracts.MustDate("2025-01-01"), Decision: "r1", Key: key("100", "0", "0")}},
		solidarity.Called{Name: "2025", Budget: eur("100.00"), Key: "k1", Figures: []solidarity.Figures{of("AT", "3.00", 1), of("BE", "7.00", 1)}, Source: "Reports", Due: contracts.MustDate("2025-03-31"), Decision: "r1"})
	return p
}

func asked(amount string) solidarity.Act {
	return solidarity.Applied{Country: "AT", Amount: eur(amount), Purpose: "Bridge", Evidence: "List"}
}

func TestWhatComesInIsGrantedPaidOutUsedAndGivenBack(t *testing.T) {
	p := called(t)
	p.must(t, "2025-02-01", solidarity.PaidIn{Call: "c1", Country: "BE", Amount: eur("50.00")}, solidarity.Waived{Call: "c1", Country: "BE", Amount: eur("20.00"), Decision: "r1"}, asked("45.00"),
		solidarity.Awarded{Application: "a1", Amount: eur("40.00"), Decision: "r1"}, solidarity.PaidOut{Application: "a1", Amount: eur("25.00")},
		solidarity.Used{Application: "a1", Amount: eur("20.00"), Text: "Wages", Evidence: "Slips"}, solidarity.GivenBack{Application: "a1", Amount: eur("5.00")},
		solidarity.Ended{Application: "a1", Reason: "No more is needed"})
	if p.Bank.Fixed() != "30.00" || p.Owed.Fixed() != "30.00" || !p.Granted.IsZero() || p.Free().Fixed() != "30.00" || p.Calls[0].Debts[1].Open().Sign() != 0 {
		t.Errorf("bank %s, owed %s, granted %s, %+v", p.Bank, p.Owed, p.Granted, p.Calls[0].Debts)
	}
	if !p.Calls[0].Late(p.Calls[0].Debts[0], contracts.MustDate("2025-04-01")) || p.Calls[0].Late(p.Calls[0].Debts[0], contracts.MustDate("2025-03-31")) {
		t.Error("a contribution is late from the day after it is due, and not before")
	}
	check(t, p.Pot)
}

func TestThePotRefusesWhatItDoesNotHold(t *testing.T) {
	for _, c := range []struct {
		name  string
		act   solidarity.Act
		field string
	}{
		{"more than is free", solidarity.Awarded{Application: "a1", Amount: eur("60.00"), Decision: "r1"}, "amount"},
		{"more than was asked for", solidarity.Awarded{Application: "a1", Amount: eur("90.01"), Decision: "r1"}, "amount"},
		{"a grant without a decision", solidarity.Awarded{Application: "a1", Amount: eur("1.00"), Decision: "r9"}, "decision"},
		{"a grant that was voted down", solidarity.Awarded{Application: "a1", Amount: eur("1.00"), Decision: "r2"}, "decision"},
		{"a pay-out that was not granted", solidarity.PaidOut{Application: "a1", Amount: eur("1.00")}, "application"},
		{"more than is owed", solidarity.PaidIn{Call: "c1", Country: "BE", Amount: eur("20.01")}, "amount"},
		{"a country that owes nothing", solidarity.PaidIn{Call: "c1", Country: "FR", Amount: eur("1.00")}, "country"},
		{"more back than came", solidarity.PaidBack{Call: "c1", Country: "BE", Amount: eur("50.01"), Reason: "x"}, "amount"},
		{"another currency", solidarity.PaidIn{Call: "c1", Country: "BE", Amount: contracts.MustMoney("1.00", contracts.SEK)}, "amount"},
		{"a half cent", solidarity.PaidIn{Call: "c1", Country: "BE", Amount: contracts.Money{Amount: decimal.New(5, -3), Currency: contracts.EUR}}, "amount"},
		{"an application that is not there", solidarity.Used{Application: "a7", Amount: eur("1.00"), Text: "x", Evidence: "x"}, "application"},
		{"a key that counts another day", solidarity.Called{Name: "x", Budget: eur("1.00"), Key: "k2", Figures: []solidarity.Figures{of("AT", "1.00", 1)}, Source: "x", Due: contracts.MustDate("2025-03-31"), Decision: "r1"}, "key"},
		{"a co-operative that votes twice", solidarity.DecisionTaken{Decision: solidarity.Decision{Meeting: contracts.MustDate("2025-02-01"), Motion: "x", Reason: "x", Minutes: "x", Rule: ballot.Majority,
			Members: []country{"AT", "BE"}, For: []country{"AT"}, Against: []country{"AT"}}}, "for.country"},
		{"the vote of a stranger", solidarity.DecisionTaken{Decision: solidarity.Decision{Meeting: contracts.MustDate("2025-02-01"), Motion: "x", Reason: "x", Minutes: "x", Rule: ballot.Majority,
			Members: []country{"AT", "BE"}, For: []country{"FR"}}}, "for.country"},
	} {
		p := called(t)
		down := decided("2025-01-20").(solidarity.DecisionTaken)
		down.For, down.Against = down.Against, down.For
		p.must(t, "2025-01-20", solidarity.PaidIn{Call: "c1", Country: "BE", Amount: eur("50.00")}, asked("90.00"), down)
		err := p.try("2025-02-01", c.act)
		fs := contracts.FaultsOf(err)
		if len(fs) == 0 || fs[0].Field != c.field || fs[0].Remedy == "" || len(p.entries) != 6 {
			t.Errorf("%s: %+v %v", c.name, fs, err)
		}
	}
}

func TestAPaymentThatWasEnteredWronglyIsOwedAgain(t *testing.T) {
	p := called(t)
	p.must(t, "2025-02-01", solidarity.PaidIn{Call: "c1", Country: "BE", Amount: eur("7.00")}, solidarity.PaidBack{Call: "c1", Country: "BE", Amount: eur("7.00"), Reason: "It was Austria's"},
		solidarity.PaidIn{Call: "c1", Country: "AT", Amount: eur("7.00")})
	if p.Calls[0].Debts[1].Open().Fixed() != "70.00" || p.Calls[0].Debts[0].Open().Fixed() != "23.00" || p.Bank.Fixed() != "7.00" {
		t.Errorf("%+v", p.Calls[0].Debts)
	}
	p.must(t, "2025-02-02", asked("7.00"), solidarity.Awarded{Application: "a1", Amount: eur("7.00"), Decision: "r1"})
	if err := p.try("2025-02-03", solidarity.PaidBack{Call: "c1", Country: "AT", Amount: eur("1.00"), Reason: "x"}); !contracts.IsFault(err) {
		t.Errorf("what is granted was given back: %v", err)
	}
	check(t, p.Pot)
}

func TestAKeyCountsFromItsDay(t *testing.T) {
	p := called(t)
	p.must(t, "2025-01-03", solidarity.KeyAdopted{Adopted: solidarity.Adopted{Name: "Equal", From: contracts.MustDate("2026-01-01"), Decision: "r1", Key: key("0", "0", "100")}})
	for day, want := range map[string]string{"2025-12-31": "k1", "2026-01-01": "k2", "2030-01-01": "k2"} {
		if k, ok := p.KeyOn(contracts.MustDate(day)); !ok || k.ID != want {
			t.Errorf("%s: %s", day, k.ID)
		}
	}
	if _, ok := p.KeyOn(contracts.MustDate("2024-12-31")); ok {
		t.Error("a key counts before its day")
	}
}

// TestThePotNeverFallsBelowZero whatever is entered, and its books balance with what the pot says.
func TestThePotNeverFallsBelowZero(t *testing.T) {
	done := map[book.Kind]int{}
	rapid.Check(t, func(rt *rapid.T) {
		p := called(t)
		p.must(t, "2025-01-02", asked("80.00"), asked("30.00"))
		for range rapid.IntRange(10, 50).Draw(rt, "acts") {
			day := contracts.MustDate("2025-01-02").AddDays(len(p.entries) - rapid.SampledFrom([]int{0, 0, 0, 3}).Draw(rt, "back"))
			a := anyAct(rt)
			before := len(p.Bookings())
			switch err := p.try(day.String(), a); {
			case err == nil:
				done[a.Kind()]++
			case !contracts.IsFault(err):
				rt.Fatal(err)
			case len(p.Bookings()) != before:
				rt.Fatal("a refusal booked something")
			}
			check(rt, p.Pot)
		}
	})
	for _, k := range []book.Kind{"payment", "payment-back", "waiver", "award", "refusal", "pay-out", "use", "return", "closing", "application"} {
		if done[k] == 0 {
			t.Errorf("%s was never done: %v", k, done)
		}
	}
}

func anyAct(rt *rapid.T) solidarity.Act {
	m := contracts.FromMinor(rapid.Int64Range(1, 4000).Draw(rt, "cents"), contracts.EUR)
	c := rapid.SampledFrom([]country{"AT", "BE"}).Draw(rt, "country")
	id := rapid.SampledFrom([]string{"a1", "a1", "a1", "a2"}).Draw(rt, "application")
	little := contracts.FromMinor(rapid.Int64Range(1, 40).Draw(rt, "little"), contracts.EUR)
	switch rapid.IntRange(0, 14).Draw(rt, "act") {
	case 0, 1, 2:
		return solidarity.PaidIn{Call: "c1", Country: c, Amount: m}
	case 14:
		return solidarity.PaidBack{Call: "c1", Country: c, Amount: little, Reason: "x"}
	case 3:
		return solidarity.Waived{Call: "c1", Country: c, Amount: m, Decision: "r1"}
	case 4, 5:
		return solidarity.Awarded{Application: id, Amount: m, Decision: "r1"}
	case 6, 7:
		return solidarity.PaidOut{Application: id, Amount: m}
	case 8, 12:
		return solidarity.Used{Application: id, Amount: little, Text: "x", Evidence: "x"}
	case 9, 13:
		return solidarity.GivenBack{Application: id, Amount: little}
	case 10:
		return asked("30.00")
	}
	if rapid.Bool().Draw(rt, "end") {
		return solidarity.Refused{Application: "a2", Decision: "r1"}
	}
	if rapid.IntRange(0, 2).Draw(rt, "closed") == 0 {
		return solidarity.Ended{Application: id, Reason: "x"}
	}
	return solidarity.PaidOut{Application: "a1", Amount: little}
}

// check holds the pot against its postings.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, p solidarity.Pot) {
	t.Helper()
	sums := map[ledger.Account]decimal.Decimal{}
	for _, b := range p.Bookings() {
		if err := b.Validate(); err != nil {
			t.Fatalf("%s: %v", b.Description, err)
		}
		for _, posting := range b.Postings {
			sums[posting.Account] = sums[posting.Account].Add(posting.Amount.Amount)
		}
	}
	fund := decimal.Sum(p.Bank.Amount, p.Owed.Amount, p.Granted.Amount.Neg())
	want := map[ledger.Account]decimal.Decimal{solidarity.Bank: p.Bank.Amount, solidarity.Owed: p.Owed.Amount, solidarity.Granted: p.Granted.Amount.Neg(), solidarity.Fund: fund.Neg()}
	for account, w := range want {
		if !sums[account].Equal(w) {
			t.Fatalf("%s holds %s, the pot says %s", account, sums[account], w)
		}
	}
	if p.Bank.Sign() < 0 || p.Free().Sign() < 0 || p.Owed.Sign() < 0 || p.Granted.Sign() < 0 {
		t.Fatalf("below zero: %+v", p)
	}
	for _, a := range p.Applications {
		if a.Unreported().Sign() < 0 || a.ToPay().Sign() < 0 {
			t.Fatalf("%+v", a)
		}
	}
}

func TestTheDemonstrationHoldsAndIsMarked(t *testing.T) {
	p := &pot{}
	for _, d := range solidarity.Demonstration() {
		p.must(t, d.Day.String(), d.Act)
	}
	check(t, p.Pot)
	for _, d := range p.Decisions {
		if !d.Example {
			t.Errorf("%s is not marked as an example", d.ID)
		}
	}
	if !p.Example() || !p.Calls[0].Example || !p.Keys[0].Example || p.Free().Sign() <= 0 || p.Applications[1].State != solidarity.Declined {
		t.Errorf("%+v", p.Pot)
	}
}

// FuzzReadAct: what is read is written and read again as the same, is entered or refused with a fault, and nothing panics.
func FuzzReadAct(f *testing.F) {
	for _, a := range solidarity.Demonstration() {
		body, err := solidarity.WriteAct(a.Act)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(a.Act.Kind()), body)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		act, err := solidarity.ReadAct(book.Kind(kind), body)
		if err != nil {
			return
		}
		once, err := solidarity.WriteAct(act)
		if err != nil {
			return // an amount that is missing cannot be written
		}
		again, err := solidarity.ReadAct(book.Kind(kind), once)
		if err != nil {
			t.Fatalf("%s is not read again: %v", once, err)
		}
		if twice, err := solidarity.WriteAct(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
		if _, _, err := solidarity.Enter(nil, act, contracts.MustDate("2025-01-10"), "", noon); err != nil && !contracts.IsFault(err) {
			t.Fatal(err)
		}
	})
}
