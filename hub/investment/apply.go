package investment

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// Bounds of what a person may type.
const (
	longestText = 2000
	mostSeats   = 100
	mostYears   = 20
)

func (a DecisionTaken) apply(b *Books, on contracts.Date) (booking, error) {
	var fs contracts.Faults
	if _, twice := b.Decision(a.ID); twice {
		fs.Addf(FaultReleased, "id", "choose another id", "there is a decision %s already", a.ID)
	}
	if a.Meeting != on {
		fs.Addf(contracts.FaultDate, "meeting", "enter the decision with the day of its meeting", "the meeting was on another day")
	}
	fs.Add("motion", text(a.Motion))
	fs.Add("minutes", text(a.Minutes))
	fs.Add("reason", text(a.Reason))
	if a.Seats < 1 || a.Seats > mostSeats {
		fs.Addf(contracts.FaultInvalid, "seats", "give how many people sit on the board", "%d is no number of seats", a.Seats)
	}
	for name, n := range map[string]int{"for": a.For, "against": a.Against, "abstain": a.Abstain} {
		if n < 0 {
			fs.Addf(contracts.FaultInvalid, name, "count the votes anew", "%d votes", n)
		}
	}
	if cast := a.For + a.Against + a.Abstain; cast > a.Seats {
		fs.Addf(FaultVotes, "for", "count the votes anew", "%d votes, and the board has %d seats", cast, a.Seats)
	}
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	b.Decisions = append(b.Decisions, a.Decision)
	return booking{}, nil
}

// text demands some words.
func text(s string) error {
	switch {
	case s == "":
		return contracts.Fault{Code: contracts.FaultMissing, Message: "nothing is written here", Remedy: "a sentence is enough"}
	case len(s) > longestText:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: "too long", Remedy: "write what matters; the minutes have the rest"}
	}
	return nil
}

// carried demands a decision that was carried, on a meeting before the act or on its day.
func (b *Books) carried(id string) error {
	d, found := b.Decision(id)
	switch {
	case id == "":
		return contracts.Fault{Code: FaultDecision, Field: "decision", Message: "no decision", Remedy: "enter the decision of the board first"}
	case !found:
		return contracts.Fault{Code: FaultDecision, Field: "decision", Message: fmt.Sprintf("there is no decision %.40q by that day", id), Remedy: "enter the decision of the board first"}
	case !d.Carried():
		return contracts.Fault{Code: FaultDecision, Field: "decision", Message: "the motion was not carried", Remedy: "choose a decision that was"}
	}
	return nil
}

func (a ProgrammeOpened) apply(b *Books, on contracts.Date) (booking, error) {
	var fs contracts.Faults
	if _, twice := b.Programme(a.ID); twice || a.ID == "" {
		fs.Addf(FaultReleased, "id", "choose another id", "there is a programme %s already", a.ID)
	}
	fs.Add("name", text(a.Name))
	if !slices.Contains(Instruments, a.Instrument) {
		fs.Addf(contracts.FaultInvalid, "instrument", "choose grant, loan, equity or separate agreement", "%.40q is no instrument", string(a.Instrument))
	}
	fs.Add("until", years(a.From, a.Until))
	fs.Add("countries", countries(a.Countries))
	if a.Ceiling == nil && a.Instrument != Separate {
		fs.Addf(contracts.FaultMissing, "ceiling", "give what the programme may cost at most", "no ceiling")
	}
	if a.Ceiling != nil {
		fs.Add("ceiling", positive(*a.Ceiling))
	}
	fs.Add("", b.carried(a.Decision))
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	p := Programme{ID: a.ID, Name: a.Name, Instrument: a.Instrument, Currency: contracts.EUR, From: a.From, Until: a.Until, Countries: slices.Sorted(slices.Values(a.Countries)), Opened: on,
		Decision: a.Decision, Note: a.Note, Example: a.Example, Envelopes: []Envelope{}, Allocations: []Allocation{}, Tranches: []Tranche{}, Stops: []Stop{}}
	if a.Ceiling != nil {
		p.Currency = a.Ceiling.Currency
		p.Envelopes = append(p.Envelopes, Envelope{a.From, a.Until, *a.Ceiling, a.Decision, a.Source})
	}
	b.Programmes = append(b.Programmes, p)
	return booking{}, nil
}

func years(from, until int) error {
	if from < 2000 || until < from || until-from >= mostYears || until > 2199 {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%d to %d are no years of a programme", from, until), Remedy: "give the first year, and the last one not before it"}
	}
	return nil
}

func countries(all []Country) error {
	if len(all) == 0 {
		return contracts.Fault{Code: contracts.FaultMissing, Message: "no country", Remedy: "name the countries, such as AT, DE"}
	}
	var fs contracts.Faults
	for i, c := range all {
		fs.Add("", c.Validate())
		if slices.Contains(all[:i], c) {
			fs.Addf(contracts.FaultInvalid, "", "name each country once", "%s twice", c)
		}
	}
	return fs.Err()
}

func positive(m contracts.Money) error {
	if _, err := m.Minor(); err != nil {
		return err
	}
	if m.Sign() <= 0 {
		return contracts.Fault{Code: contracts.FaultAmount, Message: "no amount above zero", Remedy: "give an amount such as 50000.00"}
	}
	return nil
}

// in is positive, in the currency of the programme.
func (p Programme) in(m contracts.Money) error {
	if len(p.Envelopes) > 0 && m.Currency != p.Currency {
		return contracts.Fault{Code: contracts.FaultCurrency, Field: "amount", Message: fmt.Sprintf("in %s, and the programme is in %s", m.Currency, p.Currency), Remedy: "a programme has one currency: open another programme for another"}
	}
	var fs contracts.Faults
	fs.Add("amount", positive(m))
	return fs.Err()
}

// programme finds one for an act.
func (b *Books) programme(id string) (*Programme, error) {
	p, found := b.Programme(id)
	if !found {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "programme", Message: fmt.Sprintf("there is no programme %.40q by that day", id), Remedy: "open it first"}
	}
	return p, nil
}

func (a Extended) apply(b *Books, _ contracts.Date) (booking, error) {
	p, err := b.programme(a.Programme)
	if err != nil {
		return booking{}, err
	}
	var fs contracts.Faults
	fs.Add("until", years(a.From, a.Until))
	fs.Add("", p.in(a.Ceiling))
	fs.Add("", b.carried(a.Decision))
	if slices.ContainsFunc(p.Envelopes, func(e Envelope) bool { return a.From <= e.Until && e.From <= a.Until }) {
		fs.Addf(FaultReleased, "from", "extend by years that have no ceiling yet", "some of these years have a ceiling already")
	}
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	p.Currency = a.Ceiling.Currency
	p.From, p.Until = min(p.From, a.From), max(p.Until, a.Until)
	p.Envelopes = append(p.Envelopes, Envelope{a.From, a.Until, a.Ceiling, a.Decision, a.Source})
	return booking{}, nil
}

// supports demands a country of the programme whose support was not stopped.
func (p Programme) supports(c Country) error {
	if !slices.Contains(p.Countries, c) {
		return contracts.Fault{Code: FaultUnknown, Field: "country", Message: fmt.Sprintf("%s is no country of %s", c, p.Name), Remedy: "choose one of its countries"}
	}
	if s, stopped := p.Stopped(c); stopped {
		return contracts.Fault{Code: FaultStopped, Field: "country", Message: fmt.Sprintf("the support of %s was stopped on %s", c, s.On), Remedy: "support it anew in a programme of its own"}
	}
	return nil
}

func (a Allocated) apply(b *Books, _ contracts.Date) (booking, error) {
	p, err := b.programme(a.Programme)
	if err != nil {
		return booking{}, err
	}
	e, err := p.envelope(a.Year)
	if err != nil {
		return booking{}, err
	}
	var fs contracts.Faults
	fs.Add("", p.supports(a.Country))
	fs.Add("", p.in(a.Amount))
	fs.Add("", b.carried(a.Decision))
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	was := p.Allocated(a.Country, a.Year)
	free := p.Free(e).Amount.Add(was.Amount)
	if a.Amount.Amount.GreaterThan(free) {
		return booking{}, contracts.Fault{Code: FaultCeiling, Field: "amount", Message: fmt.Sprintf("of the %s for %d to %d only %s are free", e.Ceiling, e.From, e.Until, contracts.Money{Amount: free, Currency: p.Currency}),
			Remedy: "allocate less, or let the board raise the ceiling"}
	}
	if planned := p.planned(a.Country, a.Year); a.Amount.Amount.LessThan(planned.Amount) {
		return booking{}, contracts.Fault{Code: FaultCeiling, Field: "amount", Message: fmt.Sprintf("tranches over %s are planned for the country and the year", planned), Remedy: "allocate at least that"}
	}
	i := slices.IndexFunc(p.Allocations, func(o Allocation) bool { return o.Country == a.Country && o.Year == a.Year })
	if i < 0 {
		p.Allocations = append(p.Allocations, Allocation{a.Country, a.Year, a.Amount, a.Decision})
		return booking{}, nil
	}
	p.Allocations[i].Amount, p.Allocations[i].Decision = a.Amount, a.Decision
	return booking{}, nil
}

func (p Programme) planned(c Country, year int) contracts.Money {
	return p.sum(c, year, func(t Tranche) bool { return t.State != Withdrawn })
}

func (a TranchePlanned) apply(b *Books, _ contracts.Date) (booking, error) {
	p, err := b.programme(a.Programme)
	if err != nil {
		return booking{}, err
	}
	var fs contracts.Faults
	if _, _, twice := b.Tranche(a.ID); twice || a.ID == "" {
		fs.Addf(FaultReleased, "id", "choose another id", "there is a tranche %s already", a.ID)
	}
	fs.Add("", p.supports(a.Country))
	fs.Add("", p.in(a.Amount))
	fs.Add("", b.carried(a.Decision))
	if a.Due.IsZero() {
		fs.Addf(contracts.FaultMissing, "due", "give the day on which it is to be paid", "no day")
	}
	for i, c := range a.Conditions {
		fs.Add(fmt.Sprintf("conditions[%d]", i), c.check())
	}
	fs.Add("schedule", a.checkSchedule(p.Instrument))
	if err := fs.Err(); err != nil {
		return booking{}, err
	}
	if left := less(p.Allocated(a.Country, a.Year), p.planned(a.Country, a.Year)); a.Amount.Amount.GreaterThan(left.Amount) {
		return booking{}, contracts.Fault{Code: FaultCeiling, Field: "amount", Message: fmt.Sprintf("of what is allocated to %s for %d only %s are free", a.Country, a.Year, left), Remedy: "plan less, or allocate more first"}
	}
	none := p.zero()
	p.Tranches = append(p.Tranches, Tranche{ID: a.ID, Country: a.Country, Year: a.Year, Amount: a.Amount, Due: a.Due, Conditions: slices.Clone(a.Conditions), Schedule: a.Schedule,
		Decision: a.Decision, State: Planned, OpenLoan: none, OpenEquity: none, Repaid: none, Impaired: none, Lost: none})
	return booking{}, nil
}

func (c Condition) check() error {
	var fs contracts.Faults
	if !slices.Contains(ConditionKinds, c.Kind) {
		fs.Addf(contracts.FaultInvalid, "kind", "choose one of the list", "%.40q is no kind of condition", string(c.Kind))
	}
	fs.Add("text", text(c.Text))
	if !c.Open() || c.Evidence != "" {
		fs.Addf(contracts.FaultInvalid, "", "plan the tranche first", "a condition that holds before it is set")
	}
	return fs.Err()
}

// checkSchedule demands that the instalments of a loan come to its amount, in order of their days.
func (a TranchePlanned) checkSchedule(i Instrument) error {
	if i != Loan {
		if len(a.Schedule) > 0 {
			return contracts.Fault{Code: contracts.FaultInvalid, Message: "only a loan is repaid by a schedule", Remedy: "leave it out"}
		}
		return nil
	}
	sum, last := contracts.Zero(a.Amount.Currency), a.Due
	for _, n := range a.Schedule {
		if n.Amount.Currency != sum.Currency || n.Amount.Sign() <= 0 || !n.Due.After(last) {
			return contracts.Fault{Code: contracts.FaultInvalid, Message: "instalments in another currency, of nothing, or not one after the other", Remedy: "give each a day after the one before"}
		}
		sum.Amount, last = sum.Amount.Add(n.Amount.Amount), n.Due
	}
	if !sum.Equal(a.Amount) {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("the instalments come to %s instead of %s", sum, a.Amount), Remedy: "a loan has a schedule that repays all of it"}
	}
	return nil
}
