package letter

import (
	"fmt"

	"passerelle/contracts"
)

// Person is who works abroad, as a host may know him.
type Person struct {
	Name        string         `json:"name"`
	BirthDate   contracts.Date `json:"birth_date,omitzero"`
	Nationality []string       `json:"nationality,omitzero"` // States, refugee or stateless
	Email       string         `json:"email,omitzero"`
	Phone       string         `json:"phone,omitzero"`
}

func (p Person) validate() error {
	var fs contracts.Faults
	line(&fs, "name", p.Name)
	short(&fs, "email", p.Email, longestLine)
	short(&fs, "phone", p.Phone, longestLine)
	for i, n := range p.Nationality {
		line(&fs, fmt.Sprintf("nationality[%d]", i), n)
	}
	return fs.Err()
}

// Contact is somebody who can be reached.
type Contact struct {
	Name  string `json:"name"`
	Email string `json:"email,omitzero"`
	Phone string `json:"phone,omitzero"`
}

func (c Contact) validate() error {
	var fs contracts.Faults
	line(&fs, "name", c.Name)
	short(&fs, "email", c.Email, longestLine)
	short(&fs, "phone", c.Phone, longestLine)
	return fs.Err()
}

// Trip is a stay in the host State.
type Trip struct {
	Trip        int            `json:"trip"` // as the home node counts them, from 1
	Start       contracts.Date `json:"start"`
	End         contracts.Date `json:"end"`
	Activity    string         `json:"activity"` // of the list of the rules
	Undertaking string         `json:"undertaking,omitzero"`
	Places      []Place        `json:"places,omitzero"`
}

// Place is where the work is done: the customer's place, not the person's home.
type Place struct {
	Name       string   `json:"name,omitzero"`
	Street     string   `json:"street,omitzero"`
	PostalCode string   `json:"postal_code,omitzero"`
	Town       string   `json:"town,omitzero"`
	Contact    *Contact `json:"contact,omitzero"`
}

// mostTrips bounds a list.
const mostTrips = 40

func validTrips(trips []Trip) error {
	var fs contracts.Faults
	if len(trips) == 0 || len(trips) > mostTrips {
		fs.Addf(contracts.FaultMissing, "trips", "", "%d trips", len(trips))
	}
	for i, t := range trips {
		at := fmt.Sprintf("trips[%d]", i)
		if t.Trip < 1 || t.Trip > mostTrips {
			fs.Addf(contracts.FaultInvalid, at+".trip", "trips count from 1", "%d", t.Trip)
		}
		span(&fs, at, t.Start, t.End)
		line(&fs, at+".activity", t.Activity)
		short(&fs, at+".undertaking", t.Undertaking, longestLine)
		for j, p := range t.Places {
			for name, v := range map[string]string{"name": p.Name, "street": p.Street, "postal_code": p.PostalCode, "town": p.Town} {
				short(&fs, fmt.Sprintf("%s.places[%d].%s", at, j, name), v, longestLine)
			}
			if p.Contact != nil {
				fs.Add(fmt.Sprintf("%s.places[%d].contact", at, j), p.Contact.validate())
			}
		}
	}
	return fs.Err()
}

// Law is what was decided.
type Law struct {
	Legislation string                  `json:"legislation,omitzero"` // State; none where an adviser decides
	Article     contracts.CaseArticle   `json:"article,omitzero"`
	Warnings    []contracts.CaseWarning `json:"warnings,omitzero"`
}

// Filing is a declaration that the host is asked to file, with what its form wants to know: a member that the form does not ask for stays away.
type Filing struct {
	System         string           `json:"system"` // such as limosa
	Trip           int              `json:"trip"`
	Latest         contracts.Date   `json:"latest,omitzero"`
	NationalNumber string           `json:"national_number,omitzero"`
	Pay            *contracts.Money `json:"pay,omitzero"` // gross, of the whole work
}

// Withholding is what the host needs to weigh a tax on the fee.
type Withholding struct {
	Pay contracts.Money `json:"pay"` // gross, of the whole work
}

// HostRequest opens a case at the host: who comes, when, where, for whom, under which law, and what the host is asked to do.
type HostRequest struct {
	Person      Person       `json:"person"`
	Employer    string       `json:"employer"`
	Trips       []Trip       `json:"trips"`
	Law         Law          `json:"law"`
	A1          A1Status     `json:"a1"`
	Filings     []Filing     `json:"filings,omitzero"`
	Withholding *Withholding `json:"withholding,omitzero"`
	Adviser     *Contact     `json:"adviser,omitzero"` // at home
}

// Validate checks the request.
func (r HostRequest) Validate() error {
	var fs contracts.Faults
	fs.Add("person", r.Person.validate())
	line(&fs, "employer", r.Employer)
	fs.Add("", validTrips(r.Trips))
	fs.Add("a1", r.A1.Validate())
	for i, f := range r.Filings {
		at := fmt.Sprintf("filings[%d]", i)
		line(&fs, at+".system", f.System)
		short(&fs, at+".national_number", f.NationalNumber, longestLine)
	}
	if r.Adviser != nil {
		fs.Add("adviser", r.Adviser.validate())
	}
	return fs.Err()
}

// HostAccept takes the case on.
type HostAccept struct {
	Contact *Contact `json:"contact,omitzero"`
}

// Validate checks the contact.
func (a HostAccept) Validate() error {
	var fs contracts.Faults
	if a.Contact != nil {
		fs.Add("contact", a.Contact.validate())
	}
	return fs.Err()
}

// HostDecline does not.
type HostDecline struct {
	Reason string `json:"reason"`
}

// Validate checks that there is a reason.
func (d HostDecline) Validate() error { return reason(d.Reason) }

func reason(v string) error {
	var fs contracts.Faults
	text(&fs, "reason", v)
	return fs.Err()
}

// DeclarationFiled says that the host has filed the declaration of a trip.
type DeclarationFiled struct {
	Trip      int            `json:"trip,omitzero"` // may be left out when there is one
	Reference string         `json:"reference"`
	FiledOn   contracts.Date `json:"filed_on"`
}

// Validate checks reference and day.
func (d DeclarationFiled) Validate() error {
	var fs contracts.Faults
	line(&fs, "reference", d.Reference)
	if d.FiledOn.IsZero() {
		fs.Addf(contracts.FaultMissing, "filed_on", "give the day of filing", "no day")
	}
	return fs.Err()
}

// TaxNote is what the host found out about tax on the fee.
type TaxNote struct {
	State contracts.TrackState `json:"state"` // OK when it is settled, NOT_NEEDED when nothing is withheld
	Text  string               `json:"text"`
}

// Validate checks state and text.
func (n TaxNote) Validate() error {
	var fs contracts.Faults
	oneOf(&fs, "state", n.State, contracts.TrackStates)
	text(&fs, "text", n.Text)
	return fs.Err()
}

// LocalContact names who can be reached on the spot.
type LocalContact struct {
	Contact Contact `json:"contact"`
}

// Validate checks the contact.
func (l LocalContact) Validate() error {
	var fs contracts.Faults
	fs.Add("contact", l.Contact.validate())
	return fs.Err()
}

// A1Status says how far the A1 is. The A1 itself is a document beside the letter.
type A1Status struct {
	State     contracts.TrackState `json:"state"`
	Reference string               `json:"reference,omitzero"`
	Until     contracts.Date       `json:"until,omitzero"`
}

// Validate checks the state.
func (s A1Status) Validate() error {
	var fs contracts.Faults
	oneOf(&fs, "state", s.State, contracts.TrackStates)
	short(&fs, "reference", s.Reference, longestLine)
	return fs.Err()
}

// Kind implements Letter.
func (HostRequest) Kind() contracts.CaseKind      { return contracts.KindHostRequest }
func (HostAccept) Kind() contracts.CaseKind       { return contracts.KindHostAccept }
func (HostDecline) Kind() contracts.CaseKind      { return contracts.KindHostDecline }
func (DeclarationFiled) Kind() contracts.CaseKind { return contracts.KindDeclarationFiled }
func (TaxNote) Kind() contracts.CaseKind          { return contracts.KindTaxNote }
func (LocalContact) Kind() contracts.CaseKind     { return contracts.KindLocalContact }
func (A1Status) Kind() contracts.CaseKind         { return contracts.KindA1Status }
