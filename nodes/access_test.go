package nodes_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	webbase "passerelle/internal/web"
)

// TestNobodyMeetsWhatIsNotHis asks for everything as everybody: each route, each role, one's own things, those of others, and things that are
// not there. It is made from the declared routes, so that a new one is in it by itself.
func TestNobodyMeetsWhatIsNotHis(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		size := 7
		if n.DB.Engine() == storage.Postgres {
			size = 3 // the same queries on the other engine
		}
		h := newHouse(t, n, size)
		names := []string{}
		for who := range h.principals() {
			names = append(names, who)
		}
		slices.Sort(names)
		for _, r := range h.routes {
			for _, who := range names {
				h.tryRoute(who, r)
			}
		}
		t.Logf("%d requests", h.sent)
	})
}

// tryRoute asks as one person for a route, about each person of the house and about nobody.
func (h *house) tryRoute(who string, r webbase.Route) {
	h.t.Helper()
	p := h.principals()[who]
	if r.Who.Lets(p) && slices.ContainsFunc(h.doors, func(d webbase.Route) bool { return key(d) == key(r) }) {
		return
	}
	onlyOwn := !r.Who.Scope(p).All()
	before := ""
	if p.Member != "" {
		before = h.state()
	}
	for i, one := range h.people {
		if r.Who.Lets(p) && (!onlyOwn || i == 0) {
			one = h.renewed(one, r)
		}
		got := h.send(who, r, one, one)
		mine := p.Member == string(one.member)
		h.checkDoor(who, r, p, got, mine)
		h.checkSeen(who, r, p, got)
		if onlyOwn && r.Who.Lets(p) && !mine {
			for n := range 2 {
				none := absent(n)
				if missing := h.send(who, r, none, none); got.without(one.names()...) != missing.without(none.names()...) {
					h.t.Errorf("%s, %s of somebody else: %.300s\nand of nobody: %.300s", who, key(r), got.without(one.names()...), missing.without(none.names()...))
				}
			}
			h.tryBody(who, r, one)
		}
	}
	if !r.Writes() && r.Object == "" && r.Who.Lets(p) { // a list that can be taken along
		h.checkSeen(who, r, p, h.ask(who, r.Method, absent(0).address(r)+"?format=csv", "", ""))
	}
	if p.Member != "" && r.Who.Names(access.Member) {
		if after := h.state(); after != before {
			h.t.Errorf("%s, %s: changed what is not his", who, key(r))
		}
	}
}

// tryBody puts another's ids into the body of a request about one's own.
func (h *house) tryBody(who string, r webbase.Route, other person) {
	if !r.Writes() || r.Object == "" || h.principals()[who].Member == "" {
		return
	}
	me := h.renewed(h.people[0], r)
	mixed := h.send(who, r, me, other)
	h.checkSeen(who, r, h.principals()[who], mixed)
	if kind, body := payload[key(r)](h, other); kind == "application/json" {
		with := strings.Replace(body, "{", fmt.Sprintf(`{"id":%q,`, other.address(r)[strings.LastIndex(other.address(r), "/")+1:]), 1)
		if got := h.ask(who, r.Method, me.address(r), kind, with); got.status != http.StatusBadRequest {
			h.t.Errorf("%s, %s with an id in its body: %d", who, key(r), got.status)
		}
	}
}

// checkDoor weighs the status.
func (h *house) checkDoor(who string, r webbase.Route, p access.Principal, got reply, mine bool) {
	h.t.Helper()
	switch {
	case !r.Who.Lets(p) && !p.SignedIn():
		if got.status != http.StatusUnauthorized && got.status != http.StatusSeeOther {
			h.t.Errorf("%s, %s: %d, where nobody is signed in", who, key(r), got.status)
		}
	case !r.Who.Lets(p):
		if got.status != http.StatusForbidden {
			h.t.Errorf("%s, %s: %d, which is for %s", who, key(r), got.status, r.Who)
		}
	case (mine || r.Who.Scope(p).All()) && r.Object != "":
		if got.status >= 400 && got.status != http.StatusUnprocessableEntity && got.status != http.StatusConflict {
			h.t.Errorf("%s, %s: %d for one of %s: %.200s", who, key(r), got.status, r.Who, got.body)
		}
	case got.status >= 500, r.Object == "" && got.status == http.StatusForbidden:
		h.t.Errorf("%s, %s: %d %.200s", who, key(r), got.status, got.body)
	}
}

// checkSeen demands that a member meets nobody else's mark, and that what staff meets is in the trail of whose it is.
func (h *house) checkSeen(who string, r webbase.Route, p access.Principal, got reply) {
	h.t.Helper()
	for _, one := range h.people {
		if string(one.member) == p.Member || !strings.Contains(got.body, one.canary) && !strings.Contains(got.to, one.canary) {
			continue
		}
		if !r.Who.Scope(p).All() {
			h.t.Errorf("%s, %s: shows %s of another", who, key(r), one.canary)
			continue
		}
		if !r.Personal {
			h.t.Errorf("%s, %s: shows %s and is not declared personal", who, key(r), one.canary)
		}
		if !h.noted(got.reference, one) {
			h.t.Errorf("%s, %s: shows %s and no trace of it is kept", who, key(r), one.canary)
		}
	}
}

// noted tells whether the trail has the request in a member's lines, or as a list to choose from.
func (h *house) noted(request string, p person) bool {
	h.t.Helper()
	var n int
	if err := h.DB.QueryRowContext(h.t.Context(), `SELECT COUNT(*) FROM trail WHERE request = $1 AND act = 'saw' AND (member = $2 OR kind = 'directory')`, request, p.member).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n > 0
}

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// A query may name things too.
func TestNobodyMeetsAnothersByAQuery(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		h := newHouse(t, n, 3)
		for _, path := range []string{"/invoices?activity=%s", "/invoices?open=true&activity=%s", "/api/invoices?activity=%s", "/invoices/new?activity=%s", "/invoices/new?buyer=%s",
			"/invoices?before=2026-03-31~%s", "/api/invoices?before=2026-03-31~%s", "/activities?after=%s", "/api/activities?after=%s", "/activities?member=%s"} {
			for _, other := range h.people[1:] {
				for at, name := range other.names() {
					got := h.ask("member", "GET", fmt.Sprintf(path, name), "", "")
					h.checkSeen("member", webbase.Route{Method: "GET", Path: path, Who: access.To(access.Member)}, h.principals()["member"], got)
					none := absent(1).names()[at]
					missing := h.ask("member", "GET", fmt.Sprintf(path, none), "", "")
					if !strings.Contains(path, "before=") && !strings.Contains(path, "after=") && got.without(name) != missing.without(none) {
						t.Errorf("%s with somebody else's and with nobody's: %d and %d", path, got.status, missing.status)
					}
				}
			}
		}
		t.Logf("%d requests", h.sent)
	})
}
