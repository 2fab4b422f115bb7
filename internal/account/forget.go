package account

import (
	"context"
	"errors"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
)

// Forget shuts out the person who is that member, and forgets his name, address and credentials. Who has another role too keeps his account
// without being the member. The log goes on naming the account by its id.
func (a *Accounts) Forget(ctx context.Context, from Asker, member string) error {
	if member == "" {
		return nil
	}
	all, err := a.List(ctx)
	if err != nil {
		return err
	}
	for _, who := range all {
		if who.Member != member {
			continue
		}
		if err := a.forgetAnswers(ctx, who.ID); err != nil {
			return err
		}
		if roles := slices.DeleteFunc(slices.Clone(who.Roles), func(r access.Role) bool { return r == access.Member }); len(roles) > 0 {
			err = a.SetRoles(ctx, from, who.ID, roles, "")
		} else {
			err = a.forgetAccount(ctx, from, who.ID)
		}
		if err != nil {
			return err
		}
	}
	tokens, err := a.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Member == member {
			if err := errors.Join(a.RevokeToken(ctx, from, t.ID), a.forgetAnswers(ctx, t.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetAnswers lets go of the answers that are kept for a week: pages with his data among them.
func (a *Accounts) forgetAnswers(ctx context.Context, id string) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return web.ForgetAnswers(ctx, tx, id) })
}

func (a *Accounts) forgetAccount(ctx context.Context, from Asker, id string) error {
	if err := a.Disable(ctx, from, id); err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for _, statement := range []string{
			`UPDATE account SET name = '–', email = '', email_key = 'erased-' || id, member = '', password = '', totp = '', totp_new = '', issuer = '', subject = '' WHERE id = $1`,
			`DELETE FROM account_session WHERE account = $1`, `DELETE FROM account_recovery WHERE account = $1`, `DELETE FROM account_passkey WHERE account = $1`,
			`DELETE FROM account_challenge WHERE account = $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		return nil
	})
}
