package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

func parseYear(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil || len(text) != 4 || year < 1900 || year > 2199 {
		return 0, contracts.Fault{Code: contracts.FaultDate, Field: "year", Message: fmt.Sprintf("%q is not a year", web.Clip(text)), Remedy: "write four digits, such as 2023"}
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
