package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// budget is what the books say of an activity in one currency.
type budget struct {
	Invoiced     contracts.Money `json:"invoiced"` // less credit notes, without VAT
	Contribution contracts.Money `json:"contribution"`
	Available    contracts.Money `json:"available"`
}

// Share is the contribution in percent of what was invoiced, for the picture; nil when nothing was.
func (b budget) Share() *decimal.Decimal {
	if b.Invoiced.Sign() <= 0 {
		return nil
	}
	share := b.Contribution.Amount.Shift(2).DivRound(b.Invoiced.Amount, 4)
	return &share
}

// Width is the width of a share in a picture 700 wide.
func (b budget) Width() float64 {
	if s := b.Share(); s != nil {
		return s.InexactFloat64() * 7
	}
	return 0
}

// Rest is what the picture has beside it.
func (b budget) Rest() float64 { return 700 - b.Width() }

// budgets reads the budgets of an activity from the ledger, one per currency.
func (s server) budgets(ctx context.Context, q storage.Querier, id member.ActivityID) ([]budget, error) {
	invoiced, err := ledger.Balances(ctx, q, ledger.Filter{Account: outbound.Revenue, Owner: string(id)})
	if err != nil {
		return nil, err
	}
	all := []budget{}
	for _, m := range invoiced {
		given, err := ledger.Balance(ctx, q, ledger.Filter{Account: outbound.ContributionCharge, Owner: string(id)}, m.Currency)
		if err != nil {
			return nil, err
		}
		b := budget{Invoiced: m.Neg(), Contribution: given}
		if b.Available, err = b.Invoiced.Sub(given); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

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
		if f.Activity, f.Member, found, err = s.Store.Activity(ctx, q, id); err != nil {
			return err
		}
		if !found {
			return web.NotFound("activity")
		}
		if f.Budgets, err = s.budgets(ctx, q, id); err != nil {
			return err
		}
		entries, err := ledger.Entries(ctx, q, ledger.Filter{Owner: string(id)}, mostEntries)
		f.Entries = entriesOf(entries)
		return err
	})
	return f, err
}

// activityPage is one activity.
type activityPage struct {
	activityFile
	Documents []outbound.Document
	Today     contracts.Date
}

func (s server) activity(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	f, err := s.activityOf(c)
	if err != nil {
		return err
	}
	p := activityPage{activityFile: f, Today: s.today()}
	if p.Documents, err = s.Store.Documents(c.Request().Context(), s.db(), store.DocumentFilter{Activity: f.Activity.ID, Limit: atAGlance}); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "activity", web.Page{Title: f.Activity.Name, Body: p, Lead: "An activity of " + f.Member.Name + ": a mini-structure with a budget of its own.",
		Crumbs: []web.Link{{Text: "Activities", URL: "/activities"}, {Text: f.Activity.Reference}}})
}

// activitiesPage lists activities with their budgets and opens new ones.
type activitiesPage struct {
	Rows    []activityRow
	Form    form
	Members []option
	Said    string
	Next    string
}

type activityRow struct {
	store.ActivityRow
	Budgets []budget
}

func (s server) activities(c echo.Context) error {
	if err := known(c, "after", "done", "member"); err != nil {
		return err
	}
	return s.showActivities(c, http.StatusOK, blankForm("member", c.QueryParam("member")))
}

func (s server) showActivities(c echo.Context, status int, f form) error {
	p := activitiesPage{Form: f, Said: said[c.QueryParam("done")]}
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		rows, err := s.Store.Activities(ctx, q, c.QueryParam("after"), pageSize+1)
		if err != nil {
			return err
		}
		rows, more := page(rows)
		if more {
			p.Next = address("/activities", "after", rows[len(rows)-1].Reference)
		}
		for _, r := range rows {
			b, err := s.budgets(ctx, q, r.ID)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, activityRow{r, b})
		}
		members, err := s.Store.Members(ctx, q, "", mostOptions)
		for _, m := range members {
			p.Members = append(p.Members, option{m.Reference, m.Name})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, status, "activities", web.Page{Title: "Activities", Body: p,
		Lead: "Each activity is a member's mini-structure inside the co-operative: it invoices, gives the solidary contribution, and keeps the rest as its budget."})
}

func (s server) addActivity(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	a := member.Activity{Reference: in.get("reference"), Name: in.get("name")}
	ctx := c.Request().Context()
	m, found, err := s.Store.MemberByReference(ctx, s.db(), in.get("member"))
	if err != nil {
		return err
	}
	if a.Member = m.ID; !found && in.get("member") != "" {
		in.Faults.Addf(outbound.FaultUnknown, "member", "choose one from the list, or register the member first", "no member has the reference %q", clip(in.get("member")))
	}
	if len(in.Faults) == 0 {
		_, err = s.saveActivity(ctx, a)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/activities?done=added")
		}
		if err := in.refused(err); err != nil {
			return err
		}
	}
	return s.showActivities(c, http.StatusUnprocessableEntity, in)
}
