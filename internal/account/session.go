package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"passerelle/internal/storage"
)

// How long a session lasts.
const (
	IdleTime  = 30 * time.Minute // without a request
	TotalTime = 12 * time.Hour
	stageTime = 15 * time.Minute // between the password and the second factor
	freshTime = 15 * time.Minute // in which what lets people in may be changed
	seenEvery = time.Minute      // no more than one write a minute for being seen
)

// Stage is how far somebody has come in.
type Stage string

// The stages. Only a Full session is somebody to the routes.
const (
	Full   Stage = "full"
	Second Stage = "second" // the password was right, the second factor is due
	Enrol  Stage = "enrol"  // the password was right, a second factor must be set up first
)

// Session is one browser of somebody. Its token is in the cookie alone; here is the hash.
type Session struct {
	Hash    string
	Account string
	Stage   Stage
	Began   time.Time
	Seen    time.Time
	Address string
	Agent   string
}

// secret returns 256 random bits as text.
func secret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand ends the program first
	return hex.EncodeToString(b)
}

// hashOf is how a secret of ours is stored: it has too many bits to be guessed, so that one round will do.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// begin opens a session and ends the one with the old token, which somebody else may have put there. It returns the token.
func (a *Accounts) begin(ctx context.Context, tx *storage.Tx, account string, stage Stage, old string, from Asker) (token string, err error) {
	now := a.Now()
	if err := errors.Join(a.end(ctx, tx, `hash = $1`, hashOf(old)), a.end(ctx, tx, `began < $1`, storage.At(now.Add(-TotalTime)))); err != nil {
		return "", err
	}
	token = secret()
	_, err = tx.ExecContext(ctx, `INSERT INTO account_session (hash, account, stage, began, seen, address, agent) VALUES ($1, $2, $3, $4, $4, $5, $6)`,
		hashOf(token), account, string(stage), storage.At(now), from.Address, clip(from.Agent, 200))
	return token, err
}

func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return s
}

func (a *Accounts) end(ctx context.Context, tx *storage.Tx, where string, arg any) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM account_session WHERE `+where, arg)
	return err
}

// endOthers ends every session of an account but the one with the hash.
func (a *Accounts) endOthers(ctx context.Context, tx *storage.Tx, account, but string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM account_session WHERE account = $1 AND hash <> $2`, account, but)
	return err
}

const sessionColumns = `s.hash, s.account, s.stage, s.began, s.seen, s.address, s.agent`

func (s *Session) into() (targets []any, finish func()) {
	var began, seen storage.Instant
	targets = []any{&s.Hash, &s.Account, &s.Stage, &began, &seen, &s.Address, &s.Agent}
	return targets, func() { s.Began, s.Seen = began.Time, seen.Time }
}

// Session returns the session with a token and whose it is, and false when there is none or it has run out. Each request asks
// anew, so that a person who is disabled, or a session that is ended, is out at once.
func (a *Accounts) Session(ctx context.Context, token string) (Session, Account, bool, error) {
	if token == "" {
		return Session{}, Account{}, false, nil
	}
	var s Session
	var who Account
	first, finishSession := s.into()
	second, finishAccount := who.into()
	err := a.DB.QueryRowContext(ctx, `SELECT `+sessionColumns+`, `+accountColumns+` FROM account_session s JOIN account a ON a.id = s.account WHERE s.hash = $1`, hashOf(token)).
		Scan(append(first, second...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, Account{}, false, nil
	}
	if err != nil {
		return Session{}, Account{}, false, err
	}
	finishSession()
	finishAccount()
	if !a.lasts(s) || !a.mayBeIn(who) {
		return Session{}, Account{}, false, nil
	}
	return s, who, true, a.seen(ctx, s)
}

func (a *Accounts) lasts(s Session) bool {
	now := a.Now()
	if s.Stage != Full && now.Sub(s.Began) >= stageTime {
		return false
	}
	return now.Sub(s.Began) < TotalTime && now.Sub(s.Seen) < IdleTime
}

// mayBeIn tells whether the account counts here: not one that is disabled, and a persona in the demonstration alone.
func (a *Accounts) mayBeIn(who Account) bool {
	return who.Disabled.IsZero() && (!who.Demonstration || a.Demonstration)
}

// seen notes that the session is in use. A full disk keeps nobody from reading.
func (a *Accounts) seen(ctx context.Context, s Session) error {
	now := a.Now()
	if now.Sub(s.Seen) < seenEvery {
		return nil
	}
	err := a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE account_session SET seen = $1 WHERE hash = $2 AND seen < $1`, storage.At(now), s.Hash)
		return err
	})
	if storage.IsFull(err) {
		return nil
	}
	return err
}

// Fresh tells whether the session began a short while ago, so that what lets people in may be changed.
func (a *Accounts) Fresh(s Session) bool { return a.Now().Sub(s.Began) < freshTime }

// Sessions lists those of an account that last, the newest first.
func (a *Accounts) Sessions(ctx context.Context, account string) ([]Session, error) {
	all, err := storage.All(ctx, a.DB, func(r *sql.Rows) (s Session, err error) {
		targets, finish := s.into()
		err = r.Scan(targets...)
		finish()
		return s, err
	}, `SELECT `+sessionColumns+` FROM account_session s WHERE s.account = $1 AND s.stage = 'full' ORDER BY s.began DESC, s.hash`, account)
	lasting := all[:0]
	for _, s := range all {
		if a.lasts(s) {
			lasting = append(lasting, s)
		}
	}
	return lasting, err
}

// EndSession ends one session of the account.
func (a *Accounts) EndSession(ctx context.Context, from Asker, account, hash string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM account_session WHERE account = $1 AND hash = $2`, account, hash)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err // gone already
		}
		return a.note(ctx, tx, from, EventSessionEnded, account, "")
	})
}

// EndOthers ends every session of the account but the one with the hash.
func (a *Accounts) EndOthers(ctx context.Context, from Asker, account, but string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(a.endOthers(ctx, tx, account, but), a.note(ctx, tx, from, EventSessionEnded, account, "all others"))
	})
}

// SignOut ends the session with the token.
func (a *Accounts) SignOut(ctx context.Context, from Asker, token string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		var account string
		err := tx.QueryRowContext(ctx, `DELETE FROM account_session WHERE hash = $1 RETURNING account`, hashOf(token)).Scan(&account)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return a.note(ctx, tx, from, EventSignedOut, account, "")
	})
}
