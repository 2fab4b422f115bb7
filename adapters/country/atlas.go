package country

import (
	_ "embed"
	"fmt"
	"maps"
	"reflect"

	"passerelle/contracts"
)

//go:embed buyers.yaml
var buyersYAML []byte

//go:embed eu.yaml
var euYAML []byte

// Atlas is every country a buyer may live in, by its code. A country that is not in it is outside the EU and has no
// number that could be checked.
type Atlas map[contracts.CountryCode]*Market

// MustAtlas joins the adapters' countries with those where only buyers live. It panics when the embedded data do not hold
// together.
func MustAtlas(adapters []*Adapter) Atlas {
	markets, err := loadBuyers(buyersYAML)
	if err != nil {
		panic(err)
	}
	for _, a := range adapters {
		markets[a.Code] = &a.Market
	}
	return markets
}

func loadBuyers(data []byte) (Atlas, error) {
	var file struct {
		Floor     LatePayment       `yaml:"late_payment_floor"` // only the anchor its aliases refer to
		Countries []*Market         `yaml:"countries"`
		Sources   map[string]Source `yaml:"sources"`
	}
	if err := decode(data, &file); err != nil {
		return nil, fmt.Errorf("load buyers' countries: %w", err)
	}
	var p problems
	markets := Atlas{}
	for _, m := range file.Countries {
		m.checks, m.Sources = maps.Clone(checks), file.Sources
		m.validate(&p)
		if markets[m.Code] != nil {
			p.addf("%s stands there twice", m.Code)
		}
		markets[m.Code] = m
	}
	checkSources(&p, reflect.ValueOf(file.Countries), file.Sources)
	if err := p.err(); err != nil {
		return nil, fmt.Errorf("load buyers' countries: %w", err)
	}
	return markets, nil
}

// EURule is a rule of the whole EU in words, with its article.
type EURule struct {
	Topic    string         `yaml:"topic"`
	Name     string         `yaml:"name"`
	Rule     string         `yaml:"rule"`
	Legal    string         `yaml:"legal,omitempty"`
	Since    contracts.Date `yaml:"since,omitempty"`
	Evidence `yaml:",inline"`
}

// MustEURules returns the EU's rules with their sources; the VAT rules among them are what Treat does.
func MustEURules() ([]EURule, map[string]Source) {
	var file struct {
		Rules   []EURule          `yaml:"rules"`
		Sources map[string]Source `yaml:"sources"`
	}
	if err := decode(euYAML, &file); err != nil {
		panic(fmt.Errorf("load EU rules: %w", err))
	}
	var p problems
	checkSources(&p, reflect.ValueOf(file.Rules), file.Sources)
	if err := p.err(); err != nil {
		panic(fmt.Errorf("load EU rules: %w", err))
	}
	return file.Rules, file.Sources
}
