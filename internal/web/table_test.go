package web

import (
	"bytes"
	"encoding/csv"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/internal/access"
)

type sale struct {
	Name   string
	Amount contracts.Money
	On     contracts.Date
}

var sales = Table[sale]{Name: "sales", Label: "Sales", Columns: []Column[sale]{
	{Name: "name", Heading: "Name", Cell: func(s sale) Cell { return Cell{Value: s.Name, URL: "/sales/" + s.Name, Note: "a note"} }},
	{Name: "amount", Heading: "Amount", Figure: true, Cell: func(s sale) Cell { return Cell{Value: s.Amount} }},
	{Name: "currency", Heading: "Currency", In: InFile, Cell: func(s sale) Cell { return Cell{Value: s.Amount.Currency} }},
	{Name: "on", Heading: "On", Cell: func(s sale) Cell { return Cell{Value: s.On} }},
	{Name: "do", Heading: "Do", Fixed: true, In: OnPage, Cell: func(sale) Cell { return Cell{Value: "Open", URL: "/open"} }},
}}

// shop lists sales at /sales.
func shop(t testing.TB, all []sale) http.Handler {
	t.Helper()
	files := fstest.MapFS{"templates/sales.html": {Data: []byte(`{{define "content"}}{{template "table" .Body}}{{end}}`)}}
	pages, err := ParsePages(Site{Name: "Passerelle", Place: "Test"}, files, template.FuncMap{})
	if err != nil {
		t.Fatal(err)
	}
	list := func(c echo.Context) error {
		a, err := sales.Asked(c, "find", "done")
		if err != nil {
			return err
		}
		list, err := sales.Answer(c, a, RowsOf(LocaleOf(c), sales, a, all))
		if err != nil || list == nil {
			return err
		}
		return pages.Render(c, http.StatusOK, "sales", Page{Title: "Sales", Body: list})
	}
	return New(Options{Pages: pages, Routes: []Route{{Method: "GET", Path: "/sales", Who: access.Anybody(), Handle: list}}})
}

func sold(name, amount, currency, on string) sale {
	return sale{name, contracts.MustMoney(amount, contracts.Currency(currency)), contracts.MustDate(on)}
}

var some = []sale{sold("Ünal", "1234.50", "EUR", "2026-03-31"), sold("abel", "-0.01", "EUR", "2025-01-01"), sold("Zoë", "7.00", "HUF", "2024-12-31")}

// column reads the names of a page in order.
func column(page string) (names []string) {
	for _, part := range strings.Split(page, `<th scope="row"><a href="/sales/`)[1:] {
		name, _, _ := strings.Cut(part, "</a>")
		_, name, _ = strings.Cut(name, ">")
		names = append(names, name)
	}
	return names
}

func TestAListIsSortedByTheHeadingsOfItsColumns(t *testing.T) {
	for sort, want := range map[string][]string{
		"": {"Ünal", "abel", "Zoë"}, "name": {"abel", "Ünal", "Zoë"}, "-name": {"Zoë", "Ünal", "abel"},
		"amount": {"abel", "Ünal", "Zoë"}, "on": {"Zoë", "abel", "Ünal"}, // amounts by currency, then size
	} {
		page := ask(shop(t, some), "GET", "/sales?find=x&sort="+sort, "").Body.String()
		if got := column(page); !slices.Equal(got, want) {
			t.Errorf("sort %q: %v, want %v", sort, got, want)
		}
	}
	page := ask(shop(t, some), "GET", "/sales?find=x&done=added&page=1&sort=name", "").Body.String()
	for _, want := range []string{`aria-sort="ascending"><a href="/sales?find=x&amp;sort=-name">`, `<a href="/sales?find=x&amp;sort=amount">`,
		`href="/sales?find=x&amp;format=csv&amp;page=1&amp;sort=name"`, `<th scope="col">Do</th>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	for _, wrong := range []string{"sort=nothing", "sort=do", "sort=currency", "page=0", "page=x", "page=99999", "format=pdf", "other=1", "sort=name&sort=on"} {
		if w := ask(shop(t, some), "GET", "/sales?"+wrong, ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", wrong, w.Code)
		}
	}
}

func TestAListIsLeafedThroughWithoutGapOrRepeat(t *testing.T) {
	var all []sale
	for i := range 2*PageSize + 3 {
		all = append(all, sold("S"+strconv.Itoa(i), "1.00", "EUR", "2026-01-01"))
	}
	var names []string
	for _, at := range []string{"/sales", "/sales?page=2", "/sales?page=3"} {
		page := ask(shop(t, all), "GET", at, "").Body.String()
		names = append(names, column(page)...)
		if next := strings.Contains(page, `rel="next"`); next != (at != "/sales?page=3") {
			t.Errorf("%s: next %v", at, next)
		}
	}
	if len(names) != len(all) || names[0] != "S0" || names[len(names)-1] != "S102" {
		t.Errorf("%d names from %s to %s", len(names), names[0], names[len(names)-1])
	}
}

// A file holds every row, not only those of a page, in the order of the page.
func TestAListIsExportedWholeAndInItsOrder(t *testing.T) {
	w := ask(shop(t, some), "GET", "/sales?sort=name&format=csv", "")
	want := "\ufeffName,Amount,Currency,On\r\nabel,-0.01,EUR,2025-01-01\r\nÜnal,1234.50,EUR,2026-03-31\r\nZoë,7.00,HUF,2024-12-31\r\n"
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Error(diff)
	}
	if got := w.Header().Get("Content-Disposition"); got != "attachment; filename=sales.csv" {
		t.Errorf("disposition %q", got)
	}
	w = ask(shop(t, slices.Repeat(some, 700)), "GET", "/sales?format=xlsx", "")
	book, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(sheet)
	if err != nil || len(rows) != 2101 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if diff := cmp.Diff([][]string{{"Name", "Amount", "Currency", "On"}, {"Ünal", "1,234.50", "EUR", "2026-03-31"}, {"abel", "-0.01", "EUR", "2025-01-01"}}, rows[:3]); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string]string{"B2": "1234.5", "B3": "-0.01", "D2": "46112"} { // days since 1899-12-30
		raw, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		kind, errKind := book.GetCellType(sheet, cell)
		if err != nil || errKind != nil || raw != want || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
			t.Errorf("%s holds %q of type %v, want the number %s", cell, raw, kind, want)
		}
	}
}

// Whatever stands in a list, no cell of its file begins as a formula, and a reader gets back what was there.
func TestNoTextOfAFileIsTakenForAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@\t\r\n＝]{1,3}cmd\|' /C calc'!A0`)).Draw(t, "name")
		var out bytes.Buffer
		each := func(yield func(sale) error) error {
			return yield(sale{Name: name, Amount: contracts.MustMoney("-1.00", "EUR")})
		}
		if err := sales.csv(&out, each); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\ufeff")))).ReadAll()
		if err != nil || len(lines) != 2 {
			t.Fatalf("%q: %v in %q", name, err, out.String())
		}
		got := lines[1][0]
		if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\n") || strings.Contains(got, "\x00") {
			t.Fatalf("%q became %q", name, got)
		}
		norm := func(s string) string { return strings.ReplaceAll(s, "\r", "") } // line ends within quotes are the reader's own
		if clean := strings.ReplaceAll(name, "\x00", ""); norm(strings.TrimPrefix(got, "'")) != norm(strings.TrimPrefix(clean, "'")) {
			t.Fatalf("%q became %q", name, got)
		}
		if lines[1][1] != "-1.00" {
			t.Fatalf("the number became %q", lines[1][1])
		}
		out.Reset()
		if err := sales.xlsx(&out, each); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
	})
}

// Amounts survive the binary numbers of a workbook to the last digit, or stand there as text.
func TestAmountsOfAWorkbookAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := contracts.FromMinor(rapid.Int64().Draw(t, "minor"), rapid.SampledFrom([]contracts.Currency{"EUR", "HUF", "SEK"}).Draw(t, "currency"))
		cell, err := styles{excelize.NewFile(), map[string]int{}}.cell(m)
		if err != nil {
			t.Fatal(err)
		}
		switch v := cell.(type) {
		case string:
			if v != m.Fixed() {
				t.Fatalf("%s became %s", m.Fixed(), v)
			}
		case excelize.Cell:
			f, ok := v.Value.(float64)
			units, _ := m.Currency.MinorUnits()
			if !ok || strconv.FormatFloat(f, 'f', int(units), 64) != m.Fixed() && !m.Amount.IsZero() {
				t.Fatalf("%s became %v", m.Fixed(), v.Value)
			}
		default:
			t.Fatalf("%s became %T", m.Fixed(), cell)
		}
	})
}
