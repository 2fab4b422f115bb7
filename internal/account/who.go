package account

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
	"passerelle/internal/web"
)

// FaultToken is that of a token that lets nobody in; the answer is 401.
const FaultToken = web.FaultSignIn

// Who says who asks: by the token of a program, else by the session of a browser. A visitor is nobody, and no error.
func (a *Accounts) Who(c echo.Context) (access.Principal, error) {
	r := c.Request()
	if header := r.Header.Get(echo.HeaderAuthorization); header != "" {
		return a.byToken(r.Context(), header)
	}
	s, who, ok, err := a.Session(r.Context(), a.TokenOf(r))
	if err != nil || !ok || s.Stage != Full {
		return access.Principal{}, err
	}
	p := who.principal()
	p.Session = s.Hash
	return p, nil
}

func (a Account) principal() access.Principal {
	return access.Principal{Account: a.ID, Name: a.Name, Roles: a.Roles, Member: a.Member}
}

// Principal is who the person of an account is now, for what is done for him without him; false when the account is not there, or disabled.
func (a *Accounts) Principal(ctx context.Context, id string) (access.Principal, bool, error) {
	who, found, err := find(ctx, a.DB, `a.id = $1`, id)
	if err != nil || !found || !a.mayBeIn(who) {
		return access.Principal{}, false, err
	}
	return who.principal(), true, nil
}

// Reachable lists the accounts that mails reach: not disabled, and taken up by whoever reads at their address.
func (a *Accounts) Reachable(ctx context.Context) ([]Account, error) {
	all, err := a.List(ctx)
	return slices.DeleteFunc(all, func(who Account) bool {
		takenUp := who.HasPassword || who.Passkeys > 0 || who.AtProvider || who.Demonstration
		return !a.mayBeIn(who) || !takenUp || who.Email == ""
	}), err
}

// secure tells whether people come over https.
func (a *Accounts) secure() bool { return a.URL.Scheme == "https" }

// cookieName has the party in it: on a loopback host several programs share one name, and browsers do not tell ports apart.
func (a *Accounts) cookieName() string {
	name := "passerelle-" + string(a.Party)
	if a.secure() {
		return "__Host-" + name // no other host may set it, and not without Secure (RFC 6265bis, section 4.1.3.2)
	}
	return name
}

// TokenOf is the session's token that a request brings; empty for none.
func (a *Accounts) TokenOf(r *http.Request) string {
	cookie, err := r.Cookie(a.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Cookie is what keeps a token in the browser; an empty one takes it away. It ends with the browser, if not before.
func (a *Accounts) Cookie(token string) *http.Cookie {
	cookie := &http.Cookie{Name: a.cookieName(), Value: token, Path: "/", Secure: a.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// ProviderCookie keeps a secret in the browser until its person is back from the identity provider; an empty one takes it away.
// A visit that comes from another site brings it along only because it is Lax.
func (a *Accounts) ProviderCookie(secret string) *http.Cookie {
	cookie := a.Cookie(secret)
	if cookie.Name += "-provider"; secret != "" {
		cookie.MaxAge = int(challengeTime.Seconds())
	}
	return cookie
}

// ProviderSecret is the secret of ProviderCookie that a request brings; empty for none.
func (a *Accounts) ProviderSecret(r *http.Request) string {
	cookie, err := r.Cookie(a.cookieName() + "-provider")
	if err != nil {
		return ""
	}
	return cookie.Value
}

// From tells where a request comes from.
func (a *Accounts) From(c echo.Context) Asker {
	r := c.Request()
	return Asker{Account: web.PrincipalOf(c).Account, Address: address(r, a.Proxies), Agent: printable(r.UserAgent()), Request: c.Response().Header().Get(echo.HeaderXRequestID),
		Language: web.LocaleOf(c).Code()}
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// address is that of the peer, unless it is one of the proxies: then the last one of X-Forwarded-For that is none. What stands
// before that, anybody can write. An IPv6 network is one: whoever has an address there has 2^64.
func address(r *http.Request, proxies []netip.Prefix) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	at = at.Unmap()
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && trusted(at, proxies); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break // as far as it can be read
		}
		at = next.Unmap()
	}
	if at.Is6() {
		network, _ := at.WithZone("").Prefix(64) // 64 fits every IPv6 address
		return network.Masked().String()
	}
	return at.String()
}

func trusted(at netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(at) })
}
