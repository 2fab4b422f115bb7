package nodes_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/adapters/country"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/report"
)

// today is the node's clock in these tests.
var today = time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC)

type testNode struct {
	*nodes.Node
	t        *testing.T
	activity member.Activity
	now      *time.Time
	token    string // of a manager
}

// open builds a node of a country on a database, with one member and one activity. Its channel is not run: what it would tell
// the hub is read from the outbox.
func open(t *testing.T, db *storage.DB, c contracts.CountryCode, config country.Config) *testNode {
	t.Helper()
	return openWith(t, db, c, settings(t, c, config))
}

func openWith(t *testing.T, db *storage.DB, c contracts.CountryCode, s nodes.Settings) *testNode {
	t.Helper()
	key, err := federation.NewKey(contracts.NodeID(c))
	if err != nil {
		t.Fatal(err)
	}
	hub, err := federation.NewKey(contracts.Hub)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := federation.NewDirectory("test", federation.Member{Party: contracts.Hub, Keys: []federation.PublicKey{hub.Public()}},
		federation.Member{Party: key.Party, Keys: []federation.PublicKey{key.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	now := today
	broker := memory.NewBroker()
	n, err := nodes.New(nodes.Options{
		Country: c, DB: db, Network: federation.Config{Key: key, Directory: directory, Publisher: broker, Subscriber: broker},
		Settings: s,
		Now:      func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	tn := &testNode{Node: n, t: t, now: &now}
	if tn.token, err = n.Accounts.MakeToken(t.Context(), "test", []access.Role{access.Manager}, ""); err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		m, err := n.Members.Add(ctx, tx, member.Member{Reference: "M1", Name: "Member one"})
		if err != nil {
			return err
		}
		tn.activity, err = n.Members.AddActivity(ctx, tx, access.Program(), member.Activity{Reference: "A1", Member: m.ID, Name: "Sound"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tn
}

// settings are those of a co-operative with the published example numbers of its country.
func settings(t *testing.T, c contracts.CountryCode, config country.Config) nodes.Settings {
	t.Helper()
	inv, err := example.Invoice(c, c, example.Domestic)
	if err != nil {
		t.Fatal(err)
	}
	s := nodes.Settings{Name: "Example", Street: "Street 1", PostalCode: inv.Seller.Address.PostalCode, Town: "Town", VATID: inv.Seller.VATID, Registrations: inv.Seller.Registrations,
		PayTo: inv.PayTo, GuaranteeShare: contracts.MustPercent("10"), Country: config}
	if c == "DE" { // rules of Peppol: DE-R-002 and the like
		s.Contact = en16931.Contact{Name: "Accounts", Phone: "+49 30 123456", Email: "accounts@seller.example"}
	}
	return s
}

func each(t *testing.T, test func(t *testing.T, n *testNode)) {
	storagetest.Each(t, nodes.Migrations(), func(t *testing.T, db *storage.DB) { test(t, open(t, db, "BE", country.Config{})) })
}

// draft is 1,000.33 for a Belgian business: 21 % VAT.
func (n *testNode) draft() outbound.Draft {
	return outbound.Draft{
		Activity: n.activity.ID, Service: contracts.ServiceGeneral, SupplyDate: contracts.MustDate("2026-03-20"),
		Buyer: contracts.Party{Name: "Buyer", Kind: contracts.Business, VATID: "BE 0468.561.072", Sector: "R", Address: contracts.Address{Country: "BE"}},
		Lines: []outbound.DraftLine{{Description: "Mixing", Quantity: contracts.MustDecimal("1"), Price: contracts.MustDecimal("1000.33")}},
	}
}

func (n *testNode) issue(d outbound.Draft) outbound.Document {
	n.t.Helper()
	doc, err := n.Outbound.Issue(n.t.Context(), access.Program(), d)
	if err != nil {
		n.t.Fatal(err)
	}
	return doc
}

// trial is the trial balance, account by account.
func (n *testNode) trial() map[string]string {
	n.t.Helper()
	lines, err := ledger.TrialBalance(n.t.Context(), n.DB, contracts.Date{})
	if err != nil {
		n.t.Fatal(err)
	}
	got := map[string]string{}
	for _, l := range lines {
		got[string(l.Account)] = l.Balance.Fixed()
	}
	return got
}

// rows counts what matters when nothing may have happened.
func (n *testNode) rows() string {
	n.t.Helper()
	var counts []string
	for _, table := range []string{"document", "payment", "ledger_transaction", "fed_outbox", "member", "activity", "number_series"} {
		var c int
		if err := n.DB.QueryRowContext(n.t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&c); err != nil {
			n.t.Fatal(err)
		}
		counts = append(counts, fmt.Sprintf("%s %d", table, c))
	}
	return strings.Join(counts, ", ")
}

// events lists the types in the outbox, in order.
func (n *testNode) events() []string {
	n.t.Helper()
	types, err := storage.All(n.t.Context(), n.DB, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT type FROM fed_outbox ORDER BY sequence`)
	if err != nil {
		n.t.Fatal(err)
	}
	for i := range types {
		types[i] = strings.TrimSuffix(strings.TrimPrefix(types[i], "coop.passerelle."), ".v1")
	}
	return types
}

func codes(err error) (out []string) {
	for _, f := range contracts.FaultsOf(err) {
		out = append(out, string(f.Code)+"@"+f.Field)
	}
	return out
}

func TestAnInvoiceFromIssueToPayment(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		doc := n.issue(n.draft())
		if doc.Invoice.Number != "BE2026-000001" || doc.Invoice.Buyer.VATID != "BE0468561072" {
			t.Errorf("number %s, buyer %s", doc.Invoice.Number, doc.Invoice.Buyer.VATID)
		}
		// 1000.33 + 21 % = 210.07; contribution 6.5 % = 65.02, a tenth of it for the fund = 6.50
		want := map[string]string{"trade_receivables": "1210.40", "revenue": "-1000.33", "vat_payable": "-210.07", "contribution_charge": "65.02", "contribution_income": "-58.52", "guarantee_fund": "-6.50"}
		if diff := cmp.Diff(want, n.trial()); diff != "" {
			t.Error(diff)
		}
		if got := doc.PayoutDate.String(); got != "2026-03-31" { // seven working days after Friday 20 March
			t.Errorf("payout on %s", got)
		}
		if got := doc.Budget().Fixed(); got != "935.31" {
			t.Errorf("budget %s", got)
		}
		*n.now = n.now.AddDate(0, 0, 20)
		paid, err := n.Outbound.Pay(t.Context(), access.Program(), doc.Invoice.ID, contracts.MustDate("2026-04-15"), contracts.MustMoney("1000.00", "EUR"))
		if err != nil || paid.Open.Fixed() != "210.40" {
			t.Fatalf("open %s, %v", paid.Open, err)
		}
		if _, err := n.Outbound.Pay(t.Context(), access.Program(), doc.Invoice.ID, contracts.MustDate("2026-04-16"), contracts.MustMoney("210.40", "EUR")); err != nil {
			t.Fatal(err)
		}
		if got := n.trial()["trade_receivables"]; got != "0.00" {
			t.Errorf("receivables %s", got)
		}
		if diff := cmp.Diff([]string{"invoice-issued", "invoice-paid", "invoice-paid"}, n.events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatCannotBeIssuedLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		before := n.rows()
		for name, tc := range map[string]struct {
			change func(*outbound.Draft)
			want   string
		}{
			"wrong VAT number":     {func(d *outbound.Draft) { d.Buyer.VATID = "BE0468561073" }, "vat-id@buyer.vat_id"},
			"unknown country":      {func(d *outbound.Draft) { d.Buyer.Address.Country = "XX" }, "country@buyer.address.country"},
			"a date without rate":  {func(d *outbound.Draft) { d.SupplyDate = contracts.MustDate("1990-01-01") }, "no-rate@supply_date"},
			"a foreign currency":   {func(d *outbound.Draft) { d.Currency = "SEK" }, "currency@currency"},
			"no such activity":     {func(d *outbound.Draft) { d.Activity = "nobody" }, "unknown@activity"},
			"nothing sold":         {func(d *outbound.Draft) { d.Lines = nil }, "missing@lines"},
			"negative":             {func(d *outbound.Draft) { d.Lines[0].Quantity = contracts.MustDecimal("-1") }, "amount@lines"},
			"due before issue":     {func(d *outbound.Draft) { d.DueDate = contracts.MustDate("2026-01-01") }, "due-date@due_date"},
			"tickets to Lyon":      {func(d *outbound.Draft) { d.Service, d.PerformedIn = contracts.ServiceAdmission, "FR" }, "vat-due-abroad@performed_in"},
			"too large":            {func(d *outbound.Draft) { d.Lines[0].Price = contracts.MustDecimal("99999999999999") }, "amount@lines[0].price"},
			"unknown kind of work": {func(d *outbound.Draft) { d.Service = "magic" }, "invalid@service"},
		} {
			d := n.draft()
			tc.change(&d)
			_, err := n.Outbound.Issue(t.Context(), access.Program(), d)
			if got := codes(err); len(got) == 0 || got[0] != tc.want {
				t.Errorf("%s: %v, want %s", name, got, tc.want)
			}
			for _, f := range contracts.FaultsOf(err) {
				if f.Remedy == "" && f.Code != "date" {
					t.Errorf("%s: no remedy in %q", name, f.Error())
				}
			}
		}
		if after := n.rows(); after != before {
			t.Errorf("before: %s\nafter:  %s", before, after)
		}
		if doc := n.issue(n.draft()); doc.Invoice.Number != "BE2026-000001" {
			t.Errorf("the failures used up numbers: %s", doc.Invoice.Number)
		}
	})
}

func TestNumbersHaveNoGapsUnderConcurrency(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		const callers, rounds = 6, 5
		failed := make(chan error, callers*rounds)
		done := make(chan struct{}, callers)
		for c := range callers {
			go func() {
				for r := range rounds {
					d := n.draft()
					if (c+r)%4 == 0 {
						d.Lines[0].Price = contracts.MustDecimal("0") // comes to nothing: refused
					}
					if _, err := n.Outbound.Issue(context.Background(), access.Program(), d); err != nil && !contracts.IsFault(err) {
						failed <- err
					}
				}
				done <- struct{}{}
			}()
		}
		for range callers {
			<-done
		}
		close(failed)
		for err := range failed {
			t.Error(err)
		}
		numbers, err := storage.All(t.Context(), n.DB, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT number FROM document ORDER BY number`)
		if err != nil {
			t.Fatal(err)
		}
		for i, number := range numbers {
			if want := fmt.Sprintf("BE2026-%06d", i+1); number != want {
				t.Fatalf("number %d is %s", i+1, number)
			}
		}
		if len(numbers) == 0 || len(numbers) == callers*rounds {
			t.Errorf("%d numbers", len(numbers))
		}
	})
}

func TestAnIssuedDocumentIsHistory(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		doc := n.issue(n.draft())
		for _, statement := range []string{`UPDATE document SET number = 'X'`, `UPDATE document SET net = net + 1`, `UPDATE document SET open = 1, rate = '0'`, `DELETE FROM document`} {
			err := n.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "history") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		if again, _, err := n.Store.Document(t.Context(), n.DB, access.Program(), doc.Invoice.ID); err != nil || again.Invoice.Number != doc.Invoice.Number {
			t.Error(err)
		}
	})
}

func TestAWholeCreditNoteUndoesTheInvoice(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		doc := n.issue(n.draft())
		note, err := n.Outbound.Credit(t.Context(), access.Program(), doc.Invoice.ID, nil, "wrong buyer")
		if err != nil {
			t.Fatal(err)
		}
		if note.Invoice.Number != "BE2026-000002" || note.CorrectsNo != "BE2026-000001" {
			t.Errorf("%s corrects %s", note.Invoice.Number, note.CorrectsNo)
		}
		for account, balance := range n.trial() {
			if balance != "0.00" {
				t.Errorf("%s is left with %s", account, balance)
			}
		}
		_, err = n.Outbound.Credit(t.Context(), access.Program(), doc.Invoice.ID, nil, "again")
		if diff := cmp.Diff([]string{"closed@"}, codes(err)); diff != "" {
			t.Error(diff)
		}
		_, err = n.Outbound.Pay(t.Context(), access.Program(), doc.Invoice.ID, contracts.MustDate("2026-03-31"), contracts.MustMoney("1", "EUR"))
		if diff := cmp.Diff([]string{"closed@"}, codes(err)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestCreditNotesOfAnyCutSumToTheInvoice takes an invoice back in pieces: VAT, contribution and fund come back to the cent.
func TestCreditNotesOfAnyCutSumToTheInvoice(t *testing.T) {
	n := open(t, storagetest.Open(t, storage.SQLite, nodes.Migrations()...), "BE", country.Config{})
	rapid.Check(t, func(rt *rapid.T) {
		before := n.trial()
		d := n.draft()
		minor := rapid.Int64Range(1, 50_000).Draw(rt, "net")
		d.Lines[0].Price = contracts.Decimal{Decimal: decimal.New(minor, -2)}
		doc := n.issue(d)
		for left := minor; left > 0; {
			part := rapid.Int64Range(1, left).Draw(rt, "part")
			net := contracts.FromMinor(part, "EUR")
			if _, err := n.Outbound.Credit(context.Background(), access.Program(), doc.Invoice.ID, &net, "in part"); err != nil {
				rt.Fatal(err)
			}
			left -= part
		}
		for account, balance := range n.trial() {
			if was := before[account]; balance != was && (was != "" || balance != "0.00") {
				rt.Fatalf("%s went from %q to %s", account, was, balance)
			}
		}
	})
}

func TestTooMuchIsRefused(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		doc := n.issue(n.draft())
		before := n.rows()
		eur := func(s string) *contracts.Money { m := contracts.MustMoney(s, "EUR"); return &m }
		_, err := n.Outbound.Credit(t.Context(), access.Program(), doc.Invoice.ID, eur("1000.34"), "too much")
		if diff := cmp.Diff([]string{"too-much@net"}, codes(err)); diff != "" {
			t.Error(diff)
		}
		_, err = n.Outbound.Pay(t.Context(), access.Program(), doc.Invoice.ID, contracts.MustDate("2026-03-31"), *eur("1210.41"))
		if diff := cmp.Diff([]string{"too-much@amount"}, codes(err)); diff != "" {
			t.Error(diff)
		}
		_, err = n.Outbound.Pay(t.Context(), access.Program(), doc.Invoice.ID, contracts.MustDate("2026-04-01"), *eur("1"))
		if diff := cmp.Diff([]string{"date@paid_on"}, codes(err)); diff != "" {
			t.Error(diff)
		}
		if after := n.rows(); after != before {
			t.Errorf("before: %s\nafter:  %s", before, after)
		}
	})
}

func TestVATInAForeignCurrencyIsAlsoShownAtHome(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, nodes.Migrations()...)
	n := open(t, db, "SE", country.Config{Contribution: map[contracts.Service]contracts.Percent{country.AnyService: contracts.MustPercent("7.8")}, Currencies: []contracts.Currency{"EUR"}})
	d := n.draft()
	d.Buyer.VATID, d.Buyer.Address.Country, d.Currency = "", "SE", "EUR"
	_, err := n.Outbound.Issue(t.Context(), access.Program(), d)
	if diff := cmp.Diff([]string{"exchange@exchange_rate"}, codes(err)); diff != "" {
		t.Error(diff)
	}
	rate := contracts.MustDecimal("11.25")
	d.ExchangeRate = &rate
	doc := n.issue(d)
	if got := doc.Invoice.AccountingTax; got == nil || got.String() != "2813.40 SEK" { // 25 % of 1000.33 is 250.08
		t.Errorf("VAT in SEK: %v", got)
	}
}

func TestTheMonthlyReportComesFromTheLedger(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		first, second := n.issue(n.draft()), n.issue(n.draft())
		if _, err := n.Outbound.Pay(t.Context(), access.Program(), first.Invoice.ID, contracts.MustDate("2026-03-31"), contracts.MustMoney("200.00", "EUR")); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Outbound.Credit(t.Context(), access.Program(), second.Invoice.ID, nil, "cancelled"); err != nil {
			t.Fatal(err)
		}
		march := contracts.NewMonth(2026, time.March)
		_, err := n.Reports.File(t.Context(), march, "EUR", report.FromAccountant{})
		if diff := cmp.Diff([]string{"early@month"}, codes(err)); diff != "" {
			t.Error(diff)
		}
		*n.now = n.now.AddDate(0, 0, 1)
		r, err := n.Reports.File(t.Context(), march, "EUR", report.FromAccountant{})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("turnover %s, contribution %s, fund %s, VAT %s, received %s, receivable %s, %d+%d documents of %d", r.Turnover.Fixed(), r.Contribution.Fixed(),
			r.GuaranteeFund.Fixed(), r.Tax.Fixed(), r.Received.Fixed(), r.Receivable.Fixed(), r.Invoices, r.CreditNotes, r.ActiveMembers)
		if want := "turnover 1000.33, contribution 65.02, fund 6.50, VAT 210.07, received 200.00, receivable 1010.40, 2+1 documents of 1"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestAPseudonymIsNewEachYear(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		err := n.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			a, errA := n.Members.Pseudonym(ctx, tx, access.Program(), n.activity.Member, 2026)
			b, errB := n.Members.Pseudonym(ctx, tx, access.Program(), n.activity.Member, 2026)
			c, errC := n.Members.Pseudonym(ctx, tx, access.Program(), n.activity.Member, 2027)
			if a != b || a == c || len(a) != 32 || errA != nil || errB != nil || errC != nil {
				t.Errorf("%s %s %s", a, b, c)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
