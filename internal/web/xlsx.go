package web

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"passerelle/contracts"
)

// styles are the formats of a workbook, made when a cell first needs one.
type styles struct {
	file *excelize.File
	made map[string]int
}

func (s styles) of(format string) (int, error) {
	if id, ok := s.made[format]; ok {
		return id, nil
	}
	style := &excelize.Style{CustomNumFmt: &format}
	if format == heading1 {
		style = &excelize.Style{Font: &excelize.Font{Bold: true}}
	}
	id, err := s.file.NewStyle(style)
	s.made[format] = id
	return id, err
}

const (
	sheet    = "Sheet1"
	heading1 = "heading"
)

// xlsx writes a workbook with one sheet, its headings always in view. Numbers are numbers, days are days; text is typed as text, which no
// program takes for a formula.
func (t Table[R]) xlsx(out *bytes.Buffer, each func(func(R) error) error) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := t.begin(w, styles{f, map[string]int{}}); err != nil {
		return err
	}
	s, cols, n := styles{f, map[string]int{}}, t.columns(OnPage), 1
	err = each(func(r R) error {
		line := make([]any, len(cols))
		for i, col := range cols {
			if line[i], err = s.cell(col.Cell(r).Value); err != nil {
				return err
			}
		}
		n++
		return w.SetRow("A"+strconv.Itoa(n), line)
	})
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Write(out)
}

// begin writes what comes before the rows.
func (t Table[R]) begin(w *excelize.StreamWriter, s styles) error {
	cols := t.columns(OnPage)
	if err := w.SetColWidth(1, len(cols), 18); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	bold, err := s.of(heading1)
	if err != nil {
		return err
	}
	line := make([]any, len(cols))
	for i, col := range cols {
		line[i] = excelize.Cell{StyleID: bold, Value: col.Heading}
	}
	return w.SetRow("A1", line)
}

// cell is a value as a workbook holds it.
func (s styles) cell(v any) (any, error) {
	text, words := plain(v)
	switch {
	case text == "":
		return nil, nil
	case words:
		return strings.Map(printable, text), nil
	}
	switch v := v.(type) {
	case contracts.Money:
		units, _ := v.Currency.MinorUnits()
		return s.number(text, decimals("#,##0", int(units)))
	case contracts.Decimal:
		return s.number(text, decimals("0", max(0, -int(v.Exponent()))))
	case contracts.Date:
		return s.styled("yyyy-mm-dd", v.Time())
	case contracts.Month:
		return s.styled("yyyy-mm", v.First().Time())
	case time.Time:
		return s.styled("yyyy-mm-dd hh:mm", v.UTC())
	}
	return v, nil
}

func (s styles) styled(format string, v any) (any, error) {
	id, err := s.of(format)
	return excelize.Cell{StyleID: id, Value: v}, err
}

// number turns an exact decimal text into a cell. The format keeps numbers as binary doubles (ECMA-376, part 1, 18.3.1.96): up to 15
// digits come out as they went in. A longer one would not, and stays text.
func (s styles) number(text, format string) (any, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("number %q: %w", text, err)
	}
	if len(strings.TrimLeft(strings.ReplaceAll(text, ".", ""), "-0")) > 15 { // zeros at the end count: they are shown
		return text, nil
	}
	return s.styled(format, f)
}

func decimals(format string, places int) string {
	if places == 0 {
		return format
	}
	return format + "." + strings.Repeat("0", places)
}

// printable drops what XML 1.0 has no place for.
func printable(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}
