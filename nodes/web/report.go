package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/report"
	"passerelle/nodes/store"
)

// reportPage is one month: computed now, with where each figure comes from, and what was filed. Before anything is filed it shows what the report
// will say.
type reportPage struct {
	Report   contracts.MonthlyReport
	Ledger   []figure
	Will     []figure // what the report will say; none while it is being filled in
	Shown    string   // digest of what the report will say
	Versions []version
	Form     form
	Ended    bool
	Due      contracts.Date
	Late     bool
	Closes   contracts.Date // last day of a correction
	Closed   bool
	Said     string
}

// version is a filed report, to be read.
type version struct {
	store.FiledReport
	Figures []figure // with the changes against the version before it
}

// FaultMoved is raised when the books say something else than what the accountant was shown before he signed.
const FaultMoved contracts.FaultCode = "moved"

func (s server) report(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	return s.showReport(c, http.StatusOK, nil, nil)
}

// showReport shows a month; without a form, with the figures the accountant gave last. What will be filed is shown where it is given.
func (s server) showReport(c echo.Context, status int, f *form, will *report.FromAccountant) error {
	m, err := pathMonth(c)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	p := reportPage{Ended: s.today().After(m.Last()), Due: contracts.ReportDue(m), Closes: contracts.ReportCloses(m), Said: l.T(said[c.QueryParam("done")])}
	var filed []store.FiledReport
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		var a report.FromAccountant
		if will != nil {
			a = *will
		}
		if p.Report, err = s.Reports.Build(ctx, q, m, s.currency(), a); err != nil {
			return err
		}
		filed, err = s.Store.ReportVersions(ctx, q, m, s.currency())
		return err
	})
	if err != nil {
		return err
	}
	p.Late = len(filed) == 0 && p.Due.Before(s.today())
	p.Closed = len(filed) > 0 && p.Closes.Before(s.today())
	var newest *contracts.MonthlyReport
	if len(filed) > 0 {
		newest = &filed[0].Report
	}
	p.Ledger = s.figures(l, fromLedger, p.Report, newest)
	if will != nil {
		p.Will, p.Shown = append(s.figures(l, fromLedger, p.Report, newest), s.figures(l, fromAccountant, p.Report, newest)...), digestOf(p.Report)
	}
	p.Versions = s.versions(l, filed)
	switch {
	case f != nil:
		p.Form = *f
	case newest != nil:
		p.Form = accountantForm(report.Said(*newest))
	default:
		p.Form = blankForm()
	}
	return s.render(c, status, "report", web.Page{Title: l.T("Report of %s", m), Body: p,
		Crumbs: []web.Link{{Text: l.T("Reports"), URL: "/reports"}, {Text: l.Month(m)}}})
}

// versions writes what was filed, the newest first.
func (s server) versions(l *web.Locale, filed []store.FiledReport) (all []version) {
	for i, f := range filed {
		var before *contracts.MonthlyReport
		if i+1 < len(filed) {
			before = &filed[i+1].Report
		}
		all = append(all, version{f, append(s.figures(l, fromLedger, f.Report, before), s.figures(l, fromAccountant, f.Report, before)...)})
	}
	return all
}

// digestOf tells two reports apart, whenever they are filed.
func digestOf(r contracts.MonthlyReport) string {
	r.FiledOn = contracts.Date{}
	text, err := contracts.Encode(r)
	if err != nil {
		return "" // not fit to be filed, and refused as such
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// fileReport shows what the report will say, and files it when it is asked for what was shown.
func (s server) fileReport(c echo.Context) error {
	m, err := pathMonth(c)
	if err != nil {
		return err
	}
	in, err := readForm(c)
	if err != nil {
		return err
	}
	figures := in.readAccountant(s.currency())
	if in.get("do") == "change" {
		return s.showReport(c, http.StatusOK, &in, nil)
	}
	if len(in.Faults) == 0 {
		if err := in.refused(s.mayFile(c.Request().Context(), m, figures, in.get("shown"))); err != nil {
			return err
		}
	}
	moved := len(in.Faults) > 0 && in.Faults[0].Code == FaultMoved
	switch {
	case moved:
		return s.showReport(c, http.StatusUnprocessableEntity, &in, &figures)
	case len(in.Faults) > 0:
		return s.showReport(c, http.StatusUnprocessableEntity, &in, nil)
	case in.get("do") != "file":
		return s.showReport(c, http.StatusOK, &in, &figures)
	}
	if _, err := s.Reports.File(c.Request().Context(), m, s.currency(), figures); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/reports/"+m.String()+"?done=filed")
}

// mayFile says what is wrong with a report before it is filed. shown is the digest of what the accountant saw; empty before he saw anything.
func (s server) mayFile(ctx context.Context, m contracts.Month, a report.FromAccountant, shown string) error {
	return s.db().Read(ctx, func(ctx context.Context, q storage.Querier) error {
		r, err := s.Reports.Build(ctx, q, m, s.currency(), a)
		if err != nil {
			return err
		}
		filed, err := s.Store.ReportVersions(ctx, q, m, s.currency())
		if err != nil {
			return err
		}
		if err := report.Check(r, len(filed)); err != nil {
			return err
		}
		if shown != "" && shown != digestOf(r) {
			return contracts.Fault{Code: FaultMoved, Message: "the books have moved since you looked", Remedy: "look at the figures again, and file them"}
		}
		return nil
	})
}
