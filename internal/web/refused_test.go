package web

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
)

func TestWhatIsRefusedAtTheDoorIsLogged(t *testing.T) {
	for _, c := range []struct {
		why, method, path, body string
		header                  []string
		status                  string
	}{
		{"not for this role", "GET", "/staff", "", nil, "status=403"},
		{"nobody is signed in", "GET", "/api/staff", "", []string{"X-Who", "nobody"}, "status=401"},
		{"a form of another site", "POST", "/staff", "", []string{"Sec-Fetch-Site", "cross-site"}, "status=403"},
		{"a body that is too long", "POST", "/staff", strings.Repeat("x", bodyLimit+1), nil, "status=413"},
	} {
		var log strings.Builder
		say := func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }
		e := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Routes: []Route{
			{Method: "GET", Path: "/staff", Who: access.To(access.Manager), Handle: say},
			{Method: "POST", Path: "/staff", Who: access.To(access.Manager), Handle: say},
			{Method: "GET", Path: "/api/staff", Who: access.To(access.Manager), Handle: say},
		}, Who: func(c echo.Context) (access.Principal, error) {
			if c.Request().Header.Get("X-Who") == "nobody" {
				return access.Principal{}, nil
			}
			return access.Principal{Account: "acc-7", Roles: []access.Role{access.Member}, Member: "m1"}, nil
		}})
		w := ask(e, c.method, c.path, c.body, c.header...)
		for _, part := range []string{"msg=refused", c.status, "route=" + c.path, "reference=" + w.Header().Get("X-Request-Id")} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%s: the log lacks %s: %s", c.why, part, &log)
			}
		}
		if c.why == "not for this role" && !strings.Contains(log.String(), "account=acc-7") {
			t.Errorf("%s: the log does not say who: %s", c.why, &log)
		}
	}
}

func TestNoOtherSiteMayRead(t *testing.T) {
	e := program(t, io.Discard)
	for _, method := range []string{"GET", "OPTIONS"} {
		for _, path := range []string{"/hello", "/api/fault/x", "/nowhere"} {
			w := ask(e, method, path, "", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET")
			for name := range w.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s: %s: %s", method, path, name, w.Header().Get(name))
				}
			}
		}
	}
}

func TestTraceIsNotAnswered(t *testing.T) {
	w := ask(program(t, io.Discard), "TRACE", "/hello", "", "Cookie", "secret=1")
	if w.Code != http.StatusMethodNotAllowed || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("TRACE: %d %s", w.Code, w.Body)
	}
}

func TestAFolderIsNotListed(t *testing.T) {
	for _, path := range []string{"/assets", "/assets/", "/assets/.", "/assets/%2e%2e/", "/assets/..%2fgo.mod"} {
		if w := ask(program(t, io.Discard), "GET", path, ""); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "own.css") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// The character set of JSON is part of its definition (RFC 8259, section 8.1); everything else says its own.
func TestEveryAnswerSaysWhatItIs(t *testing.T) {
	e := program(t, io.Discard)
	page := ask(e, "GET", "/hello/x", "").Body.String()
	_, after, _ := strings.Cut(page, `href="/assets/`)
	style, _, _ := strings.Cut(after, `"`)
	for path, want := range map[string]string{
		"/hello/x": "text/html", "/hello": "text/plain", "/nowhere": "text/html", "/assets/" + style: "text/css", "/api/fault/x": "application/problem+json", "/api/error": "application/problem+json",
	} {
		said := ask(e, "GET", path, "").Header().Get("Content-Type")
		kind, parameters, err := mime.ParseMediaType(said)
		if err != nil || kind != want || strings.HasPrefix(kind, "text/") && !strings.EqualFold(parameters["charset"], "utf-8") {
			t.Errorf("%s says it is %q, not %s in UTF-8", path, said, want)
		}
	}
}

// Two programs that see different ends of a message can be told different things by it.
func TestAMessageWithTwoLengthsIsRefused(t *testing.T) {
	address := served(t, program(t, io.Discard))
	for name, head := range map[string]string{
		"two lengths":                "Content-Length: 4\r\nContent-Length: 5\r\n",
		"a length that is no number": "Content-Length: +4\r\n",
		"an unknown encoding":        "Transfer-Encoding: xchunked\r\n",
		"two encodings":              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"space before the colon":     "Content-Length : 4\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(conn, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+head+"\r\nabcd")
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusBadRequest && res.StatusCode != http.StatusNotImplemented {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		res.Body.Close()
		conn.Close()
	}
}

// served answers on loopback until the test ends.
func served(t *testing.T, h http.Handler) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ServeOn(ctx, l, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// piped is a listener with one connection, which needs no network.
type piped struct {
	conn   chan net.Conn
	closed chan struct{}
}

func (p piped) Accept() (net.Conn, error) {
	select {
	case c := <-p.conn:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p piped) Close() error   { close(p.closed); return nil }
func (p piped) Addr() net.Addr { return &net.TCPAddr{} }

// The clock of the bubble passes as soon as everybody waits.
func TestASlowClientIsDropped(t *testing.T) {
	for name, sent := range map[string]string{
		"half a header": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"half a body":   "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
		"nothing":       "",
	} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			l := piped{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
			l.conn <- theirs
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- ServeOn(ctx, l, program(t, io.Discard)) }()
			began := time.Now()
			if _, err := io.WriteString(ours, sent); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, ours) // until the server hangs up, however it says so
			if took := time.Since(began); took > readTimeout+time.Second {
				t.Errorf("%s: dropped after %s", name, took)
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}
