package nodes_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
)

// everything counts the rows of every table that a request could write.
func (n *testNode) everything() string {
	n.t.Helper()
	out := n.rows()
	for _, table := range []string{"ledger_posting", "draft", "buyer", "monthly_report", "import_job", "member_pseudonym"} {
		var c int
		if err := n.DB.QueryRowContext(n.t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&c); err != nil {
			n.t.Fatal(err)
		}
		out += fmt.Sprintf(", %s %d", table, c)
	}
	return out
}

// past is a file of past invoices with one good line for each number.
func past(numbers ...string) string {
	lines := []string{"number,issue_date,member,member_name,activity,buyer_name,buyer_country,buyer_kind,description,net,vat_category,vat_rate,vat,currency"}
	for _, number := range numbers {
		lines = append(lines, number+",2025-05-02,P1,Past member,PA1,Buyer,BE,business,Work,100.00,S,21,21.00,EUR")
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestBadInputNamesFieldAndRemedyAndLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		doc := n.issue(n.draft())
		payments, credits := "/api/invoices/"+string(doc.Invoice.ID)+"/payments", "/api/invoices/"+string(doc.Invoice.ID)+"/credit-notes"
		before := n.everything()
		draft := func(old, new string) string { return strings.Replace(n.wanted(), old, new, 1) }
		if !strings.Contains(n.wanted(), `"price":"1000.33"`) || !strings.Contains(n.wanted(), `"country":"BE"`) {
			t.Fatalf("the good draft is another: %s", n.wanted())
		}
		broken := strings.Replace(past("P-1", "P-2", "P-3"), "P-2,2025-05-02,P1,", "P-2,2025-05-02,P1\"", 1)
		for name, c := range map[string]struct {
			status            int
			path, kind, body  string
			code, field, help string
		}{
			"wrong VAT number":            {422, "/api/invoices", "", draft("BE 0468.561.072", "BE0468561073"), "vat-id", "buyer.vat_id", "ask the buyer"},
			"wrong VAT number of a buyer": {422, "/api/buyers", "", `{"name":"B","kind":"business","vat_id":"FR00303265045","address":{"country":"FR"}}`, "vat-id", "vat_id", "ask the buyer"},
			"unknown country":             {422, "/api/invoices", "", draft(`"country":"BE"`, `"country":"XX"`), "country", "buyer.address.country", "ISO 3166"},
			"a date without a rate":       {422, "/api/invoices", "", draft("2026-03-20", "1950-03-20"), "no-rate", "supply_date", "check the date"},
			"three decimals in a payment": {422, payments, "", `{"paid_on":"2026-03-31","amount":{"amount":"1.005","currency":"EUR"}}`, "amount", "amount", "round it to 2 decimals"},
			"seven decimals in a price":   {422, "/api/invoices", "", draft("1000.33", "1000.3333333"), "amount", "lines[0].price", "round it to 6 decimals"},
			"three decimals in a file":    {422, "/api/import", "text/csv", strings.Replace(past("P-1"), "100.00", "100.005", 1), "amount", "line 2.net", "round it to 2 decimals"},
			"a currency not used":         {422, "/api/invoices", "", draft(`"lines"`, `"currency":"USD","lines"`), "currency", "currency", "use EUR"},
			"a payment in another one":    {422, payments, "", `{"paid_on":"2026-03-31","amount":{"amount":"1.00","currency":"SEK"}}`, "currency", "amount", "in that currency"},
			"a currency unknown":          {422, payments, "", `{"paid_on":"2026-03-31","amount":{"amount":"1.00","currency":"XXX"}}`, "currency", "amount", "ISO 4217"},
			"more than is open":           {422, payments, "", `{"paid_on":"2026-03-31","amount":{"amount":"1210.41","currency":"EUR"}}`, "too-much", "amount", "at most 1210.40 EUR"},
			"a payment of tomorrow":       {422, payments, "", `{"paid_on":"2026-04-01","amount":{"amount":"1.00","currency":"EUR"}}`, "date", "paid_on", "when the money is there"},
			"a credit without a reason":   {422, credits, "", `{}`, "missing", "reason", "say in a sentence why"},
			"a credit above the invoice":  {422, credits, "", `{"reason":"r","net":{"amount":"1000.34","currency":"EUR"}}`, "too-much", "net", "at most 1000.33 EUR"},
			"a number given before":       {409, "/api/import", "text/csv", past(doc.Invoice.Number), "duplicate", "line 2.number", "each number is given once"},
			"a number twice in a file":    {409, "/api/import", "text/csv", strings.Replace(past("P-1", "P-1"), "Work", "Other", 1), "duplicate", "line 3.number", "each number is given once"},
			"a broken line in the middle": {400, "/api/import", "text/csv", broken, "malformed", "line 3", "in double quotes"},
			"a wrong line in the middle":  {422, "/api/import", "text/csv", strings.Replace(past("P-1", "P-2", "P-3"), "P-2,2025-05-02", "P-2,2025-05-32", 1), "date", "line 3.issue_date", "year-month-day"},
			"a column missing":            {422, "/api/import", "text/csv", "number\n1\n", "column", "line 1", "add it"},
			"a file that is no CSV":       {415, "/api/import", "application/json", "{}", "content-type", "", "text/csv"},
			"a form instead of JSON":      {415, "/api/invoices", "application/x-www-form-urlencoded", "a=b", "content-type", "", "application/json"},
			"a member nobody knows":       {400, "/api/members", "", `{"reference":"M2","name":"N","role":"x"}`, "unknown-member", "role", "matched exactly"},
			"the same member twice":       {400, "/api/members", "", `{"reference":"M2","reference":"M3","name":"N"}`, "duplicate-member", "reference", ""},
			"half a document":             {400, "/api/members", "", `{"reference":"M2"`, "malformed", "", ""},
			"a reference taken":           {409, "/api/members", "", `{"reference":"M1","name":"N"}`, "taken", "reference", "choose another"},
			"an activity of nobody":       {422, "/api/activities", "", `{"reference":"A2","name":"N","member":"x"}`, "unknown", "member", "choose one"},
			"an invoice of no activity":   {422, "/api/invoices", "", draft(string(n.activity.ID), "x"), "unknown", "activity", "choose one"},
			"an invoice without lines":    {422, "/api/invoices", "", n.wanted()[:strings.Index(n.wanted(), `"lines"`)] + `"lines":[]}`, "missing", "lines", "at least one line"},
			"a month that runs":           {422, "/api/reports/2026-03", "", `{}`, "early", "month", "from 2026-04-01 on"},
			"a month that is none":        {422, "/api/reports/2026-13", "", `{}`, "date", "month", "year-month"},
			"staff below zero":            {422, "/api/reports/2026-02", "", `{"permanent_staff":"-1"}`, "invalid", "permanent_staff", "full-time"},
			"users below zero":            {422, "/api/reports/2026-02", "", `{"users":-1}`, "invalid", "users", "count from zero"},
			"a tenth of a cent":           {422, "/api/reports/2026-02", "", `{"cash":{"amount":"1.001","currency":"EUR"}}`, "amount", "cash", "2 decimals"},
			"costs in another currency":   {422, "/api/reports/2026-02", "", `{"operating_costs":{"amount":"1.00","currency":"SEK"}}`, "currency", "operating_costs", "EUR"},
			"50 MB of JSON":               {413, "/api/invoices", "", strings.Repeat(" ", 50<<20), "too-large", "", "send less"},
			"50 MB of file":               {413, "/api/import", "text/csv", strings.Repeat("x", 50<<20), "too-large", "", "send less"},
		} {
			if c.kind == "" {
				c.kind = "application/json"
			}
			p := b.problem(c.status, http.MethodPost, c.path, c.kind, c.body)
			if !slices.ContainsFunc(p.Faults, func(f contracts.Fault) bool {
				return string(f.Code) == c.code && f.Field == c.field && strings.Contains(f.Remedy, c.help)
			}) {
				t.Errorf("%s: no %s at %q with a remedy %q: %+v", name, c.code, c.field, c.help, p.Faults)
			}
			if got := n.everything(); got != before {
				t.Fatalf("%s left something behind:\n%s\n%s", name, before, got)
			}
		}
	})
}

func TestAddressesRefuseWhatTheyDoNotKnow(t *testing.T) {
	b := browse(openSQLite(t))
	for path, field := range map[string]string{
		"/api/invoices?opened=true": "opened", "/api/invoices?open=yes": "open", "/api/invoices?before=x": "before", "/api/invoices?before=2026-02-30~x": "before",
		"/api/members?limit=1": "limit", "/api/ledger/trial-balance?until=x": "until", "/api/country?on=x": "on", "/api/reports/2026-03?currency=XXX": "currency",
		"/api/drafts?a=b": "a", "/api/network?a=b": "a", "/api/country?on=2026-01-01&on=2026-01-02": "on", "/api/buyers?after=x": "after",
	} {
		p := b.problem(http.StatusUnprocessableEntity, http.MethodGet, path, "", "")
		if len(p.Faults) != 1 || p.Faults[0].Field != field || p.Faults[0].Remedy == "" {
			t.Errorf("%s: %+v", path, p.Faults)
		}
	}
}

// PostgreSQL keeps no text with U+0000 and none that is not UTF-8; SQLite keeps both, and neither is of use to anybody.
func TestTextThatIsNoneIsRefusedEverywhere(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, before := browse(n), n.everything()
		long := `"` + strings.Repeat("é", 1001) + `"`
		for body, field := range map[string]string{
			strings.Replace(n.wanted(), `"Mixing"`, `"a\u0000b"`, 1):                 "lines[0].description",
			strings.Replace(n.wanted(), `"Mixing"`, long, 1):                         "lines[0].description",
			strings.Replace(n.wanted(), `"Buyer"`, `"a\u0007b"`, 1):                  "buyer.name",
			strings.Replace(n.wanted(), `"activity":"`, `"activity":"\u0000`, 1):     "activity",
			strings.Replace(n.wanted(), `"lines"`, `"buyer_id":"\u0000","lines"`, 1): "buyer_id",
		} {
			for _, path := range []string{"/api/invoices", "/api/drafts", "/api/preview"} {
				w := b.do("POST", path, "application/json", body)
				if (w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusRequestEntityTooLarge) || !strings.Contains(w.Body.String(), `"field":"`+field+`"`) {
					t.Errorf("%s: %d %s", path, w.Code, w.Body)
				}
			}
		}
		for path, status := range map[string]int{"/api/invoices/%00": 404, "/invoices/%ff": 404, "/activities/%00": 404, "/import/%00": 404, "/api/members?after=%00": 422, "/api/members?after=%ff": 422,
			"/invoices?activity=%00": 422, "/api/invoices?before=2026-01-01~%00": 422, "/?%00=1": 422} {
			if w := b.do("GET", path, "", ""); w.Code != status {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		for _, name := range []string{"a\x00", "a\xff", strings.Repeat("a", 2001)} {
			if w := b.send("/members", "reference", "M7", "name", name, "kind", "individual"); w.Code < 400 || w.Code > 499 {
				t.Errorf("a name of %.5q: %d", name, w.Code)
			}
		}
		if got := n.everything(); got != before {
			t.Errorf("left behind:\n%s\n%s", before, got)
		}
	})
}
