package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"
)

// contentPolicy lets a page load what this server sends and nothing else: no inline script or style, no frame around it.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Two years, as browsers' own lists ask for (RFC 6797). Only who comes over https is told.
const transportPolicy = "max-age=63072000; includeSubDomains"

// permissionsPolicy is what no page of ours asks a device for.
const permissionsPolicy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

func (o Options) secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		protect(c.Response().Header(), o.HTTPS)
		return next(c)
	}
}

// Protected gives what answers beside the pages, such as the figures for operators, the same header.
func Protected(h http.Handler, https bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header(), https)
		h.ServeHTTP(w, r)
	})
}

func protect(h http.Header, https bool) {
	if https {
		h.Set(echo.HeaderStrictTransportSecurity, transportPolicy)
	}
	h.Set("Permissions-Policy", permissionsPolicy)
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // pages show wages; assets overrule it
}

// sameOrigin refuses a form or a write that another site makes the browser send.
func sameOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return echo.NewHTTPError(http.StatusForbidden, "this request came from another site").SetInternal(err)
			}
			return next(c)
		}
	}
}

// requestID gives every request the reference that an operator searches the log for. It is ours: one that a client
// sends could be chosen to mislead.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, rand.Text()[:12])
		return next(c)
	}
}

func reference(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// recoverPanic turns a programming mistake into an internal error of one request.
func recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch r := recover(); r {
			case nil:
			case http.ErrAbortHandler: // the server's own way to drop a connection
				panic(r)
			default:
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}
