package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"passerelle/contracts"
	hubweb "passerelle/hub/web"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/internal/web/webtest"
	nodeweb "passerelle/nodes/web"
)

// Every page of hub and node can be read and used by everybody: WCAG 2.2 AA as far as axe-core sees it, in the light and in the dark, at
// 360 and 1280 pixels and at twice the size, with the keyboard alone. The pages are those that the programs declare, so that a new one
// is looked at by itself. PASSERELLE_SCREENSHOTS=folder keeps a picture of each.
func TestEveryPageIsForEverybody(t *testing.T) {
	b := webtest.Open(t)
	broker := memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "be"}, func(contracts.PartyID) transport { return sharedMemory{broker} })
	places := n.furnish("be")
	n.settle()
	where := map[string][]string{} // what is wrong, and on which pages
	n.eachPage(places, func(p page) {
		if err := b.Be(n.up[p.party].url, p.as); err != nil {
			t.Fatal(err)
		}
		wrong, err := b.Examine(p.name, n.up[p.party].url+p.address)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			where[w] = append(where[w], string(p.party)+" "+p.address)
		}
	})
	complain(t, where)
}

// complain fails for each thing that is wrong, and says on which pages.
func complain(t *testing.T, where map[string][]string) {
	t.Helper()
	for wrong, pages := range where {
		t.Errorf("%s\n\ton %d pages: %s", wrong, len(pages), strings.Join(pages[:min(3, len(pages))], ", "))
	}
}

// page is a page of hub or node as somebody sees it who may; as is nil for a visitor.
type page struct {
	party         contracts.PartyID
	name, address string
	as            *http.Cookie
}

// eachPage visits every page that hub and node declare. Those with a parameter are named by places.
func (n *network) eachPage(places map[string][]string, visit func(page)) {
	n.t.Helper()
	for party, routes := range map[contracts.PartyID][]web.Route{contracts.Hub: hubweb.Routes(), "be": nodeweb.Node{}.Routes()} {
		cookies, people, halfway := n.cookies(party), n.people(party), n.halfway(party)
		for _, r := range routes {
			if r.Writes() || r.Program() {
				continue
			}
			as := cookies[whoOpens(r, cookies)] // none for a visitor's page
			if half := halfway[r.Path]; half != nil {
				as = half
			}
			addresses, known := people[r.Path]
			if !known {
				addresses, known = places[r.Path]
			}
			switch {
			case !known && strings.Contains(r.Path, ":"):
				n.t.Errorf("%s %s: name a page of it in furnish", party, r.Path)
			case !known:
				addresses = []string{r.Path}
			}
			for i, address := range addresses {
				if n.isPage(party, address, as) { // and no file to take along
					visit(page{party, pictureName(party, r.Path, i), address, as})
				}
			}
		}
	}
}

// whoOpens is the role of somebody here that may open a page, the one that sees most first; none for what is a visitor's.
func whoOpens(r web.Route, here map[access.Role]*http.Cookie) access.Role {
	if r.Who.Open() {
		return ""
	}
	for _, role := range []access.Role{access.Manager, access.Operator, access.Member, access.Auditor} {
		if here[role] != nil && r.Who.Names(role) {
			return role
		}
	}
	return access.Board
}

// isPage tells whether an address answers with a page.
func (n *network) isPage(p contracts.PartyID, address string, as *http.Cookie) bool {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodHead, n.up[p].url+address, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	if as != nil {
		r.AddCookie(as)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	res.Body.Close()
	return strings.HasPrefix(res.Header.Get("Content-Type"), "text/html")
}

// cookies are those of somebody of each role.
func (n *network) cookies(p contracts.PartyID) map[access.Role]*http.Cookie {
	n.t.Helper()
	a := n.up[p].prog.accounts
	a.Demonstration = true // to be let in without a password; nobody else is there
	for _, role := range access.Roles(p) {
		persona := account.Persona{Role: role, Name: "Somebody with a rather long name"}
		if role == access.Member {
			persona.Member = n.member(p)
		}
		if err := a.AddPersonas(n.t.Context(), persona); err != nil {
			n.t.Fatal(err)
		}
	}
	personas, err := a.Personas(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	all := map[access.Role]*http.Cookie{}
	for _, who := range personas {
		token, err := a.Become(n.t.Context(), account.Asker{}, who.ID, "")
		if err != nil {
			n.t.Fatal(err)
		}
		all[who.Roles[0]] = a.Cookie(token)
	}
	return all
}

// member is the id of a member of a node.
func (n *network) member(p contracts.PartyID) string {
	n.t.Helper()
	members, err := n.up[p].node.Store.Members(n.t.Context(), n.up[p].node.DB, access.Program(), "", 1)
	if err != nil || len(members) == 0 {
		n.t.Fatalf("%d members, %v", len(members), err)
	}
	return string(members[0].ID)
}

// pictureName is a file name for a page: "be-invoices-id-2".
func pictureName(party contracts.PartyID, path string, i int) string {
	name := string(party) + regexp.MustCompile(`[^a-z]+`).ReplaceAllString(path, "-")
	if i > 0 {
		name += fmt.Sprintf("-%d", i+1)
	}
	return strings.TrimRight(name, "-")
}
