package nodes_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
)

// abroad is a form for two days of work in France for a French business.
func abroad(more ...string) []string {
	return append([]string{"activity", "A1", "buyer_id", "", "buyer.name", "Exemple SARL", "buyer.kind", "business", "buyer.address.country", "FR",
		"buyer.vat_id", "FR 40 303265045", "buyer.language", "fr", "registration", "valid", "service", "general", "supply_date", "2026-03-20", "performed_in", "FR",
		"lines[0].description", "Sound design", "lines[0].quantity", "2", "lines[0].unit", "DAY", "lines[0].price", "350.50",
		"lines[3].description", "Travel", "lines[3].quantity", "1", "lines[3].unit", "C62", "lines[3].price", "99"}, more...)
}

func TestAnInvoiceAcrossABorderInTheBrowser(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.Outbound.Seller.Party.Registrations = []contracts.Identifier{{Scheme: "be.enterprise", Value: "0403019261"}}
		b := browse(n)
		before := n.rows()
		draft, preview := b.follow("/invoices/new", abroad()...)
		preview.says("Check before issuing", "the number is given at issue", "Exemple SARL", "VAT FR40303265045", "Sound design 2 days 350.50", "Travel 1 99.00", "Reverse charge", "Autoliquidation",
			"Place of supply decided by Directive 2006/112/EC, Art. 44", "ondernemingsnummer / numéro d'entreprise 0403019261", "Without VAT 800.00 EUR", "To pay 800.00 EUR", "Contribution, 6.5% 52.00 EUR", "of which guarantee fund 5.20 EUR", "To the budget 748.00 EUR", "Member paid by 31 March 2026",
			"It cannot be undone")
		if got := n.rows(); got != before {
			t.Errorf("a draft is in no books: %s", got)
		}
		address, issued := b.follow(draft + "/issue")
		issued.says("Invoice BE2026-000001", "Open", "Due 30 April 2026", "Trade receivables Invoice BE2026-000001 400 31 March 2026 800.00 EUR")
		again := b.send(draft + "/issue")
		if again.Code != http.StatusNotFound || !strings.Contains(b.see(again).text(), "issued or thrown away") {
			t.Errorf("a second click: %d %s", again.Code, b.see(again).text())
		}
		if got := n.events(); len(got) != 1 {
			t.Errorf("events %v", got)
		}
		invoice, _, _ := strings.Cut(address, "?")
		b.payAndTakeBack(invoice)
		b.open("/buyers").says("Exemple SARL France", "FR40303265045")
		b.open("/activities/"+string(n.activity.ID)).says("Invoiced 700.00 EUR", "Contribution 45.50 EUR", "Budget 654.50 EUR", "Invoice BE2026-000001", "Credit note BE2026-000002")
	})
}

// payAndTakeBack goes on with an invoice over 800.00: wrong and right payments, then a credit note over 100.00.
func (b browser) payAndTakeBack(invoice string) {
	b.t.Helper()
	s := b.refused(invoice+"/payments", "paid_on", "2026-03-31", "amount", "800.01")
	if got := s.beside("amount"); !strings.Contains(got, "more than the 800.00 EUR open") || s.typed("amount") != "800.01" {
		b.t.Errorf("too much paid: %q, kept %q", got, s.typed("amount"))
	}
	if got := b.refused(invoice+"/payments", "paid_on", "2026-04-01", "amount", "1.005").beside("amount"); !strings.Contains(got, "more than 2 decimals") {
		b.t.Errorf("three decimals: %q", got)
	}
	_, s = b.follow(invoice+"/payments", "paid_on", "2026-03-31", "amount", "800.00")
	s.says("The payment is booked", "Settled", "Nothing is open")
	s = b.refused(invoice+"/credit", "net", "800.01", "reason", "too much")
	if s.beside("net") == "" || s.typed("reason") != "too much" {
		b.t.Errorf("more than is left: %q, kept %q", s.beside("net"), s.typed("reason"))
	}
	asked := b.send(invoice+"/credit", "net", "100.00", "reason", "A <b>day</b> less")
	b.see(asked).says("This cannot be undone", "100.00 EUR", "A <b>day</b> less")
	_, note := b.follow(invoice+"/credit", "net", "100.00", "reason", "A <b>day</b> less", "confirmed", "yes")
	note.says("Credit note BE2026-000002", "Takes back BE2026-000001", "A <b>day</b> less", "Off the budget 93.50 EUR")
	b.open(invoice).says("100.00 EUR is owed to the buyer", "BE2026-000002")
}

func TestAFormComesBackWithWhatWasTypedAndWhy(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b, before := browse(n), n.rows()
		s := b.refused("/invoices/new", abroad("buyer.vat_id", "FR40303265046", "supply_date", "20 March", "lines[3].price", "1,234", "activity", "A9")...)
		for input, want := range map[string]string{"supply_date": "Write year-month-day", "lines[1].price": "Write digits with a point", "activity": "Choose one from the list"} {
			if got := s.beside(input); !strings.Contains(got, want) {
				t.Errorf("%s: %q", input, got)
			}
		}
		if s.typed("lines[1].price") != "1,234" || s.typed("lines[1].description") != "Travel" || s.typed("buyer.name") != "Exemple SARL" || s.typed("buyer.address.country") != "FR" {
			t.Error("what was typed is not kept")
		}
		s = b.refused("/invoices/new", abroad("buyer.vat_id", "FR40303265046")...)
		if got := s.beside("buyer.vat_id"); !strings.Contains(got, "is no VAT number") {
			t.Errorf("VAT number: %q", got)
		}
		s.says("Nothing was stored or sent")
		if got := n.rows(); got != before {
			t.Errorf("something was stored: %s", got)
		}
		more := b.send("/invoices/new", abroad("do", "lines")...)
		if got := b.see(more); more.Code != http.StatusOK || got.typed("lines[9].price") != "" || got.typed("lines[10].price") != "(no such input)" || got.typed("lines[1].description") != "Travel" {
			t.Errorf("more lines: %d", more.Code)
		}
	})
}

func TestADraftIsChangedAndThrownAway(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	draft, _ := b.follow("/invoices/new", abroad()...)
	edit := b.open(draft + "/edit")
	if edit.typed("lines[1].description") != "Travel" || edit.typed("activity") != "A1" || edit.typed("performed_in") != "FR" {
		t.Error("the form does not hold the draft")
	}
	same, changed := b.follow(draft+"/edit", abroad("buyer_id", edit.typed("buyer_id"), "lines[0].quantity", "3")...)
	if changed.says("Without VAT 1,150.50 EUR"); same != draft {
		t.Errorf("%s became %s", draft, same)
	}
	b.open("/drafts").says("Exemple SARL", "1,150.50 EUR")
	_, gone := b.follow(draft + "/delete")
	gone.says("The draft is thrown away", "No drafts")
	if w := b.do("GET", draft, "", ""); w.Code != http.StatusNotFound {
		t.Errorf("a draft thrown away: %d", w.Code)
	}
}

func openSQLite(t *testing.T) *testNode {
	return open(t, storagetest.Open(t, "sqlite", nodes.Migrations()...), "BE", country.Config{})
}

func TestMembersActivitiesAndBuyersAreEntered(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		if got := b.refused("/members", "reference", "M1", "name", "Another", "kind", "individual").beside("reference"); !strings.Contains(got, "is in use") {
			t.Errorf("reference taken: %q", got)
		}
		_, s := b.follow("/members", "reference", "M2", "name", "Member two", "kind", "legal_person")
		s.says("Member two legal person", "M2")
		if got := b.refused("/activities", "reference", "A2", "name", "Film", "member", "M3").beside("member"); !strings.Contains(got, "no member has the reference") && !strings.Contains(got, "No member has the reference") {
			t.Errorf("unknown member: %q", got)
		}
		_, s = b.follow("/activities", "reference", "A2", "name", "Film", "member", "M2")
		s.says("Film A2 Member two nothing yet")
		s = b.refused("/buyers", "name", "", "kind", "business", "address.country", "XX", "vat_id", "DE136695977")
		if s.beside("name") == "" || s.beside("address.country") == "" {
			t.Errorf("name %q, country %q", s.beside("name"), s.beside("address.country"))
		}
		_, s = b.follow("/buyers", "name", "Beispiel GmbH", "kind", "business", "address.country", "DE", "vat_id", "DE 136695976")
		s.says("Beispiel GmbH Germany", "DE136695976")
	})
}

func TestTheOverviewShowsHowTheNodeStands(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		b.open("/").says("every invoice is settled", "Nothing has been issued yet", "Nothing sent")
		n.issue(n.draft())
		*n.now = n.now.AddDate(0, 2, 0)
		n.issue(n.draft())
		b.open("/").says("Turnover 2026, so far 2.0 k EUR 2,000.66 EUR", "2,420.80 EUR on 2 invoices", "1,210.40 EUR overdue, on 1", "31 days late",
			"2 messages wait for a receipt; the node goes on working", "March 1,000.33")
		b.open("/?year=2025").says("Turnover 2025 0 EUR")
		if w := b.do("GET", "/?year=20x5", "", ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a year that is none: %d", w.Code)
		}
	})
}

func TestEveryInvoiceIsOnOnePageOfTheList(t *testing.T) {
	n := openSQLite(t)
	want := map[string]bool{}
	for range 103 {
		want["/invoices/"+string(n.issue(n.draft()).Invoice.ID)] = true
	}
	b, pages := browse(n), 0
	for at := "/invoices?open=true"; at != ""; pages++ {
		s := b.open(at)
		for _, link := range s.links("/invoices/0") {
			if !want[link] {
				t.Fatalf("%s is shown twice", link)
			}
			delete(want, link)
		}
		at = s.next()
	}
	if len(want) > 0 || pages != 3 {
		t.Errorf("%d invoices are on none of %d pages", len(want), pages)
	}
	b.open("/invoices?activity="+string(n.activity.ID)).says("of Sound", "BE2026-000103")
	if w := b.do("GET", "/invoices?activity=none", "", ""); w.Code != http.StatusNotFound {
		t.Errorf("an activity that is not there: %d", w.Code)
	}
}

func TestReportsAreFiledWithTheAccountantsFigures(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		n.issue(n.draft())
		b.open("/reports").says("March 2026 running 1,000.33 EUR")
		b.open("/reports/2026-03").says("can be filed from 1 April 2026 on")
		b.refused("/reports/2026-03", "users", "3").says("has not ended")
		*n.now = n.now.AddDate(0, 0, 1)
		b.open("/reports").says("March 2026 to file", "February 2026 nothing booked")
		b.open("/").says("Monthly reports to file A month has ended. March 2026")
		b.open("/reports/2026-03").says("It is due by 15 May 2026.")
		s := b.refused("/reports/2026-03", "users", "-3", "operating_costs", "12.345")
		if s.beside("operating_costs") == "" || s.typed("users") != "-3" {
			t.Errorf("costs %q, users kept %q", s.beside("operating_costs"), s.typed("users"))
		}
		if got := b.refused("/reports/2026-03", "users", "-3").beside("users"); !strings.Contains(got, "below zero") {
			t.Errorf("users below zero: %q", got)
		}
		preview := b.see(b.send("/reports/2026-03", "users", "12", "permanent_staff", "4.5", "operating_costs", "2100.00", "cash", "-50"))
		preview.says("What the report will say", "Turnover 1,000.33 EUR Ledger: Credit of revenue", "Operating costs 2,100.00 EUR From the accountant", "Cash on the last day −50.00 EUR", "Grants received locally not said")
		s = b.see(b.send("/reports/2026-03", "users", "12", "do", "change"))
		if s.typed("users") != "12" {
			t.Error("what was typed is lost on the way back")
		}
		if got := n.events(); !slices.Equal(got, []string{"invoice-issued"}) {
			t.Fatalf("a preview is not filed: %v", got)
		}
		n.issue(n.draft()) // of April: March stays as it was shown
		_, s = b.follow("/reports/2026-03", "users", "12", "permanent_staff", "4.5", "operating_costs", "2100.00", "cash", "-50", "do", "file", "shown", preview.typed("shown"))
		s.says("The report is filed", "Turnover 1,000.33 EUR 1,000.33 EUR", "(700 in the chart)", "Contribution 65.02 EUR", "2,100.00 EUR", "Invoices 1 1")
		if s.typed("permanent_staff") != "4.5" {
			t.Error("the form does not begin with what was said last")
		}
		b.see(b.send("/reports/2026-03", "users", "13")).says("Users 13 12 +1", "Operating costs not said 2,100.00 EUR left out", "Turnover 1,000.33 EUR 1,000.33 EUR –")
		_, s = b.follow("/reports/2026-03", "users", "13", "do", "file")
		s.says("Filed versions", "Version 2, signed on 1 April 2026", "Users 13 +1", "Version 1, signed on 1 April 2026", "Users 12 –", "A correction is possible until 31 December 2027")
		b.open("/").says("Every month that has ended is reported")
		if got := n.events(); !slices.Equal(got, []string{"invoice-issued", "invoice-issued", "monthly-report-filed", "monthly-report-filed"}) {
			t.Errorf("events %v", got)
		}
	})
}

func TestTheAccountantSignsWhatHeWasShown(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	n.issue(n.draft())
	*n.now = n.now.AddDate(0, 0, 1)
	shown := b.see(b.send("/reports/2026-03", "users", "3")).typed("shown")
	s := b.refused("/reports/2026-03", "users", "4", "do", "file", "shown", shown)
	s.says("The books have moved since you looked", "What the report will say", "Users 4")
	b.follow("/reports/2026-03", "users", "4", "do", "file", "shown", s.typed("shown"))
}

func TestALateReportIsShownAndAClosedMonthTakesNoCorrection(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	n.issue(n.draft())
	*n.now = n.now.AddDate(0, 2, 0) // 31 May
	b.open("/").says("late 1 report is late. April 2026 March 2026 late")
	b.open("/reports/2026-03").says("late It was due on 15 May 2026.")
	b.follow("/reports/2024-06", "users", "3", "do", "file") // never filed, and so still taken
	b.open("/reports/2024-06").says("June 2024 is closed since 31 December 2025")
	b.refused("/reports/2024-06", "users", "4", "do", "file").says("June 2024 is closed since 31 December 2025", "later month")
	if got := n.events(); !slices.Equal(got, []string{"invoice-issued", "monthly-report-filed"}) {
		t.Errorf("events %v", got)
	}
}

func TestTheLedgerSumsToZeroOnEveryDay(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		b.open("/ledger").says("Nothing is booked")
		n.issue(n.draft())
		b.open("/ledger").says("Trade receivables 400 1,210.40 0.00 1,210.40", "Guarantee fund 1640 0.00 6.50 −6.50", "Sum 1,275.42 1,275.42 0.00 zero")
		b.open("/ledger?until=2026-03-30").says("Nothing is booked until 30 March 2026")
	})
}

func TestTheCountryPageSaysWhatHoldsAndWhy(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	b.open("/country").says("Belgium on 31 March 2026", "Standard rate 21 %", "Contribution 6.5 %")
	s := b.open("/country?on=2016-06-01")
	s.says("Belgium on 1 June 2016")
	if len(s.links("https://")) == 0 {
		t.Error("no source leads anywhere")
	}
	for _, bad := range []string{"/country?on=yesterday", "/country?day=2016-06-01"} {
		if w := b.do("GET", bad, "", ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestAddressesOfNothingAreNotFound(t *testing.T) {
	b := browse(openSQLite(t))
	for _, path := range []string{"/invoices/x", "/invoices/x/credit", "/drafts/x", "/drafts/x/edit", "/activities/x", "/import/x", "/nowhere"} {
		w := b.do("GET", path, "", "")
		if w.Code != http.StatusNotFound || !strings.Contains(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
	for _, path := range []string{"/drafts/x/issue", "/drafts/x/delete", "/drafts/x/edit", "/invoices/x/payments", "/invoices/x/credit", "/import/x/start"} {
		if w := b.send(path, abroad()...); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d", path, w.Code)
		}
	}
}

func TestNamesNeverBecomeMarkup(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	const evil = `<script>alert("x")</script>'"><img src=x onerror=y>`
	b.follow("/members", "reference", evil[:30], "name", evil, "kind", "individual")
	_, s := b.follow("/activities", "reference", "A<2>", "name", evil, "member", evil[:30])
	draft, _ := b.follow("/invoices/new", abroad("activity", "A<2>", "buyer.name", evil, "buyer.vat_id", "", "buyer.address.town", evil, "order_reference", evil, "lines[0].description", evil)...)
	paths := []string{"/members", "/activities", "/buyers", "/drafts", draft, draft + "/edit", s.links("/activities/")[0]}
	address, _ := b.follow(draft + "/issue")
	invoice, _, _ := strings.Cut(address, "?")
	_, _ = b.follow(invoice+"/credit", "net", "1.00", "reason", evil, "confirmed", "yes")
	paths = append(paths[:4], s.links("/activities/")[0], "/", "/invoices", invoice, invoice+"/credit", "/activities/"+string(n.activity.ID))
	for _, path := range paths {
		raw := b.open(path).raw
		if strings.Contains(raw, "<script") || strings.Contains(raw, "<img") {
			t.Errorf("%s: a name became markup", path)
		}
	}
	refused := b.refused("/members", "reference", "", "name", evil, "kind", evil)
	if strings.Contains(refused.raw, "<script") || refused.typed("name") != evil {
		t.Errorf("a form: %q", refused.typed("name"))
	}
}

func TestADemonstrationIsMarkedAndANodeIsNot(t *testing.T) {
	n := openSQLite(t)
	if strings.Contains(browse(n).open("/").text(), "Demonstration data") {
		t.Error("a real node is marked as a demonstration")
	}
	n.Outbound.Seller.Demonstration = true
	for _, path := range []string{"/", "/invoices", "/ledger", "/reports"} {
		browse(n).open(path).says("Demonstration data")
	}
}

func TestADraftThatHasBecomeImpossibleSaysWhy(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	d := n.draft()
	d.DueDate = contracts.MustDate("2026-04-02")
	id, err := n.Outbound.SaveDraft(t.Context(), access.Program(), "", d)
	if err != nil {
		t.Fatal(err)
	}
	*n.now = n.now.Add(3 * 24 * time.Hour)
	b.open("/drafts").says("Cannot be issued as it stands")
	b.open("/drafts/"+id).says("It cannot be issued as it stands", "before the issue on 2026-04-03", "Choose a later day")
	if w := b.send("/drafts/" + id + "/issue"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("issuing it: %d", w.Code)
	}
	if _, found, err := n.Store.Draft(t.Context(), n.DB, access.Program(), id); err != nil || !found {
		t.Errorf("the draft is gone: %v", err)
	}
}
