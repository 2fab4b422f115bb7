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
	"passerelle/nodes/member"
	"passerelle/nodes/store"
)

// saveMember registers a member.
func (s server) saveMember(ctx context.Context, m member.Member) (added member.Member, err error) {
	err = s.db().Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		added, err = s.Outbound.Members.Add(ctx, tx, m)
		return err
	})
	if err != nil {
		return added, fmt.Errorf("add member: %w", err)
	}
	return added, nil
}

// membersPage lists members with their activities and takes in new ones.
type membersPage struct {
	List   *web.Listed
	Locale *web.Locale
	Adds   bool // whoever looks may register one
	Form   form
	Said   string
}

type memberRow struct {
	member.Member
	Activities []member.Activity
}

// mostOfOne is how many activities of one member the list names.
const mostOfOne = 20

// Kinds tells natural from legal persons.
func (p membersPage) Kinds() []option {
	return choices{{string(contracts.Individual), "a person"}, {string(contracts.LegalPerson), "a legal person"}}.in(p.Locale)
}

func (s server) members(c echo.Context) error {
	return s.showMembers(c, http.StatusOK, blankForm())
}

func (s server) showMembers(c echo.Context, status int, f form) error {
	p := membersPage{Locale: web.LocaleOf(c), Adds: advisers.Lets(web.PrincipalOf(c)), Form: f, Said: web.LocaleOf(c).T(said[c.QueryParam("done")])}
	t := memberTable(web.LocaleOf(c))
	a, err := t.Asked(c, "find", "done")
	if err != nil {
		return err
	}
	p.List, err = t.Answer(c, a, func(offset, limit int) ([]memberRow, error) { return s.memberRows(c, orderOf(a, offset), limit) })
	if err != nil || p.List == nil {
		return err
	}
	return s.render(c, status, "members", web.Page{Title: web.LocaleOf(c).T("Members"), Body: p,
		Lead: web.LocaleOf(c).T("The people who work through the co-operative. Their names stay in this node: what leaves the country carries a random name that is new each year.")})
}

// memberRows reads members with their activities.
func (s server) memberRows(c echo.Context, order store.Order, limit int) (all []memberRow, err error) {
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		rows, err := s.Store.FindMembers(ctx, q, web.ScopeOf(c), c.QueryParam("find"), order, limit)
		if err != nil {
			return err
		}
		for _, m := range rows {
			activities, err := s.Store.ActivitiesOf(ctx, q, web.ScopeOf(c), m.ID, mostOfOne)
			if err != nil {
				return err
			}
			all = append(all, memberRow{m, activities})
		}
		return nil
	})
	return all, err
}

func (s server) addMember(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	_, err = s.saveMember(c.Request().Context(), member.Member{Reference: in.get("reference"), Name: in.get("name"), Kind: contracts.MemberKind(in.get("kind"))})
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/members?done=added")
	}
	if err := in.refused(err); err != nil {
		return err
	}
	return s.showMembers(c, http.StatusUnprocessableEntity, in)
}

// saveActivity opens an activity.
func (s server) saveActivity(ctx context.Context, scope access.Scope, a member.Activity) (added member.Activity, err error) {
	err = s.db().Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		added, err = s.Outbound.Members.AddActivity(ctx, tx, scope, a)
		return err
	})
	if err != nil {
		return added, fmt.Errorf("add activity: %w", err)
	}
	return added, nil
}
