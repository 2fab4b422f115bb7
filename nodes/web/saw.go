package web

import (
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// What the trail calls the records of a node; store writes the same words when they change.
func sightOfDocument(d outbound.Document) access.Sight {
	return access.Sight{Kind: "invoice", Record: string(d.Invoice.ID), Member: string(d.Member)}
}

func sightOfActivity(a member.Activity) access.Sight {
	return access.Sight{Kind: "activity", Record: string(a.ID), Member: string(a.Member)}
}

func sightOfMember(m member.Member) access.Sight {
	return access.Sight{Kind: "member", Record: string(m.ID), Member: string(m.ID)}
}

func sightOfDraft(d store.DraftRow) access.Sight {
	return access.Sight{Kind: "draft", Record: d.ID, Member: string(d.Member)}
}

func sightOfCase(c casework.Case) access.Sight {
	return access.Sight{Kind: "case", Record: string(c.ID), Member: string(c.Member)}
}

// sightsOf is one sight for each row of a list.
func sightsOf[T any](rows []T, of func(T) access.Sight) []access.Sight {
	all := make([]access.Sight, len(rows))
	for i, r := range rows {
		all[i] = of(r)
	}
	return all
}

// noteInvoice notes the document of the address before something is done with it that answers with it. One that is not there, what is done
// will say.
func (s server) noteInvoice(c echo.Context) error {
	d, found, err := s.Store.Document(c.Request().Context(), s.db(), web.ScopeOf(c), contracts.InvoiceID(c.Param("id")))
	if err != nil || !found {
		return err
	}
	return web.Saw(c, sightOfDocument(d))
}

// noteActivity notes an activity that a body names. One that is not there, what is done will say.
func (s server) noteActivity(c echo.Context, id member.ActivityID) error {
	a, _, found, err := s.Store.Activity(c.Request().Context(), s.db(), web.ScopeOf(c), id)
	if err != nil || !found {
		return err
	}
	return web.Saw(c, sightOfActivity(a))
}

// noteDraft does the same for the draft of the address.
func (s server) noteDraft(c echo.Context) error {
	d, found, err := s.Store.Draft(c.Request().Context(), s.db(), web.ScopeOf(c), c.Param("id"))
	if err != nil || !found {
		return err
	}
	return s.sawDraft(c, c.Param("id"), d)
}

func (s server) sawDraft(c echo.Context, id string, d outbound.Draft) error {
	a, _, _, err := s.Store.Activity(c.Request().Context(), s.db(), web.ScopeOf(c), d.Activity)
	if err != nil {
		return err
	}
	return web.Saw(c, sightOfDraft(store.DraftRow{ID: id, Member: a.Member}))
}
