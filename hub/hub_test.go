package hub

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/hub/rates"
	"passerelle/hub/store"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// each runs a test on a new hub on each engine.
func each(t *testing.T, test func(t *testing.T, h *Hub)) {
	t.Helper()
	storagetest.Each(t, Migrations(), func(t *testing.T, db *storage.DB) { test(t, quiet(db)) })
}

func quiet(db *storage.DB) *Hub {
	return New(db, Options{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Accounts: accounts(db)})
}

// accounts are those of a hub in the tests.
func accounts(db *storage.DB) *account.Accounts {
	a, err := account.New(account.Options{DB: db, Party: contracts.Hub, Now: func() time.Time { return noon }})
	if err != nil {
		panic(err) // the options are all there
	}
	return a
}

// signedIn is the hub as somebody sees it who sits on the board and operates it.
func signedIn(t testing.TB, h *Hub) http.Handler {
	t.Helper()
	token, err := h.accounts.MakeToken(t.Context(), "test", []access.Role{access.Board, access.Operator}, "")
	if err != nil {
		t.Fatal(err)
	}
	handler := h.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+token)
		handler.ServeHTTP(w, r)
	})
}

// apply takes in an event as the federation does: in one transaction, and a Fault refuses it.
func apply(ctx context.Context, h *Hub, e contracts.Event) error {
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return h.Apply(ctx, tx, contracts.NodeID(e.Owner()), e)
	})
}

func must(t *testing.T, h *Hub, events ...contracts.Event) {
	t.Helper()
	for _, e := range events {
		if err := e.Validate(); err != nil {
			t.Fatalf("the test states an event that is not valid: %v", err)
		}
		if err := apply(t.Context(), h, e); err != nil {
			t.Fatal(err)
		}
	}
}

// document is a sample; a test changes what matters to it.
func document(id string, seller, buyer contracts.CountryCode, on, amount string, c contracts.Currency) contracts.Document {
	return contracts.Document{ID: contracts.InvoiceID(id), Seller: seller, Member: "m-4f81", Buyer: contracts.BuyerClass{Country: buyer, Kind: contracts.Business, Sector: "R"},
		Service: contracts.ServiceGeneral, IssueDate: contracts.MustDate(on), SupplyDate: contracts.MustDate(on), Category: contracts.ReverseCharge,
		TaxExclusive: contracts.MustMoney(amount, c), Tax: contracts.Zero(c), Rate: contracts.MustPercent("6.5"), Contribution: contracts.Zero(c)}
}

func invoice(id string, seller, buyer contracts.CountryCode, on, amount string, c contracts.Currency) contracts.InvoiceIssued {
	return contracts.InvoiceIssued{Document: document(id, seller, buyer, on, amount, c)}
}

func creditNote(id, corrects string, seller, buyer contracts.CountryCode, on, amount string, c contracts.Currency) contracts.CreditNoteIssued {
	return contracts.CreditNoteIssued{Document: document(id, seller, buyer, on, amount, c), Corrects: contracts.InvoiceID(corrects)}
}

func payment(id string, seller contracts.CountryCode, sequence int, amount string, c contracts.Currency) contracts.InvoicePaid {
	return contracts.InvoicePaid{ID: contracts.InvoiceID(id), Seller: seller, PaidOn: contracts.MustDate("2023-04-01"), Amount: contracts.MustMoney(amount, c), Settled: true, Sequence: sequence}
}

// cells writes the matrix of a year in short: "BE>FR 12.34 (2 documents, 1 missing)".
func cells(t *testing.T, h *Hub, year int) []string {
	t.Helper()
	m, err := exchange.Border(t.Context(), store.Read(h.db), exchange.YearOf(year), exchange.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	short := []string{}
	for _, c := range m.Cells {
		short = append(short, fmt.Sprintf("%s>%s %s (%d documents, %d missing)", c.Seller, c.Buyer, c.EUR.Fixed(), c.Documents(), c.Missing))
	}
	return short
}

func TestCreditNoteIsSubtractedInItsOwnMonth(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		must(t, h, invoice("a", "BE", "FR", "2022-12-30", "100.00", "EUR"), invoice("b", "BE", "FR", "2023-01-02", "50.00", "EUR"),
			creditNote("c", "a", "BE", "FR", "2023-01-05", "30.00", "EUR"), creditNote("d", "a", "BE", "FR", "2023-01-06", "70.00", "EUR"))
		if diff := cmp.Diff([]string{"BE>FR 100.00 (1 documents, 0 missing)"}, cells(t, h, 2022)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"BE>FR -50.00 (3 documents, 0 missing)"}, cells(t, h, 2023)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRefusalsKeepNothing(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		must(t, h, invoice("a", "BE", "FR", "2023-01-02", "100.00", "EUR"), creditNote("n", "a", "BE", "FR", "2023-01-03", "99.99", "EUR"), payment("a", "BE", 2, "50.00", "EUR"))
		before := cells(t, h, 2023)
		abroad := creditNote("x", "a", "BE", "DE", "2023-01-03", "0.01", "EUR")
		for rule, c := range map[string]struct {
			event contracts.Event
			code  contracts.FaultCode
			field string
		}{
			"an id twice": {invoice("a", "BE", "DE", "2023-02-02", "1.00", "EUR"), exchange.FaultDuplicate, "id"},
			"a credit note with the id of an invoice":   {creditNote("n", "a", "BE", "FR", "2023-01-04", "0.01", "EUR"), exchange.FaultDuplicate, "id"},
			"a credit note of an unknown invoice":       {creditNote("x", "zz", "BE", "FR", "2023-01-04", "0.01", "EUR"), exchange.FaultUnknownInvoice, "corrects"},
			"a credit note of another seller's invoice": {creditNote("x", "a", "DE", "FR", "2023-01-04", "0.01", "EUR"), exchange.FaultUnknownInvoice, "corrects"},
			"a credit note of a credit note":            {creditNote("x", "n", "BE", "FR", "2023-01-04", "0.01", "EUR"), exchange.FaultUnknownInvoice, "corrects"},
			"more credited than invoiced":               {creditNote("x", "a", "BE", "FR", "2023-01-04", "0.02", "EUR"), exchange.FaultOverCredited, "tax_exclusive"},
			"a credit note in another currency":         {creditNote("x", "a", "BE", "FR", "2023-01-04", "0.01", "SEK"), contracts.FaultCurrency, "tax_exclusive.currency"},
			"a credit note for another buyer country":   {abroad, contracts.FaultInvalid, "buyer.country"},
			"a payment of an unknown invoice":           {payment("zz", "BE", 1, "1.00", "EUR"), exchange.FaultUnknownInvoice, "id"},
			"a payment in another currency":             {payment("a", "BE", 3, "1.00", "SEK"), contracts.FaultCurrency, "amount.currency"},
			"a payment twice":                           {payment("a", "BE", 2, "1.00", "EUR"), exchange.FaultDuplicatePay, "sequence"},
		} {
			err := apply(t.Context(), h, c.event)
			if !contracts.IsFault(err) {
				t.Errorf("%s: %v", rule, err)
				continue
			}
			if f := contracts.FaultsOf(err)[0]; f.Code != c.code || f.Field != c.field {
				t.Errorf("%s: %q at %q, want %q at %q", rule, f.Code, f.Field, c.code, c.field)
			}
		}
		if diff := cmp.Diff(before, cells(t, h, 2023)); diff != "" {
			t.Errorf("a refusal changed the matrix: %s", diff)
		}
		must(t, h, creditNote("x", "a", "BE", "FR", "2023-01-04", "0.01", "EUR")) // the last cent may still be credited
	})
}

func TestSameIDOfTwoSellersIsTwoDocuments(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		must(t, h, invoice("a", "BE", "FR", "2023-01-02", "1.00", "EUR"), invoice("a", "DE", "FR", "2023-01-02", "2.00", "EUR"))
		if diff := cmp.Diff([]string{"BE>FR 1.00 (1 documents, 0 missing)", "DE>FR 2.00 (1 documents, 0 missing)"}, cells(t, h, 2023)); diff != "" {
			t.Error(diff)
		}
	})
}

func published(c contracts.Currency, on, perEUR string) rates.Rate {
	return rates.Published(c, contracts.MustDate(on), decimal.RequireFromString(perEUR), rates.ECB)
}

func TestDocumentsWaitForTheirRate(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		must(t, h, invoice("a", "SE", "BE", "2023-03-03", "110.00", "SEK"), creditNote("b", "a", "SE", "BE", "2023-03-05", "11.00", "SEK"),
			invoice("c", "SE", "BE", "2023-03-20", "50.00", "SEK"), invoice("d", "SE", "BE", "2023-03-03", "7.00", "EUR"))
		if diff := cmp.Diff([]string{"SE>BE 7.00 (4 documents, 3 missing)"}, cells(t, h, 2023)); diff != "" {
			t.Error(diff)
		}
		// Friday the 3rd holds over the weekend of the credit note; nothing holds on the 20th.
		friday := []rates.Rate{published("SEK", "2023-03-03", "11")}
		for range 2 { // loading again changes nothing
			if err := h.LoadRates(t.Context(), friday); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"SE>BE 16.00 (4 documents, 1 missing)"}, cells(t, h, 2023)); diff != "" {
				t.Error(diff)
			}
		}
		if err := h.LoadRates(t.Context(), []rates.Rate{published("SEK", "2023-03-20", "10")}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"SE>BE 21.00 (4 documents, 0 missing)"}, cells(t, h, 2023)); diff != "" {
			t.Error(diff)
		}
		d, _, err := store.Read(h.db).Document(t.Context(), "SE", "c")
		if err != nil || d.EUR == nil || d.EUR.EUR.Fixed() != "5.00" || d.EUR.PerEUR.String() != "10" || d.EUR.Source != rates.ECB || d.EUR.Since != contracts.MustDate("2023-03-20") {
			t.Errorf("document c: %+v, %v", d.EUR, err)
		}
	})
}

// TestEurosDoNotDependOnTheOrderInWhichRatesArrive: 1,000 SEK of 15 June 2020 are worth what the best rate of that day says, and
// so is a credit note on them, whether a rate or a document came first.
func TestEurosDoNotDependOnTheOrderInWhichRatesArrive(t *testing.T) {
	friday, monday := published("SEK", "2020-06-12", "10.00"), published("SEK", "2020-06-15", "12.50")
	demonstration := rates.Rate{Currency: "SEK", Since: contracts.MustDate("2020-06-01"), Until: contracts.MustDate("2020-06-30"),
		PerEUR: decimal.RequireFromString("8"), Source: rates.DemonstrationSource, Demonstration: true}
	for rule, c := range map[string]struct {
		load []rates.Rate
		want string
	}{
		"the rate of the day comes last":        {[]rates.Rate{friday, monday}, "80.00"},
		"the rate of the day comes first":       {[]rates.Rate{monday, friday}, "80.00"},
		"a published rate after a made-up one":  {[]rates.Rate{demonstration, friday}, "100.00"},
		"a made-up rate after a published one":  {[]rates.Rate{friday, demonstration}, "100.00"},
		"all three, the rate of the day midway": {[]rates.Rate{demonstration, monday, friday}, "80.00"},
	} {
		for before := range len(c.load) + 1 { // how many rates are loaded before the documents come
			t.Run(fmt.Sprintf("%s, %d before the documents", rule, before), func(t *testing.T) {
				each(t, func(t *testing.T, h *Hub) {
					for i, r := range c.load {
						if i == before {
							june(t, h)
						}
						if err := h.LoadRates(t.Context(), []rates.Rate{r}); err != nil {
							t.Fatal(err)
						}
					}
					if before == len(c.load) {
						june(t, h)
					}
					d, _, err := store.Read(h.db).Document(t.Context(), "SE", "a")
					if err != nil || d.EUR == nil || d.EUR.EUR.Fixed() != c.want {
						t.Fatalf("invoice: %+v, %v, want %s", d.EUR, err, c.want)
					}
					note, _, err := store.Read(h.db).Document(t.Context(), "SE", "n")
					if err != nil || note.EUR == nil {
						t.Fatalf("credit note: %+v, %v", note.EUR, err)
					}
					sum := d.EUR.EUR.Amount.Sub(note.EUR.EUR.Amount).StringFixed(2)
					if diff := cmp.Diff([]string{"SE>BE " + sum + " (2 documents, 0 missing)"}, cells(t, h, 2020)); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}

func june(t *testing.T, h *Hub) {
	t.Helper()
	must(t, h, invoice("a", "SE", "BE", "2020-06-15", "1000.00", "SEK"), creditNote("n", "a", "SE", "BE", "2020-06-16", "33.33", "SEK"))
}

// TestConversionAnewReachesEveryDocument goes over more documents than are held in memory at once, of one day and of two.
func TestConversionAnewReachesEveryDocument(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		var events []contracts.Event
		for i := range 1_002 {
			on := "2020-06-15"
			if i%3 == 0 {
				on = "2020-06-16"
			}
			events = append(events, invoice(fmt.Sprintf("i%04d", i), "SE", "BE", on, "10.00", "SEK"))
		}
		err := h.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			for _, e := range events {
				if err := h.Apply(ctx, tx, "node-se", e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, load := range []struct{ on, perEUR, want string }{{"2020-06-12", "10", "1002.00"}, {"2020-06-15", "5", "2004.00"}, {"2020-06-13", "7", "2004.00"}} {
			if err := h.LoadRates(t.Context(), []rates.Rate{published("SEK", load.on, load.perEUR)}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"SE>BE " + load.want + " (1002 documents, 0 missing)"}, cells(t, h, 2020)); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestRateHoldsAWeekAtMost(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		demonstration := rates.Rate{Currency: "HUF", Since: contracts.MustDate("2023-04-01"), Until: contracts.MustDate("2023-04-30"),
			PerEUR: decimal.RequireFromString("375"), Source: rates.DemonstrationSource, Demonstration: true}
		if err := h.LoadRates(t.Context(), []rates.Rate{published("SEK", "2023-04-06", "11.3"), published("SEK", "2023-04-11", "11.4"),
			published("HUF", "2023-04-06", "376"), demonstration}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ rule, currency, on, want string }{
			{"before the first", "SEK", "2023-04-05", "missing"},
			{"its own day", "SEK", "2023-04-06", "11.3"},
			{"over Easter", "SEK", "2023-04-10", "11.3"},
			{"until the next one", "SEK", "2023-04-11", "11.4"},
			{"the seventh day", "SEK", "2023-04-17", "11.4"},
			{"the eighth day", "SEK", "2023-04-18", "missing"},
			{"another currency", "USD", "2023-04-06", "missing"},
			{"a published rate goes before a demonstration value", "HUF", "2023-04-07", "376"},
			{"a demonstration value holds for its month", "HUF", "2023-04-30", "375"},
		} {
			r, ok, err := store.Read(h.db).RateOn(t.Context(), contracts.Currency(c.currency), contracts.MustDate(c.on))
			got := "missing"
			if ok {
				got = r.PerEUR.String()
			}
			if err != nil || got != c.want {
				t.Errorf("%s: %s, %v, want %s", c.rule, got, err, c.want)
			}
		}
	})
}

func TestKnownRateIsNotChanged(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		if err := h.LoadRates(t.Context(), []rates.Rate{published("SEK", "2023-04-06", "11.3")}); err != nil {
			t.Fatal(err)
		}
		err := h.LoadRates(t.Context(), []rates.Rate{published("SEK", "2023-04-05", "11.2"), published("SEK", "2023-04-06", "11.4")})
		if !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Code != rates.FaultDuplicate {
			t.Errorf("got %v", err)
		}
		if _, ok, err := store.Read(h.db).RateOn(t.Context(), "SEK", contracts.MustDate("2023-04-05")); ok || err != nil {
			t.Errorf("a part of the refused file was kept: %v %v", ok, err)
		}
	})
}

func TestProfileKeepsEveryVersion(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		p := contracts.NodeProfile{Country: "SE", Name: "Exempel", Joined: contracts.MustDate("2012-11-01"), Currency: "SEK", Contribution: []contracts.ContributionTerm{}}
		q := p
		q.Name = "Exempel 2"
		must(t, h, contracts.NodeProfilePublished{Profile: p}, contracts.NodeProfilePublished{Profile: p}, contracts.NodeProfilePublished{Profile: q})
		n, found, err := store.Read(h.db).Node(t.Context(), "SE")
		if err != nil || !found || n.Version != 2 || n.Profile.Name != "Exempel 2" || !n.Heard.Equal(noon) {
			t.Errorf("%+v, %v", n, err)
		}
		var versions int
		if err := h.db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM node_profile`).Scan(&versions); err != nil || versions != 2 {
			t.Errorf("%d versions kept, %v", versions, err)
		}
	})
}

func TestLaterMonthlyReportReplacesTheEarlier(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		report := contracts.MonthlyReport{Country: "SE", Month: contracts.NewMonth(2023, 5), Currency: "SEK", FiledOn: contracts.MustDate("2023-06-10"), Turnover: contracts.MustMoney("1.00", "SEK"), Contribution: contracts.Zero("SEK"),
			GuaranteeFund: contracts.Zero("SEK"), Tax: contracts.Zero("SEK"), Received: contracts.Zero("SEK"), Receivable: contracts.Zero("SEK")}
		later := report
		later.Turnover = contracts.MustMoney("2.00", "SEK")
		must(t, h, contracts.MonthlyReportFiled{Report: report}, contracts.MonthlyReportFiled{Report: later})
		reports, err := store.Read(h.db).ReportsOfNode(t.Context(), "SE", 2023)
		if err != nil || len(reports) != 1 || reports[0].Turnover.Fixed() != "2.00" {
			t.Errorf("%+v, %v", reports, err)
		}
	})
}

func TestAClosedMonthTakesNoCorrection(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		report := sample.Report()
		report.FiledOn = contracts.MustDate("2028-02-01")
		must(t, h, contracts.MonthlyReportFiled{Report: report}) // never filed before: late, and taken
		report.Invoices = 2
		err := apply(t.Context(), h, contracts.MonthlyReportFiled{Report: report})
		if !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Code != contracts.FaultClosed || contracts.FaultsOf(err)[0].Field != "month" {
			t.Errorf("corrected in 2028: %v", err)
		}
		versions, err := store.Read(h.db).ReportVersions(t.Context(), "BE", report.Month, "EUR")
		if err != nil || len(versions) != 1 || versions[0].Report.Invoices != 1 {
			t.Errorf("%+v, %v", versions, err)
		}
	})
}

func TestPublishedTableIsFiledOnce(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		ctx := t.Context()
		for range 2 {
			if err := h.LoadAnnualReports(ctx); err != nil {
				t.Fatal(err)
			}
		}
		first, _, err := store.Read(h.db).PublishedTable(ctx, 2023)
		if err != nil || first.Version != 1 || first.Source != consolidation.Reports[1].Source {
			t.Errorf("%+v, %v", first, err)
		}
		if err := h.LoadPublished(ctx, 2023, []byte("country,users\nDE,301\n"), "correction"); err != nil {
			t.Fatal(err)
		}
		second, _, err := store.Read(h.db).PublishedTable(ctx, 2023)
		if err != nil || second.Version != 2 || second.Rows[0][1] != "301" {
			t.Errorf("%+v, %v", second, err)
		}
		if err := h.LoadPublished(ctx, 2024, []byte("country,users\nDE,1\nXX\n"), "broken"); !contracts.IsFault(err) {
			t.Errorf("broken table: %v", err)
		}
		years, err := store.Read(h.db).PublishedYears(ctx)
		if diff := cmp.Diff([]int{2016, 2023}, years); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}
