package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/web"

	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

func (s server) apiDrafts(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	drafts, err := s.Store.Drafts(c.Request().Context(), s.db(), web.ScopeOf(c), mostDrafts)
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightsOf(drafts, sightOfDraft)...); err != nil {
		return err
	}
	return answer(c, http.StatusOK, listOf[store.DraftRow]{Items: drafts})
}

// apiSaveDraft keeps a new draft, or with an id in the address replaces one.
func (s server) apiSaveDraft(c echo.Context) error {
	var d outbound.Draft
	if err := bind(c, &d); err != nil {
		return err
	}
	id, err := s.Outbound.SaveDraft(c.Request().Context(), web.ScopeOf(c), c.Param("id"), d)
	if err != nil {
		return orMissing(err, "draft")
	}
	status := http.StatusCreated
	if c.Param("id") != "" {
		status = http.StatusOK
	}
	return answer(c, status, store.DraftRow{ID: id, Draft: d})
}

func (s server) apiDeleteDraft(c echo.Context) error {
	if err := s.Outbound.DeleteDraft(c.Request().Context(), web.ScopeOf(c), c.Param("id")); err != nil {
		return orMissing(err, "draft")
	}
	return c.NoContent(http.StatusNoContent)
}

func (s server) apiIssueDraft(c echo.Context) error {
	if err := s.noteDraft(c); err != nil {
		return err
	}
	doc, err := s.Outbound.IssueDraft(c.Request().Context(), web.ScopeOf(c), c.Param("id"))
	if err != nil {
		return orMissing(err, "draft")
	}
	return answer(c, http.StatusCreated, doc)
}

// apiPreview answers what a draft would become if it were issued today. Nothing is stored.
func (s server) apiPreview(c echo.Context) error {
	var d outbound.Draft
	if err := bind(c, &d); err != nil {
		return err
	}
	if err := s.noteActivity(c, d.Activity); err != nil {
		return err
	}
	doc, err := s.Outbound.Preview(c.Request().Context(), web.ScopeOf(c), d)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, doc)
}
