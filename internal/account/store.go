package account

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

const accountColumns = `a.id, a.name, a.email, a.roles, a.member, a.language, a.demonstration, a.made_at, a.disabled_at, a.password, a.totp, a.totp_new, a.totp_step, a.issuer, a.subject,
	(SELECT COUNT(*) FROM account_passkey p WHERE p.account = a.id)`

// into lists where the accountColumns of a row go; finish does what is left.
func (a *Account) into() (targets []any, finish func()) {
	var roles string
	var made, disabled storage.Instant
	targets = []any{&a.ID, &a.Name, &a.Email, &roles, &a.Member, &a.Language, &a.Demonstration, &made, &disabled, &a.password, &a.totp, &a.totpNew, &a.totpStep, &a.issuer, &a.subject, &a.Passkeys}
	return targets, func() {
		a.Roles, a.Made, a.Disabled = parseRoles(roles), made.Time, disabled.Time
		a.HasPassword, a.HasCodes, a.AtProvider = a.password != "", a.totp != "", a.subject != ""
	}
}

func scanAccount(row interface{ Scan(...any) error }) (Account, error) {
	var a Account
	targets, finish := a.into()
	if err := row.Scan(targets...); err != nil {
		return Account{}, err
	}
	finish()
	return a, nil
}

func joinRoles(roles []access.Role) string { return strings.ReplaceAll(roleList(roles), ",", "") }

func parseRoles(s string) []access.Role {
	roles := []access.Role{}
	for r := range strings.FieldsSeq(s) {
		roles = append(roles, access.Role(r))
	}
	return roles
}

// find returns the account of a condition, and false when there is none.
func find(ctx context.Context, q storage.Querier, where string, args ...any) (Account, bool, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account a WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, false, nil
	}
	return a, err == nil, err
}

func byID(ctx context.Context, q storage.Querier, id string) (Account, error) {
	a, found, err := find(ctx, q, `a.id = $1`, id)
	if err == nil && !found {
		err = contracts.Fault{Code: FaultUnknown, Message: "there is no such account", Remedy: "choose one from the list"}
	}
	return a, err
}

func byEmail(ctx context.Context, q storage.Querier, email string) (Account, bool, error) {
	return find(ctx, q, `a.email_key = $1`, emailKey(email))
}

// bySubject finds who came from an identity provider under that name before.
func bySubject(ctx context.Context, q storage.Querier, issuer, subject string) (Account, bool, error) {
	return find(ctx, q, `a.issuer = $1 AND a.subject = $2 AND a.subject <> ''`, issuer, subject)
}

func insert(ctx context.Context, tx *storage.Tx, a Account) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO account (id, name, email, email_key, roles, member, language, password, totp, totp_new, totp_step, subject, demonstration, made_at, disabled_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', 0, '', $8, $9, '')`,
		a.ID, a.Name, a.Email, emailKey(a.Email), joinRoles(a.Roles), a.Member, a.Language, a.Demonstration, storage.At(a.Made))
	return err
}

// set changes one column of an account; the name of the column is ours.
func set(ctx context.Context, tx *storage.Tx, id, column string, value any) error {
	_, err := tx.ExecContext(ctx, `UPDATE account SET `+column+` = $1 WHERE id = $2`, value, id)
	return err
}

// List returns every account in order of name.
func (a *Accounts) List(ctx context.Context) ([]Account, error) {
	return storage.All(ctx, a.DB, func(r *sql.Rows) (Account, error) { return scanAccount(r) }, `SELECT `+accountColumns+` FROM account a ORDER BY a.name, a.id`)
}

// Account returns one account; a Fault when there is none.
func (a *Accounts) Account(ctx context.Context, id string) (Account, error) {
	return byID(ctx, a.DB, id)
}

// ByEmail finds the account of an address, and false when it has none.
func (a *Accounts) ByEmail(ctx context.Context, email string) (Account, bool, error) {
	return byEmail(ctx, a.DB, email)
}
