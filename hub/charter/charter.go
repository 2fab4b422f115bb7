// Package charter is the charter of the network as versioned text: a version is proposed, each co-operative votes on it with one vote, and it is in
// force when the rule that the proposal names holds. Beside it stand the commitments that co-operatives made, and what became of them. The book only
// grows: every version, vote and change stays.
//
// It knows no article's meaning. Who may vote is named in the proposal; a co-operative that joins later accedes to the version in force.
package charter

import (
	"cmp"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/internal/book"
)

// Country stands for the co-operative of a country.
type Country = contracts.CountryCode

// The faults of this package.
const (
	FaultText    contracts.FaultCode = "charter-text" // no title, or articles that are not numbered in order
	FaultUnknown contracts.FaultCode = "not-there"
	FaultDone    contracts.FaultCode = "already-done"
	FaultOpen    contracts.FaultCode = "still-open" // another proposal is not decided yet
	FaultVote    contracts.FaultCode = "vote"
)

// Entry is one line of the book.
type Entry = book.Entry[Act]

// Dated is an act with the day from which it counts.
type Dated = book.Dated[Act]

// Charter is the state of everything on a day.
type Charter struct {
	Versions    []Version    `json:"versions"`    // in order of their proposal; the first is version 1
	Commitments []Commitment `json:"commitments"` // in order of their making
}

// State is how far a version is.
type State string

// The states of a version. An adopted one is in force from its day until another one is.
const (
	Open      State = "open"
	Adopted   State = "adopted"
	Rejected  State = "rejected" // the rule cannot hold any more, whatever the rest votes
	Withdrawn State = "withdrawn"
)

// Version is one text of the charter.
type Version struct {
	Number   int            `json:"number"`
	Text     string         `json:"text"`
	Proposed contracts.Date `json:"proposed"`
	By       Country        `json:"by"`
	Reason   string         `json:"reason"`
	Rule     ballot.Rule    `json:"rule"`
	Members  []Country      `json:"members"`       // may vote, each once
	From     contracts.Date `json:"from,omitzero"` // not in force before this day
	Votes    []ballot.Vote  `json:"votes"`
	Count    ballot.Count   `json:"count"`
	State    State          `json:"state"`
	InForce  contracts.Date `json:"in_force,omitzero"`  // from which day
	Ended    contracts.Date `json:"withdrawn,omitzero"` // when it was withdrawn
	Acceded  []Accession    `json:"acceded"`
	Example  bool           `json:"example"`
}

// Accession is the consent of a co-operative that joined after the vote.
type Accession struct {
	Country Country        `json:"country"`
	Day     contracts.Date `json:"day"`
	Minutes string         `json:"minutes"`
}

// Vote is what a co-operative voted; false while it has not.
func (v Version) Vote(c Country) (ballot.Vote, bool) {
	i := slices.IndexFunc(v.Votes, func(o ballot.Vote) bool { return o.Country == c })
	if i < 0 {
		return ballot.Vote{}, false
	}
	return v.Votes[i], true
}

// Needed is how many must say yes.
func (v Version) Needed() int { return v.Rule.Needed(len(v.Members)) }

// InForceOn is the version in force on a day: of those adopted by then, the one whose day came last.
func (c Charter) InForceOn(day contracts.Date) (v Version, ok bool) {
	for _, o := range c.Versions {
		if o.State == Adopted && !o.InForce.After(day) && (!ok || !o.InForce.Before(v.InForce)) {
			v, ok = o, true
		}
	}
	return v, ok
}

// Version finds a version by its number.
func (c Charter) Version(number int) (Version, bool) {
	if number < 1 || number > len(c.Versions) {
		return Version{}, false
	}
	return c.Versions[number-1], true
}

// Before is the text with which a version is compared: the one in force when it was proposed, or the one before it; none of the first.
func (c Charter) Before(v Version) string {
	if old, ok := c.InForceOn(v.Proposed); ok && old.Number < v.Number {
		return old.Text
	}
	if old, ok := c.Version(v.Number - 1); ok {
		return old.Text
	}
	return ""
}

// Commitment is what a co-operative promised.
type Commitment struct {
	ID       string         `json:"id"`
	Country  Country        `json:"country"`
	Text     string         `json:"text"`
	Due      contracts.Date `json:"due"`
	Made     contracts.Date `json:"made"`
	Source   string         `json:"source"` // the article or the assembly it comes from
	Kept     contracts.Date `json:"kept,omitzero"`
	Evidence string         `json:"evidence,omitzero"`
	Released contracts.Date `json:"released,omitzero"` // from its promise
	Events   []Event        `json:"events"`
	Example  bool           `json:"example"`
}

// Event is something that happened to a commitment on its way: a note, a change, a release.
type Event struct {
	Kind book.Kind      `json:"kind"`
	Day  contracts.Date `json:"day"`
	Text string         `json:"text"`         // the note or the reason
	Was  string         `json:"was,omitzero"` // of a change: the words before
	Due  contracts.Date `json:"due,omitzero"` // of a change: the day before
}

// Standing is how a commitment stands on a day.
type Standing string

// The standings.
const (
	Ahead    Standing = "open"
	Soon     Standing = "soon" // due within the days of a reminder
	Late     Standing = "late"
	Kept     Standing = "kept"
	KeptLate Standing = "kept-late"
	Freed    Standing = "released"
)

// Standings lists them all, what asks for attention first.
var Standings = []Standing{Late, Soon, Ahead, KeptLate, Kept, Freed}

// reminder is how many days before the due day a commitment is pointed out.
const reminder = 30

// On tells how the commitment stands on a day.
func (c Commitment) On(day contracts.Date) Standing {
	switch {
	case !c.Released.IsZero():
		return Freed
	case !c.Kept.IsZero() && c.Kept.After(c.Due):
		return KeptLate
	case !c.Kept.IsZero():
		return Kept
	case c.Due.Before(day):
		return Late
	case c.Due.Sub(day) <= reminder:
		return Soon
	}
	return Ahead
}

// Changed tells whether the promise is not what it was at first.
func (c Commitment) Changed() bool {
	return slices.ContainsFunc(c.Events, func(e Event) bool { return e.Kind == Altered{}.Kind() })
}

// Reminders lists the commitments that are late or due soon, the most urgent first.
func (c Charter) Reminders(day contracts.Date) []Commitment {
	all := slices.DeleteFunc(slices.Clone(c.Commitments), func(o Commitment) bool { return o.On(day) != Late && o.On(day) != Soon })
	slices.SortStableFunc(all, func(a, b Commitment) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	return all
}

// Example tells whether anything in the book is an example.
func (c Charter) Example() bool {
	return slices.ContainsFunc(c.Versions, func(v Version) bool { return v.Example }) || slices.ContainsFunc(c.Commitments, func(o Commitment) bool { return o.Example })
}
