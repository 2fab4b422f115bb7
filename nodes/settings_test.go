package nodes_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes"
	"passerelle/nodes/seed"
)

// refusedAtStart are the fields of the settings that a node does not start with.
func refusedAtStart(c contracts.CountryCode, s nodes.Settings) []string {
	_, err := nodes.New(nodes.Options{Country: c, Settings: s})
	if err == nil || !strings.HasPrefix(err.Error(), "settings of node") {
		return nil // it would stop at the network, which is not given here
	}
	return fields(err)
}

func TestACooperativeThatCouldIssueNothingDoesNotStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		at     contracts.CountryCode
		change func(*nodes.Settings)
		want   []string
	}{
		{"nothing missing", "IT", func(*nodes.Settings) {}, nil},
		{"no number at all", "BE", func(s *nodes.Settings) { s.VATID, s.Registrations = "", nil }, []string{"vat_id"}},
		{"a local tax number is enough", "DE", func(s *nodes.Settings) { s.VATID = "" }, nil},
		{"a register number is not, where VAT is charged", "SE", func(s *nodes.Settings) { s.VATID = "" }, []string{"vat_id"}},
		{"an Italian post code of four digits", "IT", func(s *nodes.Settings) { s.PostalCode = "2012" }, []string{"postal_code"}},
		{"an Italian seller without account", "IT", func(s *nodes.Settings) { s.PayTo = "" }, []string{"pay_to"}},
		{"no such regime", "IT", func(s *nodes.Settings) { s.Formats.FatturaPA.Regime = "RF3" }, []string{"formats.fatturapa.regime"}},
		{"no such province", "IT", func(s *nodes.Settings) { s.Formats.FatturaPA.Province = "Milano" }, []string{"formats.fatturapa.province"}},
		{"cents of cents", "IT", func(s *nodes.Settings) { s.Formats.FatturaPA.Capital = number("1.005") }, []string{"formats.fatturapa.capital"}},
		{"no tax number for the reports", "HU", func(s *nodes.Settings) { s.Registrations = nil }, []string{"registrations"}},
		{"no such appearance", "HU", func(s *nodes.Settings) { s.Formats.NAV.Appearance = "STONE" }, []string{"formats.nav.appearance"}},
		{"another country's", "BE", func(s *nodes.Settings) { s.Formats.NAV.SmallBusiness, s.Formats.FatturaPA.Regime = true, "RF01" }, []string{"formats.fatturapa", "formats.nav"}},
	} {
		s := settings(t, c.at, settingsOf(c.at, country.Config{}))
		c.change(&s)
		if got := refusedAtStart(c.at, s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheDemonstrationsSettingsAreAccepted(t *testing.T) {
	for _, a := range adapters.All() {
		file, err := seed.SettingsFile(a.Code)
		if err != nil {
			t.Fatal(err)
		}
		s, err := nodes.ReadSettings(string(a.Code), bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := refusedAtStart(a.Code, s); got != nil {
			t.Errorf("%s: %v", a.Code, got)
		}
	}
}
