// Package registry keeps what each node says of itself: its profile in every version, and when it was last heard. The
// hub believes the profile because the node signed it; it knows nothing else about a country.
package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"passerelle/contracts"
)

// Node is a country's node as the hub knows it.
type Node struct {
	Country   contracts.CountryCode
	Profile   *contracts.NodeProfile // nil until it introduced itself
	Version   int                    // of the profile, from 1
	Heard     time.Time              // when its last event arrived
	Documents int                    // invoices and credit notes received
	Demo      int                    // of these, demonstration data
}

// Status is where a node stands in the network.
type Status string

// A node is expected before its first day in the network, and left from its first day out of it.
const (
	Unknown  Status = "unknown" // sent events, but no profile yet
	Expected Status = "expected"
	In       Status = "in"
	Left     Status = "left"
)

// Status tells where the node stands on a day.
func (n Node) Status(on contracts.Date) Status {
	switch p := n.Profile; {
	case p == nil:
		return Unknown
	case !p.Left.IsZero() && !on.Before(p.Left):
		return Left
	case on.Before(p.Joined):
		return Expected
	}
	return In
}

// Store keeps profiles within the transaction of an event.
type Store interface {
	// CurrentProfile returns the newest profile and its version; version 0 means none.
	CurrentProfile(ctx context.Context, c contracts.CountryCode) (contracts.NodeProfile, int, error)
	// AddProfile keeps a version beside the older ones and makes it the newest.
	AddProfile(ctx context.Context, p contracts.NodeProfile, version int, at time.Time) error
	// SetHeard notes that an event arrived.
	SetHeard(ctx context.Context, c contracts.CountryCode, at time.Time) error
}

// Publish keeps a profile as a new version; the profile that is already the newest changes nothing.
func Publish(ctx context.Context, s Store, p contracts.NodeProfile, at time.Time) error {
	newest, version, err := s.CurrentProfile(ctx, p.Country)
	if err != nil {
		return fmt.Errorf("publish profile of %s: %w", p.Country, err)
	}
	if version > 0 && same(newest, p) {
		return nil
	}
	if err := s.AddProfile(ctx, p, version+1, at); err != nil {
		return fmt.Errorf("publish profile of %s: %w", p.Country, err)
	}
	return nil
}

// same compares what two profiles say on the wire: 6.5 and 6.50 are one rate.
func same(a, b contracts.NodeProfile) bool {
	left, errLeft := json.Marshal(a)
	right, errRight := json.Marshal(b)
	return errLeft == nil && errRight == nil && bytes.Equal(left, right)
}
