package investment_test

import (
	"bytes"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/investment"
)

// FuzzReadAct: whatever is read is written and read again as the same, folds or is refused with a fault, and nothing panics.
func FuzzReadAct(f *testing.F) {
	seen := map[investment.Kind]bool{}
	for _, a := range investment.Demonstration() {
		if seen[a.Act.Kind()] {
			continue
		}
		seen[a.Act.Kind()] = true
		body, err := investment.WriteAct(a.Act)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(a.Act.Kind()), body)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		act, err := investment.ReadAct(investment.Kind(kind), body)
		if err != nil {
			return
		}
		once, err := investment.WriteAct(act)
		if err != nil {
			return // an amount that is missing cannot be written
		}
		again, err := investment.ReadAct(investment.Kind(kind), once)
		if err != nil {
			t.Fatalf("%s is not read again: %v", once, err)
		}
		if twice, err := investment.WriteAct(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
		if _, _, _, err := investment.Enter(nil, act, contracts.MustDate("2023-01-10"), "", noon); err != nil && !contracts.IsFault(err) {
			t.Fatal(err)
		}
	})
}
