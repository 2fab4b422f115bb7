package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"passerelle/internal/access"
)

// LanguageCookie keeps the language a person chose, by its ISO 639-1 code. It names nobody. Whoever signs a person in may set it from
// his account: RememberLanguage.
const LanguageCookie = "passerelle-lang"

// rememberedFor is how long a choice of language is kept.
const rememberedFor = 365 * 24 * time.Hour

var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(Locales))
	for i, l := range Locales {
		tags[i] = l.Tag
	}
	return language.NewMatcher(tags)
}()

// LocaleOf is what the person chose, or else the best of what the browser asks for.
func LocaleOf(c echo.Context) *Locale {
	if kept, err := c.Cookie(LanguageCookie); err == nil {
		if l := localeNamed(kept.Value); l != nil {
			return l
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(knownLanguages(c.Request().Header.Get("Accept-Language")))
	if err != nil {
		return English
	}
	_, i, _ := matcher.Match(wanted...)
	return Locales[i]
}

// knownLanguages leaves out of a header what is no language that we have heard of, so that it does not hide the others.
func knownLanguages(header string) string {
	unknown := func(one string) bool {
		_, _, err := language.ParseAcceptLanguage(one)
		return err != nil
	}
	return strings.Join(slices.DeleteFunc(strings.Split(header, ","), unknown), ",")
}

// LocaleNamed is the locale of a language given as ISO 639-1; English for one that pages are not written in.
func LocaleNamed(code string) *Locale {
	if l := localeNamed(code); l != nil {
		return l
	}
	return English
}

// localeNamed returns nil for a language that pages are not written in.
func localeNamed(code string) *Locale {
	for _, l := range Locales {
		if l.Code() == code {
			return l
		}
	}
	return nil
}

// RememberLanguage makes the following pages speak a language, given as ISO 639-1; one they do not have changes nothing.
func RememberLanguage(c echo.Context, code string) {
	if localeNamed(code) == nil {
		return
	}
	c.SetCookie(&http.Cookie{Name: LanguageCookie, Value: code, Path: "/", MaxAge: int(rememberedFor / time.Second),
		HttpOnly: true, Secure: c.Scheme() == "https", SameSite: http.SameSiteLaxMode})
}

// ForgetLanguage lets the browser say again which language the following pages speak.
func ForgetLanguage(c echo.Context) {
	c.SetCookie(&http.Cookie{Name: LanguageCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: c.Scheme() == "https", SameSite: http.SameSiteLaxMode})
}

// ChooseLanguage is the route of the switch on each page, the same for every program.
var ChooseLanguage = Route{Method: "POST", Path: "/language", Who: access.Anybody(), Handle: chooseLanguage, Summary: "choose the language of the pages"}

// chooseLanguage keeps the choice and goes back to the page it was made on, which the browser names: our pages tell this server where
// they were (Referrer-Policy: same-origin).
func chooseLanguage(c echo.Context) error {
	RememberLanguage(c, c.FormValue("to"))
	return c.Redirect(http.StatusSeeOther, pageBefore(c.Request()))
}

// pageBefore is the path of the page a form was sent from; the start when it is another server's, or not said.
func pageBefore(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || !strings.HasPrefix(from.Path, "/") || strings.HasPrefix(from.Path, "//") {
		return "/"
	}
	return (&url.URL{Path: from.Path, RawQuery: from.RawQuery}).String()
}
