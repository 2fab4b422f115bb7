package paper

// Head is the head of a column of a table. Its width is a share of all widths.
type Head struct {
	Heading string
	Width   float64
	Figure  bool // set to the right
}

// Sizes of a table, in points and millimetres.
const (
	tableSize = 7.5
	tableLine = 3.5
	tableGap  = 1.3 // between two rows
	gutter    = 3.0 // between two columns
	lowest    = Height - 20
)

// Table writes rows under their headings, which begin every page. No row is torn apart; a word that is too long for its column is.
func (s *Sheet) Table(columns []Head, rows [][]string) {
	widths := s.widths(columns)
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.Heading
	}
	needed := s.lines(widths, heads, "B")
	if len(rows) > 0 {
		needed += s.lines(widths, rows[0], "")
	}
	if s.GetY()+needed > lowest {
		s.AddPage()
	}
	s.head(columns, widths, heads)
	for _, row := range rows {
		if s.GetY()+s.lines(widths, row, "") > lowest {
			s.AddPage()
			s.head(columns, widths, heads)
		}
		s.cells(columns, widths, row, "", Black)
		s.rule(Faint, .1)
	}
	s.Ln(1.5)
}

func (s *Sheet) widths(columns []Head) []float64 {
	sum := 0.0
	for _, c := range columns {
		sum += c.Width
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.Width / sum * (Inside + gutter)
	}
	return widths
}

func (s *Sheet) head(columns []Head, widths []float64, heads []string) {
	s.cells(columns, widths, heads, "B", Grey)
	s.rule(Black, .25)
}

// rule draws a line under what was written.
func (s *Sheet) rule(shade int, width float64) {
	s.SetDrawColor(shade, shade, shade)
	s.SetLineWidth(width)
	s.Line(Left, s.GetY()-tableGap/2, Left+Inside, s.GetY()-tableGap/2)
}

// lines is how high a row is.
func (s *Sheet) lines(widths []float64, row []string, style string) float64 {
	s.Pen(tableSize, style, Black)
	most := 1
	for i, text := range row {
		most = max(most, len(s.SplitText(text, widths[i]-gutter)))
	}
	return float64(most)*tableLine + tableGap
}

func (s *Sheet) cells(columns []Head, widths []float64, row []string, style string, shade int) {
	height := s.lines(widths, row, style)
	x, y := Left, s.GetY()
	for i, text := range row {
		s.Pen(tableSize, style, shade)
		s.SetXY(x, y)
		align := "L"
		if columns[i].Figure {
			align = "R"
		}
		s.MultiCell(widths[i]-gutter, tableLine, text, "", align, false)
		x += widths[i]
	}
	s.SetXY(Left, y+height)
}
