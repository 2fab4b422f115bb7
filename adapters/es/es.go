// Package es is the adapter of Spain: the facts are in es.yaml, here is only what data cannot say.
package es

import (
	_ "embed"
	"fmt"
	"strings"

	"passerelle/adapters/country"
)

//go:embed es.yaml
var data []byte

// New returns the adapter of Spain.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{
		"es_cif": cif, "es_klm": klm, "es_nif": nif, "es_person": person,
	}})
}

const (
	personLetters = "TRWAGMYFPDXBNJZSQVHLCKE"
	entityLetters = "JABCDEFGHI"
)

// nif checks a tax number by what its first character says it is.
func nif(number string) error {
	switch c := number[0]; {
	case c <= '9' || c == 'X' || c == 'Y' || c == 'Z':
		return person(number)
	case c == 'K' || c == 'L' || c == 'M':
		return klm(number)
	}
	return cif(number)
}

// person checks a DNI (8 digits and a letter) or an NIE, whose X, Y or Z counts as 0, 1 or 2.
func person(number string) error {
	body := strings.NewReplacer("X", "0", "Y", "1", "Z", "2").Replace(number[:1]) + number[1:8]
	return expectLetter(personLetters[country.Int(body)%23], number)
}

// cif checks the number of an entity: Luhn's sum over the seven digits gives a control digit, or the letter that stands for
// it. Which kinds of entity take which is custom, so either is accepted for all.
func cif(number string) error {
	control := (10 - country.LuhnSum(number[1:8]+"0")%10) % 10
	if got := number[8]; got == byte('0'+control) || got == entityLetters[control] {
		return nil
	}
	return fmt.Errorf("the control should be %d or %c, not %c", control, entityLetters[control], number[8])
}

// klm checks the numbers of minors, residents abroad and the like, for which two rules are in use.
func klm(number string) error {
	if cif(number) == nil || expectLetter(personLetters[country.Int(number[1:8])%23], number) == nil {
		return nil
	}
	return fmt.Errorf("the control %c fits neither the rule for persons nor that for entities", number[8])
}

func expectLetter(want byte, number string) error {
	if number[8] == want {
		return nil
	}
	return fmt.Errorf("the control letter should be %c, not %c", want, number[8])
}
