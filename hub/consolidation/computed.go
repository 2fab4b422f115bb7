package consolidation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Row is one country of the table computed from events. What no event says is nil or empty.
type Row struct {
	Country          contracts.CountryCode
	Name             string
	LegalForm        string
	Founded          string
	Offices          *int
	PermanentStaff   *contracts.Decimal // full-time equivalents
	Users            *int
	Turnover         *contracts.Money // of the year in EUR, without VAT, less credit notes; nil when a document lacks a rate
	Change           *decimal.Decimal // of the turnover against the year before, in percent with one decimal
	Missing          int              // documents without a rate
	Documents        int
	Contribution     string // in force on the last day of the year: "9%", "10% to 13%"
	ContributionNote string // what deviates, by service or kind of member
	Source           string
	Demonstration    bool
}

// Turnover is what a seller country's documents of a year sum up to.
type Turnover struct {
	EUR           contracts.Money
	Documents     int
	Missing       int
	Demonstration int
}

// ComputedStore answers what the nodes' events say.
type ComputedStore interface {
	// CurrentProfiles returns the newest profile of each node with its version.
	CurrentProfiles(ctx context.Context) ([]VersionedProfile, error)
	// TurnoverOf returns the turnover per seller country of a year.
	TurnoverOf(ctx context.Context, year int) (map[contracts.CountryCode]Turnover, error)
	// ReportsOf returns the newest version of each monthly report of a year, in order of month.
	ReportsOf(ctx context.Context, year int) ([]contracts.MonthlyReport, error)
}

// VersionedProfile is a node's newest profile.
type VersionedProfile struct {
	contracts.NodeProfile
	Version int
}

// ReportStore keeps monthly reports, every version.
// Compute returns the table of a year from the nodes' events: the nodes that were in the network during that year, and any
// other country that has documents in it. Rows are in order of country.
func Compute(ctx context.Context, s ComputedStore, year int) ([]Row, error) {
	profiles, err := s.CurrentProfiles(ctx)
	if err != nil {
		return nil, fmt.Errorf("network table of %d: profiles: %w", year, err)
	}
	now, err := s.TurnoverOf(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("network table of %d: turnover: %w", year, err)
	}
	before, err := s.TurnoverOf(ctx, year-1)
	if err != nil {
		return nil, fmt.Errorf("network table of %d: turnover of the year before: %w", year, err)
	}
	reports, err := s.ReportsOf(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("network table of %d: reports: %w", year, err)
	}
	return join(year, profiles, now, before, reports), nil
}

// join is the pure part of Compute.
func join(year int, profiles []VersionedProfile, now, before map[contracts.CountryCode]Turnover, reports []contracts.MonthlyReport) []Row {
	rows := map[contracts.CountryCode]*Row{}
	sources := map[contracts.CountryCode][]string{}
	row := func(c contracts.CountryCode) *Row {
		if rows[c] == nil {
			rows[c] = &Row{Country: c}
		}
		return rows[c]
	}
	for c, t := range now {
		row(c).setTurnover(t, before[c])
		sources[c] = append(sources[c], documents(t.Documents))
	}
	for _, p := range profiles {
		if rows[p.Country] == nil && !inYear(p.NodeProfile, year) {
			continue
		}
		row(p.Country).setProfile(p.NodeProfile, year)
		sources[p.Country] = append(sources[p.Country], fmt.Sprintf("profile version %d", p.Version))
	}
	for _, r := range reports {
		row(r.Country).setReport(r)
		sources[r.Country] = append(slices.DeleteFunc(sources[r.Country], isReport), "monthly report "+r.Month.String())
	}
	return inOrder(rows, sources)
}

func documents(n int) string {
	if n == 1 {
		return "1 document"
	}
	return fmt.Sprintf("%d documents", n)
}

func isReport(s string) bool { return strings.HasPrefix(s, "monthly report ") }

func inOrder(rows map[contracts.CountryCode]*Row, sources map[contracts.CountryCode][]string) []Row {
	table := []Row{}
	for c, r := range rows {
		r.Source = fmt.Sprintf("events of node %s: %s", contracts.NodeID(c), strings.Join(sources[c], ", "))
		table = append(table, *r)
	}
	slices.SortFunc(table, func(a, b Row) int { return cmp.Compare(a.Country, b.Country) })
	return table
}

func inYear(p contracts.NodeProfile, year int) bool {
	first, last := contracts.NewDate(year, 1, 1), contracts.NewDate(year, 12, 31)
	return !p.Joined.After(last) && (p.Left.IsZero() || p.Left.After(first))
}

func (r *Row) setTurnover(now, before Turnover) {
	r.Documents, r.Missing = now.Documents, now.Missing
	r.Demonstration = r.Demonstration || now.Demonstration > 0
	if now.Missing > 0 {
		return // a sum that lacks documents is not the turnover
	}
	r.Turnover = &now.EUR
	if before.Documents > 0 && before.Missing == 0 && before.EUR.Sign() > 0 {
		change := now.EUR.Amount.Sub(before.EUR.Amount).Shift(2).DivRound(before.EUR.Amount, 1)
		r.Change = &change
	}
}

func (r *Row) setProfile(p contracts.NodeProfile, year int) {
	r.Name, r.LegalForm, r.Founded = p.Name, p.LegalForm, p.Founded
	r.Demonstration = r.Demonstration || p.Demonstration
	if n := len(p.Offices); n > 0 {
		r.Offices = &n
	}
	r.Contribution, r.ContributionNote = contribution(p.Contribution, contracts.NewDate(year, 12, 31))
}

// setReport takes the figures of an accountant; reports come in order of month, so the last one that has a figure counts.
func (r *Row) setReport(m contracts.MonthlyReport) {
	r.Offices = cmp.Or(m.Offices, r.Offices)
	r.Users = cmp.Or(m.Users, r.Users)
	r.PermanentStaff = cmp.Or(m.PermanentStaff, r.PermanentStaff)
	r.Demonstration = r.Demonstration || m.Demonstration
}

// contribution writes the schedule in force on a day: the term for everything first, what deviates in the note.
func contribution(terms []contracts.ContributionTerm, on contracts.Date) (rate, note string) {
	var notes []string
	for _, t := range terms {
		if t.Since.After(on) || !t.Until.IsZero() && t.Until.Before(on) {
			continue
		}
		scope := strings.Join(strings.Fields(string(t.MemberKind)+" "+string(t.Service)), ", ")
		if scope == "" && rate == "" {
			rate = percentOf(t)
			continue
		}
		notes = append(notes, strings.TrimSpace(percentOf(t)+" "+strings.ReplaceAll(scope, "_", " ")))
	}
	return rate, strings.Join(notes, "; ")
}

func percentOf(t contracts.ContributionTerm) string {
	switch {
	case t.Percent != nil:
		return t.Percent.String() + "%"
	case t.Min != nil && t.Max != nil:
		return t.Min.String() + "% to " + t.Max.String() + "%"
	}
	return ""
}
