package main

import (
	"os"
	"strings"
	"testing"
)

func TestCheckNamesTheRulesThatABrokenInvoiceBreaks(t *testing.T) {
	good := "adapters/format/testdata/published/01-multi-vat-allowances-prepaid.ubl.xml"
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	broken := inFile(t, "broken.xml", strings.Replace(string(b), `</cbc:TaxExclusiveAmount>`, `1</cbc:TaxExclusiveAmount>`, 1))
	_, input, _ := invoiceRun(t, "example", "--seller", "de", "--buyer", "de", "--case", "domestic")
	unreferenced := strings.Replace(input, `"buyer_reference"`, `"performed_in": "DE", "order_reference"`, 1)
	unreferenced = strings.Replace(unreferenced, `"order_reference": "PO-7",`, "", 1)
	_, italian, _ := invoiceRun(t, "example", "--seller", "it", "--buyer", "de")
	_, fattura, _ := invoiceRun(t, "write", "--format", "fatturapa", inFile(t, "it.json", italian))
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a good document":     {[]string{good}, exitGood, "0 faults by its schema and the rules of EN 16931"},
		"a wrong total":       {[]string{broken}, exitFinding, "BR-CO-13  totals.tax_exclusive: "},
		"as JSON":             {[]string{"--json", broken}, exitFinding, `"code": "BR-CO-13"`},
		"an input":            {[]string{"--format", "xrechnung", inFile(t, "in.json", input)}, exitGood, "EN 16931, XRechnung 3, Passerelle"},
		"without a reference": {[]string{"--format", "xrechnung", inFile(t, "un.json", unreferenced)}, exitFinding, "BR-DE-15"},
		"signed FatturaPA":    {[]string{"adapters/format/p7m/testdata/der.xml.p7m"}, exitGood, "0 faults"},
		"an Italian input":    {[]string{"--format", "fatturapa", inFile(t, "it.json", italian)}, exitGood, "0 faults by its schema"},
		"of another seller":   {[]string{"--format", "fatturapa", "--json", inFile(t, "de.json", input)}, exitFinding, `"field": "invoice.seller.address.country"`},
		"FatturaPA":           {[]string{inFile(t, "it.xml", fattura)}, exitGood, "0 faults"},
	} {
		code, out, errs := invoiceRun(t, append([]string{"check"}, c.args...)...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit %d, want %d: %s%s", name, code, c.code, out, errs)
		}
	}
	if code, _, errs := invoiceRun(t, "check", inFile(t, "x.xml", "<a/>")); code != exitFinding {
		t.Errorf("no invoice: exit %d: %s", code, errs)
	}
	if code, _, errs := invoiceRun(t, "check", "--format", "word", good); code != exitFailed || !strings.Contains(errs, "xrechnung-cii") {
		t.Errorf("no format: exit %d: %s", code, errs)
	}
}
