package nodes_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/delivery"
	"passerelle/nodes/retention"
)

// whole demands that every check of the books is clean.
func (n *testNode) whole() {
	n.t.Helper()
	checks, err := nodes.Verify(n.t.Context(), n.DB)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			n.t.Errorf("verify: %s: %s: %s", c.Name, c.FirstBad, c.Message)
		}
	}
}

// places are the columns that say something of people.
var places = []string{"member.name", "member.reference", "activity.name", "activity.reference", "draft.body", "buyer.name", "buyer.party", "document.buyer", "document.body",
	"member_contact.email", "member_contact.town", "mobility_case.body", "case_history.body", "case_paper.content", "parcel.about", "parcel.content", "parcel_event.reason", "expense.supplier", "expense.body", "expense.content"}

// holds tells in which places a word stands.
func (n *testNode) holds(word string) (found []string) {
	n.t.Helper()
	for _, place := range places {
		table, column, _ := strings.Cut(place, ".")
		text := "CAST(" + column + " AS TEXT)"
		if n.DB.Engine() == storage.Postgres && (column == "body" || column == "party" || column == "about" || column == "content") {
			text = "convert_from(" + column + ", 'UTF8')"
		}
		var rows int
		if err := n.DB.QueryRowContext(n.t.Context(), "SELECT COUNT(*) FROM "+table+" WHERE "+text+" LIKE $1", "%"+word+"%").Scan(&rows); err != nil {
			n.t.Fatalf("%s: %v", place, err)
		}
		if rows > 0 {
			found = append(found, place)
		}
	}
	return found
}

// settle pays an invoice whole.
func (n *testNode) settle(id string) {
	n.t.Helper()
	d, _, err := n.Store.Document(n.t.Context(), n.DB, access.Program(), contracts.InvoiceID(id))
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := n.Outbound.Pay(n.t.Context(), access.Program(), d.Invoice.ID, contracts.DateOf(n.now.UTC()), d.Open); err != nil {
		n.t.Fatal(err)
	}
}

func (n *testNode) books() string {
	n.t.Helper()
	body, err := json.Marshal(n.trial())
	if err != nil {
		n.t.Fatal(err)
	}
	return string(body)
}

func TestAMemberIsErasedAsFarAsTheLawAllows(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		h := newHouse(t, n, 2)
		p, other := h.people[0], h.people[1]
		n.settle(p.invoice)
		h.ask("member", "POST", "/account/data", "application/x-www-form-urlencoded", "email="+p.canary+"%40example.org&town="+p.canary)
		before := n.books()
		page := h.ask("adviser", "GET", "/members/"+string(p.member)+"/erase", "", "")
		if !strings.Contains(page.body, "2036: the law has them kept for 10 years") { // Belgium: ten years from the end of 2026
			t.Errorf("the page does not say what stays until when: %s", page.body[strings.Index(page.body, "<main"):])
		}
		if got := h.ask("adviser", "POST", "/members/"+string(p.member)+"/erase", "application/x-www-form-urlencoded", "reason=asked"); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := strings.Join(n.holds(p.canary), " "); strings.Contains(got, "draft") || strings.Contains(got, "buyer.") || strings.Contains(got, "contact") || !strings.Contains(got, "document.body") {
			t.Errorf("after the erasure its word stands in %s", got)
		}
		*n.now = time.Date(2036, 12, 31, 12, 0, 0, 0, time.UTC)
		if r, err := n.Retention.Run(t.Context(), false); err != nil || r.Members != 0 || r.Documents != 0 {
			t.Errorf("on the last day: %+v %v", r, err)
		}
		*n.now = time.Date(2037, 1, 1, 12, 0, 0, 0, time.UTC)
		r, err := n.Retention.Run(t.Context(), false)
		if err != nil || r.Members != 1 || r.Documents != 1 {
			t.Errorf("the day after: %+v %v", r, err)
		}
		if got := n.holds(p.canary); len(got) > 0 {
			t.Errorf("its word still stands in %s", got)
		}
		if got := n.holds(other.canary); len(got) == 0 {
			t.Error("another's were erased too")
		}
		if after := n.books(); after != before {
			t.Errorf("books before %s\nafter %s", before, after)
		}
		n.whole()
		if got := h.ask("manager", "GET", "/invoices/"+p.invoice, "", ""); got.status != http.StatusOK || !strings.Contains(got.body, "was erased") {
			t.Errorf("the page of an erased document: %d", got.status)
		}
		if again, err := n.Retention.Run(t.Context(), false); err != nil || again != (retention.Result{}) {
			t.Errorf("again: %+v %v", again, err)
		}
	})
}

// What was handed over and what suppliers sent are kept as long as invoices, in Italy for ten years, and go with them.
func TestParcelsAndExpensesGoWhenTheirPeriodIsOver(t *testing.T) {
	storagetest.Each(t, nodes.Migrations(), func(t *testing.T, db *storage.DB) {
		n := open(t, db, "IT", country.Config{})
		doc := n.issue(n.toFrance())
		n.settle(string(doc.Invoice.ID))
		k := n.toSdI(doc)
		expense, err := n.Inbound.Take(t.Context(), access.Program(), n.activity.ID, supplierInvoice(t, "Canary supplier", "FR-1"))
		if err != nil {
			t.Fatal(err)
		}
		told := delivery.Answer{Name: k.Name, Status: delivery.Rejected, Reason: "Canary person did not order it"}
		if err := n.Delivery.Take(t.Context(), access.Program(), told, "folder"); err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{`DELETE FROM parcel_event WHERE parcel = $1`, `UPDATE parcel_event SET reason = '' WHERE parcel = $1`} {
			if err := n.run(change, k.Name); err == nil {
				t.Errorf("accepted: %s", change)
			}
		}
		before := n.books()
		left := func() (parcels, expenses int) {
			t.Helper()
			all, err := n.Store.ParcelsOf(t.Context(), n.DB, access.Program(), doc.Invoice.ID)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := n.Store.Expenses(t.Context(), n.DB, access.Program(), "", 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(all), len(kept)
		}
		for _, step := range []struct {
			on                string
			dry               bool
			parcels, expenses int
		}{{"2036-03-30", false, 2, 1}, {"2038-01-01", true, 2, 1}, {"2038-01-01", false, 0, 0}} {
			*n.now = contracts.MustDate(step.on).Time().Add(12 * time.Hour)
			if _, err := n.Retention.Run(t.Context(), step.dry); err != nil {
				t.Fatal(err)
			}
			if parcels, expenses := left(); parcels != step.parcels || expenses != step.expenses {
				t.Errorf("%s (rehearsal: %t): %d parcels and %d expenses, want %d and %d", step.on, step.dry, parcels, expenses, step.parcels, step.expenses)
			}
		}
		for _, word := range []string{"Canary supplier", "Canary person", "Acheteur"} {
			if got := n.holds(word); len(got) > 0 {
				t.Errorf("%s still stands in %s", word, got)
			}
		}
		if _, found, err := n.Store.ExpenseContent(t.Context(), n.DB, access.Program(), expense.ID); found || err != nil {
			t.Errorf("the supplier's document is still there: %t, %v", found, err)
		}
		if err := n.Delivery.Take(t.Context(), access.Program(), delivery.Answer{Name: k.Name, Status: delivery.Accepted}, "folder"); !errors.Is(err, delivery.ErrNotFound) {
			t.Errorf("an answer to what is gone: %v", err)
		}
		if after := n.books(); after != before {
			t.Errorf("books before %s\nafter %s", before, after)
		}
	})
}

// TestASuppliersInvoiceWithoutADayIsKept as of the day it came.
func TestASuppliersInvoiceWithoutADayIsKept(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		dated := regexp.MustCompile(`<cbc:IssueDate>[^<]*</cbc:IssueDate>`)
		if _, err := n.Inbound.Take(t.Context(), access.Program(), n.activity.ID, dated.ReplaceAll(supplierInvoice(t, "Example Studio", "FR-1"), nil)); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			on   string
			kept int
		}{{"2036-12-31", 1}, {"2037-01-01", 0}} {
			*n.now = contracts.MustDate(step.on).Time().Add(12 * time.Hour)
			if _, err := n.Retention.Run(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			if kept, err := n.Store.Expenses(t.Context(), n.DB, access.Program(), "", 10); err != nil || len(kept) != step.kept {
				t.Errorf("%s: %d are kept, %v", step.on, len(kept), err)
			}
		}
	})
}

func TestAMemberWithoutDocumentsIsErasedWhole(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		h := newHouse(t, n, 2)
		p := h.newcomer(9)
		p.draft = h.newDraft(p)
		if got := h.ask("manager", "POST", "/members/"+string(p.member)+"/erase", "application/x-www-form-urlencoded", "reason=asked"); got.status != http.StatusSeeOther || got.to != "/members?done=erased" {
			t.Fatalf("%d %s %s", got.status, got.to, got.body)
		}
		if got := n.holds(p.canary); len(got) > 0 {
			t.Errorf("its word still stands in %s", got)
		}
		var subject, member, done string
		if err := n.DB.QueryRowContext(t.Context(), `SELECT subject, member, done_at FROM erasure`).Scan(&subject, &member, &done); err != nil {
			t.Fatal(err)
		}
		if subject != retention.Subject(p.member) || member != "" || done == "" {
			t.Errorf("tombstone %s %q %q", subject, member, done)
		}
		if got := h.ask("manager", "GET", "/members/"+string(p.member), "", ""); got.status != http.StatusNotFound {
			t.Errorf("its page: %d", got.status)
		}
		n.whole()
	})
}

// Belgium kept documents for seven years until the end of 2022, and for ten since.
func TestTheDailyRunErasesWhatIsPastItsPeriod(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		past := "number,issue_date,member,member_name,activity,buyer_name,buyer_country,buyer_kind,description,net,currency,vat_category,vat_rate,vat,paid_on\n" +
			"P-2018,2018-12-31,M7,Old,A7,CanaryP buyer,BE,consumer,CanaryP work,100.00,EUR,S,21,21.00,2019-01-10\n" +
			"P-2019,2019-01-01,M7,Old,A7,CanaryQ buyer,BE,consumer,CanaryQ work,100.00,EUR,S,21,21.00,2019-01-10\n" +
			"P-2016,2016-03-01,M7,Old,A7,CanaryR buyer,BE,consumer,CanaryR work,100.00,EUR,S,21,21.00,\n"
		if r, err := n.Outbound.Import(t.Context(), []byte(past), false, nil); err != nil || r.Broken > 0 {
			t.Fatalf("%+v %v", r, err)
		}
		before := n.books()
		if r, err := n.Retention.Run(t.Context(), true); err != nil || r.Documents != 1 || !r.DryRun || len(n.holds("CanaryP")) == 0 {
			t.Errorf("dry run: %+v %v", r, err)
		}
		if r, ran, err := n.Retention.Daily(t.Context()); err != nil || !ran || r.Documents != 1 {
			t.Errorf("daily run: %+v %t %v", r, ran, err)
		}
		if _, ran, err := n.Retention.Daily(t.Context()); err != nil || ran {
			t.Errorf("ran twice on one day: %v", err)
		}
		for word, stays := range map[string]bool{"CanaryP": false, "CanaryQ": true, "CanaryR": true} { // R is past its period, and still open
			if got := n.holds(word); len(got) > 0 != stays {
				t.Errorf("%s stands in %v", word, got)
			}
		}
		if after := n.books(); after != before {
			t.Errorf("books before %s\nafter %s", before, after)
		}
		n.whole()
		var rule string
		if err := n.DB.QueryRowContext(t.Context(), `SELECT rule FROM erasure_log WHERE kind = 'document'`).Scan(&rule); err != nil || !strings.Contains(rule, "7 years") {
			t.Errorf("logged %q %v", rule, err)
		}
		d, _, err := n.Store.DocumentByNumber(t.Context(), n.DB, access.Program(), "P-2018")
		if err != nil || d.ErasedOn.IsZero() || d.Invoice.Totals.Payable.Fixed() != "121.00" {
			t.Errorf("what is left: %+v %v", d, err)
		}
		if _, err := n.Outbound.Credit(t.Context(), access.Program(), d.Invoice.ID, nil, "late"); strings.Join(codes(err), " ") != "closed@" {
			t.Errorf("credited: %v", err)
		}
	})
}

// Blanking is the one change that history allows: once, of what names people, of nothing that is open.
func TestHistoryAllowsNothingButItsErasure(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		paid, open := n.issue(n.draft()), n.issue(n.draft())
		n.settle(string(paid.Invoice.ID))
		for _, change := range []string{
			`UPDATE document SET body = '{}' WHERE id = $1`, `UPDATE document SET buyer = '' WHERE id = $1`, `UPDATE document SET net = 1 WHERE id = $1`, `DELETE FROM document WHERE id = $1`,
			`UPDATE document SET buyer = '', fingerprint = '', body = '{}', erased_at = 'x', net = 1 WHERE id = $1`, `UPDATE document SET buyer = 'x', fingerprint = '', erased_at = 'x' WHERE id = $1`,
		} {
			if err := n.run(change, paid.Invoice.ID); err == nil {
				t.Errorf("accepted: %s", change)
			}
		}
		const blank = `UPDATE document SET buyer = '', fingerprint = '', body = '{}', erased_at = 'x' WHERE id = $1`
		if err := n.run(blank, open.Invoice.ID); err == nil {
			t.Error("an open invoice was blanked")
		}
		if err := n.run(blank, paid.Invoice.ID); err != nil {
			t.Error(err)
		}
		if err := n.run(blank, paid.Invoice.ID); err == nil {
			t.Error("blanked twice")
		}
	})
}

func (n *testNode) run(statement string, args ...any) error {
	return n.DB.Write(n.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}

func TestAMemberTakesAllHisDataAndNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		h := newHouse(t, n, 2)
		me, other := h.people[0], h.people[1]
		h.ask("adviser", "GET", "/invoices/"+me.invoice, "", "")
		got := h.ask("member", "GET", "/account/data/export", "", "")
		z, err := zip.NewReader(bytes.NewReader([]byte(got.body)), int64(len(got.body)))
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := b.ReadFrom(r); err != nil {
				t.Fatal(err)
			}
			all += f.Name + "\n" + b.String()
		}
		for _, want := range []string{"data.json", "documents/BE2026-000001.html", me.canary + " member", me.canary + " activity", me.canary + " line", me.canary + " buyer", me.draft, me.mobility, me.canary + " plays", "cases/" + me.mobility + "/" + me.paper[:8] + "-other-2026-03-31.pdf", `"purpose":"see an invoice"`, `"until":"2036-12-31"`} {
			if !strings.Contains(all, want) {
				t.Errorf("it lacks %s", want)
			}
		}
		if strings.Contains(all, other.canary) {
			t.Error("it holds another's data")
		}
	})
}

func TestAMemberSeesWhoSawHisData(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		h := newHouse(t, n, 2)
		me := h.people[0]
		h.ask("member", "GET", "/invoices/"+me.invoice, "", "")
		if got := h.ask("member", "GET", "/account/seen", "", ""); !strings.Contains(got.body, "Nobody else was shown") {
			t.Errorf("one's own look is listed: %s", got.body)
		}
		h.ask("adviser", "GET", "/invoices", "", "")
		h.ask("accountant", "POST", "/invoices/"+me.invoice+"/payments", "application/x-www-form-urlencoded", "paid_on=2026-03-31&amount=1.00")
		got := h.ask("member", "GET", "/account/seen", "", "").body
		for _, want := range []string{"Person adviser", "See the list of invoices", "Person accountant", "Record a payment", "changed", "/invoices/" + me.invoice} {
			if !strings.Contains(got, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if got := h.ask("auditor", "GET", "/read-log?member="+me.reference, "", "").body; !strings.Contains(got, "Person adviser") || !strings.Contains(got, "Record a payment") {
			t.Errorf("the auditor reads %s", got)
		}
		if err := n.run(`DELETE FROM trail`); err == nil {
			t.Error("the trail was removed")
		}
		if err := n.run(`UPDATE trail SET name = 'x'`); err == nil {
			t.Error("the trail was changed")
		}
	})
}
