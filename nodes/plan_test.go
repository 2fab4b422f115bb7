package nodes_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/internal/storage"
	"passerelle/nodes/plan"
)

// hears has a node take in what the hub says.
func (n *testNode) hears(events ...contracts.Event) error {
	n.t.Helper()
	return n.DB.Write(n.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, e := range events {
			if err := n.Apply(ctx, tx, contracts.Hub, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// planned is a plan with a tranche that was sent and one whose second condition is asked for.
func planned() contracts.InvestmentPlanTold {
	told := sample.Plan()
	next := told.Tranches[0]
	next.ID, next.State, next.Sent, next.Released, next.Due = "plan-be-2026-2", contracts.TranchePlanned, contracts.Date{}, contracts.Date{}, contracts.MustDate("2026-09-30")
	next.Conditions = []contracts.PlanCondition{{Kind: "report", Text: "Monthly reports are filed", Met: contracts.MustDate("2026-03-01")}, {Kind: "coverage", Text: "65% of costs are covered"}}
	told.Tranches = append(told.Tranches, next)
	return told
}

func TestAManagerSignsThatMoneyCameToTheCentAndOnce(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := browse(n)
		b.open("/plan").says("No plan yet", "Nothing to show yet")
		if err := n.hears(planned(), sample.Coverage()); err != nil {
			t.Fatal(err)
		}
		b.open("/plan").says("To confirm 1", "Conditions asked for 1", "30 September 2026 planned 45,000.00 EUR", "holds Monthly reports are filed", "asked for by 30 September 2026 65% of costs are covered Give evidence",
			"15 March 2026 sent 45,000.00 EUR", "Sent on 9 March 2026", "77.5% in the twelve months to March 2026; the median of the network is 81%", "February 2026 77.5% not shown")
		const to = "/plan/plan-be-2026-1/confirm"
		b.open(to).says("As the bank's statement says, to the cent.")
		b.refused(to, "received_on", "2026-03-11", "amount", "44999.99").says("44999.99 EUR confirmed, and 45000.00 EUR sent")
		b.refused(to, "received_on", "2026-03-08", "amount", "45000").says("It was sent on 2026-03-09")
		b.refused(to, "received_on", "2026-04-02", "amount", "45000").says("The day has not come")
		b.refused(to, "amount", "45000.001").says("has more than 2 decimals")
		b.refused("/plan/plan-be-2026-2/confirm", "received_on", "2026-03-11", "amount", "45000").says("This money was not sent")
		if got := n.events(); len(got) != 0 {
			t.Fatalf("a refused confirmation was sent: %v", got)
		}
		_, s := b.follow(to, "received_on", "2026-03-11", "amount", "45000.00")
		s.says("Signed. It reaches the board", "To confirm 0", "confirmed, on its way to the board", "received on 11 March 2026, signed by this co-operative")
		b.refused(to, "received_on", "2026-03-11", "amount", "45000.00").says("It is confirmed already")
		if diff := cmp.Diff([]string{"disbursement-confirmed"}, n.events()); diff != "" {
			t.Error(diff)
		}
		for _, none := range []string{"/plan/x/confirm", "/plan/plan-be-2026-2/conditions/3/evidence", "/plan/plan-be-2026-2/conditions/x/evidence"} {
			if w := b.do("GET", none, "", ""); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", none, w.Code)
			}
		}
	})
}

func TestEvidenceGoesToTheBoardSigned(t *testing.T) {
	n := openSQLite(t)
	b := browse(n)
	if err := n.hears(planned()); err != nil {
		t.Fatal(err)
	}
	const to = "/plan/plan-be-2026-2/conditions/2/evidence"
	give := func(to string, file []byte, pairs ...string) (int, string) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for i := 0; i+1 < len(pairs); i += 2 {
			if err := form.WriteField(pairs[i], pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		part, err := form.CreateFormFile("file", "accounts.pdf")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		w := b.do("POST", to, form.FormDataContentType(), body.String())
		return w.Code, w.Body.String()
	}
	pdf := []byte("%PDF-1.7 the accounts")
	for want, try := range map[string]func() (int, string){
		"nothing is written here": func() (int, string) { return give(to, pdf) },
		"is no address of a page": func() (int, string) { return give(to, nil, "text", "See there.", "link", "javascript:alert(1)") },
		"no PDF and no picture":   func() (int, string) { return give(to, []byte("<html>"), "text", "See it.") },
		"a file has at most 100000": func() (int, string) {
			return give(to, append(pdf, make([]byte, contracts.MaxEvidenceFile)...), "text", "See it.")
		},
		"this condition holds already": func() (int, string) {
			return give("/plan/plan-be-2026-2/conditions/1/evidence", pdf, "text", "See it.")
		},
	} {
		if code, page := try(); code != http.StatusUnprocessableEntity || !containsFold(page, want) {
			t.Errorf("%s: %d", want, code)
		}
	}
	if code, page := give(to, pdf, "text", "The accounts of the half-year.", "link", "https://www.example.org/accounts"); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, page)
	}
	b.open("/plan").says("The accounts of the half-year.", "Given on 31 March 2026 · https://www.example.org/accounts · accounts.pdf")
	if diff := cmp.Diff([]string{"condition-evidenced"}, n.events()); diff != "" {
		t.Error(diff)
	}
}

func containsFold(page, text string) bool {
	return bytes.Contains(bytes.ToLower([]byte(page)), bytes.ToLower([]byte(text)))
}

func TestAPlanOfAnotherCountryIsRefused(t *testing.T) {
	n := openSQLite(t)
	other := planned()
	other.Country = "AT"
	if got := codes(n.hears(other)); !slices.Equal(got, []string{"no-use@country"}) {
		t.Error(got)
	}
}

func TestABackupThatLostAConfirmationGetsItBack(t *testing.T) {
	n := openSQLite(t)
	if err := n.hears(planned()); err != nil {
		t.Fatal(err)
	}
	err := n.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return n.Returned(ctx, tx, contracts.Hub, sample.Confirmation())
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.Plans.Confirm(t.Context(), "", sample.Confirmation().Tranche, contracts.MustDate("2026-03-11"), sample.Confirmation().Amount)
	if got := codes(err); !slices.Equal(got, []string{string(plan.FaultDone) + "@tranche"}) {
		t.Error(got)
	}
}
