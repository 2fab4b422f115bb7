// Package be is the adapter of Belgium: the facts are in be.yaml, here is only what data cannot say.
package be

import (
	_ "embed"
	"fmt"

	"passerelle/adapters/country"
)

//go:embed be.yaml
var data []byte

// New returns the adapter of Belgium.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{
		"be_mod97": mod97, "be_niss": niss, "be_ogm": ogm,
	}})
}

// mod97 checks enterprise, establishment and VAT numbers: the last two digits are 97 less the others modulo 97, so they are
// 01 to 97. (The looser test that the whole leaves 0 would accept 98 and 99.)
func mod97(number string) error {
	return country.Expect(fmt.Sprintf("%02d", 97-country.Int(number[:8])%97), number[8:])
}

// niss checks a national register number. It does not tell the century: births from 2000 on count with a 2 in front.
func niss(number string) error {
	n := country.Int(number[:9])
	before, since := fmt.Sprintf("%02d", 97-n%97), fmt.Sprintf("%02d", 97-(2_000_000_000+n)%97)
	if number[9:] == before || number[9:] == since {
		return nil
	}
	return fmt.Errorf("the check digits should be %s, or %s for somebody born since 2000, not %s", before, since, number[9:])
}

// ogm checks a structured payment reference: the last two of 12 digits are the others modulo 97, and 97 for 0.
func ogm(number string) error {
	if len(number) != 12 {
		return fmt.Errorf("a structured reference has 12 digits, not %d", len(number))
	}
	want := country.Int(number[:10]) % 97
	if want == 0 {
		want = 97
	}
	return country.Expect(fmt.Sprintf("%02d", want), number[10:])
}
