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

func FuzzWhereASignInLeads(f *testing.F) {
	for _, seed := range []string{"/a", "//a", "/%2f/a", "/\\a", "https://a", "/a?b=//c#d", "/./", "/..//a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := safePath(to)
		if got == "" || got[0] != '/' || len(got) > 1 && (got[1] == '/' || got[1] == '\\') {
			t.Errorf("%q leads to %q", to, got)
		}
	})
}
