package investment

import (
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/ledger"
)

// tranche finds one for an act.
func (b *Books) tranche(id string) (*Programme, *Tranche, error) {
	p, t, found := b.Tranche(id)
	if !found {
		return nil, nil, contracts.Fault{Code: FaultUnknown, Field: "tranche", Message: fmt.Sprintf("there is no tranche %.60q by that day", id), Remedy: "plan it first"}
	}
	return p, t, nil
}

// order is the way of a tranche.
var order = []State{Planned, Approved, OnOrder, Paid, Arrived}

// at demands that a tranche stands where a step begins.
func (t Tranche) at(needed State) error {
	now, begin := slices.Index(order, t.State), slices.Index(order, needed)
	switch {
	case t.State == Withdrawn:
		return contracts.Fault{Code: FaultStopped, Field: "tranche", Message: "the tranche was withdrawn when the support was stopped", Remedy: "it cannot be taken up again"}
	case now > begin:
		return contracts.Fault{Code: FaultReleased, Field: "tranche", Message: fmt.Sprintf("the tranche is past this step: it is %s", t.State), Remedy: "a step is taken once"}
	case now < begin:
		return contracts.Fault{Code: FaultStep, Field: "tranche", Message: fmt.Sprintf("the tranche is only %s", t.State), Remedy: fmt.Sprintf("it must be %s first", needed)}
	}
	return nil
}

func (a ConditionMet) apply(b *Books, on contracts.Date) (booking, error) {
	_, t, err := b.tranche(a.Tranche)
	if err != nil {
		return booking{}, err
	}
	var fs contracts.Faults
	fs.Add("evidence", text(a.Evidence))
	fs.Add("", t.at(Planned))
	switch {
	case a.Condition < 1 || a.Condition > len(t.Conditions):
		fs.Addf(FaultUnknown, "condition", "choose one of the tranche's conditions", "there is no condition %d", a.Condition)
	case !t.Conditions[a.Condition-1].Open():
		fs.Addf(FaultReleased, "condition", "nothing is left to do", "this condition holds already")
	}
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	c := &t.Conditions[a.Condition-1]
	c.Met, c.Evidence = on, a.Evidence
	return booking{}, nil
}

func (a Released) apply(b *Books, on contracts.Date) (booking, error) {
	p, t, err := b.tranche(a.Tranche)
	if err != nil {
		return booking{}, err
	}
	var fs contracts.Faults
	fs.Add("", t.at(Planned))
	if t.State == Planned {
		fs.Add("", p.supports(t.Country))
	}
	fs.Add("", b.carried(a.Decision))
	open := t.OpenConditions()
	for _, n := range a.Waived {
		if !slices.Contains(open, n) {
			fs.Addf(contracts.FaultInvalid, "waived", "waive open conditions alone", "condition %d is not open", n)
		}
	}
	for _, n := range open {
		if !slices.Contains(a.Waived, n) && t.State == Planned {
			fs.Addf(FaultConditions, "waived", "note the evidence that it holds, or name it as waived by the decision", "condition %d is open: %s", n, t.Conditions[n-1].Text)
		}
	}
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	for _, n := range a.Waived {
		t.Conditions[n-1].Waived = a.Decision
	}
	t.State, t.Release, t.Released = Approved, a.Decision, on
	return booking{About: "release of " + t.ID, Postings: moves(t.ID, Commitments, Promised, t.Amount)}, nil
}

func (a Ordered) apply(b *Books, on contracts.Date) (booking, error) {
	_, t, err := b.tranche(a.Tranche)
	if err != nil {
		return booking{}, err
	}
	var fs contracts.Faults
	fs.Add("", t.at(Approved))
	fs.Add("reference", text(a.Reference))
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	t.State, t.Order, t.Ordered = OnOrder, a.Reference, on
	return booking{}, nil
}

func (a Sent) apply(b *Books, on contracts.Date) (booking, error) {
	p, t, err := b.tranche(a.Tranche)
	if err != nil {
		return booking{}, err
	}
	if err := t.at(OnOrder); err != nil {
		return booking{}, err
	}
	t.State, t.Sent = Paid, on
	switch p.Instrument {
	case Loan:
		t.OpenLoan = t.Amount
	case Equity:
		t.OpenEquity = t.Amount
	}
	return booking{About: "transfer of " + t.ID, Postings: append(moves(t.ID, Promised, Commitments, t.Amount), moves(t.ID, Bank, p.Instrument.asset(), t.Amount)...)}, nil
}

func (a Confirmed) apply(b *Books, on contracts.Date) (booking, error) {
	_, t, err := b.tranche(a.Tranche)
	if err != nil {
		return booking{}, err
	}
	if a.Node != t.Country {
		return booking{}, contracts.Fault{Code: FaultNode, Field: "node", Message: fmt.Sprintf("the tranche is for %s, and %s confirms it", t.Country, a.Node), Remedy: "the node that gets the money confirms it"}
	}
	var fs contracts.Faults
	fs.Add("", t.at(Paid))
	if !a.Amount.Equal(t.Amount) {
		fs.Addf(contracts.FaultAmount, "amount", "ask the bank where the difference is", "%s came, and %s was sent", a.Amount, t.Amount)
	}
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	t.State, t.Confirmed = Arrived, on
	return booking{}, nil
}

// gone finds a tranche whose money has left, and demands an amount of at most what limit says.
func (b *Books) gone(id string, m contracts.Money, limit func(Programme, Tranche) contracts.Money) (*Programme, *Tranche, error) {
	p, t, err := b.tranche(id)
	if err != nil {
		return nil, nil, err
	}
	if !t.Gone() {
		return nil, nil, contracts.Fault{Code: FaultStep, Field: "tranche", Message: "the money of this tranche has not been sent", Remedy: "note that it was sent first"}
	}
	if err := p.in(m); err != nil {
		return nil, nil, err
	}
	if most := limit(*p, *t); m.Amount.GreaterThan(most.Amount) {
		return nil, nil, contracts.Fault{Code: FaultCeiling, Field: "amount", Message: fmt.Sprintf("only %s of it can be", most), Remedy: "give at most that"}
	}
	return p, t, nil
}

func (a Repaid) apply(b *Books, _ contracts.Date) (booking, error) {
	p, t, err := b.gone(a.Tranche, a.Amount, func(p Programme, t Tranche) contracts.Money {
		if p.Instrument == Loan || p.Instrument == Equity {
			return t.Open()
		}
		return less(t.Amount, t.Repaid)
	})
	if err != nil {
		return booking{}, err
	}
	t.Repaid.Amount = t.Repaid.Amount.Add(a.Amount.Amount)
	postings := moves(t.ID, Grants, Bank, a.Amount)
	if p.Instrument == Loan || p.Instrument == Equity {
		postings = t.reduce(Bank, a.Amount)
	}
	return booking{About: "repayment of " + t.ID, Postings: postings}, nil
}

func (a Converted) apply(b *Books, _ contracts.Date) (booking, error) {
	_, t, err := b.gone(a.Tranche, a.Amount, func(_ Programme, t Tranche) contracts.Money { return t.OpenLoan })
	if err == nil {
		err = b.carried(a.Decision)
	}
	if err != nil {
		return booking{}, err
	}
	t.OpenLoan, t.OpenEquity.Amount = less(t.OpenLoan, a.Amount), t.OpenEquity.Amount.Add(a.Amount.Amount)
	return booking{About: "conversion of " + t.ID, Postings: moves(t.ID, Loans, Shares, a.Amount)}, nil
}

func (a Impaired) apply(b *Books, _ contracts.Date) (booking, error) {
	_, t, err := b.gone(a.Tranche, a.Amount, func(_ Programme, t Tranche) contracts.Money { return less(t.Open(), t.Impaired) })
	if err == nil {
		err = b.carried(a.Decision)
	}
	if err != nil {
		return booking{}, err
	}
	t.Impaired.Amount = t.Impaired.Amount.Add(a.Amount.Amount)
	return booking{About: "impairment of " + t.ID, Postings: moves(t.ID, Impairments, ImpairmentCost, a.Amount)}, nil
}

func (a WrittenOff) apply(b *Books, _ contracts.Date) (booking, error) {
	_, t, err := b.gone(a.Tranche, a.Amount, func(_ Programme, t Tranche) contracts.Money { return t.Open() })
	if err == nil {
		err = b.carried(a.Decision)
	}
	if err != nil {
		return booking{}, err
	}
	t.Lost.Amount = t.Lost.Amount.Add(a.Amount.Amount)
	covered := a.Amount
	if t.Impaired.Amount.LessThan(covered.Amount) {
		covered = t.Impaired
	}
	t.Impaired = less(t.Impaired, covered)
	postings := slices.Concat(moves(t.ID, Losses, Impairments, covered), t.reduce(Losses, a.Amount))
	return booking{About: "write-off of " + t.ID, Postings: substance(postings)}, nil
}

func (a Stopped) apply(b *Books, on contracts.Date) (booking, error) {
	p, err := b.programme(a.Programme)
	if err == nil {
		err = p.supports(a.Country)
	}
	if err == nil {
		err = b.carried(a.Decision)
	}
	if err != nil {
		return booking{}, err
	}
	var postings []ledger.Posting
	for i := range p.Tranches {
		t := &p.Tranches[i]
		if t.Country != a.Country || slices.Index(order, t.State) >= slices.Index(order, OnOrder) {
			continue
		}
		if t.State == Approved {
			postings = append(postings, moves(t.ID, Promised, Commitments, t.Amount)...)
		}
		t.State = Withdrawn
	}
	p.Stops = append(p.Stops, Stop{a.Country, on, a.Decision})
	return booking{About: fmt.Sprintf("stop of %s in %s", a.Country, p.ID), Postings: postings}, nil
}
