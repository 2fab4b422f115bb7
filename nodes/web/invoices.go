package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// invoicesPage is the list of documents.
type invoicesPage struct {
	Rows     []outbound.Document
	List     *web.Listed
	Filter   store.DocumentFilter
	Activity member.Activity // chosen, if any
	Today    contracts.Date
}

func (s server) invoices(c echo.Context) error {
	t := documentTable(web.LocaleOf(c), s.today())
	a, err := t.Asked(c, "activity", "open", "find", "from", "to")
	if err != nil {
		return err
	}
	f, err := documentFilter(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p := invoicesPage{Filter: f, Today: s.today()}
	if f.Activity != "" {
		var found bool
		if p.Activity, _, found, err = s.Store.Activity(ctx, s.db(), web.ScopeOf(c), f.Activity); err != nil {
			return err
		}
		if !found {
			return web.NotFound("activity")
		}
	}
	if err := web.Saw(c, sightOfActivity(p.Activity)); err != nil {
		return err
	}
	p.List, err = t.Answer(c, a, func(offset, limit int) ([]outbound.Document, error) {
		f.Order, f.Limit = orderOf(a, offset), limit
		return s.Store.Documents(ctx, s.db(), web.ScopeOf(c), f)
	})
	if err != nil || p.List == nil {
		return err
	}
	return s.render(c, http.StatusOK, "invoices", web.Page{Title: web.LocaleOf(c).T("Invoices"), Body: p,
		Lead: web.LocaleOf(c).T("Every invoice and credit note, the newest first. What is issued is history: a credit note corrects it, nothing edits it.")})
}

// Address is the list with another filter.
func (p invoicesPage) Address(open bool, activity member.ActivityID) string {
	flag := ""
	if open {
		flag = "true"
	}
	return web.Address("/invoices", "open", flag, "activity", string(activity))
}
