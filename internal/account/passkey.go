package account

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// A passkey is both factors in one: something one has, opened by something one knows or is. So the authenticator must verify its user
// (Web Authentication level 3, section 6.1, flag UV); a key that only notes a touch is refused.

// Passkey is one authenticator of an account.
type Passkey struct {
	ID   string    `json:"id"`
	Name string    `json:"name"` // by which its owner knows it
	Made time.Time `json:"made"`
	Used time.Time `json:"used,omitzero"`

	credential webauthn.Credential
}

const (
	kindRegister  = "passkey"
	kindAssert    = "passkey-sign-in"
	challengeTime = 5 * time.Minute
	mostPending   = 10_000 // challenges that wait at one time
	mostOfAddress = 100    // of those, of one address: an office shares one
)

// party is this program as an authenticator knows it: by the name of its host, and the origin of its pages.
func (a *Accounts) relyingParty() (*webauthn.WebAuthn, error) {
	return webauthn.New(&webauthn.Config{RPID: a.URL.Hostname(), RPDisplayName: a.issuer(), RPOrigins: []string{a.URL.String()}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}})
}

// holder is an account as the library wants it.
type holder struct {
	Account
	keys []Passkey
}

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Email }
func (h holder) WebAuthnDisplayName() string { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	all := make([]webauthn.Credential, len(h.keys))
	for i, k := range h.keys {
		all[i] = k.credential
	}
	return all
}

// Passkeys lists those of an account.
func (a *Accounts) Passkeys(ctx context.Context, id string) ([]Passkey, error) {
	return passkeys(ctx, a.DB, id)
}

func passkeys(ctx context.Context, q storage.Querier, id string) ([]Passkey, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (k Passkey, err error) {
		var credential string
		var made, used storage.Instant
		if err := r.Scan(&k.ID, &k.Name, &credential, &made, &used); err != nil {
			return k, err
		}
		k.Made, k.Used = made.Time, used.Time
		return k, json.Unmarshal([]byte(credential), &k.credential)
	}, `SELECT id, name, credential, made_at, used_at FROM account_passkey WHERE account = $1 ORDER BY made_at, id`, id)
}

func noPasskey(why error) error {
	return errors.Join(contracts.Fault{Code: FaultPasskey, Message: "this passkey was not accepted", Remedy: "try again, or come in another way"}, why)
}

// BeginPasskey returns what the browser is asked to make a passkey from.
func (a *Accounts) BeginPasskey(ctx context.Context, from Asker, id string) (any, error) {
	party, err := a.relyingParty()
	if err != nil {
		return nil, err
	}
	h, err := holderOf(ctx, a.DB, id)
	if err != nil {
		return nil, err
	}
	options, ceremony, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, err
	}
	return options, a.challenge(ctx, from, kindRegister, id, ceremony.Challenge, ceremony)
}

func holderOf(ctx context.Context, q storage.Querier, id string) (h holder, err error) {
	if h.Account, err = byID(ctx, q, id); err != nil {
		return h, err
	}
	h.keys, err = passkeys(ctx, q, id)
	return h, err
}

// challenge keeps what was asked until it is answered, once. Too many that wait are TooMany.
func (a *Accounts) challenge(ctx context.Context, from Asker, kind, account, challenge string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		now := a.Now()
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_challenge WHERE until < $1`, storage.At(now)); err != nil {
			return err
		}
		var waiting, his int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN address = $1 THEN 1 END) FROM account_challenge`, from.Address).Scan(&waiting, &his); err != nil {
			return err
		}
		if waiting >= mostPending || his >= mostOfAddress {
			return TooMany{challengeTime}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO account_challenge (hash, kind, account, content, until, address) VALUES ($1, $2, $3, $4, $5, $6)`,
			hashOf(challenge), kind, account, string(text), storage.At(now.Add(challengeTime)), from.Address)
		return err
	})
}

var errChallenge = errors.New("the challenge is not known, answered already, or too old")

// answered takes what was asked, which nobody can answer again.
func (a *Accounts) answered(ctx context.Context, kind, challenge string, content any) (account string, err error) {
	var text string
	var until storage.Instant
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.QueryRowContext(ctx, `DELETE FROM account_challenge WHERE hash = $1 AND kind = $2 RETURNING account, content, until`, hashOf(challenge), kind).Scan(&account, &text, &until)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", errChallenge
	case err != nil:
		return "", err
	case !a.Now().Before(until.Time):
		return "", errChallenge
	}
	return account, json.Unmarshal([]byte(text), content)
}

// FinishPasskey keeps a passkey that the browser has made. A session that waited for that goes on in full, with a new token.
func (a *Accounts) FinishPasskey(ctx context.Context, from Asker, s Session, name string, body []byte, old string) (token string, err error) {
	if err := checkText(name, 100); err != nil {
		return "", contracts.FaultsOf(err)[0].At("name")
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return "", noPasskey(err)
	}
	var ceremony webauthn.SessionData
	account, err := a.answered(ctx, kindRegister, answer.Response.CollectedClientData.Challenge, &ceremony)
	if err == nil && account != s.Account {
		err = errChallenge
	}
	if errors.Is(err, errChallenge) {
		return "", noPasskey(err)
	}
	if err != nil {
		return "", err
	}
	made, err := a.register(ctx, s.Account, ceremony, answer)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(made)
	if err != nil {
		return "", err
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO account_passkey (id, account, name, credential, made_at, used_at) VALUES ($1, $2, $3, $4, $5, '') ON CONFLICT (id) DO NOTHING`,
			base64.RawURLEncoding.EncodeToString(made.ID), s.Account, name, string(text), storage.At(a.Now()))
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, noPasskey(errors.New("its id is kept already"))) // level 3, section 7.1: no id is of two
		}
		token, err = a.factorAdded(ctx, tx, from, s, old, "passkey "+name)
		return err
	})
	return token, err
}

func (a *Accounts) register(ctx context.Context, id string, ceremony webauthn.SessionData, answer *protocol.ParsedCredentialCreationData) (*webauthn.Credential, error) {
	party, err := a.relyingParty()
	if err != nil {
		return nil, err
	}
	h, err := holderOf(ctx, a.DB, id)
	if err != nil {
		return nil, err
	}
	made, err := party.CreateCredential(h, ceremony, answer)
	if err != nil {
		return nil, noPasskey(err)
	}
	if !made.Flags.UserVerified {
		return nil, noPasskey(errors.New("its user was not verified"))
	}
	return made, nil
}

// RemovePasskey takes one away. Staff keeps a second factor.
func (a *Accounts) RemovePasskey(ctx context.Context, from Asker, account, id string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := byID(ctx, tx, account)
		if err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `DELETE FROM account_passkey WHERE account = $1 AND id = $2`, account, id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err // gone already
		}
		if who.Staff() && who.Passkeys == 1 && !who.HasCodes {
			return lastProof()
		}
		return a.note(ctx, tx, from, EventFactorRemoved, account, "passkey")
	})
}

// BeginPasskeySignIn returns what the browser is asked to sign with any passkey it has for this host.
func (a *Accounts) BeginPasskeySignIn(ctx context.Context, from Asker) (any, error) {
	party, err := a.relyingParty()
	if err != nil {
		return nil, err
	}
	options, ceremony, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	return options, a.challenge(ctx, from, kindAssert, "", ceremony.Challenge, ceremony)
}

// PasskeySignIn opens a Full session for whoever signed. The tries of others at his password do not hold him up; those of his address do.
func (a *Accounts) PasskeySignIn(ctx context.Context, from Asker, body []byte, old string) (token string, err error) {
	at := limitAddress(from.Address)
	if err := a.try(ctx, at); err != nil {
		return "", err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return "", noPasskey(err)
	}
	var ceremony webauthn.SessionData
	if _, err := a.answered(ctx, kindAssert, answer.Response.CollectedClientData.Challenge, &ceremony); err != nil {
		if errors.Is(err, errChallenge) {
			err = noPasskey(err)
		}
		return "", err
	}
	who, used, err := a.assert(ctx, ceremony, answer)
	if err != nil {
		if contracts.IsFault(err) {
			err = errors.Join(err, a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
				return a.note(ctx, tx, from, EventRefused, who.ID, "passkey")
			}))
		}
		return "", err
	}
	text, err := json.Marshal(used)
	if err != nil {
		return "", err
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE account_passkey SET credential = $1, used_at = $2 WHERE id = $3 AND account = $4`,
			string(text), storage.At(a.Now()), base64.RawURLEncoding.EncodeToString(used.ID), who.ID)
		if err != nil {
			return err
		}
		if err := succeeded(ctx, tx, limitAccount(who.Email), at); err != nil {
			return err
		}
		token, err = a.enter(ctx, tx, from, who, Full, old, "passkey")
		return err
	})
	return token, err
}

// assert weighs a signature. A counter that went back means that there is a copy of the authenticator.
func (a *Accounts) assert(ctx context.Context, ceremony webauthn.SessionData, answer *protocol.ParsedCredentialAssertionData) (who Account, used *webauthn.Credential, err error) {
	party, err := a.relyingParty()
	if err != nil {
		return who, nil, err
	}
	var broken error // of the database, which the library would hide
	find := func(_, handle []byte) (webauthn.User, error) {
		h, err := holderOf(ctx, a.DB, string(handle))
		if err != nil && !contracts.IsFault(err) {
			broken = err
		}
		who = h.Account
		return h, err
	}
	used, err = party.ValidateDiscoverableLogin(find, ceremony, answer)
	switch {
	case broken != nil:
		return who, nil, broken
	case err != nil:
		return who, nil, noPasskey(err)
	case used.Authenticator.CloneWarning:
		return who, nil, noPasskey(fmt.Errorf("the counter of passkey %x went back", used.ID))
	case !a.mayBeIn(who) || who.Demonstration:
		return who, nil, noPasskey(errors.New("the account cannot be used"))
	}
	return who, used, nil
}
