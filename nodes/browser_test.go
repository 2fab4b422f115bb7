package nodes_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"passerelle/contracts"
)

// browser is a person, or a program, in front of a node.
type browser struct {
	t     *testing.T
	h     http.Handler
	token string // of who sits there
}

// browse is a manager in front of a node.
func browse(n *testNode) browser { return browser{n.t, n.Handler(), n.token} }

func (b browser) do(method, path, kind, body string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if b.token != "" { // else a visitor
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	asDescribed(b.t, r, body, w)
	return w
}

// open shows a page, which must be there.
func (b browser) open(path string) screen {
	b.t.Helper()
	w := b.do("GET", path, "", "")
	if w.Code != http.StatusOK {
		b.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return b.see(w)
}

// send posts a form: name, value, name, value.
func (b browser) send(path string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, "application/x-www-form-urlencoded", values.Encode())
}

// follow posts a form that must be accepted, and shows where it leads.
func (b browser) follow(path string, pairs ...string) (string, screen) {
	b.t.Helper()
	w := b.send(path, pairs...)
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		b.t.Fatalf("POST %s: %d %s", path, w.Code, b.see(w).text())
	}
	page, _, _ := strings.Cut(to, "#") // which a browser keeps to itself
	return to, b.open(page)
}

// refused posts a form that must come back with faults.
func (b browser) refused(path string, pairs ...string) screen {
	b.t.Helper()
	w := b.send(path, pairs...)
	if w.Code != http.StatusUnprocessableEntity {
		b.t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	return b.see(w)
}

// upload sends a file as the import page does.
func (b browser) upload(file string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "past.csv")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do("POST", "/import", form.FormDataContentType(), body.String())
}

// call sends JSON and reads the answer, which must have the status.
func call[T any](b browser, status int, method, path, body string) T {
	b.t.Helper()
	kind := ""
	if body != "" {
		kind = "application/json"
	}
	w := b.do(method, path, kind, body)
	var v T
	if w.Code != status {
		b.t.Fatalf("%s %s: %d, not %d: %s", method, path, w.Code, status, w.Body)
	}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			b.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return v
}

// problem sends something that must be refused with the status.
func (b browser) problem(status int, method, path, kind, body string) contracts.Problem {
	b.t.Helper()
	w := b.do(method, path, kind, body)
	var p contracts.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Status != status || w.Header().Get("Content-Type") != "application/problem+json" {
		b.t.Errorf("%s %s: %d, not a problem of status %d: %.300s", method, path, w.Code, status, w.Body)
	}
	return p
}

// screen is a page as a person sees it.
type screen struct {
	t    *testing.T
	root *html.Node
	raw  string
}

func (b browser) see(w *httptest.ResponseRecorder) screen {
	b.t.Helper()
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		b.t.Fatal(err)
	}
	return screen{b.t, root, w.Body.String()}
}

// text is what the page says, on one line.
func (s screen) text() string {
	if main := s.find(func(n *html.Node) bool { return n.Data == "main" }); main != nil {
		return textOf(main)
	}
	return textOf(s.root)
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "option" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u00a0", " ")), " ")
}

// says fails for each text the page does not show.
func (s screen) says(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.text(), text) {
			s.t.Errorf("the page does not say %q: %s", text, s.text())
		}
	}
}

func (s screen) find(wanted func(*html.Node) bool) *html.Node {
	for n := range s.root.Descendants() {
		if n.Type == html.ElementNode && wanted(n) {
			return n
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// beside is the fault shown at an input, and typed what is in it.
func (s screen) beside(input string) string {
	if n := s.find(func(n *html.Node) bool { return attribute(n, "id") == input+"-fault" }); n != nil {
		return textOf(n)
	}
	return ""
}

func (s screen) typed(input string) string {
	n := s.find(func(n *html.Node) bool { return attribute(n, "name") == input })
	if n == nil {
		return "(no such input)"
	}
	if n.Data == "textarea" {
		return textOf(n)
	}
	for o := range n.Descendants() {
		if o.Data == "option" && strings.Contains(s.raw, "selected") {
			for _, a := range o.Attr {
				if a.Key == "selected" {
					return attribute(o, "value")
				}
			}
		}
	}
	return attribute(n, "value")
}

// links lists the addresses on the page that begin with prefix, in order.
func (s screen) links(prefix string) (out []string) {
	for n := range s.root.Descendants() {
		if n.Data == "a" && strings.HasPrefix(attribute(n, "href"), prefix) {
			out = append(out, attribute(n, "href"))
		}
	}
	return out
}

// next is where the next page of a list is, empty on the last.
func (s screen) next() string {
	if n := s.find(func(n *html.Node) bool { return n.Data == "a" && attribute(n, "rel") == "next" }); n != nil {
		return attribute(n, "href")
	}
	return ""
}

// httptestRequest is a form as a browser sends it.
func httptestRequest(path, form string) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func serve(n *testNode, r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("Authorization", "Bearer "+n.token)
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	return w
}
