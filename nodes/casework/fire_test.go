package casework

import (
	"testing"
	"time"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

func rules(t testing.TB) Rules {
	t.Helper()
	home, err := adapters.For("BE")
	if err != nil {
		t.Fatal(err)
	}
	return Rules{Engine: mobility.New(adapters.Atlas()), Home: home}
}

func day(s string) contracts.Date { return contracts.MustDate(s) }

// at is noon of a day.
func at(s string) time.Time { return day(s).Time().Add(12 * time.Hour) }

// lyon is an actor engaged in Belgium who plays in Lyon for four days.
func lyon() Facts {
	return Facts{Task: "plays in the theatre", Input: mobility.Input{
		Residence: "BE", Nationality: []mobility.Nationality{"BE"},
		Engagements: []mobility.Engagement{{ID: "e1", Type: mobility.Employed, Employer: "smart", Seat: "BE"}},
		Trips:       []mobility.Trip{{Engagement: "e1", Host: "FR", HostUndertaking: "theatre", Start: day("2026-06-10"), End: day("2026-06-13"), Activity: "performance"}},
		Checks:      mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: day("2018-01-01")}},
	}}
}

// life is a case with what happened to it.
type life struct {
	t     testing.TB
	rules Rules
	c     Case
	known Known
	told  []Entry
}

func newLife(t testing.TB) *life {
	return &life{t: t, rules: rules(t), c: Case{ID: "00000000000000000000000000000001", Member: "m1"}}
}

// do fires an event on a day and demands that it is taken.
func (l *life) do(on string, who Actor, e Event) *life {
	l.t.Helper()
	c, entry, err := l.rules.Fire(l.c, e, By{Actor: who, Account: "a", At: at(on), Host: "FR"}, l.known)
	if err != nil {
		l.t.Fatalf("%s in %s: %v", e.Name(), l.c.State, err)
	}
	l.told = append(l.told, entry)
	var more []Entry
	l.c, more = l.rules.Settle(c, at(on), l.known)
	l.told = append(l.told, more...)
	return l
}

// is demands a state.
func (l *life) is(s State) *life {
	l.t.Helper()
	if l.c.State != s {
		l.t.Fatalf("state %s, want %s", l.c.State, s)
	}
	return l
}

// prepared is a case for Lyon whose papers are to be seen to.
func prepared(t testing.TB) *life {
	t.Helper()
	l := newLife(t)
	l.do("2026-05-01", M, Create{Facts: lyon()}).is(draft)
	l.do("2026-05-02", M, Submit{l.c.Seen()}).is(submitted)
	l.do("2026-05-03", HA, Take{l.c.Seen()}).is(assessing)
	l.do("2026-05-04", HA, Decide{At: l.c.Seen()}).is(decided)
	return l.do("2026-05-05", HA, StartPreparing{At: l.c.Seen()}).is(preparing)
}

func TestACaseFromTheWishToTheFile(t *testing.T) {
	l := prepared(t)
	if o := l.c.Outcome; o.Legislation != "BE" || o.Article != "12.1" || !o.A1 {
		t.Errorf("decided %+v", o)
	}
	for _, track := range l.c.Missing() {
		l.do("2026-05-06", HA, TrackUpdate{At: l.c.Seen(), Track: track.Kind, Trip: track.Trip, Host: track.Host, State: contracts.TrackOK, Reference: "R1"})
	}
	l.is(ready)
	var entries []Entry
	if l.c, entries = l.rules.Settle(l.c, at("2026-06-09"), l.known); len(entries) != 0 {
		t.Errorf("began before its day: %+v", entries)
	}
	l.c, _ = l.rules.Settle(l.c, at("2026-06-10"), l.known)
	l.is(active)
	if l.c, entries = l.rules.Settle(l.c, at("2026-06-13"), l.known); len(entries) != 0 {
		t.Errorf("ended on its last day: %+v", entries)
	}
	l.c, _ = l.rules.Settle(l.c, at("2026-06-14"), l.known)
	l.is(ended)
	l.known.Papers = []Paper{{ID: "p", Kind: PaperTaxCertificate}}
	l.do("2026-07-01", HA, Close{l.c.Seen()}).is(closed)
	if l.c.ClosedOn != day("2026-07-01") || l.c.EndedOn != day("2026-06-13") {
		t.Errorf("ended on %s, closed on %s", l.c.EndedOn, l.c.ClosedOn)
	}
}
