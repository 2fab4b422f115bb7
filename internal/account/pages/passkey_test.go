package pages_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/web/webtest"
)

// press clicks the button for a passkey and waits until the browser is elsewhere.
func press(t *testing.T, b *webtest.Browser, button, to string) {
	t.Helper()
	if _, err := webtest.Ask[bool](b, fmt.Sprintf(`document.querySelector("button[data-passkey=%s]").click(), true`, button)); err != nil {
		t.Fatal(err)
	}
	at := ""
	for end := time.Now().Add(20 * time.Second); at != to; time.Sleep(50 * time.Millisecond) {
		var err error
		if at, err = webtest.Ask[string](b, `location.pathname`); err != nil && time.Now().After(end) {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			said, _ := webtest.Ask[string](b, `document.body.innerText`) // for the message alone
			t.Fatalf("at %s, not %s: %s", at, to, said)
		}
	}
}

// A manager takes up his invitation with a passkey, signs out, and comes in by the passkey alone.
func TestAPasskeyIsBothFactors(t *testing.T) {
	b := webtest.Open(t)
	h := quick(t)
	if err := b.Passkeys(true); err != nil {
		t.Fatal(err)
	}
	half, _, err := h.TakeUp(t.Context(), account.Asker{Address: "192.0.2.1"}, tokenIn(h.invite("anna@example.org", "", access.Manager)), "Anna", good, "")
	if err != nil {
		t.Fatal(err)
	}
	visit := func(path string, cookie *http.Cookie) {
		t.Helper()
		if err := b.Be(h.url, cookie); err != nil {
			t.Fatal(err)
		}
		if status, err := b.Go(h.url + path); err != nil || status != 200 {
			t.Fatalf("%s: %d %v", path, status, err)
		}
	}
	visit("/sign-in/set-up", h.Cookie(half))
	press(t, b, "make", "/")
	visit("/sign-in?to=/books", nil)
	press(t, b, "sign", "/books")
	if text, err := webtest.Ask[string](b, `document.body.innerText`); err != nil || text != "hello Anna" {
		t.Errorf("%q %v", text, err)
	}
}

func tokenIn(link string) string { return link[len("/invitation/"):] }
