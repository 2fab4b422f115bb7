package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// Faults of moving a case.
const (
	FaultStale   contracts.FaultCode = "stale"      // the case has moved on since it was looked at
	FaultState   contracts.FaultCode = "case-state" // not in this state
	FaultActor   contracts.FaultCode = "case-actor" // not for this person
	FaultGuard   contracts.FaultCode = "case-guard" // something is missing first
	FaultUnknown contracts.FaultCode = "unknown"    // a member, a paper, a trip that is not there
	FaultReason  contracts.FaultCode = "reason"     // a reason is due and missing
	FaultPaper   contracts.FaultCode = "paper"      // a document that is none of the kinds that are kept
	FaultWorkDay contracts.FaultCode = "work-day"   // a day of work that cannot be entered
)

// By is who moves a case, and when.
type By struct {
	Actor   Actor
	Account string // opaque id; of XA the country of his node
	Name    string
	Host    mobility.State // of XA: whose adviser he is
	At      time.Time
}

func (b By) day() contracts.Date { return contracts.DateOf(b.At.UTC()) }

// Known is what the rules are told of the file beside the case itself.
type Known struct {
	Spells []Spell // the person's other work abroad
	Papers []Paper // of the case, without their bytes
}

// Rules move cases. They are pure: the same case, event, person, time and knowledge give the same case.
type Rules struct {
	Engine *mobility.Engine
	Home   *country.Adapter          // whose working days count
	Asks   func(mobility.State) bool // whether a host State has a node to ask; nil: all have
}

// move is one event on its way through the table.
type move struct {
	Rules
	c     *Case
	event Event
	by    By
	known Known
	entry *Entry
}

func (m *move) today() contracts.Date { return m.by.day() }

// Fire moves a case by an event and returns it with the line of its history. A case that there is not yet is the zero Case with its id and
// member. What may not be is refused with a Fault that says what to do, and the case stays as it is.
func (r Rules) Fire(c Case, e Event, by By, known Known) (Case, Entry, error) {
	row, err := find(c, e, by.Actor)
	if err != nil {
		return c, Entry{}, err
	}
	after := c.clone()
	entry := Entry{Version: c.Version + 1, Event: e.Name(), From: c.State, To: row.To, Actor: by.Actor, Account: by.Account, Name: by.Name, At: by.At.UTC()}
	m := &move{Rules: r, c: &after, event: e, by: by, known: known, entry: &entry}
	for _, step := range []func(*move) error{row.guard, row.effect} {
		if step == nil {
			continue
		}
		if err := step(m); err != nil {
			return c, Entry{}, err
		}
	}
	after.Version, after.State = entry.Version, row.To
	if entry.Said, err = contracts.Encode(e); err != nil {
		return c, Entry{}, err
	}
	if a := after.Assessed; a != nil {
		entry.RuleSet, entry.InputHash = a.RuleSet, a.InputHash
	}
	return after, entry, nil
}

// find looks the event up in the table, and says why it is not there.
func find(c Case, e Event, actor Actor) (Transition, error) {
	if (actor == M || actor == HA) && c.State != none && e.seen() != c.Version {
		return Transition{}, contracts.Fault{Code: FaultStale, Field: "version", Message: fmt.Sprintf("the case is at version %d by now, and this was written for version %d", c.Version, e.seen()),
			Remedy: "look at the case again: somebody else has moved it; then do it again if it still holds"}
	}
	var here []Transition
	for _, row := range Table {
		if row.Event == e.Name() && row.From == c.State {
			here = append(here, row)
		}
	}
	if len(here) == 0 {
		return Transition{}, contracts.Fault{Code: FaultState, Message: fmt.Sprintf("a case in the state %s takes no %q", stateName(c.State), string(e.Name())), Remedy: "look at the case again: it may have moved on"}
	}
	here = slices.DeleteFunc(here, func(row Transition) bool { return !slices.Contains(row.By, actor) })
	if len(here) == 0 {
		return Transition{}, contracts.Fault{Code: FaultActor, Message: fmt.Sprintf("%q is not for you to do in this case", string(e.Name())), Remedy: "ask your adviser"}
	}
	return choose(here, e)
}

// choose takes the row that leads where the event says, when there are several.
func choose(rows []Transition, e Event) (Transition, error) {
	if len(rows) == 1 {
		return rows[0], nil
	}
	review, _ := e.(CloseReview)
	names := make([]string, len(rows))
	for i, row := range rows {
		if names[i] = string(row.To); row.To == review.To {
			return row, nil
		}
	}
	return Transition{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "to", Message: fmt.Sprintf("%.30q is not in the list", string(review.To)), Remedy: fmt.Sprintf("write one of %s", strings.Join(names, ", "))}
}

func stateName(s State) string {
	if s == none {
		return "NEW"
	}
	return string(s)
}

// clone is a copy whose lists can be changed.
func (c Case) clone() Case {
	c.Tracks, c.Hosts, c.Flags = slices.Clone(c.Tracks), slices.Clone(c.Hosts), slices.Clone(c.Flags)
	c.Interruptions = slices.Clone(c.Interruptions)
	if c.Question != nil {
		q := *c.Question
		c.Question = &q
	}
	return c
}

// Settle fires what follows by itself: papers that expired, all of them there or one lost, the work begun or over. It returns the lines of
// history it made.
func (r Rules) Settle(c Case, at time.Time, known Known) (Case, []Entry) {
	var entries []Entry
	sys := By{Actor: SYS, At: at}
	for again := true; again; {
		again = false
		for _, e := range []Event{Expire{}, TracksOK{}, TracksLost{}, Begin{}, End{}} {
			after, entry, err := r.Fire(c, e, sys, known)
			if err == nil {
				c, entries, again = after, append(entries, entry), true
			}
		}
	}
	return c, entries
}

// May lists the events that an actor can send in the state a case is in; a guard may still ask for something first.
func May(s State, actor Actor) (all []Name) {
	for _, row := range Table {
		if row.From == s && slices.Contains(row.By, actor) && !slices.Contains(all, row.Event) {
			all = append(all, row.Event)
		}
	}
	return all
}

func guard(message, remedy string, args ...any) error {
	return contracts.Fault{Code: FaultGuard, Message: fmt.Sprintf(message, args...), Remedy: remedy}
}
