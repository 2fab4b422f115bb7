package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/inbound"
	"passerelle/nodes/member"
)

func (s server) apiExpenses(c echo.Context) error {
	return apiList(c, func(after string) ([]inbound.Expense, error) {
		return s.Store.Expenses(c.Request().Context(), s.db(), web.ScopeOf(c), after, pageSize+1)
	}, func(e inbound.Expense) string { return e.ID }, sightOfExpense)
}

// apiTakeExpense takes a supplier's document as it is: its first bytes say what it is, and the media type must agree.
func (s server) apiTakeExpense(c echo.Context) error {
	if err := web.KnownQuery(c, "activity"); err != nil {
		return err
	}
	document, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	want, _ := inbound.File(document).MediaType()
	if kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); err != nil || kind != want {
		return contracts.Fault{Code: web.FaultContentType, Message: "the body is not announced as what it is", Remedy: "send Content-Type: application/xml or application/pdf"}
	}
	activity := member.ActivityID(c.QueryParam("activity"))
	if err := s.noteActivity(c, activity); err != nil {
		return err
	}
	e, err := s.Inbound.Take(c.Request().Context(), web.ScopeOf(c), activity, document)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, e)
}

func (s server) apiExpense(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	e, found, err := s.Store.Expense(c.Request().Context(), s.db(), web.ScopeOf(c), c.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("document")
	}
	if err := web.Saw(c, sightOfExpense(e)); err != nil {
		return err
	}
	return answer(c, http.StatusOK, e)
}
