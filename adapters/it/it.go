// Package it is the adapter of Italy: the facts are in it.yaml, here is only what data cannot say.
package it

import (
	_ "embed"
	"fmt"

	"passerelle/adapters/country"
)

//go:embed it.yaml
var data []byte

// New returns the adapter of Italy.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{"it_piva": partitaIVA, "it_cf_person": codiceFiscale}})
}

// partitaIVA is Luhn over eleven digits. Digits 8 to 10 are the office that gave the number; we take the stricter of the two
// rules in use and refuse offices that do not exist, so 12345678903 fails although it passes Luhn.
func partitaIVA(number string) error {
	office := country.Int(number[7:10])
	known := office >= 1 && office <= 100 || office == 120 || office == 121 || office == 888 || office == 999
	if !known {
		return fmt.Errorf("digits 8 to 10 name the tax office, and there is no office %s", number[7:10])
	}
	if country.Int(number[:7]) == 0 {
		return fmt.Errorf("the first seven digits are all zero")
	}
	return country.Luhn(number)
}

// oddValues are what characters count in odd places of a personal code: 0 and A count 1, 1 and B 0, and so on.
var oddValues = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// codiceFiscale checks the last letter of a personal code (decree of 23 December 1976).
func codiceFiscale(number string) error {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return country.LastCharacter(number, alphabet, func(n string) bool {
		sum := 0
		for i, c := range []byte(n[:15]) {
			v := int(c - 'A')
			if c <= '9' {
				v = int(c - '0')
			}
			if i%2 == 0 { // the first place is odd
				v = oddValues[v]
			}
			sum += v
		}
		return alphabet[sum%26] == n[15]
	})
}
