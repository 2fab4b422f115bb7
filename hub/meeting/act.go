package meeting

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"passerelle/contracts"
	"passerelle/internal/book"
)

// Act is something that happened to a meeting: one of the types of this file.
type Act interface {
	Kind() book.Kind
	apply(all *Meetings, on contracts.Date) error
}

// Convened calls the board together.
type Convened struct {
	Meeting contracts.Date `json:"meeting"`
	Title   string         `json:"title"`
	Place   string         `json:"place,omitzero"`
	Agenda  []string       `json:"agenda"`
	Example bool           `json:"example"`
}

// AgendaSet puts another agenda in place of the one there was.
type AgendaSet struct {
	Meeting contracts.Date `json:"meeting"`
	Agenda  []string       `json:"agenda"`
}

// CalledOff cancels a meeting.
type CalledOff struct {
	Meeting contracts.Date `json:"meeting"`
	Reason  string         `json:"reason"`
}

// PaperAdded lays a paper before the board.
type PaperAdded struct {
	Meeting contracts.Date `json:"meeting"`
	Title   string         `json:"title"`
	Item    int            `json:"item,omitzero"`
	Link    string         `json:"link,omitzero"`
	File    *File          `json:"file,omitzero"`
}

// MinutesWritten is a version of the minutes.
type MinutesWritten struct {
	Meeting contracts.Date `json:"meeting"`
	Text    string         `json:"text"`
}

// MinutesApproved is the word of a later meeting that the minutes are right.
type MinutesApproved struct {
	Meeting contracts.Date `json:"meeting"`
	Version int            `json:"version"` // 1 is the first; the last one there is
	In      contracts.Date `json:"in"`      // the meeting that approved
}

// Bounds of what is written.
const (
	mostItems   = 40
	longestLine = 300
	longestText = 60_000
)

var kinds = []book.Reading[Act]{
	{Kind: "meeting", Read: reading[Convened]}, {Kind: "agenda", Read: reading[AgendaSet]}, {Kind: "cancellation", Read: reading[CalledOff]}, {Kind: "paper", Read: reading[PaperAdded]},
	{Kind: "minutes", Read: reading[MinutesWritten]}, {Kind: "approval", Read: reading[MinutesApproved]},
}

func reading[A Act](body []byte) (Act, error) {
	var a A
	return a, contracts.Decode(body, &a)
}

// ReadAct reads an act from JSON, as strictly as the wire is read.
func ReadAct(kind book.Kind, body []byte) (Act, error) { return book.ReadAct(kinds, kind, body) }

// Kind implements Act, as the methods of the same name below do.
func (Convened) Kind() book.Kind        { return "meeting" }
func (AgendaSet) Kind() book.Kind       { return "agenda" }
func (CalledOff) Kind() book.Kind       { return "cancellation" }
func (PaperAdded) Kind() book.Kind      { return "paper" }
func (MinutesWritten) Kind() book.Kind  { return "minutes" }
func (MinutesApproved) Kind() book.Kind { return "approval" }

func (a Convened) apply(all *Meetings, _ contracts.Date) error {
	var fs contracts.Faults
	if a.Meeting.IsZero() {
		fs.Addf(contracts.FaultMissing, "meeting", "give the day on which the board meets", "no day")
	}
	if _, twice := all.On(a.Meeting); twice {
		fs.Addf(FaultTwice, "meeting", "change its agenda instead", "the board meets on %s already", a.Meeting)
	}
	fs.Add("title", line(a.Title))
	fs.Add("agenda", items(a.Agenda))
	if err := fs.Err(); err != nil {
		return err
	}
	*all = append(*all, Meeting{Day: a.Meeting, Title: a.Title, Place: a.Place, Agenda: a.Agenda, Papers: []Paper{}, Minutes: []Minutes{}, Example: a.Example})
	slices.SortFunc(*all, func(x, y Meeting) int { return x.Day.Compare(y.Day) })
	return nil
}

func (a AgendaSet) apply(all *Meetings, _ contracts.Date) error {
	m, err := all.open(a.Meeting)
	if err != nil {
		return err
	}
	if err := items(a.Agenda); err != nil {
		return err
	}
	m.Agenda = a.Agenda
	return nil
}

func (a CalledOff) apply(all *Meetings, on contracts.Date) error {
	m, err := all.open(a.Meeting)
	switch {
	case err != nil:
		return err
	case len(m.Minutes) > 0:
		return contracts.Fault{Code: FaultTwice, Field: "meeting", Message: "the meeting has minutes: it was held"}
	case strings.TrimSpace(a.Reason) == "":
		return contracts.Fault{Code: contracts.FaultMissing, Field: "reason", Message: "no reason", Remedy: "say why"}
	}
	m.Cancelled, m.Reason = on, a.Reason
	return nil
}

func (a PaperAdded) apply(all *Meetings, on contracts.Date) error {
	m, err := all.open(a.Meeting)
	if err != nil {
		return err
	}
	var fs contracts.Faults
	fs.Add("title", line(a.Title))
	if a.Item < 0 || a.Item > len(m.Agenda) {
		fs.Addf(contracts.FaultInvalid, "item", "choose an item of the agenda", "the agenda has no item %d", a.Item)
	}
	switch at, err := url.Parse(a.Link); {
	case (a.Link == "") == (a.File == nil):
		fs.Addf(contracts.FaultMissing, "file", "choose a file, or give the address of one", "a paper is a file or an address")
	case a.Link != "" && (err != nil || at.Scheme != "https" || at.Host == "" || len(a.Link) > 2000):
		fs.Addf(contracts.FaultInvalid, "link", "begin it with https://", "not an address that can be opened")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	m.Papers = append(m.Papers, Paper{Title: a.Title, Item: a.Item, Link: a.Link, File: a.File, Added: on})
	return nil
}

func (a MinutesWritten) apply(all *Meetings, on contracts.Date) error {
	m, err := all.open(a.Meeting)
	switch {
	case err != nil:
		return err
	case m.Day.After(on):
		return contracts.Fault{Code: FaultNotHeld, Field: "meeting", Message: "the meeting has not been held", Remedy: "write them when it was"}
	case strings.TrimSpace(a.Text) == "":
		return contracts.Fault{Code: contracts.FaultMissing, Field: "text", Message: "no text", Remedy: "write what was said and decided"}
	case len(a.Text) > longestText || !utf8.ValidString(a.Text):
		return contracts.Fault{Code: contracts.FaultTooLarge, Field: "text", Message: "more than minutes hold", Remedy: "add the rest as a paper"}
	}
	m.Minutes = append(m.Minutes, Minutes{a.Text, on})
	return nil
}

func (a MinutesApproved) apply(all *Meetings, on contracts.Date) error {
	m, err := all.open(a.Meeting)
	if err != nil {
		return err
	}
	in, found := all.On(a.In)
	switch {
	case len(m.Minutes) == 0:
		return contracts.Fault{Code: FaultUnknown, Field: "meeting", Message: "the meeting has no minutes", Remedy: "write them first"}
	case a.Version != len(m.Minutes):
		return contracts.Fault{Code: FaultVersion, Field: "version", Message: fmt.Sprintf("version %d is the last one", len(m.Minutes)), Remedy: "read it, and approve that"}
	case !found || !in.Cancelled.IsZero() || !a.In.After(m.Day):
		return contracts.Fault{Code: FaultUnknown, Field: "in", Message: "minutes are approved by a later meeting", Remedy: "choose one"}
	case a.In.After(on):
		return contracts.Fault{Code: FaultNotHeld, Field: "in", Message: "the meeting has not been held", Remedy: "enter it when it was"}
	}
	m.Approved = a.In
	return nil
}

// open is a meeting that can still be changed.
func (all *Meetings) open(day contracts.Date) (*Meeting, error) {
	m, found := all.On(day)
	switch {
	case !found:
		return nil, contracts.Fault{Code: FaultUnknown, Field: "meeting", Message: "the board does not meet on that day", Remedy: "enter the meeting first"}
	case !m.Cancelled.IsZero():
		return nil, contracts.Fault{Code: FaultNotHeld, Field: "meeting", Message: "the meeting was called off", Remedy: "choose another one"}
	case !m.Approved.IsZero():
		return nil, contracts.Fault{Code: FaultApproved, Field: "meeting", Message: "its minutes are approved, and nothing changes any more", Remedy: "put it right in the minutes of a later meeting"}
	}
	return m, nil
}

// line checks a text of one line.
func line(s string) error {
	if strings.TrimSpace(s) == "" || len(s) > longestLine || !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r") {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "not a short line of text", Remedy: "write one line"}
	}
	return nil
}

func items(agenda []string) error {
	if len(agenda) == 0 || len(agenda) > mostItems {
		return contracts.Fault{Code: contracts.FaultMissing, Field: "agenda", Message: fmt.Sprintf("an agenda has 1 to %d items", mostItems), Remedy: "write one on each line"}
	}
	for _, item := range agenda {
		if err := line(item); err != nil {
			return err
		}
	}
	return nil
}
