// Package country says what a country adapter is: a dated, sourced data file and the few functions data cannot say. It
// holds what all adapters share: the types of the data file, its strict reader, the check digits of buyers' countries,
// and the pure rules (VAT treatment, contribution, payout day, number series) that read the data.
//
// It is not a tax engine for every trade: it knows the services a co-operative of freelancers sells. It asks no clock,
// network or store; every rule takes the day it is asked about.
package country

import (
	"passerelle/contracts"
)

// Adapter is one national co-operative's country: what any seller must know of it (Market) and what only its own node
// needs. It is built by MustLoad from the country's data file and never changed afterwards; all methods are safe for
// concurrent use.
type Adapter struct {
	Market `yaml:",inline"`

	NodeLanguages []string `yaml:"node_languages"` // ISO 639-1, of the node's pages and documents, the first is the default
	Timezone      string   `yaml:"timezone"`       // IANA name

	Network         Network            `yaml:"network"`
	Founding        Founding           `yaml:"founding"`
	LegalForms      []LegalForm        `yaml:"legal_forms"`
	Reports         []Report           `yaml:"reports"`
	Registry        Registry           `yaml:"registry"`
	VATServices     []VATLine          `yaml:"vat_services"`
	SmallBusiness   []SmallBusiness    `yaml:"small_business,omitempty"`
	Contributions   []ContributionLine `yaml:"contributions"`
	PayoutRule      Payout             `yaml:"payout"`
	GuaranteeFund   Promise            `yaml:"guarantee_fund"`
	LegalAssistance Promise            `yaml:"legal_assistance"`
	Holidays        Holidays           `yaml:"holidays"`
	Invoice         InvoiceRules       `yaml:"invoice"`
	Chart           Chart              `yaml:"chart"`
}

// Funcs is what a country's data file cannot say.
type Funcs struct {
	Checks map[string]Check // check digits known in this country alone, by the name the data file uses
}

// Network is a node's time in the network.
type Network struct {
	Joined   contracts.Date `yaml:"joined"`         // first day
	Left     contracts.Date `yaml:"left,omitempty"` // first day out of it; zero for a node that is in
	Evidence `yaml:",inline"`
}

// Founding tells since when there is a house in the country at all.
type Founding struct {
	Year             int    `yaml:"year"`
	As               string `yaml:"as,omitempty"`                 // the form it was first founded in
	CooperativeSince int    `yaml:"co_operative_since,omitempty"` // year
	Evidence         `yaml:",inline"`
}

// LegalForm is the form of the co-operative during a period. The periods are the report years that name it: the day of a
// change is rarely published.
type LegalForm struct {
	Period    `yaml:",inline"`
	Local     string            `yaml:"local"`                    // in the country's own words
	EN        string            `yaml:"en"`                       // in English
	ELF       string            `yaml:"elf,omitempty"`            // ISO 20275 code
	ELFName   string            `yaml:"elf_name,omitempty"`       // as the code list words it
	ELFOthers map[string]string `yaml:"elf_candidates,omitempty"` // codes that may apply instead
	Evidence  `yaml:",inline"`
}

// Report is what one annual report of the network says about the entity.
type Report struct {
	Year           int      `yaml:"year"`
	Absent         bool     `yaml:"absent,omitempty"` // the report does not list the country
	Name           string   `yaml:"name,omitempty"`
	Founded        string   `yaml:"founded,omitempty"` // year or year-month as printed; reports differ
	Constituted    string   `yaml:"constituted,omitempty"`
	SharesOpenFrom string   `yaml:"shares_open_from,omitempty"`
	Before         string   `yaml:"before,omitempty"` // what there was earlier
	Operational    string   `yaml:"operational,omitempty"`
	Offices        []string `yaml:"offices,omitempty"`
	PartTimeDesks  []string `yaml:"part_time_desks,omitempty"`
	OfficesCount   int      `yaml:"offices_count,omitempty"`
	Staff          string   `yaml:"staff,omitempty"`   // permanent staff, full-time equivalents, decimal
	Users          string   `yaml:"users,omitempty"`   // a number, or the class of 2016 ("100-1000")
	Members        string   `yaml:"members,omitempty"` // of the co-operative
	Turnover       *Figure  `yaml:"turnover,omitempty"`
	Change         string   `yaml:"change_percent,omitempty"` // of turnover against the year before, percent
	Extra          string   `yaml:"extra,omitempty"`
	Evidence       `yaml:",inline"`
}

// Figure is a published amount with what it is an amount of.
type Figure struct {
	Amount   string             `yaml:"amount"` // decimal
	Currency contracts.Currency `yaml:"currency"`
	Of       string             `yaml:"of"`                 // "invoiced", "turnover", "turnover of the members"
	Estimate bool               `yaml:"estimate,omitempty"` // the report calls it one
}

// Registry is where a co-operative is entered.
type Registry struct {
	Name     string `yaml:"name"`
	Mention  string `yaml:"mention,omitempty"`    // how documents refer to it
	Court    string `yaml:"seat_court,omitempty"` // of the node's own co-operative
	Evidence `yaml:",inline"`
}

// Promise is a yes-or-no promise to members.
type Promise struct {
	Given    bool   `yaml:"given"`
	Kind     string `yaml:"kind,omitempty"`
	Evidence `yaml:",inline"`
}
