package printed_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/nodes/printed"
)

func invoice(t *testing.T, seller, buyer contracts.CountryCode, c example.Case) contracts.Invoice {
	t.Helper()
	inv, err := example.Invoice(seller, buyer, c)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// pages prints and reads the PDF back with another library.
func pages(t *testing.T, d printed.Document) (int, []byte) {
	t.Helper()
	b, err := printed.PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	n, err := api.PageCount(bytes.NewReader(b), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatalf("this is no PDF: %v", err)
	}
	return n, b
}

func TestTheEInvoiceIsInsideThePDF(t *testing.T) {
	inv := invoice(t, "BE", "FR", example.ReverseCharge)
	xml := []byte(strings.Repeat("<Invoice/>", 50))
	_, b := pages(t, printed.Document{Invoice: inv, Attached: []printed.File{{Name: "BE2026-000123.xml", Content: xml}}})
	files, err := api.ExtractAttachmentsRaw(bytes.NewReader(b), "", nil, model.NewDefaultConfiguration())
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var got bytes.Buffer
	if _, err := got.ReadFrom(files[0]); err != nil || !bytes.Equal(got.Bytes(), xml) || files[0].FileName != "BE2026-000123.xml" {
		t.Errorf("%s with %d bytes, %v", files[0].FileName, got.Len(), err)
	}
}

func TestTheSameDocumentIsTheSamePaper(t *testing.T) {
	inv := invoice(t, "DE", "AT", example.ReverseCharge)
	_, first := pages(t, printed.Document{Invoice: inv})
	_, second := pages(t, printed.Document{Invoice: inv})
	if sha256.Sum256(first) != sha256.Sum256(second) {
		t.Error("two papers of one document differ")
	}
}

func TestEveryCountryAndCaseIsPrinted(t *testing.T) {
	for _, seller := range []contracts.CountryCode{"AT", "BE", "DE", "ES", "FR", "HU", "IT", "NL", "SE"} {
		for _, c := range []struct {
			buyer contracts.CountryCode
			kind  example.Case
		}{{seller, example.Domestic}, {"PT", example.ReverseCharge}, {"PT", example.Consumer}, {"CH", example.ThirdCountry}, {seller, example.Exempt}} {
			inv := invoice(t, seller, c.buyer, c.kind)
			inv.Buyer.Language = strings.ToLower(string(c.buyer))
			if n, _ := pages(t, printed.Document{Invoice: inv}); n != 1 {
				t.Errorf("%s to %s, %s: %d pages", seller, c.buyer, c.kind, n)
			}
		}
	}
}

func TestLongDocumentsGoOnOverPages(t *testing.T) {
	inv := invoice(t, "DE", "DE", example.Domestic)
	inv.Buyer.Name = strings.Repeat("Veranstaltungsorganisationsdienstleistungsgesellschaft ", 6)
	inv.Notes = []string{strings.Repeat("A mention of the law. ", 60)}
	line := inv.Lines[0]
	line.Description = strings.Repeat("Rehearsals and performances, ", 200) + strings.Repeat("x", 400)
	for range 40 {
		inv.Lines = append(inv.Lines, inv.Lines[0])
	}
	inv.Lines = append(inv.Lines, line)
	var err error
	if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
		t.Fatal(err)
	}
	if n, _ := pages(t, printed.Document{Invoice: inv}); n < 4 || n > 8 {
		t.Errorf("%d pages", n)
	}
}

func TestACreditNoteAsksForNoMoney(t *testing.T) {
	inv := invoice(t, "BE", "BE", example.Domestic)
	_, asks := pages(t, printed.Document{Invoice: inv})
	_, gives := pages(t, printed.Document{Invoice: inv, Corrects: "BE2026-000001", Reason: "Cancelled"})
	if len(gives) > len(asks)-2000 { // the square alone has hundreds of cells
		t.Errorf("%d bytes against %d: the credit note has a code to pay with", len(gives), len(asks))
	}
}

func TestNoPageIsBegunToSayWhatIsInside(t *testing.T) {
	inv := invoice(t, "DE", "DE", example.Domestic)
	last := 0
	for inv.Notes = nil; len(inv.Notes) < 30; inv.Notes = append(inv.Notes, strings.Repeat("A mention of the law. ", 6)) {
		with, _ := pages(t, printed.Document{Invoice: inv, Attached: []printed.File{{Name: "x.xml", Format: "peppol", Content: []byte("<x/>")}}})
		without, _ := pages(t, printed.Document{Invoice: inv})
		if with != without {
			t.Errorf("%d notes: %d pages instead of %d", len(inv.Notes), with, without)
		}
		last = with
	}
	if last < 2 {
		t.Error("the notes fill no page")
	}
}

func TestAFileIsCalledByLettersThatEverySystemTakes(t *testing.T) {
	if got := printed.FileName("F/2026\\..\x00\"é-1_a"); got != "F-2026-------1_a" {
		t.Errorf("%q", got)
	}
}
