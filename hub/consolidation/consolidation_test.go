package consolidation

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

func TestAnnualReportsAreReadWordForWord(t *testing.T) {
	want := map[int]int{2016: 8, 2023: 6} // entities in the printed tables
	for _, r := range Reports {
		table, err := ReadTable(r.Year, r.Source, r.CSV)
		if err != nil {
			t.Fatalf("%d: %v", r.Year, err)
		}
		records, err := csv.NewReader(bytes.NewReader(r.CSV)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(records, append([][]string{table.Columns}, table.Rows...)); diff != "" {
			t.Errorf("%d: %s", r.Year, diff)
		}
		if len(table.Rows) != want[r.Year] {
			t.Errorf("%d: %d countries, want %d", r.Year, len(table.Rows), want[r.Year])
		}
	}
}

func TestTheReportOf2023AddsUp(t *testing.T) {
	table, err := ReadTable(2023, "report", table2023)
	if err != nil {
		t.Fatal(err)
	}
	turnover, users := decimal.Zero, decimal.Zero
	for _, row := range table.Rows {
		turnover = turnover.Add(decimal.RequireFromString(row[table.Column("turnover_keur")]))
		users = users.Add(decimal.RequireFromString(row[table.Column("users")]))
	}
	// The report says 22.4 million euros and 3,338 users for the six entities.
	if turnover.String() != "22461" || users.String() != "3338" {
		t.Errorf("turnover %s, users %s", turnover, users)
	}
}

func TestBrokenTableIsRefusedWithLineAndColumn(t *testing.T) {
	for _, c := range []struct{ rule, file, at string }{
		{"empty", "", ""},
		{"only a header", "country,users\n", ""},
		{"no column country", "users\n3\n", "line 1, column 1"},
		{"a name with a capital", "country,Users\nDE,3\n", "line 1, column 2"},
		{"a name twice", "country,users,users\nDE,3,3\n", "line 1, column 3"},
		{"a column called source", "country,source\nDE,x\n", "line 1, column 2"},
		{"a country that is none", "country,users\nDE,3\nXX,4\n", "line 3, column 1"},
		{"a country twice", "country,users\nDE,3\nDE,4\n", "line 3, column 1"},
		{"a cell too few", "country,users\nDE\n", "line 2, column 1"},
		{"a cell too many", "country,users\nDE,3,4\n", "line 2, column 3"},
		{"a broken quote in the middle", "country,users\nDE,3\nFR,\"4\nIT,5\n", "line 4, column 6"},
		{"bytes that are not UTF-8", "country,users\nDE,\xff\n", "line 2, column 2"},
		{"a control character", "country,users\nDE,\x00\n", "line 2, column 2"},
		{"a cell without end", "country,users\nDE," + strings.Repeat("9", maxCell+1) + "\n", "line 2, column 2"},
		{"a file too large", strings.Repeat("x", maxTableBytes+1), ""},
	} {
		_, err := ReadTable(2023, "report", []byte(c.file))
		if !contracts.IsFault(err) {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		if f := contracts.FaultsOf(err)[0]; !strings.HasPrefix(f.Field, c.at) {
			t.Errorf("%s: at %q (%s), want %q", c.rule, f.Field, f.Message, c.at)
		}
	}
}

func TestEveryFaultOfATableIsNamedAtOnce(t *testing.T) {
	_, err := ReadTable(2023, "report", []byte("country,users\nXX,3\nDE\nYY,4\n"))
	if n := len(contracts.FaultsOf(err)); n != 3 {
		t.Errorf("%d faults: %v", n, err)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(table2016)
	f.Add(table2023)
	f.Add([]byte("country,a\nDE,\"x\ny\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		table, err := ReadTable(2023, "report", file)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatal(err)
			}
			return
		}
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) || !contracts.CountryCode(row[table.Column("country")]).Known() {
				t.Fatalf("read %q", row)
			}
		}
	})
}

func eur(amount string, documents, missing int) Turnover {
	return Turnover{EUR: contracts.MustMoney(amount, "EUR"), Documents: documents, Missing: missing}
}

func TestTurnoverChangeNeedsBothYearsComplete(t *testing.T) {
	for _, c := range []struct {
		rule        string
		now, before Turnover
		turnover    string
		change      string
	}{
		{"both years", eur("114.00", 3, 0), eur("100.00", 2, 0), "114.00", "14"},
		{"a fall", eur("74.00", 3, 0), eur("100.00", 2, 0), "74.00", "-26"},
		{"no year before", eur("114.00", 3, 0), Turnover{}, "114.00", ""},
		{"nothing left of the year before", eur("114.00", 3, 0), eur("0.00", 2, 0), "114.00", ""},
		{"a document without rate the year before", eur("114.00", 3, 0), eur("100.00", 2, 1), "114.00", ""},
		{"a document without rate this year", eur("114.00", 3, 1), eur("100.00", 2, 0), "", ""},
	} {
		var r Row
		r.setTurnover(c.now, c.before)
		turnover, change := "", ""
		if r.Turnover != nil {
			turnover = r.Turnover.Fixed()
		}
		if r.Change != nil {
			change = r.Change.String()
		}
		if turnover != c.turnover || change != c.change {
			t.Errorf("%s: %q %q, want %q %q", c.rule, turnover, change, c.turnover, c.change)
		}
	}
}

func TestContributionIsTheOneInForceOnTheLastDay(t *testing.T) {
	p := func(s string) *contracts.Percent { v := contracts.MustPercent(s); return &v }
	day := contracts.MustDate
	terms := []contracts.ContributionTerm{
		{Since: day("2014-01-01"), Until: day("2016-12-31"), Percent: p("8.5")},
		{Since: day("2014-01-01"), Until: day("2016-12-31"), Percent: p("5"), Service: contracts.ServiceRights},
		{Since: day("2014-01-01"), Until: day("2016-12-31"), Percent: p("6.5"), MemberKind: contracts.LegalPerson},
		{Since: day("2017-01-01"), Min: p("10"), Max: p("13")},
	}
	for year, want := range map[int][2]string{2013: {"", ""}, 2016: {"8.5%", "5% rights; 6.5% legal person"}, 2023: {"10% to 13%", ""}} {
		rate, note := contribution(terms, contracts.NewDate(year, 12, 31))
		if rate != want[0] || note != want[1] {
			t.Errorf("%d: %q %q, want %q", year, rate, note, want)
		}
	}
}

func TestNodesOutsideTheYearAreLeftOut(t *testing.T) {
	profile := func(c contracts.CountryCode, joined, left string) VersionedProfile {
		p := VersionedProfile{NodeProfile: contracts.NodeProfile{Country: c, Joined: contracts.MustDate(joined)}, Version: 1}
		if left != "" {
			p.Left = contracts.MustDate(left)
		}
		return p
	}
	profiles := []VersionedProfile{profile("BE", "1998-01-01", ""), profile("ES", "2013-01-01", "2023-01-01"), profile("HU", "2014-01-01", "2023-01-02"),
		profile("NL", "2013-01-01", "2020-01-01"), profile("SE", "2024-01-01", "")}
	rows := join(2023, profiles, map[contracts.CountryCode]Turnover{"NL": eur("1.00", 1, 0), "PT": eur("2.00", 1, 0)}, nil, nil)
	var got []string
	for _, r := range rows {
		got = append(got, string(r.Country)+": "+r.Source)
	}
	want := []string{"BE: events of node be: profile version 1", "HU: events of node hu: profile version 1",
		"NL: events of node nl: 1 document, profile version 1", "PT: events of node pt: 1 document"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLastMonthlyReportWithAFigureCounts(t *testing.T) {
	n := func(i int) *int { return &i }
	report := func(m int, users, offices *int) contracts.MonthlyReport {
		return contracts.MonthlyReport{Country: "SE", Month: contracts.NewMonth(2023, 1).First().AddDays(31 * (m - 1)).Month(), Users: users, Offices: offices}
	}
	rows := join(2023, nil, nil, nil, []contracts.MonthlyReport{report(1, n(300), n(2)), report(2, n(303), nil), report(3, nil, nil)})
	if len(rows) != 1 || *rows[0].Users != 303 || *rows[0].Offices != 2 || rows[0].Turnover != nil {
		t.Errorf("%+v", rows)
	}
	if rows[0].Source != "events of node se: monthly report 2023-03" {
		t.Errorf("source %q", rows[0].Source)
	}
}

func TestAMonthWithoutItsReportIsLate(t *testing.T) {
	filed := map[contracts.Month]bool{contracts.NewMonth(2026, 1): true, contracts.NewMonth(2026, 3): true}
	for day, want := range map[string][]string{"2026-04-14": nil, "2026-04-15": {"2026-02"}, "2026-06-15": {"2026-02", "2026-04"}} {
		var got []string
		for _, m := range Late(contracts.NewMonth(2026, 1), filed, contracts.Date{}, contracts.MustDate(day)) {
			got = append(got, m.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("on %s: %s", day, diff)
		}
	}
	if got := Late(contracts.NewMonth(2026, 1), filed, contracts.MustDate("2026-02-01"), contracts.MustDate("2026-12-01")); len(got) > 0 {
		t.Errorf("after it left: %v", got)
	}
	if got := Late(contracts.Month{}, nil, contracts.Date{}, contracts.MustDate("2026-12-01")); len(got) > 0 {
		t.Errorf("a country that never reported has no first month, and %v", got)
	}
}
