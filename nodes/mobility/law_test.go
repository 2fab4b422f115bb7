package mobility

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passerelle/adapters"
	"passerelle/contracts"
)

// TestEveryRuleIsReachedByACase decides all cases under all rule sets: every article, finding and sentence of the law must come out
// of one, so that no row of data is dead and no code lacks its reason.
func TestEveryRuleIsReachedByACase(t *testing.T) {
	e := New(adapters.Atlas())
	reached, says := map[string]bool{}, strings.Builder{}
	for _, name := range []string{"testdata/cases.yaml", "testdata/own.yaml"} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			for _, set := range e.RuleSets() {
				r := e.Decide(c, Options{RuleSet: set})
				if r.Decision == nil {
					continue
				}
				reached[string(r.Article)] = true
				if r.Declaration != nil {
					says.WriteString(r.Declaration.Documents + "\n")
				}
				for _, reason := range r.Reasons {
					reached[reason.For] = true
					says.WriteString(reason.Says + "\n")
				}
			}
		}
	}
	for article := range e.law.Articles {
		if !reached[string(article)] {
			t.Errorf("no case is decided by %s", article)
		}
	}
	for finding := range e.law.Findings {
		if !reached[string(finding)] {
			t.Errorf("no case finds %s", finding)
		}
	}
	for name, s := range e.law.Sentences {
		if !strings.Contains(says.String(), s.Says) {
			t.Errorf("no case says %s", name)
		}
	}
}

func TestTheLawRefusesWhatDoesNotHoldTogether(t *testing.T) {
	for _, tt := range []struct{ rule, old, new, want string }{
		{"unknown key", "substantial: 25", "substance: 25", "not found"},
		{"unknown source", "source: 883 Art. 12(1)", "source: 884 Art. 12(1)", `unknown source "884"`},
		{"a finding without words", "says: the posting lasts more than 24 months", "says: ''", "OVER_24_MONTHS"},
		{"unknown State", "states: [UK]", "states: [QQ]", "QQ"},
	} {
		if !strings.Contains(string(lawYAML), tt.old) {
			t.Fatalf("the law does not contain %q any more", tt.old)
		}
		if _, err := loadLaw([]byte(strings.Replace(string(lawYAML), tt.old, tt.new, 1))); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.rule, err, tt.want)
		}
	}
}

func TestMonthsAreCountedToTheLastDayTheyHave(t *testing.T) {
	for _, tt := range []struct {
		start string
		n     int
		want  string
	}{
		{"2025-01-31", 1, "2025-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 24, "2026-02-28"},
		{"2025-08-31", 6, "2026-02-28"}, {"2025-12-15", 1, "2026-01-15"}, {"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -2, "2025-11-15"}, {"2025-01-15", 24, "2027-01-15"},
	} {
		if got := AddMonths(contracts.MustDate(tt.start), tt.n); got.String() != tt.want {
			t.Errorf("%s and %d months is %s, want %s", tt.start, tt.n, got, tt.want)
		}
	}
}

func TestMonthsNeverLeaveTheMonthTheyArriveIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := contracts.MustDate("1990-01-01").AddDays(rapid.IntRange(0, 30_000).Draw(t, "day"))
		n := rapid.IntRange(-60, 60).Draw(t, "months")
		got := AddMonths(d, n)
		months := (got.Year()-d.Year())*12 + int(got.Time().Month()) - int(d.Time().Month())
		if months != n || got.Time().Day() > d.Time().Day() {
			t.Fatalf("%s and %d months is %s", d, n, got)
		}
		if later := AddMonths(d.AddDays(1), n); later.Before(got) {
			t.Fatalf("%s is before %s, though it began later", later, got)
		}
	})
}

// TestTheNetworkKnowsEveryCode: what a case tells the hub are codes of closed lists in contracts, so each of the law's must be there.
func TestTheNetworkKnowsEveryCode(t *testing.T) {
	law := New(adapters.Atlas()).law
	for f := range law.Findings {
		if !slices.Contains(contracts.CaseWarnings, contracts.CaseWarning(f)) {
			t.Errorf("contracts.CaseWarnings lacks %s", f)
		}
	}
	for a := range law.Articles {
		if !slices.Contains(contracts.CaseArticles, contracts.CaseArticle(a)) {
			t.Errorf("contracts.CaseArticles lacks %s", a)
		}
	}
	for _, set := range law.RuleSets {
		if !slices.Contains(contracts.RuleSets, set.Name) {
			t.Errorf("contracts.RuleSets lacks %s", set.Name)
		}
	}
}
