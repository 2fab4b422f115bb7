package papers

import (
	"slices"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/paper"
	"passerelle/internal/web"
)

// Carry is what the carry pack is made of: everything an inspector asks for, in one document.
type Carry struct {
	Host, Member string         // languages, ISO 639-1: the host's comes first, the member's beside it
	On           contracts.Date // day it is made
	Facts        Facts
	Attest       Attest
	Notice       Notice
	Cover        []Policy
	HealthCard   bool // the European one is valid there
	Adviser      Contact
	VerifyAt     string // address of the page that the code opens, without the code: "https://be.example/verify/"
	Code         Code
	Attached     []Attachment // in the order in which they follow
}

// Status is how far a paper is.
type Status string

// The statuses. Exempt: the host asks for none.
const (
	Ready     Status = "ready"
	Requested Status = "requested"
	Exempt    Status = "not_needed"
)

// Attest is the A1 in the pack; its number and State are in the facts.
type Attest struct {
	Status      Status
	From, Until contracts.Date
	Asked       contracts.Date // when it was asked for
	Reference   string         // of the request
}

// Notice is the host's declaration.
type Notice struct {
	Status    Status
	System    string // its name in the host's language
	Reference string // of the receipt
	Filed     contracts.Date
	Why       string // for which exemption there is none, in English as the rules say it
}

// Policy is a cover against accidents, illness or loss on the way.
type Policy struct {
	Insurer, Number string
	From, Until     contracts.Date
	Phone           string // of the emergency desk
}

// duo says a text in the host's language and in the member's.
type duo struct{ host, member *web.Locale }

func (d duo) T(key web.Words, args ...any) (string, string) {
	return d.host.T(key, args...), d.member.T(key, args...)
}

// PDF is the pack with every attachment behind it. The same input gives the same bytes. A document that cannot be read is a Fault of the
// field attached[n].
func (c Carry) PDF() ([]byte, error) {
	papers, err := readAll(c.Attached, c.On)
	if err != nil {
		return nil, err
	}
	d := duo{web.LocaleNamed(c.Host), web.LocaleNamed(c.Member)}
	title := d.host.T("Papers for work in %s", d.host.Country(c.Facts.Host))
	second := d.member.T("Papers for work in %s", d.member.Country(c.Facts.Host))
	s := paper.New(title+" – "+c.name(), d.host.Code(), c.Facts.Employer.Name, c.On)
	s.Foot = d.host.T("Made on %s by %s", d.host.Date(c.On), c.Facts.Employer.Name)
	s.Heading(c.Facts.Employer.Name, title, second)
	c.verify(s, d)
	c.person(s, d)
	c.insured(s, d)
	c.work(s, d)
	c.notice(s, d)
	c.covers(s, d)
	c.contacts(s, d)
	c.list(s, d)
	front, err := s.Bytes()
	if err != nil {
		return nil, err
	}
	return join(front, papers, c.On)
}

func (c Carry) name() string { return c.Facts.Person.GivenNames + " " + c.Facts.Person.FamilyName }

func (c Carry) person(s *paper.Sheet, d duo) {
	row := in(s, d)
	s.Part(d.T("The person"))
	row(web.Words("Name"), c.name())
	row(web.Words("Date of birth"), d.host.Date(c.Facts.Person.BirthDate))
	names := make([]string, len(c.Facts.Person.Nationality))
	for i, n := range c.Facts.Person.Nationality {
		names[i] = d.host.Country(n)
	}
	row(web.Words("Nationality"), strings.Join(names, ", "))
}

// in returns a way to write rows whose label is said in both languages.
func in(s *paper.Sheet, d duo) func(key web.Words, value string) {
	return func(key web.Words, value string) {
		label, second := d.T(key)
		s.Row(label, second, value, "")
	}
}

func (c Carry) insured(s *paper.Sheet, d duo) {
	row := in(s, d)
	s.Part(d.T("Social security"))
	row(web.Words("Insured in"), d.host.Country(c.Facts.A1.Legislation))
	says, other := d.T(attestSays[c.Attest.Status])
	s.Row(says, other, c.Facts.A1.Number, "")
	if c.Facts.A1.Number == "" {
		s.Row(says, other, or(c.Attest.Reference, d.host.Date(c.Attest.Asked)), "")
	}
	row(web.Words("Valid"), between(d.host, c.Attest.From, c.Attest.Until))
	if c.Attest.Status == Requested {
		row(web.Words("Asked for on"), d.host.Date(c.Attest.Asked))
	}
	row(web.Words("Institution"), c.Facts.A1.Institution)
}

// attestSays is how far the A1 is.
var attestSays = map[Status]web.Words{Ready: "A1 certificate, attached", Requested: "A1 certificate, asked for and not yet here", Exempt: "No A1 certificate is needed"}

func between(l *web.Locale, from, until contracts.Date) string {
	switch {
	case from.IsZero():
		return ""
	case until.IsZero():
		return l.T("from %s", l.Date(from))
	}
	return l.T("from %s to %s", l.Date(from), l.Date(until))
}

func (c Carry) work(s *paper.Sheet, d duo) {
	row, f := in(s, d), c.Facts
	s.Part(d.T("The work"))
	row(web.Words("Employer"), f.Employer.Name)
	row(web.Words("Address"), address(f.Employer.Address))
	row(web.Words("Registration number"), f.Employer.Registration)
	row(web.Words("Employed since"), d.host.Date(f.Contract.Since))
	row(web.Words("Kind of work"), f.Work.Description)
	row(web.Words("Period"), between(d.host, f.Work.Start, f.Work.End))
	row(web.Words("Place of work"), f.Work.Place)
	row(web.Words("For whom"), f.Customer.Name)
	row(web.Words("Working hours"), f.Contract.Schedule)
}

func (c Carry) notice(s *paper.Sheet, d duo) {
	row := in(s, d)
	s.Part(d.T("Declaration to the host country"))
	if c.Notice.Status == Exempt {
		label, second := d.T("No declaration is needed")
		note := ""
		if d.member != d.host {
			note = d.member.Sentence(c.Notice.Why)
		}
		s.Row(label, second, d.host.Sentence(c.Notice.Why), note)
		return
	}
	row(web.Words("System"), c.Notice.System)
	row(web.Words("Receipt"), c.Notice.Reference)
	row(web.Words("Filed on"), d.host.Date(c.Notice.Filed))
	if c.Notice.Status == Requested {
		label, second := d.T("Status")
		s.Row(label, second, d.host.T("being filed"), "")
	}
}

func (c Carry) covers(s *paper.Sheet, d duo) {
	row := in(s, d)
	if len(c.Cover) == 0 && !c.HealthCard {
		return
	}
	s.Part(d.T("Cover"))
	for _, p := range c.Cover {
		row(web.Words("Insurer"), p.Insurer)
		row(web.Words("Policy"), p.Number)
		row(web.Words("Valid"), between(d.host, p.From, p.Until))
		row(web.Words("Emergency phone"), p.Phone)
	}
	if c.HealthCard {
		label, second := d.T("Health")
		s.Row(label, second, d.host.T("The European health insurance card is valid during the stay."), "")
	}
}

func (c Carry) contacts(s *paper.Sheet, d duo) {
	s.Part(d.T("Whom to ask"))
	for _, who := range []struct {
		key     web.Words
		contact Contact
	}{{web.Words("In the host country"), c.Facts.Contact}, {web.Words("At the co-operative"), c.Adviser}} {
		label, second := d.T(who.key)
		reach := slices.DeleteFunc([]string{who.contact.Phone, who.contact.Email, address(who.contact.Address)}, func(t string) bool { return t == "" })
		s.Row(label, second, who.contact.Name, strings.Join(reach, ", "))
	}
}

// list names what follows.
func (c Carry) list(s *paper.Sheet, d duo) {
	if len(c.Attached) == 0 {
		return
	}
	s.Part(d.T("Attached"))
	for _, a := range c.Attached {
		label, second := d.T(attachedAs[a.Kind])
		s.Row(label, second, a.Title, "")
	}
}

// attachedAs names the kinds of documents that a case keeps.
var attachedAs = map[string]web.Words{
	"a1": "A1 certificate", "a1_request": "Request for the A1", "engagement": "Engagement", "declaration": "Receipt of the declaration", "cover": "Insurance certificate",
	"id": "Identity document", "permit": "Permit", "payslip": "Payslip", "timesheet": "Time sheet", "tax_certificate": "Tax certificate", "other": "Other document",
}

// Sizes of the square, in millimetres.
const (
	squareSize = 30.0
)

// verify draws the square and the code in the corner of the first page.
func (c Carry) verify(s *paper.Sheet, d duo) {
	if c.VerifyAt == "" {
		return
	}
	y := s.GetY()
	s.Square(c.VerifyAt+c.Code.String(), paper.Left, y+1, squareSize)
	s.SetXY(paper.Left+squareSize+5, y+1)
	width := paper.Inside - squareSize - 5
	says, other := d.T("Scan the square, or open the address and type the code, to see whether this is still valid. No account is needed.")
	s.Pen(8.5, "", paper.Black)
	s.MultiCell(width, 4, says, "", "L", false)
	if other != says {
		s.SetX(paper.Left + squareSize + 5)
		s.Pen(7.5, "", paper.Grey)
		s.MultiCell(width, 3.6, other, "", "L", false)
	}
	s.SetX(paper.Left + squareSize + 5)
	s.Pen(8.5, "", paper.Black)
	s.MultiCell(width, 5, c.VerifyAt, "", "L", false)
	s.SetX(paper.Left + squareSize + 5)
	s.Pen(11, "B", paper.Black)
	s.MultiCell(width, 5.5, c.Code.String(), "", "L", false)
	s.SetXY(paper.Left, max(s.GetY(), y+squareSize+2))
}
