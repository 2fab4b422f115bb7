package hub

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/store"
)

// filed is what a country filed last: its profile, and its report of each month and currency, in the order they came.
type filed struct {
	profile *contracts.NodeProfile
	reports map[string][]contracts.MonthlyReport
	cases   map[contracts.CaseID]contracts.CaseProgressed // where each stood last
	key     contracts.SealingKeyPublished                 // with the highest number
	said    []contracts.Event                             // of the board's plan
}

func reportKey(month contracts.Month, currency contracts.Currency) string {
	return month.String() + " " + string(currency)
}

func (f *filed) note(event contracts.Event) {
	switch e := event.(type) {
	case contracts.NodeProfilePublished:
		f.profile = &e.Profile
	case contracts.MonthlyReportFiled:
		k := reportKey(e.Report.Month, e.Report.Currency)
		f.reports[k] = append(f.reports[k], e.Report)
	case contracts.DisbursementConfirmed, contracts.ConditionEvidenced:
		f.said = append(f.said, event)
	case contracts.CaseProgressed:
		f.cases[e.Case] = e
	case contracts.SealingKeyPublished:
		if e.Number >= f.key.Number {
			f.key = e
		}
	}
}

// compareFiled holds the profile and every version of every report against what the events filed.
func (v *replay) compareFiled(ctx context.Context, country contracts.CountryCode) error {
	if err := v.compareProfile(ctx, country); err != nil {
		return err
	}
	if err := v.compareSaid(ctx, country); err != nil {
		return err
	}
	rows, err := v.q.QueryContext(ctx, `SELECT month, currency, version, body FROM monthly_report WHERE country = $1 ORDER BY month, currency, version`, string(country))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := v.compareReport(rows, country); err != nil {
			return err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(v.has.reports)) {
		if left := v.has.reports[k]; len(left) > 0 {
			v.filings.Badf(fmt.Sprintf("monthly_report %s %s", country, k), "%d filed are not there", len(left))
		}
	}
	return rows.Err()
}

func (v *replay) compareProfile(ctx context.Context, country contracts.CountryCode) error {
	if v.has.profile == nil {
		return nil
	}
	v.filings.Rows++
	want, err := json.Marshal(*v.has.profile)
	if err != nil {
		return err
	}
	var body string
	err = v.q.QueryRowContext(ctx, `SELECT body FROM node_profile WHERE country = $1 ORDER BY version DESC LIMIT 1`, string(country)).Scan(&body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if body != string(want) {
		v.filings.Badf("node_profile "+string(country), "it is not the one published last")
	}
	return nil
}

// compareSaid demands every word of the country on the board's plan, as it was said.
func (v *replay) compareSaid(ctx context.Context, country contracts.CountryCode) error {
	kept, err := store.Read(v.q).Statements(ctx, country)
	if err != nil {
		return err
	}
	v.filings.Rows += int64(len(kept))
	if len(kept) != len(v.has.said) {
		v.filings.Badf("node_statement "+string(country), "%d are there, and %d were said", len(kept), len(v.has.said))
		return nil
	}
	for i, e := range v.has.said {
		want, err := contracts.Encode(e)
		if err != nil {
			return err
		}
		if kept[i] != string(want) {
			v.filings.Badf(fmt.Sprintf("node_statement %s %d", country, i+1), "it differs from what was said")
		}
	}
	return nil
}

func (v *replay) compareReport(row *sql.Rows, country contracts.CountryCode) error {
	var month contracts.Month
	var currency contracts.Currency
	var version int
	var body string
	if err := row.Scan(&month, &currency, &version, &body); err != nil {
		return err
	}
	v.filings.Rows++
	k := reportKey(month, currency)
	at := fmt.Sprintf("monthly_report %s %s version %d", country, k, version)
	if len(v.has.reports[k]) == 0 {
		v.filings.Badf(at, "no event filed it")
		return nil
	}
	want, err := json.Marshal(v.has.reports[k][0])
	if v.has.reports[k] = v.has.reports[k][1:]; string(want) != body {
		v.filings.Badf(at, "it differs from what was filed")
	}
	return err
}
