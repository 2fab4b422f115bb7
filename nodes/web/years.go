package web

import (
	"fmt"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
)

// yearPicker offers the years there is something to show of, the newest first.
type yearPicker struct {
	Year  int
	Years []int
	Path  string
}

// years reads the year of the query; by default the newest with a document.
func (s server) years(c echo.Context) (yearPicker, error) {
	first, last, err := s.Store.Span(c.Request().Context(), s.db())
	if err != nil {
		return yearPicker{}, err
	}
	p := yearPicker{Year: s.today().Year(), Path: c.Request().URL.Path}
	newest, oldest := p.Year, p.Year
	if !last.IsZero() {
		p.Year, oldest = last.Year(), min(first.Year(), oldest)
		newest = max(p.Year, newest)
	}
	for y := newest; y >= oldest; y-- {
		p.Years = append(p.Years, y)
	}
	text := c.QueryParam("year")
	if text == "" {
		return p, nil
	}
	year, err := strconv.Atoi(text)
	if err != nil || len(text) != 4 || year < 1900 || year > 2199 {
		return p, contracts.Fault{Code: contracts.FaultDate, Field: "year", Message: fmt.Sprintf("%q is not a year", web.Clip(text)), Remedy: "write four digits, such as 2023"}
	}
	p.Year = year
	return p, nil
}
