package web

import (
	"testing"

	"passerelle/contracts"
	"passerelle/internal/web"
)

// An amount that means thousands to one reader and a fraction to another is not guessed: the board's money is at stake.
func TestAnAmountOfTheBoardIsNotGuessed(t *testing.T) {
	for typed, want := range map[string]string{"12500": "12500.00", "12 500,5": "12500.50", "12,50": "12.50", "12,500": "", "1.234,56": ""} {
		f := form{values: web.Pairs("amount", typed)}
		got := f.money("amount", "EUR")
		if refused := len(f.Faults) > 0; refused != (want == "") || !refused && !got.Equal(contracts.MustMoney(want, "EUR")) {
			t.Errorf("%q is read as %s, %v", typed, got, f.Faults)
		}
	}
}
