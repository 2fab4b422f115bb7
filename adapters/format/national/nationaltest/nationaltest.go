// Package nationaltest is the suite every national format passes: one golden file for each way a sale is taxed, as invoice and
// as credit note.
package nationaltest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// buyers are where the client of each case sits: home is the seller's own country.
var buyers = map[example.Case]contracts.CountryCode{example.ReverseCharge: "DE", example.Consumer: "LU", example.ThirdCountry: "CH"}

// Format is a national format: how it writes the two kinds of document.
type Format struct {
	Seller contracts.CountryCode
	Write  func(contracts.Invoice) ([]byte, error)
	Credit func(contracts.CreditNote) ([]byte, error)
	Read   func([]byte) (again []byte, _ en16931.Document, err error) // what is read, written again and said in the terms of the norm; nil where nothing reads
}

// Golden writes every case and holds it against testdata/<case>-<kind>.xml.
func Golden(t *testing.T, f Format) {
	t.Helper()
	for _, c := range example.Cases {
		t.Run(string(c), func(t *testing.T) {
			inv, note := Example(t, f.Seller, c)
			b, err := f.Write(inv)
			hold(t, string(c)+"-invoice.xml", b, err)
			b, err = f.Credit(note)
			hold(t, string(c)+"-credit-note.xml", b, err)
		})
	}
}

// Example is the invoice of a case and the credit note that takes it back.
func Example(t *testing.T, seller contracts.CountryCode, c example.Case) (contracts.Invoice, contracts.CreditNote) {
	t.Helper()
	buyer := buyers[c]
	switch {
	case buyer == "":
		buyer = seller
	case buyer == seller:
		buyer = "NL"
	}
	inv, err := example.Invoice(seller, buyer, c)
	if err != nil {
		t.Fatal(err)
	}
	note, err := example.CreditNote(seller, buyer, c)
	if err != nil {
		t.Fatal(err)
	}
	return inv, note
}

func hold(t *testing.T, name string, got []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), after a change that is meant run the test with -update:\n%s", name, diff)
	}
}

// Fault finds the fault of a field.
func Fault(err error, field string) (contracts.Fault, bool) {
	for _, f := range contracts.FaultsOf(err) {
		if f.Field == field {
			return f, true
		}
	}
	return contracts.Fault{}, false
}
