package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// due lists the keys of what is due on a day.
func due(r Rules, c Case, on string) (keys []string) {
	for _, x := range r.Due(c, day(on)) {
		keys = append(keys, x.Key)
	}
	return keys
}

// stay is a case in a State for some time, in a state of its life.
func stay(t *testing.T, host mobility.State, from, until string, state State) *life {
	t.Helper()
	l := prepared(t)
	l.c.State = state
	trip := &l.c.Facts.Input.Trips[0]
	trip.Host, trip.Start, trip.End = host, day(from), day(until)
	l.c.Tracks = []Track{{Kind: TrackDeclaration, Trip: 1, Host: host, Latest: day(from), State: contracts.TrackOK}}
	l.c.Hosts = nil
	return l
}

// Each timer is silent on the day before, and speaks on its day.
func TestTimersSpeakOnTheirDay(t *testing.T) {
	for name, c := range map[string]struct {
		l        *life
		spoil    func(*Case)
		key      string
		on, last string // first day it is shown; until when the thing is due
	}{
		"submit 20 working days before the start, told five before that": {stay(t, "FR", "2026-06-10", "2026-06-13", draft), nil, "submit_by", "2026-05-04", "2026-05-11"},
		"a declaration five working days before it is due":               {stay(t, "FR", "2026-06-10", "2026-06-13", preparing), func(c *Case) { c.Tracks[0].State = contracts.TrackTodo }, "declaration_due:1:2026-06-10", "2026-06-03", "2026-06-10"},
		"papers missing ten working days before":                         {stay(t, "FR", "2026-06-10", "2026-06-13", preparing), func(c *Case) { c.Tracks[0].State = contracts.TrackTodo }, "papers_missing:10", "2026-05-27", "2026-06-10"},
		"papers missing two working days before":                         {stay(t, "FR", "2026-06-10", "2026-06-13", preparing), func(c *Case) { c.Tracks[0].State = contracts.TrackTodo }, "papers_missing:2", "2026-06-08", "2026-06-10"},
		"a case nobody decided":                                          {stay(t, "FR", "2026-06-10", "2026-06-13", assessing), nil, "not_decided:5", "2026-06-03", "2026-06-10"},
		"three months before month 12":                                   {stay(t, "FR", "2026-01-15", "2027-01-14", active), nil, "ask_12_months:1:2026-01-15", "2026-10-15", "2027-01-14"},
		"the motivated notification by the end of month 12":              {stay(t, "FR", "2026-01-15", "2027-01-15", active), nil, "motivated_notification:1:2026-01-15", "2026-10-15", "2027-01-14"},
		"five days later in Italy":                                       {stay(t, "IT", "2026-01-15", "2027-01-15", active), nil, "motivated_notification:1:2026-01-15", "2026-10-15", "2027-01-19"},
		"three months before month 24":                                   {stay(t, "FR", "2025-01-15", "2027-01-14", active), nil, "plan_24_months:1:2025-01-15", "2026-10-15", "2027-01-14"},
		"the day after month 24":                                         {stay(t, "FR", "2025-01-15", "2027-01-15", active), nil, "home_legislation_ends:1:2025-01-15", "2027-01-15", "2027-01-15"},
		"a provisional determination is final": {stay(t, "FR", "2026-06-10", "2026-12-13", active), func(c *Case) {
			c.Tracks = []Track{{Kind: TrackA1, NotifiedOn: day("2026-06-30"), State: contracts.TrackOK}}
		}, "provisional_final:2026-08-30", "2026-08-30", "2026-08-30"},
		"a host silent for thirty days": {stay(t, "FR", "2026-06-10", "2026-12-13", active), func(c *Case) { c.Hosts = []Host{{State: "FR", AskedOn: day("2026-06-01")}} }, "host_silent:FR:2026-06-01", "2026-07-01", "2026-07-01"},
		"a determination unanswered for sixty": {stay(t, "FR", "2026-06-10", "2026-12-13", active), func(c *Case) {
			c.Hosts = []Host{{State: "FR", AskedOn: day("2026-06-01")}}
			o := *c.Outcome
			o.Route = mobility.ResidenceInstitution
			c.Outcome = &o
		}, "determination_silent:FR:2026-06-01", "2026-07-31", "2026-07-31"},
		"a fresh posting two months after the end": {stay(t, "FR", "2026-06-10", "2026-06-30", ended), func(c *Case) { c.EndedOn = day("2026-06-30") }, "fresh_posting:1:2026-08-31", "2026-08-31", "2026-08-31"},
		"a cover that ends before the work": {stay(t, "FR", "2026-06-10", "2026-12-13", active), func(c *Case) {
			c.Tracks = []Track{{Kind: TrackInsurance, Until: day("2026-09-30"), State: contracts.TrackOK}}
		}, "renew_paper:insurance:2026-09-30", "2026-08-31", "2026-09-30"},
	} {
		if c.spoil != nil {
			c.spoil(&c.l.c)
		}
		r := c.l.rules
		if keys := due(r, c.l.c, day(c.on).AddDays(-1).String()); slices.Contains(keys, c.key) {
			t.Errorf("%s: told a day early: %v", name, keys)
		}
		i := slices.IndexFunc(r.Due(c.l.c, day(c.on)), func(x Reminder) bool { return x.Key == c.key })
		if i < 0 {
			t.Errorf("%s: not told on %s: %v", name, c.on, due(r, c.l.c, c.on))
			continue
		}
		if x := r.Due(c.l.c, day(c.on))[i]; x.By != day(c.last) || len(x.To) == 0 {
			t.Errorf("%s: due %s to %v", name, x.By, x.To)
		}
	}
}

// What does not last so long asks for nothing: the last day of each span is still within it.
func TestAShortStayAsksForNoLongOnesPapers(t *testing.T) {
	for until, never := range map[string]string{"2026-10-15": "ask_12_months", "2027-01-14": "motivated_notification", "2027-10-15": "plan_24_months", "2028-01-14": "home_legislation_ends"} {
		l := stay(t, "FR", "2026-01-15", until, active)
		if keys := fmt.Sprint(due(l.rules, l.c, "2199-12-31")); strings.Contains(keys, never) {
			t.Errorf("until %s: %s", until, keys)
		}
	}
	self := stay(t, "FR", "2026-01-15", "2028-06-30", active)
	self.c.Facts.Input.Engagements[0].Type = mobility.SelfEmployed
	if keys := fmt.Sprint(due(self.rules, self.c, "2199-12-31")); strings.Contains(keys, "motivated") || !strings.Contains(keys, "plan_24_months") {
		t.Errorf("self-employed: %s", keys)
	}
}

// An earlier posting to the same undertaking that ended less than two months before goes on.
func TestTheClockCountsFromTheFirstOfAChain(t *testing.T) {
	for gap, want := range map[string]string{"2026-04-10": "2025-07-01", "2026-04-09": "2026-06-10"} {
		l := stay(t, "FR", "2026-06-10", "2027-06-09", active)
		a := *l.c.Assessed
		a.Input.PreviousPostings = []mobility.PreviousPosting{{Host: "FR", HostUndertaking: "theatre", Start: day("2025-07-01"), End: day(gap)}}
		l.c.Assessed = &a
		if keys := fmt.Sprint(due(l.rules, l.c, "2199-12-31")); !strings.Contains(keys, "ask_12_months:1:"+want) {
			t.Errorf("ended %s: %s", gap, keys)
		}
	}
}

func TestALateRequestIsMarkedAndNotRefused(t *testing.T) {
	for on, late := range map[string]bool{"2026-05-11": false, "2026-05-12": true} { // 20 working days before 10 June, with Ascension and Whit Monday
		l := newLife(t)
		l.do(on, M, Create{Facts: lyon()})
		l.do(on, M, Submit{l.c.Seen()}).is(submitted)
		if l.c.Has("LATE") != late {
			t.Errorf("%s: flags %v", on, l.c.Flags)
		}
	}
}

func TestWorkThatBeginsWithoutItsPapersIsMarked(t *testing.T) {
	l := prepared(t)
	l.c, _ = l.rules.Settle(l.c, at("2026-06-10"), l.known)
	if l.is(active); !l.c.Has("STARTED_NOT_READY") || l.c.BegunOn != day("2026-06-10") {
		t.Errorf("%v, begun %s", l.c.Flags, l.c.BegunOn)
	}
}

func TestChangesAndCancellationsLeaveSomethingToBeDone(t *testing.T) {
	l := prepared(t)
	l.do("2026-05-20", HA, TrackUpdate{At: l.c.Seen(), Track: TrackA1, State: contracts.TrackRequested})
	l.do("2026-05-20", HA, TrackUpdate{At: l.c.Seen(), Track: TrackDeclaration, State: contracts.TrackOK, Reference: "S-1"})
	l.do("2026-05-21", M, Cancel{At: l.c.Seen()}).is(cancelled)
	if keys := fmt.Sprint(due(l.rules, l.c, "2026-05-21")); !strings.Contains(keys, "cancel_declaration:1") || !strings.Contains(keys, "withdraw_a1") {
		t.Errorf("cancelled: %s", keys)
	}
	l = prepared(t)
	l.c, _ = l.rules.Settle(l.c, at("2026-06-10"), l.known)
	longer := lyon()
	longer.Input.Trips[0].End = day("2026-07-31")
	l.do("2026-06-11", M, Change{l.c.Seen(), longer}).is(active)
	if keys := fmt.Sprint(due(l.rules, l.c, "2026-06-11")); !l.c.ReviewOpen || !strings.Contains(keys, "tell_institution:2026-06-11") {
		t.Errorf("changed: %s", keys)
	}
	before := l.c.Outcome
	l.do("2026-06-12", HA, CloseReview{At: l.c.Seen(), To: active}).is(active)
	if l.c.ReviewOpen || l.c.Outcome == before || l.told[len(l.told)-1].Outcome == nil {
		t.Errorf("the review left %+v", l.c.Outcome)
	}
	l.do("2026-06-20", M, End{l.c.Seen(), day("2026-06-20")}).is(ended)
	if keys := fmt.Sprint(due(l.rules, l.c, "2026-06-20")); !strings.Contains(keys, "tell_institution:ended:2026-06-20") {
		t.Errorf("shortened: %s", keys)
	}
}
