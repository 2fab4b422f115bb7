package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// activityFile is an activity with its budget and the entries behind it.
type activityFile struct {
	Activity member.Activity `json:"activity"`
	Member   member.Member   `json:"member"`
	Budgets  []budget        `json:"budgets"`
	Entries  []budgetEntry   `json:"entries"` // the newest first
}

// budgetEntry is one document's effect on the budget.
type budgetEntry struct {
	Date         contracts.Date  `json:"date"`
	Reference    string          `json:"reference"`
	Description  string          `json:"description"`
	Invoiced     contracts.Money `json:"invoiced"`
	Contribution contracts.Money `json:"contribution"`
	Budget       contracts.Money `json:"budget"` // what it adds; a credit note takes off
}

// mostEntries is how many postings of an activity are read.
const mostEntries = 200

// entriesOf joins the postings of one document. The last document may be cut off where the postings were: it is left out.
func entriesOf(postings []ledger.Entry) []budgetEntry {
	entries := []budgetEntry{}
	for _, p := range postings {
		if n := len(entries); n == 0 || entries[n-1].Reference != p.Reference {
			zero := contracts.Zero(p.Amount.Currency)
			entries = append(entries, budgetEntry{Date: p.Date, Reference: p.Reference, Description: p.Description, Invoiced: zero, Contribution: zero, Budget: zero})
		}
		e := &entries[len(entries)-1]
		switch p.Account {
		case outbound.Revenue:
			e.Invoiced.Amount = e.Invoiced.Amount.Sub(p.Amount.Amount)
		case outbound.ContributionCharge:
			e.Contribution.Amount = e.Contribution.Amount.Add(p.Amount.Amount)
		}
		e.Budget.Amount = e.Budget.Amount.Sub(p.Amount.Amount)
	}
	if len(postings) == mostEntries {
		entries = entries[:len(entries)-1]
	}
	return entries
}

func (s server) activityOf(c echo.Context) (f activityFile, err error) {
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		var found bool
		id := member.ActivityID(c.Param("id"))
		if f.Activity, f.Member, found, err = s.Store.Activity(ctx, q, web.ScopeOf(c), id); err != nil {
			return err
		}
		if !found {
			return web.NotFound("activity")
		}
		if f.Budgets, err = s.budgets(ctx, q, web.ScopeOf(c), id); err != nil {
			return err
		}
		entries, err := s.Store.Entries(ctx, q, web.ScopeOf(c), id, mostEntries)
		f.Entries = entriesOf(entries)
		return err
	})
	if err != nil {
		return f, err
	}
	return f, web.Saw(c, sightOfActivity(f.Activity))
}

// activityPage is one activity.
type activityPage struct {
	activityFile
	Documents []outbound.Document
	Today     contracts.Date
}

func (s server) activity(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	f, err := s.activityOf(c)
	if err != nil {
		return err
	}
	p := activityPage{activityFile: f, Today: s.today()}
	if p.Documents, err = s.Store.Documents(c.Request().Context(), s.db(), web.ScopeOf(c), store.DocumentFilter{Activity: f.Activity.ID, Limit: atAGlance}); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	return s.render(c, http.StatusOK, "activity", web.Page{Title: f.Activity.Name, Body: p, Lead: l.T("An activity of %s: a mini-structure with a budget of its own.", f.Member.Name),
		Crumbs: []web.Link{{Text: l.T("Activities"), URL: "/activities"}, {Text: f.Activity.Reference}}})
}
