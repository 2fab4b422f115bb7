package solidarity

import (
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

// The accounts of the pot at the hub. A posting is owned by the call and country, or by the application, that it is about.
const (
	Bank    ledger.Account = "pot-bank"
	Owed    ledger.Account = "pot-owed"    // called and not paid
	Fund    ledger.Account = "pot-fund"    // what the co-operatives hold in common: a credit
	Granted ledger.Account = "pot-granted" // and not paid out: a credit
)

// longestText is what a person may type.
const longestText = 2000

func moves(owner string, from, to ledger.Account, m contracts.Money) []ledger.Posting {
	return []ledger.Posting{{Account: to, Owner: owner, Amount: m}, {Account: from, Owner: owner, Amount: m.Neg()}}
}

func text(s string) error {
	switch {
	case s == "":
		return contracts.Fault{Code: contracts.FaultMissing, Message: "nothing is written here", Remedy: "a sentence is enough"}
	case len(s) > longestText:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: "too long", Remedy: "write what matters; the minutes have the rest"}
	}
	return nil
}

// taken demands an id that nothing of its kind has.
func taken(id string, there bool) error {
	if !there {
		return nil
	}
	return contracts.Fault{Code: FaultDone, Field: "id", Message: fmt.Sprintf("there is something called %s already", id), Remedy: "choose another id"}
}

func (a DecisionTaken) apply(p *Pot, on contracts.Date) (book.Booking, error) {
	var fs contracts.Faults
	_, there := p.Decision(a.ID)
	fs.Add("", taken(a.ID, there))
	if a.Meeting != on {
		fs.Addf(contracts.FaultDate, "meeting", "enter the decision with the day of its meeting", "the meeting was on another day")
	}
	fs.Add("motion", text(a.Motion))
	fs.Add("minutes", text(a.Minutes))
	fs.Add("reason", text(a.Reason))
	if a.Rule.Whole == 0 {
		fs.Addf(contracts.FaultMissing, "rule", "say how many must say yes", "no rule of voting")
	}
	_, err := a.Count()
	fs.Add("for", err)
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	p.Decisions = append(p.Decisions, a.Decision)
	return book.Booking{}, nil
}

// carried demands a decision that was carried, on a meeting before the act or on its day.
func (p *Pot) carried(id string) error {
	d, found := p.Decision(id)
	switch {
	case !found:
		return contracts.Fault{Code: FaultDecision, Field: "decision", Message: fmt.Sprintf("there is no decision %.40q by that day", id), Remedy: "enter the decision of the co-operatives first"}
	case !d.Carried():
		return contracts.Fault{Code: FaultDecision, Field: "decision", Message: "the motion was not carried", Remedy: "choose a decision that was"}
	}
	return nil
}

func (a KeyAdopted) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	var fs contracts.Faults
	_, there := p.Key(a.ID)
	fs.Add("", taken(a.ID, there))
	fs.Add("name", text(a.Name))
	fs.Add("", a.Key.Validate())
	if a.From.IsZero() {
		fs.Addf(contracts.FaultMissing, "from", "give the day from which the key counts", "no day")
	}
	fs.Add("", p.carried(a.Decision))
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	p.Keys = append(p.Keys, a.Adopted)
	return book.Booking{}, nil
}

func (a Called) apply(p *Pot, on contracts.Date) (book.Booking, error) {
	var fs contracts.Faults
	fs.Add("", taken(a.ID, slices.ContainsFunc(p.Calls, func(c Call) bool { return c.ID == a.ID })))
	fs.Add("name", text(a.Name))
	fs.Add("source", text(a.Source))
	if a.Due.Before(on) {
		fs.Addf(contracts.FaultDate, "due", "give a day on or after that of the call", "it would be due before it is called")
	}
	fs.Add("", p.carried(a.Decision))
	counts, any := p.KeyOn(on)
	if !any || counts.ID != a.Key {
		fs.Addf(FaultKey, "key", "choose the key that counts on the day of the call", "the key %s does not count on %s", a.Key, on)
	}
	var parts []Part
	if len(fs) == 0 {
		var err error
		parts, err = counts.Key.Divide(a.Budget, a.Figures)
		fs.Add("", err)
	}
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	c := Call{ID: a.ID, Name: a.Name, Day: on, Due: a.Due, Budget: a.Budget, Key: a.Key, Figures: a.Figures, Source: a.Source, Decision: a.Decision, Example: a.Example}
	postings := []ledger.Posting{}
	for _, part := range parts {
		c.Debts = append(c.Debts, Debt{part, contracts.Zero(contracts.EUR), contracts.Zero(contracts.EUR)})
		if part.Amount.Sign() > 0 {
			postings = append(postings, moves(owner(a.ID, part.Country), Fund, Owed, part.Amount)...)
		}
	}
	p.Calls, p.Owed = append(p.Calls, c), more(p.Owed, a.Budget)
	return book.Booking{About: "call " + a.ID, Postings: postings}, nil
}

func owner(call string, c Country) string { return call + "/" + string(c) }

// debt finds what a country owes of a call.
func (p *Pot) debt(call string, c Country) (*Debt, error) {
	i := slices.IndexFunc(p.Calls, func(o Call) bool { return o.ID == call })
	if i < 0 {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "call", Message: fmt.Sprintf("there is no call %.40q by that day", call), Remedy: "enter the call first"}
	}
	at := slices.IndexFunc(p.Calls[i].Debts, func(d Debt) bool { return d.Country == c })
	if at < 0 {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "country", Message: fmt.Sprintf("%s owes nothing of this call", c), Remedy: "choose one of its countries"}
	}
	return &p.Calls[i].Debts[at], nil
}

// owed finds a debt of which at least an amount is open.
func (p *Pot) owed(call string, c Country, m contracts.Money) (*Debt, error) {
	d, err := p.debt(call, c)
	if err == nil {
		err = atMost(m, d.Open())
	}
	return d, err
}

// atMost demands an amount of EUR above zero and up to a limit.
func atMost(m, limit contracts.Money) error {
	var fs contracts.Faults
	fs.Add("amount", euros(m))
	if len(fs) == 0 && m.Amount.GreaterThan(limit.Amount) {
		fs.Addf(FaultMost, "amount", "give at most that", "only %s of it can be", limit)
	}
	return fs.Err()
}

func (a PaidIn) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	d, err := p.owed(a.Call, a.Country, a.Amount)
	if err != nil {
		return book.Booking{}, err
	}
	d.Paid, p.Bank, p.Owed = more(d.Paid, a.Amount), more(p.Bank, a.Amount), less(p.Owed, a.Amount)
	return book.Booking{About: "contribution of " + owner(a.Call, a.Country), Postings: moves(owner(a.Call, a.Country), Owed, Bank, a.Amount)}, nil
}

func (a PaidBack) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	d, err := p.debt(a.Call, a.Country)
	if err != nil {
		return book.Booking{}, err
	}
	var fs contracts.Faults
	fs.Add("", atMost(a.Amount, d.Paid))
	fs.Add("reason", text(a.Reason))
	if len(fs) == 0 && a.Amount.Amount.GreaterThan(p.Free().Amount) {
		fs.Addf(FaultPot, "amount", "close a grant that was not paid out first", "only %s are free in the pot", p.Free())
	}
	if err := fs.Err(); err != nil {
		return book.Booking{}, err
	}
	d.Paid, p.Bank, p.Owed = less(d.Paid, a.Amount), less(p.Bank, a.Amount), more(p.Owed, a.Amount)
	return book.Booking{About: "contribution back to " + owner(a.Call, a.Country), Postings: moves(owner(a.Call, a.Country), Bank, Owed, a.Amount)}, nil
}

func (a Waived) apply(p *Pot, _ contracts.Date) (book.Booking, error) {
	d, err := p.owed(a.Call, a.Country, a.Amount)
	if err == nil {
		err = p.carried(a.Decision)
	}
	if err != nil {
		return book.Booking{}, err
	}
	d.Waived, p.Owed = more(d.Waived, a.Amount), less(p.Owed, a.Amount)
	return book.Booking{About: "waiver for " + owner(a.Call, a.Country), Postings: moves(owner(a.Call, a.Country), Owed, Fund, a.Amount)}, nil
}
