package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the pages that are made from the program")

func TestThePageOfAccess(t *testing.T) {
	const file = "docs/access.md"
	if *update {
		if err := os.WriteFile(file, []byte(accessPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(accessPage(), string(page)); d != "" {
		t.Errorf("%s is out of date; go test -run TestThePageOfAccess . -update writes it anew:\n%s", file, d)
	}
}

// A route nobody may use was forgotten; one without a purpose leaves the trail without a reason.
func TestEveryRouteSaysWhoAndWhatFor(t *testing.T) {
	for _, p := range declaredRoutes() {
		for _, r := range p.Routes {
			if r.Who == "nobody" || r.Summary == "" {
				t.Errorf("%s: %s %s is for %q, %q", p.Party, r.Method, r.Path, r.Who, r.Summary)
			}
		}
	}
}

func TestTheRoutesCommandListsWhatTheProgramsAnswer(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"routes", "--json", "--party", "node"}, &out, &errs); code != exitGood {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	var got []partyRoutes
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(declaredRoutes()[1:], got); d != "" {
		t.Error(d)
	}
	out.Reset()
	if code := run(t.Context(), []string{"routes"}, &out, &errs); code != exitGood || !bytes.Contains(out.Bytes(), []byte("/crossborder/:seller/:buyer")) || !bytes.Contains(out.Bytes(), []byte("/drafts/:id/issue")) {
		t.Errorf("exit code %d: %s", code, &out)
	}
}
