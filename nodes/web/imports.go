package web

import (
	"context"
	"fmt"
	"io"
	"net/http"

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
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	return s.showImports(c, http.StatusOK, blankForm())
}

func (s server) showImports(c echo.Context, status int, f form) error {
	jobs, err := s.Store.Imports(c.Request().Context(), s.db(), mostJobs)
	if err != nil {
		return err
	}
	return s.render(c, status, "imports", web.Page{Title: web.LocaleOf(c).T("Import past invoices"), Body: importsPage{outbound.Columns, jobs, f},
		Lead: web.LocaleOf(c).T("Bring in what was invoiced before, as a CSV file. It is rehearsed first; you see line by line what would happen before anything is booked.")})
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
