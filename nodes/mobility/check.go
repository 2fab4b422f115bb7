package mobility

import (
	"fmt"

	"passerelle/contracts"
)

// FaultContradiction is facts that cannot all be true.
const FaultContradiction contracts.FaultCode = "contradiction"

// check returns every fault of the facts, so that all are mended in one go.
func (e *Engine) check(in *Input) (fs contracts.Faults) {
	must(&fs, in.Home != "", "home", "the State of the co-operative that sends")
	must(&fs, in.Home == "" || in.Home != ThirdState, "home", "a State of the area, not XX")
	must(&fs, in.Residence != "", "residence", "the State where the person habitually lives")
	must(&fs, len(in.Nationality) > 0, "nationality", "every nationality of the person")
	must(&fs, len(in.Engagements) > 0, "engagements", "at least one engagement")
	checkEngagements(&fs, in)
	checkTrips(&fs, in)
	checkPrevious(&fs, in)
	checkFacts(&fs, in)
	return fs
}

// must adds a fault for what is missing.
func must(fs *contracts.Faults, given bool, field, what string) {
	if !given {
		fs.Addf(contracts.FaultMissing, field, "give "+what, "not given")
	}
}

func checkEngagements(fs *contracts.Faults, in *Input) {
	seats, seen := map[string]State{}, map[string]bool{}
	var time, pay Share
	for i, g := range in.Engagements {
		at := fmt.Sprintf("engagements[%d]", i)
		must(fs, g.ID != "", at+".id", "a name by which trips refer to it")
		must(fs, g.Type != "", at+".type", "employed, self_employed or civil_servant")
		must(fs, g.Seat != "", at+".seat", "the State of the employer's seat, or of the own business; XX outside the area")
		if seen[g.ID] && g.ID != "" {
			fs.Addf(contracts.FaultInvalid, at+".id", "give each engagement a name of its own", "%q stands there twice", g.ID)
		}
		seen[g.ID] = true
		if other, known := seats[g.Employer]; known && g.Employer != "" && other != g.Seat {
			fs.Addf(FaultContradiction, at+".seat", "one employer has one seat: where central decisions are made", "%s has its seat in %s above and in %s here", g.Employer, other, g.Seat)
		}
		seats[g.Employer] = g.Seat
		t, p := checkWork(fs, at, g.Work)
		time, pay = time+t, pay+p
	}
	for _, total := range []struct {
		what string
		sum  Share
	}{{"time", time}, {"pay", pay}} {
		if total.sum > 100*percent {
			fs.Addf(contracts.FaultInvalid, "engagements", "the shares of all engagements are per cent of all work of the person", "the shares of %s add up to %s", total.what, total.sum)
		}
	}
}

func checkWork(fs *contracts.Faults, at string, all []Work) (time, pay Share) {
	seen := map[State]bool{}
	for i, w := range all {
		at := fmt.Sprintf("%s.work[%d]", at, i)
		must(fs, w.State != "", at+".state", "the State where the work is done, XX outside the area")
		must(fs, w.Time != nil, at+".time", "the share of all the person's working time, in per cent")
		if seen[w.State] && w.State != ThirdState {
			fs.Addf(contracts.FaultInvalid, at+".state", "add both shares up", "%s stands there twice", w.State)
		}
		seen[w.State] = true
		if w.Time != nil {
			time, pay = time+*w.Time, pay+w.pay()
		}
	}
	return time, pay
}

func checkTrips(fs *contracts.Faults, in *Input) {
	for i := range in.Trips {
		t, at := &in.Trips[i], fmt.Sprintf("trips[%d]", i)
		must(fs, t.Host != "", at+".host", "the State where the work is done")
		must(fs, !t.Start.IsZero(), at+".start", "the first day of the trip")
		must(fs, !t.End.IsZero(), at+".end", "the last day of the trip")
		must(fs, t.Activity != "", at+".activity", "the kind of work")
		checkOrder(fs, at, t.Start, t.End)
		g := in.engagement(t.Engagement)
		if g == nil {
			fs.Addf(contracts.FaultInvalid, at+".engagement", "name one of the engagements by its id", "there is no engagement %q", t.Engagement)
			continue
		}
		if t.Host != "" && t.Host == in.Home && t.Host == g.Seat {
			fs.Addf(FaultContradiction, at+".host", "work at home needs no case; name the State abroad", "%s is the home of the person's engagement", t.Host)
		}
		checkTwice(fs, in, i)
	}
}

func checkOrder(fs *contracts.Faults, at string, start, end contracts.Date) {
	if !start.IsZero() && !end.IsZero() && end.Before(start) {
		fs.Addf(contracts.FaultInvalid, at+".end", "give the last day, on or after the first", "%s is before the start on %s", end, start)
	}
}

// checkTwice refuses the same trip entered twice: same engagement, place and work on the same days.
func checkTwice(fs *contracts.Faults, in *Input, i int) {
	t := in.Trips[i]
	for j, o := range in.Trips[:i] {
		if t.Engagement == o.Engagement && t.Host == o.Host && t.HostUndertaking == o.HostUndertaking && t.Activity == o.Activity && overlap(t, o) {
			fs.Addf(FaultContradiction, fmt.Sprintf("trips[%d]", i), "leave one of them out, or mend its days", "the same work at the same place on the same days as in trips[%d]", j)
		}
	}
}

func overlap(a, b Trip) bool { return !a.Start.After(b.End) && !b.Start.After(a.End) }

func checkPrevious(fs *contracts.Faults, in *Input) {
	for i, p := range in.PreviousPostings {
		at := fmt.Sprintf("previous_postings[%d]", i)
		must(fs, p.Host != "", at+".host", "the State of the earlier posting")
		must(fs, !p.Start.IsZero(), at+".start", "its first day")
		must(fs, !p.End.IsZero(), at+".end", "its last day")
		checkOrder(fs, at, p.Start, p.End)
		for j, t := range in.Trips {
			if overlap(t, Trip{Start: p.Start, End: p.End}) || p.Start.After(t.End) && len(in.Trips) == 1 {
				fs.Addf(FaultContradiction, at+".end", "give its real last day, or enter it under trips when it still goes on", "a previous posting ends before a trip begins, and trips[%d] begins on %s", j, t.Start)
			}
		}
	}
}

func checkFacts(fs *contracts.Faults, in *Input) {
	f := in.Declaration
	for _, count := range []struct {
		field string
		days  *int
		most  int // that fit into the time that is counted
	}{
		{"host_days_quarter", f.HostDaysQuarter, 92}, {"host_days_year", f.HostDaysYear, 366}, {"host_days_12m", f.HostDays12Months, 366},
		{"host_days_13w", f.HostDays13Weeks, 91}, {"host_work_days_year", f.HostWorkDaysYear, 366},
	} {
		if count.days != nil && (*count.days < 0 || *count.days > count.most) {
			fs.Addf(contracts.FaultInvalid, "declaration_facts."+count.field, "count the person's days in the host State, this trip included", "%d days are not possible", *count.days)
		}
	}
	if t := in.Telework; t != nil {
		if worked, _ := in.shareIn(in.Residence); t.ShareInResidence != nil && hasWork(in) && *t.ShareInResidence > worked {
			fs.Addf(FaultContradiction, "telework.share_in_residence", "telework at home is part of the work in the State of residence", "%s is more than the %s of all work done there", *t.ShareInResidence, worked)
		}
	}
}

// engagement finds an engagement by its id.
func (in *Input) engagement(id string) *Engagement {
	for i := range in.Engagements {
		if in.Engagements[i].ID == id {
			return &in.Engagements[i]
		}
	}
	return nil
}

// shareIn adds up the shares of all work done in a State.
func (in *Input) shareIn(s State) (time, pay Share) {
	for _, g := range in.Engagements {
		for _, w := range g.Work {
			if w.State == s && w.Time != nil {
				time, pay = time+*w.Time, pay+w.pay()
			}
		}
	}
	return time, pay
}

func hasWork(in *Input) bool {
	for _, g := range in.Engagements {
		if len(g.Work) > 0 {
			return true
		}
	}
	return false
}
