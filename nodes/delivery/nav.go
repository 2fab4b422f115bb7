package delivery

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"passerelle/adapters/format/nav"
	"passerelle/adapters/format/nav/request"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// AtNAV reports to NAV Online Számla: it asks whether NAV holds the document already, takes a token, reports, and asks later what
// became of it. The keys are read at each try, so that they can be changed while the program runs.
//
// A report that a killed program sent without noting it is not sent twice: NAV is asked for the number first, a request of the same
// day has the same identifier, which NAV carries out once, and a number that NAV knows already is ours when the bytes are.
type AtNAV struct {
	NAVSettings
	Client *http.Client
	Now    func() time.Time
}

// NAVSettings are the technical user of the co-operative at NAV, and where its secrets lie.
type NAVSettings struct {
	URL              string           `yaml:"url"`                // such as https://api.onlineszamla.nav.gov.hu/invoiceService/v3
	Login            string           `yaml:"login"`              // of the technical user
	PasswordFile     string           `yaml:"password_file"`      // holds its password
	SignatureKeyFile string           `yaml:"signature_key_file"` // holds its signature key (XML aláírókulcs)
	ExchangeKeyFile  string           `yaml:"exchange_key_file"`  // holds its exchange key (XML cserekulcs)
	TaxNumber        string           `yaml:"tax_number"`         // first eight digits of the co-operative's adószám
	Software         request.Software `yaml:"software"`           // this program, as it is known to NAV
}

// Check returns what stands against reporting.
func (s NAVSettings) Check() error {
	var fs contracts.Faults
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.HasSuffix(u.Path, "/") {
		fs.Addf(contracts.FaultInvalid, "url", "write https://api.onlineszamla.nav.gov.hu/invoiceService/v3, or api-test for trying", "this is no address of NAV's service")
	}
	sender, err := s.sender()
	fs.Add("", err)
	if err == nil {
		fs.Add("", sender.Check())
	}
	return fs.Err()
}

// NewNAV makes the carrier of checked settings.
func NewNAV(s NAVSettings, now func() time.Time) AtNAV {
	return AtNAV{NAVSettings: s, Client: client(), Now: now}
}

// sender reads the secrets.
func (s NAVSettings) sender() (request.Sender, error) {
	var fs contracts.Faults
	read := func(field, path string) request.Secret {
		b, err := os.ReadFile(path)
		if err != nil {
			fs.Addf(contracts.FaultMissing, field, "put what Online Számla shows for the technical user into a file that this program can read", "%q cannot be read", path)
		}
		return request.Secret(strings.TrimSpace(string(b)))
	}
	return request.Sender{Login: s.Login, TaxNumber: s.TaxNumber, Software: s.Software, Password: read("password_file", s.PasswordFile),
		SignatureKey: read("signature_key_file", s.SignatureKeyFile), ExchangeKey: read("exchange_key_file", s.ExchangeKeyFile)}, fs.Err()
}

// transaction stands before the identifier in what Carry was told.
const transaction = "transaction "

const heldAlready = "NAV held the report already"

// Carry reports the document. What keeps it from NAV waits for the operator or for NAV; only what NAV finds wrong in the document itself
// is refused.
func (n AtNAV) Carry(ctx context.Context, p Parcel) (told string, err error) {
	s, err := n.sender()
	if err != nil {
		return "", lasting(err)
	}
	held, err := n.held(ctx, s, p.Number)
	switch {
	case err != nil && !is(err, forbidden): // who may not ask reports, and NAV refuses a number that it knows
		return "", err
	case held != nil && !sameReport(held.Data, p.Content):
		return "", contracts.Fault{Code: FaultStatus, Message: fmt.Sprintf("NAV holds another report under the number %s", p.Number), Remedy: "look it up at Online Számla"}
	case held != nil && held.Transaction == "":
		return heldAlready, nil
	case held != nil:
		return transaction + held.Transaction, nil
	}
	if err := n.ready(ctx, s, p); err != nil {
		return "", err
	}
	id, err := n.report(ctx, s, p)
	if err != nil {
		return "", err
	}
	return transaction + id, nil
}

// held asks NAV for a document; nil is none.
func (n AtNAV) held(ctx context.Context, s request.Sender, number string) (held *request.Held, err error) {
	body, err := s.Invoice(n.head(), number)
	if err != nil {
		return nil, err
	}
	err = n.ask(ctx, request.InvoicePath, body, func(b []byte) (err error) {
		held, err = request.ReadInvoice(b)
		return err
	})
	return held, err
}

// sameReport compares what two reports say.
func sameReport(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	plain := func(b []byte) []byte {
		file, err := nav.Read(b)
		if err != nil {
			return nil
		}
		again, err := file.Write()
		if err != nil {
			return nil
		}
		return again
	}
	one := plain(a)
	return one != nil && bytes.Equal(one, plain(b))
}

const forbidden = "FORBIDDEN"

// ready tells whether NAV is done with the invoice that a modification refers to (interface specification, 2.5). After some days
// NAV itself may say what it thinks of it.
func (n AtNAV) ready(ctx context.Context, s request.Sender, p Parcel) error {
	if kindOf(p) == request.Create || p.isOverdue(n.Now()) {
		return nil
	}
	file, err := nav.Read(p.Content)
	if err != nil {
		return err
	}
	body, err := s.Holds(n.head(), file.Reference.Number)
	if err != nil {
		return err
	}
	var holds bool
	err = n.ask(ctx, request.CheckPath, body, func(b []byte) (err error) {
		holds, err = request.ReadHolds(b)
		return err
	})
	if err == nil && !holds {
		return fmt.Errorf("NAV does not hold the invoice %s yet, which this one corrects", file.Reference.Number)
	}
	if is(err, forbidden) {
		return nil
	}
	return err
}

// overdue is how many days after its issue a report goes out although what it refers to is not there.
const overdue = 3

func (p Parcel) isOverdue(now time.Time) bool {
	return !p.IssueDate.IsZero() && contracts.DateOf(now.UTC()).Sub(p.IssueDate) >= overdue
}

func kindOf(p Parcel) request.Kind {
	if p.Type == "" {
		return request.Create
	}
	return request.Kind(p.Type)
}

func (n AtNAV) report(ctx context.Context, s request.Sender, p Parcel) (id string, err error) {
	body, err := s.Token(n.head())
	if err != nil {
		return "", err
	}
	var token string
	err = n.ask(ctx, request.TokenPath, body, func(b []byte) (err error) {
		token, err = s.ReadToken(b)
		return err
	})
	if err != nil {
		return "", err
	}
	body, err = s.Manage(request.Head{ID: n.once(p), At: n.Now()}, token, request.Operation{Kind: kindOf(p), Data: p.Content})
	if err != nil {
		return "", err
	}
	err = n.ask(ctx, request.ManagePath, body, func(b []byte) (err error) {
		id, err = request.ReadTransaction(b)
		return err
	})
	switch {
	case is(err, request.RequestKnown):
		return "", errors.New("NAV has the report and is not done with it")
	case is(err, "INVALID_REQUEST"):
		return "", contracts.Fault{Code: contracts.FaultInvalid, Message: short(err.Error()), Remedy: "report it at Online Számla"}
	}
	return id, err
}

// once is the identifier of a report on a day: NAV carries out one request of an identifier within that time.
func (n AtNAV) once(p Parcel) string {
	sum := sha256.Sum256([]byte(p.Name + "\n" + p.SHA256 + "\n" + n.Now().UTC().Format(time.DateOnly)))
	return "R" + hex.EncodeToString(sum[:])[:29]
}

func (n AtNAV) head() request.Head { return request.Head{ID: "Q" + rand.Text(), At: n.Now()} }

// Follow asks what became of a report.
func (n AtNAV) Follow(ctx context.Context, p Parcel, told string) (*Answer, error) {
	id, reported := strings.CutPrefix(told, transaction)
	if !reported {
		return &Answer{Name: p.Name, Status: Accepted}, nil
	}
	s, err := n.sender()
	if err != nil {
		return nil, err
	}
	body, err := s.Status(n.head(), id)
	if err != nil {
		return nil, err
	}
	var all []request.Processed
	err = n.ask(ctx, request.StatusPath, body, func(b []byte) (err error) {
		all, err = request.ReadStatus(b)
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return n.outcome(ctx, s, p, all[0])
}

// outcome is final, or nil. A number that NAV knows from a report of the same content has been reported; NAV may know it and not show it yet,
// while it is not done with the first of two.
func (n AtNAV) outcome(ctx context.Context, s request.Sender, p Parcel, r request.Processed) (*Answer, error) {
	switch r.Status {
	case request.Done:
		return &Answer{Name: p.Name, Status: Accepted, Reason: said(r.Messages)}, nil
	case request.Aborted:
	default:
		return nil, nil
	}
	for _, m := range r.Messages {
		if m.Code != request.InvoiceKnown {
			continue
		}
		held, err := n.held(ctx, s, p.Number)
		switch {
		case err != nil && !is(err, forbidden):
			return nil, err
		case held != nil && sameReport(held.Data, p.Content):
			return &Answer{Name: p.Name, Status: Accepted}, nil
		case err == nil && held == nil && !p.isOverdue(n.Now()):
			return nil, nil
		}
	}
	reason := said(r.Messages)
	if reason == "" {
		reason = "NAV gave no reason"
	}
	return &Answer{Name: p.Name, Status: Rejected, Reason: reason}, nil
}

// said puts NAV's findings on one line, errors first.
func said(all []request.Message) string {
	var errs, rest []string
	for _, m := range all {
		if m.Level == "ERROR" || m.Level == "CRITICAL" {
			errs = append(errs, m.String())
		} else {
			rest = append(rest, m.String())
		}
	}
	return strings.Join(append(errs, rest...), "; ")
}

// ask posts a request and reads the answer; NAV answers in XML whatever the status. Apart from a refusal of NAV's, what goes wrong may
// go better later.
func (n AtNAV) ask(ctx context.Context, path string, body []byte, read func([]byte) error) error {
	got, err := post(ctx, n.Client, n.URL+path, map[string]string{"Content-Type": "application/xml", "Accept": "application/xml"}, body, xmltree.MaxBytes+1)
	if err != nil {
		return err
	}
	err = read(got.said)
	if _, refused := errors.AsType[request.Refusal](err); refused {
		return err
	}
	if got.status != http.StatusOK {
		return fmt.Errorf("NAV answered %d", got.status)
	}
	return lasting(err)
}

// lasting makes an error of a fault that a further try may find gone.
func lasting(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(err.Error())
}

func is(err error, code string) bool {
	refusal, ok := errors.AsType[request.Refusal](err)
	return ok && refusal.Code == code
}

func short(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), mostReason)])
}

// BesideNAV is what of a request can be made without a token and a key: a file more for whoever sends the report. Header, user,
// signature and token are of the moment and of the technical user.
func BesideNAV(p Parcel) (name string, content []byte, err error) {
	content, err = request.Prepared(request.Operation{Kind: kindOf(p), Data: p.Content})
	return p.Name + ".operations.xml", content, err
}
