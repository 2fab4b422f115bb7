// Package webtest holds what programs say against what they declare. It is for tests only.
package webtest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"passerelle/internal/web"
)

// Interface is the OpenAPI description of a program.
type Interface struct {
	compiler *jsonschema.Compiler
	paths    map[string]any
}

// Describe reads the description of routes as a stranger would.
func Describe(routes []web.Route) (Interface, error) {
	text, err := web.OpenAPI("test", routes)
	if err != nil {
		return Interface{}, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return Interface{}, err
	}
	paths, _ := document.(map[string]any)["paths"].(map[string]any)
	c := jsonschema.NewCompiler()
	return Interface{c, paths}, c.AddResource("openapi.json", document)
}

// Operations lists what is described: "GET /api/members".
func (i Interface) Operations() (all []string) {
	for path, operations := range i.paths {
		for method := range operations.(map[string]any) {
			all = append(all, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(all)
	return all
}

// Check fails when a request or its answer is not as described. It leaves alone what is not below /api/.
func (i Interface) Check(t testing.TB, r *http.Request, body []byte, w *httptest.ResponseRecorder) {
	t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/api/") || w.Code == http.StatusNotFound {
		return
	}
	path, ok := i.find(r.URL.Path)
	if !ok {
		t.Errorf("%s is not described", r.URL.Path)
		return
	}
	operation := fmt.Sprintf("openapi.json#/paths/%s/%s", pointer(path), strings.ToLower(r.Method))
	responses, _ := i.paths[path].(map[string]any)[strings.ToLower(r.Method)].(map[string]any)["responses"].(map[string]any)
	answer := fmt.Sprint(w.Code)
	if _, described := responses[answer]; !described {
		if answer = "default"; w.Code < 400 {
			t.Errorf("%s %s: an answer of status %d is not described", r.Method, path, w.Code)
			return
		}
	}
	if w.Code < 300 && len(body) > 0 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		i.validate(t, operation+"/requestBody/content/application~1json/schema", body)
	}
	if kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); w.Body.Len() > 0 {
		i.validate(t, operation+"/responses/"+answer+"/content/"+pointer(kind)+"/schema", w.Body.Bytes())
	}
}

func (i Interface) validate(t testing.TB, at string, body []byte) {
	t.Helper()
	s, err := i.compiler.Compile(at)
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%s: %v", at, err)
	}
}

// find returns the described path of an address; one without parameters goes before one with them.
func (i Interface) find(address string) (string, bool) {
	if _, ok := i.paths[address]; ok {
		return address, true
	}
	for path := range i.paths {
		if regexp.MustCompile("^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$").MatchString(address) {
			return path, true
		}
	}
	return "", false
}

func pointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(s)
}
