package hub

import (
	"encoding/csv"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

var tableCell = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)

// TestTheBoardsPageShowsThePublishedTableCellByCell holds what a reader sees of 2023 against the file that the report's table was typed into.
func TestTheBoardsPageShowsThePublishedTableCellByCell(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	if err := h.LoadAnnualReports(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("consolidation/published/network-2023.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"DE": "Germany", "FR": "France", "AT": "Austria", "IT": "Italy", "NL": "Netherlands", "SE": "Sweden"}
	_, table, _ := strings.Cut(get(signedIn(t, h), "/?year=2023").Body.String(), `id="published"`)
	_, table, _ = strings.Cut(table, "<tbody>")
	table, _, _ = strings.Cut(table, "</tbody>")
	rows := strings.Split(table, "<tr>")[1:]
	if len(rows) != len(lines)-1 {
		t.Fatalf("%d rows shown, %d printed", len(rows), len(lines)-1)
	}
	cells := 0
	for i, row := range rows {
		shown := tableCell.FindAllStringSubmatch(row, -1)
		if len(shown) != len(lines[0]) {
			t.Fatalf("row %d shows %d cells, printed are %d", i+1, len(shown), len(lines[0]))
		}
		for j, column := range lines[0] {
			want := lines[i+1][j]
			switch {
			case column == "country":
				want = names[want]
			case column == "turnover_change_pct" && strings.HasPrefix(want, "-"):
				want = "−" + want[1:] + "%"
			case column == "turnover_change_pct" && want != "":
				want = "+" + want + "%"
			}
			if got := html.UnescapeString(shown[j][1]); got != want {
				t.Errorf("%s, %s: %q, printed is %q", lines[i+1][0], column, got, want)
			}
			cells++
		}
	}
	t.Logf("%d cells", cells)
}

func TestTheStateOfEuropeSaysWhatNeedsTheBoard(t *testing.T) {
	h := reporting(t)
	web := signedIn(t, h)
	for url, wants := range map[string][]string{
		"/": {"Country by country", "Austria 78% of costs covered Support ends before balance report late", "Coverage of the network 78% of 1 co-operative whose costs are known", "Sent of the plan 3.2 M EUR of a ceiling of 3,600,000.00 EUR Example",
			"Spain coverage not known", "stopped on 16 June 2022", "Austria : 21 months, the first is January 2025 latest report: December 2024", "30 September 2024 late : Italy Monthly reports of the half-year before are filed Example 32,500.00 EUR",
			"The split by country and year is not published: these figures are examples."},
		"/board/countries/AT": {"Coverage 77.5% contribution income over operating costs", "about May 2026 on the line, 17 months after the last report; 8 chances in 10 that it lies between May 2026 and May 2026", "Support of a year 70 k EUR 208.33 EUR per user",
			"Growth +18.3%", "10% of turnover, as the year before. One more point of the rate would bring 930 EUR a year", "plan-2021-at-2024-2 35,000.00 EUR 30 September 2024 25 September 2024 arrived 5 days early", "cash is not reported",
			"Support Austria, Germany, Italy and Sweden one more year", "2025 missing missing"},
		"/board/countries/it": {"planned overdue for 783 days"},
		"/board/countries/ES": {"The support was stopped on 16 June 2022.", "2023 140,000.00 EUR 0.00 EUR 0.00 EUR 0.00 EUR 140,000.00 EUR", "No monthly report yet."},
		"/board/method":       {"the band held it in 81 to 90 of 100", "Cash lasts less than six months"},
	} {
		text := words(get(web, url))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", url, want, text)
			}
		}
	}
	for url, want := range map[string]int{"/board/countries/PT": 404, "/board/countries/XX": 422, "/board/countries/AT?year=2024": 422} {
		if got := get(web, url).Code; got != want {
			t.Errorf("%s: %d, want %d", url, got, want)
		}
	}
}

// TestTheBuyersCountriesAreOfTheLatestReportedYear: their shares, and how concentrated they are.
func TestTheBuyersCountriesAreOfTheLatestReportedYear(t *testing.T) {
	h := reporting(t)
	for i, c := range []struct {
		buyer      contracts.CountryCode
		on, amount string
	}{{"AT", "2024-03-05", "600.00"}, {"DE", "2024-04-05", "300.00"}, {"CH", "2024-05-05", "100.00"}, {"HU", "2023-12-05", "9000.00"}} {
		must(t, h, invoice(fmt.Sprintf("b%d", i), "AT", c.buyer, c.on, c.amount, "EUR"))
	}
	text := words(get(signedIn(t, h), "/board/countries/AT"))
	if want := "Austria 60.0% Germany 30.0% Switzerland 10.0% Twelve months to December 2024. As concentrated as 2.2 countries of equal size."; !strings.Contains(text, want) {
		t.Errorf("%q is not said:\n%s", want, text)
	}
}

// TestAMonthThatIsNotShownIsNotLate: the board does not see the months of fewer than five people, and is not told that their reports are missing.
func TestAMonthThatIsNotShownIsNotLate(t *testing.T) {
	h := reporting(t) // no document, so no month is about five people
	_, body := seated(t, h, access.Board)("/board/countries/AT")
	if strings.Contains(body, "Operating costs</th>") || strings.Contains(body, "77.5%") {
		t.Error("months of fewer than five people are shown to the board")
	}
	if n := strings.Count(body, `>missing</span>`); n != 21 {
		t.Errorf("%d months are missing, want the 21 from January 2025 to September 2026", n)
	}
}
