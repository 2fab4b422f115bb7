// Package pages is what people see of their accounts: signing in and out, invitations, their own account, and for those who let people
// in the list of them all. It decides nothing: package account does.
package pages

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/web"
)

// Files are the templates and assets, for web.ParsePages.
//
//go:embed templates assets
var Files embed.FS

// SignIn is the path where visitors are sent.
const SignIn = "/sign-in"

// Pages answers what has to do with accounts. Routes can be listed without the fields being set.
type Pages struct {
	Accounts *account.Accounts
	Render   func(c echo.Context, status int, name string, p web.Page) error
}

// doorkeepers let people in.
var doorkeepers = access.To(access.Manager, access.Operator)

// Routes lists every address. Those of the demonstration are there only where there is one.
func (p Pages) Routes() []web.Route {
	routes := []web.Route{
		{Method: "GET", Path: SignIn, Who: access.Anybody(), Handle: p.signIn, Summary: "see how to sign in"},
		{Method: "POST", Path: SignIn, Who: access.Anybody(), Handle: p.enter, Secret: true, Summary: "sign in"},
		{Method: "POST", Path: "/sign-out", Who: access.Anybody(), Handle: p.signOut, Summary: "sign out"},
	}
	if p.Accounts != nil && p.Accounts.Demonstration {
		routes = append(routes, web.Route{Method: "POST", Path: "/sign-in/persona", Who: access.Anybody(), Handle: p.become, Summary: "be a persona of the demonstration"})
	}
	return routes
}

// safePath is where a visitor wanted to go, if that is a page of this program, else the start.
func safePath(to string) string {
	u, err := url.Parse(to)
	switch {
	case err != nil, u.IsAbs(), u.Host != "", u.User != nil, u.Opaque != "":
		return "/"
	case !strings.HasPrefix(to, "/"), strings.HasPrefix(to, "//"), strings.ContainsAny(to, "\\\t\r\n"), strings.HasPrefix(u.Path, "//"), strings.HasPrefix(u.Path, SignIn):
		return "/"
	}
	return u.RequestURI()
}

// statusOf is the status of a page that shows what was wrong with a form.
func statusOf(c echo.Context, err error) int {
	if wait, ok := errors.AsType[account.TooMany](err); ok {
		c.Response().Header().Set("Retry-After", strconv.Itoa(wait.Seconds()))
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// admitted answers who has just shown what he knows: with the cookie, and the page of what is still due.
func (p Pages) admitted(c echo.Context, token string, stage account.Stage, to string) error {
	c.SetCookie(p.Accounts.Cookie(token))
	switch stage {
	case account.Second:
		return c.Redirect(http.StatusSeeOther, web.Address("/sign-in/code", "to", wanted(to)))
	case account.Enrol:
		return c.Redirect(http.StatusSeeOther, web.Address("/sign-in/set-up", "to", wanted(to)))
	}
	return c.Redirect(http.StatusSeeOther, safePath(to))
}

// wanted leaves out the start, where everybody lands anyway.
func wanted(to string) string {
	if to = safePath(to); to == "/" {
		return ""
	}
	return to
}
