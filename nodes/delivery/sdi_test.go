package delivery_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passerelle/adapters/format/sdi"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/delivery"
)

const (
	stem    = "IT00743110157_00001"
	invoice = "<FatturaElettronica/>"
)

// exchange stands in for SdI: it knows its callers by their certificate, answers each file with a number, and discards a name that it
// has had before in a notification, as SdI does.
type exchange struct {
	*httptest.Server
	t     *testing.T
	files delivery.SdIFiles
	took  map[string]string // number by name
	sent  []string          // notifications
	says  string            // instead of an answer
	code  int
}

func newExchange(t *testing.T) *exchange {
	t.Helper()
	e := &exchange{t: t, took: map[string]string{}, code: http.StatusOK}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(e.take))
	var callers *x509.CertPool
	e.files, callers = channel(t)
	e.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: callers}
	e.StartTLS()
	t.Cleanup(e.Close)
	e.files.Authority = filepath.Join(t.TempDir(), "authority.pem")
	write(t, e.files.Authority, "CERTIFICATE", e.Certificate().Raw)
	return e
}

func (e *exchange) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		e.t.Error(err)
	}
	if e.says != "" {
		w.WriteHeader(e.code)
		io.WriteString(w, e.says)
		return
	}
	f, err := sdi.ReadRequest(body)
	if err != nil || r.Header.Get("SOAPAction") != `"http://www.fatturapa.it/SdIRiceviFile/RiceviFile"` || r.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
		e.t.Errorf("%v, %v", err, r.Header)
	}
	number := fmt.Sprint(111 + len(e.sent))
	sum := sha256.Sum256(f.Content)
	about := `<IdentificativoSdI>` + number + `</IdentificativoSdI><NomeFile>` + f.Name + `</NomeFile><Hash>` + hex.EncodeToString(sum[:]) + `</Hash>`
	const space = ` xmlns:t="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0" versione="1.0"><`
	if _, again := e.took[f.Name]; again {
		e.sent = append(e.sent, `<t:RicevutaScarto`+space+about[1:]+`<ListaErrori><Errore><Codice>00002</Codice><Descrizione>Nome file duplicato</Descrizione></Errore></ListaErrori></t:RicevutaScarto>`)
	} else {
		e.took[f.Name] = number
		e.sent = append(e.sent, `<t:RicevutaConsegna`+space+about[1:]+`</t:RicevutaConsegna>`)
	}
	io.WriteString(w, answered(`<IdentificativoSdI>`+number+`</IdentificativoSdI><DataOraRicezione>2026-03-31T08:00:00Z</DataOraRicezione>`))
}

func answered(inside string) string {
	return `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><t:rispostaSdIRiceviFile xmlns:t="http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types">` + inside + `</t:rispostaSdIRiceviFile></S:Body></S:Envelope>`
}

// channel makes the certificate of an accredited channel.
func channel(t *testing.T) (files delivery.SdIFiles, known *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, &about, &about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	known = x509.NewCertPool()
	known.AddCert(own)
	files.Certificate, files.Key = filepath.Join(t.TempDir(), "channel.pem"), filepath.Join(t.TempDir(), "channel.key")
	write(t, files.Certificate, "CERTIFICATE", der)
	write(t, files.Key, "PRIVATE KEY", secret)
	return files, known
}

func write(t *testing.T, path, kind string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// atSdI is a bench whose files go to the exchange.
func (e *exchange) bench() *bench {
	b := newBench(e.t)
	to, err := delivery.NewSdI(e.URL, e.files)
	if err != nil {
		e.t.Fatal(err)
	}
	b.Carriers[delivery.SdI], b.Notices = to, delivery.FromSdI
	err = b.DB.Write(e.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return b.Keep(ctx, tx, access.Program(), delivery.Parcel{Name: stem, File: stem + ".xml", Channel: delivery.SdI, Content: []byte(invoice)})
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return b
}

func (b *bench) told(t testing.TB, notification string) error {
	t.Helper()
	n, err := b.ReadNotice([]byte(notification))
	if err != nil {
		return err
	}
	return b.Inform(t.Context(), access.Program(), n, "folder")
}

func TestAFileGoesToSdIAndItsReceiptComesBack(t *testing.T) {
	e := newExchange(t)
	b := e.bench()
	b.work(t)
	if k := b.kept[stem]; k.Status != delivery.Handed || k.Last().Reason != "SdI 111" {
		t.Fatalf("%+v", k)
	}
	for range 2 { // told twice
		if err := b.told(t, e.sent[0]); err != nil {
			t.Fatal(err)
		}
	}
	if k := b.kept[stem]; k.Status != delivery.Accepted || len(k.Events) != 2 {
		t.Errorf("%+v", k.Events)
	}
}

func TestAFileSentTwiceByAKilledProgramIsIssuedOnce(t *testing.T) {
	for name, order := range map[string][]int{"the receipt first": {0, 1}, "the refusal first": {1, 0}} {
		e := newExchange(t)
		b := e.bench()
		before := b.kept[stem]
		b.work(t)
		b.kept[stem] = before // the note was lost
		b.work(t)
		if len(e.took) != 1 || len(e.sent) != 2 {
			t.Fatalf("%s: %v", name, e.took)
		}
		for _, i := range order {
			if err := b.told(t, e.sent[i]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		k := b.kept[stem]
		if k.Status != delivery.Accepted || k.Why() != "" {
			t.Errorf("%s: %+v", name, k)
		}
	}
}

func TestWhatSdISaysOfAFileTellsWhetherItIsTriedAgain(t *testing.T) {
	e := newExchange(t)
	to, err := delivery.NewSdI(e.URL, e.files)
	if err != nil {
		t.Fatal(err)
	}
	p := delivery.Parcel{Name: stem, File: stem + ".xml", Content: []byte(invoice)}
	for says, noMore := range map[string]bool{
		answered("<IdentificativoSdI>1</IdentificativoSdI><Errore>EI01</Errore>"): true,
		answered("<IdentificativoSdI>1</IdentificativoSdI><Errore>EI02</Errore>"): false,
		answered("<IdentificativoSdI>1</IdentificativoSdI><Errore>EI03</Errore>"): false,
		"<html>maintenance</html>": false, "not XML": false,
	} {
		e.says = says
		if _, err := to.Carry(t.Context(), p); err == nil || contracts.IsFault(err) != noMore {
			t.Errorf("%s: %v", says, err)
		}
	}
	e.says, e.code = answered("<IdentificativoSdI>1</IdentificativoSdI>"), http.StatusBadGateway
	if _, err := to.Carry(t.Context(), p); err == nil || contracts.IsFault(err) {
		t.Errorf("a gateway that failed: %v", err)
	}
	p.File = "invoice.xml"
	if _, err := to.Carry(t.Context(), p); !contracts.IsFault(err) {
		t.Errorf("a name that SdI does not take: %v", err)
	}
}

func TestSdIIsReachedByWhoeverHasTheCertificate(t *testing.T) {
	e := newExchange(t)
	stranger, _ := channel(t)
	stranger.Authority = e.files.Authority
	to, err := delivery.NewSdI(e.URL, stranger)
	if err != nil {
		t.Fatal(err)
	}
	p := delivery.Parcel{Name: stem, File: stem + ".xml", Content: []byte(invoice)}
	if _, err := to.Carry(t.Context(), p); err == nil || contracts.IsFault(err) || len(e.took) > 0 {
		t.Errorf("a stranger was let in: %v", err)
	}
	known := e.files
	known.Authority = ""
	if to, err = delivery.NewSdI(e.URL, known); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Carry(t.Context(), p); err == nil || len(e.took) > 0 {
		t.Error("a server that nobody vouches for got an invoice")
	}
	for name, c := range map[string]struct {
		url   string
		files delivery.SdIFiles
	}{
		"no HTTPS": {"http://servizi.fatturapa.it/ricevi_file", e.files}, "no certificate": {e.URL, delivery.SdIFiles{Certificate: "nowhere", Key: e.files.Key}},
		"another's key": {e.URL, delivery.SdIFiles{Certificate: e.files.Certificate, Key: stranger.Key}}, "no authority": {e.URL, delivery.SdIFiles{Certificate: e.files.Certificate, Key: e.files.Key, Authority: e.files.Key}},
	} {
		if _, err := delivery.NewSdI(c.url, c.files); !contracts.IsFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// notification reads one of those made for package sdi, about our file.
func notification(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../adapters/format/sdi/testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(invoice))
	return strings.NewReplacer("IT00743110157_0000A", stem, strings.Repeat("0A", 32), strings.ToUpper(hex.EncodeToString(sum[:]))).Replace(string(b))
}

func TestNotificationsInAFolderAreTakenInAnyOrder(t *testing.T) {
	for name, c := range map[string]struct {
		files  []string
		status delivery.Status
		why    string
		last   string
	}{
		"delivered":                        {[]string{"b2b_RC"}, delivery.Accepted, "", ""},
		"discarded":                        {[]string{"b2b_NS"}, delivery.Rejected, "00311", "00311"},
		"in the buyer's area":              {[]string{"b2b_MC"}, delivery.Accepted, "", sdi.SaysInArea},
		"to an authority, refused":         {[]string{"pa_NE", "pa_RC"}, delivery.Rejected, "EC02: Ordine errato", "EC02"},
		"to an authority, later, attested": {[]string{"pa_AT", "pa_MC"}, delivery.Accepted, "", ""},
		"to an authority that is silent":   {[]string{"pa_DT", "pa_RC"}, delivery.Accepted, "", sdi.SaysExpired},
		"still trying":                     {[]string{"pa_MC"}, delivery.Handed, "", sdi.SaysTrying},
	} {
		t.Run(name, func(t *testing.T) {
			b, folder := newExchange(t).bench(), t.TempDir()
			b.work(t)
			for round := range 2 { // each comes twice
				for _, file := range c.files {
					path := filepath.Join(folder, stem+"_"+file[len(file)-2:]+"_001.xml")
					if err := os.WriteFile(path, []byte(notification(t, file)), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				taken, err := b.Collect(t.Context(), folder)
				if err != nil || taken != len(c.files) {
					t.Fatalf("round %d: %d, %v", round, taken, err)
				}
			}
			k := b.kept[stem]
			if k.Status != c.status || !strings.HasPrefix(k.Why(), c.why) || (c.why == "") != (k.Why() == "") || !strings.HasPrefix(k.Last().Reason, c.last) {
				t.Errorf("%s %q: %+v", k.Status, k.Why(), k.Events)
			}
			if most := 1 + 2*len(c.files); len(k.Events) > most {
				t.Errorf("%d events: %+v", len(k.Events), k.Events)
			}
		})
	}
}

func TestForeignNotificationsAreRefused(t *testing.T) {
	b, folder := newExchange(t).bench(), t.TempDir()
	b.work(t)
	for name, content := range map[string]string{
		"other_RC_001.xml": strings.Replace(notification(t, "b2b_RC"), stem, "IT00743110157_0000B", 1),
		"hash_RC_001.xml":  strings.Replace(notification(t, "b2b_RC"), "<Hash>", "<Hash>00", 1),
		"bomb.xml":         `<!DOCTYPE x [<!ENTITY a "b">]>` + notification(t, "b2b_RC"),
		"invoice.xml":      invoice,
		"large.xml":        strings.Repeat(" ", 2<<20),
		"large.json":       `{"name":"` + stem + `","status":"accepted"}` + strings.Repeat(" ", 32<<10),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if taken, err := b.Collect(t.Context(), folder); taken != 0 || err != nil {
		t.Errorf("%d, %v", taken, err)
	}
	refused, _ := filepath.Glob(filepath.Join(folder, "refused", "*"))
	if k := b.kept[stem]; len(refused) != 6 || k.Status != delivery.Handed || len(k.Events) != 1 {
		t.Errorf("%v, %+v", refused, k.Events)
	}
	b.Notices = nil
	if _, err := b.ReadNotice([]byte(notification(t, "b2b_RC"))); !contracts.IsFault(err) {
		t.Errorf("a country without notifications: %v", err)
	}
}
