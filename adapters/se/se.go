// Package se is the adapter of Sweden: the facts are in se.yaml, here is only what data cannot say.
package se

import (
	_ "embed"
	"fmt"
	"strings"

	"passerelle/adapters/country"
)

//go:embed se.yaml
var data []byte

// New returns the adapter of Sweden.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{
		"se_orgnr": orgnr, "se_personnummer": personnummer, "se_vat": vat,
	}})
}

// orgnr is Luhn over ten digits. In a legal person's number the second pair, where a person's has the month, is 20 or more.
func orgnr(number string) error {
	if number[2:4] < "20" {
		return fmt.Errorf("digits 3 and 4 are %s, in the number of a legal person they are 20 or more (a sole trader uses the personal number)", number[2:4])
	}
	return country.Luhn(number)
}

// personnummer is Luhn over the ten digits, without the sign that tells people above a hundred.
func personnummer(number string) error { return country.Luhn(strings.ReplaceAll(number, "+", "")) }

// vat is Luhn over the first ten digits: a company's number, or a sole trader's personal one. The last two are 01.
func vat(number string) error { return country.Luhn(number[:10]) }
