package outbound

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"passerelle/contracts"
)

// Column describes one column of a file of past invoices, for the parser, the documentation and the page.
type Column struct {
	Name     string
	Required bool
	Means    string
}

// Columns are the columns of a file of past invoices. Their order in the file is free; those not required may be missing.
var Columns = []Column{
	{"number", true, "the number the document was given; once in the node"},
	{"issue_date", true, "year-month-day"},
	{"supply_date", false, "year-month-day; the issue date when empty"},
	{"due_date", false, "year-month-day; 30 days after issue when empty"},
	{"credits", false, "number of the invoice this line takes back; empty for an invoice"},
	{"member", true, "the co-operative's reference of the member; a new one is registered"},
	{"member_name", false, "needed when the member is new"},
	{"member_kind", false, "individual (default) or legal_person; used when the member is new"},
	{"activity", true, "reference of the activity; a new one is opened for the member"},
	{"activity_name", false, "the reference when empty"},
	{"buyer_name", true, "registered name"},
	{"buyer_country", true, "two letters, such as FR"},
	{"buyer_kind", true, "business or consumer"},
	{"buyer_vat_id", false, "with country prefix; needed for category AE"},
	{"buyer_sector", false, "section letter of NACE Rev. 2, A to U"},
	{"performed_in", false, "two letters, where the work was done when not at home"},
	{"service", false, "general when empty; see passerelle country show"},
	{"description", true, "what was done"},
	{"net", true, "without VAT, such as 1234.50; positive also on a credit note"},
	{"vat_category", true, "S, Z, E, AE or O as printed"},
	{"vat_rate", false, "percent, for category S"},
	{"vat", false, "amount as printed; 0 when empty"},
	{"currency", true, "three letters"},
	{"paid_on", false, "year-month-day the buyer paid all of it; empty while open"},
}

// Limits of a file.
const (
	MaxImportBytes = 32 << 20
	maxImportRows  = 200_000
	maxCell        = 2000
	mostFaults     = 200 // listed in a report; all are counted
)

// FaultColumn is raised for a file whose header does not fit.
const FaultColumn contracts.FaultCode = "column"

// Row is one line of the file with its cells by column name.
type Row struct {
	Line  int // in the file, the header being line 1
	cells map[string]string
}

// Cell returns the text of a column, empty when the file has no such column.
func (r Row) Cell(column string) string { return r.cells[column] }

// fingerprint names the content of a line, whatever the order of its columns.
func (r Row) fingerprint() string {
	h := sha256.New()
	for _, c := range Columns {
		fmt.Fprintf(h, "%s=%q\n", c.Name, r.Cell(c.Name))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ReadRows parses a file of past invoices: UTF-8, comma or semicolon, a header naming the columns. A file that cannot be read as
// such is one Fault for the first broken line; what the cells say is judged later.
func ReadRows(file []byte) ([]Row, error) {
	if len(file) > MaxImportBytes {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Field: "file", Message: fmt.Sprintf("%d MiB are more than the %d a file may have", len(file)>>20, MaxImportBytes>>20), Remedy: "split the file, by year for example"}
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0 {
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Field: "file", Message: "not text in UTF-8", Remedy: `export it as "CSV UTF-8"`}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.ReuseRecord = true
	if header, _, _ := bytes.Cut(file, []byte("\n")); bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		r.Comma = ';'
	}
	names, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, brokenLine(err)
		}
		line, _ := r.FieldPos(0)
		if len(rows) == maxImportRows {
			return nil, contracts.Fault{Code: contracts.FaultTooLarge, Field: "file", Message: fmt.Sprintf("more than %d lines", maxImportRows), Remedy: "split the file, by year for example"}
		}
		row := Row{Line: line, cells: make(map[string]string, len(names))}
		for i, cell := range record {
			if len(cell) > maxCell {
				return nil, contracts.Fault{Code: contracts.FaultTooLarge, Field: fmt.Sprintf("line %d, %s", line, names[i]), Message: fmt.Sprintf("more than %d bytes in one cell", maxCell)}
			}
			row.cells[names[i]] = strings.TrimSpace(strings.Clone(cell))
		}
		rows = append(rows, row)
	}
}

func readHeader(r *csv.Reader) ([]string, error) {
	record, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, contracts.Fault{Code: contracts.FaultMissing, Field: "file", Message: "the file is empty", Remedy: "the first line names the columns"}
	}
	if err != nil {
		return nil, brokenLine(err)
	}
	var fs contracts.Faults
	names := make([]string, len(record))
	for i, cell := range record {
		names[i] = strings.ToLower(strings.TrimSpace(cell))
		if !slices.ContainsFunc(Columns, func(c Column) bool { return c.Name == names[i] }) {
			fs.Addf(FaultColumn, "line 1", "remove or rename it; the help lists the columns", "there is no column %.40q", cell)
		} else if slices.Contains(names[:i], names[i]) {
			fs.Addf(FaultColumn, "line 1", "keep one of the two", "column %s stands there twice", names[i])
		}
	}
	for _, c := range Columns {
		if c.Required && !slices.Contains(names, c.Name) {
			fs.Addf(FaultColumn, "line 1", "add it: "+c.Means, "column %s is missing", c.Name)
		}
	}
	return names, fs.Err()
}

func brokenLine(err error) error {
	f := contracts.Fault{Code: contracts.FaultMalformed, Field: "file", Message: "not a CSV file"}
	if pe, ok := errors.AsType[*csv.ParseError](err); ok {
		f.Field, f.Message = fmt.Sprintf("line %d", pe.StartLine), pe.Err.Error()
		f.Remedy = "each line has as many cells as the header; a cell with a separator or a quote stands in double quotes"
	}
	return f
}
