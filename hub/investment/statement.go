package investment

import (
	"fmt"
	"time"

	"passerelle/contracts"
)

// Confirmation is a node's word that the money of a tranche came.
type Confirmation struct {
	contracts.DisbursementConfirmed
	Heard time.Time `json:"heard"`
}

// Evidence is what a node gives for a condition.
type Evidence struct {
	contracts.ConditionEvidenced
	Number int64     `json:"number"`
	Heard  time.Time `json:"heard"`
}

// Fits says whether a node's word on a tranche can be right: nothing is said against a tranche that the book does not know, or that it does not know
// to be sent yet, because the book may have lost it. known tells whether it is to be entered now.
func (b *Books) Fits(e contracts.DisbursementConfirmed) (known bool, err error) {
	_, t, found := b.Tranche(e.Tranche)
	if !found {
		return false, nil
	}
	switch {
	case t.Country != e.Country:
		return false, contracts.Fault{Code: FaultNode, Field: "country", Message: fmt.Sprintf("the money goes to %s", t.Country), Remedy: "only the node that gets it confirms it"}
	case !t.Amount.Equal(e.Amount):
		return false, contracts.Fault{Code: contracts.FaultAmount, Field: "amount", Message: fmt.Sprintf("%s confirmed, and %s sent", e.Amount, t.Amount), Remedy: "ask the bank; a tranche is confirmed to the cent"}
	case t.State == Arrived || t.State == Withdrawn:
		return false, t.at(Paid)
	}
	return t.State == Paid, nil
}

// Act is the entry that a confirmation comes to.
func (c Confirmation) Act() Dated {
	return Dated{Day: c.ReceivedOn, Act: Confirmed{Tranche: c.Tranche, Node: c.Country, Amount: c.Amount}}
}

// Waiting are the confirmations that the book has not taken in: it does not know their tranche, or not that it was sent.
func (b *Books) Waiting(all []Confirmation) (waiting []Confirmation) {
	for _, c := range all {
		if _, t, found := b.Tranche(c.Tranche); !found || t.Country != c.Country || t.State != Arrived {
			waiting = append(waiting, c)
		}
	}
	return waiting
}

// CheckEvidence refuses evidence for what is not asked of a country. A tranche that the book does not know may have been lost.
func (b *Books) CheckEvidence(e contracts.ConditionEvidenced) error {
	_, t, found := b.Tranche(e.Tranche)
	switch {
	case !found:
		return nil
	case t.Country != e.Country:
		return contracts.Fault{Code: FaultNode, Field: "country", Message: fmt.Sprintf("the money goes to %s", t.Country), Remedy: "only the node that gets it gives evidence"}
	case e.Condition > len(t.Conditions):
		return contracts.Fault{Code: FaultUnknown, Field: "condition", Message: fmt.Sprintf("there is no condition %d", e.Condition), Remedy: "choose one of the tranche's conditions"}
	}
	return nil
}

// PlanOf is a country's own part of the plan, as its node is told; false when nothing was planned for it.
func (b *Books) PlanOf(c Country) (contracts.InvestmentPlanTold, bool) {
	plan := contracts.InvestmentPlanTold{Country: c, Tranches: []contracts.PlanTranche{}}
	for _, p := range b.Programmes {
		for _, t := range p.Tranches {
			if t.Country == c {
				plan.Tranches = append(plan.Tranches, told(p, t))
				plan.Example = plan.Example || p.Example
			}
		}
	}
	return plan, len(plan.Tranches) > 0
}

// told leaves out what is the board's own: its decisions, the order at the bank, what is set aside.
func told(p Programme, t Tranche) contracts.PlanTranche {
	out := contracts.PlanTranche{ID: t.ID, Programme: p.Name, Instrument: string(p.Instrument), Year: t.Year, Amount: t.Amount, Due: t.Due, State: contracts.TrancheState(t.State),
		Released: t.Released, Sent: t.Sent, Confirmed: t.Confirmed, Conditions: []contracts.PlanCondition{}}
	for _, c := range t.Conditions {
		out.Conditions = append(out.Conditions, contracts.PlanCondition{Kind: string(c.Kind), Text: c.Text, Met: c.Met, Waived: c.Waived != ""})
	}
	for _, i := range t.Schedule {
		out.Repayments = append(out.Repayments, contracts.PlanInstalment{Due: i.Due, Amount: i.Amount})
	}
	return out
}
