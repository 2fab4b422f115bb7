package web

import (
	"bytes"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

// Workbook is several tables in one file (XLSX), a sheet each. The same tables give the same bytes.
type Workbook struct {
	file   *excelize.File
	styles styles
	sheets int
}

// NewWorkbook begins a workbook that says when its data are from.
func NewWorkbook(title string, at time.Time) (*Workbook, error) {
	f := excelize.NewFile()
	day := at.UTC().Format(time.RFC3339)
	err := f.SetDocProps(&excelize.DocProperties{Title: title, Creator: "Passerelle", LastModifiedBy: "Passerelle", Created: day, Modified: day})
	return &Workbook{file: f, styles: styles{f, map[string]int{}}}, err
}

// AddSheet adds a table with its rows. A name has at most 31 characters, and none of []:*?/\.
func AddSheet[R any](w *Workbook, name string, t Table[R], rows []R) error {
	if err := w.sheet(name, len(t.columns(OnPage))); err != nil {
		return fmt.Errorf("add sheet %s: %w", name, err)
	}
	line := []any{}
	bold, err := w.styles.of(heading1)
	for _, col := range t.columns(OnPage) {
		line = append(line, excelize.Cell{StyleID: bold, Value: col.Heading})
	}
	for n := 0; err == nil; n++ {
		if err = w.row(name, n+1, line); err != nil || n == len(rows) {
			break
		}
		line = line[:0]
		for _, col := range t.columns(OnPage) {
			v, errCell := w.styles.cell(col.Cell(rows[n]).Value)
			if errCell != nil {
				err = errCell
			}
			line = append(line, v)
		}
	}
	if err != nil {
		return fmt.Errorf("add sheet %s: %w", name, err)
	}
	return nil
}

// sheet makes the next sheet, its headings always in view.
func (w *Workbook) sheet(name string, columns int) error {
	if w.sheets++; w.sheets == 1 {
		if err := w.file.SetSheetName(sheet, name); err != nil {
			return err
		}
	} else if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(columns)
	if err != nil {
		return err
	}
	if err := w.file.SetColWidth(name, "A", last, 18); err != nil {
		return err
	}
	return w.file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (w *Workbook) row(sheet string, number int, line []any) error {
	for i, v := range line {
		at, err := excelize.CoordinatesToCellName(i+1, number)
		if err != nil {
			return err
		}
		styled, ok := v.(excelize.Cell)
		if !ok {
			styled.Value = v
		}
		if styled.Value == nil {
			continue
		}
		if err := w.file.SetCellValue(sheet, at, styled.Value); err != nil {
			return err
		}
		if err := w.file.SetCellStyle(sheet, at, at, styled.StyleID); err != nil {
			return err
		}
	}
	return nil
}

// Bytes ends the workbook.
func (w *Workbook) Bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := w.file.Write(&out); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	if err := w.file.Close(); err != nil {
		return nil, fmt.Errorf("close a workbook: %w", err)
	}
	return out.Bytes(), nil
}
