package investment

import (
	"fmt"

	"passerelle/contracts"
)

// annualReport is where the published figures of the plan stand.
const annualReport = "Smart annual report 2023 (Dutch), “Europees netwerk van gedeelde ondernemingen Smart”"

// The demonstration's split of the published sums, in thousand EUR. It is invented: the report publishes 3.3 million for 2021 to 2023, each year
// less than the one before, and 300,000 for 2024, and no split by country or year.
var exampleSplit = []struct {
	year int
	of   map[Country]int64
}{
	{2021, map[Country]int64{"AT": 200, "DE": 280, "ES": 250, "IT": 220, "NL": 230, "SE": 220}},
	{2022, map[Country]int64{"AT": 160, "DE": 220, "ES": 195, "IT": 170, "NL": 180, "SE": 175}},
	{2023, map[Country]int64{"AT": 115, "DE": 160, "ES": 140, "IT": 130, "NL": 130, "SE": 125}},
	{2024, map[Country]int64{"AT": 70, "DE": 90, "IT": 65, "SE": 75}},
}

var exampleCountries = []Country{"AT", "DE", "ES", "IT", "NL", "SE"}

// story writes the demonstration in the order of its days.
type story struct {
	acts     []Dated
	meetings int
}

func (s *story) on(day string, a Act) {
	s.acts = append(s.acts, Dated{Day: contracts.MustDate(day), Act: a})
}

// meets enters an example of a decision and returns its id.
func (s *story) meets(day, motion, reason string) string {
	s.meetings++
	id := fmt.Sprintf("d%d", s.meetings)
	s.on(day, DecisionTaken{Decision{ID: id, Meeting: contracts.MustDate(day), Motion: motion, Reason: reason, Seats: 14, For: 11, Against: 1, Abstain: 1,
		Minutes: fmt.Sprintf("Example minutes %s, item %d", day, 4+s.meetings%3), Example: true}})
	return id
}

// Demonstration is the story of the annual report of 2023: its sums and which countries are published; days, votes, tranches, and the split by
// country and year are examples and marked as such.
func Demonstration() []Dated {
	s := &story{}
	plan := s.meets("2020-12-10", "Adopt a transparent investment plan for 2021 to 2023 of 3.3 million EUR, degressive", "Bring the model of each supported country into balance.")
	ceiling := contracts.MustMoney("3300000.00", contracts.EUR)
	s.on("2020-12-10", ProgrammeOpened{ID: "plan-2021", Name: "Investment plan 2021–2023", Instrument: Grant, From: 2021, Until: 2023, Ceiling: &ceiling, Countries: exampleCountries,
		Decision: plan, Source: annualReport, Example: true, Note: "3.3 million EUR in total, each year less than the one before, for ES, AT, SE, DE, NL and IT, is published. That it was given as grants, and the split by country and year, are examples."})
	france := s.meets("2020-12-10", "Keep the support of France apart, under agreements of its own", "Other agreements and strategies hold for France.")
	s.on("2020-12-10", ProgrammeOpened{ID: "france", Name: "Separate agreements with France", Instrument: Separate, From: 2021, Until: 2023, Countries: []Country{"FR"}, Decision: france,
		Source: annualReport, Note: "Published is that France had other agreements; their amounts are not."})
	for _, y := range exampleSplit[:3] {
		s.allocate("2020-12-10", plan, y.year, y.of)
	}
	s.halves(2021, plan, "")
	s.half(2022, 1, plan, "")
	spain := s.meets("2022-06-16", "Stop the support of Spain early", "Strategic differences that lie too far from ours.")
	s.on("2022-06-16", Stopped{"plan-2021", "ES", spain})
	s.half(2022, 2, plan, "ES")
	netherlands := s.meets("2022-12-15", "Stop the support of the Netherlands early", "Strategic differences that lie too far from ours.")
	s.on("2022-12-15", Stopped{"plan-2021", "NL", netherlands})
	s.halves(2023, plan, "ES NL")
	s.extend()
	return s.acts
}

// extend is the last year, with one tranche of every state at its end.
func (s *story) extend() {
	more := s.meets("2023-11-23", "Support Austria, Germany, Italy and Sweden one more year, with a last amount of 300,000 EUR", "Activity came back at another pace after the pandemic, and is less diversified than in Belgium.")
	s.on("2023-11-23", Extended{"plan-2021", 2024, 2024, contracts.MustMoney("300000.00", contracts.EUR), more, annualReport})
	last := exampleSplit[3]
	s.allocate("2023-11-23", more, last.year, last.of)
	s.half(2024, 1, more, "ES NL")
	s.plan("2024-06-27", 2024, 2, more, "ES NL")
	waiver := s.meets("2024-09-19", "Release the last tranches; waive for Germany that its coverage is reached", "Coverage follows by the end of the year; the portal needs the money now.")
	for _, c := range []Country{"AT", "DE", "SE"} {
		id := trancheID(c, 2024, 2)
		s.on("2024-09-19", ConditionMet{id, 1, "Example: all six reports are there"})
		if c == "DE" {
			s.on("2024-09-19", Released{Tranche: id, Decision: waiver, Waived: []int{2}})
		} else {
			s.on("2024-09-19", ConditionMet{id, 2, "Example: coverage of the half-year, by its reports"})
			s.on("2024-09-19", Released{Tranche: id, Decision: waiver})
		}
		s.on("2024-09-24", Ordered{id, "Example order " + id})
		s.on("2024-09-25", Sent{id})
	}
	s.on("2024-09-27", Confirmed{trancheID("AT", 2024, 2), "AT", half(70)})
	s.on("2024-09-30", Confirmed{trancheID("DE", 2024, 2), "DE", half(90)})
}

func trancheID(c Country, year, n int) string {
	return fmt.Sprintf("plan-2021-%s-%d-%d", contracts.NodeID(c), year, n)
}

// half is half of some thousand EUR.
func half(thousands int64) contracts.Money {
	return contracts.FromMinor(thousands*1000*100/2, contracts.EUR)
}

func (s *story) allocate(day, decision string, year int, of map[Country]int64) {
	for _, c := range exampleCountries {
		if of[c] > 0 {
			s.on(day, Allocated{"plan-2021", c, year, contracts.FromMinor(of[c]*1000*100, contracts.EUR), decision})
		}
	}
}

func (s *story) halves(year int, decision, without string) {
	s.half(year, 1, decision, without)
	s.half(year, 2, decision, without)
}

var halfYears = [3]struct{ planned, met, release, ordered, sent, confirmed, due string }{1: {"01-14", "02-20", "02-25", "03-08", "03-09", "03-11", "03-15"}, 2: {"06-24", "09-10", "09-16", "09-20", "09-21", "09-24", "09-30"}}

// plan sets the tranches of a half-year aside, each with two conditions.
func (s *story) plan(day string, year, n int, decision, without string) {
	for _, c := range exampleCountries {
		amount := exampleSplit[year-2021].of[c]
		if amount == 0 || contains(without, c) {
			continue
		}
		s.on(day, TranchePlanned{ID: trancheID(c, year, n), Programme: "plan-2021", Country: c, Year: year, Amount: half(amount), Decision: decision,
			Due:        contracts.MustDate(fmt.Sprintf("%d-%s", year, halfYears[n].due)),
			Conditions: []Condition{{Kind: ReportFiled, Text: "Monthly reports of the half-year before are filed"}, {Kind: CoverReached, Text: fmt.Sprintf("Contribution income covers %d%% of operating costs", 40+(year-2021)*15+n*5)}}})
	}
}

// half plays a half-year: planned, met, released, sent, confirmed.
func (s *story) half(year, n int, decision, without string) {
	at := halfYears[n]
	day := func(d string) string { return fmt.Sprintf("%d-%s", year, d) }
	s.plan(day(at.planned), year, n, decision, without)
	var going []Country
	for _, c := range exampleCountries {
		if exampleSplit[year-2021].of[c] > 0 && !contains(without, c) {
			going = append(going, c)
		}
	}
	for _, c := range going {
		s.on(day(at.met), ConditionMet{trancheID(c, year, n), 1, "Example: all six reports are there"})
		s.on(day(at.met), ConditionMet{trancheID(c, year, n), 2, "Example: coverage of the half-year, by its reports"})
	}
	release := s.meets(day(at.release), fmt.Sprintf("Release the tranches of %d, part %d", year, n), "The conditions hold.")
	for _, c := range going {
		s.on(day(at.release), Released{Tranche: trancheID(c, year, n), Decision: release})
	}
	for _, c := range going {
		id := trancheID(c, year, n)
		s.on(day(at.ordered), Ordered{id, "Example order " + id})
		s.on(day(at.sent), Sent{id})
		s.on(day(at.confirmed), Confirmed{id, c, half(exampleSplit[year-2021].of[c])})
	}
}

func contains(list string, c Country) bool {
	for i := 0; i+2 <= len(list); i += 3 {
		if list[i:i+2] == string(c) {
			return true
		}
	}
	return false
}
