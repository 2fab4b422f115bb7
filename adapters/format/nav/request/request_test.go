package request_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/nav/request"
	"passerelle/contracts"
)

// sender is the technical user of the published samples.
func sender() request.Sender {
	return request.Sender{Login: "lwilsmn0uqdxe6u", TaxNumber: "11111111", Password: "secret password", SignatureKey: "ac-ac3a-7f661bff7d342N43CYX4U9FG", ExchangeKey: "0123456789abcdef",
		Software: request.Software{ID: "123456789123456789", Name: "Passerelle", Version: "1.0", DevName: "Passerelle", DevContact: "dev@example.org", DevCountry: "HU"}}
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// in returns the text of the first element of a local name.
func in(t *testing.T, b []byte, name string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(b)))
	for {
		token, err := d.Token()
		if err != nil {
			t.Fatalf("no %s in %s", name, b)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			var text string
			if err := d.DecodeElement(&text, &start); err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
}

// The signatures of the samples that NAV publishes (github.com/nav-gov-hu/Online-Invoice, sample/API sample).
func TestRequestsAreSignedAsInThePublishedSamples(t *testing.T) {
	s := sender()
	for name, c := range map[string]struct {
		make func(request.Head) ([]byte, error)
		head request.Head
		want string
	}{
		"TokenExchangeRequest": {s.Token, request.Head{ID: "RID896801578348", At: at("2019-09-11T10:55:31.440Z")},
			"B4B5E0F197BFFD3DF69BCC98D3BE775F65FD5445EEF95C9D6B6C59425F2B81C4F6DA1FD563B0C7E7D98AF1E1725E5C63C2803B5D3A93D1C02ED354AC92F2CC94"},
		"QueryTransactionStatusRequest": {func(h request.Head) ([]byte, error) { return s.Status(h, "string") }, request.Head{ID: "RID603063244730", At: at("2019-09-11T10:55:34.063Z")},
			"3461426EDF923610281B5B24562F2EBA44A3118FEB7CCDD299B7ACAA6E7A5EA889B1965F1E3372F7F34064AC16C867958704089C9354F150248754D45C9A36F5"},
		"QueryInvoiceCheckRequest": {func(h request.Head) ([]byte, error) { return s.Holds(h, "string") }, request.Head{ID: "RID016714253462", At: at("2019-09-11T11:14:36.598Z")},
			"528B23AB4202FC7327F895A51B64EDE4199A81D776DEF1C7AF625A037D41BB98D61A9F2A2A444D8AAB7BB55737E0DAD9E1E46420C8FF1B7AA8EBBE4459CCF351"},
		"QueryInvoiceDataRequest": {func(h request.Head) ([]byte, error) { return s.Invoice(h, "string") }, request.Head{ID: "RID005176453519", At: at("2019-09-11T13:24:30.037+02:00")},
			"A3C2FE7C2068350B1B56B535ED1A4F8CA6C84AD5F19893556FFBD7B4655C79FBAC2A4BE271121174288B99BE2EDF5128028A67ACA1D0E883336362BF14E0BB39"},
	} {
		b, err := c.make(c.head)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := in(t, b, "requestSignature"); got != c.want || !strings.Contains(string(b), "<"+name+" ") {
			t.Errorf("%s: signed %s", name, got)
		}
		if got := in(t, b, "timestamp"); got != c.head.At.UTC().Format("2006-01-02T15:04:05.000Z") || in(t, b, "requestId") != c.head.ID {
			t.Errorf("%s: %s", name, b)
		}
		// printf 'secret password' | openssl dgst -sha512
		if got := in(t, b, "passwordHash"); got != "30A78B888E0838C49A300F269D81A400952B5DAF0718E34ED75F2E57AE13AE3D8576D2466B0B1268EB82984E128E4CB280F16A8C607E14CDB760B30550ECED1B" {
			t.Errorf("password hash %s", got)
		}
	}
}

// The example of the interface specification 3.0, section 1.5.1.
func TestAReportIsSignedWithWhatItHolds(t *testing.T) {
	s := sender()
	s.SignatureKey = "ce-8f5e-215119fa7dd621DLMRHRLH2S"
	b, err := s.Manage(request.Head{ID: "TSTKFT1222564", At: at("2017-12-30T18:25:45.000Z")}, "b1aca173",
		request.Operation{Kind: request.Create, Data: []byte("Abcd1234")}, request.Operation{Kind: request.Modify, Data: []byte("Dcba4321")})
	if err != nil {
		t.Fatal(err)
	}
	want := "60BC80609EE3B8F42FE904200A49A1921A1DADA08D55319ACD40C59F626514B74EEA49011D372600A10DBCF8199D590DA9C2841D987308F2D83DAE17C2470C42"
	if got := in(t, b, "requestSignature"); got != want {
		t.Errorf("signed %s", got)
	}
	for _, want := range []string{"<exchangeToken>b1aca173</exchangeToken>", "<compressedContent>false</compressedContent>", "<index>2</index>", "<invoiceOperation>MODIFY</invoiceOperation>", "<invoiceData>RGNiYTQzMjE=</invoiceData>"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is missing:\n%s", want, b)
		}
	}
	if _, err := s.Manage(request.Head{ID: "x"}, "t"); !contracts.IsFault(err) {
		t.Errorf("a report of nothing: %v", err)
	}
	if _, err := s.Token(request.Head{ID: "no spaces"}); !contracts.IsFault(err) {
		t.Errorf("a wrong identifier: %v", err)
	}
}

func TestWhatIsPreparedIsWhatIsSent(t *testing.T) {
	op := request.Operation{Kind: request.Cancel, Data: []byte("<InvoiceData/>")}
	prepared, err := request.Prepared(op)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := sender().Manage(request.Head{ID: "X1"}, "t", op)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(prepared), `/api">`)
	if flat := func(s string) string { return strings.Join(strings.Fields(s), "") }; !strings.Contains(flat(string(sent)), flat(body)) || !strings.Contains(string(prepared), "STORNO") {
		t.Errorf("%s\n%s", prepared, sent)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	var log strings.Builder
	s := sender()
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "sender", s)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", s.ExchangeKey, "sender", s)
	fmt.Fprintf(&log, "%v %+v %#v %s", s, s, s, s.Password)
	for _, secret := range []request.Secret{s.Password, s.SignatureKey, s.ExchangeKey} {
		if strings.Contains(log.String(), string([]byte(secret))) {
			t.Errorf("printed: %s", log.String())
		}
	}
}

func TestWhatNAVWouldRefuseIsSaidBefore(t *testing.T) {
	if err := sender().Check(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*request.Sender){
		"login":                func(s *request.Sender) { s.Login = "short" },
		"tax_number":           func(s *request.Sender) { s.TaxNumber = "11111111-2-42" },
		"password_file":        func(s *request.Sender) { s.Password = "" },
		"signature_key_file":   func(s *request.Sender) { s.SignatureKey = "" },
		"exchange_key_file":    func(s *request.Sender) { s.ExchangeKey = "too short" },
		"software.id":          func(s *request.Sender) { s.Software.ID = "passerelle" },
		"software.name":        func(s *request.Sender) { s.Software.Name = " " },
		"software.version":     func(s *request.Sender) { s.Software.Version = strings.Repeat("1", 16) },
		"software.operation":   func(s *request.Sender) { s.Software.Operation = "CLOUD" },
		"software.dev_name":    func(s *request.Sender) { s.Software.DevName = "" },
		"software.dev_contact": func(s *request.Sender) { s.Software.DevContact = "" },
		"software.dev_country": func(s *request.Sender) { s.Software.DevCountry = "Hungary" },
	} {
		s := sender()
		change(&s)
		fs := contracts.FaultsOf(s.Check())
		if len(fs) != 1 || fs[0].Field != field || fs[0].Remedy == "" {
			t.Errorf("%s: %v", field, fs)
		}
	}
}

// response is an answer of NAV with a body.
func response(name, body string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><` + name + ` xmlns="http://schemas.nav.gov.hu/OSA/3.0/api" xmlns:ns2="http://schemas.nav.gov.hu/NTCA/1.0/common">
	<ns2:header><ns2:requestId>X1</ns2:requestId><ns2:timestamp>2026-03-31T08:00:00Z</ns2:timestamp><ns2:requestVersion>3.0</ns2:requestVersion></ns2:header>` + body + `</` + name + `>`)
}

const fine = `<ns2:result><ns2:funcCode>OK</ns2:funcCode></ns2:result>`

func TestATokenIsOpened(t *testing.T) {
	// printf '...' | openssl enc -aes-128-ecb -K 30313233343536373839616263646566 -base64 -A
	const encoded = "ObS0GERKpnYbJ/XUfjAaCGzi8J9/6pTBG/N6lwdIJDbbh5KaMMnO4b/LXLAx8djeN3Ii4GGpJMWRzZwn6hY+1A=="
	token := func(s request.Sender, encoded string) (string, error) {
		return s.ReadToken(response("TokenExchangeResponse", fine+`<encodedExchangeToken>`+encoded+`</encodedExchangeToken>`))
	}
	got, err := token(sender(), encoded)
	if err != nil || got != "b1aca173-d9e8-4561-9237-0511eed99eaa2P0ZHLXBRI2U" {
		t.Errorf("%q, %v", got, err)
	}
	other := sender()
	other.ExchangeKey = "fedcba9876543210"
	for name, try := range map[string]func() (string, error){
		"another key": func() (string, error) { return token(other, encoded) },
		"no base64":   func() (string, error) { return token(sender(), "%") },
		"a piece":     func() (string, error) { return token(sender(), "QWJj") },
		"nothing":     func() (string, error) { return token(sender(), "") },
	} {
		if got, err := try(); !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Code != request.FaultToken || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAnswersAreRead(t *testing.T) {
	id, err := request.ReadTransaction(response("ManageInvoiceResponse", fine+`<software/><transactionId>30NAI9Z7PPFF</transactionId>`))
	if id != "30NAI9Z7PPFF" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	if id, err := request.ReadTransaction(response("ManageInvoiceResponse", fine)); err == nil {
		t.Errorf("no transaction: %q", id)
	}
	all, err := request.ReadStatus(response("QueryTransactionStatusResponse", fine+`<processingResults><processingResult><index>1</index><invoiceStatus>ABORTED</invoiceStatus>
		<technicalValidationMessages><ns2:validationResultCode>ERROR</ns2:validationResultCode><ns2:validationErrorCode>SCHEMA_VIOLATION</ns2:validationErrorCode><ns2:message>XML contains on line 3</ns2:message></technicalValidationMessages>
		<businessValidationMessages><validationResultCode>WARN</validationResultCode><validationErrorCode>INCORRECT_VAT_CODE_SUPPLIER</validationErrorCode><message>Check it</message>
			<pointer><tag>InvoiceData/invoiceNumber</tag><value>7</value><line>2</line></pointer></businessValidationMessages>
		<compressedContentIndicator>false</compressedContentIndicator></processingResult><originalRequestVersion>3.0</originalRequestVersion></processingResults>`))
	want := []request.Processed{{Index: "1", Status: request.Aborted, Messages: []request.Message{{Level: "ERROR", Code: "SCHEMA_VIOLATION", Text: "XML contains on line 3"},
		{Level: "WARN", Code: "INCORRECT_VAT_CODE_SUPPLIER", Text: "Check it", Pointer: "InvoiceData/invoiceNumber, 7, line 2"}}}}
	if diff := cmp.Diff(want, all); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if all, err := request.ReadStatus(response("QueryTransactionStatusResponse", fine)); len(all) != 0 || err != nil {
		t.Errorf("an unknown transaction: %v, %v", all, err)
	}
	held, err := request.ReadInvoice(response("QueryInvoiceDataResponse", fine+`<invoiceDataResult><invoiceData>QWJjZDEyMzQ=</invoiceData><auditData><insdate>2026-03-31T08:00:00Z</insdate><transactionId>30NAI</transactionId></auditData></invoiceDataResult>`))
	if err != nil || held == nil || string(held.Data) != "Abcd1234" || held.Transaction != "30NAI" {
		t.Errorf("%+v, %v", held, err)
	}
	if held, err := request.ReadInvoice(response("QueryInvoiceDataResponse", fine)); held != nil || err != nil {
		t.Errorf("an unknown number: %+v, %v", held, err)
	}
	if holds, err := request.ReadHolds(response("QueryInvoiceCheckResponse", fine+`<invoiceCheckResult>true</invoiceCheckResult>`)); !holds || err != nil {
		t.Errorf("%t, %v", holds, err)
	}
}

func TestARefusalSaysWhatNAVSaid(t *testing.T) {
	general := response("GeneralErrorResponse", `<ns2:result><ns2:funcCode>ERROR</ns2:funcCode><ns2:errorCode>INVALID_REQUEST_SIGNATURE</ns2:errorCode><ns2:message>Helytelen aláírás</ns2:message></ns2:result><software/>
		<technicalValidationMessages><ns2:validationResultCode>ERROR</ns2:validationResultCode><ns2:message>look here</ns2:message></technicalValidationMessages>`)
	exception := []byte(`<GeneralExceptionResponse xmlns="http://schemas.nav.gov.hu/NTCA/1.0/common"><funcCode>ERROR</funcCode><errorCode>INVALID_REQUEST</errorCode><message>no XML</message></GeneralExceptionResponse>`)
	for want, b := range map[string][]byte{
		"NAV refused: INVALID_REQUEST_SIGNATURE: Helytelen aláírás; look here": general,
		"NAV refused: INVALID_REQUEST: no XML":                                 exception,
	} {
		_, err := request.ReadTransaction(b)
		if refusal, ok := errors.AsType[request.Refusal](err); !ok || refusal.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for name, b := range map[string][]byte{
		"another answer": response("QueryTaxpayerResponse", fine), "no result": response("ManageInvoiceResponse", ""), "a page": []byte("<html/>"), "a DTD": []byte("<!DOCTYPE x><x/>"), "nothing": nil,
	} {
		if _, err := request.ReadTransaction(b); !contracts.IsFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(response("TokenExchangeResponse", fine+`<encodedExchangeToken>QWJjZDEyMzQ=</encodedExchangeToken>`))
	f.Add(response("QueryTransactionStatusResponse", fine+`<processingResults><processingResult><invoiceStatus>DONE</invoiceStatus></processingResult></processingResults>`))
	f.Add(response("GeneralErrorResponse", `<ns2:result><ns2:funcCode>ERROR</ns2:funcCode></ns2:result>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, token := sender().ReadToken(b)
		_, transaction := request.ReadTransaction(b)
		_, status := request.ReadStatus(b)
		_, invoice := request.ReadInvoice(b)
		_, holds := request.ReadHolds(b)
		good := 0
		for _, err := range []error{token, transaction, status, invoice, holds} {
			if err == nil {
				good++
			} else if _, refusal := errors.AsType[request.Refusal](err); !refusal && !contracts.IsFault(err) {
				t.Fatalf("%v is neither a refusal nor a fault", err)
			}
		}
		if good > 1 {
			t.Fatal("one answer to two questions")
		}
	})
}
