package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/store"
)

func (s server) apiMembers(c echo.Context) error {
	return apiList(c, func(after string) ([]member.Member, error) {
		return s.Store.Members(c.Request().Context(), s.db(), web.ScopeOf(c), after, pageSize+1)
	}, func(m member.Member) string { return m.Reference }, sightOfMember)
}

type newMember struct {
	Reference string               `json:"reference"`
	Name      string               `json:"name"`
	Kind      contracts.MemberKind `json:"kind,omitzero"`
}

func (s server) apiAddMember(c echo.Context) error {
	var m newMember
	if err := bind(c, &m); err != nil {
		return err
	}
	added, err := s.saveMember(c.Request().Context(), member.Member{Reference: m.Reference, Name: m.Name, Kind: m.Kind})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, added)
}

func (s server) apiActivities(c echo.Context) error {
	return apiList(c, func(after string) ([]store.ActivityRow, error) {
		return s.Store.Activities(c.Request().Context(), s.db(), web.ScopeOf(c), after, pageSize+1)
	}, func(a store.ActivityRow) string { return a.Reference }, func(a store.ActivityRow) access.Sight { return sightOfActivity(a.Activity) })
}

type newActivity struct {
	Reference string    `json:"reference"`
	Member    member.ID `json:"member"`
	Name      string    `json:"name"`
}

func (s server) apiAddActivity(c echo.Context) error {
	var a newActivity
	if err := bind(c, &a); err != nil {
		return err
	}
	added, err := s.saveActivity(c.Request().Context(), web.ScopeOf(c), member.Activity{Reference: a.Reference, Member: a.Member, Name: a.Name})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, added)
}

// apiActivity answers an activity with its budget.
func (s server) apiActivity(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	a, err := s.activityOf(c)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, a)
}

func (s server) apiBuyers(c echo.Context) error {
	if err := web.KnownQuery(c, "after"); err != nil {
		return err
	}
	rows, next, err := s.buyerPage(c)
	if err != nil {
		return err
	}
	out := listOf[store.BuyerRow]{Items: rows}
	if next != "" {
		out.Next = web.Address("/api/buyers", "after", next)
	}
	return answer(c, http.StatusOK, out)
}

func (s server) apiSaveBuyer(c echo.Context) error {
	var p contracts.Party
	if err := bind(c, &p); err != nil {
		return err
	}
	ctx := c.Request().Context()
	id, err := s.SaveBuyer(ctx, web.ScopeOf(c), p)
	if err != nil {
		return err
	}
	saved, _, err := s.Store.Buyer(ctx, s.db(), web.ScopeOf(c), id)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, store.BuyerRow{ID: id, Party: saved})
}
