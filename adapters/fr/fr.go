// Package fr is the adapter of France: the facts are in fr.yaml, here is only what data cannot say.
package fr

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"passerelle/adapters/country"
)

//go:embed fr.yaml
var data []byte

// New returns the adapter of France.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{"fr_siret": siret, "fr_tva": tva}})
}

const laPoste = "356000000"

// siret is Luhn over 14 digits, except for La Poste's thousands of offices, which outgrew it: there the plain sum of the
// digits is a multiple of five. Its head office keeps to Luhn.
func siret(number string) error {
	if !strings.HasPrefix(number, laPoste) || number == laPoste+"00048" {
		return country.Luhn(number)
	}
	sum := country.Sum(number, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	if sum%5 != 0 {
		return fmt.Errorf("the digits of an office of La Poste add up to a multiple of 5, these to %d", sum)
	}
	return nil
}

// tva checks the key in front of the SIREN: two digits by one rule, with a letter by another. Monaco's numbers have no
// SIREN (000 and six digits), so only their key is checked.
func tva(number string) error {
	key, siren := number[:2], number[2:]
	if strings.Trim(key, "0123456789") != "" {
		return letterKey(key, siren)
	}
	if !strings.HasPrefix(siren, "000") && country.Luhn(siren) != nil {
		return fmt.Errorf("the last nine digits, %s, are no SIREN", siren)
	}
	want := fmt.Sprintf("%02d", (12+3*(country.Int(siren)%97))%97)
	if want != key {
		return fmt.Errorf("the key should be %s, not %s", want, key)
	}
	return nil
}

// letterKey is the rule for keys with one letter or two, in an alphabet without I and O.
func letterKey(key, siren string) error {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	first, second := int64(strings.IndexByte(alphabet, key[0])), int64(strings.IndexByte(alphabet, key[1]))
	c := first*34 + second - 100
	if first < 10 {
		c = first*24 + second - 10
	}
	if (country.Int(siren)+1+c/11)%11 != c%11 {
		return errors.New("the key does not fit the SIREN behind it")
	}
	return nil
}
