package web

import "testing"

// A number that means a thousand to one reader and one to another is not guessed.
func TestADecimalCommaIsReadWhereNothingElseCanBeMeant(t *testing.T) {
	for typed, want := range map[string]string{
		"12,5": "12.5", "1234,56": "1234.56", "-3,50": "-3.50", "0,085": "0.085", "7,1250": "7.1250", "12.5": "12.5", "12": "12",
		"1,234": "1,234", "1.234,56": "1.234,56", "1,234.56": "1,234.56", "1,2,3": "1,2,3", ",5": ",5", "5,": "5,",
	} {
		if got := WithPoint(typed); got != want {
			t.Errorf("%q is read as %q, not %q", typed, got, want)
		}
	}
}
