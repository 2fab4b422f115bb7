package country

import "passerelle/contracts"

// When says how far a VAT line may be applied without asking anybody.
type When string

// Always: applied as it stands. Confirmed: only once the node has confirmed it (with its accountant or tax office) and
// its Config says so; until then the standard rate is charged. Shown: never applied, kept because it is asked about.
const (
	Always    When = "always"
	Confirmed When = "confirmed"
	Shown     When = "shown"
)

// VATLine says which rate, or which exemption, a service has at home.
type VATLine struct {
	ID         string              `yaml:"id"` // what a node confirms; the same for every period of one line
	Services   []contracts.Service `yaml:"services,flow,omitempty"`
	Rate       RateKind            `yaml:"rate,omitempty"`        // looked up in VATRates by the date of supply
	Exempt     bool                `yaml:"exempt,omitempty"`      // category E instead of a rate
	Wording    string              `yaml:"wording,omitempty"`     // kind of Wording that states the exemption
	ReasonCode string              `yaml:"reason_code,omitempty"` // VATEX
	When       When                `yaml:"when"`
	Period     `yaml:",inline"`
	Applies    string `yaml:"applies,omitempty"`
	NotFor     string `yaml:"not_for,omitempty"`
	Evidence   `yaml:",inline"`
}

// SmallBusiness is a franchise scheme; co-operatives are above the thresholds, single buyers and members may not be.
type SmallBusiness struct {
	Name      string             `yaml:"name"`
	Threshold string             `yaml:"threshold"` // turnover a year, decimal
	Currency  contracts.Currency `yaml:"currency"`
	Period    `yaml:",inline"`
	Legal     string `yaml:"legal,omitempty"`
	Evidence  `yaml:",inline"`
}

// ContributionLine is one dated line of the contribution schedule: either Percent, or Min and Max between which the
// node sets the rate by service.
type ContributionLine struct {
	Period     `yaml:",inline"`
	MemberKind contracts.MemberKind `yaml:"member_kind,omitempty"` // empty: every kind
	Service    contracts.Service    `yaml:"service,omitempty"`     // empty: every service without a line of its own
	Percent    *contracts.Percent   `yaml:"percent,omitempty"`
	Min        *contracts.Percent   `yaml:"min,omitempty"`
	Max        *contracts.Percent   `yaml:"max,omitempty"`
	Average    *contracts.Percent   `yaml:"average,omitempty"` // as published for information
	Base       string               `yaml:"base"`              // what the rate is taken of
	Report     int                  `yaml:"report"`            // year of the report that gives it
	Evidence   `yaml:",inline"`
}

// Wording is a mention for the invoice, in each language there is a legal text for.
type Wording struct {
	Kind         WordingKind       `yaml:"kind"`
	Text         map[string]string `yaml:"text"`
	Alternatives map[string]string `yaml:"alternatives,omitempty"`
	Legal        string            `yaml:"legal,omitempty"`
	Code         string            `yaml:"code,omitempty"` // national code that goes with it, such as Italy's Natura
	Evidence     `yaml:",inline"`
}

// WordingKind names what a mention says.
type WordingKind string

// The kinds that rules look up; a country may have others for its exemptions.
const (
	WordingReverseCharge WordingKind = "reverse_charge"
	WordingOutsideScope  WordingKind = "outside_scope"
	WordingSelfBilling   WordingKind = "self_billing"
	WordingSmallBusiness WordingKind = "small_business"
)
