package casework

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// Wire tells the network of a case, in the transaction of what happened: its progress to the hub, what concerns a host to its node.
type Wire interface {
	// Told is given the case after an event and the line of its history. What it sends depends on Entry.Event, From and To.
	Told(ctx context.Context, tx *storage.Tx, c Case, e Entry) error
}

// Store keeps the cases of a node. Find functions return a zero value and false for what is not there, or not in scope.
type Store interface {
	Member(ctx context.Context, q storage.Querier, s access.Scope, id member.ID) (member.Member, bool, error)
	Activity(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID) (member.Activity, member.Member, bool, error)

	InsertCase(ctx context.Context, tx *storage.Tx, s access.Scope, c Case, at time.Time) error
	// UpdateCase replaces a case that is still at the version before, and tells whether it was.
	UpdateCase(ctx context.Context, tx *storage.Tx, s access.Scope, c Case, before int, at time.Time) (bool, error)
	Case(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) (Case, bool, error)
	// CasesOf lists all cases of a member, the newest first.
	CasesOf(ctx context.Context, q storage.Querier, s access.Scope, m member.ID) ([]Case, error)
	// CaseFrom tells whether a case was ever proposed for a source.
	CaseFrom(ctx context.Context, q storage.Querier, s access.Scope, source string) (bool, error)
	// OpenCases lists the ids of cases on which the clock has something to do, after the given one.
	OpenCases(ctx context.Context, q storage.Querier, s access.Scope, after contracts.CaseID, limit int) ([]contracts.CaseID, error)

	AddEntry(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, e Entry) error
	History(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) ([]Entry, error)

	InsertPaper(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, p Paper, content []byte) error
	Papers(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) ([]Paper, error)
	PaperContent(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID, p PaperID) (Paper, []byte, bool, error)
	InvalidatePaper(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, p PaperID, on contracts.Date) (bool, error)

	// SaveReminder keeps a reminder that was given, and tells whether it is new.
	SaveReminder(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, r Reminder, at time.Time) (bool, error)

	WorkDays(ctx context.Context, q storage.Querier, s access.Scope, m member.ID) ([]WorkDay, error)
	SaveWorkDay(ctx context.Context, tx *storage.Tx, s access.Scope, m member.ID, d WorkDay) error
	DeleteWorkDay(ctx context.Context, tx *storage.Tx, s access.Scope, m member.ID, d WorkDay) (bool, error)

	State(ctx context.Context, q storage.Querier, name string) (string, error)
	SetState(ctx context.Context, tx *storage.Tx, name, value string) error
}

// Cases is the feature. All fields must be set but Wire: without it nobody is told.
type Cases struct {
	Rules         Rules
	Store         Store
	DB            *storage.DB
	Wire          Wire
	Now           func() time.Time
	Employer      string // the co-operative's name, as the engagements of its members name it
	Demonstration bool
}

// ErrNotFound is returned when an id names nothing in scope.
var ErrNotFound = errors.New("not found")

func newID() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }

// by is in what quality the person of the context moves a case: as an adviser when his scope is everybody's, but in his own case as its
// member, so that nobody decides about himself.
func (cs Cases) by(ctx context.Context, s access.Scope, m member.ID) By {
	d := access.DeedOf(ctx)
	b := By{Actor: HA, Account: d.By.Account, Name: d.By.Name, At: cs.Now()}
	if !s.All() || d.By.Member != "" && d.By.Member == string(m) {
		b.Actor = M
	}
	return b
}

// ActorOf is in what quality the person of the context would move a case.
func (cs Cases) ActorOf(ctx context.Context, s access.Scope, c Case) Actor {
	return cs.by(ctx, s, c.Member).Actor
}

// Create opens a draft for a member in scope.
func (cs Cases) Create(ctx context.Context, s access.Scope, m member.ID, f Facts) (c Case, err error) {
	err = cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, err = cs.create(ctx, tx, s, m, Create{Facts: f}, cs.by(ctx, s, m))
		return err
	})
	if err != nil {
		return Case{}, fmt.Errorf("open case: %w", err)
	}
	return c, nil
}

func (cs Cases) create(ctx context.Context, tx *storage.Tx, s access.Scope, m member.ID, e Create, by By) (Case, error) {
	_, found, err := cs.Store.Member(ctx, tx, s, m)
	if err != nil {
		return Case{}, err
	}
	if !found {
		return Case{}, contracts.Fault{Code: FaultUnknown, Field: "member", Message: fmt.Sprintf("nobody here has the id %.40q", string(m)), Remedy: "choose one from the list of members"}
	}
	if err := cs.ownActivity(ctx, tx, m, e); err != nil {
		return Case{}, err
	}
	c, entry, err := cs.Rules.Fire(Case{ID: contracts.CaseID(newID()), Member: m, Demonstration: cs.Demonstration}, e, by, Known{})
	if err != nil {
		return Case{}, err
	}
	if err := cs.Store.InsertCase(ctx, tx, s, c, cs.Now()); err != nil {
		return Case{}, err
	}
	return c, cs.note(ctx, tx, s, c, entry)
}

// Fire moves a case in scope by an event of the member or of an adviser, as the scope says.
func (cs Cases) Fire(ctx context.Context, s access.Scope, id contracts.CaseID, e Event) (c Case, err error) {
	err = cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, err = cs.fire(ctx, tx, s, id, e, func(c Case) By { return cs.by(ctx, s, c.Member) })
		return err
	})
	if err != nil {
		return Case{}, fmt.Errorf("case %s: %s: %w", id, e.Name(), err)
	}
	return c, nil
}

// FireHost moves a case by what an adviser of a host State said, inside the transaction that takes his message in.
func (cs Cases) FireHost(ctx context.Context, tx *storage.Tx, id contracts.CaseID, host mobility.State, e Event) (Case, error) {
	by := By{Actor: XA, Account: string(contracts.NodeID(host.Country())), Host: host, At: cs.Now()}
	return cs.fire(ctx, tx, access.Program(), id, e, func(Case) By { return by })
}

func (cs Cases) fire(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, e Event, who func(Case) By) (Case, error) {
	before, found, err := cs.Store.Case(ctx, tx, s, id)
	if err != nil {
		return Case{}, err
	}
	if !found {
		return Case{}, ErrNotFound
	}
	if err := cs.ownActivity(ctx, tx, before.Member, e); err != nil {
		return Case{}, err
	}
	known, err := cs.known(ctx, tx, before)
	if err != nil {
		return Case{}, err
	}
	after, entry, err := cs.Rules.Fire(before, e, who(before), known)
	if err != nil {
		return Case{}, err
	}
	settled, more := cs.Rules.Settle(after, cs.Now(), known)
	return settled, cs.save(ctx, tx, s, before, settled, append([]Entry{entry}, more...))
}

// ownActivity refuses facts that name an activity of somebody else.
func (cs Cases) ownActivity(ctx context.Context, q storage.Querier, m member.ID, e Event) error {
	f := factsOf(e)
	if f == nil || f.Activity == "" {
		return nil
	}
	_, _, found, err := cs.Store.Activity(ctx, q, access.Of(string(m)), f.Activity)
	if err == nil && !found {
		err = contracts.Fault{Code: FaultUnknown, Field: "facts.activity", Message: fmt.Sprintf("the member has no activity with the id %.40q", string(f.Activity)), Remedy: "choose one of his own"}
	}
	return err
}

// factsOf are the facts that an event brings; nil when it brings none.
func factsOf(e Event) *Facts {
	switch e := e.(type) {
	case Create:
		return &e.Facts
	case Edit:
		return &e.Facts
	case Change:
		return &e.Facts
	case Answer:
		return e.Facts
	case Reopen:
		return e.Facts
	}
	return nil
}

// known gathers what the rules need to know beside the case.
func (cs Cases) known(ctx context.Context, q storage.Querier, c Case) (k Known, err error) {
	own := access.Of(string(c.Member)) // all his work counts, whoever asks
	if k.Papers, err = cs.Store.Papers(ctx, q, own, c.ID); err != nil {
		return k, err
	}
	k.Spells, err = cs.Spells(ctx, q, own, c.Member, c.ID)
	return k, err
}

// save keeps a case with the lines of its history, tells the network and gives the reminders that are due.
func (cs Cases) save(ctx context.Context, tx *storage.Tx, s access.Scope, before, after Case, entries []Entry) error {
	ok, err := cs.Store.UpdateCase(ctx, tx, s, after, before.Version, cs.Now())
	if err != nil {
		return err
	}
	if !ok {
		return contracts.Fault{Code: FaultStale, Field: "version", Message: "somebody else moved the case at the same moment", Remedy: "look at the case again"}
	}
	return cs.note(ctx, tx, s, after, entries...)
}

func (cs Cases) note(ctx context.Context, tx *storage.Tx, s access.Scope, c Case, entries ...Entry) error {
	for _, e := range entries {
		if err := cs.Store.AddEntry(ctx, tx, s, c.ID, e); err != nil {
			return err
		}
		if cs.Wire == nil {
			continue
		}
		if err := cs.Wire.Told(ctx, tx, c, e); err != nil {
			return fmt.Errorf("tell of %s: %w", e.Event, err)
		}
	}
	_, err := cs.remind(ctx, tx, s, c)
	return err
}

// remind keeps what is due of a case, and tells how much of it is new.
func (cs Cases) remind(ctx context.Context, tx *storage.Tx, s access.Scope, c Case) (given int, err error) {
	for _, r := range cs.Rules.Due(c, contracts.DateOf(cs.Now().UTC())) {
		fresh, err := cs.Store.SaveReminder(ctx, tx, s, c.ID, r, cs.Now())
		if err != nil {
			return given, err
		}
		if fresh {
			given++
		}
	}
	return given, nil
}
