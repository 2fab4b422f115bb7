package pages

import (
	"net/url"
	"strings"
	"testing"
)

// Where a visitor is led after signing in is never another site.
func FuzzSafePath(f *testing.F) {
	for _, s := range []string{"/invoices?open=true", "//evil.example", "/\\evil.example", "https://evil.example", "/%2f/evil.example", "javascript:alert(1)", "/\t/evil.example", "/sign-in"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://be.example.coop/sign-in") // a constant
	f.Fuzz(func(t *testing.T, to string) {
		path := safePath(to)
		u, err := base.Parse(path)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, "/\\") {
			t.Errorf("%q leads to %q", to, path)
		}
	})
}
