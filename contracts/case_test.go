package contracts_test

import (
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/contracts/sample"
)

// refusals decodes each body of a type and compares the first fault.
func refusals(t *testing.T, e contracts.Event, cases [][4]string) {
	t.Helper()
	body, err := contracts.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c[0], func(t *testing.T) {
			if !strings.Contains(string(body), c[1]) {
				t.Fatalf("the sample has no %s", c[1])
			}
			_, err := contracts.DecodeEvent(e.EventType(), []byte(strings.Replace(string(body), c[1], c[2], 1)))
			if got := codes(err); len(got) == 0 || got[0] != c[3] {
				t.Errorf("%v, want %s", got, c[3])
			}
		})
	}
}

func TestProgressTellsTheHubCodesAlone(t *testing.T) {
	refusals(t, sample.Progress(), [][4]string{
		{"a name for the case", `"case":"3f1d0c9b8a7e4d6c9b5a4f3e2d1c0b9a"`, `"case":"Anna in Lyon"`, "invalid@case"},
		{"a name for the member", `"member":"7d2c1b0a9f8e4d7c8b6a5f4e3d2c1b0a"`, `"member":"Anna"`, "invalid@member"},
		{"capitals in an id", `"case":"3f1d0c`, `"case":"3F1D0C`, "invalid@case"},
		{"a free warning", `"DECLARATION_EXEMPT"`, `"CALL_ANNA"`, "invalid@warnings[0]"},
		{"a warning twice", `"DECLARATION_EXEMPT"`, `"LATE","LATE"`, "invalid@warnings[1]"},
		{"a note", `"warnings"`, `"note":"x","warnings"`, "unknown-member@note"},
		{"an unknown state", `"PREPARING"`, `"LOST"`, "invalid@state"},
		{"an unknown track state", `"a1":"REQUESTED"`, `"a1":"LOST"`, "invalid@tracks.a1"},
		{"no track", `"insurance":"OK",`, ``, "invalid@tracks.insurance"},
		{"an unknown article", `"12.1"`, `"12.9"`, "invalid@article"},
		{"home as its host", `["FR"]`, `["BE"]`, "invalid@hosts[0]"},
		{"a host twice", `["FR"]`, `["FR","FR"]`, "invalid@hosts[1]"},
		{"a host that is none", `["FR"]`, `["XX"]`, "country@hosts[0]"},
		{"an end before the start", `"2026-05-29"`, `"2026-05-03"`, "date@end"},
		{"no start", `"start":"2026-05-04"`, `"start":""`, "missing@end"},
		{"a wait below zero", `"a1_planned_days":21`, `"a1_planned_days":-1`, "invalid@a1_planned_days"},
	})
}

func TestMessageKeepsTheTableOfWhoSendsWhat(t *testing.T) {
	refusals(t, sample.Message(), [][4]string{
		{"a request by the host", `"from":"BE","to":"FR"`, `"from":"FR","to":"BE"`, "invalid@from"},
		{"another's case", `"home":"BE"`, `"home":"DE"`, "invalid@home"},
		{"to itself", `"to":"FR"`, `"to":"BE"`, "invalid@home"},
		{"in another flow", `"F1"`, `"F2"`, "invalid@flow"},
		{"an unknown kind", `"HOST_REQUEST"`, `"HELLO"`, "invalid@kind"},
		{"an answer to nothing", `"HOST_REQUEST"`, `"A1_STATUS"`, "missing@in_reply_to"},
		{"version zero", `"version":1`, `"version":0`, "invalid@version"},
		{"part two of one", `"part":1,`, `"part":2,`, "invalid@part"},
		{"too many parts", `"parts":1`, `"parts":81`, "invalid@part"},
		{"nothing sealed", `"sealed":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQ=="`, `"sealed":""`, "too-large@sealed"},
		{"a part too large", `"sealed":"`, `"sealed":"` + strings.Repeat("AAAA", 47_000), "too-large@sealed"},
		{"another rule set", `"eu-2010"`, `"eu-1999"`, "invalid@rule_set"},
		{"a subject", `"class"`, `"subject":"Anna","class"`, "unknown-member@subject"},
	})
}

func TestSealingKeyIsNamedByItself(t *testing.T) {
	id := string(sample.SealingKey().ID)
	refusals(t, sample.SealingKey(), [][4]string{
		{"another id", id, strings.Repeat("0", 32), "invalid@public"},
		{"another suite", contracts.Suite, "none", "invalid@suite"},
		{"a short key", `"public":"BwcH`, `"public":"`, "invalid@public"},
		{"number zero", `"number":1`, `"number":0`, "invalid@number"},
	})
}

// TestEveryKindHasASender keeps the table of messages whole: each kind has a flow and a side, and what it answers exists and comes from the
// other side, or from the same one for what follows up.
func TestEveryKindHasASender(t *testing.T) {
	for kind, rule := range contracts.CaseRules {
		if len(rule.Flows) == 0 || !rule.Home && !rule.Host {
			t.Errorf("%s goes in no flow, or from nobody", kind)
		}
		for _, a := range rule.Answers {
			if _, ok := contracts.CaseRules[a]; !ok {
				t.Errorf("%s answers %s, which is no kind", kind, a)
			}
		}
	}
}

func TestTheHubSpeaksForItselfAlone(t *testing.T) {
	own := []contracts.EventType{contracts.TypeFrameForwarded, contracts.TypeInvestmentPlanTold, contracts.TypeCoverageTold}
	for _, e := range sample.Events() {
		want := contracts.NodeID(e.Owner())
		if slices.Contains(own, e.EventType()) {
			want = contracts.Hub
		}
		if got := contracts.Speaker(e); got != want {
			t.Errorf("%s is %s's to say, want %s", e.EventType(), got, want)
		}
	}
}
