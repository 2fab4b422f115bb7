package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

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

// commaDecimals is a number as most of Europe writes it, "12,5". With three digits behind the comma the English mean thousands, unless a zero
// stands before it.
var commaDecimals = regexp.MustCompile(`^(-?[0-9]+),([0-9]{1,2}|[0-9]{4,})$|^(-?0),([0-9]{3})$`)

// WithPoint turns a decimal comma into a point where nothing else can be meant.
func WithPoint(s string) string {
	if commaDecimals.MatchString(s) {
		return strings.Replace(s, ",", ".", 1)
	}
	return s
}
