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

	"passerelle/contracts"
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
	Open     []web.Link // pages that need no account, named where people sign in; in English
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

// wanted leaves out the start, where everybody lands anyway.
func wanted(to string) string {
	if to = safePath(to); to == "/" {
		return ""
	}
	return to
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
	if err := p.begin(c, token); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next(stage, to))
}

// begin sets the cookie of a new session, and makes the pages speak the language of its account.
func (p Pages) begin(c echo.Context, token string) error {
	c.SetCookie(p.Accounts.Cookie(token))
	_, who, _, err := p.Accounts.Session(c.Request().Context(), token)
	if err != nil {
		return err
	}
	web.RememberLanguage(c, who.Language) // none chosen changes nothing: the browser says
	return nil
}

func next(stage account.Stage, to string) string {
	switch stage {
	case account.Second:
		return web.Address("/sign-in/code", "to", wanted(to))
	case account.Enrol:
		return web.Address("/sign-in/set-up", "to", wanted(to))
	}
	return safePath(to)
}

// visit is the session of a request, and what a handler needs of it.
type visit struct {
	account.Session
	who   account.Account
	token string
	from  account.Asker
}

// visit returns the session, which must be of one of the stages; visitors, and programs, are told to sign in.
func (p Pages) visit(c echo.Context, stages ...account.Stage) (visit, error) {
	v := visit{token: p.Accounts.TokenOf(c.Request()), from: p.Accounts.From(c)}
	if c.Request().Header.Get(echo.HeaderAuthorization) != "" {
		v.token = "" // a program has no account of its own
	}
	s, who, ok, err := p.Accounts.Session(c.Request().Context(), v.token)
	if err != nil {
		return v, err
	}
	for _, stage := range stages {
		if ok && s.Stage == stage {
			v.Session, v.who, v.from.Account = s, who, who.ID
			return v, nil
		}
	}
	return v, contracts.Fault{Code: web.FaultSignIn, Message: "nobody is signed in", Remedy: "sign in; it may have taken too long"}
}

// change is the visit of somebody who changes what lets him in: it began a short while ago, and he is a person.
func (p Pages) change(c echo.Context, stages ...account.Stage) (visit, error) {
	v, err := p.visit(c, stages...)
	switch {
	case err != nil:
		return v, err
	case v.who.Demonstration:
		return v, contracts.Fault{Code: web.FaultForbidden, Message: "the personas of the demonstration stay as they are", Remedy: "invite yourself on the page People, and take up the invitation in the outbox"}
	case !p.Accounts.Fresh(v.Session):
		return v, contracts.Fault{Code: account.FaultNotFresh, Message: "you signed in a while ago", Remedy: "sign out and in again, then do it within fifteen minutes"}
	}
	return v, nil
}

// known turns an account that is not there into the answer people get.
func known(err error) error {
	if contracts.IsFault(err) && contracts.FaultsOf(err)[0].Code == account.FaultUnknown {
		return web.NotFound("account")
	}
	return err
}

// doneAt leads back to a page that says what was done: a key of doneWords.
func doneAt(c echo.Context, path, done string) error {
	return c.Redirect(http.StatusSeeOther, web.Address(path, "done", done))
}

// doneWords are said once after something was done.
var doneWords = map[string]web.Words{
	"saved": "Saved.", "password": "The password is changed; every other session has ended.", "codes": "The authenticator is set up.", "codes-removed": "The authenticator is removed.",
	"passkey": "The passkey is kept.", "passkey-removed": "The passkey is removed.", "session": "The session has ended.", "sessions": "Every other session has ended.", "roles": "The roles are changed, at once.",
	"disabled": "The account is disabled; all its sessions have ended.", "enabled": "The account is enabled.", "revoked": "The token is revoked.",
}

// doorkeepers let people in; watchers see what happened at the door.
var (
	doorkeepers = access.To(access.Manager, access.Operator)
	watchers    = access.To(access.Manager, access.Operator, access.Auditor)
)

// Routes lists every address. Those of the demonstration, and of an identity provider, are there only where there is one.
func (p Pages) Routes() []web.Route {
	anybody, everyone := access.Anybody(), access.Everyone()
	routes := []web.Route{
		{Method: "GET", Path: SignIn, Who: anybody, Handle: p.signIn, Summary: "see how to sign in"},
		{Method: "POST", Path: SignIn, Who: anybody, Handle: p.enter, Secret: true, Summary: "sign in"},
		{Method: "GET", Path: "/sign-in/code", Who: anybody, Handle: p.askCode, Summary: "be asked for a one-time code"},
		{Method: "POST", Path: "/sign-in/code", Who: anybody, Handle: p.enterCode, Secret: true, Summary: "sign in with a one-time code"},
		{Method: "GET", Path: "/sign-in/set-up", Who: anybody, Handle: p.setUp, Summary: "choose a second factor"},
		{Method: "POST", Path: "/sign-in/passkey/options", Who: anybody, Handle: p.askPasskey, Secret: true, Summary: "be asked for a passkey"},
		{Method: "POST", Path: "/sign-in/passkey", Who: anybody, Handle: p.enterPasskey, Secret: true, Summary: "sign in with a passkey"},
		{Method: "POST", Path: "/sign-out", Who: anybody, Handle: p.signOut, Secret: true, Summary: "sign out"},
		{Method: "GET", Path: "/forgotten", Who: anybody, Handle: p.forgotten, Summary: "see how to get a new password"},
		{Method: "POST", Path: "/forgotten", Who: anybody, Handle: p.remind, Secret: true, Summary: "ask for a new password"},
		{Method: "GET", Path: "/invitation/:token", Who: anybody, Handle: p.invitation, Summary: "see an invitation"},
		{Method: "POST", Path: "/invitation/:token", Who: anybody, Handle: p.takeUp, Secret: true, Summary: "take up an invitation"},

		{Method: "GET", Path: "/account", Who: everyone, Handle: p.account, Summary: "see one's account"},
		{Method: "POST", Path: "/account", Who: everyone, Handle: p.saveProfile, Summary: "change one's name and language"},
		{Method: "POST", Path: "/account/password", Who: everyone, Handle: p.changePassword, Secret: true, Summary: "change one's password"},
		{Method: "GET", Path: "/account/codes", Who: anybody, Handle: p.codes, Summary: "set up an authenticator"},
		{Method: "POST", Path: "/account/codes", Who: anybody, Handle: p.beginCodes, Secret: true, Summary: "begin with an authenticator"},
		{Method: "POST", Path: "/account/codes/confirm", Who: anybody, Handle: p.confirmCodes, Secret: true, Summary: "confirm an authenticator"},
		{Method: "POST", Path: "/account/codes/remove", Who: everyone, Handle: p.removeCodes, Secret: true, Summary: "remove one's authenticator"},
		{Method: "POST", Path: "/account/recovery-codes", Who: everyone, Handle: p.newRecoveryCodes, Secret: true, Summary: "make recovery codes"},
		{Method: "POST", Path: "/account/passkeys/options", Who: anybody, Handle: p.offerPasskey, Secret: true, Summary: "begin with a passkey"},
		{Method: "POST", Path: "/account/passkeys", Who: anybody, Handle: p.keepPasskey, Secret: true, Summary: "keep a passkey"},
		{Method: "POST", Path: "/account/passkeys/:id/remove", Who: everyone, Handle: p.removePasskey, Secret: true, Summary: "remove a passkey of one's own"},
		{Method: "POST", Path: "/account/sessions/end", Who: everyone, Handle: p.endOthers, Secret: true, Summary: "end every other session of one's own"},
		{Method: "POST", Path: "/account/sessions/:id/end", Who: everyone, Handle: p.endSession, Secret: true, Summary: "end a session of one's own"},

		{Method: "GET", Path: "/people", Who: watchers, Handle: p.people, Summary: "see who may come in"},
		{Method: "POST", Path: "/people", Who: doorkeepers, Handle: p.invite, Secret: true, Summary: "invite somebody"},
		{Method: "GET", Path: "/people/:id", Who: watchers, Handle: p.person, Summary: "see an account"},
		{Method: "POST", Path: "/people/:id/roles", Who: doorkeepers, Handle: p.setRoles, Summary: "change somebody's roles"},
		{Method: "POST", Path: "/people/:id/invite", Who: doorkeepers, Handle: p.inviteAnew, Secret: true, Summary: "let somebody in anew who has lost what let him in"},
		{Method: "POST", Path: "/people/:id/disable", Who: doorkeepers, Handle: p.disable, Summary: "shut somebody out"},
		{Method: "POST", Path: "/people/:id/enable", Who: doorkeepers, Handle: p.enable, Summary: "let somebody in again"},
		{Method: "GET", Path: "/tokens", Who: watchers, Handle: p.tokens, Summary: "see which programs may come in"},
		{Method: "POST", Path: "/tokens", Who: doorkeepers, Handle: p.makeToken, Secret: true, Summary: "make a token for a program"},
		{Method: "POST", Path: "/tokens/:id/revoke", Who: doorkeepers, Handle: p.revokeToken, Summary: "revoke a token"},
		{Method: "GET", Path: "/security-log", Who: watchers, Handle: p.log, Summary: "see what happened at the door"},
	}
	if p.Accounts == nil || p.Accounts.Provider != nil {
		routes = append(routes,
			web.Route{Method: "GET", Path: "/sign-in/provider", Who: anybody, Handle: p.toProvider, Summary: "go to the identity provider, where there is one"},
			web.Route{Method: "GET", Path: account.ProviderBack, Who: anybody, Handle: p.fromProvider, Secret: true, Summary: "sign in with what the identity provider says"})
	}
	if p.Accounts != nil && p.Accounts.Demonstration {
		routes = append(routes,
			web.Route{Method: "POST", Path: "/sign-in/persona", Who: anybody, Handle: p.become, Secret: true, Summary: "be a persona of the demonstration"},
			web.Route{Method: "GET", Path: "/outbox", Who: anybody, Handle: p.outbox, Summary: "see the mails of the demonstration"})
	}
	return routes
}
