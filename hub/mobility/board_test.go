package mobility

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"passerelle/contracts"
)

type cases []contracts.CaseProgressed

func (c cases) CasesSince(context.Context, contracts.Date) ([]contracts.CaseProgressed, error) {
	return c, nil
}

var today = contracts.MustDate("2026-05-04")

// someone is a case of a person; a test changes what matters to it.
func someone(person int, host contracts.CountryCode) contracts.CaseProgressed {
	return contracts.CaseProgressed{Case: contracts.CaseID(fmt.Sprintf("%032x", person)), Member: fmt.Sprintf("%032d", person), Home: "BE", Hosts: []contracts.CountryCode{host}, Start: today.AddDays(10), End: today.AddDays(40),
		State: contracts.CasePreparing, Tracks: contracts.CaseTracks{A1: contracts.TrackTodo, Declaration: contracts.TrackOK, Documents: contracts.TrackOK, Insurance: contracts.TrackOK, Tax: contracts.TrackOK}}
}

func board(t *testing.T, c cases) Board {
	t.Helper()
	b, err := BoardOf(t.Context(), c, today)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAFigureIsAboutFivePeopleOrHidden(t *testing.T) {
	var c cases
	for i := range 5 {
		c = append(c, someone(i, "FR"))
	}
	for i := range 9 {
		c = append(c, someone(5+i%4, "DE")) // nine cases of four people
	}
	b := board(t, c)
	if got := fmt.Sprint(b.Pairs); got != "[{BE FR {5 false}} {BE DE {0 true}}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(b.States, b.Departures); got != "[{PREPARING {14 false}}] [{BE {0 false} {14 false}}]" {
		t.Error(got)
	}
}

// TestNoFigureIsAboutFewerPeople makes any cases, and looks at every figure of the board.
func TestNoFigureIsAboutFewerPeople(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var c cases
		for i := range rapid.IntRange(0, 40).Draw(rt, "cases") {
			one := someone(rapid.IntRange(0, 12).Draw(rt, "person"), rapid.SampledFrom([]contracts.CountryCode{"FR", "DE", "AT"}).Draw(rt, "host"))
			one.Case = contracts.CaseID(fmt.Sprintf("%032x", i))
			one.Home = rapid.SampledFrom([]contracts.CountryCode{"BE", "IT"}).Draw(rt, "home")
			one.State = rapid.SampledFrom(contracts.CaseStates).Draw(rt, "state")
			waited := rapid.IntRange(0, 90).Draw(rt, "waited")
			one.A1Waited = &waited
			c = append(c, one)
		}
		b, err := BoardOf(context.Background(), c, today)
		if err != nil {
			rt.Fatal(err)
		}
		check := func(what string, n Count, people func(contracts.CaseProgressed) bool) {
			who := map[string]bool{}
			for _, one := range c {
				if one.State != contracts.CaseDraft && people(one) {
					who[string(one.Home)+one.Member] = true
				}
			}
			if n.Cases > 0 && len(who) < FewestPeople || n.Hidden && (n.Cases != 0 || len(who) >= FewestPeople || len(who) == 0) {
				rt.Errorf("%s: %+v is about %d people", what, n, len(who))
			}
		}
		for _, s := range b.States {
			check(string(s.State), s.Count, func(one contracts.CaseProgressed) bool { return one.State == s.State })
		}
		for _, p := range b.Pairs {
			check(string(p.Home+p.Host), p.Count, func(one contracts.CaseProgressed) bool { return one.Home == p.Home && one.Hosts[0] == p.Host })
		}
		for _, w := range b.Waits {
			check("waits of "+string(w.Home), w.Came, func(one contracts.CaseProgressed) bool { return one.Home == w.Home })
			if w.Came.Cases == 0 && (w.Waited != 0 || w.Planned != 0) {
				rt.Errorf("the wait of too few is told: %+v", w)
			}
		}
	})
}

func TestDelaysAndWaits(t *testing.T) {
	var c cases
	for i, days := range []int{10, 20, 30, 40, 50} {
		one, planned := someone(i, "FR"), 25
		one.A1Waited, one.A1Planned = &days, &planned
		one.NextDeadline, one.State, one.Warnings = today.AddDays(-1), contracts.CaseActive, []contracts.CaseWarning{"STARTED_NOT_READY"}
		c = append(c, one)
	}
	b := board(t, c)
	if got := fmt.Sprint(b.Waits, b.Delays, b.Homes); got != "[{BE {5 false} 30 25}] [{BE {5 false} {5 false}}] [{BE {0 false} {5 false} {0 false}}]" {
		t.Error(got)
	}
}

func TestDraftsAreNobodysBusiness(t *testing.T) {
	var c cases
	for i := range 9 {
		one := someone(i, "FR")
		one.State = contracts.CaseDraft
		c = append(c, one)
	}
	if b := board(t, c); len(b.States)+len(b.Pairs)+len(b.Homes) > 0 {
		t.Errorf("%+v", b)
	}
}
