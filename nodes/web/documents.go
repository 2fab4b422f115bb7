package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/delivery"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// documentFilter reads which documents are wanted.
func documentFilter(c echo.Context) (f store.DocumentFilter, err error) {
	f = store.DocumentFilter{Activity: member.ActivityID(c.QueryParam("activity")), Find: c.QueryParam("find"), Limit: pageSize + 1}
	if f.From, err = queryDate(c, "from", contracts.Date{}); err != nil {
		return f, err
	}
	if f.To, err = queryDate(c, "to", contracts.Date{}); err != nil {
		return f, err
	}
	if f.Open, err = queryFlag(c, "open"); err != nil {
		return f, err
	}
	day, id, err := readPageEnd("before", c.QueryParam("before"))
	if err != nil || day == "" {
		return f, err
	}
	f.BeforeID = contracts.InvoiceID(id)
	f.BeforeDate, err = contracts.ParseDate(day)
	return f, at("before", err)
}

// nextDocuments is the address of the page after these.
func nextDocuments(path string, f store.DocumentFilter, rows []outbound.Document) string {
	last := rows[len(rows)-1].Invoice
	open := ""
	if f.Open {
		open = "true"
	}
	return web.Address(path, "activity", string(f.Activity), "open", open, "before", pageEnd(last.IssueDate.String(), string(last.ID)))
}

// invoiceFile is a document with all that belongs to it.
type invoiceFile struct {
	Document    outbound.Document   `json:"document"`
	Activity    member.Activity     `json:"activity"`
	Member      member.Member       `json:"member"`
	Payments    []outbound.Payment  `json:"payments"`
	CreditNotes []outbound.Document `json:"credit_notes"`
	Postings    []postingLine       `json:"postings"`
	Parcels     []delivery.Kept     `json:"-"`
}

// postingLine is one line of the books that names the document.
type postingLine struct {
	Date        contracts.Date  `json:"date"`
	Reference   string          `json:"reference"`
	Description string          `json:"description"`
	Account     ledger.Account  `json:"account"`
	Number      string          `json:"number,omitzero"` // in the country's chart
	Amount      contracts.Money `json:"amount"`          // debit positive
}

// fileOf reads the document of the address, on one state of the books, and notes that it is shown.
func (s server) fileOf(c echo.Context) (f invoiceFile, err error) {
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		var found bool
		id := contracts.InvoiceID(c.Param("id"))
		if f.Document, found, err = s.Store.Document(ctx, q, web.ScopeOf(c), id); err != nil {
			return err
		}
		if !found {
			return web.NotFound("invoice")
		}
		if f.Activity, f.Member, _, err = s.Store.Activity(ctx, q, web.ScopeOf(c), f.Document.Activity); err != nil {
			return err
		}
		if f.Payments, err = s.Store.Payments(ctx, q, web.ScopeOf(c), id); err != nil {
			return err
		}
		if f.CreditNotes, err = s.Store.Credits(ctx, q, web.ScopeOf(c), id); err != nil {
			return err
		}
		if f.Parcels, err = s.Store.ParcelsOf(ctx, q, web.ScopeOf(c), id); err != nil {
			return err
		}
		f.Postings, err = s.postings(ctx, q, web.ScopeOf(c), f.Document.Invoice.ID)
		return err
	})
	if err != nil {
		return f, err
	}
	return f, web.Saw(c, sightOfDocument(f.Document))
}

// postings lists what the books say of the document and its payments.
func (s server) postings(ctx context.Context, q storage.Querier, scope access.Scope, id contracts.InvoiceID) ([]postingLine, error) {
	lines := []postingLine{}
	transactions, err := s.Store.Booked(ctx, q, scope, id)
	for _, t := range transactions {
		for _, p := range t.Postings {
			lines = append(lines, postingLine{t.Date, t.Reference, t.Description, p.Account, s.accountNumber(p.Account), p.Amount})
		}
	}
	return lines, err
}
