package web

import (
	"slices"
	"testing"

	"passerelle/internal/web"
)

// Countries stand where a reader looks for them: Österreich under O, not behind Z.
func TestCountriesStandInTheOrderOfTheLanguage(t *testing.T) {
	all := server{}.countries(web.LocaleNamed("de"))
	at := func(name string) int { return slices.IndexFunc(all, func(o option) bool { return o.Text == name }) }
	if oman, austria, peru := at("Oman"), at("Österreich"), at("Peru"); oman < 0 || oman > austria || austria > peru {
		t.Errorf("Oman %d, Österreich %d, Peru %d", oman, austria, peru)
	}
}
