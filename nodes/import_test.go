package nodes_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/nodes/outbound"
)

// pastInvoices writes a file in the documented columns.
func pastInvoices(t *testing.T, rows ...map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(cell func(c outbound.Column) string) {
		cells := make([]string, len(outbound.Columns))
		for i, c := range outbound.Columns {
			cells[i] = cell(c)
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	write(func(c outbound.Column) string { return c.Name })
	for _, r := range rows {
		write(func(c outbound.Column) string { return r[c.Name] })
	}
	w.Flush()
	return b.Bytes()
}

func line(number string, changes ...string) map[string]string {
	r := map[string]string{"number": number, "issue_date": "2023-05-10", "member": "M7", "member_name": "Member seven", "activity": "A7", "buyer_name": "Buyer", "buyer_country": "FR",
		"buyer_kind": "business", "buyer_vat_id": "FR40303265045", "description": "Translation", "net": "250.00", "vat_category": "AE", "currency": "EUR", "paid_on": "2023-06-01"}
	for i := 0; i < len(changes); i += 2 {
		r[changes[i]] = changes[i+1]
	}
	return r
}

func TestImportOfPastInvoices(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		file := pastInvoices(t, line("2023/1"), line("2023/2", "buyer_country", "BE", "buyer_vat_id", "", "vat_category", "S", "vat_rate", "21", "vat", "52.50", "paid_on", ""),
			line("2023/3", "credits", "2023/2", "net", "100.00", "vat_category", "S", "vat_rate", "21", "vat", "21.00", "paid_on", ""))
		before := n.rows()
		rehearsal, err := n.Outbound.Import(t.Context(), file, true, nil)
		if err != nil || rehearsal.New != 3 || rehearsal.Members != 1 || n.rows() != before {
			t.Fatalf("dry run: %+v, %v, %s", rehearsal, err, n.rows())
		}
		var told []int
		result, err := n.Outbound.Import(t.Context(), file, false, func(done, total int) { told = append(told, done, total) })
		if err != nil || result.New != 3 || fmt.Sprint(result.Totals) != "[400.00 EUR]" || !cmp.Equal(told, []int{3, 3}) {
			t.Fatalf("%+v, told %v, %v", result, told, err)
		}
		want := map[string]string{"trade_receivables": "181.50", "bank": "250.00", "revenue": "-400.00", "vat_payable": "-31.50", "contribution_charge": "26.00", "contribution_income": "-23.39", "guarantee_fund": "-2.61"}
		if diff := cmp.Diff(want, n.trial()); diff != "" {
			t.Error(diff)
		}
		after := n.rows()
		again, err := n.Outbound.Import(t.Context(), file, false, nil)
		if err != nil || again.Already != 3 || again.New != 0 || n.rows() != after {
			t.Errorf("imported again: %+v, %v, %s", again, err, n.rows())
		}
		if diff := cmp.Diff([]string{"invoice-issued", "invoice-paid", "invoice-issued", "credit-note-issued"}, n.events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFileWithFaultsChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.issue(n.draft())
		before := n.rows()
		result, err := n.Outbound.Import(t.Context(), pastInvoices(t, line("1"), line("2", "net", "12.345"), line("3", "buyer_vat_id", "FR84323140391"), line("4", "issue_date", "1990-01-01", "paid_on", ""),
			line("BE2026-000001"), line("6", "currency", "SEK"), line("7", "buyer_country", "XX"), line("1", "net", "1.00"), line("8", "credits", "none", "paid_on", ""), line("9", "member_name", "", "member", "M9"), line("10")), false, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"amount@line 3.net", "vat-id@line 4.buyer_vat_id", "no-rate@line 5.supply_date", "duplicate@line 6.number", "currency@line 7.currency", "country@line 8.buyer_country",
			"duplicate@line 9.number", "unknown@line 10.credits", "missing@line 11.member_name"}
		if diff := cmp.Diff(want, codes(result.Faults)); diff != "" {
			t.Error(diff)
		}
		if after := n.rows(); after != before || result.Broken != 9 {
			t.Errorf("%d broken\nbefore: %s\nafter:  %s", result.Broken, before, after)
		}
		for name, file := range map[string]string{"a broken line in the middle": string(pastInvoices(t, line("1"))) + "a,b\n" + "c,d\n", "no header": "1,2,3\n", "empty": "", "not UTF-8": "number\xff\n"} {
			_, err := n.Outbound.Import(t.Context(), []byte(file), false, nil)
			if !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Remedy == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := n.rows(); after != before {
			t.Errorf("before: %s\nafter:  %s", before, after)
		}
	})
}

func TestImportedNumbersOfTheOwnSeriesAreNotGivenAgain(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		if _, err := n.Outbound.Import(t.Context(), pastInvoices(t, line("BE2026-000041", "issue_date", "2026-01-10", "paid_on", "")), false, nil); err != nil {
			t.Fatal(err)
		}
		if doc := n.issue(n.draft()); doc.Invoice.Number != "BE2026-000042" {
			t.Errorf("the next number is %s", doc.Invoice.Number)
		}
	})
}

func FuzzReadRows(f *testing.F) {
	f.Add([]byte("number,issue_date\n1,2\n"))
	f.Add([]byte("\ufeffnumber;net\n\"1\";2\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if rows, err := outbound.ReadRows(file); err != nil && (!contracts.IsFault(err) || rows != nil) {
			t.Fatalf("%v with %d rows", err, len(rows))
		}
	})
}
