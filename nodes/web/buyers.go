package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/store"
)

// buyerFields is what the part of a form about a buyer needs: where its fields begin, and their choices.
type buyerFields struct {
	Form form
	At   string
	Page any
}

func newBuyerFields(f form, at string, page any) buyerFields { return buyerFields{f, at, page} }

// buyersPage lists buyers and takes in new ones.
type buyersPage struct {
	draftPage // the choices of a buyer's fields
	Rows      []store.BuyerRow
	Said      string
	Next      string
}

// buyerPage reads a page of buyers and where the next one begins, empty after the last.
func (s server) buyerPage(c echo.Context) ([]store.BuyerRow, string, error) {
	name, id, err := readPageEnd("after", c.QueryParam("after"))
	if err != nil {
		return nil, "", err
	}
	rows, err := s.Store.BuyersAfter(c.Request().Context(), s.db(), web.ScopeOf(c), name, id, pageSize+1)
	if err != nil {
		return nil, "", err
	}
	rows, more := page(rows)
	if !more {
		return rows, "", nil
	}
	last := rows[len(rows)-1]
	return rows, pageEnd(last.Party.Name, last.ID), nil
}

func (s server) buyers(c echo.Context) error {
	if err := web.KnownQuery(c, "after", "done"); err != nil {
		return err
	}
	return s.showBuyers(c, http.StatusOK, blankForm("kind", string(contracts.Business), "address.country", string(s.adapter().Code)))
}

func (s server) showBuyers(c echo.Context, status int, f form) error {
	rows, next, err := s.buyerPage(c)
	if err != nil {
		return err
	}
	p := buyersPage{draftPage: draftPage{Form: f, Countries: s.countries(web.LocaleOf(c))}, Rows: rows, Said: said[c.QueryParam("done")]}
	if next != "" {
		p.Next = web.Address("/buyers", "after", next)
	}
	return s.render(c, status, "buyers", web.Page{Title: "Buyers", Body: p,
		Lead: "Whom the members work for, in any country. Their names stay in this node: the network learns country, kind and line of trade."})
}

func (s server) addBuyer(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	if _, err = s.SaveBuyer(c.Request().Context(), web.ScopeOf(c), in.party("")); err == nil {
		return c.Redirect(http.StatusSeeOther, "/buyers?done=added")
	}
	if err := in.refused(err); err != nil {
		return err
	}
	return s.showBuyers(c, http.StatusUnprocessableEntity, in)
}
