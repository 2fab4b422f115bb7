package pages

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/account"
	"passerelle/internal/web"
)

type signInPage struct {
	Form     form
	To       string
	Personas []account.Account
}

// signIn shows the ways in.
func (p Pages) signIn(c echo.Context) error {
	if err := web.KnownQuery(c, "to"); err != nil {
		return err
	}
	return p.showSignIn(c, http.StatusOK, blankForm("to", wanted(c.QueryParam("to"))))
}

func (p Pages) showSignIn(c echo.Context, status int, f form) error {
	personas, err := p.Accounts.Personas(c.Request().Context())
	if err != nil {
		return err
	}
	return p.Render(c, status, "signin", web.Page{Title: "Sign in", Body: signInPage{Form: f, To: wanted(f.get("to")), Personas: personas}})
}

// enter weighs e-mail and password.
func (p Pages) enter(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	token, stage, err := p.Accounts.SignIn(c.Request().Context(), p.Accounts.From(c), f.get("email"), f.secret("password"), p.Accounts.TokenOf(c.Request()))
	if err == nil {
		return p.admitted(c, token, stage, f.get("to"))
	}
	if other := f.refused(err); other != nil {
		return other
	}
	return p.showSignIn(c, statusOf(c, err), f)
}

// become opens a session of a persona.
func (p Pages) become(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := p.Accounts.Become(c.Request().Context(), p.Accounts.From(c), f.get("account"), p.Accounts.TokenOf(c.Request()))
	if err != nil {
		return err
	}
	return p.admitted(c, token, account.Full, f.get("to"))
}

// signOut ends the session.
func (p Pages) signOut(c echo.Context) error {
	if err := p.Accounts.SignOut(c.Request().Context(), p.Accounts.From(c), p.Accounts.TokenOf(c.Request())); err != nil {
		return err
	}
	c.SetCookie(p.Accounts.Cookie(""))
	return c.Redirect(http.StatusSeeOther, SignIn)
}
