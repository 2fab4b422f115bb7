package investment

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Decision is what a meeting of the board voted on.
type Decision struct {
	ID      string         `json:"id"`
	Meeting contracts.Date `json:"meeting"`
	Motion  string         `json:"motion"`
	Seats   int            `json:"seats"` // of the board on that day
	For     int            `json:"for"`
	Against int            `json:"against"`
	Abstain int            `json:"abstain"`
	Minutes string         `json:"minutes"` // reference of the minutes
	Reason  string         `json:"reason"`
	Example bool           `json:"example"` // invented to show how things work
}

// Carried tells whether more voted for it than against it.
func (d Decision) Carried() bool { return d.For > d.Against }

// Programme is a plan of the board: what it may cost, and what became of it.
type Programme struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Instrument  Instrument         `json:"instrument"`
	Currency    contracts.Currency `json:"currency"`
	From        int                `json:"from"`
	Until       int                `json:"until"` // extensions included
	Countries   []Country          `json:"countries"`
	Envelopes   []Envelope         `json:"envelopes"`
	Allocations []Allocation       `json:"allocations"` // by country and year
	Tranches    []Tranche          `json:"tranches"`
	Stops       []Stop             `json:"stops"`
	Opened      contracts.Date     `json:"opened"`
	Decision    string             `json:"decision"`
	Note        string             `json:"note,omitzero"`
	Example     bool               `json:"example"`
}

// Envelope is a ceiling over some years of a programme.
type Envelope struct {
	From     int             `json:"from"`
	Until    int             `json:"until"`
	Ceiling  contracts.Money `json:"ceiling"`
	Decision string          `json:"decision"`
	Source   string          `json:"source,omitzero"`
}

// Allocation is what a country may get for a year, as the latest decision has it.
type Allocation struct {
	Country  Country         `json:"country"`
	Year     int             `json:"year"`
	Amount   contracts.Money `json:"amount"`
	Decision string          `json:"decision"`
}

// Stop is the early end of a country's support.
type Stop struct {
	Country  Country        `json:"country"`
	On       contracts.Date `json:"on"`
	Decision string         `json:"decision"`
}

// State is how far a tranche is.
type State string

// The states of a tranche, in their order.
const (
	Planned   State = "planned"
	Approved  State = "released"
	OnOrder   State = "ordered"
	Paid      State = "sent"
	Arrived   State = "confirmed"
	Withdrawn State = "withdrawn" // by a stop
)

// Tranche is a part of an allocation that is released, sent and confirmed as one.
type Tranche struct {
	ID         string          `json:"id"`
	Country    Country         `json:"country"`
	Year       int             `json:"year"`
	Amount     contracts.Money `json:"amount"`
	Due        contracts.Date  `json:"due"`
	Conditions []Condition     `json:"conditions"`
	Schedule   []Instalment    `json:"schedule,omitzero"`
	Decision   string          `json:"decision"` // that planned it
	State      State           `json:"state"`
	Release    string          `json:"release,omitzero"` // the decision that released it
	Released   contracts.Date  `json:"released,omitzero"`
	Order      string          `json:"order,omitzero"` // reference at the bank
	Ordered    contracts.Date  `json:"ordered,omitzero"`
	Sent       contracts.Date  `json:"sent,omitzero"`
	Confirmed  contracts.Date  `json:"confirmed,omitzero"`

	OpenLoan   contracts.Money `json:"open_loan"`   // not repaid, converted or given up
	OpenEquity contracts.Money `json:"open_equity"` // what it was paid for
	Repaid     contracts.Money `json:"repaid"`
	Impaired   contracts.Money `json:"impaired"` // set aside for what may be lost of what is open
	Lost       contracts.Money `json:"written_off"`
}

// ConditionKind is what a condition asks for.
type ConditionKind string

// The kinds of condition; their text says the rest.
const (
	ReportFiled  ConditionKind = "report"
	RateReached  ConditionKind = "rate"
	CoverReached ConditionKind = "coverage"
	PortalLive   ConditionKind = "portal"
	OtherWords   ConditionKind = "other"
)

// ConditionKinds lists them all.
var ConditionKinds = []ConditionKind{ReportFiled, RateReached, CoverReached, PortalLive, OtherWords}

// Condition must hold before a tranche is released.
type Condition struct {
	Kind     ConditionKind  `json:"kind"`
	Text     string         `json:"text"` // what exactly: "contribution rate of 9 %"
	Met      contracts.Date `json:"met,omitzero"`
	Evidence string         `json:"evidence,omitzero"`
	Waived   string         `json:"waived,omitzero"` // by which decision
}

// Open tells whether it neither holds nor was waived.
func (c Condition) Open() bool { return c.Met.IsZero() && c.Waived == "" }

// Instalment is a part of a loan and when it is to be repaid.
type Instalment struct {
	Due    contracts.Date  `json:"due"`
	Amount contracts.Money `json:"amount"`
}

// Gone tells whether the money has left the bank.
func (t Tranche) Gone() bool { return !t.Sent.IsZero() }

// OpenConditions are the numbers of the conditions that stand in the way of a release.
func (t Tranche) OpenConditions() (numbers []int) {
	for i, c := range t.Conditions {
		if c.Open() {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

// Open is what of the tranche the co-operative still has in the books.
func (t Tranche) Open() contracts.Money {
	return contracts.Money{Amount: t.OpenLoan.Amount.Add(t.OpenEquity.Amount), Currency: t.Amount.Currency}
}

// Overdue is what of the schedule should have come back by a day and did not.
func (t Tranche) Overdue(on contracts.Date) contracts.Money {
	due := decimal.Zero
	for _, i := range t.Schedule {
		if i.Due.Before(on) {
			due = due.Add(i.Amount.Amount)
		}
	}
	late := decimal.Min(due.Sub(t.Repaid.Amount), t.OpenLoan.Amount)
	return contracts.Money{Amount: decimal.Max(late, decimal.Zero), Currency: t.Amount.Currency}
}

// Programme finds a programme by its id.
func (b *Books) Programme(id string) (*Programme, bool) {
	i := slices.IndexFunc(b.Programmes, func(p Programme) bool { return p.ID == id })
	if i < 0 {
		return nil, false
	}
	return &b.Programmes[i], true
}

// Decision finds a decision by its id.
func (b *Books) Decision(id string) (Decision, bool) {
	i := slices.IndexFunc(b.Decisions, func(d Decision) bool { return d.ID == id })
	if i < 0 {
		return Decision{}, false
	}
	return b.Decisions[i], true
}

// Tranche finds a tranche and its programme.
func (b *Books) Tranche(id string) (*Programme, *Tranche, bool) {
	for i := range b.Programmes {
		p := &b.Programmes[i]
		if at := slices.IndexFunc(p.Tranches, func(t Tranche) bool { return t.ID == id }); at >= 0 {
			return p, &p.Tranches[at], true
		}
	}
	return nil, nil, false
}

// Stopped tells whether the support of a country was stopped.
func (p Programme) Stopped(c Country) (Stop, bool) {
	i := slices.IndexFunc(p.Stops, func(s Stop) bool { return s.Country == c })
	if i < 0 {
		return Stop{}, false
	}
	return p.Stops[i], true
}

// zero is nothing, in the currency of the programme.
func (p Programme) zero() contracts.Money { return contracts.Zero(p.Currency) }

// Allocated is what was allocated to a country for a year, whether it was stopped later or not.
func (p Programme) Allocated(c Country, year int) contracts.Money {
	for _, a := range p.Allocations {
		if a.Country == c && a.Year == year {
			return a.Amount
		}
	}
	return p.zero()
}

// sum adds up the tranches of a country and a year that pass.
func (p Programme) sum(c Country, year int, pass func(Tranche) bool) contracts.Money {
	total := p.zero()
	for _, t := range p.Tranches {
		if t.Country == c && t.Year == year && pass(t) {
			total.Amount = total.Amount.Add(t.Amount.Amount)
		}
	}
	return total
}

// Figures is a country and a year of a programme, or a sum of such.
type Figures struct {
	Allocated contracts.Money `json:"allocated"` // as decided
	Kept      contracts.Money `json:"kept"`      // of it, what a stop left
	Released  contracts.Money `json:"released"`
	Sent      contracts.Money `json:"sent"`
	Confirmed contracts.Money `json:"confirmed"`
}

// Remaining is what may still be released.
func (f Figures) Remaining() contracts.Money { return less(f.Kept, f.Released) }

// Freed is what a stop took back.
func (f Figures) Freed() contracts.Money { return less(f.Allocated, f.Kept) }

// ToSend is what was released and has not left the bank.
func (f Figures) ToSend() contracts.Money { return less(f.Released, f.Sent) }

func less(a, b contracts.Money) contracts.Money {
	return contracts.Money{Amount: a.Amount.Sub(b.Amount), Currency: a.Currency}
}

// Of returns the figures of a country and a year.
func (p Programme) Of(c Country, year int) Figures {
	f := Figures{Allocated: p.Allocated(c, year),
		Released:  p.sum(c, year, func(t Tranche) bool { return !t.Released.IsZero() && t.State != Withdrawn }),
		Sent:      p.sum(c, year, Tranche.Gone),
		Confirmed: p.sum(c, year, func(t Tranche) bool { return !t.Confirmed.IsZero() })}
	f.Kept = f.Allocated
	if _, stopped := p.Stopped(c); stopped {
		f.Kept = f.Released
	}
	return f
}

// Total sums the figures of some countries and years; none means all.
func (p Programme) Total(countries []Country, years []int) Figures {
	if countries == nil {
		countries = p.Countries
	}
	if years == nil {
		years = p.Years()
	}
	sum := Figures{p.zero(), p.zero(), p.zero(), p.zero(), p.zero()}
	for _, c := range countries {
		for _, y := range years {
			sum = sum.Plus(p.Of(c, y))
		}
	}
	return sum
}

// Plus adds two figures of one currency.
func (f Figures) Plus(o Figures) Figures {
	add := func(a, b contracts.Money) contracts.Money {
		return contracts.Money{Amount: a.Amount.Add(b.Amount), Currency: a.Currency}
	}
	return Figures{add(f.Allocated, o.Allocated), add(f.Kept, o.Kept), add(f.Released, o.Released), add(f.Sent, o.Sent), add(f.Confirmed, o.Confirmed)}
}

// Years lists the years of the programme.
func (p Programme) Years() (years []int) {
	for y := p.From; y <= p.Until; y++ {
		years = append(years, y)
	}
	return years
}

// Years lists the years of an envelope.
func (e Envelope) Years() (years []int) {
	for y := e.From; y <= e.Until; y++ {
		years = append(years, y)
	}
	return years
}

// envelope is the ceiling over a year.
func (p Programme) envelope(year int) (Envelope, error) {
	for _, e := range p.Envelopes {
		if e.From <= year && year <= e.Until {
			return e, nil
		}
	}
	if p.Instrument == Separate && len(p.Envelopes) == 0 {
		return Envelope{}, contracts.Fault{Code: FaultCeiling, Field: "programme", Message: "the amount of this agreement is not in the books", Remedy: "enter its ceiling as an extension first"}
	}
	return Envelope{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "year", Message: fmt.Sprintf("%d is no year of %s", year, p.Name), Remedy: "extend the programme first"}
}

// Ceiling is the sum of the envelopes; false while none is known.
func (p Programme) Ceiling() (contracts.Money, bool) {
	sum := p.zero()
	for _, e := range p.Envelopes {
		sum.Amount = sum.Amount.Add(e.Ceiling.Amount)
	}
	return sum, len(p.Envelopes) > 0
}

// Free is what of an envelope is not allocated, or was given back by a stop.
func (p Programme) Free(e Envelope) contracts.Money {
	return less(e.Ceiling, p.Total(nil, e.Years()).Kept)
}

// Degressive tells whether the years of an envelope were allocated so that each has less than the one before.
func (p Programme) Degressive(e Envelope) bool {
	years := e.Years()
	for i := 1; i < len(years); i++ {
		if !p.Total(nil, years[i:i+1]).Allocated.Amount.LessThan(p.Total(nil, years[i-1:i]).Allocated.Amount) {
			return false
		}
	}
	return len(years) > 1
}
