package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"passerelle/adapters/format"
)

// invoiceRun runs passerelle invoice and returns what it printed.
func invoiceRun(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), append([]string{"invoice"}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func inFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryFormatIsWrittenFromTheExampleAndReadAgain(t *testing.T) {
	for _, kind := range [][]string{{"example"}, {"example", "--credit"}} {
		_, input, _ := invoiceRun(t, append(kind, "--seller", "se", "--buyer", "de")...)
		file := inFile(t, "in.json", input)
		for _, name := range format.Names() {
			if format.Seller(name) != "" {
				continue // TestNationalFormatsAreWrittenFromTheExampleOfTheirSeller
			}
			code, written, errs := invoiceRun(t, "write", "--format", name, file)
			if code != exitGood || written == "" {
				t.Errorf("%s of %s: exit %d: %s", name, kind, code, errs)
				continue
			}
			code, shown, errs := invoiceRun(t, "read", inFile(t, "out.xml", written))
			if code != exitGood || !strings.Contains(shown, "omvänd betalningsskyldighet") && !strings.Contains(shown, "Reverse charge") {
				t.Errorf("%s of %s: exit %d: %s%s", name, kind, code, shown, errs)
			}
		}
	}
}

func TestPaperIsReadAgain(t *testing.T) {
	_, input, _ := invoiceRun(t, "example", "--seller", "fr", "--buyer", "de")
	file := inFile(t, "in.json", input)
	for name, inside := range map[string]string{"facturx": "(urn:cen.eu:en16931:2017)", "pdf": "poacc:billing:3.0)"} {
		code, written, errs := invoiceRun(t, "write", "--format", name, file)
		if code != exitGood || !strings.HasPrefix(written, "%PDF-1.7") {
			t.Fatalf("%s: exit %d: %s", name, code, errs)
		}
		code, shown, errs := invoiceRun(t, "read", inFile(t, "out.pdf", written))
		if first, _, _ := strings.Cut(shown, "\n"); code != exitGood || !strings.Contains(first, "FR2026-000123") || !strings.HasSuffix(first, inside) {
			t.Errorf("%s: exit %d: %s%s", name, code, first, errs)
		}
	}
}

func TestADocumentReadAsJSONIsWrittenAgain(t *testing.T) {
	_, input, _ := invoiceRun(t, "example", "--case", "domestic")
	_, first, _ := invoiceRun(t, "write", "--format", "peppol", inFile(t, "in.json", input))
	_, document, _ := invoiceRun(t, "read", "--json", inFile(t, "a.xml", first))
	code, second, errs := invoiceRun(t, "write", "--format", "peppol", inFile(t, "doc.json", document))
	zeros := strings.NewReplacer(".00<", "<", ".50<", ".5<", ".20<", ".2<", ".10<", ".1<")
	if code != exitGood || zeros.Replace(first) != zeros.Replace(second) {
		t.Errorf("exit %d: %s\n%s", code, errs, second)
	}
}

func TestInvoiceCommandsSayWhatIsWrong(t *testing.T) {
	_, input, _ := invoiceRun(t, "example")
	good := inFile(t, "in.json", input)
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"more than the norm": {[]string{"read", "adapters/format/testdata/published/10-reverse-charge-DE-LU-peppol.ubl.xml"}, exitFinding, "/Invoice/cac:Delivery/cac:DeliveryParty/cac:Contact/cbc:Name"},
		"no XML":             {[]string{"read", good}, exitFinding, "neither XML nor a PDF"},
		"no invoice":         {[]string{"read", inFile(t, "x.xml", "<a/>")}, exitFinding, "no e-invoice that is read here"},
		"no file":            {[]string{"read", "nowhere.xml"}, exitFailed, "nowhere.xml"},
		"no format":          {[]string{"write", "--format", "word", good}, exitFailed, "facturx"},
		"no JSON":            {[]string{"write", "--format", "peppol", inFile(t, "x.json", "<a/>")}, exitFinding, "not JSON"},
		"nothing to write":   {[]string{"write", "--format", "peppol", inFile(t, "y.json", "{}")}, exitFinding, "invoice example"},
		"another case":       {[]string{"example", "--case", "domestic", "--buyer", "fr"}, exitFailed, "no case of domestic"},
		"no such seller":     {[]string{"example", "--seller", "us"}, exitFailed, "no adapter"},
	} {
		code, _, errs := invoiceRun(t, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d, want %d: %s", name, code, c.code, errs)
		}
	}
}

func TestAnInvoiceIsPrintedWithTheEInvoiceInside(t *testing.T) {
	for _, kind := range [][]string{{"example"}, {"example", "--credit"}} {
		_, input, _ := invoiceRun(t, kind...)
		code, out, errs := invoiceRun(t, "write", "--format", "pdf", inFile(t, "in.json", input))
		if code != exitGood || !strings.HasPrefix(out, "%PDF-") || !strings.Contains(out, "EmbeddedFile") {
			t.Errorf("%v: exit %d: %s", kind, code, errs)
		}
	}
	_, input, _ := invoiceRun(t, "example", "--seller", "de", "--buyer", "de", "--case", "domestic")
	_, paper, _ := invoiceRun(t, "write", "--format", "facturx", inFile(t, "de.json", input))
	if _, inside, _ := invoiceRun(t, "read", "--json", inFile(t, "de.pdf", paper)); !strings.Contains(inside, `"remittance": "RF58DE2026000123"`) {
		t.Errorf("inside is another reference than on the paper: %s", inside)
	}
	if code, _, errs := invoiceRun(t, "write", "--format", "pdf", inFile(t, "in.json", `{"document":{"number":"1"}}`)); code == exitGood || errs == "" {
		t.Error("a document without an invoice is printed")
	}
}

func TestNationalFormatsAreWrittenFromTheExampleOfTheirSeller(t *testing.T) {
	for name, root := range map[string]string{"fatturapa": "<p:FatturaElettronica ", "facturae": "<fe:Facturae ", "ebinterface": "<Invoice ", "nav": "<InvoiceData "} {
		home := strings.ToLower(string(format.Seller(name)))
		for kind, buyer := range map[string]string{"domestic": home, "reverse-charge": "de", "consumer": "lu", "third-country": "us", "exempt": home} {
			for _, credit := range []string{"--credit=false", "--credit"} {
				_, input, _ := invoiceRun(t, "example", "--seller", home, "--buyer", buyer, "--case", kind, credit)
				code, written, errs := invoiceRun(t, "write", "--format", name, inFile(t, "in.json", input))
				if code != exitGood || !strings.Contains(written, root) {
					t.Errorf("%s, %s %s: exit %d: %s", name, kind, credit, code, errs)
				}
			}
		}
	}
}

func TestAFatturaPAIsReadIntoTheTermsOfTheNorm(t *testing.T) {
	_, input, _ := invoiceRun(t, "example", "--seller", "it", "--buyer", "de")
	_, written, _ := invoiceRun(t, "write", "--format", "fatturapa", inFile(t, "in.json", input))
	code, shown, errs := invoiceRun(t, "read", inFile(t, "out.xml", written))
	if code != exitGood || !strings.Contains(shown, "N2.1 inversione contabile") {
		t.Errorf("exit %d: %s%s", code, shown, errs)
	}
}

func TestANationalFormatOfAnotherCountryIsRefusedForThatAlone(t *testing.T) {
	_, input, _ := invoiceRun(t, "example", "--seller", "be", "--buyer", "fr")
	code, _, errs := invoiceRun(t, "write", "--format", "nav", inFile(t, "in.json", input))
	if want := "invoice.seller.address.country: NAV is for sellers in HU"; code != exitFinding || !strings.Contains(errs, want) || strings.Contains(errs, "nav.") {
		t.Errorf("exit %d, want %q:\n%s", code, want, errs)
	}
}
