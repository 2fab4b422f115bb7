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
	List    *web.Listed
	Opens   bool // whoever looks may open one
	Form    form
	Members []option
	Said    string
}

type activityRow struct {
	store.ActivityRow
	Budgets []budget
}

func (s server) activities(c echo.Context) error {
	return s.showActivities(c, http.StatusOK, blankForm("member", c.QueryParam("member")))
}

func (s server) showActivities(c echo.Context, status int, f form) error {
	p := activitiesPage{Opens: advisers.Lets(web.PrincipalOf(c)), Form: f, Said: web.LocaleOf(c).T(said[c.QueryParam("done")])}
	t := activityTable(web.LocaleOf(c))
	a, err := t.Asked(c, "find", "done", "member")
	if err != nil {
		return err
	}
	p.List, err = t.Answer(c, a, func(offset, limit int) ([]activityRow, error) { return s.activityRows(c, orderOf(a, offset), limit) })
	if err != nil || p.List == nil {
		return err
	}
	if p.Opens {
		if p.Members, err = s.memberOptions(c); err != nil {
			return err
		}
	}
	return s.render(c, status, "activities", web.Page{Title: web.LocaleOf(c).T("Activities"), Body: p,
		Lead: web.LocaleOf(c).T("Each activity is a member's mini-structure inside the co-operative: it invoices, gives the solidary contribution, and keeps the rest as its budget.")})
}

// activityRows reads activities with their budgets.
func (s server) activityRows(c echo.Context, order store.Order, limit int) (all []activityRow, err error) {
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		rows, err := s.Store.FindActivities(ctx, q, web.ScopeOf(c), c.QueryParam("find"), order, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			b, err := s.budgets(ctx, q, web.ScopeOf(c), r.ID)
			if err != nil {
				return err
			}
			all = append(all, activityRow{r, b})
		}
		return nil
	})
	return all, err
}

// memberOptions are the members an activity can be opened for.
func (s server) memberOptions(c echo.Context) (all []option, err error) {
	members, err := s.Store.Members(c.Request().Context(), s.db(), web.ScopeOf(c), "", mostOptions)
	for _, m := range members {
		all = append(all, option{m.Reference, m.Name})
	}
	if err != nil {
		return nil, err
	}
	return all, web.Saw(c, access.Directory)
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
