package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

// investmentJSON is the whole of the investments on a day.
type investmentJSON struct {
	Example bool                       `json:"example"` // something in it is an example and not published
	On      contracts.Date             `json:"on,omitzero"`
	Series  []investment.Row           `json:"series"`
	Open    []investment.OpenCondition `json:"open_conditions"`
	investment.Books
}

func (s server) apiInvestment(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	books, _, on, err := s.books(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, investmentJSON{books.Example(), on, books.Rows(), books.OpenConditions(s.dayOf(on)), books})
}

// apiSeries answers the series alone, as JSON or CSV.
func (s server) apiSeries(c echo.Context) error {
	t := seriesTable(web.English) // columns of a file for programs do not change with the reader
	a, err := t.Asked(c, "on")
	if err != nil {
		return err
	}
	books, _, _, err := s.books(c)
	if err != nil {
		return err
	}
	if a.Format != "" {
		_, err := t.Answer(c, a, web.RowsOf(web.English, t, a, books.Rows()))
		return err
	}
	return c.JSON(http.StatusOK, books.Rows())
}

// entryJSON is a line of the book.
type entryJSON struct {
	investment.Entry
	Act any `json:"act"`
}

func (s server) apiEntries(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	_, entries, _, err := s.books(c)
	if err != nil {
		return err
	}
	out := make([]entryJSON, len(entries))
	for i, e := range entries {
		out[i] = entryJSON{e, e.Act}
	}
	return c.JSON(http.StatusOK, out)
}
