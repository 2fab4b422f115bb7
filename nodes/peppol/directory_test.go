package peppol_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"passerelle/nodes/peppol"
	"passerelle/nodes/peppol/peppoltest"
)

const buyer peppol.Participant = "0208:0403019261"

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func begin() *clock { return &clock{time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)} }

func directory(t *testing.T, n *peppoltest.Network, c *clock) *peppol.Directory {
	t.Helper()
	d, err := peppol.New(peppol.Options{Resolver: n.Resolver, Transport: n.Transport, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// joined is a network with the buyer in it, who receives invoices and no credit notes.
func joined(t *testing.T) (*peppoltest.Network, *clock, *peppol.Directory) {
	t.Helper()
	n, c := peppoltest.Start(t), begin()
	n.Join(t, buyer.Name(peppol.Production), string(buyer), "invoice.xml")
	return n, c, directory(t, n, c)
}

func TestAParticipantIsFound(t *testing.T) {
	n, _, d := joined(t)
	s, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing)
	if err != nil || s.Address != "https://ap.example/as4" {
		t.Fatalf("%+v, %v", s, err)
	}
	want := []string{"/iso6523-actorid-upis%3A%3A0208%3A0403019261/services/" + peppoltest.Escaped(peppoltest.Invoice)}
	if got := n.Seen().Asked; !slices.Equal(got, want) {
		t.Errorf("asked %q", got)
	}
	documents, err := d.Documents(t.Context(), buyer)
	if err != nil || len(documents) != 2 {
		t.Errorf("%q, %v", documents, err)
	}
}

// Each answer of the network is a yes, a no, or none at all; and none is never taken for no.
func TestANoIsToldFromNoAnswer(t *testing.T) {
	type state = peppoltest.State
	for name, tt := range map[string]struct {
		change func(*state)
		no     error // nil: nobody knows
	}{
		"not in the DNS":               {func(s *state) { clear(s.Records) }, peppol.ErrNotRegistered},
		"no, says the zone":            {func(s *state) { clear(s.Records); s.Owner = peppol.Production + "." }, peppol.ErrNotRegistered},
		"no, says the domain":          {func(s *state) { clear(s.Records); s.Owner = "tech.peppol.org." }, peppol.ErrNotRegistered},
		"another service":              {func(s *state) { swap(s, peppoltest.NAPTR("U", "Meta:Other", "!.*!https://x.example!")) }, peppol.ErrNotRegistered},
		"not at the publisher":         {func(s *state) { clear(s.Bodies) }, peppol.ErrNotReceived},
		"the zone is not there either": {func(s *state) { clear(s.Records); s.Blind = true }, nil},
		"the root knows no zone":       {func(s *state) { clear(s.Records); s.Owner = "." }, nil},
		"org knows no zone":            {func(s *state) { clear(s.Records); s.Owner = "org." }, nil},
		"another domain says no":       {func(s *state) { clear(s.Records); s.Owner = "corp.example." }, nil},
		"the DNS has an accident":      {func(s *state) { s.Code = dnsmessage.RCodeServerFailure }, nil},
		"the DNS refuses":              {func(s *state) { s.Code = dnsmessage.RCodeRefused }, nil},
		"the record is cut off":        {func(s *state) { swap(s, []byte{0, 1, 0, 1, 9}) }, nil},
		"the publisher is plain":       {func(s *state) { swap(s, peppoltest.NAPTR("U", "Meta:SMP", "!.*!http://smp.example!")) }, nil},
		"nobody answers there":         {func(s *state) { swap(s, peppoltest.NAPTR("U", "Meta:SMP", "!.*!https://127.0.0.1:1!")) }, nil},
		"the publisher is down":        {func(s *state) { s.Status = http.StatusServiceUnavailable }, nil},
		"the publisher sends on":       {func(s *state) { s.Status = http.StatusFound }, nil},
		"the publisher wants a name":   {func(s *state) { s.Status = http.StatusUnauthorized }, nil},
		"a page for people":            {func(s *state) { bodies(s, []byte("<html/>")) }, nil},
		"more than it may be":          {func(s *state) { bodies(s, bytes.Repeat([]byte(" "), 2<<20)) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			n, _, d := joined(t)
			n.Change(tt.change)
			s, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing)
			if err == nil {
				t.Fatalf("%+v", s)
			}
			if tt.no != nil && err != tt.no || tt.no == nil && peppol.IsNo(err) {
				t.Errorf("%v", err)
			}
			if slices.Contains(n.Seen().Asked, "/elsewhere") {
				t.Error("a redirect of HTTP is followed")
			}
		})
	}
}

func swap(s *peppoltest.State, record []byte) {
	for name := range s.Records {
		s.Records[name] = record
	}
}

func bodies(s *peppoltest.State, b []byte) {
	for path := range s.Bodies {
		s.Bodies[path] = b
	}
}

func TestEachDocumentTypeIsLookedUpByItself(t *testing.T) {
	n, _, d := joined(t)
	if _, err := d.Receives(t.Context(), buyer, peppoltest.CreditNote, peppoltest.Billing); err != peppol.ErrNotReceived {
		t.Errorf("%v", err)
	}
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, "cenbii-procid-ubl::other"); err != peppol.ErrNotReceived {
		t.Errorf("another process: %v", err)
	}
	n.Join(t, buyer.Name(peppol.Production), string(buyer), "credit_note.xml")
	if _, err := d.Receives(t.Context(), buyer, peppoltest.CreditNote, ""); err != nil {
		t.Error(err)
	}
}

func TestAServiceHasItsTime(t *testing.T) {
	_, c, d := joined(t)
	c.at = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing); err != peppol.ErrNotReceived {
		t.Errorf("before it opens: %v", err)
	}
	c.at = time.Date(2079, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing)
	if err == nil || peppol.IsNo(err) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with a certificate that ran out: %v", err)
	}
}

func TestAnAnswerThatDoesNotFitComesByTCP(t *testing.T) {
	n, _, d := joined(t)
	n.Change(func(s *peppoltest.State) { s.Short = true })
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing); err != nil {
		t.Error(err)
	}
}

func TestAForgedAnswerIsLeftAside(t *testing.T) {
	n, _, d := joined(t)
	n.Change(func(s *peppoltest.State) { s.Forged = true })
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing); err != nil {
		t.Error(err)
	}
}

func TestASilentDNSIsNotWaitedForForEver(t *testing.T) {
	n, _, d := joined(t)
	n.Change(func(s *peppoltest.State) { s.Silent = true })
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	began := time.Now()
	_, err := d.Receives(ctx, buyer, peppoltest.Invoice, peppoltest.Billing)
	if err == nil || peppol.IsNo(err) || time.Since(began) > 2*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

func TestAPublisherSendsToAnotherOnce(t *testing.T) {
	n, _, d := joined(t)
	redirect := bytes.ReplaceAll(peppoltest.Body(t, "redirect.xml"), []byte("https://smp.example"), []byte(n.Publisher))
	n.Change(func(s *peppoltest.State) {
		for path, body := range s.Bodies {
			if strings.Contains(path, "/services/") {
				s.Bodies["/other"], s.Bodies[path] = body, redirect
			}
		}
	})
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing); err != nil {
		t.Error(err)
	}
	n.Change(func(s *peppoltest.State) { s.Bodies["/other"] = redirect })
	before := len(n.Seen().Asked)
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, peppoltest.Billing); err == nil || peppol.IsNo(err) || len(n.Seen().Asked) != before+2 {
		t.Errorf("%v, %q", err, n.Seen().Asked)
	}
}

// The DNS of the network is written by every publisher: it must not make a node call what stands behind its firewall.
func TestOnlyPublicAddressesAreCalled(t *testing.T) {
	n, c := peppoltest.Start(t), begin()
	d, err := peppol.New(peppol.Options{Resolver: n.Resolver, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"https://127.0.0.1", "https://smp.example", "https://10.1.2.3", "https://192.168.1.1", "https://169.254.169.254", "https://100.64.1.1", "https://[::1]", "https://[fe80::1]", "https://[fd00::1]",
		"https://[::ffff:127.0.0.1]", "https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::1]", "https://0.0.0.0", "https://203.0.113.1", "https://[2001:db8::1]", "https://255.255.255.255"} {
		n.Change(func(s *peppoltest.State) {
			s.Records[buyer.Name(peppol.Production)] = peppoltest.NAPTR("U", "Meta:SMP", "!.*!"+address+"!")
		})
		if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, ""); err == nil || peppol.IsNo(err) || !strings.Contains(err.Error(), "is no public address") {
			t.Errorf("%s: %v", address, err)
		}
	}
	n.Change(func(s *peppoltest.State) {
		s.Records[buyer.Name(peppol.Production)] = peppoltest.NAPTR("U", "Meta:SMP", "!.*!https://9.9.9.9:22!")
	})
	if _, err := d.Receives(t.Context(), buyer, peppoltest.Invoice, ""); err == nil || !strings.Contains(err.Error(), "port 443") {
		t.Errorf("%v", err)
	}
}

func TestYesIsRememberedForAnHourAndNoForMinutes(t *testing.T) {
	n, c, d := joined(t)
	r := &peppol.Remembered{Directory: d}
	ask := func(document string) error {
		_, err := r.Receives(t.Context(), buyer, document, peppoltest.Billing)
		return err
	}
	questions := func(what string, want int) {
		t.Helper()
		if got := n.Seen().Named; got != want {
			t.Errorf("%s: %d questions, want %d", what, got, want)
		}
	}
	for range 3 {
		if ask(peppoltest.Invoice) != nil || ask(peppoltest.CreditNote) != peppol.ErrNotReceived {
			t.Fatal("another answer")
		}
	}
	questions("at once", 2)
	n.Join(t, buyer.Name(peppol.Production), string(buyer), "credit_note.xml")
	c.at = c.at.Add(2 * time.Minute)
	if ask(peppoltest.Invoice) != nil || ask(peppoltest.CreditNote) != nil {
		t.Error("who joined is not found after two minutes")
	}
	questions("after two minutes", 3)
	n.Change(func(s *peppoltest.State) { s.Code = dnsmessage.RCodeServerFailure })
	c.at = c.at.Add(58 * time.Minute)
	for range 2 {
		if err := ask(peppoltest.Invoice); err == nil || peppol.IsNo(err) {
			t.Error(err)
		}
	}
	questions("nobody knows, and that is not remembered", 7)
}
