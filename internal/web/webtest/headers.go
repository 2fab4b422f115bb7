package webtest

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"passerelle/internal/web"
)

var parameter = regexp.MustCompile(`:\w+`)

// knock sends a request to the address of a route, with "x" for every parameter.
func knock(h http.Handler, r web.Route) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(r.Method, parameter.ReplaceAllString(r.Path, "x"), nil))
	return w
}

// Headers asks for every route, and for some addresses that are none, of a program that is reached over https, and fails where an
// answer of whatever status lacks what protects it in a browser.
func Headers(t *testing.T, h http.Handler, routes []web.Route) {
	t.Helper()
	nowhere := []web.Route{{Method: "GET", Path: "/nowhere"}, {Method: "GET", Path: "/api/nowhere"}, {Method: "POST", Path: "/"}, {Method: "TRACE", Path: "/"}, {Method: "GET", Path: "/assets/none.css"}}
	for _, r := range append(nowhere, routes...) {
		w := knock(h, r)
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy":           "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
			"Cache-Control":                "no-store",
			"Server":                       "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s %s, status %d: %s is %q, not %q", r.Method, r.Path, w.Code, name, got, want)
			}
		}
		for _, cookie := range w.Result().Cookies() {
			if !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite == http.SameSiteDefaultMode || cookie.SameSite == http.SameSiteNoneMode {
				t.Errorf("%s %s: cookie %s", r.Method, r.Path, cookie)
			}
		}
		if body := w.Body.String(); strings.Contains(w.Header().Get("Content-Type"), "html") && inline.MatchString(body) {
			t.Errorf("%s %s: the page has script or style of its own, which no browser will run: %s", r.Method, r.Path, inline.FindString(body))
		}
	}
}

// inline is what the Content-Security-Policy forbids inside a page.
var inline = regexp.MustCompile(`(?i)<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:`)

// Hostile sends what no browser of an honest person sends; none of it may reach a handler, or find another one than it names.
func Hostile(t *testing.T, h http.Handler, page string) {
	t.Helper()
	for _, c := range []struct {
		why, method, path string
		header            []string
		status            int
	}{
		{"a method that is none", "TRACE", page, nil, http.StatusMethodNotAllowed},
		{"another method by header", "GET", page, []string{"X-HTTP-Method-Override", "DELETE"}, http.StatusOK},
		{"another method by query", "GET", page + "?_method=DELETE", nil, http.StatusUnprocessableEntity},
		{"a slash in disguise", "GET", "/assets/..%2f..%2fweb.go", nil, http.StatusNotFound},
		{"dots", "GET", "/assets/../web.go", nil, http.StatusNotFound},
		{"a zero byte", "GET", page + "/%00", nil, http.StatusNotFound},
		{"bytes that are no text", "GET", page + "/%ff%fe", nil, http.StatusNotFound},
		{"a form from another site", "POST", page, []string{"Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		for i := 0; i+1 < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s, %s %s: %d, not %d", c.why, c.method, c.path, w.Code, c.status)
		}
	}
}
