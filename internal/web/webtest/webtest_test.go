package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A page with one mistake of each kind, and the same page put right: an examiner that finds nothing proves nothing.
const flawed = `<!doctype html><html lang="en"><head><title>Flawed</title><meta name="viewport" content="width=device-width"><style>
body { margin: 0 } .faint { color: #bbb } #blind:focus { outline: none } .wide { width: 900px } @media (prefers-color-scheme: dark) { body { background: #222; color: #333 } }
</style></head><body><a href="#main">Skip</a><main id="main" tabindex="-1"><h1>Title</h1><p class="faint">Too faint to read</p><img src="data:,">
<button tabindex="2">Jumps ahead</button><button id="blind">No focus to be seen</button><div class="wide">wide</div></main></body></html>`

const sound = `<!doctype html><html lang="en"><head><title>Sound</title><meta name="viewport" content="width=device-width"><style>
:root { color-scheme: light dark; background: Canvas }</style></head><body><a href="#main">Skip</a><main id="main" tabindex="-1"><h1>Title</h1><p>Text</p>
<button>First</button><label>Day <input type="date"></label><button>Last</button></main></body></html>`

func TestAPageIsExaminedAsPeopleWould(t *testing.T) {
	b := Open(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "script-src 'none'") // pages forbid scripts; the examiner has its own way
		page := map[string]string{"/flawed": flawed, "/sound": sound}[r.URL.Path]
		if page == "" {
			w.WriteHeader(http.StatusNotFound)
			page = "nothing"
		}
		if _, err := w.Write([]byte(page)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	wrong, err := b.Examine("flawed", server.URL+"/flawed")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(wrong, "\n")
	for _, want := range []string{"the first stop is not the link", "out of order", "#blind> No focus to be seen shows no focus", "desktop: color-contrast", "desktop-dark: color-contrast",
		"desktop: image-alt", "phone: the page is 900 wide in a window of 360", "zoomed: the page is 900 wide in a window of 640"} {
		if !strings.Contains(all, want) {
			t.Errorf("not found: %s in\n%s", want, all)
		}
	}
	if wrong, err := b.Examine("sound", server.URL+"/sound"); err != nil || len(wrong) > 0 {
		t.Errorf("the sound page: %q, %v", wrong, err)
	}
	if wrong, err := b.Examine("nowhere", server.URL+"/nowhere"); err != nil || len(wrong) != 1 {
		t.Errorf("a page that is not there: %q, %v", wrong, err)
	}
}
