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
	Expected bool // it ended, the co-operative had begun, and nothing is filed
	Late     bool // and the day on which it was due is past
}

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
	begun, err := s.Store.FirstMonth(ctx, q)
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
		l.Expected = l.Filed == nil && l.Ended && !begun.IsZero() && !m.First().Before(begun.First())
		l.Late = l.Expected && contracts.ReportDue(m).Before(s.today())
		lines = append(lines, l)
	}
	return lines, nil
}

// awaitedReports are the months the accountant has to report on, the newest first.
type awaitedReports struct {
	Months []reportLine // the first few
	More   int          // beside them
	Late   int
}

// mostAwaited is how many months the overview names.
const mostAwaited = 6

// awaited looks at the months that can still be corrected, and so are still asked for: those of this year and of the one before.
func (s server) awaited(ctx context.Context, q storage.Querier) (out awaitedReports, err error) {
	for year := s.today().Year(); year >= s.today().Year()-1; year-- {
		lines, err := s.reportLines(ctx, q, year)
		if err != nil {
			return out, err
		}
		for _, l := range lines {
			switch {
			case !l.Expected:
				continue
			case len(out.Months) < mostAwaited:
				out.Months = append(out.Months, l)
			default:
				out.More++
			}
			if l.Late {
				out.Late++
			}
		}
	}
	return out, nil
}
