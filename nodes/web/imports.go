package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// importsPage is where a file of past invoices comes in, and what a file looks like.
type importsPage struct {
	Columns []outbound.Column
	Jobs    []store.ImportJob
	Form    form
}

// mostJobs is how many past imports are listed.
const mostJobs = 20

func (s server) imports(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	return s.showImports(c, http.StatusOK, blankForm())
}

func (s server) showImports(c echo.Context, status int, f form) error {
	jobs, err := s.Store.Imports(c.Request().Context(), s.db(), mostJobs)
	if err != nil {
		return err
	}
	return s.render(c, status, "imports", web.Page{Title: "Import past invoices", Body: importsPage{outbound.Columns, jobs, f},
		Lead: "Bring in what was invoiced before, as a CSV file. It is rehearsed first; you see line by line what would happen before anything is booked."})
}

// upload keeps a file and rehearses it in the background.
func (s server) upload(c echo.Context) error {
	var f form
	file, err := readUpload(c)
	if err == nil {
		_, err = outbound.ReadRows(file)
	}
	if err != nil {
		if err := f.refused(err); err != nil {
			return err
		}
		return s.showImports(c, http.StatusUnprocessableEntity, f)
	}
	id := outbound.NewID()
	err = s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		return s.Store.InsertImport(ctx, tx, id, file, s.Outbound.Now())
	})
	if err != nil {
		return fmt.Errorf("keep import: %w", err)
	}
	s.runImport(c.Request().Context(), id, true)
	return c.Redirect(http.StatusSeeOther, "/import/"+id)
}

// readUpload reads the file of the form, wherever it stands in it, without keeping a copy on disk.
func readUpload(c echo.Context) ([]byte, error) {
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return nil, contracts.Fault{Code: web.FaultContentType, Field: "file", Message: "the form carries no file", Remedy: "choose a file and send it"}
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, contracts.Fault{Code: contracts.FaultMissing, Field: "file", Message: "no file was chosen", Remedy: "choose a CSV file"}
		}
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			file, err := io.ReadAll(part)
			if err != nil {
				return nil, fmt.Errorf("read upload: %w", err)
			}
			return file, nil
		}
	}
}

// importPage is one file on its way in.
type importPage struct {
	store.ImportJob
	Busy        bool // in this process, now
	Interrupted bool // the process ended while it ran: nothing was booked
	Lines       []faultLine
}

// Percent is how much of the file is done.
func (p importPage) Percent() int {
	if p.Total == 0 {
		return 0
	}
	return p.Done * 100 / p.Total
}

// faultLine is a fault with the place it has in the file.
type faultLine struct {
	Line, Column string
	contracts.Fault
}

func (s server) importJob(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	job, found, err := s.Store.Import(c.Request().Context(), s.db(), c.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("import")
	}
	p := importPage{ImportJob: job}
	if job.State == store.ImportChecking || job.State == store.ImportRunning {
		p.Done, p.Total, p.Busy = s.running.of(job.ID)
		p.Interrupted = !p.Busy
	}
	if p.Busy {
		c.Response().Header().Set("Refresh", "1") // works without JavaScript
	}
	for _, f := range job.Result.Faults {
		line, column, _ := strings.Cut(strings.TrimPrefix(f.Field, "line "), ".")
		p.Lines = append(p.Lines, faultLine{line, column, f})
	}
	return s.render(c, http.StatusOK, "importjob", web.Page{Title: importTitle(p), Body: p,
		Crumbs: []web.Link{{Text: "Import", URL: "/import"}, {Text: "File of " + web.LocaleOf(c).Instant(job.CreatedAt.Time)}}})
}

func importTitle(p importPage) string {
	switch {
	case p.Interrupted:
		return "Interrupted"
	case p.State == store.ImportChecking:
		return "Checking the file"
	case p.State == store.ImportRunning:
		return "Importing"
	case p.State == store.ImportDone:
		return "Imported"
	case p.State == store.ImportFailed:
		return "Not imported"
	case p.Result.Broken > 0:
		return "The file has to be corrected"
	}
	return "Ready to import"
}

// startImport books a file that was rehearsed without a fault. Only the first of two clicks starts it.
func (s server) startImport(c echo.Context) error {
	id, began := c.Param("id"), false
	err := s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		job, found, err := s.Store.Import(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			return web.NotFound("import")
		}
		if job.Result.Broken > 0 {
			return contracts.Fault{Code: contracts.FaultInvalid, Field: "file", Message: "the file has faults", Remedy: "correct them and send the file again"}
		}
		began, err = s.Store.MoveImport(ctx, tx, id, store.ImportChecked, store.ImportRunning)
		return err
	})
	if err != nil {
		return err
	}
	if began {
		s.runImport(c.Request().Context(), id, false)
	}
	return c.Redirect(http.StatusSeeOther, "/import/"+id)
}

// importSample answers a file with three lines that fit the node: an invoice, one abroad, and a credit note.
func (s server) importSample(c echo.Context) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := make([]string, len(outbound.Columns))
	for i, col := range outbound.Columns {
		header[i] = col.Name
	}
	rows := [][]string{header}
	for _, sample := range s.sampleRows() {
		row := make([]string, len(header))
		for i, name := range header {
			row[i] = sample[name]
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="past-invoices-sample.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

func (s server) sampleRows() []map[string]string {
	a := s.adapter()
	day := contracts.NewDate(s.today().Year()-1, 3, 31)
	sample := func(more map[string]string) map[string]string {
		row := map[string]string{"issue_date": day.String(), "supply_date": day.AddDays(-4).String(), "due_date": day.AddDays(30).String(),
			"member": "M-0001", "member_name": "Example Member", "member_kind": "individual", "activity": "A-0001", "activity_name": "Example activity",
			"service": "general", "description": "Sound design", "currency": string(a.Currency.Code)}
		for k, v := range more {
			row[k] = v
		}
		return row
	}
	abroad := map[string]string{"number": "OLD-0002", "buyer_name": "Example buyer abroad", "buyer_country": "CH", "buyer_kind": "business", "buyer_sector": "R", "performed_in": "CH",
		"net": "800.00", "vat_category": "O"}
	credit := map[string]string{"number": "OLD-0003", "issue_date": day.AddDays(9).String(), "credits": "OLD-0002", "buyer_name": "Example buyer abroad", "buyer_country": "CH", "buyer_kind": "business",
		"description": "A day less than agreed", "net": "200.00", "vat_category": "O"}
	home := map[string]string{"number": "OLD-0001", "buyer_name": "Example buyer", "buyer_country": string(a.Code), "buyer_kind": "business", "net": "1000.00",
		"vat_category": "S", "paid_on": day.AddDays(20).String()}
	if rate, err := a.VATRate("standard", day); err == nil {
		home["vat_rate"] = rate.String()
		home["vat"] = rate.Of(contracts.MustMoney("1000.00", a.Currency.Code)).Fixed()
	}
	return []map[string]string{sample(home), sample(abroad), sample(credit)}
}
