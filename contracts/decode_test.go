package contracts_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/contracts/sample"
)

func issued(t testing.TB) string {
	t.Helper()
	body, err := contracts.Encode(contracts.InvoiceIssued{Document: sample.Document()})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestDecodeEventBelievesNothing(t *testing.T) {
	good := issued(t)
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, tc := range []struct{ name, body, want string }{
		{"unknown member", replace(`"service"`, `"salary":1,"service"`), "unknown-member@salary"},
		{"unknown member inside", replace(`"country":"FR"`, `"country":"FR","name":"x"`), "unknown-member@buyer.name"},
		{"duplicate member", replace(`"service"`, `"seller":"FR","service"`), "duplicate-member@seller"},
		{"other case", replace(`"seller"`, `"Seller"`), "unknown-member@Seller"},
		{"bad UTF-8", replace(`"member":"c1`, "\"member\":\"\xff"), "malformed@member"},
		{"something after it", good + "{}", "malformed@"},
		{"cut short", good[:len(good)-1], "malformed@"},
		{"too deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), "too-deep@[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"},
		{"too large", `{"id":"` + strings.Repeat("a", contracts.MaxBytes) + `"}`, "too-large@"},
		{"three decimals", replace(`"1170.50"`, `"1170.505"`), "amount@tax_exclusive"},
		{"amount as a number", replace(`"1170.50"`, `1170.50`), "malformed@tax_exclusive.amount"},
		{"exponent", replace(`"1170.50"`, `"1e9"`), "amount@tax_exclusive"},
		{"unknown currency", replace(`"1170.50","currency":"EUR"`, `"1170.50","currency":"ECU"`), "currency@tax_exclusive"},
		{"two currencies", replace(`"1170.50","currency":"EUR"`, `"1170.50","currency":"SEK"`), "currency@tax"},
		{"unknown country", replace(`"seller":"BE"`, `"seller":"XX"`), "country@seller"},
		{"no date", replace(`"2026-03-31"`, `""`), "missing@issue_date"},
		{"30 February", replace(`"2026-03-31"`, `"2026-02-30"`), "date@issue_date"},
		{"null", "null", "missing@id"},
		{"a member left out", replace(`"rate":"6.5",`, ``), "missing@rate"},
		{"a member left out inside", replace(`,"contribution":{"amount":"76.08","currency":"EUR"}`, `,"contribution":{"currency":"EUR"}`), "amount@contribution"},
		{"null for a member", replace(`"rate":"6.5"`, `"rate":null`), "amount@rate"},
		{"empty", "", "malformed@"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := contracts.DecodeEvent(contracts.TypeInvoiceIssued, []byte(tc.body))
			got := codes(err)
			if len(got) == 0 || got[0] != tc.want {
				t.Errorf("got %v (%v), want %s first", got, err, tc.want)
			}
		})
	}
	if _, err := contracts.DecodeEvent(contracts.TypeInvoiceIssued, []byte(good)); err != nil {
		t.Errorf("the good one: %v", err)
	}
	_, err := contracts.DecodeEvent("coop.passerelle.invoice-issued.v9", []byte(good))
	if diff := cmp.Diff([]string{"unknown-type@type"}, codes(err)); diff != "" {
		t.Error(diff)
	}
}

// TestEventsCarryNoPersonalData lists every text that leaves a country; a new one must be looked at before it is added.
func TestEventsCarryNoPersonalData(t *testing.T) {
	inv := sample.Invoice()
	secrets := []string{inv.Number, inv.Seller.VATID, inv.Buyer.Name, inv.Buyer.VATID, inv.Buyer.Address.Town, inv.Buyer.Address.PostalCode, inv.PayTo, inv.OrderReference, inv.Lines[0].Description}
	for _, e := range sample.Events() {
		body, err := contracts.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s carries %q", e.EventType(), secret)
			}
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no examples", err)
	}
	for i, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, body)
	}
	types := contracts.EventTypes()
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		e, err := contracts.DecodeEvent(types[uint(i)%uint(len(types))], body)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%T is no fault: %v", err, err)
			}
			return
		}
		again, err := contracts.Encode(e)
		if err != nil {
			t.Fatalf("accepted but cannot be written: %v", err)
		}
		if _, err := contracts.DecodeEvent(e.EventType(), again); err != nil {
			t.Fatalf("accepted, written, refused: %v", err)
		}
	})
}
