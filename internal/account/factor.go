package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// One-time codes are those of RFC 6238 as every authenticator makes them: SHA-1, six digits, a step of thirty seconds. A code counts one
// step before and after its own, for clocks that are not quite right.
const (
	codeStep   = 30
	codeSkew   = 1
	codeDigits = 6
)

var codeOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// codeStepOf returns the step at which code is right for the secret: one after last, so that none counts twice. False when there is none.
func codeStepOf(secret, code string, at time.Time, last int64) (int64, bool) {
	now, right, is := at.Unix()/codeStep, int64(0), false
	for step := now - codeSkew; step <= now+codeSkew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(max(step, 0)), codeOptions)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > last {
			right, is = step, true
		}
	}
	return right, is
}

func wrongCode() error {
	return contracts.Fault{Code: FaultCode, Field: "code", Message: "this code is not right, or was used already", Remedy: "take the one that is shown now, or one of your recovery codes"}
}

// BeginCodes gives an account a secret for an authenticator. It counts once a first code has been confirmed.
func (a *Accounts) BeginCodes(ctx context.Context, who Account) error {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: a.issuer(), AccountName: who.Email})
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return set(ctx, tx, who.ID, "totp_new", key.Secret()) })
}

func (a *Accounts) issuer() string { return strings.TrimSpace("Passerelle " + a.Place) }

// CodesKey is the key that waits for its first code, for an authenticator to read; nil when none waits.
func (a *Accounts) CodesKey(who Account) (*otp.Key, error) {
	if who.totpNew == "" {
		return nil, nil
	}
	return totp.Generate(totp.GenerateOpts{Issuer: a.issuer(), AccountName: who.Email, Secret: decodeSecret(who.totpNew)})
}

// ConfirmCodes takes the first code of a new authenticator. A session that waited for that goes on in full, with a new token.
func (a *Accounts) ConfirmCodes(ctx context.Context, from Asker, s Session, code, old string) (token string, err error) {
	if err := a.try(ctx, limit{"confirm:" + s.Account, freeTries}); err != nil {
		return "", err
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := byID(ctx, tx, s.Account)
		if err != nil {
			return err
		}
		step, right := codeStepOf(who.totpNew, plain(code), a.Now(), 0)
		if who.totpNew == "" || !right {
			return wrongCode()
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET totp = totp_new, totp_new = '', totp_step = $1 WHERE id = $2`, step, who.ID); err != nil {
			return err
		}
		token, err = a.factorAdded(ctx, tx, from, s, old, "codes")
		return err
	})
	return token, err
}

// factorAdded notes a new second factor and lets a session go on that waited for it; token is empty when it did not.
func (a *Accounts) factorAdded(ctx context.Context, tx *storage.Tx, from Asker, s Session, old, what string) (token string, err error) {
	from.Account = s.Account
	if err := a.note(ctx, tx, from, EventFactorAdded, s.Account, what); err != nil || s.Stage != Enrol {
		return "", err
	}
	return a.begin(ctx, tx, s.Account, Full, old, from)
}

// RemoveCodes takes the authenticator away. Staff keeps a second factor.
func (a *Accounts) RemoveCodes(ctx context.Context, from Asker, id string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := byID(ctx, tx, id)
		if err != nil || !who.HasCodes {
			return err
		}
		if who.Staff() && who.Passkeys == 0 {
			return lastProof()
		}
		if err := set(ctx, tx, id, "totp", ""); err != nil {
			return err
		}
		return a.note(ctx, tx, from, EventFactorRemoved, id, "codes")
	})
}

func lastProof() error {
	return contracts.Fault{Code: FaultLastProof, Message: "this is your only second factor", Remedy: "add another one first"}
}

// RecoveryCodes is how many there are. Each lets its owner in once in the place of a one-time code.
const RecoveryCodes = 10

// NewRecoveryCodes makes ten, in the place of those there were, and returns them to be shown once.
func (a *Accounts) NewRecoveryCodes(ctx context.Context, from Asker, id string) ([]string, error) {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		text := strings.ToLower(rand.Text()) // 130 bits: too many to be guessed, so that one round of a hash will do
		codes[i] = text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:20] + "-" + text[20:]
	}
	return codes, a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_recovery WHERE account = $1`, id); err != nil {
			return err
		}
		for _, code := range codes {
			if _, err := tx.ExecContext(ctx, `INSERT INTO account_recovery (hash, account, used_at) VALUES ($1, $2, '')`, hashOf(plain(code)), id); err != nil {
				return err
			}
		}
		return a.note(ctx, tx, from, EventFactorAdded, id, "recovery codes")
	})
}

// RecoveryLeft counts those that were not used.
func (a *Accounts) RecoveryLeft(ctx context.Context, id string) (n int, err error) {
	err = a.DB.QueryRowContext(ctx, `SELECT COUNT(*) FROM account_recovery WHERE account = $1 AND used_at = ''`, id).Scan(&n)
	return n, err
}

// plain is a code as it was meant, however it was typed.
func plain(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code))
}

// SecondStep weighs a one-time or recovery code of a session that waits for one, and opens a Full session with a new token.
func (a *Accounts) SecondStep(ctx context.Context, from Asker, token, code string) (fresh string, err error) {
	s, who, ok, err := a.Session(ctx, token)
	if err != nil {
		return "", err
	}
	if !ok || s.Stage != Second {
		return "", refused()
	}
	own := limit{"code:" + who.ID, freeTries}
	if err := a.try(ctx, own, limitAddress(from.Address)); err != nil {
		return "", err
	}
	from.Account = who.ID
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		right, err := a.useCode(ctx, tx, from, who.ID, plain(code))
		if err != nil {
			return err
		}
		if !right {
			return wrongCode()
		}
		if err := errors.Join(succeeded(ctx, tx, own, limitAddress(from.Address)), succeeded(ctx, tx, limitAccount(who.Email), limitAddress(from.Address))); err != nil {
			return err
		}
		fresh, err = a.enter(ctx, tx, from, who, Full, token, "password and code")
		return err
	})
	if contracts.IsFault(err) {
		err = errors.Join(err, a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return a.note(ctx, tx, from, EventRefused, who.ID, "code")
		}))
	}
	return fresh, err
}

// useCode uses a code up, if it is right.
func (a *Accounts) useCode(ctx context.Context, tx *storage.Tx, from Asker, id, code string) (bool, error) {
	who, err := byID(ctx, tx, id)
	if err != nil {
		return false, err
	}
	if who.HasCodes && len(code) == codeDigits {
		step, right := codeStepOf(who.totp, code, a.Now(), who.totpStep)
		if !right {
			return false, nil
		}
		return true, set(ctx, tx, id, "totp_step", step)
	}
	var hash string
	err = tx.QueryRowContext(ctx, `UPDATE account_recovery SET used_at = $1 WHERE hash = $2 AND account = $3 AND used_at = '' RETURNING hash`, storage.At(a.Now()), hashOf(code), id).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.note(ctx, tx, from, EventFactorUsed, id, "")
}

// ChangePassword sets a new one where the old one is right, and ends every other session. keep is the hash of the session that goes on.
func (a *Accounts) ChangePassword(ctx context.Context, from Asker, id, old, fresh, keep string) error {
	who, err := byID(ctx, a.DB, id)
	if err != nil {
		return err
	}
	own := limitAccount(who.Email)
	if err := a.try(ctx, own); err != nil {
		return err
	}
	right, _, err := a.rightPassword(ctx, who.password, old)
	if err != nil {
		return err
	}
	if !right {
		return contracts.Fault{Code: FaultSignIn, Field: "old", Message: "this is not your password", Remedy: "type the one you have now"}
	}
	if err := CheckPassword(fresh, who.Email, who.Name); err != nil {
		return err
	}
	hash, err := a.hashPassword(ctx, fresh)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(set(ctx, tx, id, "password", hash), a.endOthers(ctx, tx, id, keep), succeeded(ctx, tx, own, limitAddress(from.Address)),
			a.note(ctx, tx, from, EventPassword, id, ""))
	})
}

// SetProfile changes what a person is called and the language of his pages.
func (a *Accounts) SetProfile(ctx context.Context, id, name, language string) error {
	var fs contracts.Faults
	fs.Add("name", checkText(name, 200))
	if len(language) > 8 || strings.Trim(language, "abcdefghijklmnopqrstuvwxyz-") != "" {
		fs.Addf(contracts.FaultInvalid, "language", "choose one from the list", "this is no language")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(set(ctx, tx, id, "name", name), set(ctx, tx, id, "language", language))
	})
}
