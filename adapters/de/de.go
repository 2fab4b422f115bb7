// Package de is the adapter of Germany: the facts are in de.yaml, here is only what data cannot say.
package de

import (
	_ "embed"

	"passerelle/adapters/country"
)

//go:embed de.yaml
var data []byte

// New returns the adapter of Germany.
func New() *country.Adapter {
	return country.MustLoad(data, country.Funcs{})
}
