package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// mostDrafts is how many drafts are listed.
const mostDrafts = 200

// draftLine is a draft in the list, as it would be issued today. A draft that has become impossible, because its day lies
// before its due date or its buyer is gone, says why.
type draftLine struct {
	ID      string
	Row     store.DraftRow
	Draft   outbound.Draft
	Preview outbound.Document
	Problem string
}

func (s server) drafts(c echo.Context) error {
	l := web.LocaleOf(c)
	t := draftTable(l)
	a, err := t.Asked(c, "done")
	if err != nil {
		return err
	}
	rows, err := s.Store.Drafts(c.Request().Context(), s.db(), web.ScopeOf(c), mostDrafts)
	if err != nil {
		return err
	}
	lines := make([]draftLine, len(rows))
	for i, r := range rows {
		if lines[i], err = s.draftLine(c.Request().Context(), web.ScopeOf(c), r); err != nil {
			return err
		}
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, lines))
	if err != nil || list == nil {
		return err
	}
	return s.render(c, http.StatusOK, "drafts", web.Page{Title: l.T("Drafts"), Lead: l.T("What is being written. A draft has no number and is in no books; issuing turns it into an invoice."),
		Body: struct {
			List *web.Listed
			Said string
		}{list, l.T(said[c.QueryParam("done")])}})
}

func (s server) draftLine(ctx context.Context, scope access.Scope, r store.DraftRow) (draftLine, error) {
	l := draftLine{ID: r.ID, Row: r, Draft: r.Draft}
	preview, err := s.Outbound.Preview(ctx, scope, r.Draft)
	if err == nil {
		l.Preview = preview
		return l, nil
	}
	if !contracts.IsFault(err) {
		return l, err
	}
	l.Problem = contracts.FaultsOf(err)[0].Error()
	return l, nil
}
