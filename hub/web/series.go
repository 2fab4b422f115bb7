package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/consolidation"
	"passerelle/internal/web"
)

// boardState is what follows from what the hub had at the moment the address names, or has now, as far as whoever asks may see it.
func (s server) boardState(c echo.Context) (boardpack.State, error) {
	at := s.now()
	if text := c.QueryParam("as_of"); text != "" {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return boardpack.State{}, contracts.Fault{Code: contracts.FaultDate, Field: "as_of", Message: "that is no moment", Remedy: "write it as 2026-11-20T09:00:00Z"}
		}
		at = moment
	}
	d, err := boardpack.Read(c.Request().Context(), s.data, at)
	if err != nil {
		return boardpack.State{}, err
	}
	if !seesAll(c) {
		d = d.ForTheBoard()
	}
	return d.State()
}

// series answers one of the board's series, as JSON, CSV or a workbook. Columns of a file for programs do not change with the reader's language.
func series[R any](s server, table func(*web.Locale) web.Table[R], rows func(boardpack.State) []R, countryOf func(R) contracts.CountryCode) echo.HandlerFunc {
	return func(c echo.Context) error {
		t := table(web.English)
		a, err := t.Asked(c, "as_of", "country")
		if err != nil {
			return err
		}
		state, err := s.boardState(c)
		if err != nil {
			return err
		}
		all := rows(state)
		if text := c.QueryParam("country"); text != "" {
			code, err := country("country", text)
			if err != nil {
				return err
			}
			all = slices.DeleteFunc(slices.Clone(all), func(r R) bool { return countryOf(r) != code })
		}
		if a.Format != "" {
			_, err := t.Answer(c, a, web.RowsOf(web.English, t, a, all))
			return err
		}
		return c.JSON(http.StatusOK, all)
	}
}

// publishedJSON is a published table, word for word.
type publishedJSON struct {
	consolidation.Table
	Version int       `json:"version"`
	Filed   time.Time `json:"filed"`
}

// apiPublished answers the published tables as they are filed; one year of them as a file.
func (s server) apiPublished(c echo.Context) error {
	if err := web.KnownQuery(c, "as_of", "year", "format", "sort", "page"); err != nil {
		return err
	}
	state, err := s.boardState(c)
	if err != nil {
		return err
	}
	tables := []publishedJSON{}
	for _, f := range state.Published {
		if text := c.QueryParam("year"); text == "" || text == yearText(f.Year) {
			tables = append(tables, publishedJSON{f.Table, f.Version, f.Filed})
		}
	}
	if c.QueryParam("format") == "" {
		return c.JSON(http.StatusOK, tables)
	}
	if len(tables) != 1 {
		return contracts.Fault{Code: contracts.FaultMissing, Field: "year", Message: "a file holds the table of one year", Remedy: "name a year with a published table"}
	}
	t := boardpack.PublishedTable(web.English, tables[0].Columns, tables[0].Source)
	a, err := t.Asked(c, "as_of", "year")
	if err != nil {
		return err
	}
	_, err = t.Answer(c, a, web.RowsOf(web.English, t, a, tables[0].Rows))
	return err
}

// seriesLine is a series on the page that lists them.
type seriesLine struct {
	Name, What string
	URL        string
}

// seriesPage lists what programs and spreadsheets can take along.
func (s server) seriesPage(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	lines := []seriesLine{
		{l.T("Plan and actual"), l.T("by country and year"), "/api/investment/series"}, {l.T("Tranches"), l.T("every one on its way, with its days"), "/api/board/tranches"},
		{l.T("Conditions"), l.T("what has to hold before money goes, and the evidence"), "/api/board/conditions"}, {l.T("Decisions"), l.T("with votes, minutes and reason"), "/api/board/decisions"},
		{l.T("Monthly reports"), l.T("every version, by country and month"), "/api/board/reports"}, {l.T("Coverage"), l.T("by country and month"), "/api/board/coverage"},
		{l.T("Outlook"), l.T("months to balance, cash, support and warnings by country"), "/api/board/outlook"},
	}
	years, err := s.data.PublishedYears(c.Request().Context())
	if err != nil {
		return err
	}
	for _, y := range years {
		lines = append(lines, seriesLine{l.T("Published figures") + " " + yearText(y), l.T("as printed"), web.Address("/api/board/published", "year", yearText(y))})
	}
	return s.pages.Render(c, http.StatusOK, "series", web.Page{Title: l.T("All series"), Body: lines, Lead: l.T("Everything the board follows, to take along: for spreadsheets and for programs."),
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: l.T("All series")}}})
}

// File is the address of the series as a file.
func (l seriesLine) File(format string) string {
	if slices.Contains([]byte(l.URL), '?') {
		return l.URL + "&format=" + format
	}
	return l.URL + "?format=" + format
}
