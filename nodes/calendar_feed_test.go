package nodes_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/nodes/store"
)

func init() {
	payload["POST /calendar"] = form()
	payload["POST /calendar/remove"] = form()
}

// comesIn makes an account that is taken up, and returns it with its session.
func (n *testNode) comesIn(email, language string, m string, roles ...access.Role) (account.Account, string) {
	n.t.Helper()
	i, err := n.Accounts.Invite(n.t.Context(), account.Asker{}, account.Person{Name: email, Email: email, Language: language, Roles: roles, Member: m})
	if err != nil {
		n.t.Fatal(err)
	}
	session, _, err := n.Accounts.TakeUp(n.t.Context(), account.Asker{}, i.Link[strings.LastIndex(i.Link, "/")+1:], email, "a long sentence to know by heart", "")
	if err != nil {
		n.t.Fatal(err)
	}
	who, err := n.Accounts.Account(n.t.Context(), i.Account)
	if err != nil {
		n.t.Fatal(err)
	}
	return who, session
}

// visit sends a request with a session, or with none.
func (n *testNode) visit(method, address, session string) *httptest.ResponseRecorder {
	n.t.Helper()
	r := httptest.NewRequestWithContext(n.t.Context(), method, address, strings.NewReader(url.Values{}.Encode()))
	r.Header.Set("Accept-Language", "fr")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if method == http.MethodPost {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if session != "" {
		r.AddCookie(n.Accounts.Cookie(session))
	}
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	return w
}

var feedAddress = regexp.MustCompile(`/calendar/[a-z2-7]{26}\.ics`)

func TestACalendarReadsByItsAddressUntilThatEnds(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.carrying("2026-06-10")
		_, session := n.comesIn("member@example.org", "fr", string(n.activity.Member), access.Member)
		made := feedAddress.FindString(n.visit("POST", "/calendar", session).Body.String())
		if w := n.visit("GET", made, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "DTSTART;VALUE=DATE:20260610") || !strings.Contains(w.Body.String(), "Lyon\\, France") || !strings.Contains(w.Body.String(), "Travail") {
			t.Fatalf("%q: %d\n%s", made, w.Code, w.Body)
		}
		if page := n.visit("GET", "/calendar", session).Body.String(); feedAddress.MatchString(page) {
			t.Error("the address is shown again")
		}
		anew := feedAddress.FindString(n.visit("POST", "/calendar", session).Body.String())
		for address, want := range map[string]int{made: 404, anew: 200, "/calendar/" + strings.Repeat("a", 26) + ".ics": 404} {
			if w := n.visit("GET", address, ""); w.Code != want {
				t.Errorf("%s: %d, not %d", address, w.Code, want)
			}
		}
		if w := n.visit("POST", "/calendar/remove", session); w.Code != http.StatusSeeOther {
			t.Error(w.Code)
		}
		if w := n.visit("GET", anew, ""); w.Code != http.StatusNotFound {
			t.Errorf("an address that has ended: %d", w.Code)
		}
	})
}

func TestAnAdvisersCalendarNamesNobodyAndEndsWithTheAccount(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.carrying("2026-06-10")
		who, _ := n.comesIn("adviser@example.org", "en", "", access.Adviser)
		err := n.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return n.Store.SaveFeed(ctx, tx, store.Feed{Account: who.ID, Language: "en", Made: storage.At(today)}, "secret")
		})
		if err != nil {
			t.Fatal(err)
		}
		w := n.visit("GET", "/calendar/secret.ics", "")
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "DTSTART;VALUE=DATE:20260610") {
			t.Fatalf("%d\n%s", w.Code, w.Body)
		}
		for _, word := range []string{"Member one", "Théâtre", "theatre", "Lyon"} {
			if strings.Contains(w.Body.String(), word) {
				t.Errorf("the calendar of all cases says %s", word)
			}
		}
		if err := n.Accounts.Disable(t.Context(), account.Asker{}, who.ID); err != nil {
			t.Fatal(err)
		}
		if w := n.visit("GET", "/calendar/secret.ics", ""); w.Code != http.StatusNotFound {
			t.Errorf("the calendar of a disabled account: %d", w.Code)
		}
	})
}

// post takes mails, but not for the address that is away.
type post struct {
	away  string
	mails []account.Mail
}

func (p *post) Send(_ context.Context, m account.Mail) error {
	if m.To == p.away {
		return errors.New("no such mailbox today")
	}
	p.mails = append(p.mails, m)
	return nil
}

func (p *post) to() (all []string) {
	for _, m := range p.mails {
		all = append(all, m.To)
	}
	slices.Sort(all)
	return all
}

func TestWhatIsDueIsMailedOnceToThoseItIsFor(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.comesIn("member@example.org", "de", string(n.activity.Member), access.Member)
		n.comesIn("other@example.org", "en", "another", access.Member)
		n.comesIn("adviser@example.org", "en", "", access.Adviser)
		n.comesIn("accountant@example.org", "en", "", access.Accountant)
		gone, _ := n.comesIn("gone@example.org", "en", "", access.Adviser)
		if err := n.Accounts.Disable(t.Context(), account.Asker{}, gone.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Accounts.Invite(t.Context(), account.Asker{}, account.Person{Name: "invited", Email: "invited@example.org", Roles: []access.Role{access.Adviser}}); err != nil {
			t.Fatal(err)
		}
		c, draft := n.preparing(lyon("2026-06-10")), n.newCase(lyon("2026-07-10"))
		*n.now = time.Date(2026, 6, 8, 6, 0, 0, 0, time.UTC) // papers are missing for the one, the other should be handed in
		n.tick()
		box := &post{away: "adviser@example.org"}
		n.Accounts.Mail = box
		if err := n.MailReminders(t.Context()); err == nil || !strings.Contains(err.Error(), "no such mailbox today") {
			t.Error(err)
		}
		if got := box.to(); !slices.Equal(got, []string{"member@example.org"}) {
			t.Fatalf("mailed to %v", got)
		}
		if own := box.mails[0]; own.Subject != "Arbeit im Ausland: Das ist fällig." || !strings.Contains(own.Text, "/cases/"+string(draft.ID)) || strings.Contains(own.Text, string(c.ID)) {
			t.Errorf("%+v", own)
		}
		box.away = ""
		for range 2 {
			if err := n.MailReminders(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := box.to(); !slices.Equal(got, []string{"adviser@example.org", "member@example.org"}) {
			t.Fatalf("mailed to %v", got)
		}
		staff := box.mails[1].Text
		for _, word := range []string{"Member one", "theatre", "Lyon", "France", "FR"} {
			if strings.Contains(staff, word) {
				t.Errorf("the mail to staff says %s:\n%s", word, staff)
			}
		}
		if !strings.Contains(staff, "/casework/"+string(c.ID)) {
			t.Error(staff)
		}
	})
}
