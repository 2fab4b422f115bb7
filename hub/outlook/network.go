package outlook

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// mostTold is how far back a node is told.
const mostTold = 36

// Median is the middle of the coverages of a month, by country; false with fewer than FewestInMedian, because it would say something of one of them.
func Median(paths map[contracts.CountryCode][]Point, m contracts.Month) (decimal.Decimal, bool) {
	var all []decimal.Decimal
	for _, path := range paths {
		for _, p := range path {
			if p.Month == m {
				all = append(all, p.Coverage.Decimal)
			}
		}
	}
	if len(all) < contracts.FewestInMedian {
		return decimal.Zero, false
	}
	slices.SortFunc(all, decimal.Decimal.Cmp)
	return all[len(all)/2].Add(all[(len(all)-1)/2]).DivRound(decimal.NewFromInt(2), 4), true
}

// Told is the path of a country beside the median of the network, the latest months of the network.
func Told(paths map[contracts.CountryCode][]Point, c contracts.CountryCode) []contracts.CoverageMonth {
	own := map[contracts.Month]contracts.Decimal{}
	seen := map[contracts.Month]bool{}
	for country, path := range paths {
		for _, p := range path {
			seen[p.Month] = true
			if country == c {
				own[p.Month] = p.Coverage
			}
		}
	}
	months := slices.SortedFunc(maps.Keys(seen), func(a, b contracts.Month) int { return cmp.Compare(index(a), index(b)) })
	told := []contracts.CoverageMonth{}
	for _, m := range months {
		line := contracts.CoverageMonth{Month: m}
		if v, ok := own[m]; ok {
			line.Own = &v
		}
		if v, ok := Median(paths, m); ok {
			line.Median = &contracts.Decimal{Decimal: v}
		}
		if line.Own != nil || line.Median != nil {
			told = append(told, line)
		}
	}
	return told[max(0, len(told)-mostTold):]
}
