package web

import (
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

func (s server) apiDrafts(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	drafts, err := s.Store.Drafts(c.Request().Context(), s.db(), mostDrafts)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, listOf[store.DraftRow]{Items: drafts})
}

// apiSaveDraft keeps a new draft, or with an id in the address replaces one.
func (s server) apiSaveDraft(c echo.Context) error {
	var d outbound.Draft
	if err := web.BindJSON(c, &d); err != nil {
		return err
	}
	id, err := s.Outbound.SaveDraft(c.Request().Context(), c.Param("id"), d)
	if err != nil {
		return orMissing(err, "draft")
	}
	status := http.StatusCreated
	if c.Param("id") != "" {
		status = http.StatusOK
	}
	return answer(c, status, store.DraftRow{ID: id, Draft: d})
}

func (s server) apiDeleteDraft(c echo.Context) error {
	if err := s.Outbound.DeleteDraft(c.Request().Context(), c.Param("id")); err != nil {
		return orMissing(err, "draft")
	}
	return c.NoContent(http.StatusNoContent)
}

func (s server) apiIssueDraft(c echo.Context) error {
	doc, err := s.Outbound.IssueDraft(c.Request().Context(), c.Param("id"))
	if err != nil {
		return orMissing(err, "draft")
	}
	return answer(c, http.StatusCreated, doc)
}

// apiPreview answers what a draft would become if it were issued today. Nothing is stored.
func (s server) apiPreview(c echo.Context) error {
	var d outbound.Draft
	if err := web.BindJSON(c, &d); err != nil {
		return err
	}
	doc, err := s.Outbound.Preview(c.Request().Context(), d)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, doc)
}

func (s server) apiIssue(c echo.Context) error {
	var d outbound.Draft
	if err := web.BindJSON(c, &d); err != nil {
		return err
	}
	doc, err := s.Outbound.Issue(c.Request().Context(), d)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, doc)
}

func (s server) apiInvoices(c echo.Context) error {
	if err := known(c, "activity", "open", "before"); err != nil {
		return err
	}
	f, err := documentFilter(c)
	if err != nil {
		return err
	}
	rows, err := s.Store.Documents(c.Request().Context(), s.db(), f)
	if err != nil {
		return err
	}
	rows, more := page(rows)
	out := listOf[outbound.Document]{Items: rows}
	if more {
		out.Next = nextDocuments("/api/invoices", f, rows)
	}
	return answer(c, http.StatusOK, out)
}

// documentFilter reads which documents are wanted.
func documentFilter(c echo.Context) (f store.DocumentFilter, err error) {
	f = store.DocumentFilter{Activity: member.ActivityID(c.QueryParam("activity")), Limit: pageSize + 1}
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
	return address(path, "activity", string(f.Activity), "open", open, "before", pageEnd(last.IssueDate.String(), string(last.ID)))
}

// invoiceFile is a document with all that belongs to it.
type invoiceFile struct {
	Document    outbound.Document   `json:"document"`
	Activity    member.Activity     `json:"activity"`
	Member      member.Member       `json:"member"`
	Payments    []outbound.Payment  `json:"payments"`
	CreditNotes []outbound.Document `json:"credit_notes"`
	Postings    []postingLine       `json:"postings"`
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

// fileOf reads the document of the address, on one state of the books.
func (s server) fileOf(c echo.Context) (f invoiceFile, err error) {
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		var found bool
		id := contracts.InvoiceID(c.Param("id"))
		if f.Document, found, err = s.Store.Document(ctx, q, id); err != nil {
			return err
		}
		if !found {
			return web.NotFound("invoice")
		}
		if f.Activity, f.Member, _, err = s.Store.Activity(ctx, q, f.Document.Activity); err != nil {
			return err
		}
		if f.Payments, err = s.Store.Payments(ctx, q, id); err != nil {
			return err
		}
		if f.CreditNotes, err = s.Store.Credits(ctx, q, id); err != nil {
			return err
		}
		f.Postings, err = s.postings(ctx, q, f)
		return err
	})
	return f, err
}

// postings lists what the books say of the document and its payments.
func (s server) postings(ctx context.Context, q storage.Querier, f invoiceFile) ([]postingLine, error) {
	lines := []postingLine{}
	for _, r := range outbound.References(f.Document.Invoice.ID, f.Payments) {
		t, err := ledger.Find(ctx, q, r)
		if err != nil {
			return nil, err
		}
		for _, p := range t.Postings {
			lines = append(lines, postingLine{t.Date, t.Reference, t.Description, p.Account, s.accountNumber(p.Account), p.Amount})
		}
	}
	return lines, nil
}

func (s server) apiInvoice(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, f)
}

func (s server) apiPay(c echo.Context) error {
	var p struct {
		PaidOn contracts.Date  `json:"paid_on"`
		Amount contracts.Money `json:"amount"`
	}
	if err := web.BindJSON(c, &p); err != nil {
		return err
	}
	doc, err := s.Outbound.Pay(c.Request().Context(), contracts.InvoiceID(c.Param("id")), p.PaidOn, p.Amount)
	if err != nil {
		return orMissing(err, "invoice")
	}
	return answer(c, http.StatusCreated, doc)
}

func (s server) apiCredit(c echo.Context) error {
	var r struct {
		Net    *contracts.Money `json:"net,omitzero"` // without VAT; all that is left when it is not given
		Reason string           `json:"reason"`
	}
	if err := web.BindJSON(c, &r); err != nil {
		return err
	}
	note, err := s.Outbound.Credit(c.Request().Context(), contracts.InvoiceID(c.Param("id")), r.Net, r.Reason)
	if err != nil {
		return orMissing(err, "invoice")
	}
	return answer(c, http.StatusCreated, note)
}

// apiImport brings in a file of past invoices, or with dry_run=true says what would happen. Faults of lines are the answer of a
// rehearsal and the refusal of an import.
func (s server) apiImport(c echo.Context) error {
	if err := known(c, "dry_run"); err != nil {
		return err
	}
	dry, err := queryFlag(c, "dry_run")
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != "text/csv" {
		return contracts.Fault{Code: web.FaultContentType, Message: "the body is not announced as CSV", Remedy: "send Content-Type: text/csv"}
	}
	file, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	result, err := s.Outbound.Import(c.Request().Context(), file, dry, nil)
	if err != nil {
		return err
	}
	if !dry && result.Broken > 0 {
		return result.Faults
	}
	return answer(c, http.StatusOK, result)
}

func (s server) apiImportColumns(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	type column struct {
		Name     string `json:"name"`
		Required bool   `json:"required"`
		Means    string `json:"means"`
	}
	out := listOf[column]{Items: []column{}}
	for _, col := range outbound.Columns {
		out.Items = append(out.Items, column(col))
	}
	return answer(c, http.StatusOK, out)
}
