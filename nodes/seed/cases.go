package seed

import (
	"context"
	"fmt"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// journey is an invented piece of work abroad: where, how many days from today it begins, how long it is, what is done, and how far its case is.
type journey struct {
	hosts   []mobility.State
	begins  int // days from today
	days    int
	work    country.WorkKind
	handed  int // days before the beginning on which it is handed in
	until   casework.State
	regular bool
}

func to(hosts ...mobility.State) []mobility.State { return hosts }

// journeys are the cases of the demonstration's member, by home.
var journeys = map[contracts.CountryCode][]journey{
	"BE": {
		{hosts: to("FR"), begins: 30, days: 4, work: "performance", handed: 45, until: contracts.CasePreparing},
		{hosts: to("NL"), begins: -3, days: 12, work: "arts_technical", handed: 50, until: contracts.CaseActive},
		{hosts: to("DE"), begins: 6, days: 2, work: "performance", handed: 6, until: contracts.CaseSubmitted},
		{hosts: to("FR"), begins: -40, days: 3, work: "performance", handed: 40, until: contracts.CaseEnded},
		{hosts: to("IT"), begins: 70, days: 5, work: "teaching", until: contracts.CaseDraft},
	},
	"DE": {
		{hosts: to("AT", "IT"), begins: 40, days: 120, work: "arts_other", handed: 60, until: contracts.CaseDecided, regular: true},
		{hosts: to("FR"), begins: 35, days: 3, work: "performance", handed: 50, until: contracts.CaseReady},
	},
	"IT": {
		{hosts: to("CH"), begins: 25, days: 6, work: "performance", handed: 40, until: contracts.CasePreparing},
		{hosts: to("FR"), begins: 4, days: 2, work: "performance", handed: 4, until: contracts.CaseSubmitted},
	},
	"FR": {{hosts: to("BE"), begins: 32, days: 5, work: "performance", handed: 45, until: contracts.CasePreparing}},
	"AT": {{hosts: to("DE"), begins: 28, days: 10, work: "arts_other", handed: 40, until: contracts.CaseAssessing}},
	"NL": {{hosts: to("BE"), begins: -5, days: 20, work: "arts_technical", handed: 45, until: contracts.CaseActive}},
	"SE": {{hosts: to("DE"), begins: 45, days: 7, work: "teaching", handed: 60, until: contracts.CaseDecided}},
}

// Cases opens the mobility cases of the demonstration's member, each moved to where it stands by its own events. A member who has cases is left alone.
func Cases(ctx context.Context, n *nodes.Node, id member.ID) error {
	own := access.Of(string(id))
	there, err := n.Store.CasesOf(ctx, n.DB, own, id)
	if err != nil || len(there) > 0 {
		return err
	}
	for _, j := range journeys[n.Adapter.Code] {
		if err := j.travel(ctx, n, id); err != nil {
			return fmt.Errorf("demonstration case to %v: %w", j.hosts, err)
		}
	}
	return nil
}

// facts are what the member would say of the journey.
func (j journey) facts(n *nodes.Node, start contracts.Date) casework.Facts {
	home := mobility.StateOf(n.Adapter.Code)
	f := casework.Facts{Task: "Demonstration: invented work", Input: mobility.Input{Residence: home, Nationality: []mobility.Nationality{mobility.Nationality(home)},
		Engagements: []mobility.Engagement{{ID: "e1", Type: mobility.Employed, Employer: n.Settings.Name, Seat: home}},
		Checks:      mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: contracts.MustDate("2015-01-01")}}},
		Person: casework.Person{BirthDate: contracts.MustDate("1990-01-01")}}
	for i, h := range j.hosts {
		t := mobility.Trip{Engagement: "e1", Host: h, HostUndertaking: "Demonstration theatre", Start: start, End: start.AddDays(j.days - 1), Activity: mobility.Activity(j.work)}
		if j.regular {
			t.Pattern = mobility.Regular
		}
		f.Input.Trips = append(f.Input.Trips, t)
		f.Places = append(f.Places, casework.Place{Trip: i + 1, Name: "Demonstration theatre", Street: "Example street 1", Town: "Example town"})
	}
	return f
}

// travel lives the case on the days on which it would have happened.
func (j journey) travel(ctx context.Context, n *nodes.Node, id member.ID) error {
	now := n.Now().UTC()
	start := contracts.DateOf(now).AddDays(j.begins)
	clock := start.AddDays(-j.handed).Time().Add(9 * time.Hour)
	cases := n.Cases
	cases.Now = func() time.Time {
		if clock.After(now) {
			return now
		}
		return clock
	}
	c, err := cases.Create(ctx, access.Of(string(id)), id, j.facts(n, start))
	if err != nil {
		return err
	}
	for c.State != j.until {
		before := c.Version
		if c, err = j.step(ctx, cases, c); err != nil {
			return err
		}
		if clock = clock.AddDate(0, 0, 1); c.Version == before { // nothing is left to do but wait
			clock = clock.AddDate(0, 0, 2)
		}
		if clock.After(now.AddDate(0, 0, 30)) {
			return fmt.Errorf("stays %s, is to be %s", c.State, j.until)
		}
	}
	return j.halfway(ctx, cases, c)
}

// step does what comes next.
func (j journey) step(ctx context.Context, cases casework.Cases, c casework.Case) (casework.Case, error) {
	var e casework.Event
	switch c.State {
	case contracts.CaseDraft:
		e = casework.Submit{At: c.Seen()}
	case contracts.CaseSubmitted:
		e = casework.Take{At: c.Seen()}
	case contracts.CaseAssessing:
		e = casework.Decide{At: c.Seen()}
	case contracts.CaseDecided:
		e = casework.StartPreparing{At: c.Seen()}
	case contracts.CasePreparing:
		t := c.Missing()[0]
		e = casework.TrackUpdate{At: c.Seen(), Track: t.Kind, Trip: t.Trip, Host: t.Host, State: contracts.TrackOK, Reference: "DEMO-1"}
	default:
		if _, err := cases.Run(ctx); err != nil {
			return c, err
		}
		after, _, err := cases.Store.Case(ctx, cases.DB, access.Of(string(c.Member)), c.ID)
		return after, err
	}
	return cases.Fire(ctx, access.Program(), c.ID, e)
}

// halfway leaves a case that is being prepared with its A1 asked for.
func (j journey) halfway(ctx context.Context, cases casework.Cases, c casework.Case) error {
	if c.State != contracts.CasePreparing || c.Outcome == nil || !c.Outcome.A1 {
		return nil
	}
	_, err := cases.Fire(ctx, access.Program(), c.ID, casework.TrackUpdate{At: c.Seen(), Track: casework.TrackA1, State: contracts.TrackRequested, Reference: "DEMO-2"})
	return err
}
