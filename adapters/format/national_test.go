package format_test

import (
	"strings"
	"testing"

	"passerelle/adapters/format"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

func TestNationalFactsAreReadFromJSON(t *testing.T) {
	inv, err := example.Invoice("IT", "IT", example.Domestic)
	if err != nil {
		t.Fatal(err)
	}
	given := format.Input{Invoice: &inv, Facts: example.Facts()}
	given.Illustrate()
	given.Sold("IT10182640150")
	b, err := contracts.Encode(given)
	if err != nil {
		t.Fatal(err)
	}
	in, err := format.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	in.Invoice.Seller.VATID = ""
	written, err := format.Write("fatturapa", in)
	for _, want := range []string{"<IdCodice>10182640150</IdCodice>", "<CodiceDestinatario>ABC1234</CodiceDestinatario>", "<CapitaleSociale>25000.00</CapitaleSociale>", "<Telefono>+3220000000</Telefono>"} {
		if err != nil || !strings.Contains(string(written), want) {
			t.Errorf("%s is missing: %v\n%s", want, err, written)
		}
	}
}

func TestFaultsOfNationalFormatsSayWhereInTheInput(t *testing.T) {
	note, err := example.CreditNote("HU", "AT", example.ReverseCharge)
	if err != nil {
		t.Fatal(err)
	}
	note.Buyer.Name = ""
	_, err = format.Write("nav", format.Input{CreditNote: &note, Facts: example.Facts()})
	for _, field := range []string{"credit_note.buyer.name", "nav.exchange_rate"} {
		if _, ok := faultAt(err, field); !ok {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

func TestADocumentOfTheNormIsNoNationalInput(t *testing.T) {
	in := format.Input{Facts: example.Facts()}
	for _, name := range format.Names() {
		if format.Seller(name) == "" {
			continue
		}
		if _, err := format.Write(name, in); !contracts.IsFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFileOfSeveralDocumentsIsRefused(t *testing.T) {
	inv, err := example.Invoice("IT", "DE", example.ReverseCharge)
	if err != nil {
		t.Fatal(err)
	}
	b, err := format.Write("fatturapa", format.Input{Invoice: &inv, Facts: example.Facts()})
	if err != nil {
		t.Fatal(err)
	}
	one := string(b)
	start, end := strings.Index(one, "  <FatturaElettronicaBody>"), strings.Index(one, "</p:FatturaElettronica>")
	_, err = format.Read([]byte(one[:end] + one[start:end] + one[end:]))
	if f, ok := faultAt(err, "/FatturaElettronica"); !ok || f.Code != format.FaultSeveral || format.Usable(err) {
		t.Errorf("got %v", err)
	}
}

func faultAt(err error, field string) (contracts.Fault, bool) {
	for _, f := range contracts.FaultsOf(err) {
		if f.Field == field {
			return f, true
		}
	}
	return contracts.Fault{}, false
}
