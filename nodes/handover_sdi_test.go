package nodes_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"passerelle/adapters/country"
	"passerelle/adapters/format/sdi"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/delivery"
	"passerelle/nodes/outbound"
)

// mailbox is a mail server that keeps what it is given, and breaks off after the message as often as it is told.
type mailbox struct {
	mu     sync.Mutex
	kept   []string
	breaks int
}

func (p *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &posted{at: p}, nil }

func (p *mailbox) letters() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.kept...)
}

type posted struct {
	at *mailbox
	to string
}

func (l *posted) Reset()                                    {}
func (l *posted) Logout() error                             { return nil }
func (l *posted) Mail(string, *smtp.MailOptions) error      { return nil }
func (l *posted) Rcpt(to string, _ *smtp.RcptOptions) error { l.to = to; return nil }

func (l *posted) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	l.at.mu.Lock()
	defer l.at.mu.Unlock()
	l.at.kept = append(l.at.kept, "To-Mailbox: "+l.to+"\n"+string(body))
	if l.at.breaks > 0 {
		l.at.breaks--
		return &smtp.SMTPError{Code: 451, Message: "try later"}
	}
	return err
}

// withMail gives the node a mail server on this host.
func (n *testNode) withMail() *mailbox {
	n.t.Helper()
	p := &mailbox{}
	server := smtp.NewServer(p)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(listener) }()
	n.t.Cleanup(func() { server.Close(); <-done })
	mailer, err := account.NewSMTP("smtp://"+listener.Addr().String(), "", "node@example.org", nil)
	if err != nil {
		n.t.Fatal(err)
	}
	n.Accounts.Mail = mailer
	return p
}

// reopen opens the channels of the settings as they are now.
func (n *testNode) reopen() {
	n.t.Helper()
	if err := n.OpenChannels(); err != nil {
		n.t.Fatal(err)
	}
}

// italian is a node of Italy on each database engine.
func italian(t *testing.T, test func(t *testing.T, n *testNode)) {
	storagetest.Each(t, nodes.Migrations(), func(t *testing.T, db *storage.DB) { test(t, open(t, db, "IT", country.Config{})) })
}

// toFrance is an invoice of Italy to a business abroad.
func (n *testNode) toFrance() outbound.Draft {
	d := n.draft()
	d.Buyer = contracts.Party{Name: "Acheteur", Kind: contracts.Business, VATID: "FR40303265045", Email: "buyer@example.org", Address: contracts.Address{Street: "Rue 1", PostalCode: "75001", Town: "Paris", Country: "FR"}}
	return d
}

// reports are the parcels that go to SdI.
func (n *testNode) toSdI(doc outbound.Document) delivery.Kept {
	n.t.Helper()
	all, err := n.Store.ParcelsOf(n.t.Context(), n.DB, access.Program(), doc.Invoice.ID)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, k := range all {
		if k.Format == "fatturapa" {
			return k
		}
	}
	n.t.Fatalf("nothing of %s goes to SdI: %+v", doc.Invoice.Number, all)
	return delivery.Kept{}
}

func (n *testNode) work() {
	n.t.Helper()
	if _, err := n.Delivery.Work(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
}

func TestFilesForSdIHaveNamesOfTheirOwn(t *testing.T) {
	italian(t, func(t *testing.T, n *testNode) {
		folder := t.TempDir()
		n.Settings.Delivery.Folder = folder
		n.Settings.Delivery.SdI.First = "A0000"
		n.reopen()
		outside := n.toFrance() // an invoice that does not show the seller's VAT number
		outside.Buyer.VATID, outside.Buyer.Address.Country, outside.Buyer.Address.PostalCode = "", "CH", "1200"
		first, second := n.issue(n.toFrance()), n.issue(outside)
		credited, err := n.Outbound.Credit(t.Context(), access.Program(), first.Invoice.ID, nil, "Not needed")
		if err != nil {
			t.Fatal(err)
		}
		n.work()
		for i, doc := range []outbound.Document{first, second, credited} {
			want := first.Invoice.Seller.VATID + "_A000" + string(rune('0'+i))
			k := n.toSdI(doc)
			if k.Name != want || k.File != want+".xml" || k.Status != delivery.Handed {
				t.Errorf("%s: %s, %s, %s", doc.Invoice.Number, k.Name, k.File, k.Status)
			}
			request, err := os.ReadFile(filepath.Join(folder, "sdi", want+".soap"))
			if err != nil {
				t.Fatal(err)
			}
			if inside, err := sdi.ReadRequest(request); err != nil || inside.Name != k.File || string(inside.Content) != string(k.Content) {
				t.Errorf("the request has another file in it: %v", err)
			}
		}
		checks, err := nodes.Verify(t.Context(), n.DB)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			if c.Name == "number series" && c.FirstBad != "" {
				t.Errorf("%+v", c)
			}
		}
		browse(n).open("/invoices/"+string(first.Invoice.ID)).says("To the Italian tax authority (SdI)", "Prepared as a file.")
	})
}

func TestSdISaysOnThePageWhatBecameOfAnInvoice(t *testing.T) {
	n := open(t, sqlite(t), "IT", country.Config{})
	n.Settings.Delivery.Folder = t.TempDir()
	n.reopen()
	doc := n.issue(n.toFrance())
	n.work()
	k := n.toSdI(doc)
	b, page := browse(n), "/invoices/"+string(doc.Invoice.ID)
	tell := func(name string) int {
		body, err := os.ReadFile("../adapters/format/sdi/testdata/" + name + ".xml")
		if err != nil {
			t.Fatal(err)
		}
		told := strings.NewReplacer("IT00743110157_0000A", k.Name, strings.Repeat("0A", 32), k.SHA256).Replace(string(body))
		return b.do("POST", "/api/deliveries/notifications", "application/xml", told).Code
	}
	if code := tell("pa_MC"); code != 201 {
		t.Fatal(code)
	}
	b.open(page).says("goes on trying")
	if code := tell("b2b_MC"); code != 201 {
		t.Fatal(code)
	}
	b.open(page).says("Accepted.", "cassetto fiscale")
	if code := tell("b2b_NS"); code != 201 {
		t.Fatal(code)
	}
	b.open(page).says("has not been issued before the law", "The reason given: 00311 1.1.4 CodiceDestinatario non valido (Verificare il codice)")
	for body, want := range map[string]int{"<a/>": 422, "<!DOCTYPE a><a/>": 400, "": 400} {
		if code := b.do("POST", "/api/deliveries/notifications", "application/xml", body).Code; code != want {
			t.Errorf("%s: %d", body, code)
		}
	}
	if code := b.do("POST", "/api/deliveries/notifications", "application/json", "{}").Code; code != 415 {
		t.Errorf("JSON: %d", code)
	}
	k.Name = "IT00743110157_ZZZZZ"
	if code := tell("b2b_RC"); code != 404 {
		t.Errorf("a notification of nothing of ours: %d", code)
	}
}

func TestACertifiedMailboxSendsFilesToSdI(t *testing.T) {
	n := open(t, sqlite(t), "IT", country.Config{})
	p := n.withMail()
	n.Settings.Delivery.SdI.PEC = "sdi01@pec.fatturapa.it"
	n.reopen()
	p.breaks = 1
	doc := n.issue(n.toFrance())
	n.work()
	*n.now = n.now.Add(time.Hour)
	n.work()
	k := n.toSdI(doc)
	if k.Status != delivery.Handed || k.Last().Reason != "sdi01@pec.fatturapa.it" {
		t.Fatalf("%+v", k.Events)
	}
	letters := p.letters()
	if len(letters) != 2 || headerOf(letters[0], "Message-ID") == "" || headerOf(letters[0], "Message-ID") != headerOf(letters[1], "Message-ID") {
		t.Fatalf("%d letters of %s", len(letters), headerOf(letters[0], "Message-ID"))
	}
	for _, l := range letters {
		parts := attachedTo(t, l)
		if !strings.HasPrefix(l, "To-Mailbox: sdi01@pec.fatturapa.it\n") || len(parts) != 1 || string(parts[k.File]) != string(k.Content) {
			t.Errorf("%d files: %s", len(parts), l[:200])
		}
	}
	browse(n).open("/invoices/" + string(doc.Invoice.ID)).says("Sent. There is no answer yet.")
}

func TestABuyerGetsPaperAndEInvoiceByMailUnderOneMessageID(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		p := n.withMail()
		n.Settings.Delivery.Mail = true
		n.reopen()
		p.breaks = 1 // the server took the message, and the node does not know
		d := n.draft()
		d.Buyer.Email, d.Buyer.Language = "buyer@example.org", "fr"
		doc := n.issue(d)
		n.work()
		*n.now = n.now.Add(time.Hour)
		for range 2 {
			n.work()
		}
		letters := p.letters()
		if len(letters) != 2 || headerOf(letters[0], "Message-ID") == "" || headerOf(letters[0], "Message-ID") != headerOf(letters[1], "Message-ID") {
			t.Fatalf("%d letters", len(letters))
		}
		all, err := n.Store.ParcelsOf(t.Context(), n.DB, access.Program(), doc.Invoice.ID)
		if err != nil || len(all) != 1 || all[0].Status != delivery.Handed {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, l := range letters {
			parts := attachedTo(t, l)
			paper := parts[doc.Invoice.Number+".pdf"]
			if !strings.HasPrefix(l, "To-Mailbox: buyer@example.org\n") || len(parts) != 2 || !strings.HasPrefix(string(paper), "%PDF-") || string(parts[all[0].File]) != string(all[0].Content) {
				t.Errorf("%d files in %.300s", len(parts), l)
			}
			if subject, err := new(mime.WordDecoder).DecodeHeader(headerOf(l, "Subject")); err != nil || !strings.Contains(subject, "Facture "+doc.Invoice.Number) {
				t.Errorf("%q, %v", subject, err)
			}
		}
	})
}

func sqlite(t *testing.T) *storage.DB { return storagetest.Open(t, "sqlite", nodes.Migrations()...) }

func headerOf(kept, name string) string {
	m, err := mail.ReadMessage(strings.NewReader(kept))
	if err != nil {
		return ""
	}
	return m.Header.Get(name)
}

// attachedTo are the files of a mail by name.
func attachedTo(t testing.TB, kept string) map[string][]byte {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	_, about, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	all, parts := map[string][]byte{}, multipart.NewReader(m.Body, about["boundary"])
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		if p.FileName() == "" {
			continue
		}
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			if body, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(body)), "")); err != nil {
				t.Fatal(err)
			}
		}
		all[p.FileName()] = body
	}
}

func TestSettingsForSdIAreCheckedAtTheStart(t *testing.T) {
	for yaml, field := range map[string]string{
		`{}`: "", `{pec: sdi01@pec.fatturapa.it, first: A1}`: "",
		`{url: "http://servizi.fatturapa.it/ricevi_file"}`:                                          "sdi.url",
		`{url: "https://servizi.fatturapa.it/ricevi_file", certificate_file: none, key_file: none}`: "sdi.certificate_file",
		`{pec: sdi01}`: "sdi.pec", `{first: a-1}`: "sdi.first",
	} {
		s, err := nodes.ReadSettings("it.yaml", strings.NewReader("delivery: {sdi: "+yaml+"}"))
		if err != nil {
			t.Fatal(err)
		}
		fs := contracts.FaultsOf(s.Delivery.Check())
		if field == "" && len(fs) > 0 || field != "" && (len(fs) != 1 || fs[0].Field != field || fs[0].Remedy == "") {
			t.Errorf("%s: %v, want a fault at %q", yaml, fs, field)
		}
	}
}
