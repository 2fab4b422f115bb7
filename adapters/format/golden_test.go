package format_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters"
	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/rules"
	"passerelle/contracts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// documents are the syntaxes of EN 16931 that an example goes out in: what its buyer can receive. Formats of one country have
// golden files of their own.
func documents(seller contracts.CountryCode, c example.Case) []string {
	names := []string{"peppol"}
	switch {
	case c == example.Consumer || c == example.ThirdCountry:
		names = []string{"en16931"} // Peppol reaches neither
	case c != example.ReverseCharge && seller == "DE":
		names = []string{"xrechnung", "xrechnung-cii"}
	case c != example.ReverseCharge && seller == "NL":
		names = []string{"nlcius"}
	}
	if seller == "DE" || seller == "FR" || seller == "AT" { // where the XML travels inside a PDF
		names = append(names, "cii")
	}
	return names
}

// buyerOf is where the buyer of a case sits.
func buyerOf(seller contracts.CountryCode, c example.Case) contracts.CountryCode {
	switch c {
	case example.ReverseCharge:
		if seller == "DE" {
			return "FR"
		}
		return "DE"
	case example.Consumer:
		return "LU"
	case example.ThirdCountry:
		return "US"
	}
	return seller
}

func TestDocumentsOfEverySellerAndCase(t *testing.T) {
	for _, a := range adapters.All() {
		for _, c := range example.Cases {
			buyer := buyerOf(a.Code, c)
			inv, err := example.Invoice(a.Code, buyer, c)
			if err != nil {
				t.Fatal(err)
			}
			note, err := example.CreditNote(a.Code, buyer, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range documents(a.Code, c) {
				file := string(a.Code) + "-" + string(c) + "-" + name
				hold(t, file+"-invoice.xml", name, format.Input{Invoice: &inv, Facts: example.Facts()})
				hold(t, file+"-credit-note.xml", name, format.Input{CreditNote: &note, Facts: example.Facts()})
			}
		}
	}
}

// hold writes the input and holds it against its golden file, and reads it again.
func hold(t *testing.T, file, name string, in format.Input) {
	t.Helper()
	got, err := format.Write(name, in)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	d, err := format.Read(got)
	if err != nil {
		t.Errorf("%s cannot be read: %v", file, err)
	}
	if err := rules.CheckIssued(d); err != nil {
		t.Errorf("%s would be refused: %v", file, err)
	}
	path := filepath.Join("testdata", "golden", file)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(golden(t, file)), string(got)); diff != "" {
		t.Errorf("%s (-want +got), or go test ./adapters/format -update:\n%s", file, diff)
	}
}

func TestInputsAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		code  contracts.FaultCode
	}{
		"nothing":        {`{}`, contracts.FaultMissing},
		"two":            {`{"document": {}, "invoice": {"lines": []}}`, contracts.FaultMissing},
		"unknown member": {`{"document": {"numer": "1"}}`, contracts.FaultUnknownMember},
		"twice":          {`{"document": {}, "document": {}}`, contracts.FaultDuplicateMember},
		"no line":        {`{"invoice": {"currency": "EUR", "lines": []}}`, contracts.FaultMissing},
		"no JSON":        {`<Invoice/>`, contracts.FaultMalformed},
	} {
		_, err := format.Decode([]byte(c.input))
		if fs := contracts.FaultsOf(err); len(fs) == 0 || fs[0].Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestAnInvoiceWithoutTotalsIsAddedUp(t *testing.T) {
	in, err := format.Decode([]byte(`{"invoice": {"currency": "EUR", "lines": [{"description": "a", "service": "general", "quantity": "3", "price": "0.335",
		"tax": {"category": "S", "rate": "21"}}]}}`))
	if err != nil || in.Invoice.Totals.Payable.String() != "1.22 EUR" {
		t.Errorf("%v, %+v", err, in.Invoice)
	}
}

func TestTotalsThatAreNotThoseOfTheLinesAreRefused(t *testing.T) {
	inv, err := example.Invoice("BE", "BE", example.Domestic)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*contracts.Invoice){
		"nothing": func(*contracts.Invoice) {},
		"a cent more": func(i *contracts.Invoice) {
			i.Totals.Payable.Amount = i.Totals.Payable.Amount.Add(contracts.MustDecimal("0.01").Decimal)
		},
		"another currency": func(i *contracts.Invoice) { i.Totals.Tax.Currency = "USD" },
		"a line's net":     func(i *contracts.Invoice) { i.Lines[0].Net = contracts.MustMoney("1", "EUR") },
	} {
		changed := inv
		changed.Lines = slices.Clone(inv.Lines)
		change(&changed)
		b, err := contracts.Encode(format.Input{Invoice: &changed})
		if err != nil {
			t.Fatal(err)
		}
		_, err = format.Decode(b)
		if fs := contracts.FaultsOf(err); name == "nothing" && err != nil || name != "nothing" && (len(fs) != 1 || fs[0].Field != "invoice.totals") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADocumentIsWrittenForAnotherTarget(t *testing.T) {
	d, err := format.Read(golden(t, "DE-domestic-xrechnung-invoice.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"peppol": en16931.Peppol.Specification, "cii": en16931.XRechnung.Specification, "en16931": en16931.XRechnung.Specification} {
		b, err := format.Write(name, format.Input{Document: &d})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := format.Read(b); err != nil || got.Specification != want {
			t.Errorf("%s: %v, follows %s", name, err, got.Specification)
		}
	}
}

func TestADocumentWithAFileInsideComesBack(t *testing.T) {
	d := en16931.Document{Number: "1", Currency: "EUR", Attachments: []en16931.SupportingDocument{{Reference: "a", MediaType: "application/pdf", Content: bytes.Repeat([]byte("a"), 1<<20)}}}
	in, err := contracts.Encode(format.Input{Document: &d})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := format.Decode(in); err != nil || !bytes.Equal(got.Document.Attachments[0].Content, d.Attachments[0].Content) {
		t.Error(err)
	}
}

func golden(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFaultsThatLeaveADocumentUsable(t *testing.T) {
	good := string(golden(t, "BE-domestic-peppol-invoice.xml"))
	for name, c := range map[string]struct {
		from, to string
		usable   bool
	}{
		"nothing":       {"", "", true},
		"beyond":        {"<cbc:IssueDate>", "<cbc:UUID>1</cbc:UUID><cbc:IssueDate>", true},
		"order":         {"<cbc:ID>BE2026-000123</cbc:ID>\n  <cbc:IssueDate>2026-03-31</cbc:IssueDate>", "<cbc:IssueDate>2026-03-31</cbc:IssueDate>\n  <cbc:ID>BE2026-000123</cbc:ID>", true},
		"twice":         {"<cbc:IssueDate>", "<cbc:ID>2</cbc:ID><cbc:IssueDate>", false},
		"no date":       {"<cbc:IssueDate>2026-03-31", "<cbc:IssueDate>soon", false},
		"another money": {`<cbc:PayableAmount currencyID="EUR">`, `<cbc:PayableAmount currencyID="USD">`, false},
		"no invoice":    {"Invoice", "Order", false},
	} {
		document := strings.ReplaceAll(good, c.from, c.to)
		if c.from == "" {
			document = good
		} else if document == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := format.Read([]byte(document))
		if format.Usable(err) != c.usable || (err == nil) != (c.from == "") {
			t.Errorf("%s: usable %v: %v", name, !c.usable, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"document": {"number": "1", "totals": {"payable": "1.00"}}}`))
	f.Add([]byte(`{"invoice": {"currency": "EUR", "lines": []}, "facts": {"terms": "a"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := format.Decode(b)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		for _, name := range []string{"peppol", "cii"} {
			written, err := format.Write(name, in)
			if err != nil {
				if !contracts.IsFault(err) {
					t.Fatalf("%v is no fault", err)
				}
				continue
			}
			if _, err := format.Read(written); err != nil && in.Document == nil {
				t.Fatalf("%s cannot be read: %v\n%s", name, err, written)
			}
		}
	})
}
