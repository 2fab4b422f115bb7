package es_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/es"
)

func TestSpain(t *testing.T) { countrytest.Run(t, es.New()) }
