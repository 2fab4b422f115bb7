package mobility_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

var engine = mobility.New(adapters.Atlas())

// asOf is the day the law is read on where a case has no trip.
var asOf = mobility.Options{On: contracts.MustDate("2026-11-22")}

// TestWorkedCases decides the published cases and asserts every member that they expect, and the source of the reason for it.
func TestWorkedCases(t *testing.T) {
	for _, name := range []string{"testdata/cases.yaml", "testdata/own.yaml"} {
		for _, c := range readFile(t, name) {
			t.Run(c.ID+" "+c.Title, func(t *testing.T) { assert(t, c, engine.Decide(c, asOf)) })
		}
	}
}

func readFile(t testing.TB, name string) []mobility.Case {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := mobility.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func assert(t *testing.T, c mobility.Case, r mobility.Result) {
	t.Helper()
	expected, _ := c.Expected.(map[string]any)
	if len(expected) == 0 {
		t.Fatal("the case expects nothing")
	}
	got := asJSON(t, r)
	for member, want := range expected {
		switch member {
		case "warnings":
			for _, code := range list(want) {
				if !slices.Contains(list(got[member]), code) {
					t.Errorf("warning %s is missing from %v", code, got[member])
				}
			}
		case "warnings_absent":
			for _, code := range list(want) {
				if slices.Contains(list(got["warnings"]), code) {
					t.Errorf("warning %s is there", code)
				}
			}
		case "faults":
			assertFaults(t, want, r.Faults)
		case "because":
			assertReasons(t, want.(map[string]any), r)
		default:
			assertMember(t, member, want, got[member])
		}
	}
	if _, faulty := expected["faults"]; !faulty && len(r.Faults) > 0 {
		t.Errorf("faults: %v", r.Faults)
	}
}

// assertMember compares what is expected; of an object only the members that are named.
func assertMember(t *testing.T, at string, want, got any) {
	t.Helper()
	members, isObject := want.(map[string]any)
	if !isObject {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", at, diff)
		}
		return
	}
	object, _ := got.(map[string]any)
	for member, want := range members {
		assertMember(t, at+"."+member, want, object[member])
	}
}

// assertFaults compares the faults' fields, in any order, and that each says what to do.
func assertFaults(t *testing.T, want any, got contracts.Faults) {
	t.Helper()
	var fields []any
	for _, f := range got {
		fields = append(fields, f.Field)
		if f.Message == "" || f.Remedy == "" || f.Code == "" {
			t.Errorf("%+v lacks code, message or remedy", f)
		}
	}
	if diff := cmp.Diff(want, any(fields)); diff != "" {
		t.Errorf("fields of the faults (-want +got)\n%s\n%v", diff, got)
	}
}

func assertReasons(t *testing.T, want map[string]any, r mobility.Result) {
	t.Helper()
	if r.Decision == nil {
		t.Fatal("no decision")
	}
	for member, source := range want {
		found := false
		for _, reason := range r.Reasons {
			found = found || reason.For == member && strings.Contains(reason.Source+" "+reason.Says, source.(string))
		}
		if !found {
			t.Errorf("%s is not based on %q: %+v", member, source, r.Reasons)
		}
	}
}

// failing is a test, or a try of a property.
type failing interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func asJSON(t failing, r mobility.Result) (object map[string]any) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func list(v any) []any { l, _ := v.([]any); return l }
