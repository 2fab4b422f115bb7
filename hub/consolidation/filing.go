package consolidation

import (
	"context"
	"fmt"
	"time"

	"passerelle/contracts"
)

// ReportStore keeps monthly reports, every version.
type ReportStore interface {
	// ReportVersions lists the versions of a month's report, the newest first.
	ReportVersions(ctx context.Context, c contracts.CountryCode, m contracts.Month, currency contracts.Currency) ([]FiledReport, error)
	// AddReport keeps a report as the newest of its country, month and currency.
	AddReport(ctx context.Context, r contracts.MonthlyReport, at time.Time) error
}

// FiledReport is one version of a monthly report.
type FiledReport struct {
	Version  int                     `json:"version"`  // 1 is the first
	Received time.Time               `json:"received"` // by the hub
	Report   contracts.MonthlyReport `json:"report"`
}

// FileReport takes in a monthly report. A later one for the same month and currency is a new version, and the old one is kept; once the month is
// closed it is refused. What decides is the day on which the accountant signed, so that a hub rebuilt years later decides alike.
func FileReport(ctx context.Context, s ReportStore, r contracts.MonthlyReport, at time.Time) error {
	versions, err := s.ReportVersions(ctx, r.Country, r.Month, r.Currency)
	if err != nil {
		return fmt.Errorf("file monthly report %s of %s: %w", r.Month, r.Country, err)
	}
	if len(versions) > 0 {
		if err := r.CheckCorrection(); err != nil {
			return err
		}
	}
	if err := s.AddReport(ctx, r, at); err != nil {
		return fmt.Errorf("file monthly report %s of %s: %w", r.Month, r.Country, err)
	}
	return nil
}

// Late lists the months whose report was due by a day and is not there, in order: from the month the country began with, because a co-operative
// may have joined long before it filed, to the last month that is due or the last month it was in the network. Months that are closed to
// corrections are history, and are not asked for.
func Late(first contracts.Month, filed map[contracts.Month]bool, left, today contracts.Date) (months []contracts.Month) {
	for m := first; !m.IsZero() && contracts.ReportDue(m).Before(today) && (left.IsZero() || m.First().Before(left)); m = m.Next() {
		if !filed[m] && !today.After(contracts.ReportCloses(m)) {
			months = append(months, m)
		}
	}
	return months
}
