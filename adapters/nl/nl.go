// Package nl is the adapter of the Netherlands: the facts are in nl.yaml, here is only what data cannot say.
package nl

import (
	_ "embed"
	"errors"
	"strings"

	"passerelle/adapters/country"
)

//go:embed nl.yaml
var data []byte

// New returns the adapter of the Netherlands.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{"nl_elfproef": elfproef, "nl_vat": vat}})
}

// elfproef is the eleven test over nine digits.
func elfproef(number string) error {
	if strings.Trim(number, "0") == "" {
		return errors.New("it is all zeros")
	}
	return country.LastCharacter(number, "0123456789", func(n string) bool {
		return country.Sum(n, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0
	})
}

// vat accepts either of two rules: the first nine digits pass the eleven test, or, for sole traders since 2020, NL and the
// whole pass ISO 7064 mod 97-10.
func vat(number string) error {
	if strings.HasSuffix(number, "00") {
		return errors.New("the digits behind B begin at 01")
	}
	if elfproef(number[:9]) == nil || country.Mod97("NL"+number) == nil {
		return nil
	}
	return errors.New("neither the eleven test of its first nine digits nor the mod 97 test of the whole fits")
}
