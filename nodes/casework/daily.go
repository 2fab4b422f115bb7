package casework

import (
	"context"
	"errors"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Ran is what a run of the clock did.
type Ran struct {
	Cases     int `json:"cases"`     // looked at
	Moved     int `json:"moved"`     // that began, ended, or whose papers expired
	Reminders int `json:"reminders"` // given for the first time
}

// atOnce is how many ids are read at a time.
const atOnce = 200

// Run has the clock look at every case that does not rest: it moves what moves by itself and gives the reminders that are due. Each case has a
// transaction of its own; one that fails does not hold the others up.
func (cs Cases) Run(ctx context.Context) (ran Ran, err error) {
	var failed error
	for after := contracts.CaseID(""); ; {
		ids, err := cs.Store.OpenCases(ctx, cs.DB, access.Program(), after, atOnce)
		if err != nil {
			return ran, fmt.Errorf("list cases: %w", err)
		}
		for _, id := range ids {
			if err := cs.tick(ctx, id, &ran); err != nil {
				failed = errors.Join(failed, fmt.Errorf("case %s: %w", id, err))
			}
			after = id
		}
		if len(ids) < atOnce || ctx.Err() != nil {
			return ran, errors.Join(failed, ctx.Err())
		}
	}
}

// tick looks at one case.
func (cs Cases) tick(ctx context.Context, id contracts.CaseID, ran *Ran) error {
	var moved bool
	var given int
	err := cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		moved, given, err = cs.settle(ctx, tx, id)
		return err
	})
	if err != nil {
		return err
	}
	ran.Cases, ran.Reminders = ran.Cases+1, ran.Reminders+given
	if moved {
		ran.Moved++
	}
	return nil
}

// settle does to a case what follows by itself, and tells whether it moved and how many reminders are new.
func (cs Cases) settle(ctx context.Context, tx *storage.Tx, id contracts.CaseID) (moved bool, given int, err error) {
	c, found, err := cs.Store.Case(ctx, tx, access.Program(), id)
	if err != nil || !found {
		return false, 0, err
	}
	known, err := cs.known(ctx, tx, c)
	if err != nil {
		return false, 0, err
	}
	after, entries := cs.Rules.Settle(c, cs.Now(), known)
	if len(entries) > 0 {
		if err := cs.save(ctx, tx, access.Program(), c, after, entries); err != nil {
			return false, 0, err
		}
	}
	given, err = cs.remind(ctx, tx, access.Program(), after)
	return len(entries) > 0, given, err
}

// dailyState remembers the day of the last run.
const dailyState = "casework"

// Daily runs once a day, whoever asks how often.
func (cs Cases) Daily(ctx context.Context) (ran Ran, done bool, err error) {
	today := contracts.DateOf(cs.Now().UTC()).String()
	if last, err := cs.Store.State(ctx, cs.DB, dailyState); err != nil || last >= today {
		return ran, false, err
	}
	if ran, err = cs.Run(ctx); err != nil {
		return ran, false, err
	}
	return ran, true, cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return cs.Store.SetState(ctx, tx, dailyState, today) })
}
