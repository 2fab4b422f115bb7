package pages

import (
	"passerelle/internal/account"
	"passerelle/internal/web"
)

// eventWords say what a line of the security log tells.
var eventWords = map[string]web.Words{
	account.EventSignedIn: "signed in", account.EventRefused: "refused", account.EventSignedOut: "signed out", account.EventInvited: "invited",
	account.EventLinkUsed: "took up a link", account.EventForgot: "asked for a new password", account.EventRoles: "roles changed", account.EventDisabled: "disabled",
	account.EventEnabled: "enabled", account.EventPassword: "password set", account.EventFactorAdded: "second factor added", account.EventFactorRemoved: "second factor removed",
	account.EventLinked:     "linked to the identity provider",
	account.EventFactorUsed: "recovery code used", account.EventSessionEnded: "session ended", account.EventTokenMade: "token made", account.EventTokenRevoked: "token revoked",
}

// eventRow is a line of the security log for people.
type eventRow struct {
	account.Event
	What, Whose, By string
}

func eventRows(events []account.Event, names map[string]string) []eventRow {
	rows := make([]eventRow, len(events))
	for i, e := range events {
		rows[i] = eventRow{e, eventWords[e.Event], names[e.Account], names[e.Actor]}
	}
	return rows
}
