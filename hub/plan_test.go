package hub

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/hub/store"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// swedish is the one tranche of the demonstration that was sent and that nobody has confirmed.
const swedish = "plan-2021-se-2024-2"

// invested is a hub with the demonstration's plan, and the confirmation of the tranche that waits for it.
func invested(t *testing.T, h *Hub) contracts.DisbursementConfirmed {
	t.Helper()
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return contracts.DisbursementConfirmed{Country: "SE", Tranche: swedish, ReceivedOn: contracts.MustDate("2024-09-28"), Amount: trancheIn(t, h, swedish).Amount}
}

func trancheIn(t *testing.T, h *Hub, id string) investment.Tranche {
	t.Helper()
	books, _, err := investment.Read(t.Context(), store.Read(h.db), contracts.Date{})
	if err != nil {
		t.Fatal(err)
	}
	_, tranche, found := books.Tranche(id)
	if !found {
		t.Fatalf("no tranche %s", id)
	}
	return *tranche
}

func refusedAs(t *testing.T, err error) string {
	t.Helper()
	if !contracts.IsFault(err) {
		t.Fatalf("not refused: %v", err)
	}
	f := contracts.FaultsOf(err)[0]
	return string(f.Code) + "@" + f.Field
}

func TestMoneyIsConfirmedByTheNodeThatGotItAndToTheCent(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		right := invested(t, h)
		wrong, less := right, right
		wrong.Country = "AT"
		less.Amount.Amount = less.Amount.Amount.Sub(contracts.MustMoney("0.01", "EUR").Amount)
		early := right
		early.ReceivedOn = contracts.MustDate("2024-09-01")
		for want, e := range map[string]contracts.DisbursementConfirmed{"wrong-node@country": wrong, "amount@amount": less, "not-now@tranche": early} {
			if got := refusedAs(t, apply(t.Context(), h, e)); got != want {
				t.Errorf("%s, not %s", got, want)
			}
		}
		if tranche := trancheIn(t, h, swedish); tranche.State != investment.Paid {
			t.Fatalf("what was refused left %s", tranche.State)
		}
		must(t, h, right)
		if tranche := trancheIn(t, h, swedish); tranche.State != investment.Arrived || tranche.Confirmed != right.ReceivedOn {
			t.Errorf("%+v", tranche)
		}
		if got := refusedAs(t, apply(t.Context(), h, right)); got != "already-done@tranche" {
			t.Error(got)
		}
		check, err := verifyInvestments(t.Context(), h.db)
		if err != nil || !check.OK {
			t.Errorf("%+v, %v", check, err)
		}
	})
}

func TestAConfirmationOfATrancheThatTheBookHasLostIsKeptUntilItIsBack(t *testing.T) {
	lost := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	word := invested(t, quiet(storagetest.Open(t, storage.SQLite, Migrations()...)))
	must(t, lost, word)
	if got := refusedAs(t, apply(t.Context(), lost, word)); got != "already-done@tranche" {
		t.Error(got)
	}
	kept, err := store.Read(lost.db).Confirmations(t.Context())
	if err != nil || len(kept) != 1 || !kept[0].Amount.Equal(word.Amount) {
		t.Fatalf("%+v, %v", kept, err)
	}
	if err := lost.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if tranche := trancheIn(t, lost, swedish); tranche.State != investment.Arrived || tranche.Confirmed != word.ReceivedOn {
		t.Errorf("the book is back, and has %s", tranche.State)
	}
	check, err := verifyInvestments(t.Context(), lost.db)
	if err != nil || !check.OK {
		t.Errorf("%+v, %v", check, err)
	}
}

func TestEvidenceIsKeptForTheBoardToJudge(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	invested(t, h)
	given := contracts.ConditionEvidenced{Country: "IT", Tranche: "plan-2021-it-2024-2", Condition: 2, Given: contracts.MustDate("2026-11-20"), Text: "The accounts of the half-year."}
	must(t, h, given)
	wrong, beyond := given, given
	wrong.Country, beyond.Condition = "SE", 3
	for want, e := range map[string]contracts.ConditionEvidenced{"wrong-node@country": wrong, "not-there@condition": beyond} {
		if got := refusedAs(t, apply(t.Context(), h, e)); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	if tranche := trancheIn(t, h, given.Tranche); !tranche.Conditions[1].Open() {
		t.Error("evidence alone makes no condition hold")
	}
	all, err := store.Read(h.db).EvidenceOf(t.Context(), "IT", given.Tranche)
	if err != nil || len(all) != 1 || all[0].Text != given.Text {
		t.Errorf("%+v, %v", all, err)
	}
}

// listeners are nodes that hear what the hub tells them.
type listeners struct {
	heard map[contracts.PartyID][]contracts.Event
}

func (l *listeners) Present() []contracts.PartyID    { return []contracts.PartyID{"at", "se"} }
func (l *listeners) Agrees(n contracts.PartyID) bool { return true }
func (l *listeners) SendAll(_ context.Context, _ *storage.Tx, to contracts.PartyID, events []contracts.Event, _ string) error {
	l.heard[to] = append(l.heard[to], events...)
	return nil
}

func TestEachNodeIsToldItsOwnPartOfThePlanOnce(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	net := &listeners{heard: map[contracts.PartyID][]contracts.Event{}}
	h.network = net
	tell := func() {
		t.Helper()
		for range 2 { // the second time nothing has moved
			if err := h.sharePlans(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := h.tellAll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	word := invested(t, h)
	tell()
	must(t, h, word)
	tell()
	if len(net.heard["at"]) != 1 || len(net.heard["se"]) != 2 {
		t.Fatalf("at heard %d, se %d", len(net.heard["at"]), len(net.heard["se"]))
	}
	states := func(e contracts.Event) contracts.TrancheState {
		plan := e.(contracts.InvestmentPlanTold)
		if err := plan.Validate(); err != nil || plan.Country != "SE" || !plan.Example {
			t.Errorf("%+v, %v", plan, err)
		}
		i := slices.IndexFunc(plan.Tranches, func(p contracts.PlanTranche) bool { return p.ID == swedish })
		return plan.Tranches[i].State
	}
	if diff := cmp.Diff([]contracts.TrancheState{contracts.TrancheSent, contracts.TrancheConfirmed}, []contracts.TrancheState{states(net.heard["se"][0]), states(net.heard["se"][1])}); diff != "" {
		t.Error(diff)
	}
}

func TestAMedianOfTwoIsNotTold(t *testing.T) {
	path := func(values ...string) (all []outlook.Point) {
		for i, v := range values {
			all = append(all, outlook.Point{Month: contracts.NewMonth(2026, 1).First().AddDays(31 * i).Month(), Coverage: contracts.MustDecimal(v)})
		}
		return all
	}
	told := outlook.Told(map[contracts.CountryCode][]outlook.Point{"AT": path("0.5", "0.6"), "SE": path("0.9", "0.8"), "DE": path("0.7")}, "SE")
	if len(told) != 2 || told[0].Median == nil || told[0].Median.String() != "0.7" || told[0].Own.String() != "0.9" || told[1].Median != nil || told[1].Own.String() != "0.8" {
		t.Errorf("%+v", told)
	}
	if told := outlook.Told(map[contracts.CountryCode][]outlook.Point{"AT": path("0.5"), "SE": path("0.9")}, "DE"); len(told) != 0 {
		t.Errorf("a node without figures sees those of two others: %+v", told)
	}
}

func TestTheBoardSeesWhatTheNodeSaysOfATranche(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations()...))
	web := signedIn(t, h)
	word := invested(t, h)
	unknown := word
	unknown.Tranche = "plan-of-another-book"
	must(t, h, unknown, contracts.ConditionEvidenced{Country: "IT", Tranche: "plan-2021-it-2024-2", Condition: 2, Given: contracts.MustDate("2026-11-20"), Text: "See the <accounts>.", Link: "https://example.org/a",
		File: &contracts.EvidenceFile{Name: "accounts.pdf", Type: "application/pdf", Bytes: []byte("%PDF-1.7")}})
	for address, want := range map[string]string{
		"/investment": "Confirmed, but not in the book", "/investment/tranches/plan-2021-it-2024-2": "See the &lt;accounts&gt;.",
	} {
		if w := get(web, address); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, no %q", address, w.Code, want)
		}
	}
	w := get(web, "/investment/evidence/2")
	if w.Code != 200 || w.Body.String() != "%PDF-1.7" || w.Header().Get("Content-Disposition") != "attachment; filename=accounts.pdf" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, none := range []string{"/investment/evidence/1", "/investment/evidence/x"} {
		if got := get(web, none).Code; got != 404 {
			t.Errorf("%s: %d", none, got)
		}
	}
}

func TestEveryVersionOfAReportStaysReadableAndALateOneIsShown(t *testing.T) {
	h := reporting(t)
	web := signedIn(t, h)
	report := reportsOf(t, h, "AT", 2024)[0]
	report.FiledOn = contracts.MustDate("2024-05-01")
	cash := contracts.MustMoney("64000.00", "EUR")
	report.Cash = &cash
	must(t, h, contracts.MonthlyReportFiled{Report: report})
	w := get(web, "/nodes/AT/reports/2024-01")
	for _, want := range []string{"Version 2, signed on 1 May 2024", "Version 1, signed on 16 March 2024", "64,000.00", "A later version stands in its place."} {
		if !strings.Contains(strings.ReplaceAll(w.Body.String(), "\u00a0", " "), want) {
			t.Errorf("no %q", want)
		}
	}
	if got := get(web, "/nodes/AT/reports/2022-01").Code; got != 404 {
		t.Errorf("a month without a report: %d", got)
	}
	for address, want := range map[string]string{"/nodes/AT": "21 reports are late. The oldest is that of January 2025.", "/nodes": "21 late"} {
		if w := get(web, address); !strings.Contains(strings.ReplaceAll(w.Body.String(), "\u00a0", " "), want) {
			t.Errorf("%s does not say that January 2025 to September 2026 are late", address)
		}
	}
}

func reportsOf(t *testing.T, h *Hub, c contracts.CountryCode, year int) []contracts.MonthlyReport {
	t.Helper()
	all, err := store.Read(h.db).ReportsOfNode(t.Context(), c, year)
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}
