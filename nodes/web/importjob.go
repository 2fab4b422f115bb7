package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/store"
)

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
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	done, total, busy := s.running.of(c.Param("id")) // before the state is read: an import that ends in between is done, not interrupted
	job, found, err := s.Store.Import(c.Request().Context(), s.db(), c.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("import")
	}
	p := importPage{ImportJob: job}
	if job.State == store.ImportChecking || job.State == store.ImportRunning {
		p.Done, p.Total, p.Busy, p.Interrupted = done, total, busy, !busy
	}
	if p.Busy {
		c.Response().Header().Set("Refresh", "1") // works without JavaScript
	}
	for _, f := range job.Result.Faults {
		line, column, _ := strings.Cut(strings.TrimPrefix(f.Field, "line "), ".")
		p.Lines = append(p.Lines, faultLine{line, column, f})
	}
	l := web.LocaleOf(c)
	return s.render(c, http.StatusOK, "importjob", web.Page{Title: l.T(importTitle(p)), Body: p,
		Crumbs: []web.Link{{Text: l.T("Import"), URL: "/import"}, {Text: l.T("File of %s", job.CreatedAt.Time)}}})
}

func importTitle(p importPage) web.Words {
	switch {
	case p.Interrupted:
		return web.Words("Interrupted")
	case p.State == store.ImportChecking:
		return web.Words("Checking the file")
	case p.State == store.ImportRunning:
		return web.Words("Importing")
	case p.State == store.ImportDone:
		return web.Words("Imported")
	case p.State == store.ImportFailed:
		return web.Words("Not imported")
	case p.Result.Broken > 0:
		return web.Words("The file has to be corrected")
	}
	return web.Words("Ready to import")
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
