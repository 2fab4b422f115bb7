package papers

import (
	"slices"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/web"
)

// Cover is an insurance as its terms describe it. What the terms do not limit is left empty.
type Cover struct {
	Name         string                  `yaml:"name"`
	Since, Until contracts.Date          `yaml:"-"`         // first and last day; no Until: still open
	Territory    []contracts.CountryCode `yaml:"territory"` // empty: everywhere
	Kinds        []country.WorkKind      `yaml:"kinds"`     // empty: any work
	Risks        []Risk                  `yaml:"risks"`     // dangerous work that is covered all the same
	MostDays     int                     `yaml:"most_days"` // of one journey, counted from departure; 0: any number
}

// Risk is dangerous work that covers leave out unless they name it.
type Risk string

// The risks that are asked for.
const (
	Circus  Risk = "circus"
	Stunt   Risk = "stunt"
	Rigging Risk = "rigging"
)

// Journey is a trip as cover looks at it: from departure to return, travel included.
type Journey struct {
	Departure, Return contracts.Date // both included
	Start, End        contracts.Date // of the work
	Host              contracts.CountryCode
	Kind              country.WorkKind
	Risks             []Risk
	ReturnBefore      contracts.Date // the return before the trip was extended; zero when it was not
}

// Gap says why a cover does not hold on a day.
type Gap string

// The gaps. NoCover: there is none at all.
const (
	NoCover      Gap = "none"
	NotYet       Gap = "not_yet"
	Over         Gap = "over"
	ElsewhereGap Gap = "territory"
	OtherWorkGap Gap = "work"
	RiskGap      Gap = "risk"
	TooLong      Gap = "days"
)

// gapSays is each gap in words; the value is the name of the cover.
var gapSays = map[Gap]web.Words{
	NoCover:      "there is no cover at all",
	NotYet:       "%s has not begun",
	Over:         "%s has ended",
	ElsewhereGap: "%s does not hold in the host country",
	OtherWorkGap: "%s does not hold for this kind of work",
	RiskGap:      "%s leaves out dangerous work such as circus, stunts and rigging",
	TooLong:      "the journey is longer than %s allows",
}

// Uncovered is a day without cover, with the reason each cover has.
type Uncovered struct {
	Day    contracts.Date
	Travel bool // no work is done on it
	Why    []Because
}

// Because is the gap of one cover.
type Because struct {
	Gap   Gap
	Cover string
}

// Says is the reason in a language.
func (b Because) Says(l *web.Locale) string {
	if b.Gap == NoCover {
		return l.T(gapSays[NoCover])
	}
	return l.T(gapSays[b.Gap], b.Cover)
}

// CoverCheck is what the check found: the days without cover in their order, and the covers to renew because the trip was extended.
type CoverCheck struct {
	Days      int // of the journey
	Uncovered []Uncovered
	Renew     []string
}

// Complete tells whether every day is covered.
func (c CoverCheck) Complete() bool { return len(c.Uncovered) == 0 }

// mostJourney bounds the days that are looked at: 883/2004 knows agreements of up to five years.
const mostJourney = 5*366 + 2

// CheckCover goes through a journey day by day, travel included. A day is covered when one cover holds on it alone.
func CheckCover(j Journey, all []Cover) CoverCheck {
	check := CoverCheck{Days: min(max(j.Return.Sub(j.Departure)+1, 0), mostJourney)}
	for n := range check.Days {
		day := j.Departure.AddDays(n)
		why := gaps(j, day, all)
		if why != nil {
			check.Uncovered = append(check.Uncovered, Uncovered{Day: day, Travel: day.Before(j.Start) || day.After(j.End), Why: why})
		}
	}
	for _, c := range all {
		if renewed(j, c) {
			check.Renew = append(check.Renew, c.Name)
		}
	}
	return check
}

// gaps are the reasons of all covers; nil when one holds.
func gaps(j Journey, day contracts.Date, all []Cover) []Because {
	if len(all) == 0 {
		return []Because{{Gap: NoCover}}
	}
	var why []Because
	for _, c := range all {
		gap := c.gap(j, day)
		if gap == "" {
			return nil
		}
		why = append(why, Because{gap, c.Name})
	}
	return why
}

// gap is why a cover does not hold on a day; empty when it does.
func (c Cover) gap(j Journey, day contracts.Date) Gap {
	switch {
	case day.Before(c.Since):
		return NotYet
	case !c.Until.IsZero() && day.After(c.Until):
		return Over
	case len(c.Territory) > 0 && !slices.Contains(c.Territory, j.Host):
		return ElsewhereGap
	case len(c.Kinds) > 0 && !slices.Contains(c.Kinds, j.Kind):
		return OtherWorkGap
	case slices.ContainsFunc(j.Risks, func(r Risk) bool { return !slices.Contains(c.Risks, r) }):
		return RiskGap
	case c.MostDays > 0 && day.Sub(j.Departure) >= c.MostDays:
		return TooLong
	}
	return ""
}

// renewed tells whether a cover that lasted for the trip as it was ends before the trip as it is.
func renewed(j Journey, c Cover) bool {
	return !j.ReturnBefore.IsZero() && j.Return.After(j.ReturnBefore) && !c.Until.IsZero() && !c.Until.Before(j.ReturnBefore) && c.Until.Before(j.Return)
}
