package investment_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/ledger"
)

// TestTheBookHoldsWhateverIsEntered enters acts at random, sensible or not, on days that go back and forth: what is taken keeps every ceiling,
// books that balance and agree with the tranches, and what is refused changes nothing.
func TestTheBookHoldsWhateverIsEntered(t *testing.T) {
	taken := map[investment.Kind]int{}
	rapid.Check(t, func(rt *rapid.T) {
		b := &book{t: t}
		instrument := rapid.SampledFrom(investment.Instruments[:3]).Draw(rt, "instrument")
		ceiling := eur("100.00")
		b.must("2023-01-01", vote("2023-01-01", 9, 1))
		b.must("2023-01-01", investment.ProgrammeOpened{Name: "Plan", Instrument: instrument, From: 2023, Until: 2024, Ceiling: &ceiling, Countries: []investment.Country{"AT", "DE"}, Decision: "d1"})
		b.must("2023-01-02", investment.Allocated{Programme: "p1", Country: "AT", Year: 2023, Amount: eur("60.00"), Decision: "d1"})
		planned := tranche(instrument, "40.00")
		planned.Conditions = nil
		for _, a := range []investment.Act{planned, investment.Released{Tranche: first, Decision: "d1"}, investment.Ordered{Tranche: first, Reference: "x"}, investment.Sent{Tranche: first}} {
			b.must("2023-01-02", a)
		}
		for range rapid.IntRange(5, 45).Draw(rt, "acts") {
			day := contracts.MustDate("2023-01-01").AddDays(len(b.entries) + rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, -3}).Draw(rt, "back"))
			act := anyAct(rt, b.books, instrument)
			before := len(b.books.Bookings())
			err := b.try(day.String(), act)
			switch {
			case err == nil:
				taken[act.Kind()]++
				if len(b.books.Bookings()) < before {
					rt.Fatal("a booking is gone")
				}
			case !contracts.IsFault(err):
				rt.Fatalf("%T: %v", act, err)
			}
			checkBooks(rt, b.books, instrument)
		}
		again, err := investment.Fold(b.entries)
		if err != nil || len(again.Bookings()) != len(b.books.Bookings()) {
			rt.Fatalf("the same entries come to something else: %v", err)
		}
	})
	t.Log(taken)
	for _, k := range []investment.Kind{"allocation", "tranche", "condition", "release", "order", "sending", "confirmation", "repayment", "conversion", "impairment", "write-off", "stop", "extension"} {
		if taken[k] == 0 {
			t.Errorf("%s was never taken", k)
		}
	}
}

// anyAct draws an act, mostly about something that is there.
func anyAct(rt *rapid.T, b investment.Books, i investment.Instrument) investment.Act {
	amount := contracts.FromMinor(rapid.Int64Range(1, 3000).Draw(rt, "cents"), contracts.EUR)
	country := rapid.SampledFrom([]investment.Country{"AT", "DE"}).Draw(rt, "country")
	year := rapid.IntRange(2023, 2025).Draw(rt, "year")
	ids := []string{"nothing"}
	for _, t := range b.Programmes[0].Tranches {
		ids = append(ids[:0:0], append([]string{t.ID}, ids...)...)
	}
	id := ids[0]
	if rapid.IntRange(0, 3).Draw(rt, "other") == 0 {
		id = rapid.SampledFrom(ids).Draw(rt, "tranche")
	}
	_, t, found := b.Tranche(id)
	if found && rapid.Bool().Draw(rt, "on") {
		if next := nextStep(*t); next != nil {
			return next
		}
	}
	least := 0
	if found && t.Gone() && rapid.Bool().Draw(rt, "money") {
		least = 6 // something that happens to money that was sent
	}
	switch rapid.IntRange(least, 14).Draw(rt, "act") {
	case 0, 1:
		return investment.Allocated{Programme: "p1", Country: country, Year: year, Amount: amount, Decision: "d1"}
	case 2, 3, 4:
		if as := b.Programmes[0].Allocations; len(as) > 0 {
			a := rapid.SampledFrom(as).Draw(rt, "allocation")
			country, year = a.Country, a.Year
		}
		planned := investment.TranchePlanned{Programme: "p1", Country: country, Year: year, Amount: amount, Due: contracts.MustDate("2023-02-01"), Decision: "d1",
			Conditions: []investment.Condition{{Kind: investment.PortalLive, Text: "portal"}}}
		if i == investment.Loan {
			planned.Schedule = []investment.Instalment{{Due: contracts.MustDate("2024-01-01"), Amount: amount}}
		}
		return planned
	case 5:
		return investment.Released{Tranche: id, Decision: "d1", Waived: []int{1}}
	case 6, 7:
		return investment.Repaid{Tranche: id, Amount: amount}
	case 8:
		return investment.Converted{Tranche: id, Amount: amount, Decision: "d1"}
	case 9, 10:
		return investment.Impaired{Tranche: id, Amount: amount, Decision: "d1"}
	case 11:
		return investment.WrittenOff{Tranche: id, Amount: amount, Decision: "d1"}
	case 12:
		return investment.Extended{Programme: "p1", From: 2025, Until: 2025, Ceiling: amount, Decision: "d1"}
	}
	if rapid.IntRange(0, 5).Draw(rt, "end") == 0 {
		return investment.Stopped{Programme: "p1", Country: country, Decision: "d1"}
	}
	return investment.Repaid{Tranche: id, Amount: contracts.FromMinor(1, contracts.EUR)}
}

// nextStep is what comes next for a tranche, nil at its end.
func nextStep(t investment.Tranche) investment.Act {
	switch {
	case t.State == investment.Planned && len(t.OpenConditions()) > 0:
		return investment.ConditionMet{Tranche: t.ID, Condition: t.OpenConditions()[0], Evidence: "seen"}
	case t.State == investment.Planned:
		return investment.Released{Tranche: t.ID, Decision: "d1"}
	case t.State == investment.Approved:
		return investment.Ordered{Tranche: t.ID, Reference: "x"}
	case t.State == investment.OnOrder:
		return investment.Sent{Tranche: t.ID}
	case t.State == investment.Paid:
		return investment.Confirmed{Tranche: t.ID, Node: t.Country, Amount: t.Amount}
	}
	return nil
}

// checkBooks demands what must always hold.
func checkBooks(rt *rapid.T, b investment.Books, i investment.Instrument) {
	rt.Helper()
	p := b.Programmes[0]
	for _, e := range p.Envelopes {
		if p.Free(e).Sign() < 0 {
			rt.Fatalf("the ceiling of %d is exceeded by %s", e.From, p.Free(e))
		}
	}
	for _, r := range b.Rows() {
		if r.Remaining.Sign() < 0 || r.Freed.Sign() < 0 || r.Sent.Amount.GreaterThan(r.Released.Amount) || r.Confirmed.Amount.GreaterThan(r.Sent.Amount) {
			rt.Fatalf("%+v", r)
		}
	}
	of := map[string]map[ledger.Account]decimal.Decimal{}
	for _, t := range b.Bookings() {
		if err := t.Validate(); err != nil {
			rt.Fatalf("%s: %v", t.Description, err)
		}
		for _, posting := range t.Postings {
			if of[posting.Owner] == nil {
				of[posting.Owner] = map[ledger.Account]decimal.Decimal{}
			}
			of[posting.Owner][posting.Account] = of[posting.Owner][posting.Account].Add(posting.Amount.Amount)
		}
	}
	for _, t := range p.Tranches {
		checkTranche(rt, t, of[t.ID], i)
	}
}

// checkTranche holds a tranche against its accounts.
func checkTranche(rt *rapid.T, t investment.Tranche, sum map[ledger.Account]decimal.Decimal, i investment.Instrument) {
	rt.Helper()
	paid, promised, granted := decimal.Zero, decimal.Zero, decimal.Zero
	if t.Gone() {
		paid = t.Amount.Amount.Sub(t.Repaid.Amount)
		if i == investment.Grant {
			granted = paid
		}
	}
	if t.State == investment.Approved || t.State == investment.OnOrder {
		promised = t.Amount.Amount
	}
	want := map[ledger.Account]decimal.Decimal{investment.Bank: paid.Neg(), investment.Grants: granted, investment.Loans: t.OpenLoan.Amount, investment.Shares: t.OpenEquity.Amount,
		investment.Impairments: t.Impaired.Amount.Neg(), investment.Promised: promised, investment.Commitments: promised.Neg()}
	for account, w := range want {
		if !sum[account].Equal(w) {
			rt.Fatalf("%s: %s holds %s, the tranche says %s: %+v", t.ID, account, sum[account], w, t)
		}
	}
	if t.Impaired.Amount.GreaterThan(t.Open().Amount) || t.OpenLoan.Sign() < 0 || t.OpenEquity.Sign() < 0 {
		rt.Fatalf("%+v", t)
	}
	if t.State == investment.Arrived && t.Confirmed.IsZero() || (t.State == investment.Planned) != (t.Released.IsZero() && t.State != investment.Withdrawn) {
		rt.Fatalf("%+v", t)
	}
}
