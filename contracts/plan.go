package contracts

import (
	"fmt"
	"net/url"
	"slices"
)

// TrancheState is how far a tranche of an investment plan is.
type TrancheState string

// The states of a tranche, in their order; a withdrawn one goes no further.
const (
	TranchePlanned   TrancheState = "planned"
	TrancheReleased  TrancheState = "released"
	TrancheOrdered   TrancheState = "ordered"
	TrancheSent      TrancheState = "sent"
	TrancheConfirmed TrancheState = "confirmed"
	TrancheWithdrawn TrancheState = "withdrawn"
)

// TrancheStates lists them all.
var TrancheStates = []TrancheState{TranchePlanned, TrancheReleased, TrancheOrdered, TrancheSent, TrancheConfirmed, TrancheWithdrawn}

// PlanTranche is a part of the support of one country, as the node of that country may see it.
type PlanTranche struct {
	ID         string           `json:"id"`
	Programme  string           `json:"programme"`  // its name
	Instrument string           `json:"instrument"` // grant, loan, equity or separate
	Year       int              `json:"year"`
	Amount     Money            `json:"amount"`
	Due        Date             `json:"due"` // the day it is to be paid; conditions are asked for by then
	State      TrancheState     `json:"state"`
	Released   Date             `json:"released,omitzero"`
	Sent       Date             `json:"sent,omitzero"`
	Confirmed  Date             `json:"confirmed,omitzero"` // in the board's book
	Conditions []PlanCondition  `json:"conditions"`
	Repayments []PlanInstalment `json:"repayments,omitzero"` // of a loan
}

// PlanCondition must hold before a tranche is released.
type PlanCondition struct {
	Kind   string `json:"kind"` // report, rate, coverage, portal or other
	Text   string `json:"text"`
	Met    Date   `json:"met,omitzero"` // the day from which it holds
	Waived bool   `json:"waived,omitzero"`
}

// Open tells whether it neither holds nor was waived.
func (c PlanCondition) Open() bool { return c.Met.IsZero() && !c.Waived }

// PlanInstalment is a part of a loan and when it is to be paid back.
type PlanInstalment struct {
	Due    Date  `json:"due"`
	Amount Money `json:"amount"`
}

// InvestmentPlanTold says: this is your part of the board's plan. It is the hub's to say, to the country's own node alone, and the last one counts.
type InvestmentPlanTold struct {
	Country  CountryCode   `json:"country"` // of the node that is told
	Tranches []PlanTranche `json:"tranches"`
	Example  bool          `json:"example,omitzero"` // invented to show how things work
}

// EventType is the name on the wire.
func (InvestmentPlanTold) EventType() EventType { return TypeInvestmentPlanTold }

// Owner is none: no node may state it.
func (InvestmentPlanTold) Owner() CountryCode { return "" }

// mostTranches bounds a plan.
const mostTranches = 500

// Validate checks amounts and states.
func (e InvestmentPlanTold) Validate() error {
	var fs Faults
	fs.Add("country", e.Country.Validate())
	if len(e.Tranches) > mostTranches {
		fs.Addf(FaultTooLarge, "tranches", "", "%d is out of range", len(e.Tranches))
		return fs.Err()
	}
	for i, t := range e.Tranches {
		at := fmt.Sprintf("tranches[%d]", i)
		if t.ID == "" {
			fs.Addf(FaultMissing, at+".id", "", "no tranche")
		}
		listed(&fs, at+".state", t.State, TrancheStates)
		fs.Add(at+".amount", aboveZero(t.Amount))
	}
	return fs.Err()
}

func aboveZero(m Money) error {
	if _, err := m.Minor(); err != nil {
		return err
	}
	if m.Sign() <= 0 {
		return Fault{Code: FaultAmount, Message: "no amount above zero", Remedy: "give an amount such as 50000.00"}
	}
	return nil
}

// CoverageTold says: so much of its operating costs did your contribution income cover, and so much did that of the co-operatives in the middle. It is the
// hub's to say. The last one counts.
type CoverageTold struct {
	Country       CountryCode     `json:"country"` // of the node that is told
	Reports       int             `json:"reports"` // versions of reports of the whole network behind it
	Months        []CoverageMonth `json:"months"`  // in order
	Demonstration bool            `json:"demonstration,omitzero"`
}

// CoverageMonth is the coverage of the twelve months that end with a month: 1 is balance.
type CoverageMonth struct {
	Month  Month    `json:"month"`
	Own    *Decimal `json:"own,omitzero"`    // absent where a report or its costs lack
	Median *Decimal `json:"median,omitzero"` // of the network; absent with fewer than FewestInMedian co-operatives
}

// FewestInMedian is from how many co-operatives on a median says nothing about one of them.
const FewestInMedian = 3

// EventType is the name on the wire.
func (CoverageTold) EventType() EventType { return TypeCoverageTold }

// Owner is none: no node may state it.
func (CoverageTold) Owner() CountryCode { return "" }

// Validate checks country and order.
func (e CoverageTold) Validate() error {
	var fs Faults
	fs.Add("country", e.Country.Validate())
	for i, m := range e.Months {
		if m.Month.IsZero() || i > 0 && !e.Months[i-1].Month.First().Before(m.Month.First()) {
			fs.Addf(FaultDate, fmt.Sprintf("months[%d].month", i), "", "not in order")
		}
	}
	return fs.Err()
}

// DisbursementConfirmed says: this much of that tranche came on that day. Only the node that got it can say so, and no person at the hub.
type DisbursementConfirmed struct {
	Country    CountryCode `json:"country"`
	Tranche    string      `json:"tranche"`
	ReceivedOn Date        `json:"received_on"`
	Amount     Money       `json:"amount"` // to the cent
}

// EventType is the name on the wire.
func (DisbursementConfirmed) EventType() EventType { return TypeDisbursementConfirmed }

// Owner is the country whose money it is.
func (e DisbursementConfirmed) Owner() CountryCode { return e.Country }

// Validate checks day and amount.
func (e DisbursementConfirmed) Validate() error {
	var fs Faults
	fs.Add("country", e.Country.Validate())
	fs.Add("tranche", trancheID(e.Tranche))
	if e.ReceivedOn.IsZero() {
		fs.Addf(FaultMissing, "received_on", "give the day on which the money was on the account", "no day")
	}
	fs.Add("amount", aboveZero(e.Amount))
	return fs.Err()
}

func trancheID(id string) error {
	if id == "" || len(id) > 200 {
		return Fault{Code: FaultMissing, Message: "no tranche", Remedy: "name a tranche of the plan"}
	}
	return nil
}

// ConditionEvidenced says: this is why we hold that the condition is met. Whether it is, the board's side judges.
type ConditionEvidenced struct {
	Country   CountryCode   `json:"country"`
	Tranche   string        `json:"tranche"`
	Condition int           `json:"condition"` // 1 is the first
	Given     Date          `json:"given"`
	Text      string        `json:"text"`
	Link      string        `json:"link,omitzero"` // to where more can be read
	File      *EvidenceFile `json:"file,omitzero"`
}

// EvidenceFile is a short paper.
type EvidenceFile struct {
	Name  string `json:"name"`
	Type  string `json:"type"` // one of EvidenceTypes
	Bytes []byte `json:"bytes"`
}

// Bounds of evidence, so that it fits into one event.
const (
	MaxEvidenceText = 2000
	MaxEvidenceFile = 100_000 // bytes
)

// EvidenceTypes lists the media types a file of evidence may have.
var EvidenceTypes = []string{"application/pdf", "image/png", "image/jpeg"}

// EventType is the name on the wire.
func (ConditionEvidenced) EventType() EventType { return TypeConditionEvidenced }

// Owner is the country whose condition it is.
func (e ConditionEvidenced) Owner() CountryCode { return e.Country }

// Validate checks the bounds of what is given.
func (e ConditionEvidenced) Validate() error {
	var fs Faults
	fs.Add("country", e.Country.Validate())
	fs.Add("tranche", trancheID(e.Tranche))
	if e.Condition < 1 || e.Condition > 1000 {
		fs.Addf(FaultInvalid, "condition", "", "%d is out of range", e.Condition)
	}
	if e.Given.IsZero() {
		fs.Addf(FaultMissing, "given", "", "no day")
	}
	switch {
	case e.Text == "":
		fs.Addf(FaultMissing, "text", "a sentence is enough", "nothing is written here")
	case len(e.Text) > MaxEvidenceText:
		fs.Addf(FaultTooLarge, "text", "shorten it", "longer than %d bytes", MaxEvidenceText)
	}
	if u, err := url.Parse(e.Link); e.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(e.Link) > MaxEvidenceText) {
		fs.Addf(FaultInvalid, "link", "give an address that begins with https://", "%q is no address of a page", clip(e.Link))
	}
	if e.File != nil {
		fs.Add("file", e.File.check())
	}
	return fs.Err()
}

func (f EvidenceFile) check() error {
	switch {
	case f.Name == "" || len(f.Name) > 200:
		return Fault{Code: FaultMissing, Message: "the file has no name"}
	case !slices.Contains(EvidenceTypes, f.Type):
		return Fault{Code: FaultInvalid, Message: "no PDF and no picture", Remedy: "send a PDF, PNG or JPEG"}
	case len(f.Bytes) == 0 || len(f.Bytes) > MaxEvidenceFile:
		return Fault{Code: FaultTooLarge, Message: fmt.Sprintf("%d bytes; a file has at most %d", len(f.Bytes), MaxEvidenceFile), Remedy: "send a shorter one, or a link to it"}
	}
	return nil
}
