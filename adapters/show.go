package adapters

import (
	"fmt"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Fact is one thing that holds in a country on a day, with where it comes from.
type Fact struct {
	Topic      string             `json:"topic"`
	Name       string             `json:"name"`
	Value      string             `json:"value"`
	Since      contracts.Date     `json:"since,omitzero"`
	Until      contracts.Date     `json:"until,omitzero"` // last day
	Source     string             `json:"source,omitzero"`
	Confidence country.Confidence `json:"confidence"`
	Note       string             `json:"note,omitzero"`
}

// Facts is what holds in a country on a day, in the order a reader wants it.
type Facts []Fact

// Show returns everything that holds for a country's node on a day and why. What is not in force on that day is left out.
func Show(a *country.Adapter, on contracts.Date) Facts {
	s := &sheet{on: on, cite: a.Cite}
	identity(s, &a.Market)
	s.add("identity", "node languages", strings.Join(a.NodeLanguages, ", "), iso)
	s.add("identity", "time zone", a.Timezone, iso)
	cooperative(s, a)
	numbers(s, &a.Market)
	vat(s, &a.Market)
	vatLines(s, a)
	pay(s, a)
	wordings(s, &a.Market)
	invoice(s, a)
	eInvoicing(s, &a.Market)
	latePayment(s, &a.Market)
	accounts(s, a)
	abroad(s, &a.Market)
	european(s)
	return s.facts
}

// ShowMarket returns what is known of a country where only buyers live.
func ShowMarket(m *country.Market, on contracts.Date) Facts {
	s := &sheet{on: on, cite: m.Cite}
	identity(s, m)
	numbers(s, m)
	vat(s, m)
	wordings(s, m)
	eInvoicing(s, m)
	latePayment(s, m)
	abroad(s, m)
	return s.facts
}

// iso covers what the data files give without evidence of its own.
var iso = country.Evidence{Src: []string{"iso"}}

// sheet collects the facts of one day.
type sheet struct {
	on    contracts.Date
	cite  func(country.Evidence) string
	facts Facts
}

func (s *sheet) add(topic, name, value string, e country.Evidence) {
	s.dated(topic, name, value, country.Period{}, e)
}

func (s *sheet) dated(topic, name, value string, p country.Period, e country.Evidence) {
	if value == "" || !p.Covers(s.on) {
		return
	}
	s.facts = append(s.facts, Fact{Topic: topic, Name: name, Value: value, Since: p.Since, Until: p.Until,
		Source: s.cite(e), Confidence: e.Confidence.Or(), Note: e.Note})
}

// each adds pairs of name and value that share their evidence; empty values are left out. The note goes with the first.
func (s *sheet) each(topic string, e country.Evidence, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		s.add(topic, pairs[i], pairs[i+1], e)
		e.Note = ""
	}
}

// within gives a fact the evidence of its block where it has none of its own.
func within(own, block country.Evidence) country.Evidence {
	if len(own.Src) == 0 {
		own.Src = block.Src
		if own.Confidence == "" {
			own.Confidence = block.Confidence
		}
	}
	return own
}

func percent(p contracts.Percent) string { return p.String() + " %" }

func count(n int, unit string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, unit)
}
