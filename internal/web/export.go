package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
)

const (
	mostExported = 100_000 // rows of a file: more is a matter for the JSON addresses, which go on where they ended
	exportStep   = 1000    // rows read at once
)

const (
	csvKind  = "text/csv; charset=utf-8"
	xlsxKind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// send answers with all that the list holds as it is filtered and ordered. The file is made whole before the first byte goes out, so that
// no half of one is ever taken for all.
func (t Table[R]) send(c echo.Context, a Asked, rows Rows[R]) error {
	var out bytes.Buffer
	write, kind := t.csv, csvKind
	if a.Format == "xlsx" {
		write, kind = t.xlsx, xlsxKind
	}
	noted := func(offset, limit int) ([]R, error) {
		some, err := rows(offset, limit)
		if err != nil {
			return nil, err
		}
		return some, t.saw(c, some)
	}
	if err := write(&out, t.all(noted)); err != nil {
		return fmt.Errorf("export %s: %w", t.Name, err)
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": t.Name + "." + a.Format}))
	return c.Blob(http.StatusOK, kind, out.Bytes())
}

// all reads a list from its first row to its last.
func (t Table[R]) all(rows Rows[R]) func(yield func(R) error) error {
	return func(yield func(R) error) error {
		for offset := 0; ; offset += exportStep {
			some, err := rows(offset, exportStep)
			if err != nil {
				return err
			}
			if offset >= mostExported && len(some) > 0 {
				return contracts.Fault{Code: contracts.FaultTooLarge, Field: "format", Message: "the list is too long for a file", Remedy: "filter it, by a year for instance"}
			}
			for _, r := range some {
				if err := yield(r); err != nil {
					return err
				}
			}
			if len(some) < exportStep {
				return nil
			}
		}
	}
}

// csv writes UTF-8 with a byte order mark, without which Excel takes the file for its own code page, and RFC 4180 beside it.
func (t Table[R]) csv(out *bytes.Buffer, each func(func(R) error) error) error {
	out.WriteString("\ufeff")
	w := csv.NewWriter(out)
	w.UseCRLF = true
	cols := t.columns(OnPage)
	line := make([]string, len(cols))
	for i, col := range cols {
		line[i] = harmless(col.Heading)
	}
	if err := w.Write(line); err != nil {
		return err
	}
	err := each(func(r R) error {
		for i, col := range cols {
			text, words := plain(col.Cell(r).Value)
			if words {
				text = harmless(text)
			}
			line[i] = text
		}
		return w.Write(line)
	})
	w.Flush()
	if err != nil {
		return err
	}
	return w.Error()
}

// harmless keeps a spreadsheet from taking words for a formula (OWASP, CSV injection): what could begin one gets an apostrophe before
// it, and a NUL, which cuts a text short in some programs, is left out.
func harmless(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
