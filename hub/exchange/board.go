package exchange

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"passerelle/contracts"
)

// FewestPeople is how many people a figure must be about to be shown to those who see totals alone.
const FewestPeople = 5

// Several stands for the buyer countries of a seller that are summed up, because too few people sell to one of them. It is nobody's code
// (ISO 3166-1 leaves it to its users).
const Several contracts.CountryCode = "ZZ"

// Crowd is how many people stand behind a figure.
type Crowd[K cmp.Ordered] struct {
	Of     K
	People int
}

// Crowds counts people, by the random names under which the hub knows them.
type Crowds interface {
	// BuyerCrowds counts the people of a seller per buyer country.
	BuyerCrowds(ctx context.Context, p Period, seller contracts.CountryCode) ([]Crowd[contracts.CountryCode], error)
	// MonthCrowds counts the people of a seller per month, written year-month.
	MonthCrowds(ctx context.Context, p Period, seller contracts.CountryCode) ([]Crowd[string], error)
	// PeopleTo counts the people of a seller with any of these buyer countries.
	PeopleTo(ctx context.Context, p Period, seller contracts.CountryCode, buyers []contracts.CountryCode) (int, error)
	// PeopleIn counts the people of a seller in any of these months.
	PeopleIn(ctx context.Context, seller contracts.CountryCode, months []string) (int, error)
}

// apart finds what is not shown by itself: every group of too few people, and as long as those together are too few, the next smallest beside
// them, since the total less what is shown would tell. It answers false when all together are too few.
func apart[K cmp.Ordered](groups []Crowd[K], together func([]K) (int, error)) (hidden []K, enough bool, err error) {
	slices.SortFunc(groups, func(a, b Crowd[K]) int { return cmp.Or(cmp.Compare(a.People, b.People), cmp.Compare(a.Of, b.Of)) })
	i := 0
	for ; i < len(groups) && groups[i].People < FewestPeople; i++ {
		hidden = append(hidden, groups[i].Of)
	}
	for len(hidden) > 0 {
		n, err := together(hidden)
		if err != nil || n >= FewestPeople {
			return hidden, true, err
		}
		if i == len(groups) {
			return hidden, false, nil
		}
		hidden = append(hidden, groups[i].Of)
		i++
	}
	return nil, true, nil
}

// Fold sums up the cells that are about too few people, seller by seller, so that every figure, and every difference of figures of one table,
// is about five people at least. A seller of fewer is left out.
func Fold(ctx context.Context, crowds Crowds, p Period, cells []Cell) ([]Cell, error) {
	bySeller := map[contracts.CountryCode][]Cell{}
	for _, c := range cells {
		bySeller[c.Seller] = append(bySeller[c.Seller], c)
	}
	var out []Cell
	for seller, row := range bySeller {
		groups, err := crowds.BuyerCrowds(ctx, p, seller)
		if err != nil {
			return nil, fmt.Errorf("people of %s: %w", seller, err)
		}
		hidden, enough, err := apart(groups, func(buyers []contracts.CountryCode) (int, error) { return crowds.PeopleTo(ctx, p, seller, buyers) })
		if err != nil {
			return nil, fmt.Errorf("people of %s: %w", seller, err)
		}
		if enough {
			out = append(out, foldRow(seller, row, hidden)...)
		}
	}
	slices.SortFunc(out, func(a, b Cell) int { return cmp.Or(cmp.Compare(a.Seller, b.Seller), cmp.Compare(a.Buyer, b.Buyer)) })
	return out, nil
}

func foldRow(seller contracts.CountryCode, row []Cell, hidden []contracts.CountryCode) []Cell {
	var out []Cell
	rest := Cell{Seller: seller, Buyer: Several, Figures: none()}
	for _, c := range row {
		if slices.Contains(hidden, c.Buyer) {
			rest.add(c.Figures)
		} else {
			out = append(out, c)
		}
	}
	if len(hidden) > 0 {
		out = append(out, rest)
	}
	return out
}

// MonthsShown lists the months of a seller that are shown by themselves: the others are in the total of the year alone.
func MonthsShown(ctx context.Context, crowds Crowds, p Period, seller contracts.CountryCode) ([]string, error) {
	groups, err := crowds.MonthCrowds(ctx, p, seller)
	if err != nil {
		return nil, fmt.Errorf("people of %s by month: %w", seller, err)
	}
	hidden, enough, err := apart(groups, func(months []string) (int, error) { return crowds.PeopleIn(ctx, seller, months) })
	if err != nil || !enough {
		return nil, err
	}
	var shown []string
	for _, g := range groups {
		if !slices.Contains(hidden, g.Of) {
			shown = append(shown, g.Of)
		}
	}
	return shown, nil
}
