// Package plan is a co-operative's own part of the board's investment plan: what the hub told it, and what it says in return, signed: that money came,
// and why a condition holds.
//
// It plans nothing and releases nothing: that is the board's. It keeps no money either: what came is booked where all of the co-operative is.
package plan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Codes of what is refused.
const (
	FaultUnknown contracts.FaultCode = "not-there"    // a tranche or a condition that the plan does not have
	FaultStep    contracts.FaultCode = "not-now"      // a confirmation before the money was sent
	FaultDone    contracts.FaultCode = "already-done" // a second confirmation, or evidence for what holds already
)

// Statement is what the co-operative said of its part of the plan.
type Statement struct {
	Tranche   string
	Condition int // 1 is the first; 0 for a confirmation
	At        time.Time
	By        string          // opaque id of the account
	Event     contracts.Event // DisbursementConfirmed or ConditionEvidenced
}

// Store keeps what was told and said.
type Store interface {
	State(ctx context.Context, q storage.Querier, name string) (string, error)
	SetState(ctx context.Context, tx *storage.Tx, name, value string) error
	AddStatement(ctx context.Context, tx *storage.Tx, s Statement) error
	Statements(ctx context.Context, q storage.Querier) ([]Statement, error)
}

// Plans is the feature. All fields must be set.
type Plans struct {
	Country contracts.CountryCode
	Store   Store
	DB      *storage.DB
	Send    func(ctx context.Context, tx *storage.Tx, event contracts.Event, cause string) error
	Now     func() time.Time
}

// Plan is the co-operative's part of the plan as it was told last, and what it said itself.
type Plan struct {
	Known    bool // the hub has told it
	Told     contracts.InvestmentPlanTold
	Coverage contracts.CoverageTold
	Said     []Statement
}

// Tranche finds a tranche.
func (p Plan) Tranche(id string) (contracts.PlanTranche, bool) {
	i := slices.IndexFunc(p.Told.Tranches, func(t contracts.PlanTranche) bool { return t.ID == id })
	if i < 0 {
		return contracts.PlanTranche{}, false
	}
	return p.Told.Tranches[i], true
}

// Confirmation is what the co-operative signed of a tranche's money; false while it has not.
func (p Plan) Confirmation(tranche string) (contracts.DisbursementConfirmed, bool) {
	for _, s := range p.Said {
		if e, ok := s.Event.(contracts.DisbursementConfirmed); ok && s.Tranche == tranche {
			return e, true
		}
	}
	return contracts.DisbursementConfirmed{}, false
}

// Evidence lists what the co-operative gave for a condition.
func (p Plan) Evidence(tranche string, condition int) (all []contracts.ConditionEvidenced) {
	for _, s := range p.Said {
		if e, ok := s.Event.(contracts.ConditionEvidenced); ok && s.Tranche == tranche && s.Condition == condition {
			all = append(all, e)
		}
	}
	return all
}

// The names under which the last word of the hub is kept.
const (
	planTold     = "investment-plan"
	coverageTold = "coverage"
)

// Take keeps what the hub says of the plan and of coverage; the last word counts. What is another country's is refused.
func (p Plans) Take(ctx context.Context, tx *storage.Tx, event contracts.Event) error {
	name, country := planTold, contracts.CountryCode("")
	switch e := event.(type) {
	case contracts.InvestmentPlanTold:
		country = e.Country
	case contracts.CoverageTold:
		name, country = coverageTold, e.Country
	}
	if country != p.Country {
		return contracts.Fault{Code: contracts.FaultNoUse, Field: "country", Message: fmt.Sprintf("for %s, and this is %s", country, p.Country)}
	}
	body, err := contracts.Encode(event)
	if err != nil {
		return err
	}
	return p.Store.SetState(ctx, tx, name, string(body))
}

// Returned takes in what the co-operative said and its books had lost.
func (p Plans) Returned(ctx context.Context, tx *storage.Tx, event contracts.Event) error {
	switch e := event.(type) {
	case contracts.DisbursementConfirmed:
		return p.Store.AddStatement(ctx, tx, Statement{Tranche: e.Tranche, At: p.Now(), Event: e})
	case contracts.ConditionEvidenced:
		return p.Store.AddStatement(ctx, tx, Statement{Tranche: e.Tranche, Condition: e.Condition, At: p.Now(), Event: e})
	}
	return nil
}

// Read returns the plan.
func (p Plans) Read(ctx context.Context, q storage.Querier) (out Plan, err error) {
	told, err := p.Store.State(ctx, q, planTold)
	if err != nil {
		return out, fmt.Errorf("read plan: %w", err)
	}
	coverage, err := p.Store.State(ctx, q, coverageTold)
	if err != nil {
		return out, fmt.Errorf("read coverage: %w", err)
	}
	if out.Known = told != ""; out.Known {
		if err := contracts.Decode([]byte(told), &out.Told); err != nil {
			return out, fmt.Errorf("read plan: %v", err)
		}
	}
	if coverage != "" {
		if err := contracts.Decode([]byte(coverage), &out.Coverage); err != nil {
			return out, fmt.Errorf("read coverage: %v", err)
		}
	}
	out.Said, err = p.Store.Statements(ctx, q)
	return out, err
}

// Confirm signs that the money of a tranche came, and tells the hub. Only what was sent to this co-operative can be confirmed, once, and to the cent.
func (p Plans) Confirm(ctx context.Context, by, tranche string, on contracts.Date, amount contracts.Money) (e contracts.DisbursementConfirmed, err error) {
	e = contracts.DisbursementConfirmed{Country: p.Country, Tranche: tranche, ReceivedOn: on, Amount: amount}
	err = p.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		now, err := p.Read(ctx, tx)
		if err != nil {
			return err
		}
		if err := now.CheckConfirmation(e, contracts.DateOf(p.Now().UTC())); err != nil {
			return err
		}
		return p.say(ctx, tx, Statement{Tranche: tranche, At: p.Now(), By: by, Event: e})
	})
	return e, err
}

// CheckConfirmation says what is wrong with a confirmation.
func (p Plan) CheckConfirmation(e contracts.DisbursementConfirmed, today contracts.Date) error {
	t, found := p.Tranche(e.Tranche)
	if !found {
		return contracts.Fault{Code: FaultUnknown, Field: "tranche", Message: "the plan of this co-operative has no such tranche", Remedy: "choose one of the plan"}
	}
	var fs contracts.Faults
	fs.Add("", e.Validate())
	_, confirmed := p.Confirmation(t.ID)
	switch {
	case confirmed || t.State == contracts.TrancheConfirmed:
		fs.Addf(FaultDone, "tranche", "a step is taken once", "it is confirmed already")
	case t.State != contracts.TrancheSent:
		fs.Addf(FaultStep, "tranche", "wait until the board has sent it", "this money was not sent")
	}
	if e.ReceivedOn.After(today) {
		fs.Addf(contracts.FaultDate, "received_on", "confirm it when the money is there", "the day has not come")
	}
	if !e.ReceivedOn.IsZero() && e.ReceivedOn.Before(t.Sent) {
		fs.Addf(contracts.FaultDate, "received_on", "look at the bank's statement", "it was sent on %s", t.Sent)
	}
	if e.Amount.Sign() > 0 && !e.Amount.Equal(t.Amount) {
		fs.Addf(contracts.FaultAmount, "amount", "write what the bank's statement says; when it differs, call the board before you confirm", "%s confirmed, and %s sent", e.Amount, t.Amount)
	}
	return fs.Err()
}

// Give signs evidence for a condition, and tells the hub. It may be given again.
func (p Plans) Give(ctx context.Context, by string, e contracts.ConditionEvidenced) (contracts.ConditionEvidenced, error) {
	e.Country, e.Given = p.Country, contracts.DateOf(p.Now().UTC())
	return e, p.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		now, err := p.Read(ctx, tx)
		if err != nil {
			return err
		}
		if err := now.checkEvidence(e); err != nil {
			return err
		}
		return p.say(ctx, tx, Statement{Tranche: e.Tranche, Condition: e.Condition, At: p.Now(), By: by, Event: e})
	})
}

func (p Plan) checkEvidence(e contracts.ConditionEvidenced) error {
	t, found := p.Tranche(e.Tranche)
	switch {
	case !found:
		return contracts.Fault{Code: FaultUnknown, Field: "tranche", Message: "the plan of this co-operative has no such tranche", Remedy: "choose one of the plan"}
	case e.Condition < 1 || e.Condition > len(t.Conditions):
		return contracts.Fault{Code: FaultUnknown, Field: "condition", Message: "the tranche has no such condition", Remedy: "choose one of the plan"}
	case !t.Conditions[e.Condition-1].Open():
		return contracts.Fault{Code: FaultDone, Field: "condition", Message: "this condition holds already", Remedy: "nothing is left to do"}
	}
	return e.Validate()
}

func (p Plans) say(ctx context.Context, tx *storage.Tx, s Statement) error {
	if err := p.Store.AddStatement(ctx, tx, s); err != nil {
		return fmt.Errorf("keep what is said of %s: %w", s.Tranche, err)
	}
	return p.Send(ctx, tx, s.Event, "")
}
