package seed

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/nodes/outbound"
)

func TestAMadeUpMonthIsAboutFivePeopleAtLeast(t *testing.T) {
	scale, until := decimal.RequireFromString("0.0005"), contracts.NewMonth(2025, 3)
	for _, a := range adapters.All() {
		if _, made := growth[a.Code]; !made {
			continue
		}
		file, err := recent(a, 2025, scale, func(contracts.Currency, contracts.Date) (decimal.Decimal, error) { return decimal.New(11, 0), nil }, until)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := outbound.ReadRows(file)
		if err != nil {
			t.Fatal(err)
		}
		people := map[string]map[string]bool{}
		for _, r := range rows {
			month := r.Cell("issue_date")[:7]
			if people[month] == nil {
				people[month] = map[string]bool{}
			}
			people[month][r.Cell("member")] = true
			if paid := r.Cell("paid_on"); paid > until.Last().String() {
				t.Errorf("%s: paid on %s, which is still to come", a.Code, paid)
			}
		}
		if len(people) != 3 {
			t.Errorf("%s: months %v, want January to March", a.Code, people)
		}
		for month, who := range people {
			if len(who) < 5 {
				t.Errorf("%s %s: %d people", a.Code, month, len(who))
			}
		}
	}
}

func TestALaterStartMakesTheSameMonths(t *testing.T) {
	made := func(until contracts.Month) []byte {
		file, err := recent(adapters.All()[0], 2025, decimal.RequireFromString("0.005"), nil, until)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	early, late := made(contracts.NewMonth(2025, 1)), made(contracts.NewMonth(2025, 2))
	numbers := func(b []byte) (all []string) {
		rows, err := outbound.ReadRows(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all = append(all, r.Cell("number")+" "+r.Cell("issue_date")+" "+r.Cell("net"))
		}
		return all
	}
	a, b := numbers(early), numbers(late)
	if len(b) <= len(a) || !slices.Equal(a, b[:len(a)]) {
		t.Errorf("January is other in the longer file: %v and %v", a, b)
	}
}
