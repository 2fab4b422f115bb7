package mobility

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// State is a country in the usage of social security: ISO 3166-1 alpha-2, but UK and EL. ThirdState is any country outside the
// area. The zero State is none.
type State string

// ThirdState stands for a country outside the area when it does not matter which.
const ThirdState State = "XX"

// usage are the codes that social security spells its own way.
var usage = map[contracts.CountryCode]State{"GB": "UK", "GR": "EL"}

// UnmarshalText reads a code and refuses what is no country. GB and GR are read too.
func (s *State) UnmarshalText(b []byte) error {
	v := State(b)
	if eu, other := usage[contracts.CountryCode(b)]; other {
		v = eu
	}
	if v != ThirdState && v.country().Validate() != nil {
		return contracts.Fault{Code: contracts.FaultCountry, Message: fmt.Sprintf("%.20q is not a State", string(b)),
			Remedy: "write two capital letters of ISO 3166-1 (UK and EL as the EU does), or XX for any country outside the area"}
	}
	*s = v
	return nil
}

// MarshalJSON writes null for no State.
func (s State) MarshalJSON() ([]byte, error) { return nullable(string(s)) }

// country is the code as the adapters know it.
func (s State) country() contracts.CountryCode {
	for iso, eu := range usage {
		if eu == s {
			return iso
		}
	}
	return contracts.CountryCode(s)
}

// Nationality is a State, or the status of a person without one.
type Nationality State

// Persons who count as nationals where they live (Regulation 883/2004, Art. 2(1)).
const (
	Refugee   Nationality = "refugee"
	Stateless Nationality = "stateless"
)

// UnmarshalText reads a State, refugee or stateless.
func (n *Nationality) UnmarshalText(b []byte) error {
	switch v := Nationality(b); v {
	case Refugee, Stateless:
		*n = v
		return nil
	}
	return (*State)(n).UnmarshalText(b)
}

// Case is one question to the engine. Title, Kind, Sources and Expected are what a file of worked cases carries beside the facts;
// the engine does not look at them.
type Case struct {
	ID       string   `json:"id,omitzero"`
	Title    string   `json:"title,omitzero"`
	Kind     string   `json:"kind,omitzero"`
	Sources  []string `json:"sources,omitzero"`
	Input    Input    `json:"input"`
	Expected any      `json:"expected,omitzero"`

	ruleSet string           // of the file it stands in
	faults  contracts.Faults // of reading it
}

// Input is the facts of a case. A missing check is favourable, a missing day count is the days of the trip, missing pay is time.
type Input struct {
	Home             State             `json:"home"`
	Residence        State             `json:"residence"`
	Nationality      []Nationality     `json:"nationality"`
	LegallyResident  *bool             `json:"legally_resident,omitzero"`
	Engagements      []Engagement      `json:"engagements"`
	Trips            []Trip            `json:"trips,omitzero"`
	PreviousPostings []PreviousPosting `json:"previous_postings,omitzero"`
	Checks           Checks            `json:"checks,omitzero"`
	Telework         *Telework         `json:"telework,omitzero"`
	Declaration      DeclarationFacts  `json:"declaration_facts,omitzero"`
	CentreOfInterest State             `json:"centre_of_interest,omitzero"`
}

// EngagementType is in what quality somebody works.
type EngagementType string

// The qualities.
const (
	Employed     EngagementType = "employed"
	SelfEmployed EngagementType = "self_employed"
	CivilServant EngagementType = "civil_servant"
)

// UnmarshalText reads one of the three.
func (t *EngagementType) UnmarshalText(b []byte) error {
	return oneOf(t, b, Employed, SelfEmployed, CivilServant)
}

// Engagement is work for one employer, administration or as one's own.
type Engagement struct {
	ID       string         `json:"id"`
	Type     EngagementType `json:"type,omitzero"`
	Employer string         `json:"employer,omitzero"`
	Seat     State          `json:"seat"` // where central decisions are made (Regulation 987/2009, Art. 14(5a))
	Work     []Work         `json:"work,omitzero"`
}

// Work is the share of all the person's work that an engagement has in a State.
type Work struct {
	State State  `json:"state"`
	Time  *Share `json:"time"`
	Pay   *Share `json:"pay,omitzero"`
}

// pay is the share of pay, of time when none is given.
func (w Work) pay() Share {
	if w.Pay != nil {
		return *w.Pay
	}
	return *w.Time
}

// Pattern tells regular work from a single trip.
type Pattern string

// The patterns.
const (
	OneOff  Pattern = "one_off"
	Regular Pattern = "regular"
)

// UnmarshalText reads one of the two.
func (p *Pattern) UnmarshalText(b []byte) error { return oneOf(p, b, OneOff, Regular) }

// Trip is a stay for work in a host State, first and last day included.
type Trip struct {
	Engagement       string         `json:"engagement"`
	Host             State          `json:"host"`
	HostUndertaking  string         `json:"host_undertaking,omitzero"`
	Start            contracts.Date `json:"start"`
	End              contracts.Date `json:"end"`
	Pattern          Pattern        `json:"pattern,omitzero"`
	Activity         Activity       `json:"activity,omitzero"`
	SimilarActivity  *bool          `json:"similar_activity,omitzero"`
	TourSubordinate  bool           `json:"tour_subordinate,omitzero"`
	HostReclassifies bool           `json:"host_reclassifies_as_employee,omitzero"` // irrelevant in law (C-178/97); kept for the explanation
}

// days is the length of the trip.
func (t *Trip) days() int { return t.End.Sub(t.Start) + 1 }

// kind is the activity as the host countries' rules know it.
func (t *Trip) kind() country.WorkKind { return country.WorkKind(t.Activity) }

// Activity is the kind of work of a trip.
type Activity country.WorkKind

// UnmarshalText reads one of country.WorkKinds.
func (a *Activity) UnmarshalText(b []byte) error {
	return oneOf((*country.WorkKind)(a), b, country.WorkKinds...)
}

// PreviousPosting is an earlier stay that counts towards the length of a posting.
type PreviousPosting struct {
	Host            State          `json:"host"`
	HostUndertaking string         `json:"host_undertaking,omitzero"`
	Start           contracts.Date `json:"start"`
	End             contracts.Date `json:"end"`
}

// Checks is what the institution at home asks.
type Checks struct {
	HomeCoverSince                 Cover  `json:"home_cover_since,omitzero"`
	EmployerTurnoverHome           *Share `json:"employer_turnover_home_pct,omitzero"`
	EmployerOnlyInternalManagement bool   `json:"employer_only_internal_management,omitzero"`
	DirectRelationshipKept         *bool  `json:"direct_relationship_kept,omitzero"`
	ContractWithHostUndertaking    bool   `json:"contract_with_host_undertaking,omitzero"`
	ReplacesPostedPerson           bool   `json:"replaces_posted_person,omitzero"`
	SelfEmployedSince              Cover  `json:"se_active_since,omitzero"`
	SelfEmployedCanResume          *bool  `json:"se_can_resume,omitzero"`
}

// Cover is since when somebody is covered, or active, at home. Given with no day means "not at all"; the zero Cover means that
// nothing is said.
type Cover struct {
	Given bool
	Since contracts.Date
}

// UnmarshalJSON reads a date, or null for not covered.
func (c *Cover) UnmarshalJSON(b []byte) error {
	*c = Cover{Given: true}
	return contracts.Decode(b, &c.Since)
}

// MarshalJSON writes a date, or null for not covered.
func (c Cover) MarshalJSON() ([]byte, error) { return nullable(c.Since.String()) }

// JSONSchemaAlias says in a description of an interface how a cover is written.
func (Cover) JSONSchemaAlias() any { return contracts.Date{} }

// Telework is work in the State of residence over the wire, for an employer elsewhere.
type Telework struct {
	ShareInResidence         *Share `json:"share_in_residence,omitzero"` // of all working time
	Requested                *bool  `json:"requested,omitzero"`
	OtherActivityInResidence bool   `json:"other_activity_in_residence,omitzero"`
}

// DeclarationFacts are the person's days in the host State, the trip included, and whether an artist is known internationally.
type DeclarationFacts struct {
	HostDaysQuarter         *int `json:"host_days_quarter,omitzero"`
	HostDaysYear            *int `json:"host_days_year,omitzero"`
	HostDays12Months        *int `json:"host_days_12m,omitzero"`
	HostDays13Weeks         *int `json:"host_days_13w,omitzero"`
	HostWorkDaysYear        *int `json:"host_work_days_year,omitzero"`
	InternationallyRenowned bool `json:"internationally_renowned,omitzero"`
}

// Share is a percentage in ten-thousandths of a percent point: 25 % is 250 000.
type Share int64

// percent is one percent point.
const percent Share = 10_000

// Whole is all of it.
const Whole = 100 * percent

var hundred = decimal.NewFromInt(100)

// UnmarshalJSON reads a number, or the same between quotes, with at most four decimals.
func (s *Share) UnmarshalJSON(b []byte) error {
	if n := len(b); n >= 2 && b[0] == '"' {
		b = b[1 : n-1]
	}
	d, err := contracts.ParseDecimal(string(b), 4)
	if err != nil || d.IsNegative() || d.GreaterThan(hundred) {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%.20s is no share", b), Remedy: "write per cent from 0 to 100, with at most four decimals"}
	}
	*s = Share(d.Shift(4).IntPart())
	return nil
}

// MarshalJSON writes per cent.
func (s Share) MarshalJSON() ([]byte, error) { return []byte(decimal.New(int64(s), -4).String()), nil }

// JSONSchemaAlias says in a description of an interface how a share is written.
func (Share) JSONSchemaAlias() any { return float64(0) }

func (s Share) String() string { return decimal.New(int64(s), -4).String() + " %" }

func oneOf[T ~string](to *T, b []byte, allowed ...T) error {
	if !slices.Contains(allowed, T(b)) {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%.30q is not in the list", string(b)), Remedy: fmt.Sprintf("write one of %v", allowed)}
	}
	*to = T(b)
	return nil
}

// given returns the value, or what holds when none is given.
func given[T any](v *T, otherwise T) T {
	if v != nil {
		return *v
	}
	return otherwise
}

// StateOf is a country as social security writes it.
func StateOf(c contracts.CountryCode) State {
	if eu, other := usage[c]; other {
		return eu
	}
	return State(c)
}

// Country is the State as ISO 3166-1 writes it; XX, which is no country, for ThirdState.
func (s State) Country() contracts.CountryCode { return s.country() }
