package pages

import (
	"strings"

	"passerelle/internal/access"
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

func eventRows(l *web.Locale, events []account.Event, names map[string]string) []eventRow {
	rows := make([]eventRow, len(events))
	for i, e := range events {
		e.Note = noteOf(l, e)
		rows[i] = eventRow{e, eventWords[e.Event], names[e.Account], names[e.Actor]}
	}
	return rows
}

// noteOf is the note of an event as it is read: roles, which the log keeps by their codes, as people call them.
func noteOf(l *web.Locale, e account.Event) string {
	switch e.Event {
	case account.EventInvited, account.EventForgot, account.EventTokenMade:
		return rolesIn(l, e.Note)
	case account.EventRoles:
		before, after, _ := strings.Cut(e.Note, " -> ")
		return rolesIn(l, before) + " → " + rolesIn(l, after)
	}
	return l.Retell(e.Note)
}

// rolesIn reads codes of roles with spaces between them.
func rolesIn(l *web.Locale, codes string) string {
	var roles []access.Role
	for code := range strings.FieldsSeq(codes) {
		roles = append(roles, access.Role(code))
	}
	return named(l, roles)
}
