package mobility

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// involved are the zones of the States in a case: residence, seats, States of work, hosts. Third countries do not count.
type involved struct{ eu, eea, ch, uk, denied bool }

func (d *decider) involved() (v involved) {
	add := func(s State) {
		switch d.law.zone(s, d.on) {
		case "EU":
			v.eu = true
			v.denied = v.denied || slices.Contains(d.law.TCNNotIn, s)
		case "EEA":
			v.eea = true
		case "CH":
			v.ch = true
		case "UK":
			v.uk = true
		}
		v.uk = v.uk || s == "UK" // also before 2021, when the Withdrawal Agreement decides
	}
	add(d.in.Residence)
	for _, g := range d.in.Engagements {
		add(g.Seat)
		for _, w := range g.Work {
			add(w.State)
		}
	}
	for _, t := range d.in.Trips {
		add(t.Host)
	}
	return v
}

// nationals tells as what the person counts: national of the EU, of Iceland, Liechtenstein or Norway, or of Switzerland. None of
// them is a national of a third country. Refugees and stateless persons count as nationals where they live.
func (d *decider) nationals() (eu, eea, ch bool) {
	for _, n := range d.in.Nationality {
		s := State(n)
		if n == Refugee || n == Stateless {
			s = d.in.Residence
		}
		switch d.law.zone(s, d.on) {
		case "EU":
			eu = true
		case "EEA":
			eea = true
		case "CH":
			ch = true
		}
	}
	return eu, eea, ch
}

// thirdCountry tells whether the person is a national of a third country.
func (d *decider) thirdCountry() bool {
	eu, eea, ch := d.nationals()
	return !eu && !eea && !ch
}

// regime decides which coordination covers the case: the first row that holds.
func (d *decider) regime() Regime {
	v, legal := d.involved(), given(d.in.LegallyResident, true)
	eu, eea, ch := d.nationals()
	for _, r := range []struct {
		row    string
		holds  bool
		regime Regime
		basis  string
	}{
		{"work in a third country: bilateral or national law", d.inThirdCountry(), NotCovered, "none"},
		{"United Kingdom with Switzerland, Iceland, Liechtenstein or Norway: separate conventions", v.uk && (v.ch || v.eea), NotCovered, "none"},
		{"United Kingdom, work begun before 2021: Withdrawal Agreement", v.uk && d.law.zone("UK", d.started()) == "", NotCovered, "none"},
		{"United Kingdom and the EU, legally resident in one of them, any nationality", v.uk && legal && d.livesInEUOrUK(), TCAUK, "tca_uk"},
		{"United Kingdom, not legally resident in the EU or the United Kingdom", v.uk, NotCovered, "none"},
		{"national of the EU or of Switzerland", eu || ch, EU883, "eu883"},
		{"national of Iceland, Liechtenstein or Norway, Switzerland not involved", eea && !v.ch, EU883, "eu883"},
		{"national of Iceland, Liechtenstein or Norway with Switzerland: EFTA Convention", eea, NotCovered, "none"},
		{"national of a third country with Denmark, Iceland, Liechtenstein, Norway or Switzerland; who lives in a Nordic State may fall under the Nordic Convention", v.denied || v.eea || v.ch, NotCovered, "none"},
		{"national of a third country, legally resident or legally staying and working, all States in the EU", legal, EU883, "eu883_tcn"},
		{"national of a third country, not legally resident", true, NotCovered, "none"},
	} {
		if d.step("regime", r.row, r.holds) {
			b := d.law.Regimes[r.basis]
			d.reason("regime", fmt.Sprintf("%s (%s)", b.Says, r.row), b)
			return r.regime
		}
	}
	return NotCovered // not met: the last row always holds
}

// inThirdCountry tells whether nothing is left for coordination to decide: a trip to a third country, or no work in the area.
func (d *decider) inThirdCountry() bool {
	for _, t := range d.in.Trips {
		if t.Host != "UK" && d.law.zone(t.Host, d.on) == "" {
			return true
		}
	}
	if len(d.in.Trips) > 0 || !hasWork(d.in) {
		return false
	}
	for _, g := range d.in.Engagements {
		for _, w := range g.Work {
			if w.State == "UK" || d.law.zone(w.State, d.on) != "" {
				return false
			}
		}
	}
	return true
}

func (d *decider) livesInEUOrUK() bool {
	zone := d.law.zone(d.in.Residence, d.on)
	return zone == "EU" || zone == "UK"
}

// started is the first day of the work with what it follows on, by which the law of the United Kingdom's withdrawal is told.
func (d *decider) started() contracts.Date {
	first := d.on
	for i := range d.in.Trips {
		if t := &d.in.Trips[i]; t.Host == "UK" {
			if p := d.newPosting(t); p.chain.Before(first) {
				first = p.chain
			}
		}
	}
	return first
}
