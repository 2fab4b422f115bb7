package mobility

import (
	"cmp"
	"fmt"
	"slices"

	"passerelle/contracts"
)

// stay is a time without a break in a host State.
type stay struct{ start, end contracts.Date }

// patternCheck finds single trips that may be regular work. Regular is decided by an adviser, from permanence; what helps is the
// German practice of a day each month or five days each quarter in the same State, here in stays of their own, since one stay or
// its extension is a posting.
func (d *decider) patternCheck(t *Trip) {
	stays := d.stays(t)
	months := len(stays) > 1 && longestRun(stays, 1, 1) >= 3
	quarters := len(stays) > 1 && longestRun(stays, 3, 5) >= 2
	counted := given(d.in.Declaration.HostDaysQuarter, 0)
	facts := t == &d.in.Trips[0] && counted >= 5 && counted > t.days()
	if d.step("posting or several States", "work in the host State comes back each month or quarter", months || quarters || facts) {
		d.find("PATTERN_CHECK_ART13", fmt.Sprintf("%d stays in %s", len(stays), t.Host))
	}
	if d.step("posting or several States", "the shares already show work in several States", d.worksInSeveral()) {
		d.find("PATTERN_CHECK_ART13", "the shares show work in several States")
	}
}

// worksInSeveral tells whether the shares name more than one State of the area beyond the marginal.
func (d *decider) worksInSeveral() bool {
	var first State
	for _, g := range d.in.Engagements {
		for _, w := range g.Work {
			counts := d.inArea(w.State) && max(*w.Time, w.pay()) >= Share(d.law.Marginal)*percent
			if counts && first != "" && w.State != first {
				return true
			}
			if counts {
				first = w.State
			}
		}
	}
	return false
}

// stays are the person's stays in the host State of a trip up to its end, those without a break between joined.
func (d *decider) stays(t *Trip) (joined []stay) {
	all := []stay{{t.Start, t.End}}
	for _, p := range d.in.PreviousPostings {
		all = append(all, stay{p.Start, p.End})
		if p.Host != t.Host {
			all = all[:len(all)-1]
		}
	}
	for i := range d.in.Trips {
		if o := &d.in.Trips[i]; o != t && o.Host == t.Host && o.Start.Before(t.Start) {
			all = append(all, stay{o.Start, o.End})
		}
	}
	slices.SortFunc(all, func(a, b stay) int { return cmp.Or(a.start.Compare(b.start), a.end.Compare(b.end)) })
	for _, s := range all {
		if n := len(joined); n > 0 && !s.start.After(joined[n-1].end.AddDays(1)) {
			if s.end.After(joined[n-1].end) {
				joined[n-1].end = s.end
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// longestRun is how many periods of so many months follow each other with at least that many days in each.
func longestRun(stays []stay, months, least int) (longest int) {
	run, previous := 0, -2
	days := daysPer(stays, months)
	for _, p := range days {
		switch {
		case p.days < least:
			run = 0
		case p.index == previous+1:
			run++
		default:
			run = 1
		}
		previous = p.index
		longest = max(longest, run)
	}
	return longest
}

type periodDays struct{ index, days int }

// daysPer counts the days of stays in each period of months, in order of time; periods without a day are left out.
func daysPer(stays []stay, months int) (all []periodDays) {
	for _, s := range stays {
		for first := s.start.Month().First(); !first.After(s.end); first = AddMonths(first, 1) {
			from, to := first, first.Month().Last()
			if s.start.After(from) {
				from = s.start
			}
			if s.end.Before(to) {
				to = s.end
			}
			index := (first.Year()*12 + int(first.Time().Month()) - 1) / months
			if n := len(all); n == 0 || all[n-1].index != index {
				all = append(all, periodDays{index: index})
			}
			all[len(all)-1].days += to.Sub(from) + 1
		}
	}
	return all
}
