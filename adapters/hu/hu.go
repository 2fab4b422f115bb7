// Package hu is the adapter of Hungary: the facts are in hu.yaml, here is only what data cannot say.
package hu

import (
	_ "embed"

	"passerelle/adapters/country"
)

//go:embed hu.yaml
var data []byte

// New returns the adapter of Hungary.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{Checks: map[string]country.Check{"hu_adoszam": adoszam}})
}

// adoszam checks the eighth digit of a tax number; VAT code and county behind it do not count.
func adoszam(number string) error {
	return country.LastCharacter(number[:8], "0123456789", func(n string) bool {
		return country.Sum(n, 9, 7, 3, 1, 9, 7, 3, 1)%10 == 0
	})
}
