package boardpack

import (
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/paper"
	"passerelle/internal/web"
)

// Meeting is what a pack is for.
type Meeting struct {
	Title string         `json:"title,omitzero"`
	Day   contracts.Date `json:"day"`
	Since contracts.Date `json:"since,omitzero"` // day of the meeting before: its decisions and all later ones are in the pack
}

// Pack is what both files of a meeting are made from.
type Pack struct {
	Meeting
	State
}

// New makes the pack of a meeting from the data of a moment, with what the board may see of them.
func New(m Meeting, d Data) (Pack, error) {
	s, err := d.ForTheBoard().State()
	if err != nil {
		return Pack{}, err
	}
	if m.Since.IsZero() {
		for _, decision := range s.Books.Decisions {
			if decision.Meeting.Before(m.Day) && decision.Meeting.After(m.Since) {
				m.Since = decision.Meeting
			}
		}
	}
	return Pack{m, s}, nil
}

// booklet is the PDF being written in a language.
type booklet struct {
	*paper.Sheet
	Pack
	l        *web.Locale
	chapters []chapter
}

// chapter is a line of the table of contents.
type chapter struct {
	title string
	page  int
}

// PDF is the pack on paper. The same pack gives the same bytes.
func (p Pack) PDF(l *web.Locale) ([]byte, error) {
	first := p.write(l, nil) // to learn on which page each chapter begins
	if first.Err() {
		return nil, fmt.Errorf("write the board's pack: %w", first.Error())
	}
	return p.write(l, first.chapters).Bytes()
}

func (p Pack) write(l *web.Locale, contents []chapter) *booklet {
	title := l.T("European investments")
	b := &booklet{Sheet: paper.New(title+" – "+l.Date(p.Day), l.Code(), "Passerelle", contracts.DateOf(p.AsOf)), Pack: p, l: l}
	b.Foot = l.T("Board pack of %s, as of %s", l.Date(p.Meeting.Day), l.Instant(p.AsOf))
	if p.Invented() {
		b.Foot += " · " + l.T("Holds invented data")
	}
	b.cover(title, contents)
	b.europe()
	for _, c := range p.Countries {
		b.country(c)
	}
	b.decisions()
	b.conditions()
	b.warnings()
	b.published()
	b.sources()
	return b
}

// begin opens a chapter on a new page.
func (b *booklet) begin(title string) {
	b.AddPage()
	b.follow(title)
}

// follow opens a chapter, on the page before it where there is room for some of it.
func (b *booklet) follow(title string) {
	if b.GetY() > paper.Height-80 {
		b.AddPage()
	}
	if b.GetY() > 20 {
		b.Ln(6)
	}
	b.chapters = append(b.chapters, chapter{title, b.PageNo()})
	b.Bookmark(title, 0, -1)
	b.Pen(15, "B", paper.Black)
	b.MultiCell(paper.Inside, 7, title, "", "L", false)
	b.Ln(1)
}

// note is a remark under a title or a picture.
func (b *booklet) note(words string) {
	if words == "" {
		return
	}
	b.Paragraph(8, paper.Grey, words)
	b.Ln(1)
}

// mark is a frame around words that must not be overlooked.
func (b *booklet) mark(words string) {
	b.Pen(8, "B", paper.Black)
	width := b.GetStringWidth(words) + 5
	b.SetDrawColor(amber[0], amber[1], amber[2])
	b.SetFillColor(255, 244, 214)
	b.SetLineWidth(.3)
	b.CellMargin(2.5, func() { b.CellFormat(width, 5.2, words, "1", 1, "L", true, 0, "") })
	b.Ln(1.5)
}

// CellMargin sets words apart from the frame around them.
func (b *booklet) CellMargin(margin float64, do func()) {
	b.SetCellMargin(margin)
	do()
	b.SetCellMargin(0)
}

func (b *booklet) cover(title string, contents []chapter) {
	b.Ln(30)
	b.Pen(10, "", paper.Grey)
	b.CellFormat(paper.Inside, 5, "Passerelle", "", 1, "L", false, 0, "")
	b.Ln(3)
	b.Pen(30, "B", paper.Black)
	b.MultiCell(paper.Inside, 12, title, "", "L", false)
	b.Ln(2)
	b.Pen(14, "", paper.Black)
	b.MultiCell(paper.Inside, 7, b.l.T("Board meeting of %s", b.l.Date(b.Meeting.Day)), "", "L", false)
	if b.Title != "" {
		b.Pen(12, "", paper.Grey)
		b.MultiCell(paper.Inside, 6, b.Title, "", "L", false)
	}
	b.Ln(8)
	if b.Invented() {
		b.mark(b.l.T("Holds invented data"))
		b.note(b.l.T("Figures marked as example or demonstration are invented to show how things work; nobody published them."))
		b.Ln(4)
	}
	b.Row(b.l.T("As of"), "", b.l.Instant(b.AsOf), b.l.T("What was written by this moment, and nothing later. From the same data the same pack can be made again, byte for byte."))
	b.Row(b.l.T("Language"), "", b.l.Name, "")
	b.Row(b.l.T("Made from"), "", b.madeFrom(), "")
	b.Ln(6)
	b.Part(b.l.T("Contents"), "")
	for _, c := range contents {
		b.Pen(9.5, "", paper.Black)
		b.CellFormat(paper.Inside-15, 5.4, c.title, "", 0, "L", false, 0, "")
		b.CellFormat(15, 5.4, fmt.Sprint(c.page), "", 1, "R", false, 0, "")
	}
}

func (b *booklet) madeFrom() string {
	reports := 0
	for _, r := range b.Reports {
		if r.Newest {
			reports++
		}
	}
	return b.l.T("%d entries of the board's book", len(b.Entries)) + "; " + b.l.T("%d monthly reports", reports) + "; " + b.l.T("%d published tables", len(b.Published))
}

// published tables of a year stand as they were printed.
func (b *booklet) published() {
	if len(b.Published) == 0 {
		return
	}
	b.begin(b.l.T("Published figures"))
	for _, f := range b.Published {
		b.Part(fmt.Sprint(f.Year), "")
		b.note(b.l.T("Source: %s", f.Source))
		b.printed(f.Table.Columns, f.Table.Rows)
	}
}

func (b *booklet) sources() {
	b.follow(b.l.T("Sources and how it is reckoned"))
	for _, text := range []string{
		b.l.T("Plan, decisions and payments are the board's own book at the hub: what was entered, by day, with the votes and the minutes behind it."),
		b.l.T("Turnover and contribution come from the ledgers of the national co-operatives, by their signed monthly reports; costs, users and staff are what their accountants report. A month of fewer than five active members is not shown."),
		b.l.T("Coverage is contribution income over operating costs, of twelve months in a row. 100% is balance: what members contribute pays for what the co-operative costs."),
		b.l.T("Months to balance follow from a straight line through the coverage of each month, the season taken out. The band holds the truth in 8 of 10 cases, if things go on as they did."),
		b.l.T("Published figures stand as they were printed, with the report they come from."),
	} {
		b.Paragraph(8.5, paper.Black, text)
		b.Ln(1.8)
	}
}

// instant writes a moment as programs do.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
