package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Status is how a parcel stands.
type Status string

// The statuses.
const (
	Manual   Status = "manual"   // a person sends it
	Seeking  Status = "seeking"  // the network is asked whether the buyer is there; nothing was sent
	Waiting  Status = "waiting"  // to be handed over
	Handed   Status = "handed"   // the channel has taken it
	Refused  Status = "refused"  // the channel does not take it
	Accepted Status = "accepted" // by the buyer, or by the authority
	Rejected Status = "rejected" // likewise, with a reason
	Paid     Status = "paid"     // says the buyer; the books say it when the bank does
)

// moves are what can follow. An answer may overtake the note that the parcel was taken.
var moves = map[Status][]Status{
	Manual:   {Waiting, Accepted, Rejected, Paid},
	Seeking:  {Waiting, Refused, Manual},
	Waiting:  {Handed, Refused, Accepted, Rejected, Paid, Manual},
	Handed:   {Accepted, Rejected, Paid},
	Refused:  {Waiting, Manual, Accepted, Rejected, Paid}, // answers are to what a person sent instead
	Accepted: {Rejected, Paid},
}

// FaultStatus is a status that cannot follow the one before.
const FaultStatus contracts.FaultCode = "delivery-status"

// Move tells whether a parcel changes by going to a status. The same status again changes nothing, nor does word that it was taken
// when its answer is known already; what cannot follow is a Fault.
func (s Status) Move(to Status) (changed bool, err error) {
	switch {
	case s == to, to == Handed && slices.Contains([]Status{Accepted, Rejected, Paid}, s):
		return false, nil
	case !slices.Contains(moves[s], to):
		return false, contracts.Fault{Code: FaultStatus, Field: "status", Message: fmt.Sprintf("a document that is %s cannot become %s", s, to), Remedy: "look at what was told of it before"}
	}
	return true, nil
}

// Answer is what a provider, a buyer or an authority says of a parcel.
type Answer struct {
	Name   string `json:"name"`
	Status Status `json:"status"`          // accepted, rejected or paid
	Reason string `json:"reason,omitzero"` // of a rejection
}

// mostReason is how many characters of a reason are kept.
const mostReason = 1000

// ParseAnswer reads an answer, strictly.
func ParseAnswer(b []byte) (a Answer, err error) {
	if err := contracts.Decode(b, &a); err != nil {
		return a, err
	}
	return a, a.check()
}

func (a *Answer) check() error {
	var fs contracts.Faults
	if a.Name == "" {
		fs.Addf(contracts.FaultMissing, "name", "give the name that came with the document", "no document is named")
	}
	if !slices.Contains([]Status{Accepted, Rejected, Paid}, a.Status) {
		fs.Addf(contracts.FaultInvalid, "status", "write accepted, rejected or paid", "%.40q is no answer", a.Status)
	}
	a.Reason = strings.TrimSpace(a.Reason)
	if a.Status == Rejected && a.Reason == "" {
		fs.Addf(contracts.FaultMissing, "reason", "say why", "a rejection has a reason")
	}
	if r := []rune(a.Reason); len(r) > mostReason {
		a.Reason = string(r[:mostReason])
	}
	return fs.Err()
}

// Take notes an answer. The same answer again changes nothing.
func (d Delivery) Take(ctx context.Context, s access.Scope, a Answer, source string) error {
	if err := a.check(); err != nil {
		return err
	}
	err := d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return d.moveIn(ctx, tx, s, a.Name, a.Status, a.Reason, source)
	})
	if err != nil {
		return fmt.Errorf("answer to %.60q: %w", a.Name, err)
	}
	return nil
}

// Again sends a parcel that was refused once more, under the same name.
func (d Delivery) Again(ctx context.Context, s access.Scope, name, source string) error {
	err := d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return d.moveIn(ctx, tx, s, name, Waiting, "", source)
	})
	if err != nil {
		return fmt.Errorf("send %.60q again: %w", name, err)
	}
	return nil
}
