package web

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"passerelle/contracts"
)

//go:embed text
var catalogues embed.FS

// Words is an English text of the program that a page shows in the reader's language: the key of the catalogues. Tables of words hold
// it, so that the test of the catalogues finds them: map[string]Words, []Words, Words("...").
type Words = string

// wording is a text in one language. With a count in it, it has a form for each kind of number that the language tells apart (CLDR
// plural rules); without, only Other.
type wording struct{ One, Few, Many, Other string }

// UnmarshalYAML reads a plain text or a map of forms.
func (w *wording) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&w.Other)
	}
	var forms struct{ One, Few, Many, Other string }
	err := n.Decode(&forms)
	*w = forms
	return err
}

// forms lists what is written, Other last.
func (w wording) forms() []string {
	var all []string
	for _, f := range []string{w.One, w.Few, w.Many, w.Other} {
		if f != "" {
			all = append(all, f)
		}
	}
	return all
}

// of chooses the form for a number of things.
func (w wording) of(tag language.Tag, n int64) string {
	form := ""
	switch plural.Cardinal.MatchPlural(tag, int(max(n, -n)%1_000_000_000), 0, 0, 0, 0) {
	case plural.One:
		form = w.One
	case plural.Few:
		form = w.Few
	case plural.Many:
		form = w.Many
	}
	if form == "" {
		return w.Other
	}
	return form
}

// readCatalogue reads the texts of a language: those of text/<code>.yaml, and those that an area of the product keeps in a folder of its own. A
// text stands once; which file does not matter.
func readCatalogue(code string) map[string]wording {
	texts := map[string]wording{}
	for _, pattern := range []string{"text/" + code + ".yaml", "text/*/" + code + ".yaml"} {
		files, err := fs.Glob(catalogues, pattern)
		if err != nil {
			panic(err) // the pattern is a constant
		}
		for _, file := range files {
			readTexts(file, texts)
		}
	}
	return texts
}

func readTexts(file string, texts map[string]wording) {
	body, err := catalogues.ReadFile(file)
	if err != nil {
		panic(err) // it was found a moment ago
	}
	read := map[string]wording{}
	if err := yaml.Unmarshal(body, &read); err != nil {
		panic(fmt.Sprintf("read the texts of %s: %v", file, err))
	}
	for key, w := range read {
		if _, twice := texts[key]; twice {
			panic(fmt.Sprintf("%s says %q, which another catalogue of the language says too", file, key))
		}
		texts[key] = w
	}
}

// T says an English text in the locale's language, with values put in. %s and %v take a value as the locale writes it (money, dates and
// counts included), %d a count with its separators, %q a text in quotes; %[2]s takes the second one. The first count chooses the plural. What
// the catalogue does not have stays English.
func (l *Locale) T(key Words, args ...any) string {
	w, ok := l.texts[key]
	if !ok {
		w.Other = key
	}
	if len(args) == 0 {
		return w.Other
	}
	return l.fill(w.of(l.Tag, firstCount(args)), args)
}

func firstCount(args []any) int64 {
	for _, a := range args {
		switch n := a.(type) {
		case int:
			return int64(n)
		case int64:
			return n
		}
	}
	return 0
}

// verb is where a value goes: %s, %[2]d. A percent sign is written %%.
var verb = regexp.MustCompile(`%(?:\[(\d)\])?([sdvqc%])`)

func (l *Locale) fill(format string, args []any) string {
	next := 0
	return verb.ReplaceAllStringFunc(format, func(found string) string {
		m := verb.FindStringSubmatch(found)
		if m[2] == "%" {
			return "%"
		}
		i := next
		if m[1] != "" {
			i, _ = strconv.Atoi(m[1]) // one digit
			i--
		}
		next = i + 1
		if i < 0 || i >= len(args) {
			return found
		}
		return l.show(args[i], m[2])
	})
}

// show writes one value.
func (l *Locale) show(arg any, verb string) string {
	switch v := arg.(type) {
	case contracts.Money:
		return l.Money(v)
	case contracts.Date:
		return l.Date(v)
	case contracts.Month:
		return l.Month(v)
	case time.Time:
		return l.Instant(v)
	case int:
		if verb == "d" {
			return l.Number(v)
		}
	case int64:
		if verb == "d" {
			return l.Number(int(v))
		}
	}
	if verb == "q" {
		return l.style.quotes[0] + fmt.Sprint(arg) + l.style.quotes[1]
	}
	return fmt.Sprint(arg)
}

// Sentence makes words of a code, or of a message that begins small: "guarantee_fund" is "Guarantee fund". It is said in the locale's
// language as Retell does.
func (l *Locale) Sentence(v any) string {
	s := l.Retell(strings.ReplaceAll(fmt.Sprint(v), "_", " "))
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + s[n:]
}
