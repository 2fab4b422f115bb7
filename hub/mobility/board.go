// Package mobility is the hub's view of mobility cases: how many, where from and to, how far, how long an A1 takes, who leaves soon without
// papers. It knows codes and days; a figure about fewer than five people is not shown. It decides nothing about a case.
package mobility

import (
	"cmp"
	"context"
	"slices"

	"passerelle/contracts"
)

// FewestPeople is how many people a figure must be about to be shown at all.
const FewestPeople = 5

// Store keeps where the cases stand, within the transaction of the event.
type Store interface {
	// KeepProgress keeps where a case stands in place of where it stood.
	KeepProgress(ctx context.Context, p contracts.CaseProgressed) error
}

// Reader answers the board's questions.
type Reader interface {
	// CasesSince lists the cases whose last day is the given one or later.
	CasesSince(ctx context.Context, day contracts.Date) ([]contracts.CaseProgressed, error)
}

// Period of the board: cases that ended in the year before today, run, or are to come. Departures are those of the coming month.
const (
	daysBack  = 365
	daysAhead = 30
)

// Count is how many cases a figure is about. Hidden tells that they are of fewer than five people: then Cases is 0, and the figure is in no sum.
type Count struct {
	Cases  int  `json:"cases"`
	Hidden bool `json:"hidden"`
}

// Board is the network's cases at a glance.
type Board struct {
	From          contracts.Date `json:"from"`
	Until         contracts.Date `json:"until"` // today
	Homes         []HomeRow      `json:"homes"`
	States        []StateCount   `json:"states"`
	Pairs         []Pair         `json:"pairs"`
	Departures    []Departure    `json:"departures"`
	Waits         []Wait         `json:"a1_waiting"`
	Delays        []Delay        `json:"delays"`
	Demonstration bool           `json:"demonstration"`
}

// HomeRow is the cases of one country by phase of their life.
type HomeRow struct {
	Home   contracts.CountryCode `json:"home"`
	Before Count                 `json:"before_departure"`
	Abroad Count                 `json:"abroad"`
	Done   Count                 `json:"done"`
}

// StateCount is the cases in one state.
type StateCount struct {
	State contracts.CaseState `json:"state"`
	Count
}

// Pair is the cases from one country to another.
type Pair struct {
	Home contracts.CountryCode `json:"home"`
	Host contracts.CountryCode `json:"host"`
	Count
}

// Departure is who leaves within a month: with everything, and with something missing.
type Departure struct {
	Home    contracts.CountryCode `json:"home"`
	Ready   Count                 `json:"ready"`
	Missing Count                 `json:"papers_missing"`
}

// Wait is how long a country's A1 take, in days: the median of those that came, and of what was planned.
type Wait struct {
	Home    contracts.CountryCode `json:"home"`
	Came    Count                 `json:"came"`
	Waited  int                   `json:"median_waited_days"`
	Planned int                   `json:"median_planned_days"`
}

// Delay is the cases of a country that are past their deadline, or began without their papers.
type Delay struct {
	Home     contracts.CountryCode `json:"home"`
	Overdue  Count                 `json:"overdue"`
	NotReady Count                 `json:"started_not_ready"`
}

// BoardOf reads the board of a day.
func BoardOf(ctx context.Context, r Reader, today contracts.Date) (Board, error) {
	cases, err := r.CasesSince(ctx, today.AddDays(-daysBack))
	if err != nil {
		return Board{}, err
	}
	cases = slices.DeleteFunc(cases, func(c contracts.CaseProgressed) bool { return c.State == contracts.CaseDraft })
	b := Board{From: today.AddDays(-daysBack), Until: today, Homes: []HomeRow{}, Departures: []Departure{}, Waits: []Wait{}, Delays: []Delay{}, States: states(cases), Pairs: pairs(cases),
		Demonstration: slices.ContainsFunc(cases, func(c contracts.CaseProgressed) bool { return c.Demonstration })}
	for _, home := range homes(cases) {
		own := slices.Clone(cases)
		own = slices.DeleteFunc(own, func(c contracts.CaseProgressed) bool { return c.Home != home })
		b.Homes = append(b.Homes, HomeRow{home, count(own, before), count(own, abroad), count(own, done)})
		soon := func(c contracts.CaseProgressed) bool {
			return before(c) && !c.Start.Before(today) && !c.Start.After(today.AddDays(daysAhead))
		}
		b.Departures = append(b.Departures, Departure{home, count(own, both(soon, papers)), count(own, both(soon, not(papers)))})
		overdue := func(c contracts.CaseProgressed) bool {
			return !done(c) && !c.NextDeadline.IsZero() && c.NextDeadline.Before(today)
		}
		b.Delays = append(b.Delays, Delay{home, count(own, overdue), count(own, unready)})
		b.Waits = append(b.Waits, wait(home, own))
	}
	return b, nil
}

func homes(cases []contracts.CaseProgressed) []contracts.CountryCode {
	var all []contracts.CountryCode
	for _, c := range cases {
		all = append(all, c.Home)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

type test func(contracts.CaseProgressed) bool

func both(a, b test) test { return func(c contracts.CaseProgressed) bool { return a(c) && b(c) } }
func not(a test) test     { return func(c contracts.CaseProgressed) bool { return !a(c) } }

func done(c contracts.CaseProgressed) bool {
	return slices.Contains([]contracts.CaseState{contracts.CaseEnded, contracts.CaseClosed, contracts.CaseCancelled, contracts.CaseRejected}, c.State)
}
func abroad(c contracts.CaseProgressed) bool { return c.State == contracts.CaseActive }
func before(c contracts.CaseProgressed) bool { return !done(c) && !abroad(c) }
func unready(c contracts.CaseProgressed) bool {
	return abroad(c) && slices.Contains(c.Warnings, "STARTED_NOT_READY")
}

// papers tells whether all tracks are done, or have nothing to do. A proof that the A1 was asked for will do.
func papers(c contracts.CaseProgressed) bool {
	fine := []contracts.TrackState{contracts.TrackOK, contracts.TrackNotNeeded}
	t := c.Tracks
	for _, s := range []contracts.TrackState{t.Declaration, t.Documents, t.Insurance, t.Tax} {
		if !slices.Contains(fine, s) {
			return false
		}
	}
	return slices.Contains(fine, t.A1) || t.A1 == contracts.TrackRequested
}

// count counts the cases that pass, and hides what is about too few people.
func count(cases []contracts.CaseProgressed, pass test) Count {
	people, n := map[string]bool{}, 0
	for _, c := range cases {
		if pass(c) {
			people[string(c.Home)+c.Member], n = true, n+1
		}
	}
	if n > 0 && len(people) < FewestPeople {
		return Count{Hidden: true}
	}
	return Count{Cases: n}
}

func states(cases []contracts.CaseProgressed) (all []StateCount) {
	for _, s := range contracts.CaseStates {
		if n := count(cases, func(c contracts.CaseProgressed) bool { return c.State == s }); n != (Count{}) {
			all = append(all, StateCount{s, n})
		}
	}
	return all
}

// pairs counts each way, the busiest first.
func pairs(cases []contracts.CaseProgressed) (all []Pair) {
	ways := map[Pair][]contracts.CaseProgressed{}
	for _, c := range cases {
		for _, host := range c.Hosts {
			way := Pair{Home: c.Home, Host: host}
			ways[way] = append(ways[way], c)
		}
	}
	for way, on := range ways {
		way.Count = count(on, func(contracts.CaseProgressed) bool { return true })
		all = append(all, way)
	}
	slices.SortFunc(all, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(a.Home, b.Home), cmp.Compare(a.Host, b.Host))
	})
	return all
}

func wait(home contracts.CountryCode, cases []contracts.CaseProgressed) Wait {
	came := slices.DeleteFunc(slices.Clone(cases), func(c contracts.CaseProgressed) bool { return c.A1Waited == nil })
	w := Wait{Home: home, Came: count(came, func(contracts.CaseProgressed) bool { return true })}
	if w.Came.Cases > 0 {
		w.Waited = median(came, func(c contracts.CaseProgressed) *int { return c.A1Waited })
		w.Planned = median(came, func(c contracts.CaseProgressed) *int { return c.A1Planned })
	}
	return w
}

// median is the middle of the days that are known, the later of two; 0 when none is.
func median(cases []contracts.CaseProgressed, days func(contracts.CaseProgressed) *int) int {
	var known []int
	for _, c := range cases {
		if d := days(c); d != nil {
			known = append(known, *d)
		}
	}
	if len(known) == 0 {
		return 0
	}
	slices.Sort(known)
	return known[len(known)/2]
}
