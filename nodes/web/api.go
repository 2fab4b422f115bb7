package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
	"passerelle/internal/web"
)

// listOf is a page of a list as JSON.
type listOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitzero"` // address of the page after this one
}

// apiList answers a list that is paged by one key.
func apiList[T any](c echo.Context, get func(after string) ([]T, error), key func(T) string, sight func(T) access.Sight) error {
	if err := web.KnownQuery(c, "after"); err != nil {
		return err
	}
	rows, err := get(c.QueryParam("after"))
	if err != nil {
		return err
	}
	rows, more := page(rows)
	if err := web.Saw(c, sightsOf(rows, sight)...); err != nil {
		return err
	}
	out := listOf[T]{Items: rows}
	if more {
		out.Next = web.Address(c.Request().URL.Path, "after", key(rows[len(rows)-1]))
	}
	return answer(c, http.StatusOK, out)
}
