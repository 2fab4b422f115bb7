package account

import (
	"context"
	"fmt"
)

// Mail is a message to one person.
type Mail struct{ To, Subject, Text string }

// Mailer sends mails, or hands them to somebody who does. It returns when the message was taken.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// deliver mails a link where there is a way to. A mail that could not be sent leaves the link to be handed over.
func (a *Accounts) deliver(ctx context.Context, who Account, token string) (Invitation, error) {
	i := Invitation{Account: who.ID, Email: who.Email, Link: a.linkURL(token), Until: a.Now().Add(InvitationTime)}
	if a.Mail == nil {
		return i, nil
	}
	err := a.Mail.Send(ctx, Mail{To: who.Email, Subject: fmt.Sprintf("Your account at Passerelle %s", a.Place),
		Text: fmt.Sprintf("You are invited to Passerelle %s.\n\nSet your password here within seven days:\n%s\n\nIf this surprises you, do nothing: without the link nobody comes in.\n", a.Place, i.Link)})
	if err != nil {
		a.Log.ErrorContext(ctx, "mail an invitation", "account", who.ID, "err", err)
		return i, nil
	}
	i.Mailed = true
	return i, nil
}
