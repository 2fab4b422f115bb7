package mobility

import (
	"cmp"
	"fmt"
	"slices"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// hosts answers what each host wants: its notice, its tax on performers, its labour law.
func (d *decider) hosts() {
	for i := range d.in.Trips {
		t := &d.in.Trips[i]
		d.trip = i
		g := d.in.engagement(t.Engagement)
		d.longTerm(d.newPosting(t))
		declaration, withholding := d.declaration(t, g), d.withholding(t)
		if i == 0 {
			d.out.Declaration, d.out.WithholdingCheck = declaration, withholding
		}
		if len(d.out.Trips) > 0 {
			d.out.Trips[i].Declaration, d.out.Trips[i].WithholdingCheck = declaration, withholding
		}
		if most, noted := d.law.NoticeDays[t.Host]; noted && d.hostDays(t)[country.HostWorkDaysYear] > most {
			d.find("CH_OVER_90_DAYS", fmt.Sprintf("%d days", d.hostDays(t)[country.HostWorkDaysYear]))
		}
	}
}

const declarationTable = "host declaration"

// declaration applies the host's rule on notices; it does not depend on whose social security applies.
func (d *decider) declaration(t *Trip, g *Engagement) *Declaration {
	m := d.engine.hosts[t.Host.country()]
	out := &Declaration{Host: t.Host}
	var ruling country.Ruling
	known := false
	if m != nil {
		ruling, known = m.PostedWorkers.Declaration(d.hostWork(t, g))
	}
	out.Documents = d.documents(m, g, t.Host)
	if known {
		out.System, out.LatestRule, out.Customer = System(ruling.Rule.System), ruling.Rule.Latest, ruling.Rule.Customer
	}
	switch {
	case d.step(declarationTable, "engaged in the host State: nobody is posted", g.Seat == t.Host):
		out.Need = country.NotRequired
		d.sentence("declaration", "local_notice")
	case d.step(declarationTable, "a civil servant", g.Type == CivilServant && (!known || ruling.Rule.Otherwise != country.NotRequired)):
		out.Need = country.Adviser
		d.sentence("declaration", "civil_servant_notice")
	case !known && d.step(declarationTable, "self-employed, and the State's rule is not carried", g.Type == SelfEmployed && d.law.zone(t.Host, d.on) != ""):
		out.Need = country.NotRequired
		d.sentence("declaration", "self_employed_notice")
	case d.step(declarationTable, "the State's rule is not carried", !known):
		out.Need = country.Adviser
		d.sentence("declaration", "unknown_notice")
	default:
		d.step(declarationTable, fmt.Sprintf("%s: %s", ruling.Rule.System, ruling.Says), true)
		out.Need = ruling.Need
		b := d.evidence(m, ruling.Says, ruling.Evidence)
		d.reason("declaration", ruling.Says, b)
		if ruling.Exempt() {
			d.find("DECLARATION_EXEMPT", ruling.Says)
		}
	}
	d.latest(out, t.Start)
	return out
}

// keptByDefault is how long documents are kept where the host names no time of its own.
const keptByDefault = "kept two years after the end"

// documents are the papers an employer keeps at hand for the host's inspectors, as the directive lists them and as the host adds.
func (d *decider) documents(m *country.Market, g *Engagement, host State) string {
	if g.Type != Employed || g.Seat == host {
		return ""
	}
	here := keptByDefault
	if m != nil && m.PostedWorkers.Documents != "" {
		here = m.PostedWorkers.Documents
	}
	return d.law.Sentences["documents"].Says + "; here: " + here
}

// latest sets until when the notice is in time, where there may be one to file.
func (d *decider) latest(out *Declaration, start contracts.Date) {
	if out.Need == country.NotRequired {
		out.LatestRule, out.Customer = "", ""
		return
	}
	out.LatestDate = out.LatestRule.Day(start)
}

func (d *decider) hostWork(t *Trip, g *Engagement) country.HostWork {
	who := country.Employees
	if g.Type == SelfEmployed {
		who = country.SelfEmployed
	}
	return country.HostWork{Start: t.Start, Who: who, Work: t.kind(), ThirdCountry: d.thirdCountry(), Renowned: d.in.Declaration.InternationallyRenowned,
		MinorTourStop: t.TourSubordinate, Days: d.hostDays(t)}
}

// hostDays are the sums of days in the host State; one that is not given is the days of the trip. The facts are those of the first
// trip's host.
func (d *decider) hostDays(t *Trip) map[country.DayCount]int {
	f, trip := d.in.Declaration, t.days()
	if t.Host != d.in.Trips[0].Host {
		f = DeclarationFacts{}
	}
	return map[country.DayCount]int{country.TripDays: trip,
		country.HostDaysQuarter: given(f.HostDaysQuarter, trip), country.HostDaysYear: given(f.HostDaysYear, trip), country.HostDays12Months: given(f.HostDays12Months, trip),
		country.HostDays13Weeks: given(f.HostDays13Weeks, trip), country.HostWorkDaysYear: given(f.HostWorkDaysYear, trip)}
}

// withholding tells whether tax on performers must be looked at (OECD Model Tax Convention, Art. 17).
func (d *decider) withholding(t *Trip) bool {
	if !d.step("tax on performers", "a performance before an audience", t.Activity == Activity(country.Performance)) {
		d.sentence("withholding_check", "no_performer")
		return false
	}
	m := d.engine.hosts[t.Host.country()]
	if m == nil {
		d.sentence("withholding_check", "performer")
		return true
	}
	b := d.evidence(m, m.Withholding.Hint, m.Withholding.Evidence)
	if d.step("tax on performers", "lives in a country whose residents are free by treaty", slices.Contains(m.Withholding.FreeResidents, string(d.in.Residence.country()))) {
		d.reason("withholding_check", d.law.Sentences["treaty_resident"].Says, b)
		return false
	}
	d.sentence("withholding_check", "performer")
	if m.Withholding.Hint != "" {
		d.reason("withholding_check", "hint for the adviser: "+m.Withholding.Hint, b)
	}
	return true
}

// health tells whether the health insurance card is valid wherever the work is.
func (d *decider) health() {
	d.out.EHICValid = true
	for _, s := range d.workedIn() {
		zone := d.law.zone(s, d.on)
		outside := zone == "" && s != "UK"
		denied := d.thirdCountry() && (zone == "EEA" || zone == "CH" || slices.Contains(d.law.TCNNotIn, s))
		if d.step("health insurance card", "not valid in "+string(s), outside || denied) {
			d.out.EHICValid = false
			d.find("EHIC_NOT_VALID", string(s))
		}
	}
	if d.out.EHICValid {
		d.sentence("ehic_valid", "health_card")
		return
	}
	d.sentence("ehic_valid", "health_card_not")
}

// workedIn are the hosts, or without a trip the States of work other than the residence and the State that insures.
func (d *decider) workedIn() (states []State) {
	add := func(s State) {
		if !slices.Contains(states, s) {
			states = append(states, s)
		}
	}
	for _, t := range d.in.Trips {
		add(t.Host)
	}
	for _, g := range d.in.Engagements {
		for _, w := range g.Work {
			if len(d.in.Trips) == 0 && w.State != d.in.Residence && w.State != d.out.Legislation {
				add(w.State)
			}
		}
	}
	return states
}

// permits finds the checks of stay and immigration law.
func (d *decider) permits() {
	if d.thirdCountry() {
		d.find("TCN_PERMIT_CHECK", "")
	}
	if slices.ContainsFunc(d.in.Trips, func(t Trip) bool { return t.Host == "UK" }) {
		d.find("UK_IMMIGRATION_CHECK", "")
	}
}

// DayCount names a sum of days in a host State.
type DayCount = country.DayCount

// DayLimit is a number of days up to which a host State does without a notice, of somebody whose work it is meant for.
type DayLimit struct {
	Count DayCount
	Most  int
	Says  string
}

// DayLimits lists the limits that a host State's rules have on a day, without those of a single trip.
func (e *Engine) DayLimits(host State, on contracts.Date) (all []DayLimit) {
	m := e.hosts[host.country()]
	if m == nil {
		return nil
	}
	for _, rule := range m.PostedWorkers.Rules {
		if !rule.Covers(on) {
			continue
		}
		for _, row := range rule.Rows {
			for count, most := range row.AtMost {
				if count != country.TripDays && row.Need == country.NotRequired {
					all = append(all, DayLimit{count, most, row.Says})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b DayLimit) int {
		return cmp.Or(cmp.Compare(a.Most, b.Most), cmp.Compare(a.Says, b.Says), cmp.Compare(a.Count, b.Count))
	})
	return all
}
