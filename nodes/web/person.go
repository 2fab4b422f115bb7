package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/retention"
)

// personPage is what the node holds of a member besides his documents, and how long it holds these.
type personPage struct {
	Member     member.Member
	Activities []member.Activity
	Form       form
	Countries  []option
	Own        bool // the member looks himself
	Corrects   bool // whoever looks may correct it
	Documents  bool // there are documents that are kept
	Kept       retention.Kept
	Leaving    *retention.Erasure // waits for the law to let go
	Said       string
}

// personOf reads a member in scope and notes that he is shown.
func (s server) personOf(c echo.Context, id member.ID) (p personPage, contact member.Contact, err error) {
	scope := web.ScopeOf(c)
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		var found bool
		if p.Member, found, err = s.Store.Member(ctx, q, scope, id); err != nil {
			return err
		}
		if !found {
			return web.NotFound("member")
		}
		if p.Activities, err = s.Store.ActivitiesOf(ctx, q, scope, id, mostOfOne); err != nil {
			return err
		}
		if contact, err = s.Store.Contact(ctx, q, scope, id); err != nil {
			return err
		}
		if p.Kept, p.Documents, err = s.Retention.KeptOf(ctx, q, access.Of(string(id))); err != nil {
			return err
		}
		waiting, err := s.Store.Erasures(ctx, q, access.Of(string(id)))
		if len(waiting) > 0 {
			p.Leaving = &waiting[0]
		}
		return err
	})
	if err != nil {
		return p, contact, err
	}
	p.Own, p.Corrects = !scope.All(), !scope.All() || advisers.Lets(web.PrincipalOf(c))
	p.Countries = append([]option{{"", web.LocaleOf(c).T("not known")}}, s.countries(web.LocaleOf(c))...)
	return p, contact, web.Saw(c, sightOfMember(p.Member))
}

func contactForm(name string, c member.Contact) form {
	return blankForm("name", name, "email", c.Email, "phone", c.Phone, "street", c.Street, "postal_code", c.PostalCode, "town", c.Town, "country", string(c.Country))
}

func (f form) contact() member.Contact {
	return member.Contact{Email: f.get("email"), Phone: f.get("phone"), Street: f.get("street"), PostalCode: f.get("postal_code"), Town: f.get("town"), Country: contracts.CountryCode(f.get("country"))}
}

// person shows a member to those who work for him.
func (s server) person(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	return s.showPerson(c, http.StatusOK, member.ID(c.Param("id")), nil)
}

// ownData shows a member what the node holds of him.
func (s server) ownData(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	return s.showPerson(c, http.StatusOK, member.ID(web.ScopeOf(c).Member()), nil)
}

func (s server) showPerson(c echo.Context, status int, id member.ID, typed *form) error {
	p, contact, err := s.personOf(c, id)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	p.Said = l.T(said[c.QueryParam("done")])
	if p.Form = contactForm(p.Member.Name, contact); typed != nil {
		p.Form = *typed
	}
	if p.Own {
		return s.render(c, status, "person", web.Page{Title: l.T("My data"), Body: p, Lead: l.T("What the co-operative holds of you, how long it keeps it and why, and who has looked at it.")})
	}
	return s.render(c, status, "person", web.Page{Title: p.Member.Name, Body: p, Crumbs: []web.Link{{Text: l.T("Members"), URL: "/members"}, {Text: p.Member.Reference}}})
}

// correctPerson keeps what staff corrects of a member.
func (s server) correctPerson(c echo.Context) error {
	return s.correct(c, member.ID(c.Param("id")), "/members/"+c.Param("id"))
}

// correctOwn keeps what a member corrects of himself; his name is on contracts, and staff corrects it.
func (s server) correctOwn(c echo.Context) error {
	return s.correct(c, member.ID(web.ScopeOf(c).Member()), "/account/data")
}

func (s server) correct(c echo.Context, id member.ID, back string) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	scope, name, there := web.ScopeOf(c), "", false
	if scope.All() {
		if name = in.get("name"); name == "" {
			in.Faults.Addf(contracts.FaultMissing, "name", "fill it in", "no name")
		}
	}
	if len(in.Faults) == 0 {
		err = s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
			there, err = s.Outbound.Members.Reach(ctx, tx, scope, id, name, in.contact())
			return err
		})
		switch {
		case err == nil && !there:
			return web.NotFound("member")
		case err == nil:
			return c.Redirect(http.StatusSeeOther, back+"?done=corrected")
		}
		if err := in.refused(err); err != nil {
			return err
		}
	}
	return s.showPerson(c, http.StatusUnprocessableEntity, id, &in)
}

// askErase says what would go and what would stay, before the button that cannot be taken back.
func (s server) askErase(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	return s.showErase(c, http.StatusOK, blankForm())
}

func (s server) showErase(c echo.Context, status int, f form) error {
	p, _, err := s.personOf(c, member.ID(c.Param("id")))
	if err != nil {
		return err
	}
	p.Form = f
	l := web.LocaleOf(c)
	return s.render(c, status, "erase", web.Page{Title: l.T("Erase %s", p.Member.Name), Body: p,
		Crumbs: []web.Link{{Text: l.T("Members"), URL: "/members"}, {Text: p.Member.Reference, URL: "/members/" + c.Param("id")}, {Text: l.T("Erase")}}})
}

func (s server) erase(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	id := member.ID(c.Param("id"))
	if in.get("reason") == "" {
		in.Faults.Addf(contracts.FaultMissing, "reason", "say who asked for it and when", "no reason")
		return s.showErase(c, http.StatusUnprocessableEntity, in)
	}
	e, err := s.Retention.Erase(c.Request().Context(), web.ScopeOf(c), id, in.get("reason"))
	if errors.Is(err, retention.ErrUnknown) {
		return web.NotFound("member")
	}
	if err != nil {
		return err
	}
	if s.Accounts != nil {
		if err := s.Accounts.Forget(c.Request().Context(), s.Accounts.From(c), string(id)); err != nil {
			return fmt.Errorf("forget the member's account: %w", err)
		}
	}
	if e.DoneAt.IsZero() {
		return c.Redirect(http.StatusSeeOther, "/members/"+string(id)+"?done=leaving")
	}
	return c.Redirect(http.StatusSeeOther, "/members?done=erased")
}
