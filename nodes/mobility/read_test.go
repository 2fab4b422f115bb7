package mobility_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// facts is a case that can be decided; the tests below break it in one place.
const facts = `
- id: A
  input:
    home: BE
    residence: BE
    nationality: [BE]
    engagements: [{id: e1, type: employed, employer: coop, seat: BE, work: [{state: BE, time: 100}]}]
    checks: {home_cover_since: 2015-01-01}
    trips: [{engagement: e1, host: FR, host_undertaking: x, start: 2026-03-01, end: 2026-06-30, pattern: one_off, activity: office}]
`

func TestReadRefusesWhatItDoesNotKnow(t *testing.T) {
	tests := []struct{ rule, old, new, field string }{
		{"unknown State", "host: FR", "host: QQ", "trips[0].host"},
		{"State in small letters", "host: FR", "host: fr", "trips[0].host"},
		{"unknown member", "activity: office", "activity: office, colour: red", "trips[0].colour"},
		{"member of another case", "activity: office", "Activity: office", "trips[0].Activity"},
		{"member twice", "activity: office", "activity: office, activity: office", "trips[0].activity"},
		{"unknown activity", "activity: office", "activity: juggling", "trips[0].activity"},
		{"unknown pattern", "pattern: one_off", "pattern: often", "trips[0].pattern"},
		{"unknown type", "type: employed", "type: freelancer", "engagements[0].type"},
		{"day that is none", "start: 2026-03-01", "start: 2026-02-30", "trips[0].start"},
		{"instant in place of a day", "start: 2026-03-01", "start: 2026-03-01T10:00:00Z", "trips[0].start"},
		{"share over 100", "time: 100", "time: 100.01", "engagements[0].work[0].time"},
		{"share below 0", "time: 100", "time: -1", "engagements[0].work[0].time"},
		{"share that is no number", "time: 100", "time: half", "engagements[0].work[0].time"},
		{"list in place of a State", "home: BE", "home: [BE]", "home"},
		{"alias", "home: BE", "home: &x BE", ""},
		{"nationality that is none", "[BE]\n", "[Belgian]\n", "nationality[0]"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if !strings.Contains(facts, tt.old) {
				t.Fatalf("the case does not contain %q any more", tt.old)
			}
			cases, err := mobility.Read(strings.NewReader(strings.Replace(facts, tt.old, tt.new, 1)))
			if err != nil || len(cases) != 1 {
				t.Fatalf("%d cases, %v", len(cases), err)
			}
			r := engine.Decide(cases[0], asOf)
			if len(r.Faults) != 1 || r.Faults[0].Field != tt.field || r.Faults[0].Remedy == "" || r.Decision != nil || r.ID != "A" {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestReadRefusesFilesThatHoldNoCase(t *testing.T) {
	for rule, file := range map[string]string{
		"nothing": "", "a word": "hello", "no case in the list": "cases: []", "an empty list": "[]", "two documents": "input: {}\n---\ninput: {}",
		"another version": "version: 2\ncases: [{}]", "an unknown member beside the cases": "cases: [{}]\nauthor: x", "broken YAML": "cases: [", "broken JSON": `{"cases": [}`,
		"too many bytes": strings.Repeat("#", mobility.MaxFile+1),
	} {
		if cases, err := mobility.Read(strings.NewReader(file)); !contracts.IsFault(err) {
			t.Errorf("%s: %d cases, %v", rule, len(cases), err)
		}
	}
}

func TestAFaultyCaseDoesNotStopTheOthers(t *testing.T) {
	cases, err := mobility.Read(strings.NewReader(facts + strings.Replace(strings.Replace(facts, "id: A", "id: B", 1), "host: FR", "host: QQ", 1) + facts))
	if err != nil || len(cases) != 3 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for i, faulty := range []bool{false, true, true} { // the third has the id of the first
		if r := engine.Decide(cases[i], asOf); (len(r.Faults) > 0) != faulty || (r.Decision == nil) != faulty {
			t.Errorf("case %d: %+v", i, r)
		}
	}
}

func TestOneCaseIsReadInEveryForm(t *testing.T) {
	input := `{"home":"BE","residence":"BE","nationality":["BE"],"engagements":[{"id":"e1","type":"employed","seat":"BE","work":[{"state":"BE","time":"40"},{"state":"NO","time":60}]}]}`
	for form, file := range map[string]string{"facts": input, "a case": `{"input":` + input + `}`, "a list": `[{"input":` + input + `}]`, "a file": `{"version":1,"cases":[{"input":` + input + `}]}`,
		"YAML, where NO is a country": strings.NewReplacer(`"`, "").Replace(strings.ReplaceAll(strings.ReplaceAll(input, `:`, `: `), `,`, `, `))} {
		cases, err := mobility.Read(strings.NewReader(file))
		if err != nil || len(cases) != 1 {
			t.Fatalf("%s: %v", form, err)
		}
		if r := engine.Decide(cases[0], asOf); r.Decision == nil || r.Article != "13.1a" || r.ID != "1" {
			t.Errorf("%s: %+v", form, r)
		}
	}
}

func TestRuleSetsAreChosenByDayOrByName(t *testing.T) {
	read := func(text string) mobility.Case {
		cases, err := mobility.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return cases[0]
	}
	in := func(set string) string { return "rule_set: " + set + "\ncases:\n" + facts }
	short := strings.Replace(facts, "2015-01-01", "2026-01-15", 1)
	tests := []struct {
		rule, file, asked, set string
		fault                  bool
		warning                mobility.Finding
	}{
		{"the day chooses", facts, "", "eu-2010", false, ""},
		{"the file names one in force", in("eu-2010"), "", "eu-2010", false, ""},
		{"a file does not switch coming law on", in("eu-2028"), "", "", true, ""},
		{"who asks by name gets coming law", in("eu-2010"), "eu-2028", "eu-2028", false, "A1_BEFORE_START"},
		{"unknown", facts, "eu-1971", "", true, ""},
		{"a month and a half of cover is enough today", short, "", "eu-2010", false, ""},
		{"and too short in coming law", short, "eu-2028", "eu-2028", false, "PRIOR_COVER_LT_3_MONTHS"},
	}
	for _, tt := range tests {
		r := engine.Decide(read(tt.file), mobility.Options{RuleSet: tt.asked})
		if (len(r.Faults) > 0) != tt.fault {
			t.Errorf("%s: %v", tt.rule, r.Faults)
			continue
		}
		if !tt.fault && (r.RuleSet != tt.set || tt.warning != "" && !has(r, tt.warning)) {
			t.Errorf("%s: %s, %v", tt.rule, r.RuleSet, r.Warnings)
		}
	}
}

// Coming law, as far as it is known: replacement within the joint total, no A1 for business travel and for a few days outside building.
func TestComingLaw(t *testing.T) {
	tests := []struct {
		rule, old, new string
		legislation    mobility.State
		needed         mobility.A1Need
	}{
		{"a replacement is allowed", "2015-01-01}", "2015-01-01, replaces_posted_person: true}", "BE", mobility.A1Needed},
		{"three working days need no A1", "end: 2026-06-30", "end: 2026-03-04", "BE", mobility.A1NotNeeded},
		{"four do", "end: 2026-06-30", "end: 2026-03-05", "BE", mobility.A1Needed},
		{"a long congress does not", "activity: office", "activity: congress", "BE", mobility.A1NotNeeded},
		{"one day of building does", "end: 2026-06-30, pattern: one_off, activity: office", "end: 2026-03-02, pattern: one_off, activity: construction", "BE", mobility.A1Needed},
	}
	for _, tt := range tests {
		cases, err := mobility.Read(strings.NewReader(strings.Replace(facts, tt.old, tt.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		r := engine.Decide(cases[0], mobility.Options{RuleSet: "eu-2028"})
		if r.Decision == nil || r.Legislation != tt.legislation || r.A1.Needed != tt.needed {
			t.Errorf("%s: %+v", tt.rule, r)
		}
	}
}

func TestExplainShowsTheRowsThatWereLookedAt(t *testing.T) {
	cases := readFile(t, "testdata/cases.yaml")
	plain, explained := engine.Decide(cases[0], asOf), engine.Decide(cases[0], mobility.Options{On: asOf.On, Explain: true})
	if len(plain.Path) != 0 || len(explained.Path) < 5 {
		t.Fatalf("%d and %d steps", len(plain.Path), len(explained.Path))
	}
	if last := explained.Path[len(explained.Path)-1]; !last.Holds || !strings.Contains(last.Row, "seats in two States") {
		t.Errorf("the path ends with %+v", last)
	}
	explained.Path = nil
	if !reflect.DeepEqual(plain, explained) {
		t.Error("explaining changes the answer")
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/cases.yaml", "testdata/own.yaml"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for i, c := range strings.Split(string(b), "\n  - id: ")[1:] {
			if i%10 == 0 { // one of each kind: many large seeds make a fuzzer slow
				f.Add([]byte("- id: " + c))
			}
		}
	}
	f.Add([]byte(facts))
	f.Add([]byte(`{"input":{"home":"BE"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		cases, err := mobility.Read(bytes.NewReader(b))
		if err != nil && !contracts.IsFault(err) {
			t.Fatalf("no fault: %v", err)
		}
		for _, c := range cases {
			if r := engine.Decide(c, asOf); (r.Decision == nil) != (len(r.Faults) > 0) {
				t.Fatalf("neither decided nor refused: %+v", r)
			}
		}
	})
}
