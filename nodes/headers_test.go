package nodes_test

import (
	"net/http"
	"net/url"
	"testing"

	"passerelle/internal/web/webtest"
	"passerelle/nodes/web"
)

// overHTTPS is a node that people reach over https, as a visitor and as a manager.
func overHTTPS(t *testing.T) (visitor, manager http.Handler) {
	t.Helper()
	n := openSQLite(t)
	n.Accounts.URL = &url.URL{Scheme: "https", Host: "be.example.coop"}
	visitor = n.Handler()
	return visitor, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+n.token)
		visitor.ServeHTTP(w, r)
	})
}

func TestEveryAnswerIsProtectedInABrowser(t *testing.T) {
	visitor, manager := overHTTPS(t)
	routes := web.Node{}.Routes()
	webtest.Headers(t, visitor, routes)
	webtest.Headers(t, manager, routes)
	webtest.Hostile(t, manager, "/invoices")
}
