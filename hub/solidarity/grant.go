package solidarity

import (
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/book"
)

func (a Applied) apply(p *Pot, on contracts.Date) (book.Booking, error) {
	var fs contracts.Faults
	fs.Add("", taken(a.ID, slices.ContainsFunc(p.Applications, func(o Application) bool { return o.ID == a.ID })))
	fs.Add("country", a.Country.Validate())
	fs.Add("amount", euros(a.Amount))
	fs.Add("purpose", text(a.Purpose))
	fs.Add("evidence", text(a.Evidence))
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	none := contracts.Zero(contracts.EUR)
	p.Applications = append(p.Applications, Application{ID: a.ID, Country: a.Country, Day: on, Amount: a.Amount, Purpose: a.Purpose, Evidence: a.Evidence, State: Asked,
		Granted: none, Paid: none, Spent: none, Returned: none, Uses: []Use{}, Example: a.Example})
	return book.Booking{}, nil
}

// application finds one in a state.
func (p *Pot) application(id string, states ...State) (*Application, error) {
	i := slices.IndexFunc(p.Applications, func(a Application) bool { return a.ID == id })
	if i < 0 {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "application", Message: fmt.Sprintf("there is no application %.40q by that day", id), Remedy: "enter the application first"}
	}
	a := &p.Applications[i]
	if !slices.Contains(states, a.State) {
		return nil, contracts.Fault{Code: FaultDone, Field: "application", Message: fmt.Sprintf("the application stands at: %s", a.State), Remedy: "choose another application or another step"}
	}
	return a, nil
}

func (a Awarded) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	asked, err := p.application(a.Application, Asked)
	if err != nil {
		return book.Booking{}, err
	}
	var fs contracts.Faults
	fs.Add("", atMost(a.Amount, asked.Amount))
	fs.Add("", p.carried(a.Decision))
	if len(fs) == 0 && a.Amount.Amount.GreaterThan(p.Free().Amount) {
		fs.Addf(FaultPot, "amount", "grant less, or wait until contributions have come in", "only %s are free in the pot", p.Free())
	}
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	asked.State, asked.Granted, asked.Decision, p.Granted = Approved, a.Amount, a.Decision, more(p.Granted, a.Amount)
	return book.Booking{About: "grant " + a.Application, Postings: moves(a.Application, Granted, Fund, a.Amount)}, nil
}

func (a Refused) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	asked, err := p.application(a.Application, Asked)
	if err != nil {
		return book.Booking{}, err
	}
	if _, found := p.Decision(a.Decision); !found {
		return book.Booking{}, p.carried(a.Decision)
	}
	asked.State, asked.Decision = Declined, a.Decision
	return book.Booking{}, nil
}

func (a PaidOut) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	g, err := p.application(a.Application, Approved)
	if err != nil {
		return book.Booking{}, err
	}
	if err := atMost(a.Amount, g.ToPay()); err != nil {
		return book.Booking{}, err
	}
	g.Paid, p.Granted, p.Bank = more(g.Paid, a.Amount), less(p.Granted, a.Amount), less(p.Bank, a.Amount)
	return book.Booking{About: "pay-out of " + a.Application, Postings: moves(a.Application, Bank, Granted, a.Amount)}, nil
}

func (a Used) apply(p *Pot, on contracts.Date) (book.Booking, error) {
	g, err := p.application(a.Application, Approved, Closed)
	if err != nil {
		return book.Booking{}, err
	}
	var fs contracts.Faults
	fs.Add("", atMost(a.Amount, g.Unreported()))
	fs.Add("text", text(a.Text))
	fs.Add("evidence", text(a.Evidence))
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	g.Spent, g.Uses = more(g.Spent, a.Amount), append(slices.Clone(g.Uses), Use{on, a.Amount, a.Text, a.Evidence})
	return book.Booking{}, nil
}

func (a GivenBack) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	g, err := p.application(a.Application, Approved, Closed)
	if err != nil {
		return book.Booking{}, err
	}
	if err := atMost(a.Amount, g.Unreported()); err != nil {
		return book.Booking{}, err
	}
	g.Returned, p.Bank = more(g.Returned, a.Amount), more(p.Bank, a.Amount)
	return book.Booking{About: "return of " + a.Application, Postings: moves(a.Application, Fund, Bank, a.Amount)}, nil
}

func (a Ended) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	g, err := p.application(a.Application, Approved)
	if err != nil {
		return book.Booking{}, err
	}
	var fs contracts.Faults
	fs.Add("reason", text(a.Reason))
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	rest := g.ToPay()
	g.State, p.Granted = Closed, less(p.Granted, rest)
	if rest.IsZero() {
		return book.Booking{}, nil
	}
	return book.Booking{About: "closing of " + a.Application, Postings: moves(a.Application, Fund, Granted, rest)}, nil
}
