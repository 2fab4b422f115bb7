package papers

import (
	"slices"
	"strconv"
	"strings"

	"passerelle/contracts"
)

// Who is in what quality somebody works abroad, as forms tell people apart.
type Who string

// The qualities. Several is work in several States at once, employed or not.
const (
	Employed     Who = "employed"
	SelfEmployed Who = "self_employed"
	Several      Who = "several"
)

// Facts is what is known of a case. The zero value of a member means "not known": a form names it as missing.
type Facts struct {
	Home, Host contracts.CountryCode // ISO 3166-1
	Who        Who
	Person     Person
	Employer   Firm // the co-operative; of the self-employed the own business
	Customer   Firm // for whom the work is done in the host State
	Contact    Contact
	Contract   Contract
	Work       Work
	A1         A1
}

// Person is the member who goes.
type Person struct {
	FamilyName, GivenNames, BirthName string
	Sex                               string // as his identity document says
	BirthDate                         contracts.Date
	BirthPlace                        string
	Nationality                       []contracts.CountryCode
	Number                            string // personal identification number at home
	HostNumber                        string // the one the host gave him, if any
	Address, HostAddress              contracts.Address
	Phone, Email                      string
	Permit                            string // authority, number and period
	Job, Qualification                string
	CoverSince                        contracts.Date // subject to home legislation since
	ActiveSince                       contracts.Date // self-employed at home since
	HomeBase                          string         // what a self-employed person keeps at home
}

// Firm is an employer or a customer.
type Firm struct {
	Name, LegalForm, Registration, VATID string
	SocialID                             string // number at its social security institution
	Address                              contracts.Address
	Business                             string // what it does
	Phone, Email                         string
	Representative                       string // who heads it, or a person to ask for
	HomeTurnover                         *int   // per cent made at home
	AgencyLicence                        string
}

// Contact is whom the host's authorities can ask, as the host names it: liaison person, representative, referent.
type Contact struct {
	Name         string
	BirthDate    contracts.Date
	Address      contracts.Address
	Phone, Email string
	Partner      string // for the social partners, where it is another person
}

// Contract is the engagement the work is done under.
type Contract struct {
	Since          contracts.Date
	PayHour        contracts.Money // gross
	Schedule       string          // "38 hours a week, 14:00 to 22:00"
	PayResponsible string
	Reference      string
}

// Work is what is done in the host State.
type Work struct {
	Start, End          contracts.Date
	Place               string // name of the place and its address
	Description, Sector string
	DocumentsAt         string // where the documents are kept during the work
	Workers             int    // posted together; 1 when 0
	Replaces            *bool  // another posted person
	Earlier             string // postings before to the same undertaking
	Shares              string // of all work, per State
}

// A1 is what is decided on social security.
type A1 struct {
	Legislation contracts.CountryCode
	Status      string // 01 to 12
	Institution string
	Number      string
}

// facts finds a fact by the name that forms.yaml gives it; empty for one that is not known.
var facts = map[string]func(f Facts) string{
	"person.family_name":       func(f Facts) string { return f.Person.FamilyName },
	"person.given_names":       func(f Facts) string { return f.Person.GivenNames },
	"person.birth_name":        func(f Facts) string { return f.Person.BirthName },
	"person.sex":               func(f Facts) string { return f.Person.Sex },
	"person.birth_date":        func(f Facts) string { return day(f.Person.BirthDate) },
	"person.birth_place":       func(f Facts) string { return f.Person.BirthPlace },
	"person.nationality":       func(f Facts) string { return codes(f.Person.Nationality) },
	"person.number":            func(f Facts) string { return f.Person.Number },
	"person.host_number":       func(f Facts) string { return f.Person.HostNumber },
	"person.address":           func(f Facts) string { return address(f.Person.Address) },
	"person.host_address":      func(f Facts) string { return address(f.Person.HostAddress) },
	"person.permit":            func(f Facts) string { return f.Person.Permit },
	"person.job":               func(f Facts) string { return f.Person.Job },
	"person.qualification":     func(f Facts) string { return f.Person.Qualification },
	"person.cover_since":       func(f Facts) string { return day(f.Person.CoverSince) },
	"person.active_since":      func(f Facts) string { return day(f.Person.ActiveSince) },
	"person.home_base":         func(f Facts) string { return f.Person.HomeBase },
	"employer.name":            func(f Facts) string { return f.Employer.Name },
	"employer.legal_form":      func(f Facts) string { return f.Employer.LegalForm },
	"employer.registration":    func(f Facts) string { return f.Employer.Registration },
	"employer.vat_id":          func(f Facts) string { return f.Employer.VATID },
	"employer.social_id":       func(f Facts) string { return f.Employer.SocialID },
	"employer.address":         func(f Facts) string { return address(f.Employer.Address) },
	"employer.state":           func(f Facts) string { return string(f.Employer.Address.Country) },
	"employer.business":        func(f Facts) string { return f.Employer.Business },
	"employer.phone":           func(f Facts) string { return f.Employer.Phone },
	"employer.email":           func(f Facts) string { return f.Employer.Email },
	"employer.representative":  func(f Facts) string { return f.Employer.Representative },
	"employer.home_turnover":   func(f Facts) string { return number(f.Employer.HomeTurnover) },
	"employer.agency_licence":  func(f Facts) string { return f.Employer.AgencyLicence },
	"customer.name":            func(f Facts) string { return f.Customer.Name },
	"customer.registration":    func(f Facts) string { return f.Customer.Registration },
	"customer.address":         func(f Facts) string { return address(f.Customer.Address) },
	"customer.email":           func(f Facts) string { return f.Customer.Email },
	"contact.name":             func(f Facts) string { return f.Contact.Name },
	"contact.birth_date":       func(f Facts) string { return day(f.Contact.BirthDate) },
	"contact.address":          func(f Facts) string { return address(f.Contact.Address) },
	"contact.phone":            func(f Facts) string { return f.Contact.Phone },
	"contact.email":            func(f Facts) string { return f.Contact.Email },
	"contact.partner":          func(f Facts) string { return f.Contact.Partner },
	"contract.since":           func(f Facts) string { return day(f.Contract.Since) },
	"contract.pay_hour":        func(f Facts) string { return money(f.Contract.PayHour) },
	"contract.schedule":        func(f Facts) string { return f.Contract.Schedule },
	"contract.pay_responsible": func(f Facts) string { return f.Contract.PayResponsible },
	"work.start":               func(f Facts) string { return day(f.Work.Start) },
	"work.end":                 func(f Facts) string { return day(f.Work.End) },
	"work.state":               func(f Facts) string { return string(f.Host) },
	"work.place":               func(f Facts) string { return f.Work.Place },
	"work.description":         func(f Facts) string { return f.Work.Description },
	"work.sector":              func(f Facts) string { return f.Work.Sector },
	"work.documents_at":        func(f Facts) string { return f.Work.DocumentsAt },
	"work.workers":             func(f Facts) string { return strconv.Itoa(max(1, f.Work.Workers)) },
	"work.replaces":            func(f Facts) string { return yesNo(f.Work.Replaces) },
	"work.earlier":             func(f Facts) string { return f.Work.Earlier },
	"work.shares":              func(f Facts) string { return f.Work.Shares },
	"a1.legislation":           func(f Facts) string { return string(f.A1.Legislation) },
	"a1.status":                func(f Facts) string { return f.A1.Status },
	"a1.institution":           func(f Facts) string { return f.A1.Institution },
	"a1.number":                func(f Facts) string { return f.A1.Number },
}

func day(d contracts.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func codes(all []contracts.CountryCode) string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}

// address is written on one line: street, code and town, State.
func address(a contracts.Address) string {
	town := strings.TrimSpace(a.PostalCode + " " + a.Town)
	parts := slices.DeleteFunc([]string{a.Street, town}, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "" // a State alone is no address
	}
	return strings.TrimSuffix(strings.Join(append(parts, string(a.Country)), ", "), ", ")
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func money(m contracts.Money) string {
	if m.Currency == "" {
		return ""
	}
	return m.String()
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}
