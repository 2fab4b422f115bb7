package seed_test

import (
	"bytes"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/nodes"
	"passerelle/nodes/outbound"
	"passerelle/nodes/seed"
)

// steady stands for a table of rates.
func steady(contracts.Currency, contracts.Date) (decimal.Decimal, error) {
	return decimal.RequireFromString("11.47"), nil
}

func TestTheYearSumsToThePublishedTurnoverTimesTheScale(t *testing.T) {
	scale := decimal.RequireFromString("0.01")
	for _, a := range adapters.All() {
		for _, year := range seed.Years {
			published, ok := seed.Published(a, year)
			if !ok {
				continue // the report does not list the country
			}
			file, err := seed.Invoices(a, year, scale, steady, contracts.NewMonth(year, 12).Last())
			if err != nil {
				t.Fatal(err)
			}
			again, err := seed.Invoices(a, year, scale, steady, contracts.NewMonth(year, 12).Last())
			if err != nil || !bytes.Equal(file, again) {
				t.Errorf("%s %d: two runs differ (%v)", a.Code, year, err)
			}
			rows, err := outbound.ReadRows(file)
			if err != nil {
				t.Fatalf("%s %d: %v", a.Code, year, err)
			}
			sum := decimal.Zero
			for _, r := range rows {
				net := decimal.RequireFromString(r.Cell("net"))
				if a.Currency.Code != contracts.EUR {
					net = net.DivRound(decimal.RequireFromString("11.47"), 2)
				}
				if r.Cell("credits") != "" {
					net = net.Neg()
				}
				sum = sum.Add(net)
			}
			if want := published.Amount.Mul(scale).Round(2); !sum.Equal(want) {
				t.Errorf("%s %d: the file sums to %s EUR, the report's %s at 1:100 is %s", a.Code, year, sum, published, want)
			}
		}
	}
}

func settingsOf(c contracts.CountryCode) (nodes.Settings, error) {
	file, err := seed.SettingsFile(c)
	if err != nil {
		return nodes.Settings{}, err
	}
	return nodes.ReadSettings(string(c), bytes.NewReader(file))
}

func TestEveryCountryHasSettings(t *testing.T) {
	for _, a := range adapters.All() {
		if s, err := settingsOf(a.Code); err != nil || !s.Demonstration {
			t.Errorf("%s: %v", a.Code, err)
		}
	}
}
