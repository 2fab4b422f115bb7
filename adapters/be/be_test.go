package be_test

import (
	"testing"

	"passerelle/adapters/be"
	"passerelle/adapters/country/countrytest"
)

func TestBelgium(t *testing.T) { countrytest.Run(t, be.New()) }
