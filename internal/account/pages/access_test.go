package pages_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/account/pages"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web"
)

// mayCome says in words of its own who may ask for what, so that a wrong declaration beside a route is seen.
func mayCome(method, path string, who access.Role) bool {
	keeps := who == access.Manager || who == access.Operator
	switch {
	case strings.HasPrefix(path, "/people"), strings.HasPrefix(path, "/tokens"), path == "/security-log":
		return keeps || method == http.MethodGet && who == access.Auditor
	case strings.HasPrefix(path, "/account/codes"), path == "/account/passkeys", path == "/account/passkeys/options":
		return true // also for whoever sets up his second factor; the page itself asks for his session
	case strings.HasPrefix(path, "/account"):
		return who != ""
	}
	return true // the door itself
}

// comes is a browser in which somebody of the role is signed in; a visitor for none.
func (h *house) comes(who access.Role) browser {
	h.t.Helper()
	b := h.browser()
	switch who {
	case "":
	case access.Member:
		b.send(h.invite("member@example.org", "m1", who), "name", "Member", "password", good)
	default:
		h.staff(b, string(who)+"@example.org", who)
	}
	return b
}

func (h *house) everything() string {
	h.t.Helper()
	all, err := h.List(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	tokens, err := h.Tokens(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var out strings.Builder
	for _, a := range all {
		out.WriteString(a.Email + " " + a.Name + " " + a.Disabled.String() + " " + strings.Join(rolesAsText(a.Roles), ",") + "\n")
	}
	for _, t := range tokens {
		out.WriteString(t.ID + t.Revoked.String() + "\n")
	}
	return out.String()
}

func rolesAsText(roles []access.Role) (out []string) {
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}

// Each address of accounts is asked for by a visitor and by each role, at a node and at the hub, about somebody else and about nobody.
func TestEveryRoleAtEveryAddressOfAccounts(t *testing.T) {
	for _, party := range []contracts.PartyID{"be", contracts.Hub} {
		t.Run(string(party), func(t *testing.T) {
			storagetest.Each(t, tables, func(t *testing.T, db *storage.DB) {
				h := build(t, db, func(o *account.Options) { o.Party = party })
				who := append([]access.Role{""}, access.Roles(party)...)
				browsers := map[access.Role]browser{}
				for _, r := range who {
					browsers[r] = h.comes(r)
				}
				h.invite("victim@example.org", "", access.Auditor)
				victim := h.account("victim@example.org").ID
				sent := 0
				for _, route := range (pages.Pages{Accounts: h.Accounts}).Routes() {
					for _, r := range who {
						if route.Path == "/sign-out" && r != "" {
							continue // it would end what the others need
						}
						for _, id := range []string{victim, strings.Repeat("a", 26)} {
							h.tryAddress(r, browsers[r], route, strings.ReplaceAll(strings.ReplaceAll(route.Path, ":id", id), ":token", id))
							sent++
						}
					}
				}
				t.Logf("%d requests", sent)
			})
		})
	}
}

func (h *house) tryAddress(who access.Role, b browser, route web.Route, path string) {
	h.t.Helper()
	before := h.everything()
	got := b.open
	if route.Method == http.MethodPost {
		got = func(path string) answer { h.t.Helper(); return b.send(path) }
	}
	a := got(path)
	toDoor := a.status == http.StatusUnauthorized || a.status == http.StatusSeeOther && strings.HasPrefix(a.to, "/sign-in")
	switch may := mayCome(route.Method, route.Path, who); {
	case a.status >= 500:
		h.t.Errorf("%q at %s %s: %d %s", who, route.Method, path, a.status, a.body)
	case !may && who == "" && !toDoor, !may && who != "" && a.status != http.StatusForbidden:
		h.t.Errorf("%q at %s %s: %d to %q", who, route.Method, path, a.status, a.to)
	case may && (a.status == http.StatusForbidden || who != "" && toDoor && !strings.HasPrefix(path, "/sign-in")):
		h.t.Errorf("%q is kept from %s %s: %d", who, route.Method, path, a.status)
	case who == "" && strings.HasPrefix(route.Path, "/account") && !toDoor:
		h.t.Errorf("a visitor at %s %s: %d to %q", route.Method, path, a.status, a.to)
	case !may && h.everything() != before:
		h.t.Errorf("%q at %s %s changed something", who, route.Method, path)
	}
}

// What is somebody else's is answered as what nobody has, and stays.
func TestNobodyEndsWhatIsSomebodyElses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bela := h.comes(access.Member), h.browser()
		bela.send(h.invite("bela@example.org", "m2", access.Member), "name", "Bela", "password", good)
		sessions, err := h.Sessions(t.Context(), h.account("bela@example.org").ID)
		if err != nil || len(sessions) != 1 {
			t.Fatal(len(sessions), err)
		}
		for _, path := range []string{"/account/sessions/%/end", "/account/passkeys/%/remove"} {
			his, nobodys := anna.send(strings.ReplaceAll(path, "%", sessions[0].Hash)), anna.send(strings.ReplaceAll(path, "%", strings.Repeat("0", 64)))
			if his.status != nobodys.status || his.to != nobodys.to {
				t.Errorf("%s: %d %s, nobody's: %d %s", path, his.status, his.to, nobodys.status, nobodys.to)
			}
		}
		anna.send("/account/sessions/end")
		bela.wants(bela.open("/"), 200, "", "hello Bela")
	})
}

// A session is one of its node: neither its cookie nor its token is anything at another, nor at the hub.
func TestASessionOfOneNodeIsNothingAtAnother(t *testing.T) {
	here := quick(t)
	b := here.comes(access.Member)
	token := b.cookie()
	if b.wants(b.open("/"), 200, "", "hello Member"); token == "" {
		t.Fatal("no session")
	}
	for _, party := range []contracts.PartyID{"de", contracts.Hub} {
		there := quick(t, func(o *account.Options) { o.Party = party })
		u, err := url.Parse(there.url)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{here.Cookie(token).Name, there.Cookie(token).Name} {
			c := there.browser()
			c.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: token, Path: "/"}})
			c.wants(c.open("/"), 303, "/sign-in", "")
		}
		if here.Cookie(token).Name == there.Cookie(token).Name {
			t.Errorf("%s and %s share a cookie", here.Party, party)
		}
	}
	if !slices.Contains(here.happened(here.account("member@example.org").ID), account.EventSignedIn) {
		t.Error("nobody signed in")
	}
}
