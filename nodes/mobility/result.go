package mobility

import (
	"bytes"
	"fmt"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Result is the answer to a case: a decision, or the faults for which there is none.
type Result struct {
	ID string `json:"id"`
	*Decision
	Faults contracts.Faults `json:"faults"`
}

// Decision is what holds for a case. With several trips the members speak of the first, Trips of each, and the warnings of all.
type Decision struct {
	RuleSet          string         `json:"rule_set"`
	Regime           Regime         `json:"regime"`
	Legislation      State          `json:"legislation"` // null when an adviser decides
	Article          Article        `json:"article"`     // null when an adviser decides
	A1               A1             `json:"a1"`
	Declaration      *Declaration   `json:"declaration"` // to the host of the first trip; null without a trip
	WithholdingCheck bool           `json:"withholding_check"`
	EHICValid        bool           `json:"ehic_valid"`
	Warnings         []Finding      `json:"warnings"`
	Trips            []TripDecision `json:"trips,omitempty"`
	Reasons          []Reason       `json:"reasons"`
	Path             []Step         `json:"path,omitempty"` // only when asked for
}

// Regime is which coordination applies.
type Regime string

// The regimes. NotCovered: none applies and an adviser decides.
const (
	EU883      Regime = "eu883"
	TCAUK      Regime = "tca_uk"
	NotCovered Regime = "none"
)

// Article is what a decision rests on, such as 12.1 of Regulation 883/2004.
type Article string

// MarshalJSON writes null for none.
func (a Article) MarshalJSON() ([]byte, error) { return nullable(string(a)) }

// A1 is whether the attestation of the applicable legislation is needed, from which State, under which status code and by which way.
type A1 struct {
	Needed      A1Need     `json:"needed"`
	Issuer      State      `json:"issuer"`
	StatusCode  StatusCode `json:"status_code"`
	Route       Route      `json:"route"`
	Institution string     `json:"institution,omitempty"` // who issues or decides it, where the State's data name it
}

// A1Need is true, false, or "adviser" where nobody can tell from here.
type A1Need string

// The needs.
const (
	A1Needed    A1Need = "true"
	A1NotNeeded A1Need = "false"
	A1Adviser   A1Need = "adviser"
)

// MarshalJSON writes true and false as booleans.
func (n A1Need) MarshalJSON() ([]byte, error) {
	if n == A1Adviser {
		return fmt.Appendf(nil, "%q", n), nil
	}
	return []byte(n), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *A1Need) UnmarshalJSON(b []byte) error {
	return oneOf(n, bytes.Trim(b, `"`), A1Needed, A1NotNeeded, A1Adviser)
}

// StatusCode is the code of section 3 of the portable document A1: 01 posted employee to 12.
type StatusCode string

// MarshalJSON writes null for none.
func (c StatusCode) MarshalJSON() ([]byte, error) { return nullable(string(c)) }

// Route is who is asked for the A1.
type Route string

// The routes.
const (
	HomeInstitution      Route = "home_institution"
	ResidenceInstitution Route = "residence_institution"
	Art16Authority       Route = "art16_authority"
	AdviserRoute         Route = "adviser"
	NoRoute              Route = "none"
)

// Declaration is the host's notice: its system, whether it is needed and until when.
type Declaration struct {
	Host       State          `json:"host"`
	System     System         `json:"system"` // null where the State's notice is not carried
	Need       country.Need   `json:"need"`
	LatestRule country.Latest `json:"latest_rule,omitempty"`
	LatestDate contracts.Date `json:"latest_date,omitzero"` // last calendar day on which filing is in time
	Customer   string         `json:"customer,omitempty"`   // what the host's customer must do
	Documents  string         `json:"documents,omitempty"`  // what must be at hand, in which language
}

// System names a host's notice, such as limosa.
type System string

// MarshalJSON writes null for none.
func (s System) MarshalJSON() ([]byte, error) { return nullable(string(s)) }

// TripDecision is what holds for one of several trips.
type TripDecision struct {
	Trip             int          `json:"trip"` // from 1
	Host             State        `json:"host"`
	Legislation      State        `json:"legislation"`
	Article          Article      `json:"article"`
	A1               A1           `json:"a1"`
	Declaration      *Declaration `json:"declaration"`
	WithholdingCheck bool         `json:"withholding_check"`
}

// Finding is the code of a warning.
type Finding string

// Reason says why a member of the decision is as it is: For names the member, or the warning.
type Reason struct {
	For        string             `json:"for"`
	Trip       int                `json:"trip,omitempty"` // from 1, when there are several
	Says       string             `json:"says"`
	Source     string             `json:"source"`
	Confidence country.Confidence `json:"confidence"`
}

// Step is one row of a table that was looked at on the way.
type Step struct {
	Table string `json:"table"`
	Row   string `json:"row"`
	Holds bool   `json:"holds"`
}

func nullable(s string) ([]byte, error) {
	if s == "" {
		return []byte("null"), nil
	}
	return fmt.Appendf(nil, "%q", s), nil
}
