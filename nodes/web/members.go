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
	Rows []memberRow
	Adds bool // whoever looks may register one
	Form form
	Said string
	Next string
}

type memberRow struct {
	member.Member
	Activities []member.Activity
}

// mostOfOne is how many activities of one member the list names.
const mostOfOne = 20

// Kinds tells natural from legal persons.
func (membersPage) Kinds() []option {
	return []option{{string(contracts.Individual), "a person"}, {string(contracts.LegalPerson), "a legal person"}}
}

func (s server) members(c echo.Context) error {
	if err := web.KnownQuery(c, "after", "done"); err != nil {
		return err
	}
	return s.showMembers(c, http.StatusOK, blankForm())
}

func (s server) showMembers(c echo.Context, status int, f form) error {
	p := membersPage{Adds: advisers.Lets(web.PrincipalOf(c)), Form: f, Said: said[c.QueryParam("done")]}
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		rows, err := s.Store.Members(ctx, q, web.ScopeOf(c), c.QueryParam("after"), pageSize+1)
		if err != nil {
			return err
		}
		rows, more := page(rows)
		if more {
			p.Next = web.Address("/members", "after", rows[len(rows)-1].Reference)
		}
		for _, m := range rows {
			activities, err := s.Store.ActivitiesOf(ctx, q, web.ScopeOf(c), m.ID, mostOfOne)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, memberRow{m, activities})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightsOf(p.Rows, func(r memberRow) access.Sight { return sightOfMember(r.Member) })...); err != nil {
		return err
	}
	return s.render(c, status, "members", web.Page{Title: "Members", Body: p,
		Lead: "The people who work through the co-operative. Their names stay in this node: what leaves the country carries a random name that is new each year."})
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
