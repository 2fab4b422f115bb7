package sdi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/adapters/format/sdi"
	"passerelle/contracts"
)

const sender = "IT00743110157"

func TestAFileIsNamedAsSdIAsks(t *testing.T) {
	for n, want := range map[int64]string{1: "00001", 35: "0000Z", 36: "00010", 36 * 36 * 36 * 36 * 10: "A0000", sdi.MostFiles: "ZZZZZ"} {
		if got, err := sdi.FileName(sender, n); err != nil || got != sender+"_"+want+".xml" {
			t.Errorf("%d: %s, %v", n, got, err)
		}
	}
	for name, c := range map[string]struct {
		sender string
		n      int64
	}{"none left": {sender, sdi.MostFiles + 1}, "before the first": {sender, 0}, "no sender": {"", 1}, "an Italian number that is too short": {"IT123", 1}, "a path": {"IT/../../etc/pass", 1}, "letters outside": {"ITÀÀÀÀÀÀÀÀÀÀÀ", 1}} {
		if got, err := sdi.FileName(c.sender, c.n); !contracts.IsFault(err) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestNoTwoFilesOfASenderHaveTheSameName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.Int64Range(1, sdi.MostFiles)
		a, b := of.Draw(t, "one"), of.Draw(t, "other")
		first, errA := sdi.FileName(sender, a)
		second, errB := sdi.FileName(sender, b)
		if errA != nil || errB != nil || (a == b) != strings.EqualFold(first, second) {
			t.Fatalf("%d is %s (%v), %d is %s (%v)", a, first, errA, b, second, errB)
		}
		if back, err := sdi.ParseProgressive(strings.TrimSuffix(first[len(sender)+1:], ".xml")); err != nil || back != a {
			t.Fatalf("%s is read as %d, %v", first, back, err)
		}
	})
	if n, err := sdi.ParseProgressive("A1"); n != 361 || err != nil {
		t.Errorf("A1 is %d, %v", n, err)
	}
	for _, s := range []string{"", "a0000", "A00000", "A 1", "-1"} {
		if _, err := sdi.ParseProgressive(s); !contracts.IsFault(err) {
			t.Errorf("%q numbers a file", s)
		}
	}
}

func TestWhatIsSignedOrPackedKeepsItsStem(t *testing.T) {
	for _, file := range []string{"IT00743110157_0000A.xml", "IT00743110157_0000A.xml.p7m", "IT00743110157_0000A.zip", "IT00743110157_0000A"} {
		if got := sdi.Stem(file); got != "IT00743110157_0000A" {
			t.Errorf("%s: %s", file, got)
		}
	}
}

func TestARequestIsTheEnvelopeOfTheService(t *testing.T) {
	want := sdi.File{Name: "IT00743110157_0000A.xml", Content: []byte("<FatturaElettronica/>")}
	b, err := sdi.Request(want)
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile(filepath.Join("testdata", "request.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), string(b)); diff != "" {
		t.Error(diff)
	}
	if got, err := sdi.ReadRequest(b); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, f := range map[string]sdi.File{"another name": {Name: "invoice.xml", Content: want.Content}, "empty": {Name: want.Name}} {
		if _, err := sdi.Request(f); !contracts.IsFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func answer(inside string) string {
	return `<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>` + inside + `</S:Body></S:Envelope>`
}

func taken(inside string) string {
	return answer(`<t:rispostaSdIRiceviFile xmlns:t="http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types"><IdentificativoSdI>111</IdentificativoSdI><DataOraRicezione>2026-03-31T08:00:00.000+02:00</DataOraRicezione>` + inside + `</t:rispostaSdIRiceviFile>`)
}

func TestAnAnswerSaysWhetherSdIHasTheFile(t *testing.T) {
	parts := "--x\r\nContent-Type: application/xop+xml\r\n\r\n" + taken("") + "\r\n--x--\r\n"
	for kind, body := range map[string]string{"text/xml": taken(""), `multipart/related; boundary="x"; type="application/xop+xml"`: parts, "text/xml;": taken("<New>1</New>")} {
		got, err := sdi.ReadAnswer(kind, []byte(body))
		if want := (sdi.Taken{Number: "111", At: "2026-03-31T08:00:00.000+02:00"}); err != nil || got != want {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
	for body, code := range map[string]contracts.FaultCode{
		taken("<Errore>EI01</Errore>"): sdi.FaultEmpty, taken("<Errore>EI02</Errore>"): sdi.FaultUnavailable, taken("<Errore>EI03</Errore>"): sdi.FaultUnknownUser, taken("<Errore>EI99</Errore>"): sdi.FaultAnswer,
		answer("<S:Fault><faultcode>S:Server</faultcode><faultstring>Internal Error</faultstring></S:Fault>"): sdi.FaultUnavailable,
		answer(""): sdi.FaultAnswer, "<html><body>Welcome</body></html>": sdi.FaultAnswer, strings.Replace(taken(""), ">111<", ">one<", 1): sdi.FaultAnswer,
		"": contracts.FaultMalformed, `<!DOCTYPE x>` + taken(""): contracts.FaultMalformed,
	} {
		_, err := sdi.ReadAnswer("text/xml", []byte(body))
		if fs := contracts.FaultsOf(err); len(fs) != 1 || fs[0].Code != code {
			t.Errorf("%s: %v, want %s", body, err, code)
		}
	}
	if _, err := sdi.ReadAnswer("multipart/related; boundary=y", []byte(parts)); !contracts.IsFault(err) {
		t.Errorf("parts of another boundary: %v", err)
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("text/xml", []byte(taken("")))
	f.Add("multipart/related; boundary=x", []byte("--x\r\n\r\n"+taken("<Errore>EI01</Errore>")+"\r\n--x--"))
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		got, err := sdi.ReadAnswer(kind, b)
		if err == nil && got.Number == "" || err != nil && !contracts.IsFault(err) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// sample reads a notification, made after the schemas for these tests.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatSdITells(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	for name, want := range map[string]struct {
		kind    sdi.Kind
		hash    string
		verdict sdi.Verdict
		says    string
	}{
		"b2b_RC": {sdi.Delivered, hash, sdi.Issued, ""},
		"b2b_NS": {sdi.Discarded, hash, sdi.Refused, "00311 1.1.4 CodiceDestinatario non valido (Verificare il codice); 00403 2.1.1.3 Data successiva alla data di ricezione (Verificare la data)"},
		"b2b_MC": {sdi.Undelivered, hash, sdi.Issued, sdi.SaysInArea},
		"pa_RC":  {sdi.Delivered, "", sdi.Issued, ""},
		"pa_NS":  {sdi.Discarded, "", sdi.Nothing, sdi.SaysTwice},
		"pa_MC":  {sdi.Undelivered, "", sdi.Nothing, sdi.SaysTrying},
		"pa_NE":  {sdi.Outcome, "", sdi.Refused, "EC02: Ordine errato"},
		"pa_DT":  {sdi.Expired, "", sdi.Issued, sdi.SaysExpired},
		"pa_AT":  {sdi.Attested, hash, sdi.Issued, sdi.SaysAttested},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := sdi.Read(sample(t, name))
			if err != nil {
				t.Fatal(err)
			}
			verdict, says := n.Verdict()
			if n.Kind != want.kind || n.Hash != want.hash || n.Number != "111" || n.File != "IT00743110157_0000A.xml" || n.Authority != strings.HasPrefix(name, "pa") {
				t.Errorf("%+v", n)
			}
			if verdict != want.verdict || says != want.says {
				t.Errorf("%d %q, want %d %q", verdict, says, want.verdict, want.says)
			}
		})
	}
	n, err := sdi.Read([]byte(strings.Replace(string(sample(t, "pa_NE")), "EC02", "EC01", 1)))
	if verdict, says := n.Verdict(); err != nil || verdict != sdi.Issued || says != sdi.SaysAuthority {
		t.Errorf("%d %q, %v", verdict, says, err)
	}
}

func TestOnlyTheSameAgainIsDiscardedWithoutAConsequence(t *testing.T) {
	for codes, want := range map[string]sdi.Verdict{"00002": sdi.Nothing, "00404": sdi.Nothing, "00002 00404": sdi.Nothing, "00002 00311": sdi.Refused, "00001": sdi.Refused} {
		n := sdi.Notification{Kind: sdi.Discarded}
		for _, c := range strings.Fields(codes) {
			n.Errors = append(n.Errors, sdi.Error{Code: c})
		}
		if got, _ := n.Verdict(); got != want {
			t.Errorf("%s: %d", codes, got)
		}
	}
}

func TestWhatIsNoNotificationIsRefused(t *testing.T) {
	rc := string(sample(t, "b2b_RC"))
	for name, document := range map[string]string{
		"an invoice":            `<FatturaElettronica xmlns="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"/>`,
		"another namespace":     strings.Replace(rc, "messaggi/v1.0", "messaggi/v9.0", 1),
		"metadata for a buyer":  strings.ReplaceAll(rc, "RicevutaConsegna", "FileMetadati"),
		"no number":             strings.Replace(rc, ">111<", "><", 1),
		"no file":               strings.Replace(rc, "IT00743110157_0000A.xml", "", 1),
		"a path":                strings.Replace(rc, "IT00743110157_0000A.xml", "../IT00743110157_0000A.xml", 1),
		"two files":             strings.Replace(rc, "<NomeFile>", "<NomeFile>IT00743110157_0000B.xml</NomeFile><NomeFile>", 1),
		"DTD":                   strings.Replace(rc, "<types:", `<!DOCTYPE x [<!ENTITY a "b">]><types:`, 1),
		"no reason":             strings.Replace(string(sample(t, "b2b_NS")), "Errore>", "Other>", -1),
		"an outcome of its own": strings.Replace(string(sample(t, "pa_NE")), "EC02", "EC03", 1),
		"nothing":               "",
	} {
		if n, err := sdi.Read([]byte(document)); !contracts.IsFault(err) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
	}
	if n, err := sdi.Read([]byte(strings.Replace(rc, "<MessageId>", "<Nuovo>x</Nuovo><MessageId>", 1))); err != nil || n.Message != "123456" {
		t.Errorf("what SdI adds one day stops it: %+v, %v", n, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"b2b_RC", "b2b_NS", "b2b_MC", "pa_RC", "pa_NS", "pa_MC", "pa_NE", "pa_DT", "pa_AT"} {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := sdi.Read(b)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Errorf("%v", err)
			}
			return
		}
		verdict, says := n.Verdict()
		if n.Number == "" || strings.ContainsAny(n.File, "/\\ ") || verdict == sdi.Refused && says == "" {
			t.Errorf("%+v says %d %q", n, verdict, says)
		}
	})
}
