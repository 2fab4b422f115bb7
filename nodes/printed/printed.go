// Package printed is the invoice on paper: a PDF in the buyer's language with what the seller's law asks of a letterhead, the
// account and reference to pay with, the code that a banking app scans, and the e-invoice inside. It is PDF/A-3a, tagged, and a
// Factur-X or ZUGFeRD invoice when the e-invoice is CII. The same document gives the same bytes. It adds nothing up and decides nothing:
// what it prints is what was issued.
package printed

import (
	"fmt"
	"strings"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/paper"
	"passerelle/internal/web"
)

// Document is an issued invoice or credit note, and what goes with it.
type Document struct {
	contracts.Invoice
	Corrects      string // number of the invoice that a credit note takes back; empty for an invoice
	Reason        string // of a credit note
	Demonstration bool   // the paper says that it is not real
	Attached      []File // the e-invoice, as it was sent

	Asked contracts.Money // what the buyer transfers, where it keeps back a part of what is payable; else nothing, or all
}

// File is an e-invoice inside the PDF.
type File struct {
	Name    string // of the file; CII has the name that Factur-X gives it
	Format  string // by name, as passerelle invoice write knows it
	Content []byte
}

// PDF prints the document.
func PDF(d Document) ([]byte, error) {
	if d.Asked.IsZero() {
		d.Asked = d.Totals.Payable
	}
	p := page{Document: d, l: web.LocaleNamed(d.Buyer.Language)}
	p.Sheet = paper.New(p.title()+" "+d.Number, p.l.Code(), d.Seller.Name, d.IssueDate)
	p.Tag()
	p.Foot = p.fit(8, "", d.Seller.Name+" · "+p.title()+" "+d.Number, paper.Inside-24)
	p.letterhead()
	p.parties()
	p.lines()
	p.sums()
	p.legal()
	p.pay()
	p.notes()
	b, err := p.Archived(p.inside())
	if err != nil {
		return nil, fmt.Errorf("print %s: %w", d.Number, err)
	}
	return b, nil
}

// page is a document on its way to paper.
type page struct {
	*paper.Sheet
	Document
	l *web.Locale
}

func (p page) isCredit() bool { return p.Corrects != "" }

func (p page) title() string {
	if p.isCredit() {
		return p.l.T("Credit note")
	}
	return p.l.T("Invoice")
}

// bottom is where the foot begins.
const bottom = paper.Height - 20

// block writes lines of text in a column from a place, and returns where it ends.
func (p page) block(x, y, width, size float64, shade int, align string, texts ...string) float64 {
	p.Pen(size, "", shade)
	for _, text := range texts {
		if text == "" {
			continue
		}
		p.SetXY(x, y)
		p.MultiCell(width, size*.47, text, "", align, false)
		y = p.GetY()
	}
	return y
}

// fit shortens a text to a width in a type.
func (p page) fit(size float64, style, text string, width float64) string {
	p.Pen(size, style, paper.Black)
	r := []rune(text)
	for len(r) > 1 && p.GetStringWidth(string(r)) > width {
		r = append(r[:len(r)-2], '…')
	}
	return string(r)
}

// letterhead is who sells, with the numbers and mentions that its law wants on each document, beside what the document is.
func (p page) letterhead() {
	const half = 96
	y := p.GetY()
	p.Pen(13, "B", paper.Black)
	p.MultiCell(half, 6, p.Seller.Name, "", "L", false)
	who := append(p.address(p.Seller.Address), p.numbers(p.Seller)...)
	low := p.block(paper.Left, p.GetY()+.8, half, 8.5, paper.Grey, "L", append(who, p.letterNotes()...)...)
	p.SetXY(paper.Left+half+4, y)
	p.Pen(19, "B", paper.Black)
	p.In("H1", func() { p.MultiCell(paper.Inside-half-4, 8, p.title(), "", "R", false) })
	right := p.block(paper.Left+half+4, p.GetY(), paper.Inside-half-4, 12, paper.Black, "R", p.Number)
	if p.Demonstration {
		right = p.block(paper.Left+half+4, right+1, paper.Inside-half-4, 9, paper.Grey, "R", strings.ToUpper(p.l.T("Demonstration")))
	}
	p.SetXY(paper.Left, max(low, right, 52))
}

// letterNotes are short mentions, which stand in the letterhead; longer ones stand at the end.
func (p page) letterNotes() (short []string) {
	for _, n := range p.Notes {
		if len([]rune(n)) <= shortNote {
			short = append(short, n)
		}
	}
	return short
}

const shortNote = 80

func (p page) address(a contracts.Address) []string {
	return []string{a.Street, strings.TrimSpace(a.PostalCode + " " + a.Town), p.l.Country(a.Country)}
}

func (p page) numbers(who contracts.Party) (all []string) {
	if who.VATID != "" {
		all = append(all, p.l.T("VAT %s", who.VATID))
	}
	for _, r := range who.Registrations {
		all = append(all, strings.TrimSpace(adapters.Atlas().SchemeName(r.Scheme)+" "+r.Value))
	}
	return all
}

// parties is the buyer, where a window envelope shows him, beside the dates and references.
func (p page) parties() {
	const half = 92
	p.Ln(3)
	y := p.GetY()
	low := p.block(paper.Left, y, half, 8.5, paper.Grey, "L", p.l.T("Billed to"))
	p.SetXY(paper.Left, low+.6)
	p.Pen(10.5, "B", paper.Black)
	p.MultiCell(half, 5, p.Buyer.Name, "", "L", false)
	low = p.block(paper.Left, p.GetY(), half, 9.5, paper.Black, "L", p.address(p.Buyer.Address)...)
	low = p.block(paper.Left, low+.6, half, 8.5, paper.Grey, "L", p.numbers(p.Buyer)...)
	p.SetY(y)
	for _, f := range p.facts() {
		p.fact(paper.Left+half+8, f[0], f[1])
	}
	p.SetXY(paper.Left, max(low, p.GetY())+6)
}

// facts are the dates and references with their labels; what is not there is left out.
func (p page) facts() (all [][2]string) {
	l := p.l
	add := func(label, value string) {
		if value != "" {
			all = append(all, [2]string{label, value})
		}
	}
	add(l.T("Issued"), l.Date(p.IssueDate))
	add(l.T("Supplied"), l.Date(p.SupplyDate))
	if p.isCredit() {
		add(l.T("Takes back"), p.Corrects)
	} else {
		add(l.T("Due"), l.Date(p.DueDate))
	}
	if p.PerformedIn != "" {
		add(l.T("Performed in"), l.Country(p.PerformedIn))
	}
	add(l.T("Your order"), p.OrderReference)
	add(l.T("Your reference"), p.BuyerReference)
	return all
}

func (p page) fact(x float64, label, value string) {
	const labelWidth = 30
	y := p.GetY()
	p.In("P", func() {
		low := p.block(x, y, labelWidth-2, 8.5, paper.Grey, "L", label)
		p.SetXY(x, max(low, p.block(x+labelWidth, y, paper.Width-paper.Right-x-labelWidth, 9.5, paper.Black, "L", value))+.8)
	})
}

// FileName keeps of a number what a file may be called on any system.
func FileName(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '-', r == '_':
			return r
		}
		return '-'
	}, number)
}
