package mobility_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

var (
	homes = []mobility.State{"BE", "FR", "DE", "AT", "IT", "NL", "SE", "ES", "HU"}
	hosts = append(slices.Clone(homes), "LU", "DK", "PL", "IE", "EL", "NO", "IS", "LI", "CH", "UK", "XX", "US")
	types = []mobility.EngagementType{mobility.Employed, mobility.SelfEmployed, mobility.CivilServant}

	// starts fall on month ends and leap days, and around the days on which law changed.
	starts = days("2024-02-29", "2025-08-31", "2020-07-29", "2012-05-31", "2020-12-31")
	// boundaries are lengths, in days and months, at which some answer changes.
	boundaryDays   = []int{1, 3, 5, 8, 20, 21, 42, 60, 90, 91}
	boundaryMonths = []int{12, 18, 24}
)

func days(texts ...string) (all []contracts.Date) {
	for _, s := range texts {
		all = append(all, contracts.MustDate(s))
	}
	return all
}

// ends are the day before, on and after each boundary.
func ends(start contracts.Date) (all []contracts.Date) {
	for _, n := range boundaryDays {
		for _, off := range []int{-2, -1, 0} {
			all = append(all, start.AddDays(n+off))
		}
	}
	for _, n := range boundaryMonths {
		for off := -3; off <= 1; off++ { // around the last day however months are counted
			all = append(all, contracts.DateOf(start.Time().AddDate(0, n, off)))
		}
	}
	return slices.DeleteFunc(all, func(d contracts.Date) bool { return d.Before(start) })
}

func posted(home, host mobility.State, kind mobility.EngagementType, start, end contracts.Date, work country.WorkKind) mobility.Case {
	return mobility.Case{ID: "swept", Input: mobility.Input{
		Home: home, Residence: home, Nationality: []mobility.Nationality{mobility.Nationality(home)},
		Engagements: []mobility.Engagement{{ID: "e1", Type: kind, Employer: "coop", Seat: home}},
		Checks:      mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: contracts.MustDate("2005-01-01")}},
		Trips:       []mobility.Trip{{Engagement: "e1", Host: host, HostUndertaking: "client", Start: start, End: end, Pattern: mobility.OneOff, Activity: mobility.Activity(work)}},
	}}
}

// TestSweep decides every home, host, quality and kind of work for lengths around every boundary: each answer is complete and sound,
// and a longer posting never needs fewer papers.
func TestSweep(t *testing.T) {
	decided := 0
	for _, home := range homes {
		for _, host := range hosts {
			if home == host {
				continue
			}
			for _, kind := range types {
				for i, start := range starts {
					work := country.WorkKinds[(i+len(host)*7+decided)%len(country.WorkKinds)]
					all := ends(start)
					slices.SortFunc(all, contracts.Date.Compare)
					var shorter mobility.Result
					for _, end := range slices.Compact(all) {
						r := engine.Decide(posted(home, host, kind, start, end, work), asOf)
						sound(t, r)
						if shorter.Decision != nil {
							fewer(t, shorter, r, fmt.Sprintf("%s %s to %s, %s, from %s to %s", kind, home, host, work, start, end))
						}
						shorter, decided = r, decided+1
					}
				}
			}
		}
	}
	if decided < 90_000 {
		t.Errorf("only %d cases were swept", decided)
	}
	if t.Failed() {
		return
	}
	t.Logf("%d cases", decided)
}

// sound tells whether an answer holds together whatever the case.
func sound(t failing, r mobility.Result) {
	t.Helper()
	d := r.Decision
	if d == nil {
		t.Fatalf("%v", r.Faults)
	}
	a1 := d.A1
	switch {
	case d.Regime == mobility.NotCovered && (d.Legislation != "" || a1.Needed != mobility.A1Adviser || !has(r, "REGIME_NOT_COVERED")):
		t.Fatalf("not covered, and yet %+v", d)
	case a1.Needed == mobility.A1Needed && (a1.Issuer == "" || a1.Issuer != d.Legislation || a1.StatusCode == "" || a1.Route == mobility.NoRoute):
		t.Fatalf("an A1 of nobody: %+v", a1)
	case a1.Needed == mobility.A1NotNeeded && (a1.Issuer != "" || a1.Route != mobility.NoRoute):
		t.Fatalf("no A1, and yet %+v", a1)
	case (d.Legislation == "") != (d.Article == "") || (d.Legislation == "") != (a1.Needed == mobility.A1Adviser):
		t.Fatalf("half an answer: %+v", d)
	case d.Declaration != nil && d.Declaration.Need == country.Required && d.Declaration.LatestDate.IsZero():
		t.Fatalf("a declaration without a last day: %+v", d.Declaration)
	}
	reasoned := map[string]bool{}
	for _, reason := range d.Reasons {
		reasoned[reason.For] = true
		if reason.Says == "" || reason.Source == "" || reason.Confidence == "" {
			t.Fatalf("a reason without source: %+v", reason)
		}
	}
	for _, w := range d.Warnings {
		if !reasoned[string(w)] {
			t.Fatalf("%s has no reason", w)
		}
	}
	for _, member := range []string{"regime", "a1", "ehic_valid"} {
		if !reasoned[member] {
			t.Fatalf("%s has no reason", member)
		}
	}
	if (d.Legislation != "") != reasoned["legislation"] || (d.Declaration != nil) != reasoned["declaration"] {
		t.Fatalf("a member without reason: %+v", d)
	}
}

// duty is how much a decision asks for: nothing, an adviser's word, the paper.
var duty = map[country.Need]int{country.NotRequired: 0, country.Adviser: 1, country.Required: 2}

// fewer fails when the longer of two postings that differ in nothing else needs fewer papers. An A1 that falls away because home
// legislation ends is no paper less: an agreement between States, or engagement by the host, takes its place.
func fewer(t *testing.T, shorter, longer mobility.Result, what string) {
	t.Helper()
	a, b := shorter.Decision, longer.Decision
	if duty[b.Declaration.Need] < duty[a.Declaration.Need] {
		t.Errorf("%s: declaration %s, though %s when shorter", what, b.Declaration.Need, a.Declaration.Need)
	}
	lost := a.A1.Needed == mobility.A1Needed && b.A1.Needed == mobility.A1NotNeeded
	if lost && !has(longer, "EXCEPTION_NEEDED") && !has(longer, "NO_EXCEPTION_ROUTE") {
		t.Errorf("%s: the A1 falls away and nothing takes its place", what)
	}
	if a.A1.Needed == mobility.A1NotNeeded && b.A1.Needed == mobility.A1Needed {
		t.Errorf("%s: an A1 comes back", what)
	}
	for _, w := range a.Warnings {
		if w != "DECLARATION_EXEMPT" && !has(longer, w) {
			t.Errorf("%s: %s falls away", what, w)
		}
	}
	if a.WithholdingCheck != b.WithholdingCheck || a.EHICValid != b.EHICValid {
		t.Errorf("%s: tax or health depends on the length", what)
	}
}

func has(r mobility.Result, f mobility.Finding) bool { return slices.Contains(r.Warnings, f) }

// draw makes facts of every shape, also ones that cannot be.
func draw(t *rapid.T) mobility.Case {
	state := rapid.SampledFrom(hosts)
	flag := func(name string) *bool {
		return rapid.Ptr(rapid.Bool(), true).Draw(t, name)
	}
	day := func(name string) contracts.Date {
		return contracts.MustDate("2024-01-01").AddDays(rapid.IntRange(0, 1200).Draw(t, name))
	}
	count := func(name string) *int { return rapid.Ptr(rapid.IntRange(0, 91), true).Draw(t, name) }
	in := mobility.Input{Home: rapid.SampledFrom(homes).Draw(t, "home"), Residence: state.Draw(t, "residence"), LegallyResident: flag("legal"), CentreOfInterest: "FR",
		Nationality: []mobility.Nationality{mobility.Nationality(rapid.SampledFrom(append(hosts, "refugee")).Draw(t, "nationality"))}}
	left := 100
	for i := range rapid.IntRange(1, 3).Draw(t, "engagements") {
		g := mobility.Engagement{ID: fmt.Sprint(i), Type: rapid.SampledFrom(types).Draw(t, "type"), Employer: fmt.Sprint("firm ", i), Seat: state.Draw(t, "seat")}
		for j := range rapid.IntRange(1, 2).Draw(t, "states") {
			part := rapid.SampledFrom([]int{0, 3, 4, 5, 24, 25, 30, 50}).Draw(t, "share")
			share := mobility.Share(min(part, left) * 10_000)
			left -= min(part, left)
			g.Work = append(g.Work, mobility.Work{State: hosts[(j*9+i*3+len(in.Home))%len(hosts)], Time: &share})
		}
		in.Engagements = append(in.Engagements, g)
	}
	for range rapid.IntRange(0, 2).Draw(t, "trips") {
		start := day("start")
		in.Trips = append(in.Trips, mobility.Trip{Engagement: "0", Host: state.Draw(t, "host"), HostUndertaking: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "undertaking"), Start: start,
			End: start.AddDays(rapid.IntRange(0, 800).Draw(t, "days")), Activity: mobility.Activity(rapid.SampledFrom(country.WorkKinds).Draw(t, "activity")),
			SimilarActivity: flag("similar"), TourSubordinate: rapid.Bool().Draw(t, "tour")})
	}
	if rapid.Bool().Draw(t, "earlier") {
		end := contracts.MustDate("2023-12-31").AddDays(-rapid.IntRange(0, 90).Draw(t, "gap"))
		in.PreviousPostings = []mobility.PreviousPosting{{Host: state.Draw(t, "previous"), HostUndertaking: "a", Start: end.AddDays(-300), End: end}}
	}
	in.Checks = mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: day("cover")}, DirectRelationshipKept: flag("link"), SelfEmployedCanResume: flag("resume"),
		ReplacesPostedPerson: rapid.Bool().Draw(t, "replaces"), ContractWithHostUndertaking: rapid.Bool().Draw(t, "contract")}
	in.Declaration = mobility.DeclarationFacts{HostDaysQuarter: count("quarter"), HostDays12Months: count("year"), HostDays13Weeks: count("weeks"), InternationallyRenowned: rapid.Bool().Draw(t, "renowned")}
	return mobility.Case{ID: "drawn", Input: in}
}

// TestAnythingIsDecidedOrRefused, the same way each time, and nothing else happens.
func TestAnythingIsDecidedOrRefused(t *testing.T) {
	decided, drawn := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		for _, set := range engine.RuleSets() {
			o := mobility.Options{On: asOf.On, RuleSet: set, Explain: true}
			r := engine.Decide(c, o)
			drawn++
			if len(r.Faults) == 0 {
				decided++
				sound(t, r)
			}
			if diff := cmp.Diff(asJSON(t, r), asJSON(t, engine.Decide(c, o))); diff != "" {
				t.Fatalf("the same case, another answer:\n%s", diff)
			}
		}
	})
	if decided*3 < drawn {
		t.Errorf("only %d of %d could be decided", decided, drawn)
	}
}

// TestASecondDoubtNeverHelps breaks one more check of a posting: no warning and no duty may fall away by it.
func TestASecondDoubtNeverHelps(t *testing.T) {
	no, low := false, mobility.Share(1)
	doubts := map[string]func(*mobility.Input){
		"replaces":     func(in *mobility.Input) { in.Checks.ReplacesPostedPerson = true },
		"no cover":     func(in *mobility.Input) { in.Checks.HomeCoverSince.Since = contracts.Date{} },
		"no substance": func(in *mobility.Input) { in.Checks.EmployerOnlyInternalManagement = true },
		"low turnover": func(in *mobility.Input) { in.Checks.EmployerTurnoverHome = &low },
		"no link":      func(in *mobility.Input) { in.Checks.DirectRelationshipKept = &no },
		"contract":     func(in *mobility.Input) { in.Checks.ContractWithHostUndertaking = true },
		"not similar":  func(in *mobility.Input) { in.Trips[0].SimilarActivity = &no },
		"base gone":    func(in *mobility.Input) { in.Checks.SelfEmployedCanResume = &no },
		"third country": func(in *mobility.Input) {
			in.Nationality = []mobility.Nationality{"US"}
		},
	}
	names := []string{"replaces", "no cover", "no substance", "low turnover", "no link", "contract", "not similar", "base gone", "third country"}
	rapid.Check(t, func(t *rapid.T) {
		home := rapid.SampledFrom(homes).Draw(t, "home")
		host := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(hosts), func(s mobility.State) bool { return s == home })).Draw(t, "host")
		start := contracts.MustDate("2025-03-01").AddDays(rapid.IntRange(0, 400).Draw(t, "start"))
		c := posted(home, host, rapid.SampledFrom(types).Draw(t, "type"), start, start.AddDays(rapid.IntRange(0, 900).Draw(t, "days")), rapid.SampledFrom(country.WorkKinds).Draw(t, "work"))
		before := engine.Decide(c, asOf)
		for range rapid.IntRange(1, 4).Draw(t, "doubts") {
			doubt := rapid.SampledFrom(names).Draw(t, "doubt")
			doubts[doubt](&c.Input)
			after := engine.Decide(c, asOf)
			if after.Regime == before.Regime { // outside coordination an adviser decides, and the checks are not asked
				for _, w := range before.Warnings {
					if !has(after, w) && w != "DECLARATION_EXEMPT" && w != "PRIOR_COVER_LT_1_MONTH" {
						t.Fatalf("%s: %s falls away", doubt, w)
					}
				}
			}
			if duty[after.Declaration.Need] < duty[before.Declaration.Need] {
				t.Fatalf("%s: declaration %s after %s", doubt, after.Declaration.Need, before.Declaration.Need)
			}
			before = after
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	cases := readFile(b, "testdata/cases.yaml")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if r := engine.Decide(cases[i%len(cases)], asOf); r.Decision == nil {
			b.Fatal(r.Faults)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}
