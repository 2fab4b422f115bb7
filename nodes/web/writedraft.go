package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// newInvoice shows an empty form; the address may name the activity or the buyer.
func (s server) newInvoice(c echo.Context) error {
	if err := web.KnownQuery(c, "activity", "buyer"); err != nil {
		return err
	}
	f := blankForm("supply_date", s.today().String(), "buyer_id", c.QueryParam("buyer"), "buyer.kind", string(contracts.Business), "buyer.address.country", string(s.adapter().Code))
	if id := member.ActivityID(c.QueryParam("activity")); id != "" {
		a, _, _, err := s.Store.Activity(c.Request().Context(), s.db(), web.ScopeOf(c), id)
		if err != nil {
			return err
		}
		f.values.Set("activity", a.Reference)
	}
	return s.showDraftForm(c, http.StatusOK, "", f)
}

func (s server) editDraft(c echo.Context) error {
	d, err := s.draftOf(c)
	if err != nil {
		return err
	}
	a, _, _, err := s.Store.Activity(c.Request().Context(), s.db(), web.ScopeOf(c), d.Activity)
	if err != nil {
		return err
	}
	return s.showDraftForm(c, http.StatusOK, c.Param("id"), formOf(d, a.Reference))
}

func (s server) showDraftForm(c echo.Context, status int, id string, f form) error {
	p := draftPage{Form: f, ID: id}
	shown := max(linesShown, countLines(&f))
	if n, err := strconv.Atoi(f.get("shown")); err == nil && n > shown {
		shown = min(n, mostLines)
	}
	for i := range shown {
		p.Lines = append(p.Lines, i)
	}
	if err := s.choices(c, &p); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	title, crumbs := l.T("New invoice"), []web.Link{{Text: l.T("Invoices"), URL: "/invoices"}, {Text: l.T("New")}}
	if id != "" {
		title, crumbs = l.T("Change the draft"), []web.Link{{Text: l.T("Drafts"), URL: "/drafts"}, {Text: l.T("Draft"), URL: "/drafts/" + id}, {Text: l.T("Change")}}
	}
	return s.render(c, status, "draftform", web.Page{Title: title, Body: p, Crumbs: crumbs,
		Lead: web.LocaleOf(c).T("Say what was done for whom. VAT, contribution and the day the member is paid follow from the rules; you see them before anything is issued.")})
}

// writeDraft keeps what was typed as a draft and goes on to its preview. A new buyer is saved when all else is right.
func (s server) writeDraft(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	if id != "" {
		if _, err := s.draftOf(c); err != nil {
			return err
		}
	}
	if in.get("do") == "lines" {
		compact(&in)
		n := max(linesShown, countLines(&in))
		in.values.Set("shown", strconv.Itoa(min(n+linesShown, mostLines)))
		return s.showDraftForm(c, http.StatusOK, id, in)
	}
	d, err := s.readDraft(c, &in)
	if err != nil {
		return err
	}
	if len(in.Faults) == 0 {
		saved, err := s.saveDraft(c.Request().Context(), web.ScopeOf(c), id, d)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/drafts/"+saved)
		}
		if err := in.refused(err); err != nil {
			return err
		}
		if err := s.openBuyer(c, &in); err != nil {
			return err
		}
	}
	return s.showDraftForm(c, http.StatusUnprocessableEntity, id, in)
}

// openBuyer puts a buyer of the list into the fields of the form when something of it has to be put right: saved with the same number, it
// is brought up to date.
func (s server) openBuyer(c echo.Context, in *form) error {
	chosen := in.get("buyer_id")
	if chosen == "" || !slices.ContainsFunc(in.Faults, func(f contracts.Fault) bool { return strings.HasPrefix(f.Field, "buyer.") }) {
		return nil
	}
	p, found, err := s.Store.Buyer(c.Request().Context(), s.db(), web.ScopeOf(c), chosen)
	if err != nil || !found {
		return err
	}
	in.values.Set("buyer_id", "")
	in.setBuyer(p)
	return nil
}

func (s server) saveDraft(ctx context.Context, scope access.Scope, id string, d outbound.Draft) (string, error) {
	if _, err := s.Outbound.Preview(ctx, scope, d); err != nil {
		return "", err
	}
	if d.BuyerID == "" {
		buyer, err := s.SaveBuyer(ctx, scope, d.Buyer)
		if err != nil {
			return "", at("buyer", err)
		}
		d.BuyerID, d.Buyer = buyer, contracts.Party{}
	}
	return s.Outbound.SaveDraft(ctx, scope, id, d)
}
