package pages_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

const notLetIn = "Signing in at the identity provider did not let you in"

// leave goes to the provider, and returns the path by which it sends back.
func (b browser) leave(path string) string {
	b.h.t.Helper()
	there := b.open(path)
	if there.status != 303 || !strings.Contains(there.to, "/authorize?") {
		b.h.t.Fatalf("%d to %q: %s", there.status, there.to, there.body)
	}
	r, err := http.NewRequest("GET", there.to, nil)
	if err != nil {
		b.h.t.Fatal(err)
	}
	back := b.do(r)
	if !strings.HasPrefix(back.to, b.h.url+account.ProviderBack+"?") {
		b.h.t.Fatalf("sent back to %q", back.to)
	}
	return strings.TrimPrefix(back.to, b.h.url)
}

// byProvider goes there and back.
func (b browser) byProvider() answer { b.h.t.Helper(); return b.open(b.leave("/sign-in/provider")) }

func (h *house) account(email string) account.Account {
	h.t.Helper()
	who, known, err := h.ByEmail(h.t.Context(), email)
	if err != nil || !known {
		h.t.Fatal(known, err)
	}
	return who
}

func (h *house) happened(id string) (out []string) {
	h.t.Helper()
	all, err := h.Events(h.t.Context(), id, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range all {
		out = append(out, e.Event)
	}
	slices.Reverse(out)
	return out
}

func TestAnInvitedPersonComesInByTheIdentityProvider(t *testing.T) {
	storagetest.Each(t, tables, func(t *testing.T, db *storage.DB) {
		i := provide(t)
		h := build(t, db, at(i))
		h.invite("Anna@example.org", "m1", access.Member)
		b := h.browser()
		b.wants(b.open("/sign-in?to=/books"), 200, "", `href="/sign-in/provider?to=%2fbooks"`)
		b.wants(b.open(b.leave("/sign-in/provider?to=/books")), 303, "/books", "")
		b.wants(b.open("/"), 200, "", "hello Somebody")

		i.says("email", "anna.new@example.org", "email_verified", false) // by issuer and subject from now on
		again := h.browser()
		again.wants(again.byProvider(), 303, "/", "")
		i.says("sub", "subject-2") // the address has come to somebody else
		other := h.browser()
		other.wants(other.byProvider(), 422, "", notLetIn)
		want := []string{account.EventInvited, account.EventLinked, account.EventSignedIn, account.EventSignedIn, account.EventRefused}
		if got := h.happened(h.account("anna@example.org").ID); !slices.Equal(got, want) {
			t.Errorf("%q, not %q", got, want)
		}
	})
}

// Where the co-operative has changed its provider, people are known by their address once more; a subject there is nobody's here.
func TestASubjectBelongsToItsIssuer(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, tables...)
	old, fresh := provide(t), provide(t)
	h := build(t, db, at(old))
	h.invite("anna@example.org", "m1", access.Member)
	h.invite("bela@example.org", "m2", access.Member)
	b := h.browser()
	b.wants(b.byProvider(), 303, "/", "")
	moved := build(t, db, at(fresh))
	fresh.says("email", "bela@example.org") // with Anna's subject at the old one
	c := moved.browser()
	c.wants(c.byProvider(), 303, "/", "")
	if who := h.happened(h.account("bela@example.org").ID); !slices.Contains(who, account.EventLinked) {
		t.Errorf("%q", who)
	}
}

func TestTheProvidersSecondFactorCountsWhenItSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		claims []any
		to     string
	}{
		"says nothing":            {nil, "/sign-in/set-up"},
		"a password alone":        {[]any{"amr", []string{"pwd"}}, "/sign-in/set-up"},
		"two methods, not mfa":    {[]any{"amr", []string{"pwd", "otp"}}, "/sign-in/set-up"},
		"mfa":                     {[]any{"amr", []string{"pwd", "mfa"}}, "/"},
		"an acr of two factors":   {[]any{"acr", "https://refeds.org/profile/mfa"}, "/"},
		"an acr of a single one":  {[]any{"acr", "https://refeds.org/profile/sfa"}, "/sign-in/set-up"},
		"signed in a moment ago":  {[]any{"auth_time", time.Now().Add(-time.Minute).Unix(), "acr", "phr"}, "/"},
		"several audiences, ours": {[]any{"aud", []string{"passerelle", "books"}, "azp", "passerelle", "amr", []string{"mfa"}}, "/"},
	} {
		t.Run(name, func(t *testing.T) {
			i := provide(t)
			h := quick(t, at(i))
			h.invite("anna@example.org", "", access.Manager)
			i.says(c.claims...)
			b := h.browser()
			b.wants(b.byProvider(), 303, c.to, "")
			if status := b.open("/books").status; (status == 200) != (c.to == "/") {
				t.Errorf("the books: %d", status)
			}
		})
	}
	i := provide(t)
	h := quick(t, at(i))
	secret, _ := h.staff(h.browser(), "anna@example.org", access.Manager)
	b := h.browser()
	b.wants(b.byProvider(), 303, "/sign-in/code", "")
	h.now = h.now.Add(time.Minute)
	b.wants(b.send("/sign-in/code", "code", h.code(secret)), 303, "/", "")
	b.wants(b.open("/books"), 200, "", "hello Anna")
}

// Whatever is wrong, the answer is the same, nobody is in, and the log has a line.
func TestWhatTheProviderSaysIsWeighed(t *testing.T) {
	old := time.Now().Add(-time.Hour).Unix()
	for name, c := range map[string]struct {
		claims []any
		change func(i *issuer)
	}{
		"nonce of another sign-in":       {claims: []any{"nonce", "0000"}},
		"no nonce":                       {claims: []any{"nonce", nil}},
		"another issuer":                 {claims: []any{"iss", "https://elsewhere.example"}},
		"another audience":               {claims: []any{"aud", "books"}},
		"several audiences, another's":   {claims: []any{"aud", []string{"passerelle", "books"}, "azp", "books"}},
		"several audiences, nobody's":    {claims: []any{"aud", []string{"passerelle", "books"}}},
		"for another party":              {claims: []any{"azp", "books"}},
		"e-mail not verified":            {claims: []any{"email_verified", false}},
		"e-mail not said to be verified": {claims: []any{"email_verified", nil}},
		"no e-mail":                      {claims: []any{"email", nil}},
		"unknown e-mail":                 {claims: []any{"email", "nobody@example.org"}},
		"disabled":                       {claims: []any{"email", "gone@example.org"}},
		"expired":                        {claims: []any{"exp", old}},
		"not valid yet":                  {claims: []any{"nbf", time.Now().Add(time.Hour).Unix()}},
		"signed in long ago":             {claims: []any{"auth_time", old}},
		"nobody":                         {claims: []any{"sub", nil}},
		"another key":                    {change: func(i *issuer) { i.foreign = true }},
		"no signature":                   {change: func(i *issuer) { i.none = true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := provide(t)
			h := quick(t, at(i))
			h.invite("anna@example.org", "m1", access.Member)
			h.invite("gone@example.org", "m2", access.Member)
			if err := h.Disable(t.Context(), account.Asker{}, h.account("gone@example.org").ID); err != nil {
				t.Fatal(err)
			}
			i.says(c.claims...)
			if c.change != nil {
				c.change(i)
			}
			b := h.browser()
			b.wants(b.byProvider(), 422, "", notLetIn)
			b.wants(b.open("/"), 303, "/sign-in", "")
			if b.cookie() != "" || !slices.Contains(h.happened(""), account.EventRefused) {
				t.Errorf("%q, %q", b.cookie(), h.happened(""))
			}
			if all, err := h.List(t.Context()); err != nil || len(all) != 2 {
				t.Errorf("%d accounts, %v", len(all), err)
			}
		})
	}
}

func TestWhoIsDisabledDoesNotComeBackByTheProvider(t *testing.T) {
	i := provide(t)
	h := quick(t, at(i))
	h.invite("anna@example.org", "m1", access.Member)
	b := h.browser()
	b.wants(b.byProvider(), 303, "/", "")
	if err := h.Disable(t.Context(), account.Asker{}, h.account("anna@example.org").ID); err != nil {
		t.Fatal(err)
	}
	b.wants(b.open("/"), 303, "/sign-in", "")
	b.wants(b.byProvider(), 422, "", notLetIn)
}

// An answer counts once, for the sign-in and in the browser for which it was asked, and for five minutes.
func TestAnAnswerOfTheProviderCountsOnceAndInItsBrowser(t *testing.T) {
	i := provide(t)
	h := quick(t, at(i))
	h.invite("anna@example.org", "m1", access.Member)
	refused := func(why string, b browser, path string) {
		t.Helper()
		if a := b.open(path); a.status != 422 || !strings.Contains(a.body, notLetIn) || b.cookie() != "" {
			t.Errorf("%s: %d %s", why, a.status, a.body)
		}
	}
	change := func(path, key, value string) string {
		u, _ := url.Parse(path) // our own
		q := u.Query()
		q.Set(key, value)
		return u.Path + "?" + q.Encode()
	}
	victim, thief := h.browser(), h.browser()
	refused("in another browser", thief, victim.leave("/sign-in/provider"))
	thief.leave("/sign-in/provider")
	refused("in another browser that has a sign-in of its own", thief, victim.leave("/sign-in/provider"))
	refused("another state", h.browser(), change(victim.leave("/sign-in/provider"), "state", "0000"))
	refused("no state", victim, account.ProviderBack)
	refused("another code", victim, change(victim.leave("/sign-in/provider"), "code", "0000"))
	refused("another issuer beside the code", victim, change(victim.leave("/sign-in/provider"), "iss", "https://elsewhere.example"))
	refused("an error", victim, change(victim.leave("/sign-in/provider"), "error", "access_denied"))
	late := victim.leave("/sign-in/provider")
	h.now = h.now.Add(6 * time.Minute)
	refused("too late", victim, late)
	h.now = h.now.Add(time.Hour)
	i.now = func() time.Time { return h.now }

	path := victim.leave("/sign-in/provider")
	u, _ := url.Parse(h.url)
	kept := victim.Jar.Cookies(u)
	victim.wants(victim.open(path), 303, "/", "")
	again := h.browser()
	again.Jar.SetCookies(u, kept) // with the secret of the browser
	refused("a second time", again, path)
	fresh := again.leave("/sign-in/provider")
	was, _ := url.Parse(path)
	refused("the code of another sign-in", again, change(fresh, "code", was.Query().Get("code")))
}

func TestTheCookieOfASignInAtTheProvider(t *testing.T) {
	i := provide(t)
	h := quick(t, at(i), func(o *account.Options) { o.URL = &url.URL{Scheme: "https", Host: "be.example.coop"} })
	there := h.browser().open("/sign-in/provider")
	cookie := there.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-passerelle-be-provider=", "Path=/", "Max-Age=300", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("no %s in %s", want, cookie)
		}
	}
	u, err := url.Parse(there.to)
	if err != nil || u.Query().Get("redirect_uri") != "https://be.example.coop/sign-in/provider/back" || u.Query().Get("response_type") != "code" || u.Query().Get("scope") != "openid email" {
		t.Errorf("%s %v", there.to, err)
	}
	_, value, _ := strings.Cut(strings.SplitN(cookie, ";", 2)[0], "=")
	if strings.Contains(there.to, value) {
		t.Error("the secret of the browser goes to the provider")
	}
}

// Another site leads no further than to the page where people choose how they sign in.
func TestAnotherSiteSignsNobodyInByTheProvider(t *testing.T) {
	h := quick(t, at(provide(t)))
	for site, to := range map[string]string{"cross-site": "/sign-in?to=%2Fbooks", "same-site": "/sign-in?to=%2Fbooks", "same-origin": "/authorize?", "none": "/authorize?", "": "/authorize?"} {
		r, err := http.NewRequest("GET", h.url+"/sign-in/provider?to=/books", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", site)
		if a := h.browser().do(r); a.status != 303 || !strings.Contains(a.to, to) {
			t.Errorf("%q: %d to %s", site, a.status, a.to)
		}
	}
}

// Whoever asks again and again takes the places of nobody elsewhere, and of his own address for five minutes.
func TestAnAddressAsksForALimitedNumberOfChallenges(t *testing.T) {
	storagetest.Each(t, tables, func(t *testing.T, db *storage.DB) {
		h := build(t, db, at(provide(t)))
		here, there := account.Asker{Address: "192.0.2.1"}, account.Asker{Address: "192.0.2.2"}
		for i := range 100 {
			ask := func() error { _, _, err := h.BeginProvider(t.Context(), here, ""); return err }
			if i%2 == 0 {
				ask = func() error { _, err := h.BeginPasskeySignIn(t.Context(), here); return err }
			}
			if err := ask(); err != nil {
				t.Fatal(i, err)
			}
		}
		if _, err := h.BeginPasskeySignIn(t.Context(), here); !early(err) {
			t.Errorf("a passkey: %v", err)
		}
		if _, _, err := h.BeginProvider(t.Context(), here, ""); !early(err) {
			t.Errorf("the provider: %v", err)
		}
		if _, err := h.BeginPasskeySignIn(t.Context(), there); err != nil {
			t.Errorf("another address: %v", err)
		}
		h.now = h.now.Add(5*time.Minute + time.Second)
		if _, err := h.BeginPasskeySignIn(t.Context(), here); err != nil {
			t.Errorf("after five minutes: %v", err)
		}
	})
}

func early(err error) bool { _, is := errors.AsType[account.TooMany](err); return is }

func TestWithoutAProviderThereIsNoWayThere(t *testing.T) {
	h := quick(t)
	b := h.browser()
	b.wants(b.open("/sign-in/provider"), 404, "", "")
	b.wants(b.open(account.ProviderBack), 404, "", "")
	if page := b.open("/sign-in"); strings.Contains(page.body, "/sign-in/provider") {
		t.Error("the sign-in page offers a provider")
	}
	i := provide(t)
	away := quick(t, at(i))
	i.Close()
	c := away.browser()
	c.wants(c.open("/sign-in/provider"), 422, "", notLetIn)
}
