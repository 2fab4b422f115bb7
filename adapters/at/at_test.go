package at_test

import (
	"testing"

	"passerelle/adapters/at"
	"passerelle/adapters/country/countrytest"
)

func TestAustria(t *testing.T) { countrytest.Run(t, at.New()) }
