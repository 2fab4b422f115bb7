package printed

import (
	"strings"

	"passerelle/adapters/format/payment"
	"passerelle/contracts"
	"passerelle/internal/paper"
	"passerelle/internal/web"
)

// columns of the lines: what, how much, the price of one, VAT, the amount. All but the first stand at the right.
var columns = [...]float64{80, 28, 22, 15, 25}

const (
	lineHeight = 4.5
	lineSize   = 9.5
)

// lines is the table of what was sold; on each further page its head stands again.
func (p page) lines() {
	p.In("Table", func() {
		p.In("TR", p.tableHead)
		for _, line := range p.Invoice.Lines {
			p.In("TR", func() { p.line(line) })
		}
	})
}

func (p page) tableHead() {
	p.Pen(8.5, "", paper.Grey)
	heads := [...]string{p.l.T("What was done"), p.l.T("Quantity"), p.l.T("Price"), p.l.T("VAT"), string(p.Currency)}
	for i, head := range heads {
		p.Into(p.Element("TH", "/A <</O /Table /Scope /Column>>"), func() {
			p.CellFormat(columns[i], 5, p.fit(8.5, "", head, columns[i]-1), "", 0, side(i), false, 0, "")
		})
	}
	p.Ln(5.6)
	p.rule(paper.Black)
	p.Ln(1.4)
}

func side(column int) string {
	if column == 0 {
		return "L"
	}
	return "R"
}

func (p page) rule(shade int) {
	p.SetDrawColor(shade, shade, shade)
	p.SetLineWidth(.25)
	p.Line(paper.Left, p.GetY(), paper.Width-paper.Right, p.GetY())
}

// line writes one thing sold, on one page when it is short; a long description goes on over as many lines, and pages, as it needs.
func (p page) line(line contracts.Line) {
	p.Pen(lineSize, "", paper.Black)
	says := p.SplitText(line.Description, columns[0]-3)
	together := lineHeight * float64(min(len(says), 8))
	what := p.Element("TD", "")
	for i, text := range says {
		if p.GetY()+max(lineHeight, together) > bottom-4 {
			p.AddPage()
			p.Aside(p.tableHead)
		}
		p.Pen(lineSize, "", paper.Black)
		p.Into(what, func() { p.CellFormat(columns[0], lineHeight, text, "", 0, "L", false, 0, "") })
		if i == 0 {
			p.figures(line)
		}
		p.Ln(lineHeight)
		together = 0
	}
	p.Ln(1.2)
	p.rule(paper.Faint)
	p.Ln(1.2)
}

func (p page) figures(line contracts.Line) {
	quantity := p.l.Decimal(line.Quantity.Decimal, places(line.Quantity, 0))
	if unit := UnitName(line.Unit); unit != "" {
		quantity += " " + p.l.T(unit)
	}
	vat := string(line.Tax.Category)
	if line.Tax.Category == contracts.StandardRated {
		vat = p.l.Percent(line.Tax.Rate.Decimal, 2)
	}
	for i, text := range []string{quantity, p.l.Decimal(line.Price.Decimal, places(line.Price, 2)), vat, p.l.Amount(line.Net)} {
		p.In("TD", func() {
			p.CellFormat(columns[i+1], lineHeight, p.fit(lineSize, "", text, columns[i+1]), "", 0, "R", false, 0, "")
		})
	}
}

// places are the decimals that a number is written with: all it has, and at least so many.
func places(d contracts.Decimal, least int32) int32 {
	for d.Decimal.Round(least).Cmp(d.Decimal) != 0 {
		least++
	}
	return least
}

// sums are the totals and the VAT of each rate, kept together on a page.
func (p page) sums() {
	rows := p.sumRows()
	p.room(float64(len(rows))*5.5 + 14)
	p.Ln(2)
	for _, r := range rows {
		p.sum(r[0], r[1], 9.5, "")
	}
	label := p.l.T("To pay")
	if p.isCredit() {
		label = p.l.T("To your credit")
	}
	p.sum(label, p.l.Money(p.Asked), 12, "B")
	if tax := p.AccountingTax; tax != nil {
		p.sum(p.l.T("VAT in the seller's currency"), p.l.Money(*tax), 8.5, "")
	}
	p.Ln(4)
}

func (p page) sumRows() [][2]string {
	l := p.l
	rows := [][2]string{{l.T("Without VAT"), l.Money(p.Totals.TaxExclusive)}}
	for _, b := range p.Totals.Breakdown {
		label := l.T("VAT, %s", l.T(CategoryName(b.Category)))
		if b.Category == contracts.StandardRated {
			label = l.T("VAT %s of %s", l.Percent(b.Rate.Decimal, 2), l.Amount(b.Taxable))
		}
		rows = append(rows, [2]string{label, l.Money(b.Amount)})
	}
	if !p.Asked.Equal(p.Totals.Payable) { // a mention says what is kept back
		rows = append(rows, [2]string{l.T("With VAT"), l.Money(p.Totals.TaxInclusive)})
	}
	return rows
}

func (p page) sum(label, value string, size float64, style string) {
	const labels, values = 62.0, 44.0
	p.SetX(paper.Width - paper.Right - labels - values)
	y := p.GetY()
	p.In("P", func() {
		p.Pen(size, style, paper.Black)
		p.MultiCell(labels, size*.55, label, "", "L", false)
		low := p.GetY()
		p.SetXY(paper.Width-paper.Right-values, y)
		p.CellFormat(values, size*.55, value, "", 0, "R", false, 0, "")
		p.SetXY(paper.Left, max(low, y+size*.55)+.6)
	})
}

// room begins a new page when there is less than so much left on this.
func (p page) room(height float64) {
	if p.GetY()+height > bottom {
		p.AddPage()
	}
}

// legal is why no VAT is charged, in the words of the law, and why a credit note was given.
func (p page) legal() {
	var texts []string
	if p.Reason != "" {
		texts = append(texts, p.Reason)
	}
	for _, b := range p.Totals.Breakdown {
		text := b.Reason
		if text != "" && b.ReasonCode != "" {
			text += " (" + b.ReasonCode + ")"
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	for _, text := range texts {
		p.room(10)
		p.Paragraph(9.5, paper.Black, text)
		p.Ln(1)
	}
}

// pay says how to pay, beside the code that does it. A credit note asks for nothing.
func (p page) pay() {
	if p.isCredit() || p.PayTo == "" || !p.Asked.Amount.IsPositive() {
		return
	}
	asked := p.Invoice
	asked.Totals.Payable = p.Asked
	const size = 32.0
	p.room(size + 14)
	p.Ln(3)
	reference := payment.Reference(p.Invoice)
	y, x, width := p.GetY(), paper.Left, paper.Inside
	if code := payment.Code(asked, reference); code != "" {
		p.Figure(p.l.T("Pay by scanning (SEPA)"), paper.Left, y+1, size, size, func() { p.Square(code, paper.Left, y+1, size) })
		p.block(paper.Left, y+size+2.4, size+10, 7.5, paper.Grey, "L", p.l.T("Pay by scanning (SEPA)"))
		x, width = paper.Left+size+7, paper.Inside-size-7
	}
	p.SetY(y + 1)
	for _, row := range [][2]string{
		{p.l.T("To pay"), p.l.Money(p.Asked)}, {p.l.T("Due"), p.l.Date(p.DueDate)}, {p.l.T("Payee"), p.Seller.Name},
		{p.l.T("Account (IBAN)"), payment.Groups(p.PayTo)}, {p.l.T("Please quote"), payment.Groups(reference)},
	} {
		p.payRow(x, width, row[0], row[1])
	}
	low := p.GetY()
	if x > paper.Left {
		low = max(low, y+size+6)
	}
	p.SetXY(paper.Left, low+3)
}

func (p page) payRow(x, width float64, label, value string) {
	const labels = 36
	y := p.GetY()
	p.In("P", func() {
		low := p.block(x, y+.4, labels-2, 8.5, paper.Grey, "L", label)
		p.SetXY(x+labels, y)
		p.Pen(10.5, "B", paper.Black)
		p.MultiCell(width-labels, 5, value, "", "L", false)
		p.SetXY(x, max(low, p.GetY())+.8)
	})
}

// notes are the mentions too long for the letterhead.
func (p page) notes() {
	for _, n := range p.Notes {
		if len([]rune(n)) > shortNote {
			p.Paragraph(8.5, paper.Grey, n)
			p.Ln(.8)
		}
	}
	if files, _ := p.inside(); len(files) > 0 {
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
		}
		if p.GetY() < bottom-4 { // no page is begun for it
			p.Paragraph(8, paper.Grey, p.l.T("The e-invoice is inside this file: %s", strings.Join(names, ", ")))
		}
	}
}

// categoryNames says a VAT category in words.
var categoryNames = map[contracts.TaxCategory]web.Words{
	contracts.StandardRated: "VAT charged",
	contracts.ZeroRated:     "Zero-rated",
	contracts.Exempt:        "Exempt",
	contracts.ReverseCharge: "Reverse charge",
	contracts.IntraEUGoods:  "Intra-EU goods",
	contracts.ExportGoods:   "Export",
	contracts.OutsideScope:  "Outside the scope of VAT",
}

// CategoryName says a VAT category in words.
func CategoryName(c contracts.TaxCategory) web.Words { return categoryNames[c] }

// choices are codes with their names.
type choices []struct {
	Code string
	Name web.Words
}

// Units are those of the invoice form: UN/ECE Recommendation 20.
var Units = choices{{"DAY", "days"}, {"HUR", "hours"}, {"C62", "units"}, {"LS", "lump sum"}, {"KMT", "kilometres"}}

// UnitName is the name of a unit beside a quantity; pieces have none.
func UnitName(code string) web.Words {
	if code == "C62" {
		return ""
	}
	for _, u := range Units {
		if u.Code == code {
			return u.Name
		}
	}
	return code
}
