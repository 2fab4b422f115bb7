package fr_test

import (
	"testing"

	"passerelle/adapters/country/countrytest"
	"passerelle/adapters/fr"
)

func TestFrance(t *testing.T) { countrytest.Run(t, fr.New()) }
