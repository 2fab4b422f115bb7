// Package adapters is the plain list of the countries the network has a node for, and the questions that need all of them
// at once: what a VAT number is worth, how a sale is taxed, what holds on a day. The rules themselves are in country.
package adapters

import (
	"fmt"
	"slices"
	"sync"

	"passerelle/adapters/at"
	"passerelle/adapters/be"
	"passerelle/adapters/country"
	"passerelle/adapters/de"
	"passerelle/adapters/es"
	"passerelle/adapters/fr"
	"passerelle/adapters/hu"
	"passerelle/adapters/it"
	"passerelle/adapters/nl"
	"passerelle/adapters/se"
	"passerelle/contracts"
)

// loaded reads the data files once, when they are first asked for. They are embedded, so nothing can go wrong that a test
// has not seen.
var loaded = sync.OnceValues(func() ([]*country.Adapter, country.Atlas) {
	all := []*country.Adapter{be.New(), fr.New(), de.New(), at.New(), it.New(), nl.New(), se.New(), es.New(), hu.New()}
	return all, country.MustAtlas(all)
})

// All returns the adapters of the countries with a node. The adapters are shared: do not change them.
func All() []*country.Adapter {
	all, _ := loaded()
	return slices.Clone(all)
}

// Atlas returns every country a buyer may live in that something is known of. It is shared: do not change it.
func Atlas() country.Atlas {
	_, atlas := loaded()
	return atlas
}

// For returns the adapter of a country, or a Fault when the network has no node there.
func For(code contracts.CountryCode) (*country.Adapter, error) {
	for _, a := range All() {
		if a.Code == code {
			return a, nil
		}
	}
	return nil, contracts.Fault{Code: contracts.FaultCountry, Field: "country", Message: fmt.Sprintf("there is no adapter for %q", string(code)),
		Remedy: "use one of BE, FR, DE, AT, IT, NL, SE, ES and HU, or add one (docs/adding-a-country.md)"}
}

// CheckVATID checks a VAT number of any EU country, Great Britain, Northern Ireland, Switzerland or Norway, and returns it
// as it is stored: prefix, no spaces. What is wrong with it is a Fault. Being well-formed does not prove that it exists.
func CheckVATID(id string) (string, error) { return Atlas().CheckVATID(id) }

// ParseIBAN checks an account number and returns it without spaces; what is wrong with it is a Fault.
func ParseIBAN(s string) (string, error) { return Atlas().ParseIBAN(s) }

// CheckID tries a value as the VAT number and as each registration number of a country, and says for each whether it is
// one and, if not, why not. Greece may be asked for as GR or, as in VAT numbers, as EL.
func CheckID(code contracts.CountryCode, value string) ([]country.Finding, error) {
	if code == "EL" {
		code = "GR"
	}
	m := Atlas()[code]
	if m == nil {
		return nil, contracts.Fault{Code: contracts.FaultCountry, Field: "country", Message: fmt.Sprintf("nothing is known of numbers of %q", string(code)),
			Remedy: "ask for an EU country, GB, CH, NO or US"}
	}
	return m.CheckID(value), nil
}

// Treat decides how a sale of a node is taxed; see country.Treat.
func Treat(seller *country.Adapter, cfg country.Config, sale country.Sale) (country.Treatment, error) {
	return country.Treat(seller, cfg, Atlas(), sale)
}
