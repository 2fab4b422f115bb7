package nodes_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account/pages"
	"passerelle/internal/storage"
	webbase "passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/web"
)

// house is a node with several members, each with data of every kind, marked by a word that nobody else's data contain.
type house struct {
	*testNode
	handler http.Handler
	routes  []webbase.Route
	doors   []webbase.Route // those of accounts, whose own tests go through them
	people  []person
	sent    int
	guests  int // members made on the way
}

// person is a member of the house with what is his.
type person struct {
	member                   member.ID
	reference                string
	activity                 member.Activity
	invoice, draft, buyer    string // ids
	mobility, paper, expense string
	canary                   string
}

// asking maps a header to who asks.
func asking(who map[string]access.Principal) func(echo.Context) (access.Principal, error) {
	return func(c echo.Context) (access.Principal, error) { return who[c.Request().Header.Get("Test-Who")], nil }
}

func newHouse(t *testing.T, n *testNode, size int) *house {
	t.Helper()
	h := &house{testNode: n}
	for i := range size {
		h.people = append(h.people, h.moveIn(i))
	}
	h.guests = size
	node := web.Node{Outbound: n.Outbound, Reports: n.Reports, Plans: n.Plans, Retention: n.Retention, Delivery: n.Delivery, Inbound: n.Inbound, Cases: n.Cases, Hosting: n.Hosting, Store: n.Store, SaveBuyer: n.SaveBuyer, Log: slog.New(slog.DiscardHandler),
		Channel: func(context.Context) (web.Channel, error) { return web.Channel{}, nil }, Who: asking(h.principals())}
	h.handler, h.routes = web.New(node), node.Routes()
	h.doors = pages.Pages{}.Routes()
	return h
}

// moveIn registers a member with an activity, an invoice, a draft and a buyer of his own.
func (h *house) moveIn(i int) person {
	h.t.Helper()
	p := h.newcomer(i)
	p.invoice, p.draft = h.newInvoice(p), h.newDraft(p)
	p.mobility, p.paper = h.newCaseOf(p)
	p.expense = h.newExpense(p)
	return p
}

// newcomer registers a member who has not invoiced yet.
func (h *house) newcomer(i int) person {
	h.t.Helper()
	p := person{canary: fmt.Sprintf("Canary%c", 'A'+i), reference: fmt.Sprintf("M-own-%d", i)}
	err := h.DB.Write(h.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		m, err := h.Members.Add(ctx, tx, member.Member{Reference: p.reference, Name: p.canary + " member"})
		if err != nil {
			return err
		}
		p.member = m.ID
		p.activity, err = h.Members.AddActivity(ctx, tx, access.Program(), member.Activity{Reference: fmt.Sprintf("A-own-%d", i), Member: m.ID, Name: p.canary + " activity"})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	own := access.To(access.Member).Scope(access.Principal{Account: "x", Roles: []access.Role{access.Member}, Member: string(p.member)})
	// The same VAT number with everybody: what one notes of it is not the others'.
	if p.buyer, err = h.SaveBuyer(h.t.Context(), own, contracts.Party{Name: p.canary + " buyer", Kind: contracts.Business, VATID: "BE0468561072", Email: p.canary + "@example.org", Address: contracts.Address{Country: "BE"}}); err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) draftOf(p person) outbound.Draft {
	d := h.draft()
	d.Activity, d.Buyer, d.BuyerID, d.Lines[0].Description = p.activity.ID, contracts.Party{}, p.buyer, p.canary+" line"
	return d
}

func (h *house) newInvoice(p person) string {
	h.t.Helper()
	return string(h.issue(h.draftOf(p)).Invoice.ID)
}

// newExpense brings in an invoice of a supplier who is the person's own.
func (h *house) newExpense(p person) string {
	h.t.Helper()
	e, err := h.Inbound.Take(h.t.Context(), access.Program(), p.activity.ID, supplierInvoice(h.t, p.canary+" supplier", h.fresh()))
	if err != nil {
		h.t.Fatal(err)
	}
	return e.ID
}

func (h *house) newDraft(p person) string {
	h.t.Helper()
	id, err := h.Outbound.SaveDraft(h.t.Context(), access.Program(), "", h.draftOf(p))
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// newCaseOf opens a case of a person, with a document.
func (h *house) newCaseOf(p person) (id, paper string) {
	h.t.Helper()
	f := lyon("2026-06-10")
	f.Task = p.canary + " plays"
	c, err := h.Cases.Create(h.t.Context(), access.Program(), p.member, f)
	if err != nil {
		h.t.Fatal(err)
	}
	doc, err := h.Cases.Upload(h.t.Context(), access.Program(), c.ID, casework.PaperOther, []byte("%PDF-1.7 "+p.canary+" %%EOF"))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(c.ID), string(doc.ID)
}

// principals are one person of each role; the first member of the house, one who is nobody's, and the visitor, who is also what somebody
// disabled is.
func (h *house) principals() map[string]access.Principal {
	all := map[string]access.Principal{"visitor": {}, "nobody's member": {Account: "stray", Name: "Stray", Roles: []access.Role{access.Member}}}
	for _, r := range append(access.Roles("be"), access.Board, access.Operator) {
		p := access.Principal{Account: "account-" + string(r), Name: "Person " + string(r), Roles: []access.Role{r}}
		if r == access.Member {
			p.Member = string(h.people[0].member)
		}
		all[string(r)] = p
	}
	return all
}

// reply is what came back, without what differs from one request to the next.
type reply struct {
	status    int
	body      string
	to        string
	reference string
}

func (h *house) ask(who, method, path, kind, body string) reply {
	h.t.Helper()
	h.sent++
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Who", who)
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1234", h.sent>>16, h.sent>>8&255, h.sent&255) // so that nobody waits for having asked often
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{w.Code, string(b), w.Header().Get("Location"), w.Header().Get("X-Request-Id")}
}

// without is the reply with the names of what was asked for taken out, to compare it with another.
func (r reply) without(words ...string) string {
	text := fmt.Sprintf("%d %s %s", r.status, r.to, feedAddress.ReplaceAllString(formKey.ReplaceAllString(r.body, "-"), "-"))
	for _, w := range append(words, r.reference) {
		if w != "" {
			text = strings.ReplaceAll(strings.ReplaceAll(text, url.QueryEscape(w), "-"), w, "-")
		}
	}
	return text
}

// formKey is new in every form.
var formKey = regexp.MustCompile(`name="once" value="\w+"`)

// absent is somebody who is not there.
func absent(n int) person {
	id := func(kind byte) string { return fmt.Sprintf("%c%031x", kind, n) }
	return person{member: member.ID(id('1')), reference: id('2'), activity: member.Activity{ID: member.ActivityID(id('3')), Reference: id('4')}, invoice: id('5'), draft: id('6'), buyer: id('7'), mobility: id('8'), paper: id('9'), expense: id('a'), canary: "Nobody"}
}

// names are the words of a person that a request may have said itself.
func (p person) names() []string {
	return []string{string(p.member), p.reference, string(p.activity.ID), p.activity.Reference, p.invoice, p.draft, p.buyer, p.mobility, p.paper, p.expense}
}

// address fills in the parameters of a route.
func (p person) address(r webbase.Route) string {
	ids := map[string]string{"invoice": p.invoice, "draft": p.draft, "activity": string(p.activity.ID), "member": string(p.member), "case": p.mobility, "expense": p.expense, "": strings.Repeat("0", 32)}
	path := strings.NewReplacer(":month", "2026-02", ":tranche", "plan-be-2026-1", ":condition", "2", ":paper", p.paper, ":form", "european-1").Replace(r.Path)
	return strings.ReplaceAll(path, ":id", ids[r.Object])
}

// payload is what each writing route is sent: a body that would be accepted, about a person's things.
var payload = map[string]func(h *house, p person) (kind, body string){
	"POST /invoices/new":          draftForm,
	"POST /drafts/:id/edit":       draftForm,
	"POST /language":              form("to", "fr"),
	"POST /drafts/:id/issue":      empty,
	"POST /drafts/:id/delete":     empty,
	"POST /invoices/:id/payments": form("paid_on", "2026-03-31", "amount", "1.00"),
	"POST /invoices/:id/credit":   form("net", "1.00", "reason", "less", "confirmed", "yes"),
	"POST /invoices/:id/again":    empty,
	"POST /expenses":              func(*house, person) (string, string) { return "multipart/form-data; boundary=x", "--x--\r\n" },
	"POST /api/expenses":          func(*house, person) (string, string) { return "application/xml", "<a/>" },
	"POST /api/deliveries":        func(*house, person) (string, string) { return asJSON(`{"name":"nobody","status":"accepted"}`) },
	"POST /api/deliveries/notifications": func(*house, person) (string, string) {
		return "application/xml", `<t:RicevutaConsegna xmlns:t="http://www.fatturapa.gov.it/sdi/messaggi/v1.0" versione="1.0"><IdentificativoSdI>1</IdentificativoSdI><NomeFile>IT00743110157_00001.xml</NomeFile></t:RicevutaConsegna>`
	},
	"POST /activities": func(h *house, p person) (string, string) {
		return form("member", p.reference, "name", "New", "reference", h.fresh())(h, p)
	},
	"POST /members": func(h *house, p person) (string, string) {
		return form("name", "New", "reference", h.fresh(), "kind", "individual")(h, p)
	},
	"POST /members/:id":           form("name", "Corrected", "email", "new@example.org"),
	"POST /members/:id/erase":     form("reason", "asked on the telephone"),
	"POST /account/data":          form("email", "new@example.org"),
	"POST /buyers":                form("name", "New", "kind", "business", "address.country", "BE"),
	"POST /import":                form("file", ""),
	"POST /import/:id/start":      empty,
	"POST /reports/:month":        form("users", "3", "do", "file"),
	"POST /plan/:tranche/confirm": form("received_on", "2026-03-11", "amount", "45000.00"),
	"POST /api/plan/:tranche/confirm": func(*house, person) (string, string) {
		return asJSON(`{"received_on":"2026-03-11","amount":{"amount":"45000.00","currency":"EUR"}}`)
	},
	"POST /plan/:tranche/conditions/:condition/evidence": form("text", "It holds"),
	"POST /api/members": func(h *house, _ person) (string, string) { return asJSON(`{"reference":%q,"name":"New"}`, h.fresh()) },
	"POST /api/activities": func(h *house, p person) (string, string) {
		return asJSON(`{"reference":%q,"member":%q,"name":"New"}`, h.fresh(), p.member)
	},
	"POST /api/buyers": func(*house, person) (string, string) {
		return asJSON(`{"name":"New","kind":"business","address":{"country":"BE"}}`)
	},
	"POST /api/drafts":           draftJSON,
	"PUT /api/drafts/:id":        draftJSON,
	"DELETE /api/drafts/:id":     empty,
	"POST /api/drafts/:id/issue": empty,
	"POST /api/preview":          draftJSON,
	"POST /api/invoices":         draftJSON,
	"POST /api/invoices/:id/payments": func(*house, person) (string, string) {
		return asJSON(`{"paid_on":"2026-03-31","amount":{"amount":"1.00","currency":"EUR"}}`)
	},
	"POST /api/invoices/:id/credit-notes": func(*house, person) (string, string) {
		return asJSON(`{"net":{"amount":"1.00","currency":"EUR"},"reason":"less"}`)
	},
	"POST /api/import": func(*house, person) (string, string) { return "text/csv", "number\n" },
	"POST /api/cases": func(h *house, p person) (string, string) {
		return asJSON(`{"member":%q,"facts":%s}`, p.member, factsJSON(h.t, p))
	},
	"POST /api/cases/:id/papers":          func(_ *house, p person) (string, string) { return "application/pdf", "%PDF-1.7 " + p.canary + " %%EOF" },
	"DELETE /api/cases/:id/papers/:paper": empty,
	"POST /api/cases/:id/letters": func(*house, person) (string, string) {
		return asJSON(`{"to":"FR","kind":"CLARIFY","says":{"text":"new"}}`)
	},
	"POST /api/host-cases/:id/letters": func(*house, person) (string, string) {
		return asJSON(`{"kind":"CLARIFY","says":{"text":"new"}}`)
	},
	"POST /api/days":           func(*house, person) (string, string) { return asJSON(`{"day":"2026-04-01","state":"FR"}`) },
	"DELETE /api/days":         empty,
	"POST /api/reports/:month": func(*house, person) (string, string) { return asJSON(`{"users":3}`) },
}

// Every event of a case is sent what it needs at the version of a new case; most of them come too early, and change nothing.
func init() {
	for _, e := range casework.Events {
		payload["POST /api/cases/:id/"+string(e.Name())] = func(h *house, p person) (string, string) {
			switch e.(type) {
			case casework.Edit, casework.Change:
				return asJSON(`{"version":1,"facts":%s}`, factsJSON(h.t, p))
			case casework.Ask:
				return asJSON(`{"version":1,"of":"member","text":"when?"}`)
			case casework.CloseReview:
				return asJSON(`{"version":1,"to":"ACTIVE"}`)
			case casework.TrackUpdate:
				return asJSON(`{"version":1,"track":"a1","state":"OK","reference":"R"}`)
			}
			return asJSON(`{"version":1}`)
		}
	}
}

func factsJSON(t *testing.T, p person) []byte {
	t.Helper()
	f := lyon("2026-06-10")
	f.Activity = p.activity.ID
	b, err := contracts.Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func empty(*house, person) (string, string) { return "", "" }

func form(pairs ...string) func(*house, person) (string, string) {
	return func(*house, person) (string, string) {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return "application/x-www-form-urlencoded", v.Encode()
	}
}

func asJSON(format string, args ...any) (string, string) {
	return "application/json", fmt.Sprintf(format, args...)
}

func draftForm(h *house, p person) (string, string) {
	return form("activity", p.activity.Reference, "buyer_id", p.buyer, "service", "general", "supply_date", "2026-03-20",
		"lines[0].description", "Work", "lines[0].quantity", "1", "lines[0].unit", "DAY", "lines[0].price", "100", "do", "preview")(h, p)
}

func draftJSON(_ *house, p person) (string, string) {
	return asJSON(`{"activity":%q,"buyer_id":%q,"service":"general","supply_date":"2026-03-20","lines":[{"description":"Work","quantity":"1","price":"100"}]}`, p.activity.ID, p.buyer)
}

// fresh is a reference nobody has.
func (h *house) fresh() string { return fmt.Sprintf("fresh-%d", h.sent) }

func key(r webbase.Route) string { return r.Method + " " + r.Path }

func (h *house) send(who string, r webbase.Route, at, in person) reply {
	h.t.Helper()
	kind, body := "", ""
	if r.Writes() {
		make, ok := payload[key(r)]
		if !ok && !r.Who.Lets(h.principals()[who]) {
			make, ok = empty, true
		}
		if !ok {
			h.t.Fatalf("%s: nothing to send; add it to payload", key(r))
		}
		kind, body = make(h, in)
	}
	return h.ask(who, r.Method, at.address(r), kind, body)
}

// renewed gives a person new things for a request that may use them up.
func (h *house) renewed(p person, r webbase.Route) person {
	if r.Writes() {
		switch r.Object {
		case "draft":
			p.draft = h.newDraft(p)
		case "invoice":
			p.invoice = h.newInvoice(p)
		case "case":
			p.mobility, p.paper = h.newCaseOf(p)
		case "member":
			h.guests++
			p = h.moveIn(h.guests)
		}
	}
	return p
}

// state is everything that is not the first member's, so that it can be seen that nothing of it changed.
func (h *house) state() string {
	h.t.Helper()
	var all strings.Builder
	mine := h.people[0].member
	for _, query := range []string{`SELECT id || body FROM draft WHERE member <> $1 ORDER BY id`, `SELECT id || CAST(open AS TEXT) FROM document WHERE member <> $1 ORDER BY id`,
		`SELECT id || name || CAST(party AS TEXT) FROM buyer WHERE member <> $1 ORDER BY id`, `SELECT id || name FROM activity WHERE member <> $1 ORDER BY id`, `SELECT id || name FROM member WHERE id <> $1 ORDER BY id`,
		`SELECT p.invoice FROM payment p JOIN document d ON d.id = p.invoice WHERE d.member <> $1 ORDER BY p.invoice, p.sequence`,
		`SELECT id || CAST(body AS TEXT) FROM mobility_case WHERE member <> $1 ORDER BY id`, `SELECT id || invalid_on FROM case_paper WHERE member <> $1 ORDER BY id`, `SELECT day || state FROM work_day WHERE member <> $1 ORDER BY day, state`} {
		if h.DB.Engine() == storage.Postgres {
			query = strings.NewReplacer("CAST(body AS TEXT)", "encode(body, 'hex')", "body", "encode(body, 'hex')", "CAST(party AS TEXT)", "encode(party, 'hex')").Replace(query)
		}
		rows, err := storage.All(h.t.Context(), h.DB, scanText, query, mine)
		if err != nil {
			h.t.Fatal(err)
		}
		fmt.Fprintln(&all, rows)
	}
	return all.String()
}
