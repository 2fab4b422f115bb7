package nodes_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"

	"passerelle/adapters"
	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/internal/access"
	"passerelle/nodes/inbound"
	"passerelle/nodes/printed"
)

// supplierInvoice is an e-invoice as a supplier sends it.
func supplierInvoice(t testing.TB, supplier, number string) []byte {
	t.Helper()
	inv, err := example.Invoice("FR", "BE", example.ReverseCharge)
	if err != nil {
		t.Fatal(err)
	}
	inv.Seller.Name, inv.Number = supplier, number
	xml, err := format.Write("peppol", format.Input{Invoice: &inv, Facts: en16931.Facts{Atlas: adapters.Atlas()}})
	if err != nil {
		t.Fatal(err)
	}
	return xml
}

// brings sends the form of the page of expenses.
func (b browser) brings(activity string, file []byte) (status int, to, body string) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if err := w.WriteField("activity", activity); err != nil {
		panic(err)
	}
	part, err := w.CreateFormFile("file", "invoice.xml")
	if err != nil {
		panic(err)
	}
	part.Write(file)
	w.Close()
	r := b.do("POST", "/expenses", w.FormDataContentType(), form.String())
	return r.Code, r.Header().Get("Location"), r.Body.String()
}

func TestASuppliersInvoiceBecomesAnExpenseAndIsKeptAsItCame(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, file := browse(n), supplierInvoice(t, "Example Studio", "FR-77")
		before := n.rows()
		status, to, body := b.brings(string(n.activity.ID), file)
		if status != http.StatusSeeOther || !strings.HasPrefix(to, "/expenses/") {
			t.Fatalf("%d %s %s", status, to, body)
		}
		b.open(to).says("Example Studio", "FR-77", "Sound design", "nothing is booked")
		b.open("/expenses").says("Example Studio", "FR-77")
		w := b.do("GET", to+"/document", "", "")
		if !bytes.Equal(w.Body.Bytes(), file) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Error("the document is not the one that came")
		}
		if status, _, body := b.brings(string(n.activity.ID), file); status != http.StatusUnprocessableEntity || !strings.Contains(body, "is here already") {
			t.Errorf("the same twice: %d", status)
		}
		if status, _, _ := b.brings(string(n.activity.ID), supplierInvoice(t, "Example Studio", "FR-78")); status != http.StatusSeeOther {
			t.Errorf("the next one: %d", status)
		}
		if all, err := n.Store.Expenses(t.Context(), n.DB, access.Program(), "", 10); err != nil || len(all) != 2 || n.rows() != before {
			t.Errorf("%d expenses, %v; the books went from %s to %s", len(all), err, before, n.rows())
		}
	})
}

// TestAPDFWithAnInvoiceInsideIsAnExpense: the XML is read, and the PDF is kept and given back as it came.
func TestAPDFWithAnInvoiceInsideIsAnExpense(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	inv, err := example.Invoice("FR", "BE", example.ReverseCharge)
	if err != nil {
		t.Fatal(err)
	}
	inv.Seller.Name = "Example Studio"
	page, err := printed.PDF(printed.Document{Invoice: inv, Attached: []printed.File{{Name: "factur-x.xml", Format: "cii", Content: supplierInvoice(t, "Example Studio", "FR-77")}}})
	if err != nil {
		t.Fatal(err)
	}
	status, to, body := b.brings(string(n.activity.ID), page)
	if status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	b.open(to).says("Example Studio", "FR-77", "To this account")
	w := b.do("GET", to+"/document", "", "")
	if !bytes.Equal(w.Body.Bytes(), page) || w.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(w.Header().Get("Content-Disposition"), ".pdf") {
		t.Errorf("the PDF is given back as %s, %s", w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition"))
	}
	page, err = printed.PDF(printed.Document{Invoice: inv})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, body := b.brings(string(n.activity.ID), page); status != http.StatusUnprocessableEntity || !strings.Contains(body, "no e-invoice inside") {
		t.Errorf("a PDF without: %d", status)
	}
}

func TestASignedInvoiceIsReadAndKeptInItsEnvelope(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	file, err := os.ReadFile("../adapters/format/p7m/testdata/ber.xml.p7m")
	if err != nil {
		t.Fatal(err)
	}
	status, to, body := b.brings(string(n.activity.ID), file)
	if status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	b.open(to).says("Example Cooperative Italy")
	w := b.do("GET", to+"/document", "", "")
	if !bytes.Equal(w.Body.Bytes(), file) || !strings.Contains(w.Header().Get("Content-Disposition"), ".xml.p7m") {
		t.Errorf("%d bytes, %s", w.Body.Len(), w.Header())
	}
	if status, _, body := b.brings(string(n.activity.ID), file[:len(file)/2]); status != http.StatusUnprocessableEntity || !strings.Contains(body, "cannot be opened") {
		t.Errorf("half an envelope: %d", status)
	}
}

// TestExpensesByTheAPI: brought in as it is, listed and read; another member's activity and a wrong media type are refused.
func TestExpensesByTheAPI(t *testing.T) {
	n := openSQLite(t)
	b, file := browse(n), string(supplierInvoice(t, "Example Studio", "FR-77"))
	address := "/api/expenses?activity=" + string(n.activity.ID)
	if w := b.do("POST", address, "application/pdf", file); w.Code == http.StatusCreated {
		t.Errorf("XML announced as a PDF: %s", w.Body)
	}
	if w := b.do("POST", "/api/expenses?activity=nobody", "application/xml", file); w.Code == http.StatusCreated {
		t.Errorf("an activity of nobody: %s", w.Body)
	}
	w := b.do("POST", address, "application/xml", file)
	var e inbound.Expense
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != http.StatusCreated || e.Document.Number != "FR-77" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := b.do("GET", "/api/expenses", "", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), e.ID) {
		t.Errorf("the list: %d %s", w.Code, w.Body)
	}
	if w := b.do("GET", "/api/expenses?after="+e.ID, "", ""); w.Code != http.StatusOK || strings.Contains(w.Body.String(), e.ID) {
		t.Errorf("the list after the only one: %d %s", w.Code, w.Body)
	}
	if w := b.do("GET", "/api/expenses/"+e.ID, "", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "FR-77") {
		t.Errorf("the expense: %d %s", w.Code, w.Body)
	}
}

func TestHostileOrDoubtfulDocumentsAreRefusedOrMarked(t *testing.T) {
	n := openSQLite(t)
	b, good := browse(n), string(supplierInvoice(t, "Example Studio", "FR-77"))
	for name, file := range map[string]string{
		"a DTD":        `<!DOCTYPE x [<!ENTITY a "b">]>` + good,
		"two roots":    good + good,
		"no XML":       "%PDF-1.7",
		"no invoice":   "<a/>",
		"cut off":      good[:len(good)/2],
		"nested deep":  strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200),
		"wrong number": strings.Replace(good, ">350<", ">x<", 1),
	} {
		if status, _, body := b.brings(string(n.activity.ID), []byte(file)); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %.100s", name, status, body)
		}
	}
	if status, _, _ := b.brings("nobody", []byte(good)); status != http.StatusUnprocessableEntity {
		t.Errorf("an activity of nobody: %d", status)
	}
	status, to, _ := b.brings(string(n.activity.ID), []byte(strings.Replace(good, "1170.55</cbc:PayableAmount>", "9170.55</cbc:PayableAmount>", 1)))
	if status != http.StatusSeeOther {
		t.Fatal(status)
	}
	b.open(to).says("The amounts of the document do not add up")
}
