package account

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// How long a link can be used, once.
const (
	InvitationTime = 7 * 24 * time.Hour
	ForgottenTime  = time.Hour
)

// Kinds of link.
const (
	kindInvitation = "invitation"
	kindForgotten  = "forgotten"
)

// Invitation is a link that lets somebody set his password, once.
type Invitation struct {
	Account string    `json:"account"`
	Email   string    `json:"email"`
	Link    string    `json:"link"`
	Until   time.Time `json:"until"`
	Mailed  bool      `json:"mailed"` // else somebody hands it over
}

// Person is who is invited.
type Person struct {
	Name, Email, Language string
	Roles                 []access.Role
	Member                string // id
}

// Invite makes an account and a link to it, which is mailed when there is a way to. An address that has an account is a Fault.
func (a *Accounts) Invite(ctx context.Context, from Asker, p Person) (Invitation, error) {
	if p.Name == "" {
		p.Name = p.Email
	}
	if err := checkPerson(a.Party, p.Name, p.Email, p.Roles, p.Member); err != nil {
		return Invitation{}, err
	}
	who := Account{ID: newID(), Name: p.Name, Email: p.Email, Roles: p.Roles, Member: p.Member, Language: p.Language, Made: a.Now()}
	var token string
	err := a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, taken, err := byEmail(ctx, tx, p.Email); err != nil || taken {
			return errors.Join(err, ifTaken(taken))
		}
		if err := insert(ctx, tx, who); err != nil {
			return err
		}
		var err error
		token, err = a.link(ctx, tx, from, who, kindInvitation, InvitationTime)
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return a.deliver(ctx, from, who, token)
}

func ifTaken(taken bool) error {
	if !taken {
		return nil
	}
	return contracts.Fault{Code: FaultTaken, Field: "email", Message: "this address has an account already", Remedy: "look for it in the list, and send a new link from there"}
}

// InviteAnew sends a new link to somebody who has lost all that lets him in: his password, codes, passkeys and sessions are gone.
func (a *Accounts) InviteAnew(ctx context.Context, from Asker, id string) (Invitation, error) {
	var who Account
	var token string
	err := a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if who, err = byID(ctx, tx, id); err != nil {
			return err
		}
		if !who.Disabled.IsZero() || who.Demonstration {
			return contracts.Fault{Code: FaultUnknown, Message: "this account cannot be used", Remedy: "enable it first"}
		}
		if err := a.forget(ctx, tx, who.ID); err != nil {
			return err
		}
		if err := a.note(ctx, tx, from, EventFactorRemoved, who.ID, "all, for a new invitation"); err != nil {
			return err
		}
		token, err = a.link(ctx, tx, from, who, kindInvitation, InvitationTime)
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return a.deliver(ctx, from, who, token)
}

// forget takes away all that lets somebody in.
func (a *Accounts) forget(ctx context.Context, tx *storage.Tx, id string) error {
	for _, statement := range []string{
		`UPDATE account SET password = '', totp = '', totp_new = '', issuer = '', subject = '' WHERE id = $1`,
		`DELETE FROM account_session WHERE account = $1`, `DELETE FROM account_recovery WHERE account = $1`,
		`DELETE FROM account_passkey WHERE account = $1`, `DELETE FROM account_challenge WHERE account = $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

// link makes a one-time link; those made before it end.
func (a *Accounts) link(ctx context.Context, tx *storage.Tx, from Asker, who Account, kind string, lasts time.Duration) (token string, err error) {
	now := a.Now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_link WHERE account = $1 OR until < $2`, who.ID, storage.At(now.Add(-InvitationTime))); err != nil {
		return "", err
	}
	token = secret()
	_, err = tx.ExecContext(ctx, `INSERT INTO account_link (hash, account, kind, made_at, until, used_at) VALUES ($1, $2, $3, $4, $5, '')`,
		hashOf(token), who.ID, kind, storage.At(now), storage.At(now.Add(lasts)))
	if err != nil {
		return "", err
	}
	event := EventInvited
	if kind == kindForgotten {
		event = EventForgot
	}
	return token, a.note(ctx, tx, from, event, who.ID, joinRoles(who.Roles))
}

// linkURL is where a link leads.
func (a *Accounts) linkURL(token string) string { return a.URL.String() + "/invitation/" + token }

// noLink is the one answer to a link that is not known, used, or too old.
func noLink() error {
	return contracts.Fault{Code: FaultLink, Message: "this link cannot be used: it was used already, is too old, or a newer one was sent", Remedy: "ask for a new one"}
}

// LinkOf says whose link it is, without using it up: programs that look at mails open links too.
func (a *Accounts) LinkOf(ctx context.Context, token string) (Account, error) {
	return a.linked(ctx, a.DB, token)
}

func (a *Accounts) linked(ctx context.Context, q storage.Querier, token string) (Account, error) {
	var id string
	var until, used storage.Instant
	err := q.QueryRowContext(ctx, `SELECT account, until, used_at FROM account_link WHERE hash = $1`, hashOf(token)).Scan(&id, &until, &used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Account{}, noLink()
	case err != nil:
		return Account{}, err
	case !used.IsZero() || !a.Now().Before(until.Time):
		return Account{}, noLink()
	}
	who, err := byID(ctx, q, id)
	if err == nil && (!a.mayBeIn(who) || who.Demonstration) {
		err = noLink()
	}
	return who, err
}

// TakeUp uses a link: it sets name and password, ends every session, and opens one of the stage that a right password would.
func (a *Accounts) TakeUp(ctx context.Context, from Asker, token, name, password, old string) (session string, stage Stage, err error) {
	who, err := a.LinkOf(ctx, token)
	if err != nil {
		return "", "", err
	}
	var fs contracts.Faults
	fs.Add("name", checkText(name, 200))
	fs.Add("", CheckPassword(password, who.Email, name))
	if err := fs.Err(); err != nil {
		return "", "", err
	}
	hash, err := a.hashPassword(ctx, password)
	if err != nil {
		return "", "", err
	}
	stage = stageAfterPassword(who)
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := a.linked(ctx, tx, token); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account_link SET used_at = $1 WHERE hash = $2`, storage.At(a.Now()), hashOf(token)); err != nil {
			return err
		}
		from.Account = who.ID
		err := errors.Join(set(ctx, tx, who.ID, "name", name), set(ctx, tx, who.ID, "password", hash), a.endOthers(ctx, tx, who.ID, ""),
			a.note(ctx, tx, from, EventLinkUsed, who.ID, ""), a.note(ctx, tx, from, EventPassword, who.ID, ""))
		if err != nil {
			return err
		}
		session, err = a.enter(ctx, tx, from, who, stage, old, "link")
		return err
	})
	return session, stage, err
}

// SetRoles changes what somebody may do. His sessions go on with the new roles at once.
func (a *Accounts) SetRoles(ctx context.Context, from Asker, id string, roles []access.Role, member string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := errors.Join(noPersona(who), checkPerson(a.Party, who.Name, who.Email, roles, member)); err != nil {
			return err
		}
		if err := errors.Join(set(ctx, tx, id, "roles", joinRoles(roles)), set(ctx, tx, id, "member", member)); err != nil {
			return err
		}
		if err := a.someoneIsLeft(ctx, tx, who); err != nil {
			return err
		}
		return a.note(ctx, tx, from, EventRoles, id, joinRoles(who.Roles)+" -> "+joinRoles(roles))
	})
}

// noPersona refuses to change the demonstration for the next visitor.
func noPersona(who Account) error {
	if !who.Demonstration {
		return nil
	}
	return contracts.Fault{Code: FaultPersona, Message: "the personas of the demonstration stay as they are", Remedy: "invite somebody and try it on that account"}
}

// Disable shuts somebody out, at once and in every browser.
func (a *Accounts) Disable(ctx context.Context, from Asker, id string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := byID(ctx, tx, id)
		if err != nil || !who.Disabled.IsZero() {
			return err
		}
		if err := noPersona(who); err != nil {
			return err
		}
		if err := set(ctx, tx, id, "disabled_at", storage.At(a.Now())); err != nil {
			return err
		}
		if err := a.someoneIsLeft(ctx, tx, who); err != nil {
			return err
		}
		if err := a.endOthers(ctx, tx, id, ""); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_link WHERE account = $1`, id); err != nil {
			return err
		}
		return a.note(ctx, tx, from, EventDisabled, id, "")
	})
}

// Enable lets somebody in again who was disabled.
func (a *Accounts) Enable(ctx context.Context, from Asker, id string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := byID(ctx, tx, id)
		if err != nil || who.Disabled.IsZero() {
			return err
		}
		return errors.Join(set(ctx, tx, id, "disabled_at", ""), a.note(ctx, tx, from, EventEnabled, id, ""))
	})
}

// doorkeepers are those who let others in.
var doorkeepers = []access.Role{access.Manager, access.Operator}

// someoneIsLeft refuses a change of was that leaves nobody who lets people in. Personas do not count.
func (a *Accounts) someoneIsLeft(ctx context.Context, tx *storage.Tx, was Account) error {
	lets := func(who Account) bool {
		return who.Disabled.IsZero() && !who.Demonstration && slices.ContainsFunc(who.Roles, func(r access.Role) bool { return slices.Contains(doorkeepers, r) })
	}
	if !lets(was) {
		return nil
	}
	all, err := storage.All(ctx, tx, func(r *sql.Rows) (Account, error) { return scanAccount(r) }, `SELECT `+accountColumns+` FROM account a`)
	if err != nil || slices.ContainsFunc(all, lets) {
		return err
	}
	return contracts.Fault{Code: FaultLastOne, Message: "nobody would be left who can let people in", Remedy: "make somebody else manager or operator first"}
}
