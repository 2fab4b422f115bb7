package papers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/web"
)

func journey(departure, start, end, back string) Journey {
	return Journey{Departure: contracts.MustDate(departure), Start: contracts.MustDate(start), End: contracts.MustDate(end), Return: contracts.MustDate(back), Host: "FR", Kind: country.Performance}
}

func TestEachDayWithoutCoverIsNamedWithItsReason(t *testing.T) {
	trip := journey("2026-03-09", "2026-03-10", "2026-03-13", "2026-03-14")
	period := func(since, until string) Cover {
		return Cover{Name: "A", Since: contracts.MustDate(since), Until: contracts.MustDate(until)}
	}
	whole := period("2026-01-01", "2026-12-31")
	with := func(c Cover, change func(*Cover)) []Cover { change(&c); return []Cover{c} }
	risky, long := trip, trip
	risky.Risks = []Risk{Rigging}
	long.ReturnBefore = contracts.MustDate("2026-03-12")
	for name, c := range map[string]struct {
		trip   Journey
		covers []Cover
		days   map[string]Gap
		renew  []string
	}{
		"nothing is missing":              {trip, []Cover{whole}, nil, nil},
		"no cover":                        {trip, nil, map[string]Gap{"2026-03-09": NoCover, "2026-03-14": NoCover}, nil},
		"the way there":                   {trip, []Cover{period("2026-03-10", "2026-03-14")}, map[string]Gap{"2026-03-09": NotYet}, nil},
		"the way back":                    {trip, []Cover{period("2026-03-09", "2026-03-13")}, map[string]Gap{"2026-03-14": Over}, nil},
		"outside the territory":           {trip, with(whole, func(c *Cover) { c.Territory = []contracts.CountryCode{"DE"} }), map[string]Gap{"2026-03-09": ElsewhereGap, "2026-03-14": ElsewhereGap}, nil},
		"other work":                      {trip, with(whole, func(c *Cover) { c.Kinds = []country.WorkKind{country.Office} }), map[string]Gap{"2026-03-10": OtherWorkGap}, nil},
		"more days than allowed":          {trip, with(whole, func(c *Cover) { c.MostDays = 5 }), map[string]Gap{"2026-03-14": TooLong}, nil},
		"as many days as allowed":         {trip, with(whole, func(c *Cover) { c.MostDays = 6 }), nil, nil},
		"rigging":                         {risky, []Cover{whole}, map[string]Gap{"2026-03-09": RiskGap}, nil},
		"rigging that is covered":         {risky, with(whole, func(c *Cover) { c.Risks = []Risk{Circus, Rigging} }), nil, nil},
		"two that follow each other":      {trip, []Cover{period("2026-03-01", "2026-03-11"), period("2026-03-12", "2026-03-31")}, nil, nil},
		"extended beyond the cover":       {long, []Cover{period("2026-03-09", "2026-03-12")}, map[string]Gap{"2026-03-13": Over, "2026-03-14": Over}, []string{"A"}},
		"extended, and the cover is long": {long, []Cover{whole}, nil, nil},
	} {
		got := CheckCover(c.trip, c.covers)
		found := map[string]Gap{}
		for _, u := range got.Uncovered {
			found[u.Day.String()] = u.Why[0].Gap
			if u.Why[0].Says(web.English) == "" {
				t.Errorf("%s: no words", name)
			}
		}
		for day, gap := range c.days {
			if found[day] != gap {
				t.Errorf("%s: %s is %q, want %q", name, day, found[day], gap)
			}
		}
		if (len(found) == 0) != (len(c.days) == 0) || got.Complete() != (len(c.days) == 0) {
			t.Errorf("%s: %v", name, found)
		}
		if diff := cmp.Diff(c.renew, got.Renew); diff != "" {
			t.Errorf("%s: to renew: %s", name, diff)
		}
	}
}

func drawCover(t *rapid.T) Cover {
	from := contracts.MustDate("2026-01-01").AddDays(rapid.IntRange(0, 40).Draw(t, "since"))
	c := Cover{Name: "C", Since: from, Until: from.AddDays(rapid.IntRange(0, 40).Draw(t, "length")), MostDays: rapid.IntRange(0, 30).Draw(t, "most")}
	if rapid.Bool().Draw(t, "territory") {
		c.Territory = []contracts.CountryCode{"FR", "DE"}[:rapid.IntRange(1, 2).Draw(t, "countries")]
	}
	if rapid.Bool().Draw(t, "risks") {
		c.Risks = []Risk{Stunt}
	}
	return c
}

// One more cover never takes cover away, every day is looked at once, and a day without cover has the reason of each.
func TestMoreCoverNeverLeavesMoreGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		departure := contracts.MustDate("2026-01-01").AddDays(rapid.IntRange(0, 30).Draw(t, "departure"))
		trip := Journey{Departure: departure, Start: departure.AddDays(1), Host: rapid.SampledFrom([]contracts.CountryCode{"FR", "DE", "IT"}).Draw(t, "host")}
		trip.Return = departure.AddDays(rapid.IntRange(0, 40).Draw(t, "days"))
		trip.End = trip.Return.AddDays(-1)
		if rapid.Bool().Draw(t, "stunt") {
			trip.Risks = []Risk{Stunt}
		}
		covers := rapid.SliceOfN(rapid.Custom(drawCover), 0, 4).Draw(t, "covers")
		before := CheckCover(trip, covers)
		after := CheckCover(trip, append(covers, drawCover(t)))
		open := map[contracts.Date]bool{}
		for _, u := range before.Uncovered {
			open[u.Day] = true
			if len(u.Why) != max(1, len(covers)) || u.Day.Before(trip.Departure) || u.Day.After(trip.Return) {
				t.Fatalf("%+v", u)
			}
		}
		if len(open) != len(before.Uncovered) || before.Days != trip.Return.Sub(trip.Departure)+1 {
			t.Fatalf("days %d, uncovered %d", before.Days, len(before.Uncovered))
		}
		for _, u := range after.Uncovered {
			if !open[u.Day] {
				t.Fatalf("%s was covered with less cover", u.Day)
			}
		}
	})
}
