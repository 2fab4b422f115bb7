package hub

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web"
)

// clock is a clock that a test turns.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }
func (c *clock) set(day string) { c.at = contracts.MustDate(day).Time().Add(9 * time.Hour) }

// monthly is a report of a month whose contribution covers a share of 30,000 of costs, in percent.
func monthly(c contracts.CountryCode, currency contracts.Currency, month contracts.Month, percent int64) contracts.MonthlyReportFiled {
	income, costs, users, staff := contracts.FromMinor(percent*30000, currency), contracts.MustMoney("30000.00", currency), 300, contracts.MustDecimal("4.5")
	none, cash, half := contracts.Zero(currency), contracts.MustMoney("120000.00", currency), contracts.MustMoney("18000.00", currency)
	return contracts.MonthlyReportFiled{Report: contracts.MonthlyReport{Country: c, Month: month, Currency: currency, FiledOn: month.Last().AddDays(12), Turnover: contracts.Money{Amount: income.Amount.Mul(decimal.NewFromInt(10)), Currency: currency},
		Contribution: income, GuaranteeFund: none, Tax: none, Received: none, Receivable: none, ActiveMembers: 120, Users: &users, PermanentStaff: &staff, OperatingCosts: &costs, Cash: &cash, StaffCosts: &half, Demonstration: true}}
}

// boarded is a hub in November 2024: the demonstration's plan, the published tables, and three years of reports of five countries.
func boarded(t *testing.T, db *storage.DB) (*Hub, *clock) {
	t.Helper()
	c := &clock{}
	c.set("2024-11-20")
	h := New(db, Options{Now: c.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Accounts: accounts(db)})
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.LoadAnnualReports(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, n := range []contracts.NodeProfile{{Country: "AT", Name: "Smart Coop Österreich"}, {Country: "BE", Name: "Smart Belgium"}, {Country: "DE", Name: "SMartDe Genossenschaft"}, {Country: "IT", Name: "Smart Italia"},
		{Country: "SE", Name: "Smart Sverige", Currency: "SEK"}} {
		if n.Currency == "" {
			n.Currency = "EUR"
		}
		n.Joined, n.LegalForm = contracts.MustDate("2014-01-01"), "co-operative"
		must(t, h, contracts.NodeProfilePublished{Profile: n})
		for m := range 33 {
			month := contracts.DateOf(contracts.MustDate("2022-01-01").Time().AddDate(0, m, 0)).Month()
			must(t, h, monthly(n.Country, n.Currency, month, int64(45+10*i+m+3*(m%4))))
		}
	}
	return h, c
}

// packAt makes the pack of the meeting of November 2024 from the data of a moment.
func packAt(t *testing.T, h *Hub, at time.Time) boardpack.Pack {
	t.Helper()
	d, err := boardpack.Read(t.Context(), store.Read(h.db), at)
	if err != nil {
		t.Fatal(err)
	}
	p, err := boardpack.New(boardpack.Meeting{Title: "Ordinary meeting", Day: contracts.MustDate("2024-11-28")}, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func files(t *testing.T, p boardpack.Pack, languages ...*web.Locale) []boardpack.File {
	t.Helper()
	all, err := p.All(languages)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A corrected report, a new decision and a table filed anew change the next pack, and not the one that was issued.
func TestAnIssuedPackIsMadeAgainByteForByte(t *testing.T) {
	storagetest.Each(t, Migrations(), func(t *testing.T, db *storage.DB) {
		h, c := boarded(t, db)
		issue, err := h.IssuePack(t.Context(), "somebody", boardpack.Meeting{Title: "Ordinary meeting", Day: contracts.MustDate("2024-11-28")})
		if err != nil || issue.Number != 1 || len(issue.Files) != 2*len(web.Locales) || issue.Since.String() != "2024-09-19" {
			t.Fatalf("%+v %v", issue, err)
		}
		c.set("2024-12-02")
		must(t, h, monthly("AT", "EUR", contracts.NewMonth(2024, 9), 12))
		must(t, h, contracts.NodeProfilePublished{Profile: contracts.NodeProfile{Country: "AT", Name: "Another name", Currency: "EUR", Joined: contracts.MustDate("2014-01-01")}})
		if _, err := h.Invest(t.Context(), "somebody", investment.Dated{Day: contracts.MustDate("2024-11-28"), Act: investment.DecisionTaken{Decision: investment.Decision{
			Meeting: contracts.MustDate("2024-11-28"), Motion: "Wait", Seats: 14, For: 9, Minutes: "M", Reason: "R"}}}); err != nil {
			t.Fatal(err)
		}
		if err := h.LoadPublished(t.Context(), 2023, []byte("country,users\nAT,1\n"), "another print"); err != nil {
			t.Fatal(err)
		}
		stored, err := store.Read(h.db).Packs(t.Context())
		if err != nil || len(stored) != 1 {
			t.Fatal(stored, err)
		}
		again, err := stored[0].Again(t.Context(), store.Read(h.db))
		if err != nil {
			t.Fatal(err)
		}
		if differ := stored[0].Same(files(t, again, web.Locales...)); len(differ) > 0 {
			t.Errorf("these are not the same bytes: %v", differ)
		}
		if differ := stored[0].Same(files(t, packAt(t, h, c.now()), web.English)); len(differ) != 2 {
			t.Errorf("what was written since shows in no new pack: %v", differ)
		}
	})
}

func TestAPackForNoMeetingIsRefused(t *testing.T) {
	h, _ := boarded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	for name, m := range map[string]boardpack.Meeting{"no day": {}, "far away": {Day: contracts.MustDate("2026-11-28")},
		"after itself": {Day: contracts.MustDate("2024-11-28"), Since: contracts.MustDate("2024-11-28")}} {
		if _, err := h.IssuePack(t.Context(), "somebody", m); !contracts.IsFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A month of few people is in no figure, nor the smallest beside it; the operator's own files have it.
func TestThePackShowsNoMonthOfFewPeople(t *testing.T) {
	h, c := boarded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	few := monthly("DE", "EUR", contracts.NewMonth(2023, 5), 60)
	few.Report.ActiveMembers = 4
	must(t, h, few)
	p := packAt(t, h, c.now())
	shown := map[string]int{}
	for _, r := range p.Reports {
		if r.Country == "DE" {
			shown[r.Month.String()[:4]]++
		}
	}
	if diff := cmp.Diff(map[string]int{"2022": 12, "2023": 10, "2024": 9}, shown); diff != "" {
		t.Error(diff)
	}
}

func TestPagesMakeAPackAndHandItOut(t *testing.T) {
	h, c := boarded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	page := signedIn(t, h)
	if text := words(get(page, "/board/packs")); !strings.Contains(text, "No pack yet") {
		t.Error(text)
	}
	if w := post(page, "/board/packs", "day", "2024-11-28", "since", "2024-12-01"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(words(w), "The meeting before is not before the meeting") {
		t.Errorf("%d %s", w.Code, words(w))
	}
	w := post(page, "/board/packs", "day", "2024-11-28", "title", "Ordinary meeting")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/board/packs/1" {
		t.Fatalf("%d %s", w.Code, words(w))
	}
	c.set("2025-01-10")
	must(t, h, monthly("AT", "EUR", contracts.NewMonth(2024, 9), 12))
	if text := words(get(page, "/board/packs/1?check=yes")); !strings.Contains(text, "the same, byte for byte") {
		t.Error(text)
	}
	type listed struct {
		Files []struct{ Name, URL, SHA256 string }
	}
	packs := answer[[]listed](t, page, "/api/board/packs")
	if len(packs) != 1 || len(packs[0].Files) != 16 {
		t.Fatal(packs)
	}
	for _, f := range packs[0].Files[:4] {
		w := get(page, f.URL)
		sum := sha256.Sum256(w.Body.Bytes())
		if hex.EncodeToString(sum[:]) != f.SHA256 || !strings.Contains(w.Header().Get("Content-Disposition"), f.Name) {
			t.Errorf("%s: %d, %s", f.Name, w.Code, w.Header().Get("Content-Disposition"))
		}
	}
	if w := get(page, "/board/packs/2"); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
	if w := get(page, "/board/packs/1/files/board-pack-2024-11-28-xx.pdf"); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
	if err := errors.Join(h.LoadDemonstrationPlan(t.Context()), h.LoadDemonstrationMeetings(t.Context())); err != nil {
		t.Fatal(err)
	}
	if w := get(page, "/board/packs?day=2024-09-19&title=Board+meeting"); !strings.Contains(w.Body.String(), `value="2024-09-19"`) || !strings.Contains(w.Body.String(), `value="Board meeting"`) {
		t.Error("the form of a pack does not begin with its meeting")
	}
	if w := post(page, "/board/packs", "day", "2024-09-19", "title", "Board meeting"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, words(w))
	}
	if text := words(get(page, "/board/meetings/2024-09-19")); !strings.Contains(text, "Board pack of 19 September 2024") || strings.Contains(text, "Board pack of 28 November 2024") {
		t.Error(text)
	}
}

// The workbook, the addresses for programs and the files say the same figures, today's and those of a moment.
func TestTheWorkbookHoldsTheFiguresOfTheInterface(t *testing.T) {
	h, c := boarded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	page := signedIn(t, h)
	moment := c.now()
	made, err := packAt(t, h, moment).Make(web.English, "xlsx")
	if err != nil {
		t.Fatal(err)
	}
	c.set("2024-12-03")
	must(t, h, monthly("AT", "EUR", contracts.NewMonth(2024, 9), 12))
	book, err := excelize.OpenReader(bytes.NewReader(made.Data))
	if err != nil {
		t.Fatal(err)
	}
	for sheet, address := range map[string]string{"investments": "/api/investment/series?on=2024-11-20", "tranches": "/api/board/tranches?", "conditions": "/api/board/conditions?", "decisions": "/api/board/decisions?",
		"reports": "/api/board/reports?", "coverage": "/api/board/coverage?", "outlook": "/api/board/outlook?", "published-2023": "/api/board/published?year=2023"} {
		query := url.Values{"format": {"csv"}}
		if sheet != "investments" {
			query.Set("as_of", moment.Format(time.RFC3339))
		}
		address += "&" + query.Encode()
		file, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(get(page, address).Body.String(), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil || len(rows) != len(file) || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %s has %d, %v", sheet, len(rows), address, len(file), err)
		}
		compared := 0
		for i, row := range rows[1:] {
			for j, heading := range rows[0] {
				at := slices.Index(file[0], heading)
				if at < 0 || j >= len(row) || isDay(file[i+1][at]) {
					continue
				}
				compared++
				if got, want := row[j], file[i+1][at]; !sameCell(got, want) {
					t.Errorf("%s, row %d, %s: %q, and %s says %q", sheet, i+1, heading, got, address, want)
				}
			}
		}
		if compared < 4*(len(rows)-1) {
			t.Errorf("%s: only %d cells were compared", sheet, compared)
		}
	}
}

func TestSeriesAnswerPrograms(t *testing.T) {
	h, _ := boarded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	page := signedIn(t, h)
	type covered struct {
		Country      string
		Contribution contracts.Money
		OfMonth      contracts.Decimal `json:"coverage_of_month"`
	}
	must(t, h, monthly("AT", "EUR", contracts.NewMonth(2024, 9), 12))
	all := answer[[]covered](t, page, "/api/board/coverage?country=AT")
	if last := all[len(all)-1]; len(all) != 33 || last.Contribution.Fixed() != "3600.00" || last.OfMonth.String() != "0.12" {
		t.Errorf("%d months, %+v", len(all), all[len(all)-1])
	}
	for _, address := range []string{"/api/board/tranches?country=SE", "/api/board/conditions", "/api/board/decisions", "/api/board/reports?country=SE", "/api/board/outlook", "/api/board/published"} {
		if rows := answer[[]any](t, page, address); len(rows) == 0 {
			t.Errorf("%s: nothing", address)
		}
	}
	for address, field := range map[string]string{"/api/board/reports?as_of=yesterday": "as_of", "/api/board/published?format=csv": "year", "/api/board/outlook?country=xx1": "country"} {
		if w := get(page, address); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), field) {
			t.Errorf("%s: %d %s", address, w.Code, w.Body)
		}
	}
	if text := words(get(page, "/board/series")); !strings.Contains(text, "Published figures 2023") {
		t.Error(text)
	}
}

// isDay tells days and moments, which are numbers of days in a workbook.
func isDay(text string) bool {
	_, err := time.Parse("2006-01", text[:min(7, len(text))])
	return err == nil
}

// sameCell compares a cell with a text: numbers by their value.
func sameCell(cell, text string) bool {
	a, errA := decimal.NewFromString(cell)
	b, errB := decimal.NewFromString(text)
	if errA == nil && errB == nil {
		return a.Equal(b)
	}
	return strings.TrimPrefix(text, "'") == cell
}
