package pages

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/web"
)

// toProvider sends a visitor to the identity provider. It is a link and no form: where a form leads in the end, the page's policy restricts to
// this program (Content Security Policy level 3, form-action).
func (p Pages) toProvider(c echo.Context) error {
	if err := web.KnownQuery(c, "to"); err != nil {
		return err
	}
	to := wanted(c.QueryParam("to"))
	if site := c.Request().Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return c.Redirect(http.StatusSeeOther, web.Address(SignIn, "to", to)) // nobody is signed in by a link of another site
	}
	address, browser, err := p.Accounts.BeginProvider(c.Request().Context(), p.Accounts.From(c), to)
	if err != nil {
		return p.notByProvider(c, to, err)
	}
	c.SetCookie(p.Accounts.ProviderCookie(browser))
	return c.Redirect(http.StatusSeeOther, address)
}

// fromProvider weighs what it sent back.
func (p Pages) fromProvider(c echo.Context) error {
	a, r := p.Accounts, c.Request()
	c.SetCookie(a.ProviderCookie("")) // it counts once
	token, stage, to, err := a.ProviderSignIn(r.Context(), a.From(c), c.QueryParams(), a.ProviderSecret(r), a.TokenOf(r))
	if err != nil {
		return p.notByProvider(c, "", err)
	}
	return p.admitted(c, token, stage, to)
}

// notByProvider shows the other ways in.
func (p Pages) notByProvider(c echo.Context, to string, err error) error {
	f := blankForm("to", to)
	if other := f.refused(err); other != nil {
		return other
	}
	return p.showSignIn(c, statusOf(c, err), f)
}
