package nodes_test

import (
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
)

// lyon is work in France for four days.
func lyon(start string) casework.Facts {
	first := contracts.MustDate(start)
	return casework.Facts{Task: "plays in the theatre", Input: mobility.Input{
		Residence: "BE", Nationality: []mobility.Nationality{"BE"},
		Engagements: []mobility.Engagement{{ID: "e1", Type: mobility.Employed, Employer: "smart", Seat: "BE"}},
		Trips:       []mobility.Trip{{Engagement: "e1", Host: "FR", HostUndertaking: "theatre", Start: first, End: first.AddDays(3), Activity: "performance"}},
		Checks:      mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: contracts.MustDate("2018-01-01")}},
	}}
}

// fire moves a case as an adviser and demands that it is taken.
func (n *testNode) fire(c casework.Case, e casework.Event) casework.Case {
	n.t.Helper()
	after, err := n.Cases.Fire(n.t.Context(), access.Program(), c.ID, e)
	if err != nil {
		n.t.Fatal(err)
	}
	return after
}

// newCase opens a case of the node's member.
func (n *testNode) newCase(f casework.Facts) casework.Case {
	n.t.Helper()
	c, err := n.Cases.Create(n.t.Context(), access.Program(), n.activity.Member, f)
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// preparing takes a case to where its papers are seen to.
func (n *testNode) preparing(f casework.Facts) casework.Case {
	n.t.Helper()
	c := n.newCase(f)
	c = n.fire(c, casework.Submit{At: c.Seen()})
	c = n.fire(c, casework.Take{At: c.Seen()})
	c = n.fire(c, casework.Decide{At: c.Seen()})
	return n.fire(c, casework.StartPreparing{At: c.Seen()})
}

func TestACaseIsKeptWithItsHistory(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		c := n.preparing(lyon("2026-06-10"))
		for _, track := range c.Missing() {
			c = n.fire(c, casework.TrackUpdate{At: c.Seen(), Track: track.Kind, Trip: track.Trip, Host: track.Host, State: contracts.TrackOK, Reference: "R1"})
		}
		if c.State != contracts.CaseReady {
			t.Fatalf("state %s", c.State)
		}
		*n.now = time.Date(2026, 6, 10, 6, 0, 0, 0, time.UTC)
		if ran, done, err := n.Cases.Daily(t.Context()); err != nil || !done || ran.Moved != 1 {
			t.Errorf("%+v %t %v", ran, done, err)
		}
		if _, done, err := n.Cases.Daily(t.Context()); err != nil || done {
			t.Errorf("ran twice on a day: %v", err)
		}
		kept, found, err := n.Store.Case(t.Context(), n.DB, access.Program(), c.ID)
		if err != nil || !found || kept.State != contracts.CaseActive {
			t.Fatalf("%s %t %v", kept.State, found, err)
		}
		history, err := n.Store.History(t.Context(), n.DB, access.Program(), c.ID)
		if err != nil || len(history) != kept.Version {
			t.Fatalf("%d lines for version %d: %v", len(history), kept.Version, err)
		}
		for i, e := range history {
			if e.Version != i+1 || e.At.IsZero() || i > 1 && (len(e.InputHash) != 64 || e.RuleSet != "eu-2010") {
				t.Errorf("line %d: %+v", i, e)
			}
		}
	})
}
