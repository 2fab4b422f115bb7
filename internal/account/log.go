package account

import (
	"context"
	"database/sql"
	"time"

	"passerelle/internal/storage"
)

// What the security log tells of. Names stay.
const (
	EventSignedIn      = "signed-in"
	EventRefused       = "sign-in-refused"
	EventSignedOut     = "signed-out"
	EventInvited       = "invited"
	EventLinkUsed      = "link-used"
	EventForgot        = "forgot-password"
	EventRoles         = "roles-changed"
	EventDisabled      = "disabled"
	EventEnabled       = "enabled"
	EventPassword      = "password-set"
	EventFactorAdded   = "credential-added"
	EventFactorRemoved = "credential-removed"
	EventFactorUsed    = "recovery-code-used"
	EventSessionEnded  = "session-ended"
	EventLinked        = "linked-to-provider"
	EventTokenMade     = "token-made"
	EventTokenRevoked  = "token-revoked"
)

// Event is a line of the security log. It holds no secret.
type Event struct {
	At      time.Time `json:"at"`
	Event   string    `json:"event"`
	Account string    `json:"account"` // whose; empty where nobody is known by that name
	Actor   string    `json:"actor"`   // account of who did it; empty for a visitor and for the command line
	Address string    `json:"address"`
	Request string    `json:"request"`
	Note    string    `json:"note"`
}

// note writes a line within the transaction of what it tells.
func (a *Accounts) note(ctx context.Context, tx *storage.Tx, from Asker, event, account, note string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO account_event (at, event, account, actor, address, request, note) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		storage.At(a.Now()), event, account, from.Account, from.Address, from.Request, note)
	return err
}

// Events returns the newest lines of the security log: of one account, or of all when it is empty.
func (a *Accounts) Events(ctx context.Context, account string, most int) ([]Event, error) {
	return storage.All(ctx, a.DB, func(r *sql.Rows) (e Event, err error) {
		var at storage.Instant
		err = r.Scan(&at, &e.Event, &e.Account, &e.Actor, &e.Address, &e.Request, &e.Note)
		e.At = at.Time
		return e, err
	}, `SELECT at, event, account, actor, address, request, note FROM account_event WHERE account = $1 OR CAST($1 AS TEXT) = '' ORDER BY id DESC LIMIT $2`, account, most)
}
