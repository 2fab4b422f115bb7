// Package meeting keeps the meetings of the board: when and on what it meets, the papers, and its minutes until a later meeting approves them. It is
// a book that only grows; every version of an agenda and of minutes stays. A meeting is known by its day: the board meets once on a day.
//
// What the board decides is not here: a decision names the day of its meeting, in the book of investments.
package meeting

import (
	"slices"

	"passerelle/contracts"
	"passerelle/internal/book"
)

// The faults of this package.
const (
	FaultUnknown  contracts.FaultCode = "no-meeting" // the board does not meet on that day
	FaultTwice    contracts.FaultCode = "already-done"
	FaultNotHeld  contracts.FaultCode = "not-held"         // the day has not come, or the meeting was cancelled
	FaultApproved contracts.FaultCode = "minutes-approved" // what was approved is not changed
	FaultVersion  contracts.FaultCode = "other-version"    // there are later minutes
)

// Entry is one line of the book; Dated an act with the day from which it counts.
type (
	Entry = book.Entry[Act]
	Dated = book.Dated[Act]
)

// Meetings are all meetings, in the order of their days.
type Meetings []Meeting

// Meeting is one meeting of the board.
type Meeting struct {
	Day       contracts.Date `json:"day"`
	Title     string         `json:"title"`
	Place     string         `json:"place,omitzero"`
	Agenda    []string       `json:"agenda"` // the items, the first is number 1
	Papers    []Paper        `json:"papers"`
	Minutes   []Minutes      `json:"minutes"` // every version, the last one counts
	Approved  contracts.Date `json:"approved,omitzero"`
	Cancelled contracts.Date `json:"cancelled,omitzero"` // when it was called off
	Reason    string         `json:"reason,omitzero"`    // why
	Example   bool           `json:"example"`            // invented to show how things work
}

// Paper is what the board reads for a meeting: a file that the hub keeps, or the address of one elsewhere.
type Paper struct {
	Title string         `json:"title"`
	Item  int            `json:"item,omitzero"` // of the agenda; 0 is the whole meeting
	Link  string         `json:"link,omitzero"`
	File  *File          `json:"file,omitzero"`
	Added contracts.Date `json:"added"`
}

// File is a paper that the hub keeps.
type File struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"` // of its bytes, hexadecimal
}

// Minutes is a version of what was said and decided.
type Minutes struct {
	Text    string         `json:"text"`
	Written contracts.Date `json:"written"`
}

// State is how far a meeting is.
type State string

// The states of a meeting.
const (
	Called    State = "called"    // its day has not passed
	Unwritten State = "unwritten" // held, without minutes
	Written   State = "written"   // its minutes wait for approval
	Approved  State = "approved"
	Cancelled State = "cancelled"
)

// State tells how far it is on a day.
func (m Meeting) State(on contracts.Date) State {
	switch {
	case !m.Cancelled.IsZero():
		return Cancelled
	case !m.Approved.IsZero():
		return Approved
	case len(m.Minutes) > 0:
		return Written
	case m.Day.Before(on):
		return Unwritten
	}
	return Called
}

// Latest is the text of the minutes, empty while there are none.
func (m Meeting) Latest() string {
	if len(m.Minutes) == 0 {
		return ""
	}
	return m.Minutes[len(m.Minutes)-1].Text
}

// On finds the meeting of a day.
func (all Meetings) On(day contracts.Date) (*Meeting, bool) {
	i := slices.IndexFunc(all, func(m Meeting) bool { return m.Day == day })
	if i < 0 {
		return nil, false
	}
	return &all[i], true
}

// Held tells whether the board met on a day that has come.
func (all Meetings) Held(day, today contracts.Date) bool {
	m, found := all.On(day)
	return found && m.Cancelled.IsZero() && !day.After(today)
}

// ToApprove are the meetings before a day whose minutes wait for approval.
func (all Meetings) ToApprove(day contracts.Date) (wait []Meeting) {
	for _, m := range all {
		if m.Day.Before(day) && len(m.Minutes) > 0 && m.Approved.IsZero() {
			wait = append(wait, m)
		}
	}
	return wait
}

// Next is the first meeting on a day or later; false when none is called.
func (all Meetings) Next(today contracts.Date) (Meeting, bool) {
	i := slices.IndexFunc(all, func(m Meeting) bool { return !m.Day.Before(today) && m.Cancelled.IsZero() })
	if i < 0 {
		return Meeting{}, false
	}
	return all[i], true
}
