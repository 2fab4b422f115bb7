package web

import (
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// apiImport brings in a file of past invoices, or with dry_run=true says what would happen. Faults of lines are the answer of a
// rehearsal and the refusal of an import.
func (s server) apiImport(c echo.Context) error {
	if err := web.KnownQuery(c, "dry_run"); err != nil {
		return err
	}
	dry, err := queryFlag(c, "dry_run")
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != "text/csv" {
		return contracts.Fault{Code: web.FaultContentType, Message: "the body is not announced as CSV", Remedy: "send Content-Type: text/csv"}
	}
	file, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	result, err := s.Outbound.Import(c.Request().Context(), file, dry, nil)
	if err != nil {
		return err
	}
	if !dry && result.Broken > 0 {
		return result.Faults
	}
	return answer(c, http.StatusOK, result)
}

type columnJSON struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Means    string `json:"means"`
}

func (s server) apiImportColumns(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	out := listOf[columnJSON]{Items: []columnJSON{}}
	for _, col := range outbound.Columns {
		out.Items = append(out.Items, columnJSON(col))
	}
	return answer(c, http.StatusOK, out)
}
