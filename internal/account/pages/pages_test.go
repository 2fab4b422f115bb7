package pages_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/account/pages"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web"
)

const good = "four words without a link"

// house is a program with a page for managers, one for everyone, and the pages of accounts.
type house struct {
	*account.Accounts
	t      *testing.T
	now    time.Time
	url    string
	outbox *account.Outbox
}

func build(t *testing.T, db *storage.DB, change ...func(o *account.Options)) *house {
	t.Helper()
	h := &house{t: t, now: time.Now(), outbox: &account.Outbox{}}
	server := httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	h.url = "http://localhost:" + port // passkeys are for names
	u, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	o := account.Options{DB: db, Party: "be", Place: "Belgium", URL: u, Now: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler), Mail: h.outbox}
	for _, c := range change {
		c(&o)
	}
	if h.Accounts, err = account.New(o); err != nil {
		t.Fatal(err)
	}
	site := web.Site{Name: "Passerelle", Place: "Belgium", Nav: []web.Link{{Text: "Start", URL: "/"}, {Text: "People", URL: "/people"}}}
	set, err := web.ParsePages(site, fstest.MapFS{}, nil, pages.Files)
	if err != nil {
		t.Fatal(err)
	}
	p := pages.Pages{Accounts: h.Accounts, Render: set.Render}
	hello := func(c echo.Context) error { return c.String(http.StatusOK, "hello "+web.PrincipalOf(c).Name) }
	routes := append(p.Routes(), web.Route{Method: "GET", Path: "/", Who: access.Everyone(), Handle: hello, Summary: "start"},
		web.Route{Method: "GET", Path: "/books", Who: access.To(access.Manager), Handle: hello, Summary: "books"})
	server.Config.Handler = web.New(web.Options{Name: "test", Log: slog.New(slog.DiscardHandler), Pages: set, Routes: routes, Who: h.Who, SignIn: pages.SignIn})
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(h.Wait)
	return h
}

func each(t *testing.T, test func(t *testing.T, h *house)) {
	storagetest.Each(t, tables, func(t *testing.T, db *storage.DB) { test(t, build(t, db)) })
}

// tables are those of accounts, and of what was answered.
var tables = []storage.MigrationSet{account.Migrations(), web.Migrations()}

func quick(t *testing.T, change ...func(o *account.Options)) *house {
	return build(t, storagetest.Open(t, storage.SQLite, tables...), change...)
}

// browser is a person in front of it, with cookies of his own.
type browser struct {
	*http.Client
	h *house
}

func (h *house) browser() browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return browser{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, h}
}

// answer is what came back.
type answer struct {
	status   int
	to, body string
	header   http.Header
}

func (b browser) do(r *http.Request) answer {
	b.h.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
}

func (b browser) open(path string) answer {
	b.h.t.Helper()
	r, err := http.NewRequest("GET", b.h.url+path, nil)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return b.do(r)
}

func (b browser) send(path string, pairs ...string) answer {
	b.h.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest("POST", b.h.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b browser) wants(a answer, status int, to, says string) {
	b.h.t.Helper()
	if a.status != status || a.to != to || !strings.Contains(a.body, says) {
		b.h.t.Fatalf("%d to %q, not %d to %q saying %q: %s", a.status, a.to, status, to, says, a.body)
	}
}

func (b browser) cookie() string {
	u, _ := url.Parse(b.h.url) // parsed before
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "passerelle-be" {
			return c.Value
		}
	}
	return ""
}

// invite makes an account and returns the path of its link.
func (h *house) invite(email, member string, roles ...access.Role) string {
	h.t.Helper()
	i, err := h.Invite(h.t.Context(), account.Asker{}, account.Person{Name: "Somebody", Email: email, Roles: roles, Member: member})
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.TrimPrefix(i.Link, h.url)
}

var secretOf = regexp.MustCompile(`class="secret">([A-Z2-7 ]+)<`)

// code is what an authenticator with the secret shows now.
func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), h.now)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

var recoveryCode = regexp.MustCompile(`<li>((?:[a-z2-7]{5}-){4}[a-z2-7]{6})</li>`)

// staff comes in for the first time: by a link, a password and an authenticator. It returns the secret and the recovery codes.
func (h *house) staff(b browser, email string, roles ...access.Role) (secret string, recovery []string) {
	h.t.Helper()
	link := h.invite(email, "", roles...)
	b.wants(b.open(link), 200, "", "Welcome")
	b.wants(b.send(link, "name", "Anna", "password", good), 303, "/sign-in/set-up", "")
	b.wants(b.open("/sign-in/set-up"), 200, "", "Choose a second factor")
	b.wants(b.send("/account/codes"), 303, "/account/codes", "")
	page := b.open("/account/codes")
	m := secretOf.FindStringSubmatch(page.body)
	if m == nil {
		h.t.Fatalf("no secret: %s", page.body)
	}
	done := b.send("/account/codes/confirm", "code", h.code(m[1]))
	b.wants(done, 200, "", "Recovery codes")
	for _, c := range recoveryCode.FindAllStringSubmatch(done.body, -1) {
		recovery = append(recovery, c[1])
	}
	if len(recovery) != account.RecoveryCodes {
		h.t.Fatalf("%d recovery codes", len(recovery))
	}
	return m[1], recovery
}

func TestStaffCanDoNothingBeforeASecondFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		link := h.invite("anna@example.org", "", access.Manager)
		b.wants(b.send(link, "name", "Anna", "password", good), 303, "/sign-in/set-up", "")
		for _, path := range []string{"/", "/books", "/people", "/account"} {
			if a := b.open(path); a.status != 303 || !strings.HasPrefix(a.to, "/sign-in") {
				t.Errorf("%s with a password alone: %d", path, a.status)
			}
		}
		half := b.cookie()
		b.wants(b.send("/account/codes"), 303, "/account/codes", "")
		b.wants(b.send("/account/codes/confirm", "code", "000000"), 422, "", "not right")
		secret := secretOf.FindStringSubmatch(b.open("/account/codes").body)[1]
		b.wants(b.send("/account/codes/confirm", "code", h.code(secret)), 200, "", "Recovery codes")
		b.wants(b.open("/books"), 200, "", "hello Anna")
		if b.cookie() == half {
			t.Error("the token of the half session goes on")
		}
	})
}

func TestPasswordAndCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := h.browser()
		secret, recovery := h.staff(first, "anna@example.org", access.Manager)
		b := h.browser()
		b.wants(b.open("/books"), 303, "/sign-in?to=%2Fbooks", "")
		enter := func() {
			b.wants(b.send("/sign-in", "email", "anna@example.org", "password", good, "to", "/books"), 303, "/sign-in/code?to=%2Fbooks", "")
		}
		enter()
		b.wants(b.open("/books"), 303, "/sign-in?to=%2Fbooks", "")
		b.wants(b.send("/sign-in/code", "code", h.code(secret)), 422, "", "used already") // it confirmed the authenticator
		h.now = h.now.Add(30 * time.Second)
		used := h.code(secret)
		b.wants(b.send("/sign-in/code", "code", used[:3]+" "+used[3:], "to", "/books"), 303, "/books", "")
		b.wants(b.open("/books"), 200, "", "hello")
		out := b.send("/sign-out")
		b.wants(out, 303, "/sign-in", "")
		if forgets := out.header.Get("Clear-Site-Data"); forgets != `"cache", "storage"` {
			t.Errorf("the browser keeps what it has: %q", forgets)
		}
		b.wants(b.open("/books"), 303, "/sign-in?to=%2Fbooks", "")
		enter()
		b.wants(b.send("/sign-in/code", "code", used), 422, "", "used already")
		b.wants(b.send("/sign-in/code", "code", strings.ToUpper(recovery[3])), 303, "/", "")
		b.send("/sign-out")
		enter()
		b.wants(b.send("/sign-in/code", "code", recovery[3]), 422, "", "used already")
		h.now = h.now.Add(16 * time.Minute)
		b.wants(b.send("/sign-in/code", "code", recovery[4]), 303, "/sign-in", "") // the first step is too long ago
	})
}

func TestCodesCannotBeGuessed(t *testing.T) {
	h := quick(t)
	b := h.browser()
	h.staff(b, "anna@example.org", access.Manager)
	b = h.browser()
	b.send("/sign-in", "email", "anna@example.org", "password", good)
	weighed := 0
	for range 20 {
		if b.send("/sign-in/code", "code", "000000").status == 422 {
			weighed++
		}
	}
	if weighed != 5 {
		t.Errorf("%d codes were weighed", weighed)
	}
}

func TestTooManyTriesSayWhenToComeAgain(t *testing.T) {
	h := quick(t)
	h.invite("anna@example.org", "m1", access.Member)
	var a answer
	for range 6 {
		a = h.browser().send("/sign-in", "email", "anna@example.org", "password", "wrong")
	}
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "1" || !strings.Contains(a.body, "too many tries") {
		t.Errorf("%d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
}

// The page after a wrong password is the same, to the byte, whether there is an account or not.
func TestThePageDoesNotTellWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		member := h.invite("anna@example.org", "m1", access.Member)
		h.browser().send(member, "name", "Anna", "password", good)
		page := func(path, email string) string {
			a := h.browser().send(path, "email", email, "password", "something else")
			return strings.ReplaceAll(regexp.MustCompile(`name="once" value="[^"]*"`).ReplaceAllString(a.body, ""), email, "EMAIL") + http.StatusText(a.status)
		}
		for _, path := range []string{"/sign-in", "/forgotten"} {
			if page(path, "anna@example.org") != page(path, "nobody@example.org") {
				t.Errorf("%s tells", path)
			}
		}
		h.Wait()
		if mails := h.outbox.Mails(); len(mails) != 2 || mails[0].To != "anna@example.org" { // the invitation, and this
			t.Errorf("%d mails", len(mails))
		}
	})
}

func TestAForgottenPasswordIsSetAnewByMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		secret, _ := h.staff(b, "anna@example.org", access.Manager)
		thief := h.browser()
		thief.wants(thief.send("/forgotten", "email", "Anna@example.org"), 200, "", "on its way")
		h.Wait()
		link := regexp.MustCompile(`/invitation/\S+`).FindString(h.outbox.Mails()[0].Text)
		thief.wants(thief.send(link, "name", "Anna", "password", "another few words apart"), 303, "/sign-in/code", "")
		thief.wants(thief.open("/books"), 303, "/sign-in?to=%2Fbooks", "") // the mail alone does not open what a second factor keeps
		b.wants(b.open("/books"), 303, "/sign-in?to=%2Fbooks", "")         // every session has ended
		h.now = h.now.Add(time.Minute)
		thief.wants(thief.send("/sign-in/code", "code", h.code(secret)), 303, "/", "")
		thief.wants(thief.send(link, "name", "Anna", "password", good), 422, "", "cannot be used")
	})
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	h := quick(t)
	b := h.browser()
	h.staff(b, "anna@example.org", access.Manager)
	for _, header := range []http.Header{{"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"cross-site"}}} {
		for _, path := range []string{"/sign-in", "/sign-out", "/people", "/account/password", "/account/passkeys", "/tokens"} {
			r, err := http.NewRequest("POST", h.url+path, strings.NewReader("x=y"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = header.Clone()
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if a := b.do(r); a.status != http.StatusForbidden {
				t.Errorf("%s from %v: %d", path, header, a.status)
			}
		}
	}
	b.wants(b.open("/books"), 200, "", "hello")
}

func TestTheCookie(t *testing.T) {
	h := quick(t)
	link := h.invite("anna@example.org", "m1", access.Member)
	a := h.browser().send(link, "name", "Anna", "password", good)
	for _, part := range []string{"passerelle-be=", "Path=/", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(a.header.Get("Set-Cookie"), part) {
			t.Errorf("no %s in %s", part, a.header.Get("Set-Cookie"))
		}
	}
	public, err := account.New(account.Options{Party: "be", URL: &url.URL{Scheme: "https", Host: "be.example.coop"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := public.Cookie("x").String(); c != "__Host-passerelle-be=x; Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Error(c)
	}
}

func TestAManagerInvitesAndShutsOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := h.browser()
		h.staff(m, "anna@example.org", access.Manager)
		m.wants(m.send("/people", "email", "bert@example.org", "name", "Bert"), 422, "", "Choose at least one")
		m.wants(m.send("/people", "email", "bert@example.org", "name", "Bert", "role", "auditor"), 200, "", "on its way")
		link := regexp.MustCompile(`/invitation/\S+`).FindString(h.outbox.Mails()[0].Text)
		a := h.browser()
		a.wants(a.send(link, "name", "Bert", "password", good), 303, "/sign-in/set-up", "")
		a.wants(a.send("/account/codes"), 303, "/account/codes", "")
		secret := secretOf.FindStringSubmatch(a.open("/account/codes").body)[1]
		a.send("/account/codes/confirm", "code", h.code(secret))
		a.wants(a.open("/"), 200, "", "hello Bert")
		a.wants(a.open("/people"), 200, "", "bert@example.org") // he audits, and changes nothing
		if got := a.send("/people", "email", "x@example.org", "name", "X", "role", "manager").status; got != http.StatusForbidden {
			t.Errorf("an auditor invites: %d", got)
		}
		id := regexp.MustCompile(`/people/([a-z2-7]+)">Bert`).FindStringSubmatch(m.open("/people").body)[1]
		m.wants(m.send("/people/"+id+"/disable"), 303, "/people/"+id+"?done=disabled", "")
		a.wants(a.open("/"), 303, "/sign-in", "")
		m.wants(m.open("/people/"+id), 200, "", "signed in")
		m.wants(m.open("/security-log"), 200, "", "Bert")
		m.wants(m.open("/security-log"), 200, "", `data-label="Note">Auditor</td>`)
		m.send("/people/"+id+"/roles", "role", "auditor", "role", "adviser")
		m.wants(m.open("/people/"+id), 200, "", `data-label="Note">Auditor → Auditor, Adviser</td>`)
		m.wants(m.open("/people/nobody"), 404, "", "no such account")
		made := m.send("/tokens", "name", "payroll", "role", "accountant")
		m.wants(made, 200, "", "pat_")
		if token := regexp.MustCompile(`pat_[0-9a-f]+`).FindString(made.body); strings.Contains(m.open("/tokens").body, token) {
			t.Error("a token is shown twice")
		}
	})
}

func TestOnesOwnAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b, elsewhere := h.browser(), h.browser()
		secret, _ := h.staff(b, "anna@example.org", access.Manager)
		h.now = h.now.Add(time.Minute)
		elsewhere.send("/sign-in", "email", "anna@example.org", "password", good)
		elsewhere.send("/sign-in/code", "code", h.code(secret))
		elsewhere.wants(elsewhere.open("/account"), 200, "", "Recovery codes left: 10")
		saved := b.send("/account", "name", "Anna B", "language", "en")
		b.wants(saved, 303, "/account?done=saved", "")
		if cookie := saved.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, web.LanguageCookie+"=en;") {
			t.Errorf("the language that was chosen is not remembered: %q", cookie)
		}
		if cookie := b.send("/account", "name", "Anna B", "language", "").header.Get("Set-Cookie"); !strings.HasPrefix(cookie, web.LanguageCookie+"=;") || !strings.Contains(cookie, "Max-Age=0") {
			t.Errorf("the language that the browser says is not let speak again: %q", cookie)
		}
		b.wants(b.send("/account", "name", "", "language", "en"), 422, "", "Nothing is given")
		b.wants(b.send("/account/password", "old", "wrong", "password", "another few words apart"), 422, "", "not your password")
		b.wants(b.send("/account/password", "old", good, "password", "another few words apart"), 303, "/account?done=password", "")
		elsewhere.wants(elsewhere.open("/account"), 303, "/sign-in?to=%2Faccount", "")
		b.wants(b.open("/account"), 200, "", "Anna B")
		b.wants(b.send("/account/codes/remove"), 422, "", "only second factor")
		h.now = h.now.Add(time.Minute)
		elsewhere.send("/sign-in", "email", "anna@example.org", "password", "another few words apart")
		elsewhere.send("/sign-in/code", "code", h.code(secret))
		elsewhere.wants(elsewhere.open("/account"), 200, "", "End all other sessions")
		b.wants(b.send("/account/sessions/end"), 303, "/account?done=sessions", "")
		elsewhere.wants(elsewhere.open("/account"), 303, "/sign-in?to=%2Faccount", "")
		if alone := b.open("/account?done=sessions"); !strings.Contains(alone.body, "Every other session has ended.") || strings.Contains(alone.body, "End all other sessions") {
			t.Errorf("%d %s", alone.status, alone.body)
		}
		h.now = h.now.Add(15 * time.Minute)
		if a := b.send("/account/recovery-codes"); a.status != 422 || !strings.Contains(a.body, "signed in a while ago") {
			t.Errorf("recovery codes of an old session: %d", a.status)
		}
	})
}

func TestThereIsNoPersonaAndNoOutboxOutsideTheDemonstration(t *testing.T) {
	real := quick(t)
	for _, a := range []answer{real.browser().open("/outbox"), real.browser().send("/sign-in/persona", "account", "x")} {
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
			t.Errorf("%d", a.status)
		}
	}
	for _, r := range (pages.Pages{Accounts: real.Accounts}).Routes() {
		if strings.Contains(r.Path, "persona") || r.Path == "/outbox" {
			t.Errorf("the route %s is there", r.Path)
		}
	}
	demo := quick(t, func(o *account.Options) { o.Demonstration = true })
	if err := demo.AddPersonas(t.Context(), account.Persona{Role: access.Manager, Name: "Demonstration manager"}); err != nil {
		t.Fatal(err)
	}
	b := demo.browser()
	page := b.open("/sign-in")
	if at := strings.Index(page.body, ">Manager</button>"); at < 0 || at > strings.Index(page.body, `name="password"`) {
		t.Error("who looks at the demonstration is asked for a password first")
	}
	id := regexp.MustCompile(`name="account" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	b.wants(b.send("/sign-in/persona", "account", id, "to", "/books"), 303, "/books", "")
	b.wants(b.open("/books"), 200, "", "hello Demonstration manager")
	if a := b.send("/account/codes"); a.status != http.StatusForbidden {
		t.Errorf("a persona sets up an authenticator: %d", a.status)
	}
	b.wants(b.open("/outbox"), 200, "", "No mail yet")
}

func TestRoutesAreDeclaredWhole(t *testing.T) {
	seen := []string{}
	for _, r := range (pages.Pages{}).Routes() {
		if r.Handle == nil || r.Summary == "" || r.Who.String() == "nobody" || slices.Contains(seen, r.Method+r.Path) {
			t.Errorf("%s %s", r.Method, r.Path)
		}
		seen = append(seen, r.Method+r.Path)
	}
}
