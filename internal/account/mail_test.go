package account_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"passerelle/contracts"
	"passerelle/internal/account"
)

// post is a mail server that keeps what it is given.
type post struct {
	mu   sync.Mutex
	kept []string
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{post: p}, nil }

type letter struct {
	post     *post
	from, to string
}

func (l *letter) Reset()        {}
func (l *letter) Logout() error { return nil }

func (l *letter) Mail(from string, _ *smtp.MailOptions) error { l.from = from; return nil }
func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error   { l.to = to; return nil }

func (l *letter) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	l.post.mu.Lock()
	defer l.post.mu.Unlock()
	l.post.kept = append(l.post.kept, l.from+" "+l.to+"\n"+string(body))
	return err
}

func TestAMailIsHandedToAServer(t *testing.T) {
	p := &post{}
	server := smtp.NewServer(p)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	s, err := account.NewSMTP("smtp://"+listener.Addr().String(), "", "passerelle@example.org", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), account.Mail{To: "anna@example.org", Subject: "Köszöntjük", Text: "https://be.example.coop/invitation/x\n", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(server.Close(), ignore(<-done)); err != nil {
		t.Error(err)
	}
	if len(p.kept) != 1 || !strings.HasPrefix(p.kept[0], "passerelle@example.org anna@example.org\n") || !strings.Contains(p.kept[0], "/invitation/x") {
		t.Errorf("%q", p.kept)
	}
	if err := s.Send(t.Context(), account.Mail{To: "anna@example.org", Subject: "x", Text: "y"}); err == nil {
		t.Error("a server that is gone takes mails")
	}
}

func ignore(err error) error {
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

func TestAddressesOfMailServers(t *testing.T) {
	for address, fine := range map[string]bool{
		"smtp://name@example.org@mail.example.org": true, "smtp://post@mail.example.org:587": false, "smtps://mail.example.org:465": true, "smtp://mail.example.org": true,
		"smtp://post:secret@mail.example.org": false, "mail.example.org": false, "https://mail.example.org": false,
	} {
		from := "passerelle@example.org"
		if strings.HasPrefix(address, "smtp://post@") {
			from = "" // the name is no address
		}
		if _, err := account.NewSMTP(address, "x", from, nil); (err == nil) != fine || err != nil && !contracts.IsFault(err) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
