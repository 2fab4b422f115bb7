package nodes_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
)

// settled looks at an import again, as its page does by itself, until it has come to an end.
func (b browser) settled(path string) screen {
	b.t.Helper()
	for range 2000 {
		w := b.do("GET", path, "", "")
		if w.Code != http.StatusOK {
			b.t.Fatalf("GET %s: %d", path, w.Code)
		}
		if w.Header().Get("Refresh") == "" {
			return b.see(w)
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.t.Fatal("the import does not end")
	return screen{}
}

// brought sends a file that can be read, and shows its report.
func (b browser) brought(file string) (string, screen) {
	b.t.Helper()
	w := b.upload(file)
	if w.Code != http.StatusSeeOther {
		b.t.Fatalf("upload: %d %s", w.Code, b.see(w).text())
	}
	at := w.Header().Get("Location")
	return at, b.settled(at)
}

func TestAFileIsRehearsedThenBookedOnce(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, before := browse(n), n.rows()
		sample := b.do("GET", "/import/sample.csv", "", "").Body.String()
		at, s := b.brought(sample)
		s.says("Ready to import", "Would be added 3", "1,600.00 EUR without VAT", "New members 1", "Lines with a fault 0")
		if got := n.rows(); got != before {
			t.Errorf("a rehearsal left: %s", got)
		}
		if w := b.send(at + "/start"); w.Code != http.StatusSeeOther {
			t.Fatalf("start: %d", w.Code)
		}
		b.settled(at).says("Imported", "Added 3", "3 documents are in the books")
		after := n.rows()
		if !strings.HasPrefix(after, "document 3, payment 1, ledger_transaction 4, fed_outbox 4, member 2") {
			t.Errorf("booked: %s", after)
		}
		if w := b.send(at + "/start"); w.Code != http.StatusSeeOther || n.rows() != after {
			t.Errorf("a second click: %d, %s", w.Code, n.rows())
		}
		_, s = b.brought(sample)
		s.says("There already 3", "Everything in this file is in the books already")
		b.open("/import").says("Files so far", "imported")
	})
}

func TestAFileWithFaultsIsReportedLineByLineAndCannotBeBooked(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, before := browse(n), n.rows()
		file := strings.Replace(past("P-1", "P-2", "P-3", "P-4"), "P-2,2025-05-02", "P-2,2025-05-32", 1)
		file = strings.Replace(file, "P-4,2025-05-02,P1,Past member,PA1,Buyer,BE", "P-4,2025-05-02,P1,Past member,PA1,Buyer,ZZ", 1)
		at, s := b.brought(file)
		s.says("The file has to be corrected", "Lines with a fault 2", `3 issue_date "2025-05-32" is not a date`, "5 buyer_country", "Nothing was booked")
		if w := b.send(at + "/start"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("start: %d", w.Code)
		}
		if got := n.rows(); got != before {
			t.Errorf("left behind: %s", got)
		}
		var kept int
		if err := n.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM import_job WHERE length(file) > 0").Scan(&kept); err != nil || kept != 0 {
			t.Errorf("%d files with names are kept, %v", kept, err)
		}
	})
}

func TestAFileThatCannotBeReadSaysWhyAtOnce(t *testing.T) {
	b := browse(openSQLite(t))
	for file, want := range map[string]string{
		"":                                   "The file is empty",
		"number;issue_date\n":                "column member is missing",
		"\xff\xfe":                           "Not text in UTF-8",
		past("P-1") + "P-2,2025\n":           "each line has as many cells as the header",
		past("P-1") + strings.Repeat("a", 3): "each line has as many cells as the header",
	} {
		w := b.upload(file)
		s := b.see(w)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(s.text()), strings.ToLower(want)) {
			t.Errorf("%.20q: %d %s", file, w.Code, s.text())
		}
	}
	if w := b.send("/import", "file", "text"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", w.Code)
	}
	if w := b.upload(strings.Repeat("x", 50<<20)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("50 MB: %d", w.Code)
	}
}

func TestAnImportThatAProcessDidNotFinishIsShownAsInterrupted(t *testing.T) {
	n := openSQLite(t)
	id := outbound.NewID()
	err := n.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return n.Store.InsertImport(ctx, tx, id, []byte(past("P-1")), n.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	b := browse(n)
	b.open("/import/"+id).says("Interrupted", "Nothing of it was booked")
	if w := b.send("/import/" + id + "/start"); w.Code != http.StatusSeeOther || !strings.HasPrefix(n.rows(), "document 0") {
		t.Errorf("start: %d, %s", w.Code, n.rows())
	}
}
