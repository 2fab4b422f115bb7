package de_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/de"
)

func TestGermany(t *testing.T) { countrytest.Run(t, de.New()) }
