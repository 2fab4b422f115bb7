package hub

import (
	"net/url"
	"testing"

	"passerelle/hub/web"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web/webtest"
)

func TestEveryAnswerIsProtectedInABrowser(t *testing.T) {
	h := seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	h.accounts.URL = &url.URL{Scheme: "https", Host: "hub.example.coop"}
	webtest.Headers(t, h.Handler(), web.Routes())
	webtest.Headers(t, signedIn(t, h), web.Routes())
	webtest.Hostile(t, signedIn(t, h), "/crossborder")
}
