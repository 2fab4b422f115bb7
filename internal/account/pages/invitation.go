package pages

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/account"
	"passerelle/internal/web"
)

type invitationPage struct {
	Form  form
	Who   account.Account
	Token string
}

// invitation shows what a link is for. Looking does not use it up.
func (p Pages) invitation(c echo.Context) error {
	who, err := p.Accounts.LinkOf(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return p.showInvitation(c, http.StatusOK, who, blankForm("name", who.Name))
}

func (p Pages) showInvitation(c echo.Context, status int, who account.Account, f form) error {
	title := web.Words("Welcome")
	if who.HasPassword {
		title = web.Words("A new password")
	}
	return p.Render(c, status, "door-invitation", web.Page{Title: web.LocaleOf(c).T(title), Lead: who.Email, Body: invitationPage{f, who, c.Param("token")}})
}

// takeUp sets name and password by a link.
func (p Pages) takeUp(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	who, err := p.Accounts.LinkOf(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	token, stage, err := p.Accounts.TakeUp(c.Request().Context(), p.Accounts.From(c), c.Param("token"), f.get("name"), f.secret("password"), p.Accounts.TokenOf(c.Request()))
	if err == nil {
		return p.admitted(c, token, stage, "")
	}
	if other := f.refused(err); other != nil {
		return other
	}
	return p.showInvitation(c, statusOf(c, err), who, f)
}

type forgottenPage struct {
	Form  form
	Mails bool
	Sent  bool
}

// forgotten shows how to get a new password.
func (p Pages) forgotten(c echo.Context) error {
	return p.showForgotten(c, http.StatusOK, blankForm(), false)
}

func (p Pages) showForgotten(c echo.Context, status int, f form, sent bool) error {
	return p.Render(c, status, "door-forgotten", web.Page{Title: web.LocaleOf(c).T("A new password"), Body: forgottenPage{f, p.Accounts.Mail != nil, sent}})
}

// remind sends a link to whoever has an account, and says the same to whoever has none.
func (p Pages) remind(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err := p.Accounts.Forgotten(c.Request().Context(), p.Accounts.From(c), f.get("email")); err != nil {
		if other := f.refused(err); other != nil {
			return other
		}
		return p.showForgotten(c, statusOf(c, err), f, false)
	}
	return p.showForgotten(c, http.StatusOK, f, true)
}
