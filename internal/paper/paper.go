// Package paper writes documents on A4 as PDF: headings, blocks, labels beside values, paragraphs, a footer with page numbers. The same input gives
// the same bytes. It is the writing alone and knows nothing of what is written; what it cannot do, the library beneath does;
// what neither asks of a document to keep, PDF/A-3 and its structure, it writes around the library's pages.
package paper

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"passerelle/contracts"
)

// A4 with margins for a hole punch, in millimetres.
const (
	Width, Height    = 210.0, 297.0
	Left, Right, top = 22.0, 18.0, 16.0
	Inside           = Width - Left - Right // what is left of the width
	labelWidth       = 62.0
)

// Sheet is a document being written: black on white, so that any printer does.
type Sheet struct {
	*fpdf.Fpdf
	Foot string // at the left of each page's foot

	title, author, language string
	day                     time.Time
	tags                    *tags // nil when it has no structure
}

// foot is how much of a page's end is left to its foot.
const foot = 20

// New begins a document. The same input gives the same bytes: its date is the caller's.
func New(title, language, author string, on contracts.Date) *Sheet {
	s := &Sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), title: title, author: author, language: language}
	s.AddUTF8FontFromBytes("go", "", goregular.TTF)
	s.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	s.SetTitle(title, true)
	s.SetAuthor(author, true)
	s.SetCreator(program, true)
	s.SetLang(language)
	s.day = time.Date(on.Year(), on.Time().Month(), on.Time().Day(), 0, 0, 0, 0, time.UTC)
	s.SetCreationDate(s.day)
	s.SetModificationDate(s.day)
	s.SetCatalogSort(true)
	s.SetMargins(Left, top, Right)
	s.SetCellMargin(0)
	s.SetAutoPageBreak(true, foot)
	s.AliasNbPages("{all}")
	s.SetFooterFunc(s.footer)
	s.AddPage()
	return s
}

// program is what documents say they were made with.
const program = "Passerelle"

func (s *Sheet) footer() {
	s.SetY(-14)
	s.Pen(7.5, "", Grey)
	s.SetX(Left)
	s.Aside(func() {
		s.CellFormat(Inside-20, 4, s.Foot, "", 0, "L", false, 0, "")
		s.CellFormat(20, 4, fmt.Sprintf("%d / {all}", s.PageNo()), "", 0, "R", false, 0, "")
	})
}

// Greys of print: text, and lines.
const (
	Black = 0
	Grey  = 95
	Faint = 190
)

// Pen chooses what is written next: its size in points, its style ("" or "B"), and its grey, 0 is black.
func (s *Sheet) Pen(size float64, style string, shade int) {
	s.SetFont("go", style, size)
	s.SetTextColor(shade, shade, shade)
}

// Heading is the co-operative's name above a title in one or two languages.
func (s *Sheet) Heading(author, title, second string) {
	s.Pen(8.5, "", Grey)
	s.CellFormat(Inside, 4.5, author, "", 1, "L", false, 0, "")
	s.Ln(1.5)
	s.Pen(19, "B", Black)
	s.MultiCell(Inside, 8, title, "", "L", false)
	if second != "" && second != title {
		s.Pen(11, "", Grey)
		s.MultiCell(Inside, 5.5, second, "", "L", false)
	}
	s.Ln(2)
}

// Part begins a block with a rule above it.
func (s *Sheet) Part(title, second string) {
	if s.GetY() > Height-44 {
		s.AddPage()
	}
	s.Ln(2.5)
	s.SetDrawColor(Black, Black, Black)
	s.SetLineWidth(.35)
	s.Line(Left, s.GetY(), Width-Right, s.GetY())
	s.Ln(1.6)
	s.Pen(10.5, "B", Black)
	width := s.GetStringWidth(title) + 2
	s.CellFormat(width, 5.5, title, "", 0, "L", false, 0, "")
	if second != "" && second != title {
		s.Pen(8.5, "", Grey)
		s.CellFormat(Inside-width, 5.8, second, "", 0, "L", false, 0, "")
	}
	s.Ln(6.6)
}

// Row is a label, in one or two languages, beside its value.
func (s *Sheet) Row(label, second, value, note string) {
	if value == "" && note == "" {
		return
	}
	if second == label {
		second = ""
	}
	if need := s.rowHeight(label, second, value, note); s.GetY()+need > Height-22 {
		s.AddPage()
	}
	y := s.GetY()
	s.Pen(8.5, "", Black)
	s.MultiCell(labelWidth-3, 4, label, "", "L", false)
	if second != "" {
		s.Pen(7.5, "", Grey)
		s.MultiCell(labelWidth-3, 3.5, second, "", "L", false)
	}
	low := s.GetY()
	s.SetXY(Left+labelWidth, y)
	s.Pen(9.5, "B", Black)
	s.MultiCell(Inside-labelWidth, 4.3, value, "", "L", false)
	if note != "" {
		s.SetX(Left + labelWidth)
		s.Pen(8, "", Grey)
		s.MultiCell(Inside-labelWidth, 3.8, note, "", "L", false)
	}
	s.SetXY(Left, max(low, s.GetY())+1.4)
}

func (s *Sheet) rowHeight(label, second, value, note string) float64 {
	lines := func(size float64, style, text string, width, height float64) float64 {
		s.Pen(size, style, Black)
		return height * float64(len(s.SplitText(text, width)))
	}
	labels := lines(8.5, "", label, labelWidth-3, 4) + lines(7.5, "", second, labelWidth-3, 3.5)
	values := lines(9.5, "B", value, Inside-labelWidth, 4.3) + lines(8, "", note, Inside-labelWidth, 3.8)
	return max(labels, values) + 1.4
}

// Paragraph is a text over the whole width.
func (s *Sheet) Paragraph(size float64, shade int, words string) {
	s.Pen(size, "", shade)
	s.MultiCell(Inside, size*.47, words, "", "L", false)
}

// Bytes ends the document.
func (s *Sheet) Bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := s.Output(&out); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return out.Bytes(), nil
}
