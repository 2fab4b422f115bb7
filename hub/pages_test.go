package hub

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/hub/rates"
	hubweb "passerelle/hub/web"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web/webtest"
)

// seeded is a hub with the annual reports and a few documents of two nodes.
func seeded(t *testing.T, db *storage.DB) *Hub {
	t.Helper()
	h := quiet(db)
	if err := h.LoadAnnualReports(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.LoadRates(t.Context(), []rates.Rate{published("SEK", "2023-05-02", "11")}); err != nil {
		t.Fatal(err)
	}
	percent := contracts.MustPercent("7.8")
	profile := contracts.NodeProfile{Country: "SE", Name: "Exempel <AB>", LegalForm: "Aktiebolag", Founded: "2012", Joined: contracts.MustDate("2012-11-01"), Currency: "SEK",
		Languages: []string{"sv"}, Offices: []string{"Stockholm"}, Contribution: []contracts.ContributionTerm{{Since: contracts.MustDate("2023-01-01"), Percent: &percent, Source: "report"}}}
	left := profile
	left.Country, left.Name, left.Left, left.Currency = "ES", "Ejemplo", contracts.MustDate("2022-07-01"), "EUR"
	shown := invoice("demo", "BE", "US", "2023-06-01", "60.00", "EUR")
	shown.Demonstration = true
	must(t, h, contracts.NodeProfilePublished{Profile: profile}, contracts.NodeProfilePublished{Profile: left},
		invoice("old", "SE", "SE", "2022-05-02", "1.00", "EUR"),
		invoice("a", "SE", "BE", "2023-05-02", "110.00", "SEK"), invoice("b", "SE", "BE", "2023-06-02", "33.00", "SEK"),
		invoice("c", "BE", "BE", "2023-05-02", "100.00", "EUR"), invoice("d", "BE", "FR", "2023-05-03", "40.00", "EUR"),
		creditNote("e", "d", "BE", "FR", "2023-06-04", "10.00", "EUR"), shown)
	return h
}

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
	return w
}

// answer reads JSON as a program would.
func answer[T any](t *testing.T, h http.Handler, url string) T {
	t.Helper()
	var v T
	w := get(h, url)
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %v %s", url, w.Code, err, w.Body)
	}
	i, err := described()
	if err != nil {
		t.Fatal(err)
	}
	i.Check(t, httptest.NewRequest(http.MethodGet, url, nil), nil, w)
	return v
}

// described is the description that the hub serves.
var described = sync.OnceValues(func() (webtest.Interface, error) { return webtest.Describe(hubweb.Routes()) })

func eachSeeded(t *testing.T, test func(t *testing.T, h http.Handler)) {
	t.Helper()
	storagetest.Each(t, Migrations(), func(t *testing.T, db *storage.DB) { test(t, signedIn(t, seeded(t, db))) })
}

func TestNetworkAnswersThePublishedTableWordForWord(t *testing.T) {
	eachSeeded(t, func(t *testing.T, h http.Handler) {
		for _, r := range consolidation.Reports {
			records, err := csv.NewReader(bytes.NewReader(r.CSV)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			want := []map[string]string{}
			for _, record := range records[1:] {
				row := map[string]string{"source": r.Source}
				for i, name := range records[0] {
					row[name] = record[i]
				}
				want = append(want, row)
			}
			if diff := cmp.Diff(want, answer[[]map[string]string](t, h, fmt.Sprintf("/api/network?year=%d", r.Year))); diff != "" {
				t.Errorf("%d: %s", r.Year, diff)
			}
		}
		if body := get(h, "/api/network?year=2023").Body.String(); !strings.HasPrefix(body, `[{"country":"DE","legal_form":"Coöperatie","founded":"2015",`) {
			t.Errorf("members are not in the order of the columns: %.120s", body)
		}
	})
}

func TestNetworkFromEventsSaysWhatItDoesNotKnow(t *testing.T) {
	eachSeeded(t, func(t *testing.T, h http.Handler) {
		rows := answer[[]map[string]any](t, h, "/api/network?year=2023&source=nodes")
		want := []map[string]any{
			{"country": "BE", "legal_form": nil, "founded": nil, "offices": nil, "permanent_staff": nil, "users": nil, "turnover_eur": "190.00", "turnover_change_pct": nil,
				"missing_rates": 0.0, "contribution": nil, "contribution_note": nil, "source": "events of node be: 4 documents", "demonstration": true},
			{"country": "SE", "legal_form": "Aktiebolag", "founded": "2012", "offices": 1.0, "permanent_staff": nil, "users": nil, "turnover_eur": nil, "turnover_change_pct": nil,
				"missing_rates": 1.0, "contribution": "7.8%", "contribution_note": nil, "source": "events of node se: 2 documents, profile version 1", "demonstration": false},
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Error(diff)
		}
		if rows := answer[[]map[string]any](t, h, "/api/network?year=2022"); len(rows) != 2 || rows[0]["country"] != "ES" {
			t.Errorf("a year without a published table is computed: %v", rows)
		}
		if rows := answer[[]map[string]any](t, h, "/api/network?year=2022&source=published"); len(rows) != 0 {
			t.Errorf("no table was published for 2022: %v", rows)
		}
	})
}

type sums struct {
	Amount    string `json:"amount"`
	Share     string `json:"share_pct"`
	Documents int    `json:"documents"`
	Missing   int    `json:"missing_rates"`
	Source    string `json:"source"`
}

type matrix struct {
	Cells []struct {
		Seller, Buyer, Months string
		sums
	}
	Total    sums
	Domestic sums
	Cross    sums `json:"cross_border"`
	Months   []struct {
		Month string
		sums
		Own       []contracts.Money
		Documents string `json:"documents_url"`
	}
}

func TestCrossborderNarrowsToAPairAndItsDocuments(t *testing.T) {
	eachSeeded(t, func(t *testing.T, h http.Handler) {
		whole := answer[matrix](t, h, "/api/crossborder?year=2023")
		if len(whole.Cells) != 4 || whole.Total.Amount != "200.00" || whole.Domestic.Amount != "100.00" || whole.Cross.Amount != "100.00" || whole.Cross.Missing != 1 {
			t.Errorf("whole: %+v", whole)
		}
		if got := len(answer[matrix](t, h, "/api/crossborder?year=2023&to=BE").Cells); got != 2 {
			t.Errorf("to BE: %d cells", got)
		}
		pair := answer[matrix](t, h, "/api/crossborder?year=2023&from=BE&to=FR")
		if len(pair.Cells) != 1 || pair.Cells[0].Amount != "30.00" || pair.Cells[0].Share != "15" || pair.Cells[0].Source != "events of node be" || len(pair.Months) != 2 {
			t.Fatalf("pair: %+v", pair)
		}
		june := pair.Months[1]
		if june.Month != "2023-06" || june.Amount != "-10.00" || june.Own[0].Fixed() != "-10.00" {
			t.Errorf("june: %+v", june)
		}
		page := answer[struct {
			Documents []map[string]any
			Next      string
		}](t, h, june.Documents)
		if len(page.Documents) != 1 || page.Next != "" {
			t.Fatalf("documents: %+v", page)
		}
		d := page.Documents[0]
		if d["kind"] != "credit_note" || d["corrects"] != "d" || d["eur"] != "10.00" || d["member"] != "m-4f81" || d["rate_per_eur"] != nil {
			t.Errorf("document: %v", d)
		}
		waiting := answer[struct{ Documents []map[string]any }](t, h, "/api/crossborder/documents?from=SE&to=BE&month=2023-06").Documents[0]
		if eur, there := waiting["eur"]; eur != nil || !there {
			t.Errorf("a missing rate is shown as null: %v", waiting)
		}
		converted := answer[struct{ Documents []map[string]any }](t, h, "/api/crossborder/documents?from=SE&to=BE&month=2023-05").Documents[0]
		if converted["eur"] != "10.00" || converted["rate_per_eur"] != "11" || converted["rate_since"] != "2023-05-02" || converted["rate_source"] != rates.ECB {
			t.Errorf("a converted document names its rate: %v", converted)
		}
	})
}

func TestDocumentsArePagedWithoutGapOrRepeat(t *testing.T) {
	storagetest.Each(t, Migrations(), func(t *testing.T, db *storage.DB) {
		h := quiet(db)
		const n = 2*exchange.PageSize + 1
		for i := range n {
			must(t, h, invoice(fmt.Sprintf("i%03d", i), "BE", "FR", fmt.Sprintf("2023-05-%02d", 1+i%2), "1.00", "EUR"))
		}
		seen, pages := map[any]bool{}, 0
		for next := "/api/crossborder/documents?from=BE&to=FR&month=2023-05"; next != ""; pages++ {
			page := answer[struct {
				Documents []map[string]any
				Next      string
			}](t, signedIn(t, h), next)
			for _, d := range page.Documents {
				if seen[d["id"]] {
					t.Errorf("%v twice", d["id"])
				}
				seen[d["id"]] = true
			}
			next = page.Next
		}
		if len(seen) != n || pages != 3 {
			t.Errorf("%d documents on %d pages", len(seen), pages)
		}
	})
}

func TestNodesAnswerTheirProfileAndStatus(t *testing.T) {
	eachSeeded(t, func(t *testing.T, h http.Handler) {
		nodes := answer[[]struct {
			Country, Status string
			Documents       int
			Heard           string `json:"last_heard"`
			Profile         *contracts.NodeProfile
		}](t, h, "/api/nodes")
		var short []string
		for _, n := range nodes {
			short = append(short, fmt.Sprint(n.Country, " ", n.Status, " ", n.Documents, " ", n.Profile != nil, " ", n.Heard))
		}
		want := []string{"BE unknown 4 false 2026-11-22T12:00:00Z", "ES left 0 true 2026-11-22T12:00:00Z", "SE in 3 true 2026-11-22T12:00:00Z"}
		if diff := cmp.Diff(want, short); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBadParameterIsAProblemNamingIt(t *testing.T) {
	h := signedIn(t, seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...)))
	for url, field := range map[string]string{
		"/api/network?year=abc":                                             "year",
		"/api/network?year=20233":                                           "year",
		"/api/network?source=rumour":                                        "source",
		"/api/network?jahr=2023":                                            "jahr",
		"/api/network?year=2023&year=2016":                                  "year",
		"/api/crossborder?year=2023&from=XX":                                "from",
		"/api/crossborder?year=2023&to=fr":                                  "to",
		"/api/crossborder/documents?from=BE&to=FR":                          "month",
		"/api/crossborder/documents?from=BE&to=FR&month=2023-13":            "month",
		"/api/crossborder/documents?to=FR&month=2023-12":                    "from",
		"/api/crossborder/documents?from=BE&to=FR&month=2023-12&after=last": "after",
		"/api/nodes?country=BE":                                             "country",
	} {
		w := get(h, url)
		var p contracts.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 422 || len(p.Faults) != 1 || p.Faults[0].Field != field || p.Faults[0].Remedy == "" {
			t.Errorf("%s: %d %s", url, w.Code, w.Body)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

// words is the text of a page, without mark-up, with one space between words.
func words(w *httptest.ResponseRecorder) string {
	text := strings.NewReplacer("\u00a0", " ", "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(tags.ReplaceAllString(w.Body.String(), " "))
	return strings.Join(strings.Fields(text), " ")
}

func TestPagesSayWhatAPersonNeeds(t *testing.T) {
	h := signedIn(t, seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...)))
	for _, c := range []struct {
		url  string
		want []string
	}{
		{"/?year=2023", []string{"The state of Europe Demonstration data", "The network in 2023 Year 2023", "200.00 EUR + 1 without rate", "50.0% of what is invoiced",
			"Published report", "Sweden Besloten vennootschap (statutair zonder winstoogmerk) 2012 1 4.5 303 2183 −40% 7.8% varies between 6.5% and 10% with the service provided",
			"Austria Coöperatie 2014 1 4.5 336 1700 +1% 10% turnover is an estimate to be confirmed in June 2024",
			"Source: Smart annual report 2023 (Dutch), 'Europees netwerk', table version 30/04/24"[8:], "– – 1 without rate –", "Belgium United States 60 30.0%"}},
		{"/?year=2016", []string{"8.5% individual members; 6.5% legal persons", "more than 8500000 EUR", "No invoices in 2016 yet",
			"three payout terms for the four columns"}},
		{"/crossborder?year=2023", []string{"Sweden 10 + 1 without rate", "Total 200.00 100.00%"}},
		{"/crossborder/BE/FR?year=2023", []string{"Belgium to France, 2023", "June 2023 −10.00 −10.00 EUR 0 1", "Total 30.00", "events of node be"}},
		{"/crossborder/PT/FR?year=2023", []string{"Nothing in 2023"}},
		{"/crossborder/BE/FR/2023-06", []string{"e Credit note, takes back d", "−10.00 EUR −10.00"}},
		{"/crossborder/SE/BE/2023-06", []string{"33.00 SEK no rate"}},
		{"/crossborder/SE/BE/2023-05", []string{"110.00 SEK 10.00 11 since 2 May 2023: ECB euro foreign exchange reference rates"}},
		{"/nodes", []string{"Sweden Exempel <AB> Aktiebolag in since 1 November 2012 SEK 3", "Spain Ejemplo Aktiebolag left 1 November 2012 to 30 June 2022", "has not introduced itself"}},
		{"/nodes/se?year=2023", []string{"Exempel <AB>", "Books in SEK", "1 January 2023 in force everything 7.8% report", "May 2023 1 110.00 SEK no report yet"}},
	} {
		w := get(h, c.url)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", c.url, w.Code)
		}
		text := words(w)
		for _, want := range c.want {
			if !strings.Contains(text, strings.TrimSpace(want)) {
				t.Errorf("%s does not say %q:\n%s", c.url, want, text)
			}
		}
	}
}

// TestSumsOfTheMatrixAreNeverCutOff: they stand beside the seller, and the words above do not scroll away with the table.
func TestSumsOfTheMatrixAreNeverCutOff(t *testing.T) {
	h := signedIn(t, seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...)))
	for _, url := range []string{"/crossborder?year=2023"} {
		w := get(h, url)
		if text := words(w); !strings.Contains(text, "the larger the flow. Seller ↓ Buyer → Total Share") {
			t.Errorf("%s: the sums do not stand first:\n%s", url, text)
		}
		_, table, found := strings.Cut(w.Body.String(), `<div class="scroll" role="region" aria-label="Border matrix"`)
		table, _, _ = strings.Cut(table, "</table>")
		if !found || strings.Contains(table, "Amounts in EUR") {
			t.Errorf("%s: the explanation scrolls with the matrix", url)
		}
	}
}

func TestPagesKeepToTheContentPolicy(t *testing.T) {
	h := signedIn(t, seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...)))
	for _, url := range []string{"/?year=2023", "/crossborder?year=2023", "/crossborder/BE/FR?year=2023", "/nodes", "/nodes/SE", "/nope"} {
		body := get(h, url).Body.String()
		for _, inline := range []string{" style=", "<style", "<script", " onclick=", "Exempel <AB>", "ZgotmplZ", "NaN"} {
			if strings.Contains(body, inline) {
				t.Errorf("%s holds %q", url, inline)
			}
		}
	}
}

func TestEmptyHubTeaches(t *testing.T) {
	h := signedIn(t, quiet(storagetest.Open(t, storage.SQLite, Migrations()...)))
	for url, want := range map[string]string{"/": "No invoices in 2026 yet", "/crossborder": "The matrix fills itself", "/nodes": "A node introduces itself"} {
		if text := words(get(h, url)); !strings.Contains(text, want) {
			t.Errorf("%s: %s", url, text)
		}
	}
	if body := get(h, "/api/network").Body.String(); strings.TrimSpace(body) != "[]" {
		t.Errorf("network: %s", body)
	}
}

func TestUnknownThingsAreNotFound(t *testing.T) {
	h := signedIn(t, seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...)))
	for url, want := range map[string]int{"/nodes/PL": 404, "/nodes/XX": 422, "/crossborder/BE": 404, "/crossborder/BE/FR/2023-6": 422, "/api/unknown": 404} {
		if w := get(h, url); w.Code != want {
			t.Errorf("%s: %d, want %d", url, w.Code, want)
		}
	}
}
