package web

import (
	"slices"
	"strings"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/consolidation"
)

// publishedTable shows a filed table word for word.
type publishedTable struct {
	consolidation.Table
	Version int
}

// figureColumns are set to the right.
var figureColumns = []string{"offices", "permanent_staff", "users", "turnover_keur", "turnover_change_pct"}

// publishedCell is a cell as the page shows it.
type publishedCell struct {
	Heading string
	Text    string
	Country contracts.CountryCode // of the first column
	Figure  bool
	Words   bool // a sentence, which needs room
}

// Headings returns the header cells.
func (t publishedTable) Headings() []publishedCell {
	cells := make([]publishedCell, len(t.Columns))
	for i, name := range t.Columns {
		cells[i] = publishedCell{Heading: boardpack.Heading(name), Figure: isFigure(name, t), Words: strings.HasSuffix(name, "note")}
	}
	return cells
}

// isFigure keeps a column of words, such as the offices of 2016, to the left.
func isFigure(name string, t publishedTable) bool {
	at := t.Column(name)
	return slices.Contains(figureColumns, name) && !slices.ContainsFunc(t.Rows, func(row []string) bool { return strings.ContainsAny(row[at], " abcdefghijklmnopqrstuvwxyz") })
}

// Cells returns the rows: the text of the report, a change with its sign and the percent sign the report prints.
func (t publishedTable) Cells() [][]publishedCell {
	rows := make([][]publishedCell, len(t.Rows))
	for i, row := range t.Rows {
		cells := t.Headings()
		for j, value := range row {
			cells[j].Text = boardpack.Printed(t.Columns[j], value)
			if t.Columns[j] == "country" {
				cells[j].Country = contracts.CountryCode(value)
			}
		}
		rows[i] = cells
	}
	return rows
}

// Wide tells whether the table has more columns than a page is wide; it is then shown as the report prints it, with a column per
// country.
func (t publishedTable) Wide() bool { return len(t.Columns) > 10 }

// Turned returns a row per column of the file, the country names left out.
func (t publishedTable) Turned() [][]publishedCell {
	var turned [][]publishedCell
	rows, at := t.Cells(), t.Column("country")
	for j := range t.Columns {
		if j == at {
			continue
		}
		line := make([]publishedCell, len(rows))
		for i, row := range rows {
			line[i] = row[j]
			line[i].Country = contracts.CountryCode(t.Rows[i][at])
		}
		turned = append(turned, line)
	}
	return turned
}
