package nodes_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"passerelle/internal/web/webtest"
	"passerelle/nodes/web"
)

var described = sync.OnceValues(func() (webtest.Interface, error) { return webtest.Describe(web.Node{}.Routes()) })

// asDescribed holds every request of these tests, and its answer, against the description that the node serves.
func asDescribed(t *testing.T, r *http.Request, body string, w *httptest.ResponseRecorder) {
	t.Helper()
	i, err := described()
	if err != nil {
		t.Fatal(err)
	}
	i.Check(t, r, []byte(body), w)
}
