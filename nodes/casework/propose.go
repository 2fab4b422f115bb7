package casework

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// Work is a job somewhere that the node learns of on the way: from a draft, an invoice, or the calendar.
type Work struct {
	Source     string // what it was read from, such as "draft:" and its id
	Member     member.ID
	Activity   member.ActivityID
	In         contracts.CountryCode
	On         contracts.Date
	For        string // who it is done for
	Recognised string // what is done
}

// Propose opens a draft for work abroad that no case covers, inside the transaction that learnt of it: once for each source, and never again for a day
// and State whose proposal the member has dismissed. It is opened by nobody in particular, and waits for the member to hand it in.
func (cs Cases) Propose(ctx context.Context, tx *storage.Tx, w Work) error {
	host := mobility.StateOf(w.In)
	if w.In == "" || host == cs.home() || w.On.IsZero() {
		return nil
	}
	own := access.Of(string(w.Member))
	if known, err := cs.Store.CaseFrom(ctx, tx, own, w.Source); err != nil || known {
		return err
	}
	cases, err := cs.Store.CasesOf(ctx, tx, own, w.Member)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.covers(host, w.On) {
			return nil
		}
	}
	f := cs.prefilled(cases)
	f.Activity, f.Task = w.Activity, clipLine(w.Recognised)
	f.Input.Trips = []mobility.Trip{{Engagement: f.Input.Engagements[0].ID, Host: host, HostUndertaking: clipLine(w.For), Start: w.On, End: w.On}}
	if _, err := cs.create(ctx, tx, own, w.Member, Create{Facts: f, Source: w.Source}, By{Actor: SYS, At: cs.Now()}); err != nil {
		return fmt.Errorf("propose case: %w", err)
	}
	return nil
}

// covers tells whether a case has a day's work in a State, or was proposed for it and dismissed.
func (c Case) covers(host mobility.State, on contracts.Date) bool {
	if c.State == rejected || c.State == cancelled && c.Source == "" {
		return false
	}
	for _, t := range c.Facts.Input.Trips {
		if t.Host == host && !on.Before(t.Start) && !on.After(t.End) {
			return true
		}
	}
	return false
}

// clipLine makes one short line of what was written elsewhere.
func clipLine(s string) string {
	line := []rune{}
	for _, r := range s {
		if r >= ' ' && r != 0x7f && len(string(line))+4 < longestLine {
			line = append(line, r)
		}
	}
	return string(line)
}

// Prefilled is what is known of a member before he says anything: from his last case, else that the co-operative engages him at home.
func (cs Cases) Prefilled(ctx context.Context, q storage.Querier, s access.Scope, m member.ID) (Facts, error) {
	if _, found, err := cs.Store.Member(ctx, q, s, m); err != nil || !found {
		return Facts{}, orNotFound(err)
	}
	cases, err := cs.Store.CasesOf(ctx, q, s, m)
	return cs.prefilled(cases), err
}

// prefilled takes over what does not change from one journey to the next. Shares do: they are counted anew.
func (cs Cases) prefilled(cases []Case) Facts {
	home := cs.home()
	f := Facts{Input: mobility.Input{Home: home, Residence: home, Nationality: []mobility.Nationality{}}}
	f.Input.Engagements = []mobility.Engagement{{ID: "e1", Type: mobility.Employed, Employer: cs.Employer, Seat: home}}
	if len(cases) == 0 {
		return f
	}
	last := cases[0].Facts
	in := last.Input
	f.Person = last.Person
	f.Input.Residence, f.Input.Nationality, f.Input.LegallyResident, f.Input.Checks = in.Residence, in.Nationality, in.LegallyResident, in.Checks
	if len(in.Engagements) > 0 {
		f.Input.Engagements = nil
		for _, g := range in.Engagements {
			g.Work = nil
			f.Input.Engagements = append(f.Input.Engagements, g)
		}
	}
	return f
}
