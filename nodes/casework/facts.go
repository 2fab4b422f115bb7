package casework

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"passerelle/contracts"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// Facts is what is known of the person and the work. Only Input decides what law applies; the rest fills papers.
type Facts struct {
	Input     mobility.Input    `json:"input"`
	Activity  member.ActivityID `json:"activity,omitzero"`  // whose budget it is
	Task      string            `json:"task,omitzero"`      // what is done, in the person's words
	Places    []Place           `json:"places,omitzero"`    // of work
	Departure contracts.Date    `json:"departure,omitzero"` // travel days included; the first and last day of work when missing
	Return    contracts.Date    `json:"return,omitzero"`
	Schedule  string            `json:"schedule,omitzero"` // working hours, in the person's words
	Danger    string            `json:"danger,omitzero"`   // one of Dangers: work that insurances leave out unless they name it
	Pay       *contracts.Money  `json:"pay,omitzero"`      // gross, of the whole work
	Person    Person            `json:"person,omitzero"`
}

// Dangers are the kinds of dangerous work that are asked for.
var Dangers = []string{"circus", "stunt", "rigging"}

// Place is where the work of a trip is done.
type Place struct {
	Trip       int     `json:"trip"` // from 1
	Name       string  `json:"name,omitzero"`
	Street     string  `json:"street,omitzero"`
	PostalCode string  `json:"postal_code,omitzero"`
	Town       string  `json:"town,omitzero"`
	Contact    Contact `json:"contact,omitzero"`
}

// Contact is somebody who can be reached there.
type Contact struct {
	Name  string `json:"name,omitzero"`
	Email string `json:"email,omitzero"`
	Phone string `json:"phone,omitzero"`
}

// Person is what an A1 asks of a person beside his name and address.
type Person struct {
	BirthDate      contracts.Date `json:"birth_date,omitzero"`
	BirthPlace     string         `json:"birth_place,omitzero"`
	Sex            string         `json:"sex,omitzero"` // as his papers say: F, M or X
	NationalNumber string         `json:"national_number,omitzero"`
	SocialSecurity string         `json:"social_security_number,omitzero"`
	TaxNumber      string         `json:"tax_number,omitzero"`
}

// Bounds of what a person types.
const (
	longestLine = 200
	longestText = 2000
	mostTrips   = 40
)

// check returns the faults of facts that may still be incomplete: a draft.
func (f Facts) check() error {
	var fs contracts.Faults
	p := f.Person
	for field, v := range map[string]string{"task": f.Task, "schedule": f.Schedule, "person.birth_place": p.BirthPlace, "person.national_number": p.NationalNumber,
		"person.social_security_number": p.SocialSecurity, "person.tax_number": p.TaxNumber, "activity": string(f.Activity)} {
		fs.Add(field, line(v))
	}
	if p.Sex != "" && p.Sex != "F" && p.Sex != "M" && p.Sex != "X" {
		fs.Addf(contracts.FaultInvalid, "person.sex", "write F, M or X, as the passport says", "%.20q is not in the list", p.Sex)
	}
	if f.Danger != "" && !slices.Contains(Dangers, f.Danger) {
		fs.Addf(contracts.FaultInvalid, "danger", "write circus, stunt or rigging, or nothing", "%.20q is not in the list", f.Danger)
	}
	if len(f.Input.Trips) > mostTrips || len(f.Places) > mostTrips {
		fs.Addf(contracts.FaultTooLarge, "input.trips", "open a case for each tour", "more than %d trips", mostTrips)
	}
	for i, t := range f.Input.Trips {
		fs.Add(fmt.Sprintf("input.trips[%d].host_undertaking", i), line(t.HostUndertaking))
		if !t.Start.IsZero() && !t.End.IsZero() && t.End.Before(t.Start) {
			fs.Addf(contracts.FaultDate, fmt.Sprintf("input.trips[%d].end", i), "give the last day, on or after the first", "%s is before the start on %s", t.End, t.Start)
		}
	}
	for i, p := range f.Places {
		at := fmt.Sprintf("places[%d]", i)
		if p.Trip < 1 || p.Trip > len(f.Input.Trips) {
			fs.Addf(contracts.FaultInvalid, at+".trip", "count the trips from 1", "there is no trip %d", p.Trip)
		}
		for field, v := range map[string]string{"name": p.Name, "street": p.Street, "postal_code": p.PostalCode, "town": p.Town,
			"contact.name": p.Contact.Name, "contact.email": p.Contact.Email, "contact.phone": p.Contact.Phone} {
			fs.Add(at+"."+field, line(v))
		}
	}
	if !f.Departure.IsZero() && !f.Return.IsZero() && f.Return.Before(f.Departure) {
		fs.Addf(contracts.FaultDate, "return", "give the day of coming home, on or after the departure", "%s is before the departure on %s", f.Return, f.Departure)
	}
	return fs.Err()
}

// complete returns what is missing before an adviser can begin: days, host, activity, engagement.
func (f Facts) complete() error {
	var fs contracts.Faults
	if len(f.Input.Trips) == 0 {
		fs.Addf(contracts.FaultMissing, "input.trips", "say where and when the work is", "no trip is given")
	}
	if len(f.Input.Engagements) == 0 {
		fs.Addf(contracts.FaultMissing, "input.engagements", "say for whom the work is done", "no engagement is given")
	}
	return fs.Err()
}

// line refuses what is no single line of text of a reasonable length. Nothing is fine.
func line(s string) error {
	switch {
	case len(s) > longestLine:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("longer than %d bytes", longestLine), Remedy: "shorten it"}
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "control characters", Remedy: "remove tabs and line breaks"}
	}
	return nil
}

// text demands some words, and not too many.
func text(field, s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return contracts.Fault{Code: contracts.FaultMissing, Field: field, Message: "nothing is given", Remedy: "write a sentence"}
	case len(s) > longestText:
		return contracts.Fault{Code: contracts.FaultTooLarge, Field: field, Message: fmt.Sprintf("longer than %d bytes", longestText), Remedy: "shorten it"}
	}
	return nil
}

// Hash is the SHA-256 of the canonical JSON (RFC 8785) of what the engine was asked, in hexadecimal.
func Hash(in mobility.Input) (string, error) {
	b, err := contracts.Encode(in)
	if err != nil {
		return "", err
	}
	canonical := jsontext.Value(b)
	if err := canonical.Canonicalize(); err != nil {
		return "", fmt.Errorf("canonical form of the facts: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}
