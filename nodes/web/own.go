package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// ownPage is what a member comes for: his budgets, who owes him, when he is paid, and what is left to do.
type ownPage struct {
	Member     member.Member
	Today      contracts.Date
	Activities []activityRow
	Open       []store.OpenSum
	Due        []outbound.Document // open, the longest due first
	Paid       []outbound.Document // by when he is paid for them, the next first
	Drafts     int
	Newest     []outbound.Document
}

// Late tells whether a buyer is.
func (p ownPage) Late() bool {
	return slices.ContainsFunc(p.Open, func(s store.OpenSum) bool { return s.Late > 0 })
}

// own is the first page of a member.
func (s server) own(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	p := ownPage{Today: s.today()}
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error { return s.ownGlance(ctx, q, web.ScopeOf(c), &p) })
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "own", web.Page{Title: p.Member.Name, Body: p, Lead: web.LocaleOf(c).T("Your activities and their budgets, who owes what, and when you are paid.")})
}

func (s server) ownGlance(ctx context.Context, q storage.Querier, scope access.Scope, p *ownPage) (err error) {
	var found bool
	if p.Member, found, err = s.Store.Member(ctx, q, scope, member.ID(scope.Member())); err != nil || !found {
		return orElse(err, web.NotFound("member"))
	}
	activities, err := s.Store.Activities(ctx, q, scope, "", pageSize)
	if err != nil {
		return err
	}
	for _, a := range activities {
		b, err := s.budgets(ctx, q, scope, a.ID)
		if err != nil {
			return err
		}
		p.Activities = append(p.Activities, activityRow{a, b})
	}
	if p.Open, err = s.Store.OpenSums(ctx, q, scope, p.Today); err != nil {
		return err
	}
	if p.Due, err = s.Store.LongestDue(ctx, q, scope, atAGlance); err != nil {
		return err
	}
	if p.Drafts, err = s.Store.CountDrafts(ctx, q, scope); err != nil {
		return err
	}
	newest, err := s.Store.Documents(ctx, q, scope, store.DocumentFilter{Limit: pageSize})
	p.Newest, p.Paid = newest[:min(atAGlance, len(newest))], paidFrom(newest, p.Today)
	return err
}

// paidFrom are the invoices for which the member is paid on a day or after it, the next first.
func paidFrom(documents []outbound.Document, day contracts.Date) []outbound.Document {
	var coming []outbound.Document
	for _, d := range documents {
		if d.Kind == outbound.KindInvoice && !d.PayoutDate.IsZero() && !d.PayoutDate.Before(day) {
			coming = append(coming, d)
		}
	}
	slices.SortStableFunc(coming, func(a, b outbound.Document) int { return a.PayoutDate.Sub(b.PayoutDate) })
	return coming[:min(atAGlance, len(coming))]
}
