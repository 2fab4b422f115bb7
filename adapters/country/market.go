package country

import (
	"regexp"

	"passerelle/contracts"
)

// Market is what a seller anywhere must know of a country its buyers live in.
type Market struct {
	Code           contracts.CountryCode `yaml:"country"`
	Name           Name                  `yaml:"name"`
	Alpha3         string                `yaml:"alpha3"`  // ISO 3166-1
	Numeric        string                `yaml:"numeric"` // ISO 3166-1
	EU             EU                    `yaml:"eu"`
	Currency       Currency              `yaml:"currency"`
	Languages      []string              `yaml:"languages"` // official ones, ISO 639-1
	Identifiers    []Identifier          `yaml:"identifiers,omitempty"`
	VATID          *Identifier           `yaml:"vat_id,omitempty"` // nil where there is no VAT
	VATRates       []VATRate             `yaml:"vat_rates,omitempty"`
	Territories    []Territory           `yaml:"vat_territories,omitempty"`
	Wordings       []Wording             `yaml:"wordings,omitempty"`
	EInvoicing     EInvoicing            `yaml:"e_invoicing,omitempty"`
	LatePayment    LatePayment           `yaml:"late_payment,omitempty"`
	IBAN           *IBAN                 `yaml:"iban,omitempty"` // nil where IBANs are not issued
	SocialSecurity SocialSecurity        `yaml:"social_security,omitempty"`
	PostedWorkers  PostedWorkers         `yaml:"posted_workers,omitempty"`
	Withholding    Withholding           `yaml:"artist_withholding,omitempty"`
	Particular     []Particularity       `yaml:"particularities,omitempty"`

	Sources map[string]Source `yaml:"sources,omitempty"` // what Src keys stand for
	checks  map[string]Check
}

// Name is the country's name.
type Name struct {
	EN    string            `yaml:"en"`
	Local map[string]string `yaml:"local"` // by language
}

// EU is membership, and with it belonging to the common VAT area.
type EU struct {
	Since    contracts.Date `yaml:"since,omitempty"`     // first day as a member; zero for a country that never was
	Until    contracts.Date `yaml:"until,omitempty"`     // last day as a member
	VATUntil contracts.Date `yaml:"vat_until,omitempty"` // last day in the VAT area when it outlasts membership
	Euro     bool           `yaml:"euro,omitempty"`
	Evidence `yaml:",inline"`
}

// InVATArea tells whether Directive 2006/112/EC treats the country as a Member State on that day.
func (m *Market) InVATArea(on contracts.Date) bool {
	last := m.EU.VATUntil
	if last.IsZero() {
		last = m.EU.Until
	}
	return !m.EU.Since.IsZero() && Period{m.EU.Since, last}.Covers(on)
}

// Currency is the country's own money.
type Currency struct {
	Code           contracts.Currency `yaml:"code"`
	MinorUnits     int                `yaml:"minor_units"`                     // ISO 4217
	PracticalUnits *int               `yaml:"practical_minor_units,omitempty"` // decimals really used on documents, when fewer
	CashRounding   string             `yaml:"cash_rounding,omitempty"`         // smallest amount cash is rounded to, decimal
	Evidence       `yaml:",inline"`
}

// Identifier is a kind of registration number.
type Identifier struct {
	ID            string              `yaml:"id,omitempty"` // the scheme of contracts.Identifier, such as fr.siren
	LocalName     string              `yaml:"local_name,omitempty"`
	Issuer        string              `yaml:"issuer,omitempty"`
	Prefixes      []string            `yaml:"prefixes,omitempty,flow"` // letters before the number; a VAT id begins with one of them
	Shape         string              `yaml:"shape"`                   // what regex asks for, in words for the user
	Regex         Pattern             `yaml:"regex"`                   // of the normalised number without prefix
	Normalise     Normalisation       `yaml:"normalise,omitempty"`
	Pad           int                 `yaml:"pad,omitempty"`   // a number exactly one digit short of this length gets a leading 0
	Check         string              `yaml:"check,omitempty"` // name of the check digit rule; empty when there is none
	Display       string              `yaml:"display,omitempty"`
	EAS           string              `yaml:"peppol_eas,omitempty"`
	Routing       bool                `yaml:"routing,omitempty"`         // names nobody: it says where a buyer's documents go, or what the buyer calls the seller, in the country's own format
	Asked         bool                `yaml:"asked_of_buyers,omitempty"` // buyers of this country are asked for it
	PersonalData  bool                `yaml:"personal_data,omitempty"`   // names a natural person: keep it out of logs and events
	Structure     string              `yaml:"structure,omitempty"`
	UniqueKey     string              `yaml:"unique_key,omitempty"`
	Regional      map[string][]string `yaml:"regional_formats,omitempty"`
	LetterMeaning map[string]string   `yaml:"letter_meaning,omitempty"`
	Valid         []string            `yaml:"valid,omitempty,flow"`
	Invalid       []Example           `yaml:"invalid,omitempty"`
	Synthetic     bool                `yaml:"synthetic,omitempty"` // the examples were computed, they name nobody
	ExamplesNote  string              `yaml:"examples_note,omitempty"`
	Evidence      `yaml:",inline"`
}

// Example is a number that must be refused, and why.
type Example struct {
	Value string `yaml:"value"`
	Why   string `yaml:"why"`
}

// RateKind tells the VAT rates of a country apart.
type RateKind string

// The kinds of VAT rate. Which of them a country has is its data's matter.
const (
	Standard      RateKind = "standard"
	Intermediate  RateKind = "intermediate"
	Reduced       RateKind = "reduced"
	SecondReduced RateKind = "second_reduced"
	SuperReduced  RateKind = "super_reduced"
	Parking       RateKind = "parking"
	Temporary     RateKind = "temporary"
	Regional      RateKind = "regional"
	ZeroRate      RateKind = "zero"
)

// VATRate is one dated VAT rate.
type VATRate struct {
	Kind            RateKind          `yaml:"kind"`
	Percent         contracts.Percent `yaml:"percent"`
	Period          `yaml:",inline"`
	Use             string     `yaml:"use,omitempty"`              // what it is for
	SinceConfidence Confidence `yaml:"since_confidence,omitempty"` // of the first day alone
	Evidence        `yaml:",inline"`
}

// Territory is a part of the country with VAT of its own.
type Territory struct {
	Name     string `yaml:"name"`
	Tax      string `yaml:"tax,omitempty"` // when it is not VAT
	Standard string `yaml:"standard,omitempty"`
	Reduced  string `yaml:"reduced,omitempty"`
	Evidence `yaml:",inline"`
}

// IBAN is the shape of the country's account numbers.
type IBAN struct {
	Length        int     `yaml:"length"`
	Regex         Pattern `yaml:"regex"`
	BBAN          string  `yaml:"bban"` // SWIFT notation: 3!n is three digits, 4!a four letters, 11!c eleven of either
	Example       string  `yaml:"example"`
	NationalCheck string  `yaml:"national_check,omitempty"` // in words; IBAN's own mod 97 is what is computed
	Evidence      `yaml:",inline"`
}

// Pattern is a regular expression; a data file with one that does not compile does not load.
type Pattern struct{ *regexp.Regexp }

// UnmarshalText compiles the expression.
func (p *Pattern) UnmarshalText(b []byte) (err error) {
	p.Regexp, err = regexp.Compile(string(b))
	return err
}
