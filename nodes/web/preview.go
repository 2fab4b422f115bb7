package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// previewPage is a draft as the invoice it would become, before the button that cannot be taken back.
type previewPage struct {
	ID       string
	Document outbound.Document
	Paper    paper
	Activity member.Activity
	Member   member.Member
	Faults   contracts.Faults
	Today    contracts.Date
}

// draftOf reads the draft of the address, and notes that it is shown.
func (s server) draftOf(c echo.Context) (d outbound.Draft, err error) {
	d, found, err := s.Store.Draft(c.Request().Context(), s.db(), web.ScopeOf(c), c.Param("id"))
	if err == nil && !found {
		err = errGone
	}
	if err != nil {
		return d, err
	}
	return d, s.sawDraft(c, c.Param("id"), d)
}

// errGone answers for a draft that is not there; a second click on "Issue" lands here.
var errGone = contracts.Fault{Code: web.FaultNotFound, Message: "there is no such draft: it was issued or thrown away", Remedy: "look among the newest invoices"}

func (s server) draft(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	return s.showDraft(c, http.StatusOK, nil)
}

func (s server) showDraft(c echo.Context, status int, refused contracts.Faults) error {
	d, err := s.draftOf(c)
	if err != nil {
		return err
	}
	p := previewPage{ID: c.Param("id"), Faults: refused, Today: s.today()}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		p.Activity, p.Member, _, err = s.Store.Activity(ctx, q, web.ScopeOf(c), d.Activity)
		return err
	})
	if err != nil {
		return err
	}
	if p.Document, err = s.Outbound.Preview(c.Request().Context(), web.ScopeOf(c), d); err != nil {
		if !contracts.IsFault(err) {
			return err
		}
		p.Faults = contracts.FaultsOf(err)
	}
	p.Paper = s.paper(p.Document)
	return s.render(c, status, "preview", web.Page{Title: web.LocaleOf(c).T("Check before issuing"), Body: p, Badges: []web.Badge{{Text: "Draft"}},
		Crumbs: []web.Link{{Text: web.LocaleOf(c).T("Drafts"), URL: "/drafts"}, {Text: web.LocaleOf(c).T("Draft")}},
		Lead:   web.LocaleOf(c).T("So it would be issued today. Nothing has a number yet, nothing is in the books, nobody was told.")})
}

func (s server) issueDraft(c echo.Context) error {
	doc, err := s.Outbound.IssueDraft(c.Request().Context(), web.ScopeOf(c), c.Param("id"))
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/invoices/"+string(doc.Invoice.ID)+"?done=issued")
	}
	if contracts.IsFault(err) {
		return s.showDraft(c, http.StatusUnprocessableEntity, contracts.FaultsOf(err))
	}
	if orMissing(err, "draft") != err {
		return errGone
	}
	return err
}

func (s server) deleteDraft(c echo.Context) error {
	if err := s.Outbound.DeleteDraft(c.Request().Context(), web.ScopeOf(c), c.Param("id")); err != nil {
		if orMissing(err, "draft") != err {
			return errGone
		}
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/drafts?done=deleted")
}
