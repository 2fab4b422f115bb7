package web

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"

	"passerelle/contracts"
)

// pattern recognises what an English text with values becomes: "%d days late" is found in "3 days late".
type pattern struct {
	key            Words
	before, behind string // what stands before the first and behind the last value, for a quick look
	whole          *regexp.Regexp
	verbs          []string
	letters        int // of its own; the more, the surer
}

// deepest is how many sentences may stand inside one another: "the hub refused it: %s".
const deepest = 3

// longestRetold bounds the texts that are looked at.
const longestRetold = 4000

// Retell says in the locale's language what reaches the page as an English sentence already: a fault, which programs get word for word
// the same, an alarm that was stored, what another party sent. It is recognised by the text it was made from; values in it are
// written anew. What is not recognised stays as it is, and so does everything in English.
func (l *Locale) Retell(v any) string {
	text := fmt.Sprint(v)
	if l == English || len(text) > longestRetold {
		return text
	}
	return l.retell(text, deepest)
}

func (l *Locale) retell(text string, depth int) string {
	if w, ok := l.texts[text]; ok {
		return w.Other
	}
	if depth == 0 {
		return text
	}
	if said, ok := l.detailed(text, depth); ok {
		return said
	}
	for _, p := range l.patterns() {
		if !strings.HasPrefix(text, p.before) || !strings.HasSuffix(text, p.behind) {
			continue
		}
		if values := p.whole.FindStringSubmatch(text); values != nil {
			return l.T(p.key, l.values(p.verbs, values[1:], depth-1)...)
		}
	}
	return text
}

// detailed says a sentence anew that has what is special to this case in brackets behind it: "the posting lasts more than 24 months (from ...)".
func (l *Locale) detailed(text string, depth int) (string, bool) {
	if !strings.HasSuffix(text, ")") {
		return "", false
	}
	for at := range len(text) - 1 {
		if w, ok := l.texts[text[:at]]; ok && text[at:at+2] == " (" {
			return w.Other + " (" + l.retell(text[at+2:len(text)-1], depth-1) + ")", true
		}
	}
	return "", false
}

// values turns what was found in a sentence back into what it was made of. What stands in quotes was typed by a person: it is left alone.
func (l *Locale) values(verbs, found []string, depth int) []any {
	args := make([]any, len(found))
	for i, text := range found {
		switch verbs[i] {
		case "d":
			n, _ := strconv.ParseInt(text, 10, 64) // digits, by the pattern; too many are 0
			args[i] = n
		case "q":
			args[i] = text
		default:
			args[i] = l.value(text, depth)
		}
	}
	return args
}

func (l *Locale) value(text string, depth int) any {
	if d, err := contracts.ParseDate(text); err == nil {
		return d
	}
	if number, currency, ok := strings.Cut(text, " "); ok {
		if m, err := contracts.ParseMoney(number, contracts.Currency(currency)); err == nil {
			return m
		}
	}
	if c, ok := named()[text]; ok {
		return l.Country(c)
	}
	return l.retell(text, depth)
}

// named are the countries by their English names.
var named = sync.OnceValue(func() map[string]contracts.CountryCode {
	all := map[string]contracts.CountryCode{}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if r, err := language.ParseRegion(string(a) + string(b)); err == nil && r.IsCountry() {
				all[English.regions.Name(r)] = contracts.CountryCode(r.String())
			}
		}
	}
	return all
})

// patternsOf makes the patterns of the texts that have values, in their English forms.
func patternsOf(texts, english map[string]wording) []pattern {
	var all []pattern
	for key := range texts {
		for _, form := range append(english[key].forms(), key) {
			if p, ok := newPattern(key, form); ok {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(b.letters, a.letters), strings.Compare(a.key, b.key), strings.Compare(a.whole.String(), b.whole.String()))
	})
	return all
}

// valueOf says what a verb has become: texts of any length for texts, so that the words around them decide.
var valueOf = map[string]string{"s": `(.*?)`, "v": `(.*?)`, "c": `(.)`, "d": `(-?\d+)`, "q": `"((?:[^"\\]|\\.)*)"`, "%": "%"}

func newPattern(key, form string) (pattern, bool) {
	p := pattern{key: key}
	var whole strings.Builder
	at := verb.FindAllStringSubmatchIndex(form, -1)
	end := 0
	for _, m := range at {
		whole.WriteString(regexp.QuoteMeta(form[end:m[0]]) + valueOf[form[m[4]:m[5]]])
		if kind := form[m[4]:m[5]]; kind != "%" {
			p.verbs = append(p.verbs, kind)
		}
		end = m[1]
	}
	if len(p.verbs) == 0 {
		return p, false
	}
	whole.WriteString(regexp.QuoteMeta(form[end:]))
	p.whole = regexp.MustCompile(`^(?s:` + whole.String() + `)$`)
	p.before, p.behind = form[:at[0][0]], form[end:]
	for _, r := range verb.ReplaceAllString(form, "") {
		if unicode.IsLetter(r) {
			p.letters++
		}
	}
	return p, p.letters > 2
}
