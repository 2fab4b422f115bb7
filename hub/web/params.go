package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/exchange"
)

// known refuses a query parameter that the address does not have, so that a slip is not taken for "all".
func known(c echo.Context, names ...string) error {
	remedy := "leave it out"
	if len(names) > 0 {
		remedy = "use " + strings.Join(names, ", ")
	}
	var fs contracts.Faults
	for name, values := range c.QueryParams() {
		switch {
		case !slices.Contains(names, name):
			fs.Addf(contracts.FaultInvalid, clip(name), remedy, "this address has no such parameter")
		case len(values) > 1:
			fs.Addf(contracts.FaultInvalid, name, "give it once", "given %d times", len(values))
		}
	}
	return fs.Err()
}

func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

func parseYear(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil || len(text) != 4 || year < 1900 || year > 2199 {
		return 0, contracts.Fault{Code: contracts.FaultDate, Field: "year", Message: fmt.Sprintf("%q is not a year", clip(text)), Remedy: "write four digits, such as 2023"}
	}
	return year, nil
}

// country reads a country code; an empty one is none.
func country(field, text string) (contracts.CountryCode, error) {
	code := contracts.CountryCode(text)
	if text == "" {
		return "", nil
	}
	if err := code.Validate(); err != nil {
		var fs contracts.Faults
		fs.Add(field, err)
		return "", fs.Err()
	}
	return code, nil
}

func month(field, text string) (contracts.Month, error) {
	m, err := contracts.ParseMonth(text)
	if err != nil {
		var fs contracts.Faults
		fs.Add(field, err)
		return m, fs.Err()
	}
	return m, nil
}

// filter reads from (seller country) and to (buyer country).
func filter(c echo.Context) (exchange.Filter, error) {
	seller, errFrom := country("from", c.QueryParam("from"))
	buyer, errTo := country("to", c.QueryParam("to"))
	var fs contracts.Faults
	fs.Add("", errFrom)
	fs.Add("", errTo)
	return exchange.Filter{Seller: seller, Buyer: buyer}, fs.Err()
}

// after reads where the page before ended: issue date and id of its last document, "2023-03-31~id".
func after(q *exchange.DocumentQuery, text string) error {
	if text == "" {
		return nil
	}
	date, id, ok := strings.Cut(text, "~")
	on, err := contracts.ParseDate(date)
	if !ok || err != nil || id == "" {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "after", Message: "not the end of a page", Remedy: "follow the address that the page before gives"}
	}
	q.AfterDate, q.AfterID = on, contracts.InvoiceID(id)
	return nil
}

func afterOf(q *exchange.DocumentQuery) string { return q.AfterDate.String() + "~" + string(q.AfterID) }

// address builds a path with a query, in order of name.
func address(path string, pairs ...string) string {
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
