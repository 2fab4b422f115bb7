package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

type documentJSON struct {
	contracts.Document
	Kind          exchange.Kind       `json:"kind"`
	Corrects      contracts.InvoiceID `json:"corrects,omitempty"`
	EUR           *string             `json:"eur" jsonschema:"nullable"` // null where no rate holds on the issue date
	RatePerEUR    *string             `json:"rate_per_eur" jsonschema:"nullable"`
	RateSince     *contracts.Date     `json:"rate_since" jsonschema:"nullable"`
	RateSource    *string             `json:"rate_source" jsonschema:"nullable"`
	Demonstration bool                `json:"demonstration"`
	Source        string              `json:"source"`
}

// apiDocuments answers the documents of a seller country, a buyer country and a month, a page at a time.
type documentsJSON struct {
	Documents []documentJSON `json:"documents"`
	Next      string         `json:"next,omitempty"`
}

func (s server) apiDocuments(c echo.Context) error {
	if err := web.KnownQuery(c, "from", "to", "month", "after"); err != nil {
		return err
	}
	q, err := documentQuery(c, "from", "to", c.QueryParam("from"), c.QueryParam("to"), c.QueryParam("month"))
	if err != nil {
		return err
	}
	documents, next, err := exchange.List(c.Request().Context(), s.data, q)
	if err != nil {
		return err
	}
	out := documentsJSON{Documents: make([]documentJSON, len(documents))}
	for i, d := range documents {
		out.Documents[i] = documentOf(d)
	}
	if next != nil {
		out.Next = web.Address("/api/crossborder/documents", "from", string(q.Seller), "to", string(q.Buyer), "month", q.Month.String(), "after", afterOf(next))
	}
	return c.JSON(http.StatusOK, out)
}

func documentOf(d exchange.Document) documentJSON {
	out := documentJSON{Document: d.Document, Kind: d.Kind, Corrects: d.Corrects, Demonstration: d.Demonstration, Source: sourceOf(d.Seller)}
	if d.EUR == nil {
		return out
	}
	out.EUR = text(d.EUR.EUR.Fixed())
	if d.EUR.Source != "" {
		out.RatePerEUR, out.RateSince, out.RateSource = text(d.EUR.PerEUR.String()), &d.EUR.Since, text(d.EUR.Source)
	}
	return out
}

// documentQuery reads a pair, a month and where to go on; all but the last must be there.
func documentQuery(c echo.Context, fromField, toField, from, to, of string) (exchange.DocumentQuery, error) {
	var fs contracts.Faults
	for field, value := range map[string]string{fromField: from, toField: to, "month": of} {
		if value == "" {
			fs.Addf(contracts.FaultMissing, field, "add it to the address", "not given")
		}
	}
	if err := fs.Err(); err != nil {
		return exchange.DocumentQuery{}, err
	}
	q := exchange.DocumentQuery{}
	var errSeller, errBuyer, errMonth error
	q.Seller, errSeller = country(fromField, from)
	q.Buyer, errBuyer = country(toField, to)
	q.Month, errMonth = month("month", of)
	for _, err := range []error{errSeller, errBuyer, errMonth, after(&q, c.QueryParam("after"))} {
		fs.Add("", err)
	}
	return q, fs.Err()
}
