package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// homePage is the node at a glance.
type homePage struct {
	yearPicker
	Seller    contracts.Party
	LegalForm string
	Today     contracts.Date
	Chart     turnoverChart
	Given     contracts.Money // contribution of the year
	Foreign   []contracts.Money
	Open      []store.OpenSum
	Due       []outbound.Document // the longest due
	Drafts    int
	Newest    []outbound.Document
	Channel   Channel
	Reports   *awaitedReports // for those who file them
}

// atAGlance is how many documents the overview lists.
const atAGlance = 6

func (s server) home(c echo.Context) error {
	if !web.ScopeOf(c).All() {
		return s.own(c)
	}
	if err := web.KnownQuery(c, "year"); err != nil {
		return err
	}
	years, err := s.years(c)
	if err != nil {
		return err
	}
	p := homePage{yearPicker: years, Seller: s.Outbound.Seller.Party, Today: s.today()}
	if form, err := s.adapter().LegalForm(p.Today); err == nil {
		p.LegalForm = form.Local
	}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		if cashiers.Lets(web.PrincipalOf(c)) {
			awaited, err := s.awaited(ctx, q)
			if err != nil {
				return err
			}
			p.Reports = &awaited
		}
		return s.glance(ctx, q, web.ScopeOf(c), &p)
	})
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightsOf(append(slices.Clone(p.Due), p.Newest...), sightOfDocument)...); err != nil {
		return err
	}
	if p.Channel, err = s.Channel(c.Request().Context()); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	return s.render(c, http.StatusOK, "home", web.Page{Title: p.Seller.Name, Body: p,
		Lead: l.T("The co-operative of %s at a glance. It invoices, pays and books by itself; the hub only reads what it is told.", l.Country(s.adapter().Code))})
}

func (s server) glance(ctx context.Context, q storage.Querier, scope access.Scope, p *homePage) (err error) {
	if p.Chart, err = s.turnover(ctx, q, p.Year); err != nil {
		return err
	}
	year := ledger.Filter{Account: outbound.ContributionCharge, From: contracts.NewDate(p.Year, 1, 1), To: contracts.NewDate(p.Year, 12, 31)}
	if p.Given, err = ledger.Balance(ctx, q, year, s.currency()); err != nil {
		return err
	}
	year.Account = outbound.Revenue
	sums, err := ledger.Balances(ctx, q, year)
	if err != nil {
		return err
	}
	for _, m := range sums {
		if m.Currency != s.currency() {
			p.Foreign = append(p.Foreign, m.Neg())
		}
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
	p.Newest, err = s.Store.Documents(ctx, q, scope, store.DocumentFilter{Limit: atAGlance})
	return err
}
