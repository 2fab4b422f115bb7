package nodes_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestTheBooksAreTakenAlong asks for the lists that are read whole: drafts, months, the trial balance.
func TestTheBooksAreTakenAlong(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	n.issue(n.draft())
	for path, want := range map[string]string{
		"/ledger":            "VAT payable,451,EUR,0.00,210.07,-210.07",
		"/reports?year=2026": "2026-03,running,EUR,1000.33,,",
		"/drafts":            "Buyer,What,Supplied,Currency,To pay,To the budget",
	} {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		if w := b.do("GET", path+separator+"format=csv", "", ""); !strings.Contains(w.Body.String(), want+"\r\n") {
			t.Errorf("%s lacks %s: %s", path, want, w.Body)
		}
		if _, err := excelize.OpenReader(b.do("GET", path+separator+"format=xlsx", "", "").Body); err != nil {
			t.Errorf("%s as XLSX: %v", path, err)
		}
	}
	for _, path := range []string{"/reports?year=2026", "/drafts"} {
		for _, sort := range b.open(path).links(path[:4]) {
			if strings.Contains(sort, "sort=") {
				b.open(sort)
			}
		}
	}
}

// TestListsAreSortedFilteredAndTakenAlong asks each list for everything its page offers: every heading, both ways, and both files.
func TestListsAreSortedFilteredAndTakenAlong(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		n.issue(n.draft())
		n.issue(n.draft())
		b.follow("/members", "reference", "M2", "name", "=HYPERLINK(1)", "kind", "individual")
		b.follow("/buyers", "name", "Ünal", "kind", "business", "address.country", "DE", "address.town", "Köln")
		for path, want := range map[string]struct {
			rows        int
			find, found string
			lost        string
		}{
			"/invoices":   {2, "000002", "BE2026-000002", "BE2026-000001"},
			"/members":    {2, "hyper", "=HYPERLINK(1)", "Member one"},
			"/activities": {1, "member ONE", "Sound", "Nothing found"},
			"/buyers":     {1, "nal", "Ünal", "Nothing found"},
		} {
			for _, sort := range b.open(path).links(path + "?sort=") {
				b.open(sort)
				b.open(strings.Replace(sort, "sort=", "sort=-", 1))
			}
			if page := b.open(path + "?find=" + strings.ReplaceAll(want.find, " ", "+")).text(); !strings.Contains(page, want.found) || strings.Contains(page, want.lost) {
				t.Errorf("%s, looking for %s: %s", path, want.find, page)
			}
			b.open(path + "?find=%25_!%5C").says("Nothing found")
			w := b.do("GET", path+"?format=csv", "", "")
			lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\ufeff")))).ReadAll()
			if err != nil || len(lines) != want.rows+1 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
				t.Errorf("%s as CSV: %v %q", path, err, lines)
			}
			if strings.Contains(w.Body.String(), "\n=") || strings.Contains(w.Body.String(), ",=") {
				t.Errorf("%s as CSV begins a formula: %s", path, w.Body)
			}
			book, err := excelize.OpenReader(b.do("GET", path+"?format=xlsx", "", "").Body)
			if err != nil {
				t.Fatalf("%s as XLSX: %v", path, err)
			}
			if rows, err := book.GetRows("Sheet1"); err != nil || len(rows) != want.rows+1 {
				t.Errorf("%s as XLSX: %v %q", path, err, rows)
			}
			if w := b.do("GET", path+"?sort=nothing", "", ""); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s sorted by nothing: %d", path, w.Code)
			}
		}
	})
}
