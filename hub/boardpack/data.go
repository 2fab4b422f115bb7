// Package boardpack makes what the board takes to a meeting: one PDF and one workbook, from all that the hub had at a moment. The same data give the
// same bytes, and since every version of an entry, a report and a published table is kept, a pack can be made again years later.
//
// It reads and writes on paper; it decides nothing and reckons nothing of its own: what follows from the figures is said by hub/outlook.
package boardpack

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/investment"
)

// Data is all that the board's figures are made from, as the hub had it at a moment.
type Data struct {
	AsOf      time.Time
	Entries   []investment.Entry      // of the board's book, by number
	Reports   []Report                // every version, by country, currency, month and version
	Profiles  []contracts.NodeProfile // the newest of each node, by country
	Published []consolidation.Filing  // the newest of each year, by year

	filed map[contracts.CountryCode]map[contracts.Month]bool // what was reported, shown or not
}

// Report is one version of a node's monthly report.
type Report struct {
	Version int       `json:"version"`     // 1 is the first
	At      time.Time `json:"received_at"` // by the hub
	Newest  bool      `json:"newest"`      // of its month
	contracts.MonthlyReport
}

// Reader answers with what was written until a moment, that moment included.
type Reader interface {
	investment.Reader
	// ReportsUntil lists every version of every report, by country, currency, month and version.
	ReportsUntil(ctx context.Context, at time.Time) ([]Report, error)
	// ProfilesUntil lists what was then the newest profile of each node, by country.
	ProfilesUntil(ctx context.Context, at time.Time) ([]contracts.NodeProfile, error)
	// PublishedUntil lists what was then the newest published table of each year, by year.
	PublishedUntil(ctx context.Context, at time.Time) ([]consolidation.Filing, error)
}

// Read returns what the hub had at a moment.
func Read(ctx context.Context, r Reader, asOf time.Time) (d Data, err error) {
	d.AsOf = asOf.UTC().Truncate(time.Microsecond) // as the store keeps moments
	entries, err := r.InvestmentEntries(ctx)
	if err != nil {
		return d, fmt.Errorf("read the book of investments: %w", err)
	}
	d.Entries = slices.DeleteFunc(entries, func(e investment.Entry) bool { return e.Recorded.After(d.AsOf) })
	if d.Reports, err = r.ReportsUntil(ctx, d.AsOf); err != nil {
		return d, fmt.Errorf("read the monthly reports: %w", err)
	}
	if d.Profiles, err = r.ProfilesUntil(ctx, d.AsOf); err != nil {
		return d, fmt.Errorf("read the profiles: %w", err)
	}
	if d.Published, err = r.PublishedUntil(ctx, d.AsOf); err != nil {
		return d, fmt.Errorf("read the published tables: %w", err)
	}
	markNewest(d.Reports)
	d.filed = map[contracts.CountryCode]map[contracts.Month]bool{}
	for _, r := range d.Reports {
		if d.filed[r.Country] == nil {
			d.filed[r.Country] = map[contracts.Month]bool{}
		}
		d.filed[r.Country][r.Month] = true
	}
	return d, nil
}

// markNewest marks the last version of each month.
func markNewest(all []Report) {
	for i := range all {
		all[i].Newest = i+1 == len(all) || all[i].of() != all[i+1].of()
	}
}

// reported is what the versions of a report have in common.
type reported struct {
	country  contracts.CountryCode
	currency contracts.Currency
	month    contracts.Month
}

func (r Report) of() reported { return reported{r.Country, r.Currency, r.Month} }

// Today is the day of the moment.
func (d Data) Today() contracts.Date { return contracts.DateOf(d.AsOf) }

// fewestPeople is how many people a figure is about at least, for it to be shown to those who see totals alone.
const fewestPeople = 5

// ForTheBoard leaves out the reports of months with fewer than five active members. Where any month of a year is left out, so is the smallest of the
// others: its total less what is shown would tell else. The rule looks at the newest version, and holds for every version of the month.
func (d Data) ForTheBoard() Data {
	hidden := map[reported]bool{}
	for _, year := range byYear(d.Reports) {
		slices.SortStableFunc(year, func(a, b Report) int { return cmp.Compare(a.ActiveMembers, b.ActiveMembers) })
		n := 0
		for n < len(year) && year[n].ActiveMembers < fewestPeople {
			n++
		}
		if n > 0 {
			n = min(n+1, len(year))
		}
		for _, r := range year[:n] {
			hidden[r.of()] = true
		}
	}
	d.Reports = slices.DeleteFunc(slices.Clone(d.Reports), func(r Report) bool { return hidden[r.of()] })
	return d
}

// byYear groups the newest versions by country, currency and year.
func byYear(all []Report) (years [][]Report) {
	for _, r := range all {
		if !r.Newest {
			continue
		}
		if n := len(years); n > 0 && years[n-1][0].Country == r.Country && years[n-1][0].Currency == r.Currency && years[n-1][0].Month.Year() == r.Month.Year() {
			years[n-1] = append(years[n-1], r)
			continue
		}
		years = append(years, []Report{r})
	}
	return years
}
