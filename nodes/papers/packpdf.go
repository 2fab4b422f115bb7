package papers

import (
	"passerelle/contracts"
	"passerelle/internal/paper"
	"passerelle/internal/web"
)

// PDF is the pack on paper, for typing in: labels in the form's own language and in the reader's, what is missing marked. The same input
// gives the same bytes.
func (p Pack) PDF(reader string, on contracts.Date, by string) ([]byte, error) {
	l := web.LocaleNamed(reader)
	title := or(p.Name.Own, p.Name.English)
	s := paper.New(title, or(p.Language, "en"), by, on)
	s.Foot = l.T("Made on %s by %s", l.Date(on), by)
	s.Heading(by, title, p.Name.English)
	if !p.InForce {
		s.Paragraph(9.5, paper.Black, l.T("This form is not in force yet."))
	}
	for _, words := range []string{p.Institution, p.URL, p.Says} {
		if words != "" {
			s.Paragraph(9, paper.Grey, words)
		}
	}
	s.Part(l.T("To fill in"), l.T("%d of %d are missing", len(p.Missing()), len(p.Rows)))
	for _, r := range p.Rows {
		value := r.Value
		if r.Missing {
			value = "[  ] " + l.T("missing")
		}
		if value == "" && r.Need != Needed {
			value = "–"
		}
		s.Row(or(r.Label.Own, r.Label.English), r.Label.English, value, r.Note)
	}
	s.Part(l.T("Source"), "")
	s.Paragraph(8, paper.Grey, p.Source)
	if p.Unknown != "" {
		s.Paragraph(8, paper.Grey, l.T("Not known: %s", p.Unknown))
	}
	return s.Bytes()
}
