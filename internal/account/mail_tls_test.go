package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"passerelle/internal/account"
)

const mailPassword = "password of the mailbox"

// locked is a mail server that takes mails from post with the password alone.
type locked struct{ post }

func (l *locked) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &lockedLetter{letter: letter{post: &l.post}}, nil
}

type lockedLetter struct {
	letter
	known bool
}

func (l *lockedLetter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (l *lockedLetter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "post" || password != mailPassword {
			return smtp.ErrAuthFailed
		}
		l.known = true
		return nil
	}), nil
}

func (l *lockedLetter) Mail(from string, options *smtp.MailOptions) error {
	if !l.known {
		return smtp.ErrAuthRequired
	}
	return l.letter.Mail(from, options)
}

// certificate is one for the names, and what believes it.
func certificate(t *testing.T, names ...string) (own tls.Certificate, roots *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// serve lets a mail server run until the end of the test, and returns its port and what it has taken. own is nil for one without TLS.
func serve(t *testing.T, own *tls.Certificate, implicit bool) (port string, kept func() []string) {
	t.Helper()
	l := &locked{}
	server := smtp.NewServer(l)
	server.Domain, server.AllowInsecureAuth = "mail.example.org", own == nil
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if own != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*own}, MinVersion: tls.VersionTLS12}
	}
	if implicit {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), ignore(<-done)); err != nil {
			t.Error(err)
		}
	})
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, func() []string { l.mu.Lock(); defer l.mu.Unlock(); return l.kept }
}

// A mail, and the password before it, leave this host over TLS alone, to a server whose certificate is right.
func TestMailsGoOverTLSWithThePassword(t *testing.T) {
	own, roots := certificate(t, "mail.example.org", "localhost")
	_, others := certificate(t, "mail.example.org", "localhost")
	foreign, ofForeign := certificate(t, "elsewhere.example.org")
	for name, c := range map[string]struct {
		scheme   string
		own      *tls.Certificate // nil for a server without TLS
		roots    *tls.Config
		password string
		why      string // of the refusal; empty for none
	}{
		"STARTTLS":                       {"smtp", &own, roots, mailPassword, ""},
		"TLS from the start":             {"smtps", &own, roots, mailPassword, ""},
		"STARTTLS, wrong password":       {"smtp", &own, roots, "wrong", "535"},
		"from the start, wrong password": {"smtps", &own, roots, "wrong", "535"},
		"STARTTLS, of no authority":      {"smtp", &own, others, mailPassword, "certificate"},
		"from the start, no authority":   {"smtps", &own, others, mailPassword, "certificate"},
		"STARTTLS, of another name":      {"smtp", &foreign, ofForeign, mailPassword, "certificate"},
		"from the start, another name":   {"smtps", &foreign, ofForeign, mailPassword, "certificate"},
		"a server without STARTTLS":      {"smtp", nil, roots, mailPassword, "STARTTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, kept := serve(t, c.own, c.scheme == "smtps")
			host := "localhost"
			if c.scheme == "smtp" {
				host = "mail.example.org" // on this host itself TLS may be missing
			}
			s, err := account.NewSMTP(c.scheme+"://post@"+net.JoinHostPort(host, port), c.password, "passerelle@example.org", c.roots)
			if err != nil {
				t.Fatal(err)
			}
			if c.scheme == "smtp" {
				if err := s.Reach(net.JoinHostPort("127.0.0.1", port)); err != nil {
					t.Fatal(err)
				}
			}
			err = s.Send(t.Context(), account.Mail{To: "anna@example.org", Subject: "x", Text: "y"})
			if c.why == "" && (err != nil || len(kept()) != 1) {
				t.Errorf("%d mails, %v", len(kept()), err)
			}
			if c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why) || len(kept()) != 0) {
				t.Errorf("%d mails, %v", len(kept()), err)
			}
		})
	}
}
