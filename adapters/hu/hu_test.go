package hu_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/hu"
)

func TestHungary(t *testing.T) { countrytest.Run(t, hu.New()) }
