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
	List      *web.Listed
	Said      string
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
	return s.showBuyers(c, http.StatusOK, blankForm("kind", string(contracts.Business), "address.country", string(s.adapter().Code)))
}

func (s server) showBuyers(c echo.Context, status int, f form) error {
	t := buyerTable(web.LocaleOf(c))
	a, err := t.Asked(c, "find", "done")
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, func(offset, limit int) ([]store.BuyerRow, error) {
		return s.Store.FindBuyers(c.Request().Context(), s.db(), web.ScopeOf(c), c.QueryParam("find"), orderOf(a, offset), limit)
	})
	if err != nil || list == nil {
		return err
	}
	p := buyersPage{draftPage: draftPage{Locale: web.LocaleOf(c), Form: f, Countries: s.countries(web.LocaleOf(c))}, List: list, Said: web.LocaleOf(c).T(said[c.QueryParam("done")])}
	s.atHome(&p.draftPage)
	return s.render(c, status, "buyers", web.Page{Title: web.LocaleOf(c).T("Buyers"), Body: p,
		Lead: web.LocaleOf(c).T("Whom the members work for, in any country. Their names stay in this node: the network learns country, kind and line of trade.")})
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
