package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// creditPage is the form of a credit note, and the question before it is issued.
type creditPage struct {
	Document outbound.Document
	Left     contracts.Money
	Form     form
	Net      *contracts.Money // asked to confirm: this much is taken back
}

func (s server) credit(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	return s.showCredit(c, http.StatusOK, creditPage{Document: f.Document, Left: left(f), Form: blankForm("net", left(f).Fixed())})
}

func (s server) showCredit(c echo.Context, status int, p creditPage) error {
	number := p.Document.Invoice.Number
	l := web.LocaleOf(c)
	return s.render(c, status, "credit", web.Page{Title: l.T("Take back %s", number), Body: p,
		Crumbs: []web.Link{{Text: l.T("Invoices"), URL: "/invoices"}, {Text: number, URL: "/invoices/" + string(p.Document.Invoice.ID)}, {Text: l.T("Credit note")}}})
}

// issueCredit asks once more, then issues the credit note.
func (s server) issueCredit(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	p := creditPage{Document: f.Document, Left: left(f), Form: in}
	net := in.money("net", f.Document.Invoice.Currency)
	in.checkCredit(net, p.Left)
	if p.Form = in; len(in.Faults) > 0 {
		return s.showCredit(c, http.StatusUnprocessableEntity, p)
	}
	if in.get("confirmed") != "yes" {
		p.Net = &net
		return s.showCredit(c, http.StatusOK, p)
	}
	note, err := s.Outbound.Credit(c.Request().Context(), web.ScopeOf(c), f.Document.Invoice.ID, &net, in.get("reason"))
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/invoices/"+string(note.Invoice.ID)+"?done=credited")
	}
	if err := p.Form.refused(err); err != nil {
		return err
	}
	return s.showCredit(c, http.StatusUnprocessableEntity, p)
}

// checkCredit finds early what the feature would refuse, so that nobody is asked to confirm what cannot be done.
func (f *form) checkCredit(net, left contracts.Money) {
	if f.get("reason") == "" {
		f.Faults.Addf(contracts.FaultMissing, "reason", "say in a sentence why", "no reason")
	}
	if len(f.Faults) > 0 {
		return
	}
	if net.Sign() <= 0 || net.Amount.GreaterThan(left.Amount) {
		f.Faults.Addf(outbound.FaultTooMuch, "net", "take back at most "+left.String(), "%s cannot be taken back", net)
	}
}
