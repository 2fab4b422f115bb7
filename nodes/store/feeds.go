package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
)

// Feed is a calendar address that somebody has.
type Feed struct {
	Account  string
	Language string
	Made     storage.Instant
}

func feedDigest(secret string) string {
	sum := sha256.Sum256([]byte(secret)) // 130 bits: too many to be guessed
	return hex.EncodeToString(sum[:])
}

// SaveFeed gives an account a calendar address; the one it had ends.
func (Store) SaveFeed(ctx context.Context, tx *storage.Tx, f Feed, secret string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO calendar_feed (account, digest, language, made_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account) DO UPDATE SET digest = excluded.digest, language = excluded.language, made_at = excluded.made_at`,
		f.Account, feedDigest(secret), f.Language, storage.At(f.Made.Time))
	return err
}

// RemoveFeed ends the calendar address of an account.
func (Store) RemoveFeed(ctx context.Context, tx *storage.Tx, account string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM calendar_feed WHERE account = $1`, account)
	return err
}

// FeedOf finds the calendar address of an account, without its secret.
func (Store) FeedOf(ctx context.Context, q storage.Querier, account string) (Feed, bool, error) {
	return scanFeed(q.QueryRowContext(ctx, `SELECT account, language, made_at FROM calendar_feed WHERE account = $1`, account))
}

// FeedBySecret finds whose calendar address ends with a secret.
func (Store) FeedBySecret(ctx context.Context, q storage.Querier, secret string) (Feed, bool, error) {
	return scanFeed(q.QueryRowContext(ctx, `SELECT account, language, made_at FROM calendar_feed WHERE digest = $1`, feedDigest(secret)))
}

func scanFeed(row *sql.Row) (f Feed, found bool, err error) {
	err = row.Scan(&f.Account, &f.Language, &f.Made)
	if err == sql.ErrNoRows {
		return f, false, nil
	}
	return f, err == nil, err
}

// ToMail is a reminder that was given, for those it is for.
type ToMail struct {
	Case   contracts.CaseID
	Member member.ID
	casework.Reminder
}

// RemindersSince lists the reminders given since an instant, in order of case and deadline.
func (Store) RemindersSince(ctx context.Context, q storage.Querier, s access.Scope, since time.Time) ([]ToMail, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (m ToMail, err error) {
		var body []byte
		if err := r.Scan(&m.Case, &m.Member, &body); err != nil {
			return m, err
		}
		return m, decode("reminder", body, &m.Reminder)
	}, `SELECT case_id, member, body FROM case_reminder WHERE given_at >= $1 AND `+s.Where("member", 2)+` ORDER BY due, case_id, key`, storage.At(since), s.Arg())
}

// Mailed tells whether a reminder was mailed to an account.
func (Store) Mailed(ctx context.Context, q storage.Querier, s access.Scope, m ToMail, account string) (mailed bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM case_reminder_mail WHERE case_id = $1 AND key = $2 AND account = $3 AND `+s.Where("member", 4)+`)`,
		m.Case, m.Key, account, s.Arg()).Scan(&mailed)
	return mailed, err
}

// SaveMailed keeps in mind that a reminder was mailed to an account.
func (Store) SaveMailed(ctx context.Context, tx *storage.Tx, m ToMail, account string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO case_reminder_mail (case_id, key, account, member, sent_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		m.Case, m.Key, account, m.Member, storage.At(at))
	return err
}
