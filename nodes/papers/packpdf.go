package papers

import (
	"passerelle/contracts"
	"passerelle/internal/web"
)

// PDF is the pack on paper, for typing in: labels in the form's own language and in the reader's, what is missing marked. The same input
// gives the same bytes.
func (p Pack) PDF(reader string, on contracts.Date, by string) ([]byte, error) {
	l := web.LocaleNamed(reader)
	title := or(p.Name.Own, p.Name.English)
	s := newSheet(title, or(p.Language, "en"), by, on)
	s.foot = l.T("Made on %s by %s", l.Date(on), by)
	s.heading(by, title, p.Name.English)
	if !p.InForce {
		s.text(9.5, black, l.T("This form is not in force yet."))
	}
	for _, words := range []string{p.Institution, p.URL, p.Says} {
		if words != "" {
			s.text(9, grey, words)
		}
	}
	s.part(l.T("To fill in"), l.T("%d of %d are missing", len(p.Missing()), len(p.Rows)))
	for _, r := range p.Rows {
		value := r.Value
		if r.Missing {
			value = "[  ] " + l.T("missing")
		}
		if value == "" && r.Need != Needed {
			value = "–"
		}
		s.row(or(r.Label.Own, r.Label.English), r.Label.English, value, r.Note)
	}
	s.part(l.T("Source"), "")
	s.text(8, grey, p.Source)
	if p.Unknown != "" {
		s.text(8, grey, l.T("Not known: %s", p.Unknown))
	}
	return s.bytes()
}
