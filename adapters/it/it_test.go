package it_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/it"
)

func TestItaly(t *testing.T) { countrytest.Run(t, it.New()) }
