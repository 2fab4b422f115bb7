package nl_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/nl"
)

func TestNetherlands(t *testing.T) { countrytest.Run(t, nl.New()) }
