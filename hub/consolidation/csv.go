package consolidation

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"passerelle/contracts"
)

// Bounds of a published table.
const (
	maxTableBytes = 1 << 20
	maxColumns    = 50
	maxRows       = 300
	maxCell       = 2000
)

// FaultTable is a published table that cannot be read as one.
const FaultTable contracts.FaultCode = "table"

var columnName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// ReadTable reads a published table from CSV (RFC 4180, UTF-8): a header of distinct names in small letters, one of them
// "country", then one row per country. Every fault names line and column.
func ReadTable(year int, source string, file []byte) (Table, error) {
	t := Table{Year: year, Source: source}
	if len(file) > maxTableBytes {
		return t, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("%d bytes are more than the %d of a table", len(file), maxTableBytes)}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.FieldsPerRecord = -1
	var fs contracts.Faults
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fs.Add("", malformed(err))
			break // what follows a broken quote means nothing
		}
		line, _ := r.FieldPos(0)
		fs = append(fs, t.take(line, record)...)
		if len(t.Rows) > maxRows || len(fs) > maxRows {
			break
		}
	}
	fs = append(fs, t.whole()...)
	return t, fs.Err()
}

func malformed(err error) error {
	if pe, ok := errors.AsType[*csv.ParseError](err); ok {
		return contracts.Fault{Code: FaultTable, Field: place(pe.Line, pe.Column), Message: fmt.Sprintf("not CSV: %v", pe.Err),
			Remedy: fmt.Sprintf("look at the row that begins on line %d", pe.StartLine)}
	}
	return err
}

func place(line, column int) string { return fmt.Sprintf("line %d, column %d", line, column) }

// take adds the header or a row, and returns what is wrong with it.
func (t *Table) take(line int, record []string) contracts.Faults {
	fs := checkCells(line, record)
	if t.Columns == nil {
		t.Columns = record
		return append(fs, checkHeader(line, record)...)
	}
	if len(record) != len(t.Columns) {
		fs.Addf(FaultTable, place(line, len(record)), "quote cells that hold a comma", "%d cells, the header has %d", len(record), len(t.Columns))
		return fs
	}
	if at := t.Column("country"); at >= 0 {
		fs.Add(place(line, at+1), t.checkCountry(record[at], at))
	}
	t.Rows = append(t.Rows, record)
	return fs
}

func checkCells(line int, record []string) (fs contracts.Faults) {
	for i, cell := range record {
		switch {
		case len(cell) > maxCell:
			fs.Addf(FaultTable, place(line, i+1), "", "more than %d bytes in a cell", maxCell)
		case !utf8.ValidString(cell) || strings.ContainsFunc(cell, unicode.IsControl):
			fs.Addf(FaultTable, place(line, i+1), "save the file as UTF-8", "not plain text")
		}
	}
	return fs
}

func checkHeader(line int, names []string) (fs contracts.Faults) {
	if len(names) > maxColumns {
		fs.Addf(FaultTable, place(line, maxColumns+1), "", "more than %d columns", maxColumns)
	}
	seen := map[string]bool{}
	for i, name := range names {
		switch {
		case name == "source":
			fs.Addf(FaultTable, place(line, i+1), "give the source beside the file", "a column may not be called source")
		case !columnName.MatchString(name):
			fs.Addf(FaultTable, place(line, i+1), "use small letters, digits and underscores", "not a column name")
		case seen[name]:
			fs.Addf(FaultTable, place(line, i+1), "", "two columns are called %s", name)
		}
		seen[name] = true
	}
	if !seen["country"] {
		fs.Addf(FaultTable, place(line, 1), `begin with the line "country,..."`, "there is no column country")
	}
	return fs
}

func (t *Table) checkCountry(code string, at int) error {
	for _, row := range t.Rows {
		if row[at] == code {
			return contracts.Fault{Code: FaultTable, Message: "the table has this country already", Remedy: "give each country one row"}
		}
	}
	return contracts.CountryCode(code).Validate()
}

func (t *Table) whole() (fs contracts.Faults) {
	if len(t.Rows) == 0 {
		fs.Addf(FaultTable, "", "", "the table has no row")
	}
	if len(t.Rows) > maxRows {
		fs.Addf(FaultTable, "", "", "more than %d rows", maxRows)
	}
	return fs
}
