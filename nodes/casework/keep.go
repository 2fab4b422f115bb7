package casework

import (
	"slices"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// Years that a file is kept after the work and after it was closed, whichever is later. Most hosts ask for two; in Hungary the customer keeps his for
// three, and so do we (section 5 of the rule pack; where no law is known, the house's own period).
const (
	keepYears        = 2
	keepYearsHungary = 3
	keepUnbegunDays  = 365 // a case that came to nothing; the house's own period
)

// KeepUntil is the last day a case must be kept, counted on a day: for good while it is open, so that the day moves on with it.
func (c Case) KeepUntil(today contracts.Date) contracts.Date {
	years := keepYears
	if slices.Contains(c.HostStates(), mobility.State("HU")) {
		years = keepYearsHungary
	}
	last := c.End()
	switch {
	case c.BegunOn.IsZero() && (c.State == cancelled || c.State == rejected || c.State == draft):
		return contracts.Date{}
	case c.State == closed:
		last = latest(last, c.ClosedOn)
	default:
		last = latest(last, today)
	}
	return mobility.AddMonths(last, 12*years)
}

func latest(a, b contracts.Date) contracts.Date {
	if b.After(a) {
		return b
	}
	return a
}

// MayGo tells whether a case is to be erased on a day, changedOn being the day of its last event: what is past its period, and what came to nothing a
// year ago.
func (c Case) MayGo(changedOn, today contracts.Date) bool {
	until := c.KeepUntil(today)
	if until.IsZero() {
		return today.After(changedOn.AddDays(keepUnbegunDays))
	}
	return c.State == closed && today.After(until)
}
