// Package casework is the life of a mobility case at the node of the person's own co-operative: who may do what in which state, the five
// tracks of papers, what is due when, the days worked abroad, and the documents of the file.
//
// table.go is the whole life as data, fire.go and timer.go apply it (pure, the clock is given), service.go tells the stories in
// transactions. What the law says of a case is decided by the package mobility; here an adviser confirms it or overrides it. It knows no
// SQL, no page and no other node: Store is its only door to the database, Wire to the network.
package casework

import (
	"encoding/json"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// State is where a case stands.
type State = contracts.CaseState

// Actor is in what quality somebody moves a case.
type Actor string

// The actors. XA works at another node: what he does arrives as a message.
const (
	M   Actor = "member"
	HA  Actor = "home_adviser"
	XA  Actor = "host_adviser"
	SYS Actor = "system" // the clock, and what follows by itself
)

// Actors lists them.
var Actors = []Actor{M, HA, XA, SYS}

// Case is one mobility case. It is changed by events alone; each makes a new version.
type Case struct {
	ID      contracts.CaseID `json:"id"`
	Member  member.ID        `json:"member"`
	Version int              `json:"version"` // grows by one with each event
	State   State            `json:"state"`
	Source  string           `json:"source,omitzero"` // what it was proposed for, such as "draft:" and its id; empty when somebody opened it

	Facts    Facts       `json:"facts"`
	Assessed *Assessment `json:"assessed,omitzero"` // what the engine said last
	Outcome  *Outcome    `json:"outcome,omitzero"`  // what the adviser decided last
	Tracks   []Track     `json:"tracks,omitzero"`
	Hosts    []Host      `json:"hosts,omitzero"`
	Question *Question   `json:"question,omitzero"` // open while in NEEDS_INFO

	Adviser string `json:"adviser,omitzero"`  // opaque id of who took it up
	TakenBy string `json:"taken_by,omitzero"` // his name

	Flags         []contracts.CaseWarning `json:"flags,omitzero"` // LATE, STARTED_NOT_READY
	ReviewOpen    bool                    `json:"review_open,omitzero"`
	ChangedOn     contracts.Date          `json:"changed_on,omitzero"` // of the last change of facts after the decision
	Interruptions []Interruption          `json:"interruptions,omitzero"`
	SubmittedOn   contracts.Date          `json:"submitted_on,omitzero"`
	BegunOn       contracts.Date          `json:"begun_on,omitzero"`
	EndedOn       contracts.Date          `json:"ended_on,omitzero"`
	ClosedOn      contracts.Date          `json:"closed_on,omitzero"`
	Demonstration bool                    `json:"demonstration,omitzero"`
}

// Start is the first day of work of the case, End the last; no day while there is no trip.
func (c Case) Start() (first contracts.Date) {
	for i, t := range c.Facts.Input.Trips {
		if i == 0 || t.Start.Before(first) {
			first = t.Start
		}
	}
	return first
}

// End is the last day of work of the case.
func (c Case) End() (last contracts.Date) {
	for _, t := range c.Facts.Input.Trips {
		if t.End.After(last) {
			last = t.End
		}
	}
	return last
}

// HostStates lists the States worked in, in the order of the trips, each once.
func (c Case) HostStates() (all []mobility.State) {
	for _, t := range c.Facts.Input.Trips {
		if t.Host != "" && !slices.Contains(all, t.Host) {
			all = append(all, t.Host)
		}
	}
	return all
}

// Has tells whether a flag is raised.
func (c Case) Has(flag contracts.CaseWarning) bool { return slices.Contains(c.Flags, flag) }

// Warns tells whether the engine's last answer has a warning.
func (c Case) Warns(f mobility.Finding) bool {
	return c.Assessed != nil && slices.Contains(c.Assessed.Decision.Warnings, f)
}

// Open tells whether something is left to do in the case.
func (c Case) Open() bool { return !Final(c.State) }

// Final tells whether a state is one where a case rests.
func Final(s State) bool {
	return s == contracts.CaseClosed || s == contracts.CaseCancelled || s == contracts.CaseRejected
}

// Seen is the version that somebody looked at before he did something: At{Version: 3}.
func (c Case) Seen() At { return At{c.Version} }

// Assessment is an answer of the engine with what it was asked.
type Assessment struct {
	At        time.Time         `json:"at"`
	RuleSet   string            `json:"rule_set"`
	InputHash string            `json:"input_hash"` // SHA-256 of the canonical JSON (RFC 8785) of Input, in hexadecimal
	Input     mobility.Input    `json:"input"`      // the facts, with days and shares counted
	Decision  mobility.Decision `json:"decision"`
}

// Host is what the node of a host State was asked and said.
type Host struct {
	State     mobility.State `json:"state"`
	AskedOn   contracts.Date `json:"asked_on,omitzero"`  // no day where no node was asked
	Delegated bool           `json:"delegated,omitzero"` // it files the declaration
	Answer    HostAnswer     `json:"answer,omitzero"`
	Reason    string         `json:"reason,omitzero"` // of a refusal
	Contact   *Contact       `json:"contact,omitzero"`
	Engages   Engages        `json:"engages,omitzero"`
}

// HostAnswer is what a host node said to being asked.
type HostAnswer string

// The answers; none yet is empty.
const (
	HostAccepted HostAnswer = "accepted"
	HostDeclined HostAnswer = "declined"
)

// Question is what an adviser asked, and of whom.
type Question struct {
	Of     Actor          `json:"of"`            // M or XA
	Host   mobility.State `json:"host,omitzero"` // of XA
	Text   string         `json:"text"`
	On     contracts.Date `json:"on"`
	Answer string         `json:"answer,omitzero"`
}

// Interruption is a break of the work. Only its days are kept, never why: illness and leave are nobody's business here, and neither stops
// the clock (Decision A2, 3(b)).
type Interruption struct {
	From  contracts.Date `json:"from"`
	Until contracts.Date `json:"until,omitzero"` // last day of the break; none while it lasts
}

// Entry is one line of the history of a case: it is never changed.
type Entry struct {
	Version   int             `json:"version"` // of the case after it
	Event     Name            `json:"event"`
	From      State           `json:"from,omitzero"`
	To        State           `json:"to"`
	Actor     Actor           `json:"actor"`
	Account   string          `json:"account,omitzero"` // opaque id; of XA the country of his node
	Name      string          `json:"name,omitzero"`
	At        time.Time       `json:"at"`
	RuleSet   string          `json:"rule_set,omitzero"`
	InputHash string          `json:"input_hash,omitzero"` // of the facts the case rests on then
	Said      json.RawMessage `json:"said,omitzero"`       // the event as it came
	Assessed  *Assessment     `json:"assessed,omitzero"`   // when the engine ran
	Outcome   *Outcome        `json:"outcome,omitzero"`    // when it was decided
}
