package nodes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	base "passerelle/internal/web"
	"passerelle/nodes/store"
	"passerelle/nodes/web"
)

// mailTries is for how long a reminder that could not be mailed is tried again; after that it stands on the pages alone.
const mailTries = 72 * time.Hour

// MailReminders mails to each person what has become due in the cases that are his to see to, in one mail. A mail travels to services of
// others: it names neither members nor States to staff, and no paper to anybody. Whoever it could not reach is tried again; a mail that was
// sent just before the program died is sent again.
func (n *Node) MailReminders(ctx context.Context) error {
	if n.Accounts == nil || n.Accounts.Mail == nil {
		return nil
	}
	given, err := n.Store.RemindersSince(ctx, n.DB, access.Program(), n.Now().Add(-mailTries))
	if err != nil || len(given) == 0 {
		return err
	}
	people, err := n.Accounts.Reachable(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, who := range people {
		if err := n.mailDue(ctx, who, given); err != nil {
			failed = errors.Join(failed, fmt.Errorf("mail reminders to account %s: %w", who.ID, err))
		}
	}
	return failed
}

// mailDue mails to one person what he has not been mailed yet.
func (n *Node) mailDue(ctx context.Context, who account.Account, given []store.ToMail) error {
	var due []store.ToMail
	for _, m := range given {
		if !isFor(who, m) {
			continue
		}
		mailed, err := n.Store.Mailed(ctx, n.DB, access.Program(), m, who.ID)
		if err != nil {
			return err
		}
		if !mailed {
			due = append(due, m)
		}
	}
	if len(due) == 0 {
		return nil
	}
	if err := n.Accounts.Mail.Send(ctx, n.reminderMail(who, due)); err != nil {
		return err
	}
	return n.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for _, m := range due {
			if err := n.Store.SaveMailed(ctx, tx, m, who.ID, n.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// isFor tells whether a reminder is for a person: for the member whose case it is, and for staff by role.
func isFor(who account.Account, m store.ToMail) bool {
	for _, to := range m.To {
		for _, has := range who.Roles {
			if to == has && (to != access.Member || who.Member == string(m.Member)) {
				return true
			}
		}
	}
	return false
}

func (n *Node) reminderMail(who account.Account, due []store.ToMail) account.Mail {
	l := base.LocaleNamed(who.Language)
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", l.T("Work abroad: this is due."))
	for _, m := range due {
		page := "/casework/"
		if who.Member == string(m.Member) {
			page = "/cases/"
		}
		fmt.Fprintf(&text, "\n%s: %s\n%s\n", l.Date(m.By), web.ReminderName(l, m.Kind), n.Accounts.URL.JoinPath(page, string(m.Case)))
	}
	fmt.Fprintf(&text, "\n%s\n", l.T("You get this because it is yours to see to at %s.", n.Settings.Name))
	return account.Mail{To: who.Email, Subject: l.T("Work abroad: this is due."), Text: text.String(), At: n.Now()}
}
