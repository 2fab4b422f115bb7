package nationaltest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

// SaysWhatTheNormSays reads every case that the format writes: the same bytes are written again, and in the terms of the norm it is
// what an invoice of ours is.
func SaysWhatTheNormSays(t *testing.T, f Format) {
	t.Helper()
	for _, c := range example.Cases {
		inv, note := Example(t, f.Seller, c)
		b, err := f.Write(inv)
		f.same(t, string(c)+" invoice", en16931.From(inv, en16931.Plain, example.Facts()), b, err)
		b, err = f.Credit(note)
		f.same(t, string(c)+" credit note", en16931.FromCredit(note, en16931.Plain, example.Facts()), b, err)
	}
}

func (f Format) same(t *testing.T, name string, want en16931.Document, b []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	again, got, err := f.Read(b)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !bytes.Equal(b, again) {
		t.Errorf("%s is written otherwise:\n%s", name, cmp.Diff(string(b), string(again)))
	}
	if diff := cmp.Diff(terms(want), terms(got), equal); diff != "" {
		t.Errorf("%s (-norm +read):\n%s", name, diff)
	}
}

// terms are those that every format says.
func terms(d en16931.Document) map[string]any {
	lines, vat := []any{}, []any{}
	for _, l := range d.Lines {
		lines = append(lines, []any{l.ID, l.Quantity, l.Net, l.Price.Net, l.Category, l.Rate, l.Item.Name})
	}
	for _, b := range d.Breakdown {
		vat = append(vat, []any{b.Taxable, b.Amount, b.Category, b.Rate})
	}
	account := ""
	for _, m := range d.Payment.Means {
		account += m.Account.ID
	}
	return map[string]any{
		"number": d.Number, "issued": d.IssueDate.String(), "type": d.Type, "currency": d.Currency, "order": d.Order, "reference": d.BuyerReference, "account": account,
		"preceding": len(d.Preceding), "seller": d.Seller.Name, "buyer": d.Buyer.Name, "town": d.Buyer.Address.City, "country": d.Buyer.Address.Country, "period": d.Period,
		"lines": lines, "VAT": vat, "net": d.Totals.TaxExclusive, "tax": d.Totals.Tax, "gross": d.Totals.TaxInclusive, "payable": d.Totals.Payable,
	}
}

var equal = cmp.Options{cmpopts.EquateComparable(contracts.Date{}),
	cmp.Comparer(func(a, b en16931.Number) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(b.Decimal)) })}

// Fuzz reads what it is given: the answer is a document, written again the same, or a Fault.
func Fuzz(f *testing.F, read func([]byte) ([]byte, en16931.Document, error)) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden files", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		again, d, err := read(b)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		twice, same, err := read(again)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, again)
		}
		if !bytes.Equal(again, twice) || cmp.Diff(d, same, equal) != "" {
			t.Fatalf("written again it is another:\n%s\n%s", cmp.Diff(d, same, equal), cmp.Diff(string(again), string(twice)))
		}
	})
}
