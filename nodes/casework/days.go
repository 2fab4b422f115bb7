package casework

import (
	"maps"
	"slices"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// Spell is a stretch of days on which a person works, or worked, in a State. It comes from the trip of a case, or from a day he entered.
type Spell struct {
	State           mobility.State   `json:"state"`
	From            contracts.Date   `json:"from"`
	Until           contracts.Date   `json:"until"`                     // included
	Worked          bool             `json:"worked,omitzero"`           // entered day by day, so that a Sunday counts as well
	Case            contracts.CaseID `json:"case,omitzero"`             // whose trip it is
	HostUndertaking string           `json:"host_undertaking,omitzero"` // of a trip
	Posting         bool             `json:"posting,omitzero"`          // insured at home meanwhile, so that it counts towards the 24 months
}

// Count is how many days a person is in a State: different days, however many jobs he has there.
type Count struct {
	State        mobility.State `json:"state"`
	Rolling30    int            `json:"rolling_30"`
	Weeks13      int            `json:"weeks_13"`
	Quarter      int            `json:"quarter"`
	Year         int            `json:"year"`
	Months12     int            `json:"months_12"`
	Months24     int            `json:"months_24"`
	WorkDaysYear int            `json:"work_days_year"` // Monday to Friday of trips, and every day entered
}

// Counts counts the days in each State in the spans that end on a day, and in its quarter and year; by State.
func Counts(spells []Spell, on contracts.Date) (all []Count) {
	states := map[mobility.State]bool{}
	for _, s := range spells {
		if !states[s.State] {
			states[s.State] = true
			all = append(all, count(newCalendar(spells, s.State), s.State, on))
		}
	}
	slices.SortFunc(all, func(a, b Count) int { return compare(a.State, b.State) })
	return all
}

func compare(a, b mobility.State) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func count(c calendar, s mobility.State, on contracts.Date) Count {
	quarter, year := quarterOf(on), yearOf(on)
	return Count{
		State:        s,
		Rolling30:    between(c.in, on.AddDays(-29), on),
		Weeks13:      between(c.in, on.AddDays(1-13*7), on),
		Quarter:      between(c.in, quarter[0], quarter[1]),
		Year:         between(c.in, year[0], year[1]),
		Months12:     between(c.in, monthsBack(on, 12), on),
		Months24:     between(c.in, monthsBack(on, 24), on),
		WorkDaysYear: between(c.worked, year[0], year[1]),
	}
}

// monthsBack is the first day of the n months that end on a day.
func monthsBack(on contracts.Date, n int) contracts.Date {
	return mobility.AddMonths(on.AddDays(1), -n)
}

func yearOf(d contracts.Date) [2]contracts.Date {
	return [2]contracts.Date{contracts.NewDate(d.Year(), 1, 1), contracts.NewDate(d.Year(), 12, 31)}
}

func quarterOf(d contracts.Date) [2]contracts.Date {
	first := (d.Time().Month()-1)/3*3 + 1
	return [2]contracts.Date{contracts.NewDate(d.Year(), first, 1), contracts.NewMonth(d.Year(), first+2).Last()}
}

// calendar is the different days in one State in order, and those of them that were worked for certain.
type calendar struct{ in, worked []contracts.Date }

func newCalendar(spells []Spell, s mobility.State) (c calendar) {
	days := map[contracts.Date]bool{}
	for _, spell := range spells {
		if spell.State != s {
			continue
		}
		list := spell.list()
		weekday := slices.ContainsFunc(list, isWeekday)
		for _, d := range list {
			days[d] = days[d] || spell.Worked || isWeekday(d) || !weekday // who is away for a weekend alone works at the weekend
		}
	}
	c.in = slices.SortedFunc(maps.Keys(days), contracts.Date.Compare)
	for _, d := range c.in {
		if days[d] {
			c.worked = append(c.worked, d)
		}
	}
	return c
}

// between counts the days of an ordered list from one to another, both included.
func between(list []contracts.Date, from, until contracts.Date) int {
	first, _ := slices.BinarySearchFunc(list, from, contracts.Date.Compare)
	behind, _ := slices.BinarySearchFunc(list, until.AddDays(1), contracts.Date.Compare)
	return behind - first
}

// list is every day of the spell, as far as anybody counts: what is longer than four years is a typing mistake.
func (s Spell) list() (all []contracts.Date) {
	for d := s.From; !d.After(s.Until) && len(all) < 4*366; d = d.AddDays(1) {
		all = append(all, d)
	}
	return all
}

func isWeekday(d contracts.Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// Fill adds to the facts what follows from all the person's work: the days in the host State, earlier postings, and where he works in
// several States, the shares. What somebody gave is left as it is.
func Fill(in mobility.Input, others []Spell, home *country.Adapter) mobility.Input {
	if len(in.Trips) == 0 {
		return in
	}
	in.Trips, in.Engagements = slices.Clone(in.Trips), slices.Clone(in.Engagements)
	all := slices.Clone(others)
	for _, t := range in.Trips {
		all = append(all, Spell{State: t.Host, From: t.Start, Until: t.End})
	}
	fillHostDays(&in, all)
	fillPrevious(&in, others)
	fillShares(&in, all, home)
	return in
}

// fillHostDays counts the days in the host State of the first trip: the most that any day of the trip sees behind it.
func fillHostDays(in *mobility.Input, all []Spell) {
	t := in.Trips[0]
	c := newCalendar(all, t.Host)
	var most Count
	for _, d := range (Spell{From: t.Start, Until: t.End}).list() {
		n := count(c, t.Host, d)
		most.Quarter, most.Year, most.WorkDaysYear = max(most.Quarter, n.Quarter), max(most.Year, n.Year), max(most.WorkDaysYear, n.WorkDaysYear)
		most.Months12, most.Weeks13 = max(most.Months12, n.Months12), max(most.Weeks13, n.Weeks13)
	}
	f := &in.Declaration
	for to, n := range map[**int]int{&f.HostDaysQuarter: most.Quarter, &f.HostDaysYear: most.Year, &f.HostDays12Months: most.Months12, &f.HostDays13Weeks: most.Weeks13, &f.HostWorkDaysYear: most.WorkDaysYear} {
		if *to == nil {
			*to = &n
		}
	}
}

// fillPrevious adds the postings that ended before the first trip begins. The engine looks which of them count.
func fillPrevious(in *mobility.Input, others []Spell) {
	first := in.Trips[0].Start
	for _, t := range in.Trips {
		if t.Start.Before(first) {
			first = t.Start
		}
	}
	in.PreviousPostings = slices.Clone(in.PreviousPostings)
	for _, s := range others {
		p := mobility.PreviousPosting{Host: s.State, HostUndertaking: s.HostUndertaking, Start: s.From, End: s.Until}
		if s.Posting && s.Until.Before(first) && !slices.Contains(in.PreviousPostings, p) {
			in.PreviousPostings = append(in.PreviousPostings, p)
		}
	}
	slices.SortFunc(in.PreviousPostings, func(a, b mobility.PreviousPosting) int { return a.Start.Compare(b.Start) })
}

// fillShares says where the work of the coming twelve months is done (Regulation 987/2009, Art. 14(10)), when one engagement is all and
// nobody said: the days abroad as they are known, and at home the working days that are left.
func fillShares(in *mobility.Input, all []Spell, home *country.Adapter) {
	several := len(in.Trips) > 1 || in.Trips[0].Pattern == mobility.Regular
	if !several || len(in.Engagements) != 1 || len(in.Engagements[0].Work) > 0 {
		return
	}
	from := in.Trips[0].Start
	shares := Shares(all, from, in.Home, home)
	for _, s := range shares {
		in.Engagements[0].Work = append(in.Engagements[0].Work, mobility.Work{State: s.State, Time: &s.Share})
	}
}

// StateShare is what part of the work is done in a State.
type StateShare struct {
	State mobility.State `json:"state"`
	Share mobility.Share `json:"share"`
	Days  int            `json:"days"`
}

// Shares splits the twelve months that begin on a day over the States, by days; home first, then by State. The shares add up to a whole.
func Shares(spells []Spell, from contracts.Date, home mobility.State, calendarOf *country.Adapter) []StateShare {
	until := mobility.Limit(from, 12)
	abroad, days := map[contracts.Date]bool{}, map[mobility.State]int{}
	total := 0
	for _, s := range spells {
		if _, done := days[s.State]; done || s.State == home {
			continue
		}
		for _, d := range newCalendar(spells, s.State).worked {
			if !d.Before(from) && !d.After(until) {
				abroad[d] = true
				days[s.State]++
				total++
			}
		}
	}
	for d := from; !d.After(until); d = d.AddDays(1) {
		if calendarOf.IsWorkingDay(d) && !abroad[d] {
			days[home]++
			total++
		}
	}
	return split(days, total, home)
}

// split turns days into shares, home taking what rounding leaves.
func split(days map[mobility.State]int, total int, home mobility.State) []StateShare {
	all := []StateShare{{State: home, Days: days[home], Share: mobility.Whole}}
	for s, n := range days {
		if s != home && n > 0 {
			share := mobility.Whole * mobility.Share(n) / mobility.Share(total)
			all[0].Share -= share
			all = append(all, StateShare{State: s, Days: n, Share: share})
		}
	}
	slices.SortFunc(all[1:], func(a, b StateShare) int { return compare(a.State, b.State) })
	if all[0].Days == 0 && len(all) > 1 { // what rounding left is not work at home
		all[1].Share += all[0].Share
		all = all[1:]
	}
	return all
}
