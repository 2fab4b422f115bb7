package paper

import (
	"fmt"
	"strings"
)

// Element is a part of what the document says, as programs that read it aloud follow it (ISO 32000-1, 14.7 and 14.8).
type Element struct {
	role, more string // its type of structure, and further entries
	parts      []any  // elements, and marks on pages
}

// mark is a piece of a page's content.
type mark struct{ page, number int }

// tags are the structure of a document while it is written.
type tags struct {
	root  *Element
	open  []*Element // the innermost last
	next  []int      // of each page: the number of its next piece
	aside bool       // what is written belongs to the page and not to what the document says
}

// Tag makes a structure of what is written from now on: each text is a paragraph of its own, unless it is written into something else.
func (s *Sheet) Tag() { s.tags = &tags{root: &Element{role: "Document"}} }

// Element begins a part of a type of structure inside the one that is open. More are further entries of its dictionary.
func (s *Sheet) Element(role, more string) *Element {
	e := &Element{role: role, more: more}
	if t := s.tags; t != nil && !t.aside {
		t.inner().parts = append(t.inner().parts, e)
	}
	return e
}

// Into puts what is written into an element.
func (s *Sheet) Into(e *Element, write func()) {
	if s.tags == nil {
		write()
		return
	}
	s.tags.open = append(s.tags.open, e)
	write()
	s.tags.open = s.tags.open[:len(s.tags.open)-1]
}

// In puts what is written into a new element.
func (s *Sheet) In(role string, write func()) { s.Into(s.Element(role, ""), write) }

// Aside is what belongs to the page and is not read aloud, such as its foot.
func (s *Sheet) Aside(write func()) {
	if s.tags == nil {
		write()
		return
	}
	before := s.tags.aside
	s.tags.aside = true
	write()
	s.tags.aside = before
}

// Figure puts what is drawn, on one page, into a figure that is told in words.
func (s *Sheet) Figure(says string, x, y, width, height float64, draw func()) {
	const point = 72 / 25.4
	box := fmt.Sprintf("/Alt %s /A <</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>", text(says), x*point, (Height-y-height)*point, (x+width)*point, (Height-y)*point)
	s.Into(s.Element("Figure", box), func() { s.marked(draw) })
}

func (t *tags) inner() *Element {
	if len(t.open) == 0 {
		return t.root
	}
	return t.open[len(t.open)-1]
}

// marked marks what is written, all of it on this page, as a piece of what is open.
func (s *Sheet) marked(write func()) {
	t := s.tags
	if t == nil {
		write()
		return
	}
	begin := "/Artifact BMC"
	if !t.aside {
		page := s.PageNo()
		for len(t.next) < page {
			t.next = append(t.next, 0)
		}
		m := mark{page - 1, t.next[page-1]}
		t.next[page-1]++
		into := t.inner()
		into.parts = append(into.parts, m)
		begin = fmt.Sprintf("/%s <</MCID %d>> BDC", into.role, m.number)
	}
	s.RawWriteStr(begin)
	write()
	s.RawWriteStr("EMC")
}

// paragraph is what is open, or a new paragraph where nothing is.
func (s *Sheet) paragraph(write func()) {
	if t := s.tags; t == nil || t.aside || len(t.open) > 0 {
		write()
		return
	}
	s.In("P", write)
}

// CellFormat writes a text in letters that the font has.
func (s *Sheet) CellFormat(w, h float64, text, border string, ln int, align string, fill bool, link int, address string) {
	text = Legible(text)
	write := func() { s.Fpdf.CellFormat(w, h, text, border, ln, align, fill, link, address) }
	if s.tags == nil || text == "" {
		write()
		return
	}
	if x := s.GetX(); !s.tags.aside && s.GetY()+h > Height-foot { // the library would begin the page inside the mark
		s.AddPage()
		s.SetX(x)
	}
	s.paragraph(func() { s.marked(write) })
}

// MultiCell writes a text over lines in letters that the font has.
func (s *Sheet) MultiCell(w, h float64, text, border, align string, fill bool) {
	if s.tags == nil {
		s.Fpdf.MultiCell(w, h, Legible(text), border, align, fill)
		return
	}
	s.paragraph(func() {
		for _, line := range s.SplitText(Legible(text), w) {
			s.CellFormat(w, h, line, border, 2, align, fill, 0, "")
		}
	})
	s.SetX(Left)
}

// Line draws a line, which says nothing.
func (s *Sheet) Line(x1, y1, x2, y2 float64) {
	s.Aside(func() { s.marked(func() { s.Fpdf.Line(x1, y1, x2, y2) }) })
}

// structure writes the elements and which piece of which page belongs to which of them, and returns the number of their root.
func (t *tags) structure(o *objects) int {
	root, of := o.reserve(), make([][]int, len(o.pages))
	for page, count := range t.next {
		of[page] = make([]int, count)
	}
	top := t.root.add(o, root, of)
	var tree strings.Builder
	for page, elements := range of {
		fmt.Fprintf(&tree, "%d [%s] ", page, refs(elements))
	}
	parents := o.add(fmt.Sprintf("<</Nums [%s]>>", tree.String()), nil)
	o.set(root, fmt.Sprintf("<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", top, parents, len(of)))
	return root
}

func (e *Element) add(o *objects, parent int, of [][]int) (number int) {
	number = o.reserve()
	var kids strings.Builder
	for _, part := range e.parts {
		switch part := part.(type) {
		case mark:
			of[part.page][part.number] = number
			fmt.Fprintf(&kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", o.pages[part.page], part.number)
		case *Element:
			fmt.Fprintf(&kids, "%d 0 R ", part.add(o, number, of))
		}
	}
	o.set(number, fmt.Sprintf("<</Type /StructElem /S /%s /P %d 0 R %s /K [%s]>>", e.role, parent, e.more, kids.String()))
	return number
}

func refs(numbers []int) string {
	var out strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&out, "%d 0 R ", n)
	}
	return out.String()
}
