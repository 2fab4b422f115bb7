package boardpack

import (
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/internal/paper"
)

// Colours of the pictures: they tell apart in grey, too.
var (
	spruce = [3]int{23, 92, 74}
	amber  = [3]int{176, 112, 0}
	pale   = [3]int{205, 226, 216}
)

func (b *booklet) ink(c [3]int)  { b.SetDrawColor(c[0], c[1], c[2]) }
func (b *booklet) fill(c [3]int) { b.SetFillColor(c[0], c[1], c[2]) }

// label writes a few words around a point: align is L, C or R of it.
func (b *booklet) label(x, y, size float64, align, words string, shade int) {
	b.Pen(size, "", shade)
	width := b.GetStringWidth(words)
	switch align {
	case "C":
		x -= width / 2
	case "R":
		x -= width
	}
	b.Text(x, y, words)
}

// years draws what was allocated to a country as an outline and what was sent as a filled bar, year by year. scale is millimetres for one unit
// of the currency: heights are floats, they are drawn and never counted.
func (b *booklet) years(c contracts.CountryCode, programmes []investment.Programme, x, y, width, height, scale float64) {
	base := y + height - 4
	b.SetDrawColor(paper.Faint, paper.Faint, paper.Faint)
	b.SetLineWidth(.2)
	b.Line(x, base, x+width, base)
	all := yearsOf(c, programmes)
	slot := width / float64(max(4, len(all)))
	for i, at := range all {
		left := x + slot*float64(i) + slot*.18
		plan, sent := at.figures.Allocated.Amount.InexactFloat64()*scale, at.figures.Sent.Amount.InexactFloat64()*scale
		b.fill(spruce)
		b.ink(spruce)
		b.SetLineWidth(.3)
		if sent > 0 {
			b.Rect(left, base-sent, slot*.64, sent, "F")
		}
		if plan > 0 {
			b.Rect(left, base-plan, slot*.64, plan, "D")
		}
		b.label(left+slot*.32, base+3, 5.5, "C", fmt.Sprint(at.year), paper.Grey)
	}
}

// yearFigures is a year of a country.
type yearFigures struct {
	year    int
	figures investment.Figures
	example bool
}

// yearsOf lists the years for which a country was allocated something in EUR, over all programmes.
func yearsOf(c contracts.CountryCode, programmes []investment.Programme) (all []yearFigures) {
	for _, p := range programmes {
		for _, y := range p.Years() {
			f := p.Of(c, y)
			if f.Allocated.IsZero() || p.Currency != contracts.EUR {
				continue
			}
			i := 0
			for i < len(all) && all[i].year < y {
				i++
			}
			if i < len(all) && all[i].year == y {
				all[i].figures, all[i].example = all[i].figures.Plus(f), all[i].example || p.Example
				continue
			}
			all = append(all[:i:i], append([]yearFigures{{y, f, p.Example}}, all[i:]...)...)
		}
	}
	return all
}

// mostOf is the largest amount of a year, for one scale over all countries.
func (s State) mostOf() float64 {
	most := 1.0
	for _, c := range s.Countries {
		for _, y := range yearsOf(c.Code, s.Books.Programmes) {
			most = max(most, y.figures.Allocated.Amount.InexactFloat64())
		}
	}
	return most
}

// path draws coverage over time, with balance as a line.
func (b *booklet) path(points []outlook.Point, x, y, width, height float64) {
	most := 1.2
	for _, p := range points {
		most = max(most, p.Coverage.InexactFloat64()*1.1)
	}
	base, up := y+height-4, func(v float64) float64 { return y + height - 4 - v/most*(height-6) }
	b.SetDrawColor(paper.Faint, paper.Faint, paper.Faint)
	b.SetLineWidth(.2)
	b.Line(x, base, x+width, base)
	b.SetDashPattern([]float64{1, .8}, 0)
	b.SetDrawColor(paper.Grey, paper.Grey, paper.Grey)
	b.Line(x, up(1), x+width, up(1))
	b.SetDashPattern([]float64{}, 0)
	b.label(x, up(1)-1, 5.5, "L", b.l.T("balance"), paper.Grey)
	if len(points) == 0 {
		return
	}
	b.ink(spruce)
	b.SetLineWidth(.6)
	at := func(i int) float64 { return x + width*float64(i)/float64(max(1, len(points)-1)) }
	for i := 1; i < len(points); i++ {
		b.Line(at(i-1), up(points[i-1].Coverage.InexactFloat64()), at(i), up(points[i].Coverage.InexactFloat64()))
	}
	last := points[len(points)-1]
	b.fill(spruce)
	b.Circle(at(len(points)-1), up(last.Coverage.InexactFloat64()), .9, "F")
	b.label(x, base+3, 5.5, "L", b.l.Month(points[0].Month), paper.Grey)
	b.label(x+width, base+3, 5.5, "R", b.l.Month(last.Month), paper.Grey)
	b.label(x+width, up(last.Coverage.InexactFloat64())+4, 7, "R", b.l.Percent(percentOf(last.Coverage.Decimal), 0), paper.Black)
}

// covered draws the coverage of a country as a bar up to balance and beyond.
func (b *booklet) covered(c Country, y, name, room float64) {
	x := paper.Left + name
	b.label(paper.Left, y+3.2, 8, "L", b.l.Country(c.Code), paper.Black)
	unit := room / 1.3
	b.fill(pale)
	b.Rect(x, y+.6, unit, 3, "F")
	if c.Outlook.Coverage == nil {
		b.label(x+1.5, y+3, 7, "L", b.l.T("not known"), paper.Grey)
	} else {
		b.fill(spruce)
		b.Rect(x, y+.6, min(room, unit*max(0, c.Outlook.Coverage.InexactFloat64())), 3, "F")
	}
	b.SetDrawColor(paper.Black, paper.Black, paper.Black)
	b.SetLineWidth(.3)
	b.Line(x+unit, y, x+unit, y+4.2)
	if c.Outlook.Coverage != nil {
		b.label(x+room+2, y+3.2, 8, "L", b.l.Percent(percentOf(c.Outlook.Coverage.Decimal), 0), paper.Black)
	}
	b.label(x+room+14, y+3.2, 7, "L", b.toBalance(c.Outlook.Balance), paper.Grey)
}

// legend tells outline from filled bar.
func (b *booklet) legend() {
	y := b.GetY()
	b.ink(spruce)
	b.fill(spruce)
	b.SetLineWidth(.3)
	b.Rect(paper.Left, y+.6, 4, 2.4, "D")
	allocated := b.l.T("allocated")
	b.label(paper.Left+5.5, y+2.8, 7, "L", allocated, paper.Grey)
	x := paper.Left + 9 + b.GetStringWidth(allocated)
	b.Rect(x, y+.6, 4, 2.4, "F")
	b.label(x+5.5, y+2.8, 7, "L", b.l.T("sent"), paper.Grey)
	b.SetXY(paper.Left, y+5)
}
