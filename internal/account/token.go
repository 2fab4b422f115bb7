package account

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// tokenMark begins every token, so that a scan of files finds one that was left lying about.
const tokenMark = "pat_"

// TokenTime is how long a token lasts that is given no other end.
const TokenTime = 365 * 24 * time.Hour

// Token lets a program in. The secret is shown once, when it is made.
type Token struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Roles   []access.Role `json:"roles"`
	Member  string        `json:"member,omitzero"`
	Made    time.Time     `json:"made"`
	Until   time.Time     `json:"until"`
	Revoked time.Time     `json:"revoked,omitzero"`
}

// MakeToken makes a token that lasts a year, and returns its secret.
func (a *Accounts) MakeToken(ctx context.Context, name string, roles []access.Role, member string) (string, error) {
	return a.MakeTokenUntil(ctx, Asker{}, Token{Name: name, Roles: roles, Member: member, Until: a.Now().Add(TokenTime)})
}

// MakeTokenUntil makes a token with the name, roles, member and end of t, and returns its secret.
func (a *Accounts) MakeTokenUntil(ctx context.Context, from Asker, t Token) (string, error) {
	var fs contracts.Faults
	fs.Add("name", checkText(t.Name, 200))
	fs.Add("roles", checkRoles(a.Party, t.Roles))
	if slices.Contains(t.Roles, access.Member) != (t.Member != "") {
		fs.Addf(contracts.FaultMissing, "member", "name the member when the role is member, and only then", "role and member do not go together")
	}
	if !t.Until.After(a.Now()) {
		fs.Addf(contracts.FaultDate, "until", "give a day to come", "it would be over at once")
	}
	if err := fs.Err(); err != nil {
		return "", err
	}
	token := tokenMark + secret()
	t.ID = newID()
	err := a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO account_token (hash, id, name, roles, member, made_at, until, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '')`,
			hashOf(token), t.ID, t.Name, joinRoles(t.Roles), t.Member, storage.At(a.Now()), storage.At(t.Until))
		if err != nil {
			return err
		}
		return a.note(ctx, tx, from, EventTokenMade, t.ID, joinRoles(t.Roles))
	})
	return token, err
}

const tokenColumns = `id, name, roles, member, made_at, until, revoked_at`

func scanToken(row interface{ Scan(...any) error }) (t Token, err error) {
	var roles string
	var made, until, revoked storage.Instant
	err = row.Scan(&t.ID, &t.Name, &roles, &t.Member, &made, &until, &revoked)
	t.Roles, t.Made, t.Until, t.Revoked = parseRoles(roles), made.Time, until.Time, revoked.Time
	return t, err
}

// Tokens lists all of them, the newest first.
func (a *Accounts) Tokens(ctx context.Context) ([]Token, error) {
	return storage.All(ctx, a.DB, func(r *sql.Rows) (Token, error) { return scanToken(r) }, `SELECT `+tokenColumns+` FROM account_token ORDER BY made_at DESC, id`)
}

// RevokeToken ends a token at once.
func (a *Accounts) RevokeToken(ctx context.Context, from Asker, id string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE account_token SET revoked_at = $1 WHERE id = $2 AND revoked_at = ''`, storage.At(a.Now()), id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err // revoked already, or never there
		}
		return a.note(ctx, tx, from, EventTokenRevoked, id, "")
	})
}

// byToken returns who a program is by its header "Bearer pat_...".
func (a *Accounts) byToken(ctx context.Context, header string) (access.Principal, error) {
	scheme, secret, _ := strings.Cut(header, " ")
	wrong := contracts.Fault{Code: FaultToken, Message: "this token is not valid", Remedy: "send Authorization: Bearer pat_..., with a token that is neither revoked nor over"}
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, tokenMark) || len(secret) > 200 {
		return access.Principal{}, wrong
	}
	t, err := scanToken(a.DB.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM account_token WHERE hash = $1`, hashOf(secret)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return access.Principal{}, wrong
	case err != nil:
		return access.Principal{}, err
	case !t.Revoked.IsZero() || !a.Now().Before(t.Until):
		return access.Principal{}, wrong
	}
	return access.Principal{Account: t.ID, Name: t.Name, Roles: t.Roles, Member: t.Member, Program: true}, nil
}
