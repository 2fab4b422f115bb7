package papers

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
	pageWidth, pageHeight = 210.0, 297.0
	left, right, top      = 22.0, 18.0, 16.0
	inside                = pageWidth - left - right
	labelWidth            = 62.0
)

// sheet is a document being written: black on white, so that any printer does.
type sheet struct {
	*fpdf.Fpdf
	foot string
}

// newSheet begins a document. The same input gives the same bytes: its date is the caller's.
func newSheet(title, language, author string, on contracts.Date) *sheet {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", "")}
	s.AddUTF8FontFromBytes("go", "", goregular.TTF)
	s.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	s.SetTitle(title, true)
	s.SetAuthor(author, true)
	s.SetCreator("Passerelle", true)
	s.SetLang(language)
	day := time.Date(on.Year(), on.Time().Month(), on.Time().Day(), 0, 0, 0, 0, time.UTC)
	s.SetCreationDate(day)
	s.SetModificationDate(day)
	s.SetCatalogSort(true)
	s.SetMargins(left, top, right)
	s.SetCellMargin(0)
	s.SetAutoPageBreak(true, 20)
	s.AliasNbPages("{all}")
	s.SetFooterFunc(s.footer)
	s.AddPage()
	return s
}

func (s *sheet) footer() {
	s.SetY(-14)
	s.pen(7.5, "", grey)
	s.SetX(left)
	s.CellFormat(inside-20, 4, s.foot, "", 0, "L", false, 0, "")
	s.CellFormat(20, 4, fmt.Sprintf("%d / {all}", s.PageNo()), "", 0, "R", false, 0, "")
}

// Greys of print: text, and lines.
const (
	black = 0
	grey  = 95
	faint = 190
)

func (s *sheet) pen(size float64, style string, shade int) {
	s.SetFont("go", style, size)
	s.SetTextColor(shade, shade, shade)
}

// heading is the co-operative's name above a title in one or two languages.
func (s *sheet) heading(author, title, second string) {
	s.pen(8.5, "", grey)
	s.CellFormat(inside, 4.5, author, "", 1, "L", false, 0, "")
	s.Ln(1.5)
	s.pen(19, "B", black)
	s.MultiCell(inside, 8, title, "", "L", false)
	if second != "" && second != title {
		s.pen(11, "", grey)
		s.MultiCell(inside, 5.5, second, "", "L", false)
	}
	s.Ln(2)
}

// part begins a block with a rule above it.
func (s *sheet) part(title, second string) {
	if s.GetY() > pageHeight-44 {
		s.AddPage()
	}
	s.Ln(2.5)
	s.SetDrawColor(black, black, black)
	s.SetLineWidth(.35)
	s.Line(left, s.GetY(), pageWidth-right, s.GetY())
	s.Ln(1.6)
	s.pen(10.5, "B", black)
	width := s.GetStringWidth(title) + 2
	s.CellFormat(width, 5.5, title, "", 0, "L", false, 0, "")
	if second != "" && second != title {
		s.pen(8.5, "", grey)
		s.CellFormat(inside-width, 5.8, second, "", 0, "L", false, 0, "")
	}
	s.Ln(6.6)
}

// row is a label, in one or two languages, beside its value.
func (s *sheet) row(label, second, value, note string) {
	if value == "" && note == "" {
		return
	}
	if second == label {
		second = ""
	}
	if need := s.rowHeight(label, second, value, note); s.GetY()+need > pageHeight-22 {
		s.AddPage()
	}
	y := s.GetY()
	s.pen(8.5, "", black)
	s.MultiCell(labelWidth-3, 4, label, "", "L", false)
	if second != "" {
		s.pen(7.5, "", grey)
		s.MultiCell(labelWidth-3, 3.5, second, "", "L", false)
	}
	low := s.GetY()
	s.SetXY(left+labelWidth, y)
	s.pen(9.5, "B", black)
	s.MultiCell(inside-labelWidth, 4.3, value, "", "L", false)
	if note != "" {
		s.SetX(left + labelWidth)
		s.pen(8, "", grey)
		s.MultiCell(inside-labelWidth, 3.8, note, "", "L", false)
	}
	s.SetXY(left, max(low, s.GetY())+1.4)
}

func (s *sheet) rowHeight(label, second, value, note string) float64 {
	lines := func(size float64, style, text string, width, height float64) float64 {
		s.pen(size, style, black)
		return height * float64(len(s.SplitText(text, width)))
	}
	labels := lines(8.5, "", label, labelWidth-3, 4) + lines(7.5, "", second, labelWidth-3, 3.5)
	values := lines(9.5, "B", value, inside-labelWidth, 4.3) + lines(8, "", note, inside-labelWidth, 3.8)
	return max(labels, values) + 1.4
}

// text is a paragraph.
func (s *sheet) text(size float64, shade int, words string) {
	s.pen(size, "", shade)
	s.MultiCell(inside, size*.47, words, "", "L", false)
}

// bytes ends the document.
func (s *sheet) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := s.Output(&out); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return out.Bytes(), nil
}
