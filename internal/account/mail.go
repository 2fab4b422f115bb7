package account

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
)

// Mail is a message to one person.
type Mail struct {
	To, Subject, Text string
	At                time.Time
	ID                string // of the message, the same when it is sent again; empty for a new one each time
	Attached          []Attached
}

// Attached is a file that goes along.
type Attached struct {
	Name, MediaType string
	Content         []byte
}

// Mailer sends mails. It returns when somebody has taken the message to deliver it.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Outbox keeps mails instead of sending them, for the demonstration to show.
type Outbox struct {
	mu   sync.Mutex
	kept []Mail
}

// mostKept is how many mails an Outbox remembers.
const mostKept = 100

// Send keeps the mail.
func (o *Outbox) Send(_ context.Context, m Mail) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, m)
	o.kept = o.kept[max(0, len(o.kept)-mostKept):]
	return nil
}

// Mails lists them, the newest first.
func (o *Outbox) Mails() []Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Mail, 0, len(o.kept))
	for i := len(o.kept) - 1; i >= 0; i-- {
		all = append(all, o.kept[i])
	}
	return all
}

// SMTP hands mails to a server, encrypted on the way; one on this host may do without.
type SMTP struct {
	From   string
	client *mail.Client
}

const mailTime = 20 * time.Second

// NewSMTP reads an address such as smtp://name@mail.example.org:587 (STARTTLS) or smtps://name@mail.example.org:465. roots is nil for those of the system.
func NewSMTP(address, password, from string, roots *tls.Config) (*SMTP, error) {
	wrong := contracts.Fault{Code: contracts.FaultInvalid, Field: "--mail", Message: "this is no address of a mail server", Remedy: "write it as smtp://name@mail.example.org:587, with the password in PASSERELLE_MAIL_PASSWORD"}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, wrong
	}
	if _, inside := u.User.Password(); inside {
		wrong.Message = "the password stands in the address, where the process list shows it"
		return nil, wrong
	}
	if from == "" {
		from = u.User.Username()
	}
	if checkEmail(from) != nil {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "--mail-from", Message: "this is no e-mail address", Remedy: "give the address that mails come from"}
	}
	options := []mail.Option{mail.WithTimeout(mailTime), mail.WithTLSPortPolicy(mail.TLSMandatory)}
	if u.Scheme == "smtps" {
		options = []mail.Option{mail.WithTimeout(mailTime), mail.WithSSLPort(false)}
	} else if isLoopback(u.Hostname()) {
		options = []mail.Option{mail.WithTimeout(mailTime), mail.WithTLSPortPolicy(mail.TLSOpportunistic)}
	}
	if roots != nil {
		roots = roots.Clone()
		roots.ServerName = u.Hostname() // the library sets it in its own alone
		options = append(options, mail.WithTLSConfig(roots))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		options = append(options, mail.WithPort(port))
	}
	if name := u.User.Username(); name != "" && password != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(password))
	}
	client, err := mail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &SMTP{From: from, client: client}, nil
}

// Send returns when the server has taken the mail.
func (s *SMTP) Send(ctx context.Context, m Mail) error {
	message := mail.NewMsg()
	if err := message.From(s.From); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := message.To(m.To); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	message.Subject(m.Subject)
	message.SetDate()
	message.SetMessageID()
	if _, host, ok := strings.Cut(s.From, "@"); ok && m.ID != "" {
		message.SetMessageIDWithValue(m.ID + "@" + host)
	}
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	for _, f := range m.Attached {
		if err := message.AttachReader(f.Name, bytes.NewReader(f.Content), mail.WithFileContentType(mail.ContentType(f.MediaType))); err != nil {
			return fmt.Errorf("mail: %w", err)
		}
	}
	if err := s.client.DialAndSendWithContext(ctx, message); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// deliver mails an invitation where there is a way to. A mail that could not be sent leaves the link to be handed over.
func (a *Accounts) deliver(ctx context.Context, from Asker, who Account, token string) (Invitation, error) {
	i := Invitation{Account: who.ID, Email: who.Email, Link: a.linkURL(token), Until: a.Now().Add(InvitationTime)}
	if a.Mail == nil {
		return i, nil
	}
	if err := a.Mail.Send(ctx, a.mailOf(from, who, kindInvitation, i.Link)); err != nil {
		a.Log.ErrorContext(ctx, "mail an invitation", "account", who.ID, "err", err)
		return i, nil
	}
	i.Mailed = true
	return i, nil
}

// letters are the texts of mails: the subject, and what stands above and under the link. %s is the name of the place.
var letters = map[string][]web.Words{
	kindInvitation: {"Your account at %s", "You are invited to %s.", "Set your password here, within seven days:",
		"The link works once. If this surprises you, do nothing: nobody comes in without it."},
	kindForgotten: {"A new password at %s", "Somebody asked for a new password of your account at %s.", "Set it here, within an hour:",
		"The link works once. If it was not you, do nothing: your password stays as it is."},
}

// mailOf writes a letter in the language of the account, or of whoever asked for it.
func (a *Accounts) mailOf(from Asker, who Account, kind, link string) Mail {
	l, letter := web.LocaleNamed(cmp.Or(who.Language, from.Language)), letters[kind]
	return Mail{To: who.Email, Subject: l.T(letter[0], a.issuer()), At: a.Now(),
		Text: l.T(letter[1], a.issuer()) + "\n\n" + l.T(letter[2]) + "\n" + link + "\n\n" + l.T(letter[3]) + "\n"}
}

// Forgotten mails a link to set a new password, if there is such an account. Nobody can tell from the answer, or from how long it takes: all is
// done behind it. Wait waits for that.
func (a *Accounts) Forgotten(ctx context.Context, from Asker, email string) error {
	if err := a.try(ctx, limit{"forgotten:" + hashOf(emailKey(email)), freeTries}, limitAddress(from.Address)); err != nil {
		return err
	}
	behind, stop := context.WithTimeout(context.WithoutCancel(ctx), mailTime)
	a.behind.Go(func() {
		defer stop()
		if err := a.remind(behind, from, email); err != nil {
			a.Log.ErrorContext(behind, "mail a link for a new password", "reference", from.Request, "err", err)
		}
	})
	return nil
}

// Wait waits for what is done behind an answer.
func (a *Accounts) Wait() { a.behind.Wait() }

func (a *Accounts) remind(ctx context.Context, from Asker, email string) error {
	who, known, err := byEmail(ctx, a.DB, email)
	if err != nil || !known || !a.mayBeIn(who) || who.Demonstration || a.Mail == nil {
		return err
	}
	var token string
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		kind, lasts := kindForgotten, ForgottenTime
		if !who.HasPassword {
			kind, lasts = kindInvitation, InvitationTime // he lost the invitation
		}
		token, err = a.link(ctx, tx, from, who, kind, lasts)
		return err
	})
	if err != nil {
		return err
	}
	return a.Mail.Send(ctx, a.mailOf(from, who, kindForgotten, a.linkURL(token)))
}
