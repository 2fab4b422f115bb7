// Package at is the adapter of Austria: the facts are in at.yaml, here is only what data cannot say.
package at

import (
	_ "embed"
	"strings"

	"passerelle/adapters/country"
)

//go:embed at.yaml
var data []byte

// New returns the adapter of Austria.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{"at_fn": firmenbuch, "at_uid": uid}})
}

// uid checks the last of the eight digits after ATU.
func uid(number string) error {
	return country.LastCharacter(number[1:], "0123456789", func(n string) bool {
		sum := 4
		for i, d := range []byte(n[:7]) {
			v := int(d - '0')
			if i%2 == 1 {
				v = v*2/10 + v*2%10
			}
			sum += v
		}
		return (10-sum%10)%10 == int(n[7]-'0')
	})
}

// firmenbuch checks the letter behind a company register number: a weighted sum modulo 17 into an alphabet that leaves out
// letters easily misread.
func firmenbuch(number string) error {
	const alphabet = "ABDFGHIKMPSTVWXYZ"
	return country.LastCharacter(number, alphabet, func(n string) bool {
		body := strings.Repeat("0", 7-len(n)) + n[:len(n)-1]
		return alphabet[country.Sum(body, 6, 4, 14, 15, 10, 1)%17] == n[len(n)-1]
	})
}
