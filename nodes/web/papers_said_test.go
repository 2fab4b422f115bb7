package web

import (
	"os"
	"strings"
	"testing"

	"passerelle/adapters"
	"passerelle/internal/web"
	"passerelle/nodes/mobility"
)

// Every reason of every worked case, and every fault of a bad one, is said in the reader's language.
func TestEveryAnswerOnWorkAbroadIsSaidInEveryLanguage(t *testing.T) {
	engine := mobility.New(adapters.Atlas())
	said := map[string]bool{}
	for _, file := range []string{"../mobility/testdata/cases.yaml", "../mobility/testdata/own.yaml"} {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := mobility.Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			answer := engine.Decide(c, mobility.Options{})
			for _, fault := range answer.Faults {
				said[fault.Message], said[fault.Remedy] = true, true
			}
			if answer.Decision == nil {
				continue
			}
			for _, r := range answer.Reasons {
				said[r.Says] = true
			}
			if d := answer.Declaration; d != nil {
				said[d.Customer], said[d.Documents] = true, true
			}
		}
	}
	if len(said) < 100 {
		t.Fatalf("only %d sentences", len(said))
	}
	for _, l := range web.Locales {
		if l == web.English {
			continue
		}
		for text := range said {
			got := l.Retell(text)
			if got == text && strings.ContainsAny(text, "abcdefghijklmnopqrstuvwxyz") || english(got) {
				t.Errorf("%s: %q is said as %q", l.Code(), text, got)
			}
		}
	}
}

// english finds words that only English has, in what should be another language.
func english(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" (),.;:", r) }) {
		switch word {
		case "the", "and", "which", "where", "would", "sits", "days":
			return true
		}
	}
	return false
}
