package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// newInvoice shows an empty form; the address may name the activity or the buyer.
func (s server) newInvoice(c echo.Context) error {
	if err := known(c, "activity", "buyer"); err != nil {
		return err
	}
	f := blankForm("supply_date", s.today().String(), "buyer_id", c.QueryParam("buyer"), "buyer.kind", string(contracts.Business), "buyer.address.country", string(s.adapter().Code))
	if id := member.ActivityID(c.QueryParam("activity")); id != "" {
		a, _, _, err := s.Store.Activity(c.Request().Context(), s.db(), id)
		if err != nil {
			return err
		}
		f.values.Set("activity", a.Reference)
	}
	return s.showDraftForm(c, http.StatusOK, "", f)
}

func (s server) editDraft(c echo.Context) error {
	d, err := s.draftOf(c)
	if err != nil {
		return err
	}
	a, _, _, err := s.Store.Activity(c.Request().Context(), s.db(), d.Activity)
	if err != nil {
		return err
	}
	return s.showDraftForm(c, http.StatusOK, c.Param("id"), formOf(d, a.Reference))
}

func (s server) showDraftForm(c echo.Context, status int, id string, f form) error {
	p := draftPage{Form: f, ID: id}
	shown := max(linesShown, countLines(&f))
	if n, err := strconv.Atoi(f.get("shown")); err == nil && n > shown {
		shown = min(n, mostLines)
	}
	for i := range shown {
		p.Lines = append(p.Lines, i)
	}
	if err := s.choices(c.Request().Context(), web.LocaleOf(c), &p); err != nil {
		return err
	}
	title, crumbs := "New invoice", []web.Link{{Text: "Invoices", URL: "/invoices"}, {Text: "New"}}
	if id != "" {
		title, crumbs = "Change the draft", []web.Link{{Text: "Drafts", URL: "/drafts"}, {Text: "Draft", URL: "/drafts/" + id}, {Text: "Change"}}
	}
	return s.render(c, status, "draftform", web.Page{Title: title, Body: p, Crumbs: crumbs,
		Lead: "Say what was done for whom. VAT, contribution and the day the member is paid follow from the rules; you see them before anything is issued."})
}

// writeDraft keeps what was typed as a draft and goes on to its preview. A new buyer is saved when all else is right.
func (s server) writeDraft(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	if id != "" {
		if _, err := s.draftOf(c); err != nil {
			return err
		}
	}
	if in.get("do") == "lines" {
		compact(&in)
		n := max(linesShown, countLines(&in))
		in.values.Set("shown", strconv.Itoa(min(n+linesShown, mostLines)))
		return s.showDraftForm(c, http.StatusOK, id, in)
	}
	d, err := s.readDraft(c, &in)
	if err != nil {
		return err
	}
	if len(in.Faults) == 0 {
		saved, err := s.saveDraft(c.Request().Context(), id, d)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/drafts/"+saved)
		}
		if err := in.refused(err); err != nil {
			return err
		}
	}
	return s.showDraftForm(c, http.StatusUnprocessableEntity, id, in)
}

func (s server) saveDraft(ctx context.Context, id string, d outbound.Draft) (string, error) {
	if _, err := s.Outbound.Preview(ctx, d); err != nil {
		return "", err
	}
	if d.BuyerID == "" {
		buyer, err := s.SaveBuyer(ctx, d.Buyer)
		if err != nil {
			return "", at("buyer", err)
		}
		d.BuyerID, d.Buyer = buyer, contracts.Party{}
	}
	return s.Outbound.SaveDraft(ctx, id, d)
}

// mostDrafts is how many drafts are listed.
const mostDrafts = 200

// draftLine is a draft in the list, as it would be issued today. A draft that has become impossible, because its day lies
// before its due date or its buyer is gone, says why.
type draftLine struct {
	ID      string
	Draft   outbound.Draft
	Preview outbound.Document
	Problem string
}

func (s server) drafts(c echo.Context) error {
	if err := known(c, "done"); err != nil {
		return err
	}
	rows, err := s.Store.Drafts(c.Request().Context(), s.db(), mostDrafts)
	if err != nil {
		return err
	}
	lines := make([]draftLine, len(rows))
	for i, r := range rows {
		if lines[i], err = s.draftLine(c.Request().Context(), r); err != nil {
			return err
		}
	}
	return s.render(c, http.StatusOK, "drafts", web.Page{Title: "Drafts", Lead: "What is being written. A draft has no number and is in no books; issuing turns it into an invoice.",
		Body: struct {
			Lines []draftLine
			Said  string
		}{lines, said[c.QueryParam("done")]}})
}

func (s server) draftLine(ctx context.Context, r store.DraftRow) (draftLine, error) {
	l := draftLine{ID: r.ID, Draft: r.Draft}
	preview, err := s.Outbound.Preview(ctx, r.Draft)
	if err == nil {
		l.Preview = preview
		return l, nil
	}
	if !contracts.IsFault(err) {
		return l, err
	}
	l.Problem = contracts.FaultsOf(err)[0].Error()
	return l, nil
}

// previewPage is a draft as the invoice it would become, before the button that cannot be taken back.
type previewPage struct {
	ID       string
	Document outbound.Document
	Activity member.Activity
	Member   member.Member
	Faults   contracts.Faults
	Today    contracts.Date
}

func (s server) draftOf(c echo.Context) (d outbound.Draft, err error) {
	d, found, err := s.Store.Draft(c.Request().Context(), s.db(), c.Param("id"))
	if err == nil && !found {
		err = errGone
	}
	return d, err
}

// errGone answers for a draft that is not there; a second click on "Issue" lands here.
var errGone = contracts.Fault{Code: web.FaultNotFound, Message: "there is no such draft: it was issued or thrown away", Remedy: "look among the newest invoices"}

func (s server) draft(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	return s.showDraft(c, http.StatusOK, nil)
}

func (s server) showDraft(c echo.Context, status int, refused contracts.Faults) error {
	d, err := s.draftOf(c)
	if err != nil {
		return err
	}
	p := previewPage{ID: c.Param("id"), Faults: refused, Today: s.today()}
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		p.Activity, p.Member, _, err = s.Store.Activity(ctx, q, d.Activity)
		return err
	})
	if err != nil {
		return err
	}
	if p.Document, err = s.Outbound.Preview(c.Request().Context(), d); err != nil {
		if !contracts.IsFault(err) {
			return err
		}
		p.Faults = contracts.FaultsOf(err)
	}
	return s.render(c, status, "preview", web.Page{Title: "Check before issuing", Body: p, Badges: []web.Badge{{Text: "Draft"}},
		Crumbs: []web.Link{{Text: "Drafts", URL: "/drafts"}, {Text: "Draft"}},
		Lead:   "So it would be issued today. Nothing has a number yet, nothing is in the books, nobody was told."})
}

func (s server) issueDraft(c echo.Context) error {
	doc, err := s.Outbound.IssueDraft(c.Request().Context(), c.Param("id"))
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/invoices/"+string(doc.Invoice.ID)+"?done=issued")
	}
	if contracts.IsFault(err) {
		return s.showDraft(c, http.StatusUnprocessableEntity, contracts.FaultsOf(err))
	}
	if orMissing(err, "draft") != err {
		return errGone
	}
	return err
}

func (s server) deleteDraft(c echo.Context) error {
	if err := s.Outbound.DeleteDraft(c.Request().Context(), c.Param("id")); err != nil {
		if orMissing(err, "draft") != err {
			return errGone
		}
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/drafts?done=deleted")
}
