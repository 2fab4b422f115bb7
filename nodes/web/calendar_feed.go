package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/papers"
	"passerelle/nodes/store"
)

// calendarPath is where people make the address that their calendar reads by itself, and what it begins with.
const calendarPath = "/calendar"

// calendars is the rule of who has something to put into a calendar.
var calendars = access.To(access.Member, access.Adviser, access.Manager, access.Auditor)

func (s server) calendarRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: calendarPath, Who: calendars, Handle: s.calendarAddress, Summary: "see whether one's calendar reads by itself"},
		{Method: "POST", Path: calendarPath, Who: calendars, Handle: s.makeCalendarAddress, Secret: true, Summary: "make the address for one's calendar"},
		{Method: "POST", Path: calendarPath + "/remove", Who: calendars, Handle: s.removeCalendarAddress, Summary: "end the address for one's calendar"},
		{Method: "GET", Path: calendarPath + "/:secret", Who: access.Anybody(), Handle: s.calendarFeed, Summary: "read a calendar by its secret address"},
	}
}

// feedPage is the page of the address.
type feedPage struct {
	Feed    store.Feed
	There   bool
	Made    contracts.Date
	Address string // shown once, when it was made
	Said    string
}

// calendarAddress tells whether there is an address; the address itself is known only to who was shown it.
func (s server) calendarAddress(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	p := feedPage{}
	if c.QueryParam("done") == "removed" {
		p.Said = web.LocaleOf(c).T("The address has ended.")
	}
	return s.showFeed(c, p)
}

func (s server) showFeed(c echo.Context, p feedPage) (err error) {
	if p.Feed, p.There, err = s.Store.FeedOf(c.Request().Context(), s.db(), web.PrincipalOf(c).Account); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	p.Made = contracts.DateOf(p.Feed.Made.Time)
	return s.render(c, http.StatusOK, "calendar", web.Page{Title: l.T("Calendar"), Body: p, Lead: l.T("Your calendar can read trips and dates by itself, and keeps them up to date.")})
}

// makeCalendarAddress makes a new address; the one before ends.
func (s server) makeCalendarAddress(c echo.Context) error {
	l, secret := web.LocaleOf(c), strings.ToLower(rand.Text())
	feed := store.Feed{Account: web.PrincipalOf(c).Account, Language: l.Code(), Made: storage.At(s.Outbound.Now())}
	err := s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		return s.Store.SaveFeed(ctx, tx, feed, secret)
	})
	if err != nil {
		return err
	}
	return s.showFeed(c, feedPage{Address: s.addressOf(c, calendarPath+"/"+secret+".ics")})
}

func (s server) removeCalendarAddress(c echo.Context) error {
	err := s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		return s.Store.RemoveFeed(ctx, tx, web.PrincipalOf(c).Account)
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, calendarPath+"?done=removed")
}

// calendarFeed gives a calendar what its owner may see today: a member his own, an adviser all cases without names. An account that is disabled or
// has lost its role gives nothing any more.
func (s server) calendarFeed(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	c.Response().Header().Set("X-Robots-Tag", "noindex, nofollow")
	who, l, err := s.feedOwner(c)
	if err != nil {
		return err
	}
	var entries []papers.Entry
	if own.Lets(who) {
		if entries, err = s.ownCalendar(c, l, own.Scope(who)); err != nil {
			return err
		}
	}
	if deskReaders.Lets(who) {
		all, err := s.allCalendar(c, l, deskReaders.Scope(who))
		if err != nil {
			return err
		}
		entries = append(entries, all...)
	}
	return giveCalendar(c, l, entries)
}

// feedOwner finds whose calendar an address is.
func (s server) feedOwner(c echo.Context) (who access.Principal, l *web.Locale, err error) {
	ctx, secret := c.Request().Context(), strings.TrimSuffix(c.Param("secret"), ".ics")
	feed, found, err := s.Store.FeedBySecret(ctx, s.db(), secret)
	if err != nil || !found || s.Accounts == nil {
		return who, nil, orElse(err, web.NotFound("calendar"))
	}
	who, in, err := s.Accounts.Principal(ctx, feed.Account)
	if err != nil || !in || !calendars.Lets(who) {
		return who, nil, orElse(err, web.NotFound("calendar"))
	}
	return who, web.LocaleNamed(feed.Language), nil
}
