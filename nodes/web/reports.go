package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/store"
)

// mostReports is how many reports the list answers at most.
const mostReports = 200

// reportsPage lists the months of a year, filed or waiting.
type reportsPage struct {
	yearPicker
	List *web.Listed
}

// reportLine is a month with what the books say of it now, and what was filed of it.
type reportLine struct {
	Month    contracts.Month
	Turnover contracts.Money
	Filed    *store.FiledReport
	Ended    bool
}

// Waits tells whether there is something to file.
func (r reportLine) Waits() bool { return r.Filed == nil && r.Ended && !r.Turnover.IsZero() }

// Moved tells whether the books have moved since the report was filed.
func (r reportLine) Moved() bool {
	return r.Filed != nil && !r.Filed.Report.Turnover.Equal(r.Turnover)
}

func (s server) reports(c echo.Context) error {
	years, err := s.years(c)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	t := reportTable(l, years.Year)
	a, err := t.Asked(c, "year")
	if err != nil {
		return err
	}
	var months []reportLine
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		months, err = s.reportLines(ctx, q, years.Year)
		return err
	})
	if err != nil {
		return err
	}
	p := reportsPage{yearPicker: years}
	if p.List, err = t.Answer(c, a, web.RowsOf(l, t, a, months)); err != nil || p.List == nil {
		return err
	}
	return s.render(c, http.StatusOK, "reports", web.Page{Title: l.T("Monthly reports"), Body: p,
		Lead: l.T("What the node files with the board for a month: turnover and contribution from its ledger, costs and staff from its accountant.")})
}

// reportLines lists the months of a year that have begun, the newest first.
func (s server) reportLines(ctx context.Context, q storage.Querier, year int) ([]reportLine, error) {
	turnover, err := s.revenue(ctx, q, year, year)
	if err != nil {
		return nil, err
	}
	var lines []reportLine
	for n := 12; n > 0; n-- {
		m := contracts.NewMonth(year, time.Month(n))
		if m.First().After(s.today()) {
			continue
		}
		l := reportLine{Month: m, Turnover: turnover(m), Ended: s.today().After(m.Last())}
		versions, err := s.Store.ReportVersions(ctx, q, m, s.currency())
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			l.Filed = &versions[0]
		}
		lines = append(lines, l)
	}
	return lines, nil
}
