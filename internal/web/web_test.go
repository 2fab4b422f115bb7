package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
)

// program is an echo with a page, a form and each kind of error.
func program(t *testing.T, log io.Writer) *echo.Echo {
	t.Helper()
	files := fstest.MapFS{
		"templates/hello.html":      {Data: []byte(`{{define "content"}}<p id="x">{{.Body}}</p>{{template "sign"}}{{end}}`)},
		"templates/parts/sign.html": {Data: []byte(`{{define "sign"}}signed{{end}}`)},
		"templates/broken.html":     {Data: []byte(`{{define "content"}}half a page {{.Body.Nothing}}{{end}}`)},
		"assets/own.css":            {Data: []byte("p{}")},
	}
	pages, err := ParsePages(Site{Name: "Passerelle", Place: "Test", Nav: []Link{{"Start", "/"}, {"Hello", "/hello"}}}, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	upload := func(c echo.Context) error {
		b, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, size(int64(len(b))))
	}
	e := New(Options{Name: "test", Pages: pages, Log: slog.New(slog.NewTextHandler(log, nil)), Status: map[contracts.FaultCode]int{"taken": http.StatusConflict},
		Routes: []Route{{Method: "POST", Path: "/upload", Who: access.Anybody(), Handle: upload, Upload: true},
			{Method: "GET", Path: "/hello", Who: access.Anybody(), Handle: upload}}})
	e.GET("/hello/:name", func(c echo.Context) error {
		return pages.Render(c, http.StatusOK, "hello", Page{Title: "Hello", Body: c.Param("name")})
	})
	e.GET("/broken", func(c echo.Context) error {
		return pages.Render(c, http.StatusOK, "broken", Page{Title: "Broken", Body: "x"})
	})
	e.GET("/api/fault/:code", func(c echo.Context) error {
		return contracts.Fault{Code: contracts.FaultCode(c.Param("code")), Field: "price", Message: "wrong", Remedy: "mend it"}
	})
	e.GET("/api/error", func(echo.Context) error { return errors.New("password of the database is hunter2") })
	e.GET("/fault", func(echo.Context) error { return contracts.Fault{Code: "x", Field: "price", Message: "<b>wrong</b>"} })
	e.GET("/panic", func(echo.Context) error { panic("secret state") })
	read := func(c echo.Context) error {
		var v struct {
			Name string `json:"name"`
		}
		if err := BindJSON(c, &v); err != nil {
			return err
		}
		return c.String(http.StatusOK, v.Name)
	}
	e.POST("/read", read)
	return e
}

func ask(e http.Handler, method, url, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestFaultBecomesProblemWithItsStatus(t *testing.T) {
	e := program(t, io.Discard)
	for code, want := range map[contracts.FaultCode]int{
		"anything": 422, "taken": 409, contracts.FaultMalformed: 400, contracts.FaultTooLarge: 413, FaultNotFound: 404, FaultContentType: 415,
	} {
		w := ask(e, "GET", "/api/fault/"+string(code), "")
		var p contracts.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if w.Code != want || p.Status != want || len(p.Faults) != 1 || p.Faults[0].Field != "price" || p.Faults[0].Remedy != "mend it" {
			t.Errorf("%s: got %d %+v, want %d and the fault", code, w.Code, p, want)
		}
		if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: content type %s", code, kind)
		}
	}
}

func TestUnknownErrorIsLoggedAndNeverShown(t *testing.T) {
	for _, url := range []string{"/api/error", "/panic", "/broken"} {
		var log strings.Builder
		w := ask(program(t, &log), "GET", url, "")
		reference := w.Header().Get("X-Request-Id")
		body := w.Body.String()
		if w.Code != 500 || reference == "" || !strings.Contains(body, reference) {
			t.Errorf("%s: status %d without its reference", url, w.Code)
		}
		for _, internal := range []string{"hunter2", "secret state", "goroutine", "half a page", "Nothing>"} {
			if strings.Contains(body, internal) {
				t.Errorf("%s shows %q", url, internal)
			}
		}
		if !strings.Contains(log.String(), reference) {
			t.Errorf("%s: the log does not hold the reference: %s", url, log.String())
		}
	}
}

func TestADatabaseThatCannotTakeAnythingInIsNoInternalError(t *testing.T) {
	for _, tc := range []struct {
		cause  error
		status int
		says   string
	}{
		{&pgconn.PgError{Code: "53100"}, http.StatusInsufficientStorage, "Nothing was changed"},
		{&pgconn.PgError{Code: "57P01"}, http.StatusServiceUnavailable, "look whether your change is there"},
		{io.ErrUnexpectedEOF, http.StatusServiceUnavailable, "look whether"},
		{&pgconn.PgError{Code: "42601"}, http.StatusInternalServerError, "Nothing was changed"},
	} {
		p := Options{}.problem(fmt.Errorf("issue invoice: %w", tc.cause))
		if p.Status != tc.status || !strings.Contains(p.Detail, tc.says) {
			t.Errorf("%v: got %+v, want %d", tc.cause, p, tc.status)
		}
	}
}

func TestPeopleGetPagesAndProgramsJSON(t *testing.T) {
	e := program(t, io.Discard)
	page := ask(e, "GET", "/fault", "", "Accept", "text/html,application/json;q=0.9")
	if !strings.Contains(page.Body.String(), "&lt;b&gt;wrong&lt;/b&gt;") || page.Code != 422 {
		t.Errorf("fault page: %d %s", page.Code, page.Body)
	}
	if w := ask(e, "GET", "/fault", "", "Accept", "application/json"); !json.Valid(w.Body.Bytes()) {
		t.Errorf("fault for a program: %s", w.Body)
	}
	if w := ask(e, "GET", "/nowhere", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "<h1>Not found</h1>") {
		t.Errorf("unknown address: %d", w.Code)
	}
	if w := ask(e, "GET", "/api/nowhere", ""); w.Code != 404 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("unknown API address: %d %s", w.Code, w.Body)
	}
}

func TestBodyLimits(t *testing.T) {
	e := program(t, io.Discard)
	const MiB = 1 << 20
	for _, c := range []struct {
		url    string
		length int
		want   int
	}{{"/read", MiB + 1, 413}, {"/upload", MiB + 1, 200}, {"/upload", 5*MiB + 1, 413}, {"/read", 50 * MiB, 413}} {
		w := ask(e, "POST", c.url, strings.Repeat("x", c.length), "Content-Type", "application/json")
		if w.Code != c.want {
			t.Errorf("%s with %d bytes: %d, want %d", c.url, c.length, w.Code, c.want)
		}
	}
	r := httptest.NewRequest("POST", "/upload", strings.NewReader(strings.Repeat("x", 6*MiB)))
	r.ContentLength = -1 // chunked: the length shows only while reading
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Errorf("chunked upload beyond the limit: %d", w.Code)
	}
}

func TestBindJSONIsStrict(t *testing.T) {
	e := program(t, io.Discard)
	for _, c := range []struct {
		rule, kind, body string
		want             int
	}{
		{"a document is read", "application/json; charset=utf-8", `{"name":"a"}`, 200},
		{"another content type", "text/plain", `{"name":"a"}`, 415},
		{"an unknown member", "application/json", `{"nom":"a"}`, 400},
		{"another case", "application/json", `{"Name":"a"}`, 400},
		{"a member twice", "application/json", `{"name":"a","name":"b"}`, 400},
		{"more after the document", "application/json", `{"name":"a"}{}`, 400},
	} {
		if w := ask(e, "POST", "/read", c.body, "Content-Type", c.kind); w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.rule, w.Code, c.want)
		}
	}
}

func TestFormOfAnotherSiteIsRefused(t *testing.T) {
	e := program(t, io.Discard)
	if w := ask(e, "POST", "/upload", "x", "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
		t.Errorf("cross-site form: %d", w.Code)
	}
	if w := ask(e, "POST", "/upload", "x", "Sec-Fetch-Site", "same-origin"); w.Code != 200 {
		t.Errorf("own form: %d", w.Code)
	}
}

func TestPageHasGuardsAndHashedAssets(t *testing.T) {
	e := program(t, io.Discard)
	w := ask(e, "GET", "/hello/%3Cscript%3E", "")
	body := w.Body.String()
	if !strings.Contains(body, `<p id="x">&lt;script&gt;</p>signed`) || strings.Contains(body, "style=") {
		t.Errorf("page: %s", body)
	}
	if !strings.Contains(body, `<a href="/hello" aria-current="page">`) {
		t.Error("the navigation does not mark where one is")
	}
	for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		if !strings.Contains(w.Header().Get(name), want) {
			t.Errorf("%s: %q", name, w.Header().Get(name))
		}
	}
	for _, part := range strings.Split(body, `href="`)[1:] {
		address, _, _ := strings.Cut(part, `"`)
		if !strings.HasPrefix(address, "/assets/") {
			continue
		}
		a := ask(e, "GET", address, "")
		if a.Code != 200 || !strings.Contains(a.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", address, a.Code, a.Header())
		}
	}
	if !strings.Contains(body, "/assets/own.") || !strings.Contains(body, "/assets/passerelle.") {
		t.Error("a style sheet is missing")
	}
	if w := ask(e, "GET", "/assets/passerelle.css", ""); w.Code != 404 {
		t.Errorf("asset without hash: %d", w.Code)
	}
}

// TestHeadIsAnsweredLikeGet asks a server, because it is the server that leaves the body out.
func TestHeadIsAnsweredLikeGet(t *testing.T) {
	server := httptest.NewServer(program(t, io.Discard))
	defer server.Close()
	for path, want := range map[string]int{"/hello/world": 200, "/api/fault/taken": 409, "/nowhere": 404, "/read": 405} {
		var answers [2]*http.Response
		for i, method := range []string{http.MethodHead, http.MethodGet} {
			r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if answers[i], err = server.Client().Do(r); err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answers[i].Body)
			if err != nil || (len(body) > 0) != (method == http.MethodGet) {
				t.Errorf("%s %s: body of %d bytes, %v", method, path, len(body), err)
			}
			answers[i].Body.Close()
		}
		head, get := answers[0], answers[1]
		if head.StatusCode != want || get.StatusCode != want || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("%s: HEAD %d %q, GET %d %q, want %d", path, head.StatusCode, head.Header.Get("Content-Type"), get.StatusCode, get.Header.Get("Content-Type"), want)
		}
	}
}

func TestServeFinishesRunningRequests(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		time.Sleep(50 * time.Millisecond)
		_, _ = io.WriteString(w, "done") // the reader is the test itself
	})
	served := make(chan error, 1)
	go func() { served <- ServeOn(ctx, l, h) }()
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body) // a broken answer shows as text that is not "done"
		answer <- string(b)
	}()
	<-entered
	stop()
	if got := <-answer; got != "done" {
		t.Errorf("running request: %s", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
