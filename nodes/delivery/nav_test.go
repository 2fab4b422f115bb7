package delivery_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/delivery"
)

const navName = "hu-1-nav"

// report keeps a report for NAV.
func (b *bench) report(t testing.TB, kind, content string) {
	t.Helper()
	_, rest, _ := strings.Cut(content, "<invoiceNumber>")
	number, _, _ := strings.Cut(rest, "<")
	p := delivery.Parcel{Name: navName, File: navName + ".xml", Channel: delivery.NAV, Report: true, Number: number, Type: kind, Content: []byte(content), IssueDate: contracts.DateOf(b.now)}
	if err := b.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return b.Keep(ctx, tx, access.Program(), p) }); err != nil {
		t.Fatal(err)
	}
}

const invoiceReport = `<InvoiceData xmlns="http://schemas.nav.gov.hu/OSA/3.0/data"><invoiceNumber>HU2026-000001</invoiceNumber></InvoiceData>`

// settle works until nothing is due for the rest of the day, and returns how the report stands.
func (b *bench) settle(t testing.TB) delivery.Kept {
	t.Helper()
	for range 30 {
		b.work(t)
		k := b.kept[navName]
		if k.Due.IsZero() {
			break
		}
		b.now = k.Due
	}
	return b.kept[navName]
}

func TestAReportGoesToNAVAndItsOutcomeComesBack(t *testing.T) {
	b, service := atNAV(t)
	service.looks = 3
	b.report(t, "CREATE", invoiceReport)
	b.work(t)
	if k := b.kept[navName]; k.Status != delivery.Handed || k.Told() != "transaction 30NAI0" || k.Due.IsZero() {
		t.Fatalf("%+v", k)
	}
	k := b.settle(t)
	if k.Status != delivery.Accepted || k.Last().Reason != "" || k.Last().Source != "nav" {
		t.Errorf("%s, %+v", k.Status, k.Events)
	}
	want := []string{"/queryInvoiceData", "/tokenExchange", "/manageInvoice", "/queryTransactionStatus", "/queryTransactionStatus", "/queryTransactionStatus", "/queryTransactionStatus"}
	if !slices.Equal(service.calls, want) {
		t.Errorf("asked %v", service.calls)
	}
	if r := service.done["HU2026-000001"]; r == nil || r.kind != "CREATE" {
		t.Errorf("NAV holds %+v", r)
	}
}

func TestWhatNAVRemarksAndWhatItRejectsIsTold(t *testing.T) {
	const warning = `<businessValidationMessages><validationResultCode>WARN</validationResultCode><validationErrorCode>INCORRECT_LINE_DATA</validationErrorCode><message>look</message><pointer><line>2</line></pointer></businessValidationMessages>`
	const fault = `<technicalValidationMessages><c:validationResultCode>ERROR</c:validationResultCode><c:validationErrorCode>SCHEMA_VIOLATION</c:validationErrorCode><c:message>line 3</c:message></technicalValidationMessages>`
	for name, tt := range map[string]struct {
		messages string
		aborts   bool
		status   delivery.Status
		reason   string
	}{
		"a warning": {warning, false, delivery.Accepted, "INCORRECT_LINE_DATA: look (line 2)"},
		"a fault":   {fault + warning, true, delivery.Rejected, "SCHEMA_VIOLATION: line 3; INCORRECT_LINE_DATA: look (line 2)"},
		"no reason": {"", true, delivery.Rejected, "NAV gave no reason"},
	} {
		b, service := atNAV(t)
		service.messages, service.aborts = tt.messages, tt.aborts
		b.report(t, "CREATE", invoiceReport)
		if k := b.settle(t); k.Status != tt.status || k.Last().Reason != tt.reason {
			t.Errorf("%s: %s, %q", name, k.Status, k.Last().Reason)
		}
	}
}

// TestAProgramKilledAfterReportingReportsNothingTwice: at each point after NAV has the report, and whatever NAV has done with it meanwhile.
func TestAProgramKilledAfterReportingReportsNothingTwice(t *testing.T) {
	for name, meanwhile := range map[string]func(*bench, *navService){
		"NAV is done":     func(_ *bench, s *navService) { s.process(s.reports["30NAI0"]) },
		"NAV is not done": func(_ *bench, s *navService) {},
		"the user may not ask, and a day went by": func(b *bench, s *navService) {
			s.noQuestion = true
			b.now = b.now.AddDate(0, 0, 1)
		},
	} {
		for point, kill := range map[string]func(*bench, *navService) delivery.Kept{
			"the note is lost": func(b *bench, _ *navService) delivery.Kept {
				before := b.kept[navName]
				b.work(t)
				return before
			},
			"the answer is lost": func(b *bench, s *navService) delivery.Kept {
				s.breaks = true
				b.work(t)
				return b.kept[navName]
			},
		} {
			b, service := atNAV(t)
			b.report(t, "CREATE", invoiceReport)
			b.kept[navName] = kill(b, service)
			meanwhile(b, service)
			b.now = b.now.Add(time.Hour)
			b.work(t) // a new program
			if !service.noQuestion && len(service.reports) != 1 {
				t.Errorf("%s, %s: reported %d times", point, name, len(service.reports))
			}
			if service.noQuestion { // NAV refuses the second report itself, and only a right to ask tells that the first is ours
				service.process(service.reports["30NAI0"])
				service.noQuestion = false
			} else if r := service.reports["30NAI0"]; r.status != "DONE" {
				service.process(r)
			}
			if k := b.settle(t); k.Status != delivery.Accepted {
				t.Errorf("%s, %s: %s, %+v", point, name, k.Status, k.Events)
			}
			if r := service.done["HU2026-000001"]; r.id != "30NAI0" {
				t.Errorf("%s, %s: NAV holds %+v", point, name, r)
			}
		}
	}
}

// TestTheSecondOfTwoReportsWaitsForTheFirst: a program was killed after it reported, before midnight, and NAV was not done by the next day.
func TestTheSecondOfTwoReportsWaitsForTheFirst(t *testing.T) {
	for name, tt := range map[string]struct {
		first  bool // NAV gets done with it
		status delivery.Status
	}{"NAV gets done": {true, delivery.Accepted}, "NAV never shows the number": {false, delivery.Rejected}} {
		b, service := atNAV(t)
		b.report(t, "CREATE", invoiceReport)
		b.work(t)
		service.reports["30NAI0"].status, service.reports["30NAI0"].messages = "ABORTED", `<businessValidationMessages><validationResultCode>ERROR</validationResultCode><validationErrorCode>INVOICE_NUMBER_NOT_UNIQUE</validationErrorCode></businessValidationMessages>`
		b.now = b.kept[navName].Due
		b.work(t)
		if k := b.kept[navName]; k.Status != delivery.Handed {
			t.Fatalf("%s: %s, %+v", name, k.Status, k.Events)
		}
		if tt.first {
			service.done["HU2026-000001"] = service.reports["30NAI0"]
		}
		if k := b.settle(t); k.Status != tt.status {
			t.Errorf("%s: %s, %+v", name, k.Status, k.Events)
		}
	}
}

func TestANumberThatNAVHoldsFromElsewhereIsRefused(t *testing.T) {
	b, service := atNAV(t)
	other := strings.Replace(invoiceReport, "</InvoiceData>", "<invoiceIssueDate>2026-01-01</invoiceIssueDate></InvoiceData>", 1)
	b.report(t, "CREATE", other)
	b.settle(t)
	clear(b.kept)
	b.report(t, "CREATE", invoiceReport)
	if k := b.settle(t); k.Status != delivery.Refused || !strings.Contains(k.Last().Reason, "another report under the number HU2026-000001") || len(service.reports) != 1 {
		t.Errorf("%s, %+v", k.Status, k.Events)
	}
}

func TestACorrectionWaitsUntilNAVHoldsItsInvoice(t *testing.T) {
	const note = `<InvoiceData xmlns="http://schemas.nav.gov.hu/OSA/3.0/data"><invoiceNumber>HU2026-000002</invoiceNumber><invoiceMain><invoice><invoiceReference><originalInvoiceNumber>HU2026-000001</originalInvoiceNumber></invoiceReference></invoice></invoiceMain></InvoiceData>`
	b, service := atNAV(t)
	b.report(t, "STORNO", note)
	for range 3 {
		b.work(t)
		b.now = b.kept[navName].Due
	}
	if k := b.kept[navName]; k.Status != delivery.Waiting || len(service.reports) != 0 {
		t.Fatalf("%s, %v", k.Status, service.calls)
	}
	service.done["HU2026-000001"] = &navReport{}
	if k := b.settle(t); k.Status != delivery.Accepted || service.reports["30NAI0"].kind != "STORNO" {
		t.Errorf("%s, %+v", k.Status, k.Events)
	}
	late, overdue := atNAV(t)
	late.report(t, "MODIFY", note)
	late.now = late.now.AddDate(0, 0, 3)
	if k := late.settle(t); k.Status != delivery.Accepted {
		t.Errorf("after days NAV itself is to say what it thinks: %s, %v", k.Status, overdue.calls)
	}
}

// TestWhatIsNotTheDocumentsFaultWaits, and no log holds a key.
func TestWhatIsNotTheDocumentsFaultWaits(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil  func(*bench, *navService)
		status delivery.Status
	}{
		"NAV is away":          {func(_ *bench, s *navService) { s.garbled = 503 }, delivery.Waiting},
		"another program":      {func(_ *bench, s *navService) { s.garbled = 200 }, delivery.Waiting},
		"maintenance":          {func(_ *bench, s *navService) { s.refuses["/tokenExchange"] = "MAINTENANCE_MODE" }, delivery.Waiting},
		"an old token":         {func(_ *bench, s *navService) { s.refuses["/manageInvoice"] = "INVALID_EXCHANGE_TOKEN" }, delivery.Waiting},
		"not of the schema":    {func(_ *bench, s *navService) { s.refuses["/manageInvoice"] = "INVALID_REQUEST" }, delivery.Refused},
		"a wrong password":     {spoilt("password", "x"), delivery.Waiting},
		"a wrong signature":    {spoilt("signature", "x"), delivery.Waiting},
		"a wrong exchange key": {spoilt("exchange", "fedcba9876543210"), delivery.Waiting},
		"a file that is gone":  {func(b *bench, _ *navService) { gone(b) }, delivery.Waiting},
	} {
		b, service := atNAV(t)
		var log bytes.Buffer
		b.Log = slog.New(slog.NewJSONHandler(&log, nil))
		tt.spoil(b, service)
		b.report(t, "CREATE", invoiceReport)
		b.work(t)
		if k := b.kept[navName]; k.Status != tt.status || len(service.done) != 0 {
			t.Errorf("%s: %s, %+v", name, k.Status, k.Events)
		}
		if tt.status == delivery.Waiting && log.Len() == 0 {
			t.Errorf("%s: nobody is told", name)
		}
		for _, secret := range []string{navPassword, navSignatureKey, navExchangeKey, navToken[:36], "fedcba9876543210"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("%s: the log holds a secret: %s", name, log.String())
			}
		}
	}
}

func spoilt(file, content string) func(*bench, *navService) {
	return func(b *bench, _ *navService) {
		s := b.Carriers[delivery.NAV].(delivery.AtNAV)
		path := map[string]string{"password": s.PasswordFile, "signature": s.SignatureKeyFile, "exchange": s.ExchangeKeyFile}[file]
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			panic(err)
		}
	}
}

func gone(b *bench) {
	if err := os.Remove(b.Carriers[delivery.NAV].(delivery.AtNAV).PasswordFile); err != nil {
		panic(err)
	}
}

func TestNAVIsReachedOverTrustedTLSAlone(t *testing.T) {
	b, service := atNAV(t)
	carrier := b.Carriers[delivery.NAV].(delivery.AtNAV)
	carrier.Client = delivery.NewNAV(carrier.NAVSettings, carrier.Now).Client // does not know the stand-in's certificate
	b.Carriers[delivery.NAV] = carrier
	b.report(t, "CREATE", invoiceReport)
	b.work(t)
	if k := b.kept[navName]; k.Status != delivery.Waiting || len(service.calls) != 0 {
		t.Errorf("%s, %v", k.Status, service.calls)
	}
	if carrier.Client.CheckRedirect(&http.Request{}, nil) != http.ErrUseLastResponse {
		t.Error("a redirect is followed")
	}
}

func TestSettingsOfNAVAreCheckedWithARemedy(t *testing.T) {
	good := navSettings(t, "https://api-test.onlineszamla.nav.gov.hu")
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*delivery.NAVSettings){
		"url":                func(s *delivery.NAVSettings) { s.URL = "http://api.onlineszamla.nav.gov.hu/invoiceService/v3" },
		"password_file":      func(s *delivery.NAVSettings) { s.PasswordFile = "/nowhere" },
		"signature_key_file": func(s *delivery.NAVSettings) { s.SignatureKeyFile = "" },
		"exchange_key_file":  func(s *delivery.NAVSettings) { s.ExchangeKeyFile = s.SignatureKeyFile },
		"software.id":        func(s *delivery.NAVSettings) { s.Software.ID = "" },
		"login":              func(s *delivery.NAVSettings) { s.Login = "" },
	} {
		s := good
		change(&s)
		fs := contracts.FaultsOf(s.Check())
		if len(fs) != 1 || fs[0].Field != field || fs[0].Remedy == "" {
			t.Errorf("%s: %v", field, fs)
		}
	}
}

func TestWhoNoLongerReportsIsNotAskedAfter(t *testing.T) {
	b, service := atNAV(t)
	service.looks = 100
	b.report(t, "CREATE", invoiceReport)
	b.work(t)
	b.Carriers[delivery.NAV] = b.out
	b.now = b.kept[navName].Due
	b.work(t)
	if k := b.kept[navName]; k.Status != delivery.Handed || !k.Due.IsZero() || len(b.out.took) != 0 {
		t.Errorf("%+v", k)
	}
}

func TestWhatNeedsNoTokenIsPrepared(t *testing.T) {
	name, content, err := delivery.BesideNAV(delivery.Parcel{Name: navName, Type: "STORNO", Content: []byte(invoiceReport)})
	if err != nil || name != "hu-1-nav.operations.xml" || !strings.Contains(string(content), "<invoiceOperation>STORNO</invoiceOperation>") {
		t.Errorf("%s, %s, %v", name, content, err)
	}
}
