package casework

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

func spell(s mobility.State, from, until string) Spell {
	return Spell{State: s, From: day(from), Until: day(until)}
}

func TestDaysAreCountedToTheirBoundary(t *testing.T) {
	for name, c := range map[string]struct {
		spells []Spell
		on     string
		want   Count
	}{
		"one day":                                        {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2026-06-10", Count{"FR", 1, 1, 1, 1, 1, 1, 1}},
		"the last of thirty days":                        {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2026-07-09", Count{"FR", 1, 1, 0, 1, 1, 1, 1}},
		"the day after thirty":                           {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2026-07-10", Count{"FR", 0, 1, 0, 1, 1, 1, 1}},
		"the last of thirteen weeks":                     {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2026-09-08", Count{"FR", 0, 1, 0, 1, 1, 1, 1}},
		"the day after thirteen weeks":                   {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2026-09-09", Count{"FR", 0, 0, 0, 1, 1, 1, 1}},
		"the last of twelve months":                      {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2027-06-09", Count{"FR", 0, 0, 0, 0, 1, 1, 0}},
		"the day after twelve months":                    {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2027-06-10", Count{"FR", 0, 0, 0, 0, 0, 1, 0}},
		"the last of twenty-four months":                 {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2028-06-09", Count{"FR", 0, 0, 0, 0, 0, 1, 0}},
		"the day after twenty-four months":               {[]Spell{spell("FR", "2026-06-10", "2026-06-10")}, "2028-06-10", Count{"FR", 0, 0, 0, 0, 0, 0, 0}},
		"a year from the end of February":                {[]Spell{spell("FR", "2027-03-01", "2027-03-01")}, "2028-02-29", Count{"FR", 0, 0, 0, 0, 1, 1, 0}},
		"a quarter has its own end":                      {[]Spell{spell("FR", "2026-03-31", "2026-04-01")}, "2026-04-01", Count{"FR", 2, 2, 1, 2, 2, 2, 2}},
		"a year has its own end":                         {[]Spell{spell("FR", "2025-12-31", "2026-01-01")}, "2026-01-01", Count{"FR", 2, 2, 1, 1, 2, 2, 1}},
		"the same day twice is one":                      {[]Spell{spell("FR", "2026-06-10", "2026-06-12"), spell("FR", "2026-06-12", "2026-06-13")}, "2026-06-13", Count{"FR", 4, 4, 4, 4, 4, 4, 3}},
		"Saturday and Sunday of a week away are no work": {[]Spell{spell("CH", "2026-06-08", "2026-06-14")}, "2026-06-14", Count{"CH", 7, 7, 7, 7, 7, 7, 5}},
		"a weekend alone is":                             {[]Spell{spell("CH", "2026-06-13", "2026-06-14")}, "2026-06-14", Count{"CH", 2, 2, 2, 2, 2, 2, 2}},
		"a Sunday that was entered is":                   {[]Spell{spell("CH", "2026-06-08", "2026-06-14"), {State: "CH", From: day("2026-06-14"), Until: day("2026-06-14"), Worked: true}}, "2026-06-14", Count{"CH", 7, 7, 7, 7, 7, 7, 6}},
	} {
		if d := cmp.Diff([]Count{c.want}, Counts(c.spells, day(c.on))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// A count never falls when work is added, and a shorter span never holds more than a longer one.
func TestCountsGrowWithTheWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var spells []Spell
		before := map[mobility.State]Count{}
		on := day("2026-06-30")
		for range rapid.IntRange(1, 6).Draw(t, "spells") {
			from := day("2024-06-01").AddDays(rapid.IntRange(0, 800).Draw(t, "from"))
			spells = append(spells, Spell{State: rapid.SampledFrom([]mobility.State{"FR", "DE"}).Draw(t, "state"), From: from, Until: from.AddDays(rapid.IntRange(0, 60).Draw(t, "days")), Worked: rapid.Bool().Draw(t, "worked")})
			for _, c := range Counts(spells, on) {
				b := before[c.State]
				if c.Rolling30 < b.Rolling30 || c.Months24 < b.Months24 || c.WorkDaysYear < b.WorkDaysYear {
					t.Fatalf("fell from %+v to %+v", b, c)
				}
				if c.Rolling30 > 30 || c.Rolling30 > c.Weeks13 || c.Weeks13 > c.Months12 || c.Months12 > c.Months24 || c.Quarter > c.Year || c.WorkDaysYear > c.Year {
					t.Fatalf("%+v", c)
				}
				before[c.State] = c
			}
		}
	})
}

func TestSharesOfAYearAddUp(t *testing.T) {
	home, err := adapters.For("BE")
	if err != nil {
		t.Fatal(err)
	}
	got := Shares([]Spell{spell("FR", "2026-06-01", "2026-06-30"), spell("DE", "2026-07-01", "2026-07-10"), spell("BE", "2026-08-01", "2026-08-31")}, day("2026-06-01"), "BE", home)
	want := []StateShare{{"BE", 833_334, 220}, {"DE", 30_303, 8}, {"FR", 83_333, 22}}
	total := mobility.Share(0)
	for i, s := range got {
		total += s.Share
		if s.State != want[i].State || s.Days == 0 {
			t.Errorf("%+v", s)
		}
	}
	if total != mobility.Whole || len(got) != 3 || got[1].Days != 8 || got[2].Days != 22 {
		t.Errorf("%+v: %s", got, total)
	}
	if all := Shares([]Spell{spell("FR", "2026-01-01", "2027-12-31")}, day("2026-06-01"), "BE", home); all[0].State != "FR" || all[0].Share >= mobility.Whole && len(all) > 1 {
		t.Errorf("nothing at home: %+v", all)
	}
}

func TestFillCountsWhatSomebodyDidNotSay(t *testing.T) {
	home, err := adapters.For("BE")
	if err != nil {
		t.Fatal(err)
	}
	others := []Spell{spell("FR", "2026-05-01", "2026-05-10"), {State: "FR", From: day("2025-01-10"), Until: day("2025-02-10"), HostUndertaking: "theatre", Posting: true}, spell("DE", "2026-05-20", "2026-05-20")}
	in := lyon().Input
	in.Home = "BE"
	got := Fill(in, others, home)
	f := got.Declaration
	if *f.HostDaysQuarter != 14 || *f.HostDaysYear != 14 || *f.HostDays12Months != 14 || *f.HostDays13Weeks != 14 || *f.HostWorkDaysYear != 9 {
		t.Errorf("quarter %d, year %d, 12 months %d, 13 weeks %d, work days %d", *f.HostDaysQuarter, *f.HostDaysYear, *f.HostDays12Months, *f.HostDays13Weeks, *f.HostWorkDaysYear)
	}
	if len(got.PreviousPostings) != 1 || got.PreviousPostings[0].HostUndertaking != "theatre" || got.PreviousPostings[0].End != day("2025-02-10") {
		t.Errorf("%+v", got.PreviousPostings)
	}
	if in.Declaration.HostDaysYear != nil || len(in.PreviousPostings) != 0 {
		t.Error("the facts themselves were changed")
	}
	said := 3
	in.Declaration.HostDaysYear = &said
	if got := Fill(in, others, home); *got.Declaration.HostDaysYear != 3 {
		t.Errorf("what somebody said was overruled: %d", *got.Declaration.HostDaysYear)
	}
	in.Trips[0].Pattern = mobility.Regular
	got = Fill(in, others, home)
	if work := got.Engagements[0].Work; len(work) != 2 || work[0].State != "BE" || work[1].State != "FR" || len(in.Engagements[0].Work) != 0 {
		t.Errorf("%+v", work)
	}
	if r := mobility.New(adapters.Atlas()).Decide(mobility.Case{Input: got}, mobility.Options{On: contracts.MustDate("2026-05-01")}); r.Decision == nil || r.Article != "13.1a" && r.Article != "11.3a" {
		t.Errorf("%+v", r)
	}
}
