// Package member holds the people who work through the co-operative and their activities: mini-structures with a budget of
// their own, which the ledger keeps. It knows no invoice.
package member

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// ID names a member inside the node. It never leaves the country; Pseudonym does.
type ID string

// ActivityID names an activity. It is the owner of the activity's postings in the ledger.
type ActivityID string

// Member is a person, or a legal person, who works through the co-operative.
type Member struct {
	ID        ID                   `json:"id"`
	Reference string               `json:"reference"` // the co-operative's own number for the person, unique
	Name      string               `json:"name"`
	Kind      contracts.MemberKind `json:"kind"`
}

// Activity is a member's mini-structure with a budget of its own.
type Activity struct {
	ID        ActivityID `json:"id"`
	Reference string     `json:"reference"` // unique in the node
	Member    ID         `json:"member"`
	Name      string     `json:"name"`
}

// Faults of members and activities.
const (
	FaultTaken   contracts.FaultCode = "taken"   // a reference that stands for somebody or something else already
	FaultUnknown contracts.FaultCode = "unknown" // an activity of a member who is not there
)

// Store keeps members and activities. Find functions return a zero value and false for what is not there, or not in scope.
type Store interface {
	InsertMember(ctx context.Context, tx *storage.Tx, m Member, at time.Time) error
	InsertActivity(ctx context.Context, tx *storage.Tx, s access.Scope, a Activity, at time.Time) error
	Member(ctx context.Context, q storage.Querier, s access.Scope, id ID) (Member, bool, error)
	MemberByReference(ctx context.Context, q storage.Querier, s access.Scope, reference string) (Member, bool, error)
	ActivityByReference(ctx context.Context, q storage.Querier, s access.Scope, reference string) (Activity, bool, error)
	SaveContact(ctx context.Context, tx *storage.Tx, s access.Scope, id ID, c Contact, at time.Time) (bool, error)
	Rename(ctx context.Context, tx *storage.Tx, s access.Scope, id ID, name string) (bool, error)
	Pseudonym(ctx context.Context, tx *storage.Tx, s access.Scope, id ID, year int, fresh string) (string, error)
}

// Members is the feature.
type Members struct {
	Store Store
	Now   func() time.Time
}

// Add registers a member. The kind is individual when it is empty.
func (s Members) Add(ctx context.Context, tx *storage.Tx, m Member) (Member, error) {
	if m.Kind == "" {
		m.Kind = contracts.Individual
	}
	var fs contracts.Faults
	fs.Add("reference", short(m.Reference))
	fs.Add("name", short(m.Name))
	fs.Add("kind", m.Kind.Validate())
	if err := fs.Err(); err != nil {
		return Member{}, err
	}
	if _, taken, err := s.Store.MemberByReference(ctx, tx, access.Program(), m.Reference); err != nil || taken {
		return Member{}, orTaken(err, m.Reference)
	}
	m.ID = ID(newID())
	return m, s.Store.InsertMember(ctx, tx, m, s.Now())
}

// AddActivity opens an activity of a member.
func (s Members) AddActivity(ctx context.Context, tx *storage.Tx, scope access.Scope, a Activity) (Activity, error) {
	var fs contracts.Faults
	fs.Add("reference", short(a.Reference))
	fs.Add("name", short(a.Name))
	fs.Add("member", short(string(a.Member)))
	if err := fs.Err(); err != nil {
		return Activity{}, err
	}
	_, found, err := s.Store.Member(ctx, tx, scope, a.Member)
	if err != nil {
		return Activity{}, err
	}
	if !found {
		return Activity{}, contracts.Fault{Code: FaultUnknown, Field: "member", Message: fmt.Sprintf("nobody here has the id %.40q", string(a.Member)), Remedy: "choose one from the list of members"}
	}
	if _, taken, err := s.Store.ActivityByReference(ctx, tx, access.Program(), a.Reference); err != nil || taken {
		return Activity{}, orTaken(err, a.Reference)
	}
	a.ID = ActivityID(newID())
	return a, s.Store.InsertActivity(ctx, tx, scope, a, s.Now())
}

// Pseudonym returns the random name under which the member's documents of a year leave the country: the same all year, and
// unconnected with that of any other year.
func (s Members) Pseudonym(ctx context.Context, tx *storage.Tx, scope access.Scope, id ID, year int) (string, error) {
	fresh := strings.ReplaceAll(uuid.NewString(), "-", "")
	p, err := s.Store.Pseudonym(ctx, tx, scope, id, year, fresh)
	if err != nil {
		return "", fmt.Errorf("pseudonym of year %d: %w", year, err)
	}
	return p, nil
}

func orTaken(err error, reference string) error {
	if err != nil {
		return err
	}
	return contracts.Fault{Code: FaultTaken, Field: "reference", Message: fmt.Sprintf("%q is in use", reference), Remedy: "choose another reference"}
}

// longest bounds every short text a person types.
const longest = 200

func short(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return contracts.Fault{Code: contracts.FaultMissing, Message: "nothing is given", Remedy: "fill it in"}
	case len(s) > longest:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("longer than %d bytes", longest), Remedy: "shorten it"}
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "control characters", Remedy: "remove tabs and line breaks"}
	}
	return nil
}

// newID returns a time-ordered opaque id: random keys cost SQLite four times as much.
func newID() string {
	return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "")
}
