package paper_test

import (
	"testing"

	"passerelle/internal/paper"
)

func TestTextIsWrittenInLettersThatTheFontHas(t *testing.T) {
	for text, want := range map[string]string{
		"Łukasz Őry, Ωμέγα, Жук":    "Łukasz Őry, Ωμέγα, Жук",
		"two\nlines":                "two\nlines",
		"caf\u0065\u0301":           "café",                // composed
		"1\u202f234,50\u00a0€\tdue": "1 234,50\u00a0€ due", // spaces of all kinds
		"STRAẞE":                    "STRAßE",
		"ṩo":                        "so", // without its marks
		"soft\u200bware\u0001":      "software",
		"中文 co":                     "□□ co",
		"\xff":                      "□",
		"\U0001f600":                "□", // beyond the plane that the library knows
	} {
		if got := paper.Legible(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
