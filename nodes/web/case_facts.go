package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// The fields of the pages of a case have the names of the facts, such as "trips[0].start", so that a fault of the rules finds its field.

// mainEngagement is the id of the work that the co-operative sends for.
const mainEngagement = "work"

// mostWork is how many rows of other work one form has.
const mostWork = 6

func tripField(i int, name string) string  { return fmt.Sprintf("trips[%d].%s", i, name) }
func placeField(i int, name string) string { return fmt.Sprintf("places[%d].%s", i, name) }
func workField(i int, name string) string  { return fmt.Sprintf("work[%d].%s", i, name) }

// placeOf is where the work of a trip is done; Trip counts from 1.
func placeOf(f casework.Facts, trip int) casework.Place {
	for _, p := range f.Places {
		if p.Trip == trip {
			return p
		}
	}
	return casework.Place{Trip: trip}
}

// setPlace replaces the place of a trip.
func setPlace(f *casework.Facts, p casework.Place) {
	f.Places = slices.DeleteFunc(slices.Clone(f.Places), func(o casework.Place) bool { return o.Trip == p.Trip })
	f.Places = append(f.Places, p)
	slices.SortFunc(f.Places, func(a, b casework.Place) int { return a.Trip - b.Trip })
}

// iso is a State as the lists of countries have it; empty for none.
func iso(s mobility.State) string {
	if s == "" {
		return ""
	}
	return string(s.Country())
}

// state reads a State that may still be missing.
func stateOf(f *form, name string) (s mobility.State) {
	if f.get(name) == "" {
		return ""
	}
	if err := s.UnmarshalText([]byte(f.get(name))); err != nil {
		f.Faults.Add(name, err)
		return ""
	}
	return s
}

// formOfFacts is the form of everything that is known of a case.
func formOfFacts(k casework.Case) form {
	f := blankForm("version", fmt.Sprint(k.Version))
	in, set := k.Facts.Input, func(name, value string) { f.values.Set(name, value) }
	for i, t := range in.Trips {
		p := placeOf(k.Facts, i+1)
		set(tripField(i, "host"), iso(t.Host))
		set(tripField(i, "host_undertaking"), t.HostUndertaking)
		set(tripField(i, "start"), t.Start.String())
		set(tripField(i, "end"), t.End.String())
		set(tripField(i, "activity"), string(t.Activity))
		set(placeField(i, "name"), p.Name)
		set(placeField(i, "street"), p.Street)
		set(placeField(i, "postal_code"), p.PostalCode)
		set(placeField(i, "town"), p.Town)
		set(placeField(i, "contact.name"), p.Contact.Name)
		set(placeField(i, "contact.phone"), p.Contact.Phone)
		set(placeField(i, "contact.email"), p.Contact.Email)
	}
	set("departure", k.Facts.Departure.String())
	set("return", k.Facts.Return.String())
	set("task", k.Facts.Task)
	set("danger", k.Facts.Danger)
	set("schedule", k.Facts.Schedule)
	set("activity", string(k.Facts.Activity))
	fillHow(f, in)
	fillYou(f, k.Facts)
	return f
}

func fillHow(f form, in mobility.Input) {
	set := func(name, value string) { f.values.Set(name, value) }
	if len(in.Trips) > 0 {
		set("pattern", string(in.Trips[0].Pattern))
		set("tour_subordinate", yes(in.Trips[0].TourSubordinate))
	}
	set("renowned", yes(in.Declaration.InternationallyRenowned))
	set("replaces", yes(in.Checks.ReplacesPostedPerson))
	set("host_contract", yes(in.Checks.ContractWithHostUndertaking))
	row := 0
	for i, g := range in.Engagements {
		if i == 0 {
			set("engagements[0].type", string(g.Type))
		}
		for _, w := range g.Work {
			who := string(g.Type)
			if i == 0 {
				who = mainEngagement
			}
			set(workField(row, "who"), who)
			set(workField(row, "employer"), g.Employer)
			set(workField(row, "seat"), iso(g.Seat))
			set(workField(row, "state"), iso(w.State))
			set(workField(row, "time"), percentOf(w.Time))
			set(workField(row, "pay"), percentOf(w.Pay))
			row++
		}
	}
}

func fillYou(f form, k casework.Facts) {
	set, in := func(name, value string) { f.values.Set(name, value) }, k.Input
	for i, n := range in.Nationality[:min(2, len(in.Nationality))] {
		value := string(n)
		if n != mobility.Refugee && n != mobility.Stateless {
			value = iso(mobility.State(n))
		}
		set([]string{"nationality", "nationality2"}[i], value)
	}
	set("residence", iso(in.Residence))
	if in.LegallyResident != nil {
		set("legally_resident", yes(*in.LegallyResident))
	}
	set("checks.home_cover_since", in.Checks.HomeCoverSince.Since.String())
	set("not_covered", yes(in.Checks.HomeCoverSince.Given && in.Checks.HomeCoverSince.Since.IsZero()))
	set("checks.se_active_since", in.Checks.SelfEmployedSince.Since.String())
	p := k.Person
	set("person.birth_date", p.BirthDate.String())
	set("person.birth_place", p.BirthPlace)
	set("person.sex", p.Sex)
	set("person.national_number", p.NationalNumber)
	set("person.social_security_number", p.SocialSecurity)
	set("person.tax_number", p.TaxNumber)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func percentOf(s *mobility.Share) string {
	if s == nil {
		return ""
	}
	return decimal.New(int64(*s), -4).String()
}

// readWhere reads the place of a trip.
func readWhere(f *form, facts *casework.Facts, i int) {
	t := &facts.Input.Trips[i]
	t.Host, t.HostUndertaking = stateOf(f, tripField(i, "host")), f.get(tripField(i, "host_undertaking"))
	at := func(name string) string { return f.get(placeField(i, name)) }
	setPlace(facts, casework.Place{Trip: i + 1, Name: at("name"), Street: at("street"), PostalCode: at("postal_code"), Town: at("town"),
		Contact: casework.Contact{Name: at("contact.name"), Email: at("contact.email"), Phone: at("contact.phone")}})
}

// readWhen reads the days of a trip, and those of the journey.
func readWhen(f *form, facts *casework.Facts, i int) {
	t := &facts.Input.Trips[i]
	t.Start, t.End = f.date(tripField(i, "start")), f.date(tripField(i, "end"))
	facts.Departure, facts.Return, facts.Schedule = f.date("departure"), f.date("return"), f.get("schedule")
}

// readHow reads what is done and in what quality.
func readHow(f *form, facts *casework.Facts, seller string) {
	in := &facts.Input
	facts.Task, facts.Activity, facts.Danger = f.get("task"), member.ActivityID(f.get("activity")), f.get("danger")
	for i := range in.Trips {
		t := &in.Trips[i]
		t.Engagement, t.TourSubordinate = mainEngagement, f.get("tour_subordinate") == "yes"
		f.choice("trips[0].activity", &t.Activity)
		f.choice("pattern", &t.Pattern)
	}
	in.Declaration.InternationallyRenowned = f.get("renowned") == "yes"
	in.Checks.ReplacesPostedPerson, in.Checks.ContractWithHostUndertaking = f.get("replaces") == "yes", f.get("host_contract") == "yes"
	own := mobility.Engagement{ID: mainEngagement, Seat: in.Home}
	if f.choice("engagements[0].type", &own.Type); own.Type == mobility.Employed {
		own.Employer = seller
	}
	in.Engagements = []mobility.Engagement{own}
	for i := range mostWork {
		readWork(f, in, i)
	}
}

// choice reads a value of a list that checks itself; nothing chosen is nothing said.
func (f *form) choice(name string, to interface{ UnmarshalText([]byte) error }) {
	if f.get(name) != "" {
		f.Faults.Add(name, to.UnmarshalText([]byte(f.get(name))))
	}
}

// readWork reads one row of where else somebody works. An empty row is none.
func readWork(f *form, in *mobility.Input, i int) {
	at := func(name string) string { return workField(i, name) }
	if f.get(at("who")) == "" {
		return
	}
	w := mobility.Work{State: stateOf(f, at("state")), Time: f.share(at("time")), Pay: f.share(at("pay"))}
	if w.State == "" {
		f.Faults.Addf(contracts.FaultMissing, at("state"), "choose the country where this work is done", "no country")
	}
	if w.Time == nil {
		f.Faults.Addf(contracts.FaultMissing, at("time"), "give the part of all your working time, in per cent", "no share")
	}
	g := mobility.Engagement{ID: mainEngagement}
	if f.get(at("who")) != mainEngagement {
		g = mobility.Engagement{Employer: f.get(at("employer")), Seat: stateOf(f, at("seat"))}
		f.choice(at("who"), &g.Type)
		if g.Seat == "" {
			g.Seat = w.State
		}
	}
	n := slices.IndexFunc(in.Engagements, func(o mobility.Engagement) bool {
		return g.ID != "" && o.ID == g.ID || g.ID == "" && o.ID != mainEngagement && o.Type == g.Type && o.Employer == g.Employer && o.Seat == g.Seat
	})
	if n < 0 {
		n, g.ID = len(in.Engagements), fmt.Sprintf("other%d", len(in.Engagements))
		in.Engagements = append(in.Engagements, g)
	}
	in.Engagements[n].Work = append(in.Engagements[n].Work, w)
}

// share reads per cent; nothing when nothing is typed.
func (f *form) share(name string) *mobility.Share {
	if f.get(name) == "" {
		return nil
	}
	var s mobility.Share
	if err := s.UnmarshalJSON([]byte(web.WithPoint(strings.TrimSpace(strings.TrimSuffix(f.get(name), "%"))))); err != nil {
		f.Faults.Add(name, err)
		return nil
	}
	return &s
}

// readYou reads what an institution asks of the person.
func readYou(f *form, facts *casework.Facts) {
	in := &facts.Input
	in.Nationality, in.Residence = nil, stateOf(f, "residence")
	for _, name := range []string{"nationality", "nationality2"} {
		var n mobility.Nationality
		if f.choice(name, &n); n != "" && !slices.Contains(in.Nationality, n) {
			in.Nationality = append(in.Nationality, n)
		}
	}
	in.LegallyResident = nil
	if v := f.get("legally_resident"); v != "" {
		legally := v == "yes"
		in.LegallyResident = &legally
	}
	in.Checks.HomeCoverSince = coverFrom(f.date("checks.home_cover_since"), f.get("not_covered") == "yes")
	in.Checks.SelfEmployedSince = coverFrom(f.date("checks.se_active_since"), false)
	facts.Person = casework.Person{BirthDate: f.date("person.birth_date"), BirthPlace: f.get("person.birth_place"), Sex: f.get("person.sex"),
		NationalNumber: f.get("person.national_number"), SocialSecurity: f.get("person.social_security_number"), TaxNumber: f.get("person.tax_number")}
}

func coverFrom(since contracts.Date, not bool) mobility.Cover {
	return mobility.Cover{Given: not || !since.IsZero(), Since: since}
}

// demand adds a fault for each field that is empty.
func (f *form) demand(remedy web.Words, names ...string) {
	for _, name := range names {
		if f.get(name) == "" {
			f.Faults.Addf(contracts.FaultMissing, name, remedy, "nothing is given")
		}
	}
}

// placed moves faults of the case and of the engine to the fields of the form.
func placed(fs contracts.Faults) contracts.Faults {
	out := slices.Clone(fs)
	for i := range out {
		out[i].Field = fieldOfFault(out[i].Field)
	}
	return out
}

func fieldOfFault(field string) string {
	field = strings.TrimPrefix(strings.TrimPrefix(field, "facts."), "input.")
	switch {
	case strings.HasPrefix(field, "engagements") && field != "engagements[0].type":
		return "work"
	case field == "trips":
		return tripField(0, "host")
	case strings.HasPrefix(field, "trips[") && strings.HasSuffix(field, "]"):
		return field + ".start"
	case strings.HasPrefix(field, "trips[") && strings.HasSuffix(field, ".activity"):
		return "trips[0].activity"
	case strings.HasPrefix(field, "previous_postings"):
		return tripField(0, "start")
	}
	return field
}
