package web

import (
	"fmt"
	"io"
	"mime"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
)

// BindJSON reads the request's body into v with the strictness of the wire: contracts.Decode.
func BindJSON(c echo.Context, v any) error {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationJSON {
		return contracts.Fault{Code: FaultContentType, Message: "the body is not announced as JSON", Remedy: "send Content-Type: application/json"}
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	return contracts.Decode(body, v)
}

// size writes a number of bytes for people.
func size(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }
