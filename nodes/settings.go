package nodes

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
	"passerelle/nodes/outbound"
	"passerelle/nodes/papers"
)

// Settings is what a co-operative says of itself: the letterhead of its documents and what its country leaves it to decide. It is
// read from a YAML file; the zero value lacks a name and an address and is refused.
type Settings struct {
	Name           string                 `yaml:"name"`
	Street         string                 `yaml:"street"`
	PostalCode     string                 `yaml:"postal_code"`
	Town           string                 `yaml:"town"`
	VATID          string                 `yaml:"vat_id"`
	Registrations  []contracts.Identifier `yaml:"registrations"`
	PayTo          string                 `yaml:"pay_to"`  // IBAN
	BIC            string                 `yaml:"bic"`     // of the account, where a bank still asks for it
	Contact        en16931.Contact        `yaml:"contact"` // whom buyers may ask: name, phone, email
	Notes          []string               `yaml:"notes"`   // on every document, as the country's law asks
	GuaranteeShare contracts.Percent      `yaml:"guarantee_share"`
	Demonstration  bool                   `yaml:"demonstration"`
	Covers         []papers.Cover         `yaml:"covers"` // insurances that members have through the co-operative, by the terms of each
	Country        country.Config         `yaml:"country"`
	Formats        FormatSettings         `yaml:"formats"`  // what the country's formats say of it
	Delivery       DeliverySettings       `yaml:"delivery"` // how invoices reach their buyers; nothing is sent without
}

// LoadSettings reads a settings file. A member it does not know is an error, so that a typing mistake is not silently a default.
func LoadSettings(path string) (Settings, error) {
	f, err := os.Open(path)
	if err != nil {
		return Settings{}, fmt.Errorf("load settings: %w", err)
	}
	defer f.Close()
	return ReadSettings(path, f)
}

// ReadSettings reads settings; name is what an error calls them.
func ReadSettings(name string, r io.Reader) (s Settings, err error) {
	d := yaml.NewDecoder(r)
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return s, fmt.Errorf("load settings %s: %w", name, err)
	}
	return s, nil
}

// check returns every fault of the settings for a country on a day.
func (s Settings) check(a *country.Adapter, on contracts.Date) error {
	var fs contracts.Faults
	for field, v := range map[string]string{"name": s.Name, "street": s.Street, "postal_code": s.PostalCode, "town": s.Town} {
		if strings.TrimSpace(v) == "" {
			fs.Addf(contracts.FaultMissing, field, "every invoice names the co-operative with its address", "nothing is given")
		}
	}
	if s.VATID != "" {
		_, err := adapters.CheckVATID(s.VATID)
		fs.Add("", err)
	}
	if s.PayTo != "" {
		_, err := adapters.ParseIBAN(s.PayTo)
		fs.Add("pay_to", err)
	}
	for i, r := range s.Registrations {
		_, err := a.Verify(r.Scheme, r.Value)
		fs.Add(fmt.Sprintf("registrations[%d]", i), err)
	}
	if s.GuaranteeShare.IsNegative() || s.GuaranteeShare.GreaterThan(contracts.MustPercent("100").Decimal) {
		fs.Addf(contracts.FaultInvalid, "guarantee_share", "give percent points of the contribution, 0 to 100", "%s %%", s.GuaranteeShare)
	}
	fs.Add("delivery", s.Delivery.check())
	fs.Add("delivery.nav", s.checkNAV(a.Code))
	fs.Add("formats", s.Formats.check(a.Code))
	fs.Add("country", a.CheckConfig(s.Country, on))
	fs.Add("", s.checkIdentity())
	if len(fs) == 0 { // what is missing above would only be said twice
		fs.Add("", s.checkIssue(a))
	}
	return fs.Err()
}

func (s Settings) seller(a *country.Adapter) outbound.Seller {
	return outbound.Seller{
		Party: contracts.Party{Name: s.Name, Kind: contracts.Business, VATID: s.VATID, Registrations: s.Registrations, Language: a.NodeLanguages[0],
			Address: contracts.Address{Street: s.Street, PostalCode: s.PostalCode, Town: s.Town, Country: a.Code}},
		PayTo: s.PayTo, BIC: s.BIC, Contact: s.Contact, Notes: s.Notes, National: s.Formats.national(), GuaranteeShare: s.GuaranteeShare, Demonstration: s.Demonstration,
	}
}
