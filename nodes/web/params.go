package web

import (
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
)

// at moves the faults of err under a field.
func at(field string, err error) error {
	if err == nil || !contracts.IsFault(err) {
		return err
	}
	var fs contracts.Faults
	fs.Add(field, err)
	return fs.Err()
}

// queryDate reads a day of the query; otherwise when it is not given.
func queryDate(c echo.Context, name string, otherwise contracts.Date) (contracts.Date, error) {
	if c.QueryParam(name) == "" {
		return otherwise, nil
	}
	d, err := contracts.ParseDate(c.QueryParam(name))
	return d, at(name, err)
}

// queryCurrency reads a currency of the query; the node's own when it is not given.
func (s server) queryCurrency(c echo.Context) (contracts.Currency, error) {
	if c.QueryParam("currency") == "" {
		return s.currency(), nil
	}
	v := contracts.Currency(c.QueryParam("currency"))
	return v, at("currency", v.Validate())
}

// queryFlag reads "true" or "false"; false when it is not given.
func queryFlag(c echo.Context, name string) (bool, error) {
	switch c.QueryParam(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, contracts.Fault{Code: contracts.FaultInvalid, Field: name, Message: "neither true nor false", Remedy: `write "true", or leave it out`}
}

// pathMonth reads the month of an address.
func pathMonth(c echo.Context) (contracts.Month, error) {
	m, err := contracts.ParseMonth(c.Param("month"))
	return m, at("month", err)
}

// pageEnd is where a page of a list ended: two keys, joined by "~".
func pageEnd(a, b string) string { return a + "~" + b }

func readPageEnd(field, text string) (a, b string, err error) {
	if text == "" {
		return "", "", nil
	}
	i := strings.LastIndexByte(text, '~') // ids have none, names may
	if i < 0 || i == len(text)-1 {
		return "", "", contracts.Fault{Code: contracts.FaultInvalid, Field: field, Message: "not the end of a page", Remedy: "follow the address that the page before gives"}
	}
	return text[:i], text[i+1:], nil
}

// pageSize is how many rows a list shows at once.
const pageSize = 50

// page cuts a list that was asked for one row too many, and tells whether there is more.
func page[T any](rows []T) ([]T, bool) {
	if len(rows) <= pageSize {
		return rows, false
	}
	return rows[:pageSize], true
}
