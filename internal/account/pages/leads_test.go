package pages

import "testing"

// A link that leads through our sign-in page to another site would lend it our name.
func TestASignInLeadsToNoOtherSite(t *testing.T) {
	for to, want := range map[string]string{
		"/invoices?page=2":           "/invoices?page=2",
		"":                           "/",
		"invoices":                   "/",
		"//elsewhere.example":        "/",
		"///elsewhere.example":       "/",
		"/\\elsewhere.example":       "/",
		"\\\\elsewhere.example":      "/",
		"https://elsewhere.example":  "/",
		"https:elsewhere.example":    "/",
		"javascript:alert(1)":        "/",
		"/\t/elsewhere.example":      "/",
		"/\n/elsewhere.example":      "/",
		"/%2f/elsewhere.example":     "/",
		"/sign-in?to=/":              "/",
		"https://be@elsewhere.coop/": "/",
	} {
		if got := safePath(to); got != want {
			t.Errorf("%q leads to %q, not %q", to, got, want)
		}
	}
}
