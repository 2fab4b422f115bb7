package delivery_test

import (
	"crypto/aes"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/adapters/format/nav/request"
	"passerelle/nodes/delivery"
)

// The technical user that the stand-in knows.
const (
	navLogin, navPassword, navTaxNumber = "abcdef123456789", "secret password", "12892312"
	navSignatureKey, navExchangeKey     = "ce-8f5e-215119fa7dd621DLMRHRLH2S", "0123456789abcdef"
	navToken                            = "b1aca173-d9e8-4561-9237-0511eed99eaa2P0ZHLXBRI2U"
)

// navService stands in for NAV: it checks password, signature and token by itself, as its interface specification says, carries out a
// request of an identifier once, refuses a second report of a number when it processes it, and shows what is done.
type navService struct {
	t          *testing.T
	tokens     map[string]bool // that are not used up
	requests   map[string]bool // identifiers that were carried out
	reports    map[string]*navReport
	done       map[string]*navReport // by number
	calls      []string
	looks      int               // how often a report is asked for until it is processed
	messages   string            // XML of business validation messages
	aborts     bool              // for the reason in messages
	refuses    map[string]string // error codes by path
	garbled    int               // status of an answer that is no XML; 0 is none
	breaks     bool              // the next report is taken and its answer lost
	noQuestion bool              // the user has no right to ask for documents
}

type navReport struct {
	id, number, kind, data string
	looks                  int
	status, messages       string
}

func newNAVService(t *testing.T) *navService {
	return &navService{t: t, tokens: map[string]bool{}, requests: map[string]bool{}, reports: map[string]*navReport{}, done: map[string]*navReport{}, refuses: map[string]string{}}
}

// navRequest is what the stand-in reads of any request.
type navRequest struct {
	XMLName   xml.Name
	ID        string `xml:"http://schemas.nav.gov.hu/NTCA/1.0/common header>requestId"`
	At        string `xml:"http://schemas.nav.gov.hu/NTCA/1.0/common header>timestamp"`
	Login     string `xml:"http://schemas.nav.gov.hu/NTCA/1.0/common user>login"`
	Password  string `xml:"http://schemas.nav.gov.hu/NTCA/1.0/common user>passwordHash"`
	TaxNumber string `xml:"http://schemas.nav.gov.hu/NTCA/1.0/common user>taxNumber"`
	Signature string `xml:"http://schemas.nav.gov.hu/NTCA/1.0/common user>requestSignature"`
	Software  string `xml:"http://schemas.nav.gov.hu/OSA/3.0/api software>softwareId"`
	Token     string `xml:"http://schemas.nav.gov.hu/OSA/3.0/api exchangeToken"`
	Reports   []struct {
		Kind string `xml:"invoiceOperation"`
		Data string `xml:"invoiceData"`
	} `xml:"http://schemas.nav.gov.hu/OSA/3.0/api invoiceOperations>invoiceOperation"`
	Transaction string `xml:"http://schemas.nav.gov.hu/OSA/3.0/api transactionId"`
	Number      string `xml:"http://schemas.nav.gov.hu/OSA/3.0/api invoiceNumberQuery>invoiceNumber"`
}

func (s *navService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/invoiceService/v3")
	s.calls = append(s.calls, path)
	body, err := io.ReadAll(r.Body)
	var q navRequest
	if err == nil {
		err = xml.Unmarshal(body, &q)
	}
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/xml" {
		s.t.Errorf("%s: %v, %s", path, err, body)
	}
	if s.garbled != 0 {
		w.WriteHeader(s.garbled)
		fmt.Fprint(w, "<html><p>maintenance</html>")
		return
	}
	code := s.wrong(q, path)
	if code != "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, navAnswer("GeneralErrorResponse", `<c:result><c:funcCode>ERROR</c:funcCode><c:errorCode>`+code+`</c:errorCode><c:message>nem</c:message></c:result>`))
		return
	}
	s.requests[q.ID] = true
	answer := s.answer(q, path)
	if s.breaks && path == "/manageInvoice" {
		s.breaks = false
		panic(http.ErrAbortHandler) // the line breaks when NAV has it
	}
	fmt.Fprint(w, answer)
}

func navAnswer(name, body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><` + name + ` xmlns="http://schemas.nav.gov.hu/OSA/3.0/api" xmlns:c="http://schemas.nav.gov.hu/NTCA/1.0/common">` + body + `</` + name + `>`
}

func upperHash(h []byte) string { return fmt.Sprintf("%X", h) }

// wrong is the code of what is wrong with a request.
func (s *navService) wrong(q navRequest, path string) string {
	at, err := time.Parse("2006-01-02T15:04:05.000Z", q.At)
	password, signed := sha512.Sum512([]byte(navPassword)), q.ID+at.Format("20060102150405")+navSignatureKey
	for _, r := range q.Reports {
		one := sha3.Sum512([]byte(r.Kind + r.Data))
		signed += upperHash(one[:])
	}
	signature := sha3.Sum512([]byte(signed))
	switch {
	case s.refuses[path] != "":
		return s.refuses[path]
	case q.Login != navLogin, q.Password != upperHash(password[:]):
		return "INVALID_SECURITY_USER"
	case q.TaxNumber != navTaxNumber:
		return "INVALID_USER_RELATION"
	case err != nil, len(q.ID) > 30, len(q.Software) != 18:
		return "INVALID_REQUEST"
	case q.Signature != upperHash(signature[:]):
		return "INVALID_REQUEST_SIGNATURE"
	case s.requests[q.ID]:
		return "REQUEST_ID_NOT_UNIQUE"
	case path == "/manageInvoice" && !s.tokens[q.Token]:
		return "INVALID_EXCHANGE_TOKEN"
	case s.noQuestion && strings.HasPrefix(path, "/queryInvoice"):
		return "FORBIDDEN"
	}
	return ""
}

func (s *navService) answer(q navRequest, path string) string {
	const fine = `<c:result><c:funcCode>OK</c:funcCode></c:result>`
	switch path {
	case "/tokenExchange":
		token := fmt.Sprintf("%s%d", navToken[:40], len(s.calls))
		s.tokens[token] = true
		return navAnswer("TokenExchangeResponse", fine+`<encodedExchangeToken>`+sealed(token)+`</encodedExchangeToken>`)
	case "/manageInvoice":
		delete(s.tokens, q.Token)
		return navAnswer("ManageInvoiceResponse", fine+`<transactionId>`+s.take(q)+`</transactionId>`)
	case "/queryTransactionStatus":
		report := s.reports[q.Transaction]
		if report == nil {
			return navAnswer("QueryTransactionStatusResponse", fine)
		}
		s.process(report)
		return navAnswer("QueryTransactionStatusResponse", fine+`<processingResults><processingResult><index>1</index><invoiceStatus>`+report.status+`</invoiceStatus>`+report.messages+
			`<compressedContentIndicator>false</compressedContentIndicator></processingResult><originalRequestVersion>3.0</originalRequestVersion></processingResults>`)
	case "/queryInvoiceCheck":
		return navAnswer("QueryInvoiceCheckResponse", fine+fmt.Sprintf(`<invoiceCheckResult>%t</invoiceCheckResult>`, s.done[q.Number] != nil))
	case "/queryInvoiceData":
		held := s.done[q.Number]
		if held == nil {
			return navAnswer("QueryInvoiceDataResponse", fine)
		}
		return navAnswer("QueryInvoiceDataResponse", fine+`<invoiceDataResult><invoiceData>`+held.data+`</invoiceData><auditData><transactionId>`+held.id+`</transactionId></auditData></invoiceDataResult>`)
	}
	s.t.Errorf("nobody asks %s", path)
	return ""
}

// sealed is a token as NAV gives it: AES-128 in single blocks with the exchange key, padded as PKCS#5, in base64.
func sealed(token string) string {
	block, err := aes.NewCipher([]byte(navExchangeKey))
	if err != nil {
		panic(err)
	}
	padding := aes.BlockSize - len(token)%aes.BlockSize
	b := append([]byte(token), slices.Repeat([]byte{byte(padding)}, padding)...)
	for i := 0; i < len(b); i += aes.BlockSize {
		block.Encrypt(b[i:], b[i:])
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (s *navService) take(q navRequest) string {
	data, err := base64.StdEncoding.DecodeString(q.Reports[0].Data)
	if err != nil {
		s.t.Error(err)
	}
	_, rest, _ := strings.Cut(string(data), "<invoiceNumber>")
	number, _, _ := strings.Cut(rest, "<")
	id := fmt.Sprintf("30NAI%d", len(s.reports))
	s.reports[id] = &navReport{id: id, number: number, kind: q.Reports[0].Kind, data: q.Reports[0].Data, status: "RECEIVED"}
	return id
}

// process brings a report a step on.
func (s *navService) process(r *navReport) {
	r.looks++
	switch {
	case r.status == "DONE", r.status == "ABORTED":
	case r.looks <= s.looks:
		r.status = []string{"RECEIVED", "PROCESSING", "SAVED"}[r.looks%3]
	case s.done[r.number] != nil:
		r.status, r.messages = "ABORTED", `<businessValidationMessages><validationResultCode>ERROR</validationResultCode><validationErrorCode>INVOICE_NUMBER_NOT_UNIQUE</validationErrorCode><message>twice</message></businessValidationMessages>`
	case s.aborts:
		r.status, r.messages = "ABORTED", s.messages
	default:
		r.status, r.messages = "DONE", s.messages
		s.done[r.number] = r
	}
}

// settings writes the secrets into files and names them.
func navSettings(t *testing.T, url string) delivery.NAVSettings {
	t.Helper()
	folder := t.TempDir()
	file := func(name, secret string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return delivery.NAVSettings{URL: url + "/invoiceService/v3", Login: navLogin, TaxNumber: navTaxNumber, PasswordFile: file("password", navPassword), SignatureKeyFile: file("signature", navSignatureKey),
		ExchangeKeyFile: file("exchange", navExchangeKey), Software: request.Software{ID: "HU12892312-PASSERE", Name: "Passerelle", Version: "1.0", DevName: "Passerelle", DevContact: "dev@example.org"}}
}

// atNAV is a bench whose channel NAV reaches the stand-in over TLS.
func atNAV(t *testing.T) (*bench, *navService) {
	t.Helper()
	service := newNAVService(t)
	server := httptest.NewTLSServer(service)
	t.Cleanup(server.Close)
	b := newBench(t)
	carrier := delivery.NewNAV(navSettings(t, server.URL), func() time.Time { return b.now })
	if err := carrier.Check(); err != nil {
		t.Fatal(err)
	}
	carrier.Client.Transport.(*http.Transport).TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	b.Carriers[delivery.NAV] = carrier
	return b, service
}
