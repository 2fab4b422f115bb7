package pages

import (
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/account"
	"passerelle/internal/web"
)

type signInPage struct {
	Form     form
	To       string
	Mails    bool // a forgotten password can be asked for
	Provider string
	Personas []personRow
	Open     []web.Link // that need no account
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
	body := signInPage{Form: f, To: wanted(f.get("to")), Mails: p.Accounts.Mail != nil, Provider: p.Accounts.ProviderName(), Open: p.Open}
	for _, who := range personas {
		body.Personas = append(body.Personas, personRow{who, named(web.LocaleOf(c), who.Roles)})
	}
	return p.Render(c, status, "door-signin", web.Page{Title: web.LocaleOf(c).T("Sign in"), Body: body})
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

type codePage struct {
	Form    form
	To      string
	Codes   bool // he has an authenticator
	Passkey bool
}

// askCode asks for the second factor.
func (p Pages) askCode(c echo.Context) error {
	return p.showCode(c, http.StatusOK, blankForm("to", wanted(c.QueryParam("to"))))
}

func (p Pages) showCode(c echo.Context, status int, f form) error {
	v, err := p.visit(c, account.Second)
	if err != nil {
		return c.Redirect(http.StatusSeeOther, web.Address(SignIn, "to", wanted(f.get("to"))))
	}
	return p.Render(c, status, "door-code", web.Page{Title: web.LocaleOf(c).T("One more step"), Body: codePage{Form: f, To: wanted(f.get("to")), Codes: v.who.HasCodes, Passkey: v.who.Passkeys > 0}})
}

// enterCode weighs a one-time or recovery code.
func (p Pages) enterCode(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := p.Accounts.SecondStep(c.Request().Context(), p.Accounts.From(c), p.Accounts.TokenOf(c.Request()), f.get("code"))
	if err == nil {
		return p.admitted(c, token, account.Full, f.get("to"))
	}
	if other := f.refused(err); other != nil {
		return other
	}
	return p.showCode(c, statusOf(c, err), f)
}

// setUp offers second factors to whoever must have one.
func (p Pages) setUp(c echo.Context) error {
	to := wanted(c.QueryParam("to"))
	if _, err := p.visit(c, account.Enrol); err != nil {
		return c.Redirect(http.StatusSeeOther, web.Address(SignIn, "to", to))
	}
	return p.Render(c, http.StatusOK, "door-setup", web.Page{Title: web.LocaleOf(c).T("Choose a second factor"), Lead: web.LocaleOf(c).T("What you may see is more than your own, so a password alone does not open it."), Body: to})
}

// mostAnswer bounds what a passkey says.
const mostAnswer = 64 << 10

func readAnswer(c echo.Context) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, mostAnswer))
}

// askPasskey says what a passkey has to sign.
func (p Pages) askPasskey(c echo.Context) error {
	options, err := p.Accounts.BeginPasskeySignIn(c.Request().Context(), p.Accounts.From(c))
	if err != nil {
		statusOf(c, err) // says when to come again
		return err
	}
	return c.JSON(http.StatusOK, options)
}

// enterPasskey weighs what it signed.
func (p Pages) enterPasskey(c echo.Context) error {
	body, err := readAnswer(c)
	if err != nil {
		return err
	}
	token, err := p.Accounts.PasskeySignIn(c.Request().Context(), p.Accounts.From(c), body, p.Accounts.TokenOf(c.Request()))
	if err != nil {
		statusOf(c, err) // says when to come again
		return err
	}
	if err := p.begin(c, token); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"to": safePath(c.QueryParam("to"))})
}

// become opens a session of a persona.
func (p Pages) become(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := p.Accounts.Become(c.Request().Context(), p.Accounts.From(c), f.get("account"), p.Accounts.TokenOf(c.Request()))
	if err != nil {
		return known(err)
	}
	return p.admitted(c, token, account.Full, f.get("to"))
}

// signOut ends the session.
func (p Pages) signOut(c echo.Context) error {
	if err := p.Accounts.SignOut(c.Request().Context(), p.Accounts.From(c), p.Accounts.TokenOf(c.Request())); err != nil {
		return err
	}
	c.SetCookie(p.Accounts.Cookie(""))
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`) // not "cookies": the language stays, and so do other programs of a loopback host
	return c.Redirect(http.StatusSeeOther, SignIn)
}

// outbox shows the mails that the demonstration did not send.
func (p Pages) outbox(c echo.Context) error {
	var mails []account.Mail
	if box, ok := p.Accounts.Mail.(*account.Outbox); ok {
		mails = box.Mails()
	}
	return p.Render(c, http.StatusOK, "door-outbox", web.Page{Title: web.LocaleOf(c).T("Outbox"), Lead: web.LocaleOf(c).T("The demonstration sends no mail: what it would send is here."), Badges: []web.Badge{{Kind: "demo", Text: "Demonstration"}}, Body: mails})
}
