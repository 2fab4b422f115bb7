package web

import (
	"mime"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/internal/web"
)

// evidence hands out the file that a node gave for a condition, to be kept and never to be shown as a page of ours.
func (s server) evidence(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return web.NotFound("document")
	}
	e, found, err := s.data.Evidence(c.Request().Context(), number)
	if err != nil {
		return err
	}
	if !found || e.File == nil {
		return web.NotFound("document")
	}
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.File.Name}))
	return c.Blob(http.StatusOK, e.File.Type, e.File.Bytes)
}
