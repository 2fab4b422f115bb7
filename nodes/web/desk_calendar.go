package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/papers"
	"passerelle/nodes/store"
)

// deskCalendar is a file for a calendar: where members are, and what is due. A calendar travels to services of others, so it names nobody: a case
// has the last digits of its number, which its address has too.
func (s server) deskCalendar(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	rows, err := s.Store.Cases(c.Request().Context(), s.db(), web.ScopeOf(c), store.CaseFilter{Open: true, Limit: mostCases})
	if err != nil {
		return err
	}
	var entries []papers.Entry
	for _, k := range rows {
		if k.State != contracts.CaseDraft {
			entries = append(entries, s.calendarOf(c, k)...)
		}
	}
	l := web.LocaleOf(c)
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="cases.ics"`)
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", papers.Calendar(l.T("Work abroad"), entries))
}

func (s server) calendarOf(c echo.Context, k store.CaseRow) (all []papers.Entry) {
	l, short := web.LocaleOf(c), string(k.ID[:8])
	address := ""
	if s.Accounts != nil && s.Accounts.URL.Host != "" {
		address = s.Accounts.URL.JoinPath(deskPath, string(k.ID)).String()
	}
	changed := s.Outbound.Now().UTC()
	for i, t := range k.Facts.Input.Trips {
		all = append(all, papers.Entry{UID: string(k.ID) + "-" + l.Code() + "-trip-" + string(rune('0'+i%10)) + "@" + string(contracts.NodeID(s.adapter().Code)), Summary: l.T("Case %s: %s", short, stateIn(l, t.Host)),
			URL: address, Start: t.Start, End: t.End, Changed: changed, Version: k.Version})
	}
	for _, r := range s.Cases.Rules.Agenda(k.Case) {
		if !r.By.Before(s.today()) {
			all = append(all, papers.Entry{UID: string(k.ID) + "-" + r.Key + "@" + string(contracts.NodeID(s.adapter().Code)), Summary: l.T("Case %s: %s", short, l.T(reminderNames[r.Kind])), URL: address, Start: r.By, Changed: changed, Version: k.Version})
		}
	}
	return all
}
