package main

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
)

// door is how the tests' client comes into the programs they run: with what knows or becomes have noted of their addresses.
type door struct{}

// headers are what is sent to an address, by host and port.
var headers sync.Map

// RoundTrip sends the request with what lets it in.
func (door) RoundTrip(r *http.Request) (*http.Response, error) {
	if known, ok := headers.Load(r.URL.Host); ok {
		r = r.Clone(r.Context())
		for name, values := range known.(http.Header) {
			r.Header[name] = values
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// everyRole but those that see less than others.
func everyRole(p contracts.PartyID) []access.Role {
	if p == contracts.Hub {
		return []access.Role{access.Board, access.Operator}
	}
	return []access.Role{access.Manager}
}

// knows has the client come to an address with a token of the party that listens there.
func knows(t testing.TB, addr string, a *account.Accounts) {
	t.Helper()
	token, err := a.MakeToken(t.Context(), "test", everyRole(a.Party), "")
	if err != nil {
		t.Fatal(err)
	}
	headers.Store(addr, http.Header{"Authorization": {"Bearer " + token}})
}

// letIn makes a token on the database of a program that does not run yet.
func (p *process) letIn() {
	p.t.Helper()
	args := []string{"account", "token", "--party", p.name, "--db", p.dsn, "--name", "test"}
	for _, role := range everyRole(contracts.PartyID(p.name)) {
		args = append(args, "--role", string(role))
	}
	code, out, errs := command(p.t, args...)
	if code != exitGood {
		p.t.Fatalf("token of %s: exit %d %s", p.name, code, errs)
	}
	headers.Store(p.addr, http.Header{"Authorization": {"Bearer " + strings.TrimSpace(out)}})
}

// becomes has the client come to a program of the demonstration as one of its personas: by the button on the page to sign in.
func becomes(t testing.TB, base, persona string) {
	t.Helper()
	res, err := http.Get(base + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	button := regexp.MustCompile(`name="account" value="([^"]+)"[^>]*>(?:<input[^>]*>)?<button[^>]*>` + regexp.QuoteMeta(html.EscapeString(persona)) + `<`).FindSubmatch(page)
	if button == nil {
		t.Fatalf("%s offers no %q: %s", base, persona, page)
	}
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if res, err = stay.PostForm(base+"/sign-in/persona", url.Values{"account": {string(button[1])}}); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("%s as %s: %d", base, persona, res.StatusCode)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	headers.Store(u.Host, http.Header{"Cookie": {res.Cookies()[0].Name + "=" + res.Cookies()[0].Value}})
}
