package pages

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/account"
	"passerelle/internal/web"
)

type accountPage struct {
	Form     form
	Done     string
	Who      account.Account
	Here     string // hash of the session that looks
	Sessions []account.Session
	Passkeys []account.Passkey
	Recovery int // codes that were not used
	Events   []eventRow
	Tongues  []string
}

// tongues are the languages of the pages.
var tongues = []string{"nl", "fr", "de", "it", "es", "sv", "hu", "en"}

// account shows one's own account.
func (p Pages) account(c echo.Context) error {
	v, err := p.visit(c, account.Full)
	if err != nil {
		return err
	}
	return p.showAccount(c, http.StatusOK, v, blankForm("name", v.who.Name, "language", v.who.Language))
}

func (p Pages) showAccount(c echo.Context, status int, v visit, f form) error {
	ctx := c.Request().Context()
	page := accountPage{Form: f, Done: doneWords[c.QueryParam("done")], Who: v.who, Here: v.Hash, Tongues: tongues}
	var err error
	if page.Sessions, err = p.Accounts.Sessions(ctx, v.who.ID); err != nil {
		return err
	}
	if page.Passkeys, err = p.Accounts.Passkeys(ctx, v.who.ID); err != nil {
		return err
	}
	if page.Recovery, err = p.Accounts.RecoveryLeft(ctx, v.who.ID); err != nil {
		return err
	}
	events, err := p.Accounts.Events(ctx, v.who.ID, 10)
	if err != nil {
		return err
	}
	page.Events = eventRows(web.LocaleOf(c), events, nil)
	return p.Render(c, status, "door-account", web.Page{Title: web.LocaleOf(c).T("Your account"), Lead: v.who.Email, Body: page})
}

// saveProfile changes name and language.
func (p Pages) saveProfile(c echo.Context) error {
	v, err := p.visit(c, account.Full)
	if err != nil {
		return err
	}
	if v.who.Demonstration {
		_, err := p.change(c, account.Full) // says why not
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err := p.Accounts.SetProfile(c.Request().Context(), v.who.ID, f.get("name"), f.get("language")); err != nil {
		if other := f.refused(err); other != nil {
			return other
		}
		return p.showAccount(c, statusOf(c, err), v, f)
	}
	if f.get("language") == "" {
		web.ForgetLanguage(c)
	}
	web.RememberLanguage(c, f.get("language"))
	return doneAt(c, "/account", "saved")
}

// changePassword asks for the old one, and ends every other session.
func (p Pages) changePassword(c echo.Context) error {
	v, err := p.visit(c, account.Full)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err := p.Accounts.ChangePassword(c.Request().Context(), v.from, v.who.ID, f.secret("old"), f.secret("password"), v.Hash); err != nil {
		if other := f.refused(err); other != nil {
			return other
		}
		f.values.Set("name", v.who.Name)
		f.values.Set("language", v.who.Language)
		return p.showAccount(c, statusOf(c, err), v, f)
	}
	return doneAt(c, "/account", "password")
}

type codesPage struct {
	Form    form
	To      string
	Secret  string
	QR      string // path of an SVG, one unit a module
	Side    int
	Margins int
}

// beginCodes gives the account a secret for an authenticator.
func (p Pages) beginCodes(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	v, err := p.change(c, account.Full, account.Enrol)
	if err != nil {
		return err
	}
	if err := p.Accounts.BeginCodes(c.Request().Context(), v.who); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, web.Address("/account/codes", "to", wanted(f.get("to"))))
}

// codes shows the secret to the authenticator.
func (p Pages) codes(c echo.Context) error {
	v, err := p.visit(c, account.Full, account.Enrol)
	if err != nil {
		return c.Redirect(http.StatusSeeOther, SignIn)
	}
	return p.showCodes(c, http.StatusOK, v, blankForm("to", wanted(c.QueryParam("to"))))
}

func (p Pages) showCodes(c echo.Context, status int, v visit, f form) error {
	key, err := p.Accounts.CodesKey(v.who)
	if err != nil {
		return err
	}
	if key == nil {
		return c.Redirect(http.StatusSeeOther, next(v.Stage, "/account"))
	}
	picture, err := qr.Encode(key.URL(), qr.M, qr.Auto)
	if err != nil {
		return err
	}
	page := codesPage{Form: f, To: wanted(f.get("to")), Secret: spaced(key.Secret()), Side: picture.Bounds().Dx() + 8}
	var path strings.Builder
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if r, _, _, _ := picture.At(x, y).RGBA(); r == 0 {
				path.WriteString("M" + digits(x+4) + " " + digits(y+4) + "h1v1h-1z")
			}
		}
	}
	page.QR = path.String()
	return p.Render(c, status, "door-codes", web.Page{Title: web.LocaleOf(c).T("Set up an authenticator"), Body: page})
}

// confirmCodes takes the first code. Recovery codes are shown with it, where there are none.
func (p Pages) confirmCodes(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	v, err := p.change(c, account.Full, account.Enrol)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	token, err := p.Accounts.ConfirmCodes(ctx, v.from, v.Session, f.get("code"), v.token)
	if err != nil {
		if other := f.refused(err); other != nil {
			return other
		}
		return p.showCodes(c, statusOf(c, err), v, f)
	}
	if token != "" {
		c.SetCookie(p.Accounts.Cookie(token))
	}
	if left, err := p.Accounts.RecoveryLeft(ctx, v.who.ID); err != nil || left > 0 {
		if err != nil {
			return err
		}
		return doneAt(c, "/account", "codes")
	}
	return p.showRecoveryCodes(c, v, f.get("to"))
}

type recoveryPage struct {
	Codes []string
	To    string
}

func (p Pages) showRecoveryCodes(c echo.Context, v visit, to string) error {
	codes, err := p.Accounts.NewRecoveryCodes(c.Request().Context(), v.from, v.who.ID)
	if err != nil {
		return err
	}
	return p.Render(c, http.StatusOK, "door-recovery", web.Page{Title: web.LocaleOf(c).T("Recovery codes"), Lead: web.LocaleOf(c).T("Each lets you in once when your authenticator is not at hand. They are shown now and never again."), Body: recoveryPage{codes, safePath(to)}})
}

// newRecoveryCodes makes new ones; the old ones end.
func (p Pages) newRecoveryCodes(c echo.Context) error {
	v, err := p.change(c, account.Full)
	if err != nil {
		return err
	}
	return p.showRecoveryCodes(c, v, "/account")
}

// withOwn does something with a visit that came about, and leads back to the account, which says what was done.
func withOwn(c echo.Context, v visit, err error, done string, do func(ctx context.Context, v visit) error) error {
	if err == nil {
		err = do(c.Request().Context(), v)
	}
	if err != nil {
		return err
	}
	return doneAt(c, "/account", done)
}

// removeCodes takes the authenticator away.
func (p Pages) removeCodes(c echo.Context) error {
	v, err := p.change(c, account.Full)
	return withOwn(c, v, err, "codes-removed", func(ctx context.Context, v visit) error { return p.Accounts.RemoveCodes(ctx, v.from, v.who.ID) })
}

// offerPasskey says what the browser makes a passkey from.
func (p Pages) offerPasskey(c echo.Context) error {
	v, err := p.change(c, account.Full, account.Enrol)
	if err != nil {
		return err
	}
	options, err := p.Accounts.BeginPasskey(c.Request().Context(), v.from, v.who.ID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, options)
}

// keepPasskey keeps what it made.
func (p Pages) keepPasskey(c echo.Context) error {
	v, err := p.change(c, account.Full, account.Enrol)
	if err != nil {
		return err
	}
	body, err := readAnswer(c)
	if err != nil {
		return err
	}
	var said struct {
		Name       string          `json:"name"`
		Credential json.RawMessage `json:"credential"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no passkey", Remedy: "try again from the page"}
	}
	token, err := p.Accounts.FinishPasskey(c.Request().Context(), v.from, v.Session, strings.TrimSpace(said.Name), said.Credential, v.token)
	if err != nil {
		return err
	}
	to := "/account?done=passkey"
	if token != "" {
		c.SetCookie(p.Accounts.Cookie(token))
		to = safePath(c.QueryParam("to"))
	}
	return c.JSON(http.StatusOK, map[string]string{"to": to})
}

// removePasskey takes a passkey away.
func (p Pages) removePasskey(c echo.Context) error {
	v, err := p.change(c, account.Full)
	return withOwn(c, v, err, "passkey-removed", func(ctx context.Context, v visit) error {
		return p.Accounts.RemovePasskey(ctx, v.from, v.who.ID, c.Param("id"))
	})
}

// endOthers ends every other session of one's own.
func (p Pages) endOthers(c echo.Context) error {
	v, err := p.visit(c, account.Full)
	return withOwn(c, v, err, "sessions", func(ctx context.Context, v visit) error { return p.Accounts.EndOthers(ctx, v.from, v.who.ID, v.Hash) })
}

// endSession ends a session of one's own in another browser, or here.
func (p Pages) endSession(c echo.Context) error {
	v, err := p.visit(c, account.Full)
	return withOwn(c, v, err, "session", func(ctx context.Context, v visit) error {
		return p.Accounts.EndSession(ctx, v.from, v.who.ID, c.Param("id"))
	})
}
