package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mobilityCases = "nodes/mobility/testdata/cases.yaml"

func TestMobilityDecideAnswersWithItsExitCode(t *testing.T) {
	faulty := filepath.Join(t.TempDir(), "faulty.yaml")
	if err := os.WriteFile(faulty, []byte("input: {home: BE, residence: BE, nationality: [BE], engagements: [{id: a, type: employed, seat: ZZ}]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{mobilityCases, 0, "latest on 2026-06-30 (previous_day_24h)"},
		{mobilityCases + " --explain", 0, "seats in two States, one of them the residence"},
		{mobilityCases + " --rule-set eu-2028", 0, "A1_BEFORE_START"},
		{mobilityCases + " --rule-set eu-1971", 2, "--rule-set"},
		{mobilityCases + " --on someday", 2, "--on"},
		{faulty, 1, "engagements[0].seat"},
		{faulty + " --json", 1, `"field": "engagements[0].seat"`},
		{"no-such-file.yaml", 2, "no-such-file.yaml"},
		{"main.go", 1, "fault"},
	} {
		code, out, errs := command(t, append([]string{"mobility", "decide"}, strings.Fields(tc.args)...)...)
		if code != tc.code || !strings.Contains(out+errs, tc.want) {
			t.Errorf("passerelle mobility decide %s: exit %d, want %d and %q\n%s%s", tc.args, code, tc.code, tc.want, out, errs)
		}
	}
}

// TestMobilityDecideWritesJSON asserts the members that other programs read.
func TestMobilityDecideWritesJSON(t *testing.T) {
	code, out, errs := command(t, "mobility", "decide", "--json", mobilityCases)
	var all []map[string]any
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != exitGood || len(all) != 20 {
		t.Fatalf("exit %d, %d objects, %v, %s", code, len(all), err, errs)
	}
	for _, object := range all {
		for _, member := range []string{"id", "rule_set", "regime", "legislation", "article", "a1", "declaration", "withholding_check", "ehic_valid", "warnings", "reasons", "faults"} {
			if _, there := object[member]; !there {
				t.Errorf("%v has no %s", object["id"], member)
			}
		}
	}
}
