package nodes_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// list is a page of a list as programs read it.
type list[T any] struct {
	Items []T
	Next  string
}

// wanted is n.draft as a program writes it.
func (n *testNode) wanted() string {
	n.t.Helper()
	body, err := json.Marshal(n.draft())
	if err != nil {
		n.t.Fatal(err)
	}
	return string(body)
}

func TestAProgramRunsANodeFromMemberToReport(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		m := call[member.Member](b, 201, "POST", "/api/members", `{"reference":"M2","name":"Member two"}`)
		a := call[member.Activity](b, 201, "POST", "/api/activities", fmt.Sprintf(`{"reference":"A2","name":"Film","member":%q}`, m.ID))
		buyer := call[store.BuyerRow](b, 201, "POST", "/api/buyers", `{"name":"Exemple SARL","kind":"business","vat_id":"fr 40303265045","address":{"country":"FR"}}`)
		if buyer.Party.VATID != "FR40303265045" || m.Kind != contracts.Individual {
			t.Errorf("VAT number %s, kind %s", buyer.Party.VATID, m.Kind)
		}
		draft := fmt.Sprintf(`{"activity":%q,"buyer_id":%q,"registration":"valid","service":"general","supply_date":"2026-03-20","lines":[{"description":"Editing","quantity":"3","unit":"DAY","price":"400"}]}`, a.ID, buyer.ID)
		saved := call[store.DraftRow](b, 201, "POST", "/api/drafts", draft)
		call[store.DraftRow](b, 200, "PUT", "/api/drafts/"+saved.ID, strings.Replace(draft, `"400"`, `"500"`, 1))
		if got := call[list[store.DraftRow]](b, 200, "GET", "/api/drafts", ""); len(got.Items) != 1 {
			t.Errorf("%d drafts", len(got.Items))
		}
		doc := call[outbound.Document](b, 201, "POST", "/api/drafts/"+saved.ID+"/issue", "")
		id := string(doc.Invoice.ID)
		if doc.Invoice.Number != "BE2026-000001" || doc.Invoice.Totals.Payable.Fixed() != "1500.00" || doc.Invoice.Totals.Breakdown[0].Category != contracts.ReverseCharge {
			t.Errorf("issued %s over %s", doc.Invoice.Number, doc.Invoice.Totals.Payable)
		}
		paid := call[outbound.Document](b, 201, "POST", "/api/invoices/"+id+"/payments", `{"paid_on":"2026-03-31","amount":{"amount":"900.00","currency":"EUR"}}`)
		note := call[outbound.Document](b, 201, "POST", "/api/invoices/"+id+"/credit-notes", `{"net":{"amount":"100.00","currency":"EUR"},"reason":"a day less"}`)
		if paid.Open.Fixed() != "600.00" || note.Corrects != doc.Invoice.ID || note.Contribution.Fixed() != "6.50" {
			t.Errorf("open %s, note on %s with contribution %s", paid.Open, note.Corrects, note.Contribution)
		}
		b.checkBooks(id, string(a.ID))
		*n.now = n.now.AddDate(0, 0, 1)
		filed := call[contracts.MonthlyReport](b, 201, "POST", "/api/reports/2026-03", `{"users":12,"operating_costs":{"amount":"10.00","currency":"EUR"}}`)
		if filed.Turnover.Fixed() != "1400.00" || *filed.Users != 12 {
			t.Errorf("filed %s, %d users", filed.Turnover, *filed.Users)
		}
		type month struct {
			Computed contracts.MonthlyReport
			Filed    []store.FiledReport
		}
		if got := call[month](b, 200, "GET", "/api/reports/2026-03", ""); got.Computed.Turnover.Fixed() != "1400.00" || got.Computed.Users != nil || len(got.Filed) != 1 {
			t.Errorf("report %+v", got)
		}
		if got := call[list[store.FiledReport]](b, 200, "GET", "/api/reports", ""); len(got.Items) != 1 {
			t.Errorf("%d reports", len(got.Items))
		}
		type network struct{ Sent, Receipted, Pending int }
		if got := call[network](b, 200, "GET", "/api/network", ""); got != (network{Sent: 4, Pending: 4}) { // invoice, payment, credit note, report
			t.Errorf("network %+v", got)
		}
	})
}

// checkBooks reads the invoice over 1,500.00, of which 900.00 are paid and 100.00 taken back, in every place it shows.
func (b browser) checkBooks(invoice, activity string) {
	b.t.Helper()
	type file struct {
		Document    outbound.Document
		Payments    []outbound.Payment
		CreditNotes []outbound.Document `json:"credit_notes"`
		Postings    []struct {
			Account, Number string
			Amount          contracts.Money
		}
	}
	f := call[file](b, 200, "GET", "/api/invoices/"+invoice, "")
	if f.Document.Open.Fixed() != "500.00" || len(f.Payments) != 1 || len(f.CreditNotes) != 1 || len(f.Postings) != 7 || f.Postings[0].Number != "400" {
		b.t.Errorf("open %s, %d payments, %d credit notes, postings %+v", f.Document.Open, len(f.Payments), len(f.CreditNotes), f.Postings)
	}
	type budgets struct {
		Budgets []struct{ Invoiced, Contribution, Available contracts.Money }
		Entries []struct{ Description string }
	}
	got := call[budgets](b, 200, "GET", "/api/activities/"+activity, "")
	if len(got.Budgets) != 1 || got.Budgets[0].Invoiced.Fixed() != "1400.00" || got.Budgets[0].Contribution.Fixed() != "91.00" || got.Budgets[0].Available.Fixed() != "1309.00" || len(got.Entries) != 2 {
		b.t.Errorf("budget %+v", got)
	}
	type line struct{ Account, Number, Currency, Debit, Credit, Balance string }
	lines := call[list[line]](b, 200, "GET", "/api/ledger/trial-balance?until=2026-03-31", "")
	if want := (line{"trade_receivables", "400", "EUR", "1500.00", "1000.00", "500.00"}); !slices.Contains(lines.Items, want) {
		b.t.Errorf("trial balance %+v", lines.Items)
	}
}

func TestAPreviewSaysWhatWouldBeAndStoresNothing(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, before := browse(n), n.rows()
		doc := call[outbound.Document](b, 200, "POST", "/api/preview", n.wanted())
		if doc.Invoice.Number != "" || doc.Invoice.Totals.Tax.Fixed() != "210.07" || doc.PayoutDate.String() != "2026-03-31" || doc.RateSource == "" {
			t.Errorf("preview %+v", doc)
		}
		if got := n.rows(); got != before {
			t.Errorf("stored: %s", got)
		}
	})
}

func TestListsAreCompletePageByPage(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		err := n.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			for i := range 120 {
				m, err := n.Members.Add(ctx, tx, member.Member{Reference: fmt.Sprintf("N%03d", i), Name: "Same name"})
				if err != nil {
					return err
				}
				if _, err := n.Members.AddActivity(ctx, tx, access.Program(), member.Activity{Reference: fmt.Sprintf("B%03d", i), Member: m.ID, Name: "Same"}); err != nil {
					return err
				}
				p := contracts.Party{Name: "Same ~ name", Kind: contracts.Consumer, Address: contracts.Address{Country: "FR", Town: fmt.Sprint(i)}, VATID: fmt.Sprintf("XX%d", i)}
				if _, err := n.Store.SaveBuyer(ctx, tx, access.Program(), outbound.NewID(), p, n.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			n.issue(n.draft())
		}
		b := browse(n)
		for path, want := range map[string]int{"/api/members": 121, "/api/activities": 121, "/api/buyers": 120, "/api/invoices": 60, "/api/invoices?open=true&activity=" + string(n.activity.ID): 60} {
			seen := map[string]bool{}
			for at := path; at != ""; {
				page := call[list[json.RawMessage]](b, 200, "GET", at, "")
				for _, item := range page.Items {
					seen[string(item)] = true
				}
				at = page.Next
			}
			if len(seen) != want {
				t.Errorf("%s: %d of %d", path, len(seen), want)
			}
		}
		for at, pages := "/buyers", 0; at != ""; pages++ {
			if at = b.open(at).next(); at == "" && pages != 2 {
				t.Errorf("120 buyers on %d pages", pages+1)
			}
		}
	})
}

func TestTheCountryAnswersWithSourcesOnADay(t *testing.T) {
	b := browse(openSQLite(t))
	type answer struct {
		Country contracts.CountryCode
		On      contracts.Date
		Facts   adapters.Facts
	}
	got := call[answer](b, 200, "GET", "/api/country?on=2023-06-01", "")
	i := slices.IndexFunc(got.Facts, func(f adapters.Fact) bool { return f.Name == "contribution" })
	if got.Country != "BE" || got.On.String() != "2023-06-01" || i < 0 || !strings.HasPrefix(got.Facts[i].Value, "6.5 %") || got.Facts[i].Source == "" {
		t.Errorf("%s on %s: %d facts", got.Country, got.On, len(got.Facts))
	}
	type column struct {
		Name     string
		Required bool
	}
	if got := call[list[column]](b, 200, "GET", "/api/import/columns", ""); len(got.Items) != len(outbound.Columns) || got.Items[0] != (column{"number", true}) {
		t.Errorf("columns %+v", got.Items)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		for _, c := range [][3]string{
			{"GET", "/api/invoices/x", ""}, {"GET", "/api/activities/x", ""}, {"GET", "/api/nothing", ""}, {"POST", "/api/drafts/x/issue", ""}, {"DELETE", "/api/drafts/x", ""},
			{"PUT", "/api/drafts/x", n.wanted()}, {"POST", "/api/invoices/x/payments", `{"paid_on":"2026-03-31","amount":{"amount":"1.00","currency":"EUR"}}`},
			{"POST", "/api/invoices/x/credit-notes", `{"reason":"because"}`},
		} {
			b.problem(http.StatusNotFound, c[0], c[1], "application/json", c[2])
		}
	})
}

func TestAnotherSitesFormIsRefused(t *testing.T) {
	n := openSQLite(t)
	before := n.rows()
	for _, path := range []string{"/members", "/api/members"} {
		r := httptestRequest(path, url.Values{"reference": {"M9"}, "name": {"N"}, "kind": {"individual"}}.Encode())
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if w := serve(n, r); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if diff := cmp.Diff(before, n.rows()); diff != "" {
		t.Error(diff)
	}
}
