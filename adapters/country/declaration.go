package country

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// WorkKind is what somebody does abroad, in the classes by which host countries decide.
type WorkKind string

// The kinds of work. An artist performs or creates (Performance, OtherArts); stage and light crew are ArtsTechnical.
const (
	Performance     WorkKind = "performance"
	OtherArts       WorkKind = "arts_other"
	ArtsTechnical   WorkKind = "arts_technical"
	Teaching        WorkKind = "teaching"
	Office          WorkKind = "office"
	BusinessMeeting WorkKind = "business_meeting"
	Congress        WorkKind = "congress"
	Construction    WorkKind = "construction"
	FairBuilding    WorkKind = "fair_building"
	Catering        WorkKind = "catering"
	Cleaning        WorkKind = "cleaning"
	Security        WorkKind = "security"
	Meat            WorkKind = "meat"
	Forestry        WorkKind = "forestry"
	Transport       WorkKind = "transport"
	OtherWork       WorkKind = "other"
)

// WorkKinds lists every kind of work.
var WorkKinds = []WorkKind{Performance, OtherArts, ArtsTechnical, Teaching, Office, BusinessMeeting, Congress, Construction, FairBuilding,
	Catering, Cleaning, Security, Meat, Forestry, Transport, OtherWork}

// Need answers whether a paper is needed; Adviser where the sources do not decide it.
type Need string

// The answers.
const (
	Required    Need = "required"
	NotRequired Need = "not_required"
	Adviser     Need = "adviser"
)

// Latest is the last moment at which a notice is in time.
type Latest string

// The moments host countries name. LatestUnknown: ask an adviser; NoNotice: there is none to file.
const (
	BeforeStart    Latest = "before_start"
	SameDay        Latest = "same_day"
	PreviousDay24h Latest = "previous_day_24h"
	DaysBefore8    Latest = "days_before_8"
	LatestUnknown  Latest = "adviser"
	NoNotice       Latest = "none"
)

// daysAhead is how many days before the first day of work the last calendar day for filing lies.
var daysAhead = map[Latest]int{BeforeStart: 0, SameDay: 0, PreviousDay24h: 1, DaysBefore8: 8}

// Day returns the last calendar day on which filing is in time, the zero date when none is known.
func (l Latest) Day(start contracts.Date) contracts.Date {
	n, known := daysAhead[l]
	if !known || start.IsZero() {
		return contracts.Date{}
	}
	return start.AddDays(-n)
}

// DayCount names a sum of days in the host country that an exemption is limited by. All include the trip asked about.
type DayCount string

// The sums. TripDays counts the trip alone, first and last day included.
const (
	TripDays         DayCount = "trip_days"
	HostDaysQuarter  DayCount = "host_days_quarter"
	HostDaysYear     DayCount = "host_days_year"
	HostDays12Months DayCount = "host_days_12m"
	HostDays13Weeks  DayCount = "host_days_13w"
	HostWorkDaysYear DayCount = "host_work_days_year"
)

// DayCounts lists every sum of days.
var DayCounts = []DayCount{TripDays, HostDaysQuarter, HostDaysYear, HostDays12Months, HostDays13Weeks, HostWorkDaysYear}

// DeclarationRule is who must give a host country notice of work there, until when, during a period (Directive 2014/67/EU,
// Art. 9(1)(a)). The first row that fits decides; Otherwise where none does.
type DeclarationRule struct {
	Period    `yaml:",inline"`
	System    string           `yaml:"key"` // stable name of the system, such as limosa
	Latest    Latest           `yaml:"latest"`
	Rows      []DeclarationRow `yaml:"rows,omitempty"`
	Otherwise Need             `yaml:"otherwise"`
	Says      string           `yaml:"says"`               // why Otherwise holds
	Customer  string           `yaml:"customer,omitempty"` // what the host's customer must check or report
	Evidence  `yaml:",inline"`
}

// DeclarationRow is one exception to the rule. Every condition that is given must hold.
type DeclarationRow struct {
	Who           Who              `yaml:"who,omitempty"`
	Work          []WorkKind       `yaml:"work,omitempty,flow"`
	NotTCN        bool             `yaml:"not_third_country,omitempty"` // not for nationals of third countries
	Renowned      bool             `yaml:"renowned,omitempty"`          // only for artists of international renown
	MinorTourStop bool             `yaml:"tour_subordinate,omitempty"`  // only on a tour in which the country is minor
	AtMost        map[DayCount]int `yaml:"at_most,omitempty,flow"`      // days
	Need          Need             `yaml:"need"`
	Says          string           `yaml:"says"`
	Evidence      `yaml:",inline"`
}

// Who is whom a row is about; empty is everybody.
type Who string

// The people rows tell apart.
const (
	Employees    Who = "employed"
	SelfEmployed Who = "self_employed"
)

// HostWork is what a host country's rules ask about somebody who comes to work.
type HostWork struct {
	Start         contracts.Date
	Who           Who // never empty
	Work          WorkKind
	ThirdCountry  bool // no national of the EU, the EEA or Switzerland
	Renowned      bool
	MinorTourStop bool
	Days          map[DayCount]int
}

// Ruling is what a host country's rules say of somebody's work. Row is nil where no exception fits.
type Ruling struct {
	Need Need
	Says string
	Rule *DeclarationRule
	Row  *DeclarationRow
	Evidence
}

// Exempt tells whether an exemption was used that proof must be kept of: an employer's notice that would else be due.
func (r Ruling) Exempt() bool {
	return r.Row != nil && r.Need == NotRequired && r.Row.Who != SelfEmployed
}

// Declaration decides whether work in the country needs notice; false when nothing is known for the day.
func (p PostedWorkers) Declaration(w HostWork) (Ruling, bool) {
	for i := range p.Rules {
		if rule := &p.Rules[i]; rule.Covers(w.Start) {
			return rule.decide(w), true
		}
	}
	return Ruling{}, false
}

func (r *DeclarationRule) decide(w HostWork) Ruling {
	for i := range r.Rows {
		if row := &r.Rows[i]; row.fits(w) {
			return Ruling{Need: row.Need, Says: row.Says, Rule: r, Row: row, Evidence: row.or(r.Evidence)}
		}
	}
	return Ruling{Need: r.Otherwise, Says: r.Says, Rule: r, Evidence: r.Evidence}
}

func (r *DeclarationRow) fits(w HostWork) bool {
	switch {
	case r.Who != "" && r.Who != w.Who,
		len(r.Work) > 0 && !slices.Contains(r.Work, w.Work),
		r.NotTCN && w.ThirdCountry,
		r.Renowned && !w.Renowned,
		r.MinorTourStop && !w.MinorTourStop:
		return false
	}
	for count, most := range r.AtMost {
		if w.Days[count] > most {
			return false
		}
	}
	return true
}

// or returns the row's own evidence, and the rule's for what the row does not say.
func (r *DeclarationRow) or(rule Evidence) Evidence {
	e := r.Evidence
	if len(e.Src) == 0 {
		e.Src = rule.Src
	}
	if e.Confidence == "" {
		e.Confidence = rule.Confidence
	}
	return e
}

func (p PostedWorkers) validate(ps *problems) {
	apart(ps, "declaration rule", p.Rules, func(r DeclarationRule) (string, Period) { return "", r.Period })
	for _, r := range p.Rules {
		if r.System == "" || r.Says == "" || !r.Otherwise.known() || !r.Latest.known() {
			ps.addf("posted_workers: rule %q needs key, latest, otherwise and says", r.System)
		}
		for i, row := range r.Rows {
			if err := row.check(); err != nil {
				ps.addf("posted_workers: row %d of %s: %v", i+1, r.System, err)
			}
		}
	}
}

func (n Need) known() bool { return n == Required || n == NotRequired || n == Adviser }

func (l Latest) known() bool {
	_, dated := daysAhead[l]
	return dated || l == LatestUnknown || l == NoNotice
}

func (r DeclarationRow) check() error {
	if r.Says == "" || !r.Need.known() {
		return fmt.Errorf("need is required, not_required or adviser, and says tells why")
	}
	if r.Who != "" && r.Who != Employees && r.Who != SelfEmployed {
		return fmt.Errorf("who is employed or self_employed, not %q", r.Who)
	}
	for _, k := range r.Work {
		if !slices.Contains(WorkKinds, k) {
			return fmt.Errorf("%q is no kind of work", k)
		}
	}
	for count, most := range r.AtMost {
		if !slices.Contains(DayCounts, count) || most < 1 {
			return fmt.Errorf("at_most: %q of %d days is no limit", count, most)
		}
	}
	return nil
}
