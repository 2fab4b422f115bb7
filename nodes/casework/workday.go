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

// WorkDay is a day that a member worked, or will work, in a State, as he entered it in his calendar.
type WorkDay struct {
	Day   contracts.Date `json:"day"`
	State mobility.State `json:"state"`
}

func (d WorkDay) check() error {
	var fs contracts.Faults
	if d.Day.IsZero() {
		fs.Addf(contracts.FaultMissing, "day", "give the day of work", "not given")
	}
	if d.State == "" {
		fs.Addf(contracts.FaultMissing, "state", "give the State where the work is done", "not given")
	}
	return fs.Err()
}

// EnterDay keeps a day of work of a member; entered again, it is the same. A day abroad that no case covers proposes one.
func (cs Cases) EnterDay(ctx context.Context, s access.Scope, m member.ID, d WorkDay) error {
	if err := d.check(); err != nil {
		return err
	}
	err := cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, found, err := cs.Store.Member(ctx, tx, s, m); err != nil || !found {
			return orNotFound(err)
		}
		if err := cs.Store.SaveWorkDay(ctx, tx, s, m, d); err != nil || d.State == mobility.ThirdState {
			return err
		}
		source := fmt.Sprintf("days:%s:%s:%s", m, d.State, d.Day.Month()) // one case for the days of a month
		return cs.Propose(ctx, tx, Work{Source: source, Member: m, In: d.State.Country(), On: d.Day})
	})
	if err != nil {
		return fmt.Errorf("enter day of work: %w", err)
	}
	return nil
}

// RemoveDay takes a day back.
func (cs Cases) RemoveDay(ctx context.Context, s access.Scope, m member.ID, d WorkDay) error {
	return cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		found, err := cs.Store.DeleteWorkDay(ctx, tx, s, m, d)
		if err == nil && !found {
			return ErrNotFound
		}
		return err
	})
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return ErrNotFound
}

// Spells lists where a member works abroad: the trips of his cases that somebody submitted, but for one case, and the days he entered.
func (cs Cases) Spells(ctx context.Context, q storage.Querier, s access.Scope, m member.ID, except contracts.CaseID) ([]Spell, error) {
	cases, err := cs.Store.CasesOf(ctx, q, s, m)
	if err != nil {
		return nil, err
	}
	entered, err := cs.Store.WorkDays(ctx, q, s, m)
	if err != nil {
		return nil, err
	}
	var all []Spell
	for _, c := range cases {
		if c.ID != except {
			all = append(all, c.Spells()...)
		}
	}
	for _, d := range entered {
		if d.State != cs.home() {
			all = append(all, Spell{State: d.State, From: d.Day, Until: d.Day, Worked: true})
		}
	}
	return all, nil
}

func (cs Cases) home() mobility.State { return mobility.StateOf(cs.Rules.Home.Code) }

// Spells are the trips of a case as they were, or will be, made; none of a draft and of what was given up.
func (c Case) Spells() (all []Spell) {
	if c.State == draft || c.State == cancelled || c.State == rejected {
		return nil
	}
	posted := c.Outcome != nil && posting(c.Outcome.Article)
	for _, t := range c.Facts.Input.Trips {
		s := Spell{State: t.Host, From: t.Start, Until: least(t.End, c.EndedOn), Case: c.ID, HostUndertaking: t.HostUndertaking, Posting: posted}
		if !s.Until.Before(s.From) {
			all = append(all, s)
		}
	}
	return all
}
