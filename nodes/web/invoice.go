package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// invoicePage is one document: as its buyer sees it, and beside it what only the co-operative sees.
type invoicePage struct {
	invoiceFile
	Paper   paper
	Today   contracts.Date
	Left    contracts.Money // of an invoice: not yet taken back, without VAT
	Payment form
	Said    string
	Pays    bool // whoever looks may record a payment
	Credits bool // and issue a credit note
	Ways    []parcelLine
	FacturX bool // the PDF is the e-invoice too
}

// paper is a document as it is printed; that of a demonstration says so, wherever the paper goes.
type paper struct {
	outbound.Document
	Demonstration bool
}

// said are the sentences shown once after something was done.
var said = map[string]web.Words{
	"issued":    "Issued. The buyer's document is below; the books and the message to the hub are written.",
	"paid":      "The payment is booked.",
	"credited":  "The credit note is issued and booked.",
	"added":     "Added.",
	"deleted":   "The draft is thrown away.",
	"corrected": "Corrected.",
	"leaving":   "What is no invoice data is erased. The rest goes when the law lets go of it.",
	"erased":    "Erased.",
	"confirmed": "Signed. It reaches the board with the next message.",
	"given":     "Signed and on its way to the board.",
	"again":     "It is sent again, under the same name.",
	"filed":     "The report is filed; it reaches the hub with the next message.",
}

func (s server) invoice(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	payment := blankForm("paid_on", s.today().String(), "amount", f.Document.Open.Fixed())
	return s.showInvoice(c, http.StatusOK, f, payment)
}

func (s server) showInvoice(c echo.Context, status int, f invoiceFile, payment form) error {
	p := invoicePage{invoiceFile: f, Paper: s.paper(f.Document), Today: s.today(), Left: left(f), Payment: payment, Said: web.LocaleOf(c).T(said[c.QueryParam("done")])}
	p.Pays, p.Credits = cashiers.Lets(web.PrincipalOf(c)), correctors.Lets(web.PrincipalOf(c))
	l := web.LocaleOf(c)
	for _, k := range f.Parcels {
		p.Ways = append(p.Ways, parcelOf(k, l))
		p.FacturX = p.FacturX || isFacturX(k)
	}
	title := l.T("Invoice %s", f.Document.Invoice.Number)
	if f.Document.Kind == outbound.KindCreditNote {
		title = l.T("Credit note %s", f.Document.Invoice.Number)
	}
	return s.render(c, status, "invoice", web.Page{Title: title, Body: p, Badges: stateBadges(f.Document, p.Today),
		Crumbs: []web.Link{{Text: l.T("Invoices"), URL: "/invoices"}, {Text: f.Document.Invoice.Number}}})
}

func (s server) paper(d outbound.Document) paper {
	return paper{d, s.Outbound.Seller.Demonstration}
}

// left is what of an invoice no credit note has taken back, without VAT.
func left(f invoiceFile) contracts.Money {
	m := f.Document.Invoice.Totals.TaxExclusive
	for _, n := range f.CreditNotes {
		m.Amount = m.Amount.Sub(n.Invoice.Totals.TaxExclusive.Amount)
	}
	return m
}

// stateBadges says in a word or two how a document stands.
func stateBadges(d outbound.Document, today contracts.Date) []web.Badge {
	var badges []web.Badge
	switch {
	case d.Kind == outbound.KindCreditNote:
		badges = append(badges, web.Badge{Text: "Credit note"})
	case d.Open.Sign() < 0:
		badges = append(badges, web.Badge{Kind: "warn", Text: "Owed to the buyer"})
	case d.Open.IsZero():
		badges = append(badges, web.Badge{Kind: "live", Text: "Settled"})
	case d.Invoice.DueDate.Before(today):
		badges = append(badges, web.Badge{Kind: "warn", Text: "Overdue"})
	default:
		badges = append(badges, web.Badge{Kind: "report", Text: "Open"})
	}
	if d.Origin == outbound.Imported {
		badges = append(badges, web.Badge{Text: "Taken over from an earlier system"})
	}
	return badges
}

func (s server) recordPayment(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	on, amount := in.date("paid_on"), in.money("amount", f.Document.Invoice.Currency)
	if len(in.Faults) == 0 {
		_, err = s.Outbound.Pay(c.Request().Context(), web.ScopeOf(c), f.Document.Invoice.ID, on, amount)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/invoices/"+string(f.Document.Invoice.ID)+"?done=paid")
		}
		if err := in.refused(err); err != nil {
			return err
		}
	}
	return s.showInvoice(c, http.StatusUnprocessableEntity, f, in)
}
