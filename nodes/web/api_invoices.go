package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

func (s server) apiIssue(c echo.Context) error {
	var d outbound.Draft
	if err := bind(c, &d); err != nil {
		return err
	}
	if err := s.noteActivity(c, d.Activity); err != nil {
		return err
	}
	doc, err := s.Outbound.Issue(c.Request().Context(), web.ScopeOf(c), d)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, doc)
}

func (s server) apiInvoices(c echo.Context) error {
	if err := web.KnownQuery(c, "activity", "open", "before"); err != nil {
		return err
	}
	f, err := documentFilter(c)
	if err != nil {
		return err
	}
	rows, err := s.Store.Documents(c.Request().Context(), s.db(), web.ScopeOf(c), f)
	if err != nil {
		return err
	}
	rows, more := page(rows)
	if err := web.Saw(c, sightsOf(rows, sightOfDocument)...); err != nil {
		return err
	}
	out := listOf[outbound.Document]{Items: rows}
	if more {
		out.Next = nextDocuments("/api/invoices", f, rows)
	}
	return answer(c, http.StatusOK, out)
}

func (s server) apiInvoice(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, f)
}

type newPayment struct {
	PaidOn contracts.Date  `json:"paid_on"`
	Amount contracts.Money `json:"amount"`
}

func (s server) apiPay(c echo.Context) error {
	var p newPayment
	if err := bind(c, &p); err != nil {
		return err
	}
	if err := s.noteInvoice(c); err != nil {
		return err
	}
	doc, err := s.Outbound.Pay(c.Request().Context(), web.ScopeOf(c), contracts.InvoiceID(c.Param("id")), p.PaidOn, p.Amount)
	if err != nil {
		return orMissing(err, "invoice")
	}
	return answer(c, http.StatusCreated, doc)
}

type newCredit struct {
	Net    *contracts.Money `json:"net,omitzero"` // without VAT; all that is left when it is not given
	Reason string           `json:"reason"`
}

func (s server) apiCredit(c echo.Context) error {
	var r newCredit
	if err := bind(c, &r); err != nil {
		return err
	}
	if err := s.noteInvoice(c); err != nil {
		return err
	}
	note, err := s.Outbound.Credit(c.Request().Context(), web.ScopeOf(c), contracts.InvoiceID(c.Param("id")), r.Net, r.Reason)
	if err != nil {
		return orMissing(err, "invoice")
	}
	return answer(c, http.StatusCreated, note)
}
