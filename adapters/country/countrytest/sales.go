package countrytest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// sale is one row of a country's testdata/sales.yaml.
type sale struct {
	Name        string                `yaml:"name"`
	Legal       string                `yaml:"legal"` // the rule the row shows
	On          contracts.Date        `yaml:"on"`
	Service     contracts.Service     `yaml:"service"`
	Buyer       buyer                 `yaml:"buyer"`
	PerformedIn contracts.CountryCode `yaml:"performed_in"`
	Language    string                `yaml:"language"` // the node's first one when empty
	Confirmed   []string              `yaml:"confirmed"`
	Want        result                `yaml:"want"`
}

type buyer struct {
	Country      contracts.CountryCode `yaml:"country"`
	Kind         contracts.BuyerKind   `yaml:"kind"`
	VATID        string                `yaml:"vat_id"`
	Registration country.Registration  `yaml:"registration"`
}

type result struct {
	Category contracts.TaxCategory `yaml:"category"`
	Rate     string                `yaml:"rate"`
	Code     string                `yaml:"code"`
	Reason   string                `yaml:"reason"`
	Note     string                `yaml:"note"` // code of a note that must be among the notes
	Fault    contracts.FaultCode   `yaml:"fault"`
}

// ownSales runs the country's own table.
func ownSales(t *testing.T, a *country.Adapter) {
	atlas := country.MustAtlas([]*country.Adapter{a})
	for _, row := range readSales(t) {
		t.Run(row.Name, func(t *testing.T) {
			if row.Legal == "" {
				t.Error("the row does not say which rule it shows")
			}
			cfg := country.Config{Confirmed: row.Confirmed}
			if row.Language == "" {
				row.Language = a.NodeLanguages[0]
			}
			got, err := country.Treat(a, cfg, atlas, country.Sale{On: row.On, Service: row.Service, Buyer: country.Buyer(row.Buyer),
				PerformedIn: row.PerformedIn, Language: row.Language})
			if diff := cmp.Diff(row.Want, outcome(got, err, row.Want.Note)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", row.Legal, diff)
			}
		})
	}
}

func readSales(t *testing.T) []sale {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "sales.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	var rows []sale
	if err := dec.Decode(&rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 5 {
		t.Errorf("%d sales are too few to show the country's rates", len(rows))
	}
	return rows
}

// outcome puts a treatment into the form of the table; of the notes it keeps the one asked about.
func outcome(got country.Treatment, err error, note string) result {
	if err != nil {
		return result{Fault: contracts.FaultsOf(err)[0].Code}
	}
	r := result{Category: got.Tax.Category, Code: got.Tax.ReasonCode, Reason: got.Tax.Reason}
	if got.Tax.Rate.IsPositive() {
		r.Rate = got.Tax.Rate.String()
	}
	for _, n := range got.Notes {
		if n.Code == note {
			r.Note = note
		}
	}
	return r
}
