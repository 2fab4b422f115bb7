// Package web is what the pages and the JSON of hub and nodes have in common: the echo set-up with its guards, the one
// place where an error becomes an answer, strict JSON binding, page rendering, number and date formats per locale, and
// the style sheet. It knows no feature and keeps no session: who asks, it is told.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"passerelle/contracts"
	"passerelle/internal/access"
)

// Bytes a request body may have.
const (
	bodyLimit   = 1 << 20
	uploadLimit = 5 << 20 // where Route.Upload is set
)

// Options is what a program sets of its web server. The zero value answers JSON only and logs to slog.Default.
type Options struct {
	Name   string                      // of the program in spans: "hub", "node-be"
	Log    *slog.Logger                // where errors go that are nobody's fault but ours
	Tracer trace.Tracer                // opens a span per request; nil opens none
	Pages  *Pages                      // how people see a problem
	Status map[contracts.FaultCode]int // HTTP status of a feature's faults where it is not 422: a duplicate number is 409
	HTTPS  bool                        // people come over https, and in no other way
	Routes []Route                     // everything that answers, beside the assets

	Who    func(c echo.Context) (access.Principal, error)         // who asks, by session or token; nil knows nobody
	SignIn string                                                 // path of the page to sign in, where visitors are sent; empty tells them only
	Saw    func(ctx context.Context, sights []access.Sight) error // keeps whose data somebody else is shown; nil, and nobody is shown any
	Now    func() time.Time                                       // default time.Now
	Once   *Once                                                  // keeps idempotency keys; nil takes none
}

// New returns an echo with the guards every program of ours has, and its routes behind their rules. A handler binds, calls one
// function of a feature and returns its error; it never logs and never writes an error itself.
func New(o Options) *echo.Echo {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = o.answerError
	e.Pre(headLikeGet(e))
	e.Use(requestID, o.traced, recoverPanic, o.secureHeaders, sameOrigin(), o.limitBody)
	if o.Pages != nil {
		o.Pages.know(o)
		e.GET("/assets/:file", o.Pages.assets.serve)
	}
	for _, r := range o.Routes {
		e.Add(r.Method, r.Path, o.guard(r))
	}
	return e
}

// headLikeGet answers HEAD as GET (RFC 9110, section 9.3.2): the same status and header. It is the server, which still sees
// HEAD, that leaves the body out. The request goes through e once more because echo routes by the one it was given first.
func headLikeGet(e *echo.Echo) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.Method != http.MethodHead {
				return next(c)
			}
			get := r.Clone(r.Context())
			get.Method = http.MethodGet
			e.ServeHTTP(c.Response().Writer, get)
			return nil
		}
	}
}

// limitBody refuses a body that says it is too long at once, and one that turns out to be while it is read.
func (o Options) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		limit := int64(bodyLimit)
		r := c.Request()
		if o.takesFiles(r.Method, c.Path()) {
			limit = uploadLimit
		}
		if r.ContentLength > limit {
			return &http.MaxBytesError{Limit: limit}
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		return next(c)
	}
}

func (o Options) takesFiles(method, path string) bool {
	return slices.ContainsFunc(o.Routes, func(r Route) bool { return r.Upload && r.Method == method && r.Path == path })
}
