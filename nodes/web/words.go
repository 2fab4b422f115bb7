package web

import (
	"regexp"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/printed"
)

// units are the units of the invoice form.
var units = func() (all choices) {
	for _, u := range printed.Units {
		all = append(all, struct{ Value, Text string }{u.Code, u.Name})
	}
	return all
}()

// sectors are the sections of NACE Rev. 2 (Regulation (EC) 1893/2006, Annex I), shortened.
var sectors = choices{{"", "not known"}, {"A", "Agriculture, forestry, fishing"}, {"B", "Mining"}, {"C", "Manufacturing"}, {"D", "Energy"}, {"E", "Water and waste"},
	{"F", "Construction"}, {"G", "Trade"}, {"H", "Transport and storage"}, {"I", "Accommodation and food"}, {"J", "Information and communication"},
	{"K", "Finance and insurance"}, {"L", "Real estate"}, {"M", "Professional, scientific, technical"}, {"N", "Administrative and support services"},
	{"O", "Public administration"}, {"P", "Education"}, {"Q", "Health and social work"}, {"R", "Arts, entertainment, recreation"}, {"S", "Other services"},
	{"T", "Households"}, {"U", "International organisations"}}

// choices are the options of a field that are the same everywhere, in English.
type choices []struct {
	Value string
	Text  web.Words
}

// in says the choices in a language.
func (c choices) in(l *web.Locale) []option {
	all := make([]option, len(c))
	for i, one := range c {
		all[i] = option{one.Value, l.T(one.Text)}
	}
	return all
}

// Codes that pages show as words: only the test of the catalogues reads this list.
var _ = []web.Words{"business", "consumer", "individual", "legal person", "checked", "checking", "running"}

// places is how many decimals a quantity or a price is written with: at least least.
func places(d contracts.Decimal, least int32) int32 { return max(least, -d.Exponent()) }

// link finds an address in a source: "Smart annual report 2023 <https://...>".
var link = regexp.MustCompile(`([^;<]*)<(https?://[^>\s]+)>`)

// cited cuts a source into what leads somewhere and what does not.
func cited(source string) []web.Link {
	var out []web.Link
	at := 0
	for _, m := range link.FindAllStringSubmatchIndex(source, -1) {
		name := source[m[2]:m[3]]
		text := strings.TrimLeft(name, " ")
		out = append(out, web.Link{Text: source[at : m[3]-len(text)]}, web.Link{Text: strings.TrimRight(text, " "), URL: source[m[4]:m[5]]})
		at = m[1]
	}
	return append(out, web.Link{Text: source[at:]})
}
