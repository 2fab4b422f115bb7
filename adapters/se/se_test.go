package se_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/se"
)

func TestSweden(t *testing.T) { countrytest.Run(t, se.New()) }
