package exchange

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"passerelle/contracts"
)

// worker is one person's sales of one seller to one country in one month.
type worker struct {
	seller, buyer contracts.CountryCode
	month, person string
}

// workers count themselves.
type workers []worker

func (ws workers) people(keep func(worker) bool) int {
	names := map[string]bool{}
	for _, w := range ws {
		if keep(w) {
			names[w.person] = true
		}
	}
	return len(names)
}

func crowds[K contracts.CountryCode | string](ws workers, of func(worker) (K, bool)) (all []Crowd[K], err error) {
	keys := map[K]bool{}
	for _, w := range ws {
		if k, ok := of(w); ok {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		all = append(all, Crowd[K]{k, ws.people(func(w worker) bool { at, ok := of(w); return ok && at == k })})
	}
	return all, nil
}

func (ws workers) BuyerCrowds(_ context.Context, _ Period, seller contracts.CountryCode) ([]Crowd[contracts.CountryCode], error) {
	return crowds(ws, func(w worker) (contracts.CountryCode, bool) { return w.buyer, w.seller == seller })
}

func (ws workers) MonthCrowds(_ context.Context, _ Period, seller contracts.CountryCode) ([]Crowd[string], error) {
	return crowds(ws, func(w worker) (string, bool) { return w.month, w.seller == seller })
}

func (ws workers) PeopleTo(_ context.Context, _ Period, seller contracts.CountryCode, buyers []contracts.CountryCode) (int, error) {
	return ws.people(func(w worker) bool { return w.seller == seller && slices.Contains(buyers, w.buyer) }), nil
}

func (ws workers) PeopleIn(_ context.Context, seller contracts.CountryCode, months []string) (int, error) {
	return ws.people(func(w worker) bool { return w.seller == seller && slices.Contains(months, w.month) }), nil
}

// Whatever is sold: every figure of the folded matrix is about five people at least; what is folded is about five too; nothing is shown twice
// and nothing is lost, but of sellers with fewer than five people altogether. So the total less any figures is about five people or none.
func TestNoFigureOfTheBoardIsAboutFewerThanFivePeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ws workers
		counts := map[[2]contracts.CountryCode]int{}
		for range rapid.IntRange(0, 60).Draw(t, "sales") {
			w := worker{rapid.SampledFrom([]contracts.CountryCode{"BE", "FR"}).Draw(t, "seller"), rapid.SampledFrom([]contracts.CountryCode{"BE", "FR", "DE", "IT", "CH"}).Draw(t, "buyer"),
				rapid.SampledFrom([]string{"2026-01", "2026-02", "2026-03", "2026-04"}).Draw(t, "month"), fmt.Sprint(rapid.IntRange(1, 14).Draw(t, "person"))}
			ws = append(ws, w)
			counts[[2]contracts.CountryCode{w.seller, w.buyer}]++
		}
		var cells []Cell
		for _, pair := range slices.SortedFunc(maps.Keys(counts), func(a, b [2]contracts.CountryCode) int { return slices.Compare(a[:], b[:]) }) {
			f := none()
			f.Invoices = counts[pair]
			cells = append(cells, Cell{pair[0], pair[1], f})
		}
		shown, err := Fold(t.Context(), ws, YearOf(2026), slices.Clone(cells))
		if err != nil {
			t.Fatal(err)
		}
		for _, seller := range []contracts.CountryCode{"BE", "FR"} {
			checkRow(t, ws, seller, cells, shown)
		}
	})
}

func checkRow(t *rapid.T, ws workers, seller contracts.CountryCode, cells, shown []Cell) {
	var apart []contracts.CountryCode
	documents, all := 0, 0
	for _, c := range shown {
		if c.Seller != seller {
			continue
		}
		documents += c.Documents()
		if c.Buyer == Several {
			continue
		}
		apart = append(apart, c.Buyer)
		if n, _ := ws.PeopleTo(t.Context(), Period{}, seller, []contracts.CountryCode{c.Buyer}); n < FewestPeople { // it cannot fail: it counts in memory
			t.Fatalf("%s to %s is about %d people", seller, c.Buyer, n)
		}
	}
	rest := ws.people(func(w worker) bool { return w.seller == seller && !slices.Contains(apart, w.buyer) })
	for _, c := range cells {
		if c.Seller == seller {
			all += c.Documents()
		}
	}
	if len(apart) > 0 && rest > 0 && rest < FewestPeople {
		t.Fatalf("the rest of %s is about %d people", seller, rest)
	}
	total := ws.people(func(w worker) bool { return w.seller == seller })
	if want := all; total >= FewestPeople && documents != want || total < FewestPeople && documents != 0 {
		t.Fatalf("%s: %d of %d documents are shown, of %d people", seller, documents, want, total)
	}
	months, err := MonthsShown(t.Context(), ws, YearOf(2026), seller)
	if err != nil {
		t.Fatal(err)
	}
	left := ws.people(func(w worker) bool { return w.seller == seller && !slices.Contains(months, w.month) })
	if len(months) > 0 && left > 0 && left < FewestPeople {
		t.Fatalf("the months of %s that are left out are about %d people", seller, left)
	}
}
