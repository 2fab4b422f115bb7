package account

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// A few tries are free, then each that fails doubles the time until the next one counts. It never grows beyond longestWait, so
// nobody is locked out by somebody else for good; a passkey is not held up by the tries at his password at all.
const (
	freeTries        = 5  // of one account in a row
	freeTriesAddress = 30 // of one address: an office shares one
	longestWait      = 15 * time.Minute
	forgetAfter      = 24 * time.Hour // without a try
)

// waitAfter is how long after the n-th failed try the next one counts.
func waitAfter(failures, free int64) time.Duration {
	if failures < free {
		return 0
	}
	return min(time.Second<<min(failures-free, 20), longestWait)
}

// TooMany is the answer to a try that came too early.
type TooMany struct{ Wait time.Duration }

// Seconds is the wait for the header Retry-After.
func (t TooMany) Seconds() int { return int(math.Ceil(t.Wait.Seconds())) }

func (t TooMany) Error() string { return "too many tries" }

// Unwrap is what people see of it.
func (t TooMany) Unwrap() error {
	return contracts.Fault{Code: FaultTooMany, Message: "there were too many tries", Remedy: "wait a while, then try again"}
}

// limit is what tries are counted for.
type limit struct {
	key  string
	free int64
}

// limitAccount counts what is tried at a name, whether it has an account or not. The name itself is not kept.
func limitAccount(email string) limit {
	return limit{"account:" + hashOf(emailKey(email)), freeTries}
}

func limitAddress(address string) limit { return limit{"address:" + address, freeTriesAddress} }

// try counts a try against every limit before it is made, so that a thousand at once are not free; or returns TooMany and counts nothing.
// succeeded takes the account's tries back.
func (a *Accounts) try(ctx context.Context, limits ...limit) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		now := a.Now()
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_try WHERE last < $1`, storage.At(now.Add(-forgetAfter))); err != nil {
			return err
		}
		for _, l := range limits {
			failures, free, err := tries(ctx, tx, l.key)
			if err != nil {
				return err
			}
			if wait := free.Sub(now); wait > 0 {
				return TooMany{wait}
			}
			failures++
			_, err = tx.ExecContext(ctx, `INSERT INTO account_try (key, failures, last, free) VALUES ($1, $2, $3, $4)
				ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last = excluded.last, free = excluded.free`,
				l.key, failures, storage.At(now), storage.At(now.Add(waitAfter(failures, l.free))))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func tries(ctx context.Context, q storage.Querier, key string) (failures int64, free time.Time, err error) {
	var at storage.Instant
	err = q.QueryRowContext(ctx, `SELECT failures, free FROM account_try WHERE key = $1`, key).Scan(&failures, &at)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return failures, at.Time, err
}

// succeeded forgets the tries at an account, and takes one try of the address back: who knows one password may not try others for ever.
func succeeded(ctx context.Context, tx *storage.Tx, account, address limit) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_try WHERE key = $1`, account.key); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE account_try SET failures = failures - 1, free = last WHERE key = $1 AND failures > 0`, address.key)
	return err
}
