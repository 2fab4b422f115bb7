package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
)

// Asked is how somebody wants to see a list: its order, which page of it, and whether as a file.
type Asked struct {
	Sort   string // name of a column; the order of the list itself when empty
	Down   bool   // the largest first
	Page   int    // from 1
	Format string // "csv" or "xlsx"; empty for a page

	path  string
	query url.Values // what stands in the address
	own   []string   // parameters of the list itself: its filters
}

// farthestPage bounds how far a list can be leafed through; who looks for something filters.
const farthestPage = 2000

// Asked reads the order, page and format of a list; filters are the names of what else its address may say.
func (t Table[R]) Asked(c echo.Context, filters ...string) (Asked, error) {
	if err := KnownQuery(c, append([]string{"sort", "page", "format"}, filters...)...); err != nil {
		return Asked{}, err
	}
	a := Asked{Page: 1, Format: c.QueryParam("format"), path: c.Request().URL.Path, query: c.QueryParams(), own: filters}
	var fs contracts.Faults
	if a.Format != "" && a.Format != "csv" && a.Format != "xlsx" {
		fs.Addf(contracts.FaultInvalid, "format", "use csv or xlsx", "no list is given in this format")
	}
	a.Sort, a.Down = strings.CutPrefix(c.QueryParam("sort"), "-")
	if a.Sort != "" && !slices.ContainsFunc(t.Columns, func(col Column[R]) bool { return col.Name == a.Sort && !col.Fixed && col.In != InFile }) {
		fs.Addf(contracts.FaultInvalid, "sort", "choose the heading of a column", "this list cannot be sorted by %q", Clip(a.Sort))
	}
	if text := c.QueryParam("page"); text != "" {
		n, err := strconv.Atoi(text)
		if a.Page = n; err != nil || n < 1 || n > farthestPage {
			fs.Addf(contracts.FaultInvalid, "page", "filter the list instead", "there is no such page")
		}
	}
	return a, fs.Err()
}

// address is the list with some of its parameters changed; the way it is filtered stays, what was just done is not said again.
func (a Asked) address(pairs ...string) string {
	values := url.Values{}
	for name := range a.query {
		if v := a.query.Get(name); v != "" && name != "done" && name != "format" {
			values.Set(name, v)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if values.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			values.Del(pairs[i])
		}
	}
	if len(values) == 0 {
		return a.path
	}
	return a.path + "?" + values.Encode()
}

func (a Asked) page(n int) string {
	if n == 1 {
		return a.address("page", "")
	}
	return a.address("page", strconv.Itoa(n))
}
