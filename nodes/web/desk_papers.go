package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
	"passerelle/nodes/papers"
)

// deskForm is a paper that can be had filled in.
type deskForm struct {
	Key     string // in the address: a1, declaration-1, european-1
	Name    string
	Of      string // whose it is, and for which trip
	Missing int
	URL     string
}

// euDeclaration is the common form of the States of the EU for notices (COM(2024) 531).
const euDeclaration = "eu_e_declaration"

// packsOf fills in every paper that a case may need, in the order of its trips.
func (s server) packsOf(k casework.Case, m member.Member, contact member.Contact) (keys []string, packs []papers.Pack) {
	add := func(key string, f papers.Form, trip int) {
		keys, packs = append(keys, key), append(packs, f.Fill(s.formFacts(k, m, contact, trip)))
	}
	if needsA1(k) {
		add("a1", papers.A1Form(a1Issuer(k)), 0)
	}
	all := papers.DeclarationForms()
	common := slices.IndexFunc(all, func(f papers.Form) bool { return f.Key == euDeclaration })
	for i, t := range k.Facts.Input.Trips {
		n := strconv.Itoa(i + 1)
		if f, known := papers.DeclarationForm(systemOf(k, i), t.Start); known && mayDeclare(k, i) {
			add("declaration-"+n, f, i)
		}
		if common >= 0 {
			add("european-"+n, all[common], i)
		}
	}
	return keys, packs
}

// needsA1 tells whether an A1 is, or may be, asked for.
func needsA1(k casework.Case) bool {
	if k.Outcome != nil {
		return k.Outcome.A1
	}
	return k.Assessed != nil && k.Assessed.Decision.A1.Needed != mobility.A1NotNeeded
}

func a1Issuer(k casework.Case) contracts.CountryCode {
	switch {
	case k.Outcome != nil && k.Outcome.Issuer != "":
		return k.Outcome.Issuer.Country()
	case k.Assessed != nil && k.Assessed.Decision.A1.Issuer != "":
		return k.Assessed.Decision.A1.Issuer.Country()
	}
	return k.Facts.Input.Home.Country()
}

// mayDeclare tells whether a trip is, or may have to be, declared.
func mayDeclare(k casework.Case, trip int) bool {
	return k.Outcome == nil || trip >= len(k.Outcome.Notices) || k.Outcome.Notices[trip].Required
}

// systemOf is the system that takes the declaration of a trip.
func systemOf(k casework.Case, trip int) string {
	if a := k.Assessed; a != nil {
		switch d := a.Decision; {
		case trip < len(d.Trips) && d.Trips[trip].Declaration != nil:
			return string(d.Trips[trip].Declaration.System)
		case trip == 0 && d.Declaration != nil:
			return string(d.Declaration.System)
		}
	}
	return ""
}

// formFacts is what a case knows for the forms of one trip.
func (s server) formFacts(k casework.Case, m member.Member, contact member.Contact, trip int) papers.Facts {
	in := k.Facts.Input
	f := papers.Facts{Home: s.adapter().Code, Who: papers.Employed, Person: s.formPerson(k, m, contact), Employer: s.formEmployer(), Contract: papers.Contract{Reference: string(k.Facts.Activity), Schedule: k.Facts.Schedule}}
	if len(in.Engagements) > 0 && in.Engagements[0].Type == mobility.SelfEmployed {
		f.Who, f.Employer = papers.SelfEmployed, papers.Firm{Name: m.Name, Address: f.Person.Address}
	}
	if k.Outcome != nil {
		if f.A1 = (papers.A1{Legislation: k.Outcome.Legislation.Country(), Status: string(k.Outcome.StatusCode)}); strings.HasPrefix(string(k.Outcome.Article), "13.") {
			f.Who = papers.Several
		}
	}
	if k.Assessed != nil {
		f.A1.Institution = k.Assessed.Decision.A1.Institution
	}
	for _, t := range k.Tracks {
		if t.Kind == casework.TrackA1 {
			f.A1.Number = t.Reference
		}
	}
	if trip < len(in.Trips) {
		s.formTrip(&f, k, trip)
	}
	return f
}

// formTrip adds the trip: where, when and for whom.
func (s server) formTrip(f *papers.Facts, k casework.Case, trip int) {
	t, p := k.Facts.Input.Trips[trip], placeOf(k.Facts, trip+1)
	replaces := k.Facts.Input.Checks.ReplacesPostedPerson
	f.Host = t.Host.Country()
	at := contracts.Address{Street: p.Street, PostalCode: p.PostalCode, Town: p.Town, Country: f.Host}
	f.Customer = papers.Firm{Name: t.HostUndertaking, Address: at, Email: p.Contact.Email, Phone: p.Contact.Phone, Representative: p.Contact.Name}
	f.Work = papers.Work{Start: t.Start, End: t.End, Description: k.Facts.Task, Sector: string(t.Activity), Replaces: &replaces}
	for _, part := range []string{p.Name, p.Street, strings.TrimSpace(p.PostalCode + " " + p.Town)} {
		if part != "" {
			f.Work.Place += ", " + part
		}
	}
	f.Work.Place = strings.TrimPrefix(f.Work.Place, ", ")
	if h := hostOf(k, t.Host); h != nil && h.Contact != nil {
		f.Contact = papers.Contact{Name: h.Contact.Name, Phone: h.Contact.Phone, Email: h.Contact.Email}
	}
}

func hostOf(k casework.Case, state mobility.State) *casework.Host {
	for i := range k.Hosts {
		if k.Hosts[i].State == state {
			return &k.Hosts[i]
		}
	}
	return nil
}

func (s server) formEmployer() papers.Firm {
	p := s.Outbound.Seller.Party
	f := papers.Firm{Name: p.Name, VATID: p.VATID, Address: p.Address, Email: p.Email}
	if len(p.Registrations) > 0 {
		f.Registration = p.Registrations[0].Value
	}
	return f
}

// formPerson is the member. A name is kept in one piece: its first word is taken for the given name, in Hungary the others; whoever files looks at it.
func (s server) formPerson(k casework.Case, m member.Member, contact member.Contact) papers.Person {
	of, in := k.Facts.Person, k.Facts.Input
	first, rest, _ := strings.Cut(m.Name, " ")
	p := papers.Person{GivenNames: first, FamilyName: rest, Sex: of.Sex, BirthDate: of.BirthDate, BirthPlace: of.BirthPlace, Number: or(of.SocialSecurity, of.NationalNumber), Phone: contact.Phone, Email: contact.Email,
		Address: contracts.Address{Street: contact.Street, PostalCode: contact.PostalCode, Town: contact.Town, Country: contact.Country}, Job: k.Facts.Task, ActiveSince: in.Checks.SelfEmployedSince.Since}
	if s.adapter().Code == "HU" {
		p.GivenNames, p.FamilyName = rest, first
	}
	if in.Checks.HomeCoverSince.Given {
		p.CoverSince = in.Checks.HomeCoverSince.Since
	}
	for _, n := range in.Nationality {
		if c := contracts.CountryCode(n); c.Known() {
			p.Nationality = append(p.Nationality, c)
		}
	}
	return p
}

// deskForms lists the papers of a case.
func (s server) deskForms(l *web.Locale, k casework.Case, m member.Member, contact member.Contact) (all []deskForm) {
	keys, packs := s.packsOf(k, m, contact)
	for i, p := range packs {
		f := deskForm{Key: keys[i], Name: or(p.Name.Own, p.Name.English), Missing: len(p.Missing()), URL: deskPath + "/" + string(k.ID) + "/forms/" + keys[i]}
		if _, trip, ofTrip := strings.Cut(keys[i], "-"); ofTrip {
			n, _ := strconv.Atoi(trip) // packsOf wrote it
			t := k.Facts.Input.Trips[n-1]
			f.Of = stateIn(l, t.Host) + ", " + l.Date(t.Start)
		} else {
			f.Of = p.Institution
		}
		all = append(all, f)
	}
	return all
}

// deskFormPage is one paper filled in.
type deskFormPage struct {
	papers.Pack
	URL  string
	Lack []papers.Row
}

// deskForm shows a paper filled in, or answers it as a file.
func (s server) deskForm(c echo.Context) error {
	if err := web.KnownQuery(c, "format"); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightOfCase(k)); err != nil {
		return err
	}
	var m member.Member
	var contact member.Contact
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		if m, _, err = s.Store.Member(ctx, q, web.ScopeOf(c), k.Member); err != nil {
			return err
		}
		contact, err = s.Store.Contact(ctx, q, web.ScopeOf(c), k.Member)
		return err
	})
	if err != nil {
		return err
	}
	keys, packs := s.packsOf(k, m, contact)
	for i, p := range packs {
		if keys[i] == c.Param("form") {
			return s.answerForm(c, k, keys[i], p)
		}
	}
	return web.NotFound("paper")
}

func (s server) answerForm(c echo.Context, k casework.Case, key string, p papers.Pack) (err error) {
	l, kind, body := web.LocaleOf(c), "", []byte(nil)
	switch c.QueryParam("format") {
	case "":
		back := deskPath + "/" + string(k.ID)
		name := or(p.Name.Own, p.Name.English)
		return s.render(c, http.StatusOK, "deskform", web.Page{Title: name, Body: deskFormPage{Pack: p, URL: back + "/forms/" + key, Lack: p.Missing()},
			Crumbs: []web.Link{{Text: l.T("Cases"), URL: deskPath}, {Text: caseName(l, k), URL: back}, {Text: name}}})
	case "pdf":
		kind = "application/pdf"
		body, err = p.PDF(l.Code(), s.today(), s.Outbound.Seller.Party.Name)
	case "csv":
		kind = "text/csv; charset=utf-8"
		body, err = p.CSV()
	case "json":
		kind = echo.MIMEApplicationJSON
		body, err = p.JSON()
	default:
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "format", Message: "no paper is given in this format", Remedy: "use pdf, csv or json"}
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+p.Form+"-"+s.today().String()+"."+c.QueryParam("format")+`"`)
	return c.Blob(http.StatusOK, kind, body)
}

// coverView is the check of insurance day by day.
type coverView struct {
	Days  int
	Gaps  []coverGap
	Known bool // something covers

	Unread []string // covers whose terms are not known
}

// coverGap is a stretch of days without cover, for one reason.
type coverGap struct {
	From, Until contracts.Date
	Travel      bool
	Why         []string
}

// insuranceOf goes through the journeys of a case, travel included, and holds them against what is noted as insurance. A cover of the co-operative's
// list is known by its name, with which the number noted begins; of another the terms are not known, and the page says so.
func insuranceOf(l *web.Locale, k casework.Case, list []papers.Cover) *coverView {
	if len(k.Facts.Input.Trips) == 0 || k.TrackState(casework.TrackInsurance) == contracts.TrackNotNeeded {
		return nil
	}
	v, covers := &coverView{}, []papers.Cover{}
	for _, t := range k.Tracks {
		if t.Kind != casework.TrackInsurance || t.State != contracts.TrackOK {
			continue
		}
		c := papers.Cover{Name: or(t.Reference, l.T(trackNames[t.Kind]))}
		if i := slices.IndexFunc(list, func(known papers.Cover) bool { return strings.HasPrefix(t.Reference, known.Name) }); i >= 0 {
			c = list[i]
		} else {
			v.Unread = append(v.Unread, c.Name)
		}
		c.Until = t.Until
		covers = append(covers, c)
	}
	v.Known = len(covers) > 0
	for _, j := range journeysOf(k) {
		check := papers.CheckCover(j, covers)
		v.Days += check.Days
		for _, d := range check.Uncovered {
			v.add(l, d)
		}
	}
	return v
}

// journeysOf is each trip of a case from the day somebody leaves to the day he is back.
func journeysOf(k casework.Case) []papers.Journey {
	trips := k.Facts.Input.Trips
	all := make([]papers.Journey, len(trips))
	for i, t := range trips {
		all[i] = papers.Journey{Departure: t.Start, Return: t.End, Start: t.Start, End: t.End, Host: t.Host.Country(), Kind: country.WorkKind(t.Activity)}
		if k.Facts.Danger != "" {
			all[i].Risks = []papers.Risk{papers.Risk(k.Facts.Danger)}
		}
		if t.Start == k.Start() && !k.Facts.Departure.IsZero() {
			all[i].Departure = k.Facts.Departure
		}
		if t.End == k.End() && !k.Facts.Return.IsZero() {
			all[i].Return = k.Facts.Return
		}
	}
	return all
}

// add joins a day to the stretch before it where the reason is the same.
func (v *coverView) add(l *web.Locale, d papers.Uncovered) {
	var why []string
	for _, b := range d.Why {
		why = append(why, b.Says(l))
	}
	if n := len(v.Gaps); n > 0 {
		last := &v.Gaps[n-1]
		if last.Travel == d.Travel && last.Until.AddDays(1) == d.Day && strings.Join(last.Why, ";") == strings.Join(why, ";") {
			last.Until = d.Day
			return
		}
	}
	v.Gaps = append(v.Gaps, coverGap{From: d.Day, Until: d.Day, Travel: d.Travel, Why: why})
}
