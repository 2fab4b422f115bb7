package investment

import (
	"passerelle/contracts"
)

// Row is the plan and what became of it, for a country and a year of a programme: one line of the series that pages, files and programs get.
type Row struct {
	Programme string  `json:"programme"`
	Country   Country `json:"country"`
	Year      int     `json:"year"`
	Figures
	Remaining contracts.Money `json:"remaining"` // may still be released
	Freed     contracts.Money `json:"freed"`     // taken back by a stop
	Stopped   contracts.Date  `json:"stopped,omitzero"`
	Example   bool            `json:"example"` // this figure is an example: it is not published
}

// Rows lists every country and year for which something was allocated, by programme, country and year.
func (b Books) Rows() []Row {
	rows := []Row{}
	for _, p := range b.Programmes {
		for _, c := range p.Countries {
			for _, y := range p.Years() {
				f := p.Of(c, y)
				if f.Allocated.IsZero() {
					continue
				}
				stop, _ := p.Stopped(c)
				rows = append(rows, Row{p.ID, c, y, f, f.Remaining(), f.Freed(), stop.On, p.Example})
			}
		}
	}
	return rows
}

// OpenCondition is a condition that stands in the way of money, with its tranche.
type OpenCondition struct {
	Programme string          `json:"programme"`
	Tranche   string          `json:"tranche"`
	Country   Country         `json:"country"`
	Number    int             `json:"number"`
	Kind      ConditionKind   `json:"kind"`
	Text      string          `json:"text"`
	Due       contracts.Date  `json:"due"` // of the tranche
	Amount    contracts.Money `json:"amount"`
	Late      bool            `json:"late"` // the day is past
	Example   bool            `json:"example"`
}

// OpenConditions lists what has to hold before planned tranches can be released, as of a day, in the order of the programmes.
func (b Books) OpenConditions(on contracts.Date) []OpenCondition {
	open := []OpenCondition{}
	for _, p := range b.Programmes {
		for _, t := range p.Tranches {
			if t.State != Planned {
				continue
			}
			for _, n := range t.OpenConditions() {
				c := t.Conditions[n-1]
				open = append(open, OpenCondition{p.ID, t.ID, t.Country, n, c.Kind, c.Text, t.Due, t.Amount, t.Due.Before(on), p.Example})
			}
		}
	}
	return open
}

// Example tells whether anything in the books is an example and not published.
func (b Books) Example() bool {
	for _, p := range b.Programmes {
		if p.Example {
			return true
		}
	}
	for _, d := range b.Decisions {
		if d.Example {
			return true
		}
	}
	return false
}

// SentTo sums what left the bank for a country in a currency from one day to another, both included, and tells whether any of it is an example.
func (b Books) SentTo(c Country, currency contracts.Currency, from, to contracts.Date) (sum contracts.Money, example bool) {
	sum = contracts.Zero(currency)
	for _, p := range b.Programmes {
		for _, t := range p.Tranches {
			if p.Currency == currency && t.Country == c && t.Gone() && !t.Sent.Before(from) && !t.Sent.After(to) {
				sum.Amount, example = sum.Amount.Add(t.Amount.Amount), example || p.Example
			}
		}
	}
	return sum, example
}
