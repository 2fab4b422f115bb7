package hub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/web"
	"passerelle/internal/access"
	"passerelle/internal/account/pages"
	shared "passerelle/internal/web"
)

// by is an invoice of somebody, 100 euros larger than any other so that its amount is a mark.
func by(person, id string, seller, buyer contracts.CountryCode, on, amount string) contracts.InvoiceIssued {
	e := invoice(id, seller, buyer, on, amount, "EUR")
	e.Member = person
	return e
}

// seated gives the hub as people with these roles see it.
func seated(t *testing.T, h *Hub, roles ...access.Role) func(path string) (int, string) {
	t.Helper()
	token := ""
	if len(roles) > 0 {
		var err error
		if token, err = h.accounts.MakeToken(t.Context(), "test "+fmt.Sprint(roles), roles, ""); err != nil {
			t.Fatal(err)
		}
	}
	handler := h.Handler()
	return func(path string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
}

// filled is a hub at which six people of Belgium sell at home, six to France, one to Germany and one, who sells nowhere else, to Switzerland; and
// two people of Austria sell at home.
func filled(t *testing.T, h *Hub) {
	t.Helper()
	n := 0
	sell := func(person string, seller, buyer contracts.CountryCode, on, amount string) {
		n++
		must(t, h, by(person, fmt.Sprintf("d%d", n), seller, buyer, on, amount))
	}
	for i := range 6 {
		sell(fmt.Sprintf("be-%d", i), "BE", "BE", fmt.Sprintf("2025-%02d-10", i%3+1), "100.00")
		sell(fmt.Sprintf("be-%d", i), "BE", "FR", "2025-01-10", "10.00")
	}
	sell("be-0", "BE", "DE", "2025-02-10", "7001.11")
	sell("be-9", "BE", "CH", "2025-03-10", "7002.22")
	sell("at-0", "AT", "AT", "2025-03-10", "7003.33")
	sell("at-1", "AT", "AT", "2025-03-10", "7004.44")
	sell("be-0", "BE", "BE", "2026-11-10", "7005.55") // the month runs
}

// The marks are amounts of one or two people; a board member meets none of them, by no address.
func TestTheBoardSeesTotalsOfFivePeopleAndMore(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		filled(t, h)
		board, operator := seated(t, h, access.Board), seated(t, h, access.Board, access.Operator)
		marks := []string{"7001", "7,001", "7002", "7,002", "7003", "7,003", "7004", "7,004", "14007", "14,007", "14,008", "7005", "7,005"}
		met := 0
		for _, path := range []string{"/?year=2025", "/crossborder?year=2025", "/crossborder/BE/DE?year=2025", "/crossborder/BE/CH?year=2025", "/crossborder/BE/ZZ?year=2025", "/crossborder/AT/AT?year=2025",
			"/nodes/be?year=2025", "/nodes/at?year=2025", "/api/crossborder?year=2025", "/api/crossborder?year=2025&from=BE", "/api/crossborder?year=2025&to=DE", "/api/crossborder?year=2025&from=BE&to=CH",
			"/api/network?year=2025&source=nodes", "/api/network?year=2026&source=nodes", "/?year=2026", "/api/crossborder?year=2026", "/nodes/be?year=2026"} {
			code, body := board(path)
			if code != http.StatusOK {
				t.Errorf("%s: %d", path, code)
			}
			for _, m := range marks {
				if strings.Contains(body, m) {
					t.Errorf("%s shows %s to the board", path, m)
				}
				if _, full := operator(path); strings.Contains(full, m) {
					met++
				}
			}
		}
		if met < 20 {
			t.Errorf("the operator meets the marks %d times only: the test looks for something else", met)
		}
		for _, path := range []string{"/crossborder/BE/DE/2025-02", "/api/crossborder/documents?from=BE&to=DE&month=2025-02"} {
			if code, _ := board(path); code != http.StatusForbidden {
				t.Errorf("%s: %d for the board", path, code)
			}
		}
	})
}

// What is summed up for Belgium is Germany and Switzerland, two people, and so the smallest country beside them as well.
func TestWhatIsTooSmallIsSummedUp(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		filled(t, h)
		_, body := seated(t, h, access.Board)("/api/crossborder?year=2025")
		var got struct {
			Cells []struct{ Seller, Buyer, Amount string }
			Total struct{ Amount string }
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		want := []struct{ Seller, Buyer, Amount string }{{"BE", "FR", "60.00"}, {"BE", "ZZ", "14603.33"}}
		if !slices.Equal(got.Cells, want) || got.Total.Amount != "14663.33" {
			t.Errorf("%+v, total %s", got.Cells, got.Total.Amount)
		}
	})
}

// Every role asks for every address of the hub.
func TestEveryDoorOfTheHubIsKept(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		filled(t, h)
		requests := 0
		for _, roles := range [][]access.Role{nil, {access.Board}, {access.Operator}, {access.Auditor}} {
			ask := seated(t, h, roles...)
			who := access.Principal{Roles: roles}
			if len(roles) > 0 {
				who.Account = "somebody"
			}
			for _, r := range web.Routes() {
				doors := pages.Pages{}.Routes()
				if r.Writes() || slices.ContainsFunc(doors, func(d shared.Route) bool { return d.Path == r.Path }) {
					continue // the tests of accounts go through their doors
				}
				for _, seller := range []string{"BE", "AT", "XX"} {
					path := strings.NewReplacer(":seller", seller, ":buyer", "BE", ":month", "2025-01", ":country", strings.ToLower(seller)).Replace(r.Path)
					code, _ := ask(path)
					requests++
					switch lets := r.Who.Lets(who); {
					case !lets && who.SignedIn() && code != http.StatusForbidden, !lets && !who.SignedIn() && code != http.StatusUnauthorized && code != http.StatusSeeOther,
						lets && (code >= 500 || code == http.StatusForbidden || code == http.StatusUnauthorized):
						t.Errorf("%v: %s: %d, for %s", roles, path, code, r.Who)
					}
				}
			}
		}
		t.Logf("%d requests", requests)
	})
}
