package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// activitiesPage lists activities with their budgets and opens new ones.
type activitiesPage struct {
	Rows    []activityRow
	Opens   bool // whoever looks may open one
	Form    form
	Members []option
	Said    string
	Next    string
}

type activityRow struct {
	store.ActivityRow
	Budgets []budget
}

func (s server) activities(c echo.Context) error {
	if err := web.KnownQuery(c, "after", "done", "member"); err != nil {
		return err
	}
	return s.showActivities(c, http.StatusOK, blankForm("member", c.QueryParam("member")))
}

func (s server) showActivities(c echo.Context, status int, f form) error {
	p := activitiesPage{Opens: advisers.Lets(web.PrincipalOf(c)), Form: f, Said: said[c.QueryParam("done")]}
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		rows, err := s.Store.Activities(ctx, q, web.ScopeOf(c), c.QueryParam("after"), pageSize+1)
		if err != nil {
			return err
		}
		rows, more := page(rows)
		if more {
			p.Next = web.Address("/activities", "after", rows[len(rows)-1].Reference)
		}
		for _, r := range rows {
			b, err := s.budgets(ctx, q, web.ScopeOf(c), r.ID)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, activityRow{r, b})
		}
		if !p.Opens {
			return nil
		}
		members, err := s.Store.Members(ctx, q, web.ScopeOf(c), "", mostOptions)
		for _, m := range members {
			p.Members = append(p.Members, option{m.Reference, m.Name})
		}
		return err
	})
	if err != nil {
		return err
	}
	sights := sightsOf(p.Rows, func(r activityRow) access.Sight { return sightOfActivity(r.Activity) })
	if p.Opens {
		sights = append(sights, access.Directory)
	}
	if err := web.Saw(c, sights...); err != nil {
		return err
	}
	return s.render(c, status, "activities", web.Page{Title: "Activities", Body: p,
		Lead: "Each activity is a member's mini-structure inside the co-operative: it invoices, gives the solidary contribution, and keeps the rest as its budget."})
}

func (s server) addActivity(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	a := member.Activity{Reference: in.get("reference"), Name: in.get("name")}
	ctx := c.Request().Context()
	m, found, err := s.Store.MemberByReference(ctx, s.db(), web.ScopeOf(c), in.get("member"))
	if err != nil {
		return err
	}
	if a.Member = m.ID; !found && in.get("member") != "" {
		in.Faults.Addf(outbound.FaultUnknown, "member", "choose one from the list, or register the member first", "no member has the reference %q", web.Clip(in.get("member")))
	}
	if len(in.Faults) == 0 {
		_, err = s.saveActivity(ctx, web.ScopeOf(c), a)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/activities?done=added")
		}
		if err := in.refused(err); err != nil {
			return err
		}
	}
	return s.showActivities(c, http.StatusUnprocessableEntity, in)
}
