package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/shopspring/decimal"

	"passerelle/adapters"
	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/hub/boardpack"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/nodes"
	"passerelle/nodes/member"
	"passerelle/nodes/papers"
	"passerelle/nodes/seed"
	"passerelle/nodes/store"
)

// furnish fills a node as people would, and names a page for each address with a parameter, and the states in which a page looks otherwise.
func (n *network) furnish(p contracts.PartyID) map[string][]string {
	n.t.Helper()
	node, ctx, all := n.up[p].node, context.Background(), access.Program()
	hub := n.up[contracts.Hub].hub
	if err := errors.Join(hub.LoadDemonstrationPlan(ctx), hub.LoadDemonstrationMeetings(ctx)); err != nil {
		n.t.Fatal(err)
	}
	if _, err := n.up[contracts.Hub].hub.IssuePack(ctx, "somebody", boardpack.Meeting{Title: "Ordinary meeting", Day: contracts.DateOf(time.Now().UTC())}); err != nil {
		n.t.Fatal(err)
	}
	if err := n.up[contracts.Hub].hub.LoadDemonstrationCommons(ctx); err != nil {
		n.t.Fatal(err)
	}
	if _, err := seed.Fill(ctx, node, decimal.New(5, -4), demonstrationRate, contracts.Month{}); err != nil {
		n.t.Fatal(err)
	}
	documents, err := node.Store.Documents(ctx, node.DB, all, store.DocumentFilter{Open: true, Limit: 2})
	if err != nil || len(documents) < 2 {
		n.t.Fatalf("%d open documents, %v", len(documents), err)
	}
	half := contracts.MustMoney("10.00", documents[0].Invoice.Currency)
	note, err := node.Outbound.Credit(ctx, all, documents[0].Invoice.ID, &half, "Less work than agreed")
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := node.Outbound.Pay(ctx, all, documents[1].Invoice.ID, contracts.DateOf(time.Now().UTC()), half); err != nil {
		n.t.Fatal(err)
	}
	n.tellCases(p)
	draft := n.draft(p, string(documents[0].Activity))
	invoice, on := documents[0].Invoice.ID, documents[0].Invoice.IssueDate
	month := on.Month().String()
	cases, tranche := n.cases(p), n.plan(p)
	return map[string][]string{
		"/cases/:id":                  cases[""],
		"/cases/:id/edit":             cases["edit"],
		"/cases/:id/papers/:paper":    nil, // a file
		"/cases/:id/pack":             nil,
		"/verify/:code":               cases["code"],
		"/calendar/:secret":           nil, // a file
		"/casework/:id":               cases["desk"],
		"/casework/:id/forms/:form":   cases["form"],
		"/casework/:id/edit":          cases["deskedit"],
		"/casework/:id/papers/:paper": nil,
		"/casework":                   {"/casework", "/casework?state=REJECTED"},
		"/host-cases/:id":             n.hostFiles(p),
		"/host-cases/:id/letters/:message/documents/:number": nil,
		"/":                      {"/", "/?year=1999"},
		"/invoices":              {"/invoices", "/invoices?open=true", "/invoices?activity=" + string(documents[0].Activity)},
		"/invoices/:id":          {"/invoices/" + string(invoice), "/invoices/" + string(note.Invoice.ID), "/invoices/" + string(documents[1].Invoice.ID)},
		"/invoices/:id/pdf":      nil, // files
		"/invoices/:id/xml":      nil,
		"/expenses/:id":          {n.expense(p, documents[0].Activity)},
		"/expenses/:id/document": nil,
		"/invoices/:id/credit":   {"/invoices/" + string(invoice) + "/credit"},
		"/drafts/:id":            {"/drafts/" + draft},
		"/drafts/:id/edit":       {"/drafts/" + draft + "/edit"},
		"/activities/:id":        {"/activities/" + string(documents[0].Activity)},
		"/members/:id":           {"/members/" + n.member(p)},
		"/members/:id/erase":     {"/members/" + n.member(p) + "/erase"},
		"/papers":                {"/papers", "/papers?host=FR&start=2027-03-10&end=2027-03-13&kind=performance&engaged=employed&residence=BE&nationality=eu&covered=yes&regular=one_off&before="},
		"/import/:id":            {n.upload(p, "/import/sample.csv", ""), n.upload(p, "/import/sample.csv", "BE")},
		"/plan/:tranche/confirm": {"/plan/" + sample.Plan().Tranches[0].ID + "/confirm"},
		"/plan/:tranche/conditions/:condition/evidence": {"/plan/" + tranche + "/conditions/2/evidence"},
		"/nodes/:country/reports/:month":                {"/nodes/BE/reports/" + month},
		"/investment/evidence/:number":                  nil, // a file
		"/reports/:month":                               {"/reports/" + month, "/reports/" + contracts.DateOf(time.Now().UTC()).Month().String()},
		"/crossborder/:seller/:buyer":                   {"/crossborder/BE/BE?year=" + month[:4], "/crossborder/BE/SE?year=1999"},
		"/crossborder/:seller/:buyer/:month":            {"/crossborder/BE/BE/" + month},
		"/board/countries/:country/what-if":             {"/board/countries/BE/what-if", "/board/countries/BE/what-if?growth=5"},
		"/board/countries/:country":                     {"/board/countries/BE", "/board/countries/ES"},
		"/board/meetings":                               {"/board/meetings", "/board/meetings?find=nothing"},
		"/board/meetings/:day":                          {"/board/meetings/2024-09-19", "/board/meetings/2026-12-17"},
		"/board/meetings/:day/papers/:number":           nil, // a file
		"/board/meetings/enter/:kind":                   {"/board/meetings/enter/meeting", "/board/meetings/enter/approval?meeting=2024-09-19"},
		"/nodes/:country":                               {"/nodes/BE?year=" + month[:4]},
		"/board/assembly":                               {"/board/assembly", "/board/assembly?year=2023"},
		"/board/packs/:number":                          {"/board/packs/1", "/board/packs/1?check=yes"},
		"/board/packs/:number/files/:file":              nil,
		"/investment":                                   {"/investment", "/investment?on=2020-01-01"},
		"/investment/programmes/:id":                    {"/investment/programmes/plan-2021", "/investment/programmes/france"},
		"/investment/tranches/:id":                      {"/investment/tranches/plan-2021-de-2024-2", "/investment/tranches/plan-2021-it-2024-2"},
		"/solidarity":                                   {"/solidarity", "/solidarity?on=2020-01-01"},
		"/solidarity/simulation":                        {"/solidarity/simulation?year=2023"},
		"/solidarity/enter/:kind":                       {"/solidarity/enter/decision", "/solidarity/enter/call"},
		"/charter/versions/:number":                     {"/charter/versions/1", "/charter/versions/2"},
		"/charter/enter/:kind":                          {"/charter/enter/proposal", "/charter/enter/vote?version=2"},
		"/commitments":                                  {"/commitments", "/commitments?on=2020-01-01"},
		"/commitments/:id":                              {"/commitments/p1", "/commitments/p3"},
		"/investment/enter/:kind":                       {"/investment/enter/decision", "/investment/enter/tranche?programme=plan-2021", "/investment/enter/release?tranche=plan-2021-it-2024-2"},
	}
}

// expense brings in a supplier's e-invoice, and names its page.
func (n *network) expense(p contracts.PartyID, activity member.ActivityID) string {
	n.t.Helper()
	inv, err := example.Invoice("FR", "BE", example.ReverseCharge)
	if err != nil {
		n.t.Fatal(err)
	}
	xml, err := format.Write("peppol", format.Input{Invoice: &inv, Facts: en16931.Facts{Atlas: adapters.Atlas()}})
	if err != nil {
		n.t.Fatal(err)
	}
	e, err := n.up[p].node.Inbound.Take(context.Background(), access.Program(), activity, xml)
	if err != nil {
		n.t.Fatal(err)
	}
	return "/expenses/" + e.ID
}

// plan tells a node of a tranche that was sent, and has a condition that is asked for, and returns it.
func (n *network) plan(p contracts.PartyID) string {
	n.t.Helper()
	node, told := n.up[p].node, sample.Plan()
	next := told.Tranches[0]
	next.ID, next.State, next.Sent, next.Released, next.Due = next.ID+"-next", contracts.TranchePlanned, contracts.Date{}, contracts.Date{}, contracts.MustDate("2026-09-30")
	next.Conditions = []contracts.PlanCondition{next.Conditions[0], {Kind: "coverage", Text: "65% of costs are covered"}}
	told.Tranches = append(told.Tranches, next)
	coverage := sample.Coverage()
	told.Country, coverage.Country = node.Adapter.Code, node.Adapter.Code
	err := node.DB.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		return errors.Join(node.Plans.Take(ctx, tx, told), node.Plans.Take(ctx, tx, coverage))
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return next.ID
}

// tellCases tells the hub of cases of enough people to be shown, in several states.
func (n *network) tellCases(p contracts.PartyID) {
	n.t.Helper()
	node, today := n.up[p].node, contracts.DateOf(time.Now().UTC())
	err := node.DB.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		for i := range 14 {
			c, waited := sample.Progress(), 20+i
			c.Case, c.Member, c.Start, c.End, c.A1Waited = contracts.CaseID(fmt.Sprintf("%032x", i)), fmt.Sprintf("%032x", i), today.AddDays(i), today.AddDays(30+i), &waited
			c.NextDeadline = today.AddDays(i - 6)
			if i > 5 {
				c.State, c.Hosts = contracts.CaseActive, []contracts.CountryCode{"DE", "AT"}
			}
			if err := node.Channel.Send(ctx, tx, contracts.Hub, c, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

// cases opens the demonstration's cases of the member, and names the page of each and the steps of a draft.
func (n *network) cases(p contracts.PartyID) map[string][]string {
	n.t.Helper()
	node, m, places := n.up[p].node, member.ID(n.member(p)), map[string][]string{}
	if err := seed.Cases(context.Background(), node, m); err != nil {
		n.t.Fatal(err)
	}
	all, err := node.Store.CasesOf(context.Background(), node.DB, access.Program(), m)
	if err != nil || len(all) < 4 {
		n.t.Fatalf("%d cases, %v", len(all), err)
	}
	for _, k := range all {
		at := "/cases/" + string(k.ID)
		switch k.State {
		case contracts.CaseDraft:
			for _, step := range []string{"where", "when", "how", "you", "check"} {
				places["edit"] = append(places["edit"], at+"/edit?step="+step)
			}
			continue
		case contracts.CasePreparing:
			places["edit"] = append(places["edit"], at+"/edit")
			places["deskedit"] = []string{"/casework/" + string(k.ID) + "/edit"}
			places["code"] = []string{verifyPage(n.t, node, k.ID)}
		}
		places[""] = append(places[""], at)
		places["desk"] = append(places["desk"], "/casework/"+string(k.ID))
		places["form"] = []string{"/casework/" + string(k.ID) + "/forms/european-1"}
	}
	return places
}

// verifyPage is the page of the code of a case's first trip.
func verifyPage(t testing.TB, node *nodes.Node, id contracts.CaseID) string {
	t.Helper()
	code := papers.Code{1}.String()
	err := node.DB.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := node.Store.Code(ctx, tx, access.Program(), id, 1, code, time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return "/verify/" + code
}

// people invites an auditor to a party and names the pages that are about somebody.
func (n *network) people(p contracts.PartyID) map[string][]string {
	n.t.Helper()
	invited, err := n.up[p].prog.accounts.Invite(context.Background(), account.Asker{}, account.Person{Email: "new@example.org", Roles: []access.Role{access.Auditor}})
	if err != nil {
		n.t.Fatal(err)
	}
	return map[string][]string{"/invitation/:token": {invited.Link[strings.Index(invited.Link, "/invitation/"):]}, "/people/:id": {"/people/" + invited.Account},
		"/sign-in/provider": nil, account.ProviderBack: nil} // neither is a page, nor there without a provider
}

// halfway is, for each page between the password and the party, the cookie of somebody who stands there.
func (n *network) halfway(p contracts.PartyID) map[string]*http.Cookie {
	n.t.Helper()
	a, ctx, from := n.up[p].prog.accounts, n.t.Context(), account.Asker{}
	enters := func(email string) (string, account.Session, account.Account) {
		invited, err := a.Invite(ctx, from, account.Person{Email: email, Roles: []access.Role{access.Auditor}})
		if err != nil {
			n.t.Fatal(err)
		}
		token, _, err := a.TakeUp(ctx, from, path.Base(invited.Link), "Somebody", journeyPassword, "")
		if err != nil {
			n.t.Fatal(err)
		}
		session, who, _, err := a.Session(ctx, token)
		if err == nil {
			err = a.BeginCodes(ctx, who)
		}
		if err != nil {
			n.t.Fatal(err)
		}
		if _, who, _, err = a.Session(ctx, token); err != nil {
			n.t.Fatal(err)
		}
		return token, session, who
	}
	first, _, _ := enters("first@example.org") // has to choose a second factor, which is all that its pages show
	_, session, who := enters("second@example.org")
	key, err := a.CodesKey(who)
	if err != nil {
		n.t.Fatal(err)
	}
	code, err := totp.GenerateCode(key.Secret(), time.Now())
	if err == nil {
		_, err = a.ConfirmCodes(ctx, from, session, code, "")
	}
	if err != nil {
		n.t.Fatal(err)
	}
	second, stage, err := a.SignIn(ctx, from, "second@example.org", journeyPassword, "")
	if err != nil || stage != account.Second {
		n.t.Fatalf("a password led to %v, %v", stage, err)
	}
	return map[string]*http.Cookie{"/sign-in/set-up": a.Cookie(first), "/account/codes": a.Cookie(first), "/sign-in/code": a.Cookie(second)}
}

// draft writes a draft through the form and returns its id.
func (n *network) draft(p contracts.PartyID, activity string) string {
	n.t.Helper()
	a, _, _, err := n.up[p].node.Store.Activity(context.Background(), n.up[p].node.DB, access.Program(), member.ActivityID(activity))
	if err != nil {
		n.t.Fatal(err)
	}
	form := url.Values{"activity": {a.Reference}, "service": {"general"}, "supply_date": {contracts.DateOf(time.Now().UTC()).String()}, "buyer.name": {"Buyer"}, "buyer.kind": {"business"},
		"buyer.vat_id": {"BE0468561072"}, "buyer.address.country": {"BE"}, "lines[0].description": {"Work"}, "lines[0].quantity": {"1"}, "lines[0].unit": {"DAY"}, "lines[0].price": {"400.00"}}
	return strings.TrimPrefix(n.follow(p, "/invoices/new", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())), "/drafts/")
}

// upload sends a file of the node's own for import, spoiled where spoil is not empty, and returns the address of its page.
func (n *network) upload(p contracts.PartyID, from, spoil string) string {
	n.t.Helper()
	res, err := client.Get(n.up[p].url + from)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	file, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	if spoil != "" {
		file = bytes.ReplaceAll(file, []byte(spoil), []byte("??"))
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "past.csv")
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		n.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		n.t.Fatal(err)
	}
	return n.follow(p, "/import", form.FormDataContentType(), &body)
}

// follow posts a form that must be accepted and returns where it leads.
func (n *network) follow(p contracts.PartyID, path, kind string, body io.Reader) string {
	n.t.Helper()
	still := http.Client{Transport: client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := still.Post(n.up[p].url+path, kind, body)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		answer, err := io.ReadAll(res.Body)
		n.t.Fatalf("POST %s: %d %s %v", path, res.StatusCode, answer, err)
	}
	return res.Header.Get("Location")
}
