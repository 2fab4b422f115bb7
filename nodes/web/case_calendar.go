package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/papers"
)

// myCalendar is a file for the member's calendar: his trips, and what is due of him.
func (s server) myCalendar(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	entries, err := s.ownCalendar(c, l, web.ScopeOf(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="work-abroad.ics"`)
	return giveCalendar(c, l, entries)
}

func giveCalendar(c echo.Context, l *web.Locale, entries []papers.Entry) error {
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", papers.Calendar(l.T("Work abroad"), entries))
}

// ownCalendar is what a member's calendar holds.
func (s server) ownCalendar(c echo.Context, l *web.Locale, scope access.Scope) (entries []papers.Entry, err error) {
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		all, err := s.Store.CasesOf(ctx, q, scope, member.ID(scope.Member()))
		for _, k := range all {
			if k.State != contracts.CaseDraft && k.State != contracts.CaseRejected {
				entries = append(entries, s.tripsInCalendar(c, l, k)...)
				entries = append(entries, s.datesInCalendar(c, l, k)...)
			}
		}
		return err
	})
	return entries, err
}

// tripsInCalendar are the days of work; those of a case that was given up are taken out of the calendar again.
func (s server) tripsInCalendar(c echo.Context, l *web.Locale, k casework.Case) (all []papers.Entry) {
	for i, t := range k.Facts.Input.Trips {
		if t.Start.IsZero() || t.End.IsZero() {
			continue
		}
		where := stateIn(l, t.Host)
		if town := placeOf(k.Facts, i+1).Town; town != "" {
			where = town + ", " + where
		}
		all = append(all, papers.Entry{UID: s.calendarID(k, fmt.Sprintf("trip-%d", i+1)), Summary: l.T("Work: %s", where), Description: t.HostUndertaking, URL: s.addressOf(c, "/cases/"+string(k.ID)),
			Start: t.Start, End: t.End, Changed: s.Outbound.Now().UTC(), Version: k.Version, Busy: true, Cancelled: k.State == contracts.CaseCancelled})
	}
	return all
}

// datesInCalendar are the deadlines that lie ahead, with an alarm for those that are the member's.
func (s server) datesInCalendar(c echo.Context, l *web.Locale, k casework.Case) (all []papers.Entry) {
	for _, d := range s.clockView(l, k).Lines {
		if d.Past() || k.State == contracts.CaseCancelled {
			continue
		}
		e := papers.Entry{UID: s.calendarID(k, d.Key), Summary: d.Says + ": " + caseName(l, k), URL: s.addressOf(c, "/cases/"+string(k.ID)), Start: d.By, Changed: s.Outbound.Now().UTC(), Version: k.Version}
		if d.Mine {
			e.RemindAhead = []int{3}
		}
		all = append(all, e)
	}
	return all
}

// calendarID is the same for the same thing however often the file is taken.
func (s server) calendarID(k casework.Case, what string) string {
	return string(k.ID) + "-" + what + "@" + string(contracts.NodeID(s.adapter().Code))
}
