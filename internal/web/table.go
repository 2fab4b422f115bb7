package web

import (
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
)

// Table is a list as it is declared once: its page, its CSV and its XLSX are made from the same columns and rows.
//
//	t := web.Table[Row]{Name: "invoices", Label: "Invoices", Columns: []web.Column[Row]{{Name: "issued", Heading: "Issued", Cell: ...}}}
//	list, err := t.Answer(c, asked, rows)
type Table[R any] struct {
	Name    string // of the file that is exported: "invoices"
	Label   string // what it lists, for who cannot see it
	Columns []Column[R]
	Sees    func(R) access.Sight // whose data a row shows, for the trail; nil for nobody's
	Filters []Filter             // by which the list can be narrowed
	Foot    []Cell               // the last line of the page, such as a sum; one per column that the page shows, or none
}

// Filter is a field of the form above a list.
type Filter struct {
	Name  string // in the address
	Label string
	Kind  string // "search", "date" or "choice"
	Of    []Link // of a choice: what each is called, and its value in the address
	Value string // as it was asked for
}

// Column is one column of a table. The first one names the row.
type Column[R any] struct {
	Name    string // in the address: "issued"
	Heading string
	Figure  bool // stands to the right
	Bare    bool // an amount is shown without its currency
	Fixed   bool // cannot be sorted by
	In      Medium
	Cell    func(R) Cell
}

// Medium is where a column stands.
type Medium int

// Where a column stands: everywhere unless it says otherwise.
const (
	Everywhere Medium = iota
	OnPage            // a link, say, that no file has a use for
	InFile            // what the page shows beneath another column
)

// Cell is one value of a row, and what the page shows around it.
type Cell struct {
	Value any    // string, int, contracts.Money, Date, Month, Decimal, time.Time; nil is nothing
	URL   string // where the value leads
	Links []Link // shown on the page instead of the value
	Note  string // stands small under it, on the page
	Alarm string // as Note, and must not be overlooked
	Badge *Badge // shown on the page instead of the value
	Strong,
	Code bool
}

// Rows reads part of a list: at most limit rows after the first offset, in the order that was asked for.
type Rows[R any] func(offset, limit int) ([]R, error)

// PageSize is how many rows of a list a page shows.
const PageSize = 50

// Answer makes what was asked for of the rows: the part of a page, for the caller to show, or a file, which is the answer already; then
// it returns nil.
func (t Table[R]) Answer(c echo.Context, a Asked, rows Rows[R]) (*Listed, error) {
	if a.Format != "" {
		return nil, t.send(c, a, rows)
	}
	some, err := rows((a.Page-1)*PageSize, PageSize+1)
	if err != nil {
		return nil, err
	}
	if err := t.saw(c, some[:min(PageSize, len(some))]); err != nil {
		return nil, err
	}
	return t.list(LocaleOf(c), a, some), nil
}

// saw notes whose data is shown, on a page or in a file.
func (t Table[R]) saw(c echo.Context, rows []R) error {
	if t.Sees == nil {
		return nil
	}
	sights := make([]access.Sight, len(rows))
	for i, r := range rows {
		sights[i] = t.Sees(r)
	}
	return Saw(c, sights...)
}

// columns are those of a page, or of a file.
func (t Table[R]) columns(without Medium) []Column[R] {
	var out []Column[R]
	for _, col := range t.Columns {
		if col.In != without {
			out = append(out, col)
		}
	}
	return out
}

// Listed is a table on a page, for the template "table".
type Listed struct {
	Label     string
	Heads     []Head
	Rows      [][]Shown
	Foot      []Shown
	Older     string // address of the next page, empty after the last
	Newer     string // of the page before
	First     int    // number of the first row
	CSV, XLSX string // addresses of the files
	Path      string // of the list, with no filter
	Filters   []Filter
	Kept      []Link // what else stands in the address: name and value
	Filtered  bool   // narrowed, so that no row does not mean there is none
}

// Head is the heading of a column.
type Head struct {
	Text   string
	Figure bool
	URL    string // sorts by it; empty for a column that cannot be
	Sort   string // "ascending" or "descending" when it is sorted by
}

// Shown is a cell with its text in the language of the page.
type Shown struct {
	Cell
	Text   string
	Label  string // the heading, for narrow screens
	Figure bool
	Strip  bool // the first of its row: its name
}

// Last is the number of the last row.
func (l *Listed) Last() int { return l.First + len(l.Rows) - 1 }

func (t Table[R]) list(l *Locale, a Asked, rows []R) *Listed {
	cols := t.columns(InFile)
	list := &Listed{Label: t.Label, First: (a.Page-1)*PageSize + 1, CSV: a.address("format", "csv"), XLSX: a.address("format", "xlsx"),
		Path: a.path}
	list.Filters, list.Kept = t.filters(a)
	list.Filtered = slices.ContainsFunc(list.Filters, func(f Filter) bool { return f.Value != "" })
	if len(rows) > PageSize {
		rows, list.Older = rows[:PageSize], a.page(a.Page+1)
	}
	if a.Page > 1 {
		list.Newer = a.page(a.Page - 1)
	}
	for _, col := range cols {
		list.Heads = append(list.Heads, col.head(a))
	}
	for _, r := range rows {
		line := make([]Shown, len(cols))
		for i, col := range cols {
			line[i] = col.show(l, col.Cell(r), i == 0)
		}
		list.Rows = append(list.Rows, line)
	}
	for i, cell := range t.Foot {
		list.Foot = append(list.Foot, cols[i].show(l, cell, i == 0))
	}
	return list
}

// filters are the fields of the form, and what it has to keep of the address.
func (t Table[R]) filters(a Asked) (shown []Filter, kept []Link) {
	for _, f := range t.Filters {
		f.Value = a.query.Get(f.Name)
		shown = append(shown, f)
	}
	for _, name := range append([]string{"sort"}, a.own...) {
		value := a.query.Get(name)
		if value != "" && name != "done" && !slices.ContainsFunc(t.Filters, func(f Filter) bool { return f.Name == name }) {
			kept = append(kept, Link{name, value})
		}
	}
	return shown, kept
}

func (col Column[R]) head(a Asked) Head {
	h := Head{Text: col.Heading, Figure: col.Figure}
	if col.Fixed {
		return h
	}
	order := col.Name
	if a.Sort == col.Name {
		h.Sort = "ascending"
		if a.Down {
			h.Sort = "descending"
		} else {
			order = "-" + order
		}
	}
	h.URL = a.address("sort", order, "page", "")
	return h
}

func (col Column[R]) show(l *Locale, cell Cell, first bool) Shown {
	return Shown{Cell: cell, Text: l.text(cell.Value, col.Bare), Label: col.Heading, Figure: col.Figure, Strip: first}
}
