package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/adapters/format"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/printed"
)

// written is a document as its buyer's program reads it.
type written struct {
	Format string // by name; empty when there is none
	Name   string // of the file
	Bytes  []byte
	Why    error // faults that keep it from being written
}

// writtenOf writes the e-invoice of a document: in the format that its seller, buyer and day choose.
func (s server) writtenOf(ctx context.Context, q storage.Querier, scope access.Scope, d outbound.Document) (w written, err error) {
	if !d.ErasedOn.IsZero() {
		return w, nil
	}
	if kept, err := s.keptOf(ctx, q, scope, d); err != nil || kept.Bytes != nil {
		return kept, err
	}
	in, err := s.Outbound.Written(ctx, q, scope, d)
	if err != nil {
		return w, err
	}
	w.Format = in.Choose().Data()
	w.Name = printed.FileName(d.Invoice.Number) + ".xml"
	w.Bytes, w.Why = format.Write(w.Format, in)
	if w.Why != nil && !contracts.IsFault(w.Why) {
		return w, w.Why
	}
	return w, nil
}

// keptOf is the e-invoice as it was kept at issue; nothing for what was issued before there were any, or taken over.
func (s server) keptOf(ctx context.Context, q storage.Querier, scope access.Scope, d outbound.Document) (w written, err error) {
	parcels, err := s.Store.ParcelsOf(ctx, q, scope, d.Invoice.ID)
	for _, k := range parcels {
		if len(k.Content) > 0 && !k.Report {
			return written{Format: k.Format, Name: printed.FileName(d.Invoice.Number) + ".xml", Bytes: k.Content}, err
		}
	}
	return w, err
}

// printedOf is the document on paper, with the e-invoice inside.
func (s server) printedOf(d outbound.Document, w written) ([]byte, error) {
	p := printed.Document{Invoice: d.Invoice, Corrects: d.CorrectsNo, Reason: d.Reason, Demonstration: s.Outbound.Seller.Demonstration, Asked: d.Asked()}
	if w.Bytes != nil {
		p.Attached = []printed.File{{Name: w.Name, Format: w.Format, Content: w.Bytes}}
	}
	return printed.PDF(p)
}

func (s server) invoicePDF(c echo.Context) error {
	d, w, err := s.toTake(c)
	if err != nil {
		return err
	}
	b, err := s.printedOf(d, w)
	if err != nil {
		return err
	}
	return attachment(c, printed.FileName(d.Invoice.Number)+".pdf", "application/pdf", b)
}

func (s server) invoiceXML(c echo.Context) error {
	_, w, err := s.toTake(c)
	if err != nil {
		return err
	}
	if w.Why != nil {
		return w.Why
	}
	if w.Bytes == nil {
		return web.NotFound("document")
	}
	return attachment(c, w.Name, "application/xml", w.Bytes)
}

// toTake finds the document of the address and notes that it is taken.
func (s server) toTake(c echo.Context) (d outbound.Document, w written, err error) {
	if err := web.KnownQuery(c); err != nil {
		return d, w, err
	}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		var found bool
		if d, found, err = s.Store.Document(ctx, q, web.ScopeOf(c), contracts.InvoiceID(c.Param("id"))); err != nil {
			return err
		}
		if !found {
			return web.NotFound("invoice")
		}
		w, err = s.writtenOf(ctx, q, web.ScopeOf(c), d)
		return err
	})
	if err != nil {
		return d, w, err
	}
	return d, w, web.Saw(c, sightOfDocument(d))
}

// attachment answers with a file to keep, never to run in the page.
func attachment(c echo.Context, name, mediaType string, b []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, mediaType, b)
}
