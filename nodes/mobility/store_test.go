package mobility

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"passerelle/adapters"
	"passerelle/contracts"
)

// Facts and answers are kept as JSON, so what was written is what is read.
func TestFactsAndDecisionsAreReadAsTheyWereWritten(t *testing.T) {
	engine := New(adapters.Atlas())
	for _, name := range []string{"testdata/cases.yaml", "testdata/own.yaml"} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cases, err := Read(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			again(t, c.ID, c.Input)
			if r := engine.Decide(c, Options{Explain: true}); r.Decision != nil {
				again(t, c.ID, *r.Decision)
			}
		}
	}
}

func again[T any](t *testing.T, id string, v T) {
	t.Helper()
	text, err := contracts.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	var back T
	if err := contracts.Decode(text, &back); err != nil {
		t.Fatalf("%s: %v\n%s", id, err, text)
	}
	if d := cmp.Diff(v, back, cmp.AllowUnexported(contracts.Date{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s: %s", id, d)
	}
}
