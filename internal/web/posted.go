package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
)

// Posted reads a form that was sent; what stands in the address is no part of it. One that cannot be read is a Fault, a body beyond its limit
// the *http.MaxBytesError that it is.
func Posted(c echo.Context) (url.Values, error) {
	if err := c.Request().ParseForm(); err != nil {
		if _, tooLong := err.(*http.MaxBytesError); tooLong {
			return nil, err
		}
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "the form cannot be read", Remedy: "send it again from the page"}
	}
	return c.Request().PostForm, nil
}

// Pairs are values of a form to begin with: name, value, name, value.
func Pairs(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}
