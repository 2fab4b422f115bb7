package web

import (
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
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
	l := web.LocaleOf(c)
	entries, err := s.allCalendar(c, l, web.ScopeOf(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="cases.ics"`)
	return giveCalendar(c, l, entries)
}

// allCalendar is what an adviser's calendar holds.
func (s server) allCalendar(c echo.Context, l *web.Locale, scope access.Scope) (entries []papers.Entry, err error) {
	rows, err := s.Store.Cases(c.Request().Context(), s.db(), scope, store.CaseFilter{Open: true, Limit: mostCases})
	for _, k := range rows {
		if k.State != contracts.CaseDraft {
			entries = append(entries, s.calendarOf(c, l, k)...)
		}
	}
	return entries, err
}

func (s server) calendarOf(c echo.Context, l *web.Locale, k store.CaseRow) (all []papers.Entry) {
	short, address := string(k.ID[:8]), s.addressOf(c, deskPath+"/"+string(k.ID))
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
