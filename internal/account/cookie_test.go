package account

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
)

func TestTheCookieOfASessionIsTheHostsAlone(t *testing.T) {
	a := &Accounts{Options: Options{Party: "be", URL: &url.URL{Scheme: "https", Host: "be.example.coop"}}}
	c := a.Cookie("token")
	if c.Name != "__Host-passerelle-be" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("over https: %s", c)
	}
	if c := a.Cookie(""); c.MaxAge >= 0 || c.Name != "__Host-passerelle-be" {
		t.Errorf("taken away: %s", c)
	}
	a.URL = &url.URL{Scheme: "http", Host: "localhost:8081"}
	if c := a.Cookie("token"); c.Name != "passerelle-be" || c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("on this host: %s", c)
	}
}

func TestTheAddressOfWhoAsksCannotBeForged(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		why, peer string
		forwarded []string
		want      string
	}{
		{"nobody stands between", "192.0.2.7:1000", nil, "192.0.2.7"},
		{"what a stranger says of himself", "192.0.2.7:1000", []string{"198.51.100.1"}, "192.0.2.7"},
		{"through the proxy", "10.0.0.1:1000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"what came before the proxy's own word", "10.0.0.1:1000", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		{"in another line of the header", "10.0.0.1:1000", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{"through two proxies", "10.0.0.1:1000", []string{"203.0.113.9, 198.51.100.1, 10.2.2.2"}, "198.51.100.1"},
		{"a proxy that is named in IPv6", "[::ffff:10.0.0.1]:1000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"rubbish", "10.0.0.1:1000", []string{"198.51.100.1, <script>"}, "10.0.0.1"},
		{"an empty header", "10.0.0.1:1000", []string{""}, "10.0.0.1"},
		{"a network of IPv6 is one", "[2001:db8:1:2:3:4:5:6]:1000", nil, "2001:db8:1:2::/64"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		r.Header.Set("X-Real-Ip", "203.0.113.200")
		r.Header.Set("Forwarded", "for=203.0.113.200")
		if got := address(r, proxies); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	for password, names := range map[string][]string{
		"eleven char":                     nil,
		"passwordpassword":                nil,
		"abcabcabcabcabc":                 nil,
		"passerelle12":                    nil,
		"Passerelle2026":                  nil,
		"Marguerite-12":                   {"marguerite@example.org"},
		"12345Marguerite":                 {"Marguerite"},
		"\xff\xfe four words and a space": nil,
	} {
		if CheckPassword(password, names...) == nil {
			t.Errorf("%q is taken", password)
		}
	}
	sixtyFour := "a sentence that is as long as sixty four characters and no longe"
	for _, password := range []string{"twelve chars", "only small letters", "ÄÖÜ äöü ß € 🙂", sixtyFour, sixtyFour + sixtyFour + sixtyFour} {
		if err := CheckPassword(password, "Marguerite"); err != nil {
			t.Errorf("%q is refused: %v", password, err)
		}
	}
}
