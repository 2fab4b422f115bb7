package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
)

// KnownQuery refuses a query parameter that the address does not have, or has twice, so that a slip is not taken for "all".
func KnownQuery(c echo.Context, names ...string) error {
	remedy := "leave it out"
	if len(names) > 0 {
		remedy = "use " + strings.Join(names, ", ")
	}
	var fs contracts.Faults
	for name, values := range c.QueryParams() {
		switch {
		case !slices.Contains(names, name):
			fs.Addf(contracts.FaultInvalid, Clip(name), remedy, "this address has no such parameter")
		case len(values) > 1:
			fs.Addf(contracts.FaultInvalid, name, "give it once", "given %d times", len(values))
		}
	}
	return fs.Err()
}

// Address builds a path with a query from pairs of name and value, in order of name; empty values are left out.
func Address(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// Clip shortens foreign text before it goes into a message.
func Clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
