package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Codes that only a web server needs.
const (
	FaultNotFound    contracts.FaultCode = "not-found"      // nothing is at this address
	FaultContentType contracts.FaultCode = "content-type"   // the body is not of the kind that is read here
	FaultSignIn      contracts.FaultCode = "sign-in"        // nobody is signed in
	FaultForbidden   contracts.FaultCode = "forbidden"      // whoever is signed in may not
	FaultTooMany     contracts.FaultCode = "too-many-tries" // of what is weighed at the door; the next one counts later
)

// NotFound is the fault of a thing that is not there: NotFound("invoice").
func NotFound(what string) error {
	return contracts.Fault{Code: FaultNotFound, Message: "there is no such " + what, Remedy: "follow the links of the page above"}
}

// statusOf lists the faults that are not 422.
var statusOf = map[contracts.FaultCode]int{
	contracts.FaultMalformed:       http.StatusBadRequest,
	contracts.FaultUnknownMember:   http.StatusBadRequest,
	contracts.FaultDuplicateMember: http.StatusBadRequest,
	contracts.FaultTooDeep:         http.StatusBadRequest,
	contracts.FaultTooLarge:        http.StatusRequestEntityTooLarge,
	contracts.FaultLeft:            http.StatusConflict,
	contracts.FaultRestored:        http.StatusServiceUnavailable,
	FaultNotFound:                  http.StatusNotFound,
	FaultSignIn:                    http.StatusUnauthorized,
	FaultForbidden:                 http.StatusForbidden,
	FaultKey:                       http.StatusConflict,
	FaultContentType:               http.StatusUnsupportedMediaType,
	FaultTooMany:                   http.StatusTooManyRequests,
}

// noted are the answers to what somebody may not do, or not so often or so much of; whoever looks into an attack begins with them.
var noted = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests}

// answerError is the one place where an error becomes an answer. What is no Fault becomes "internal error" with a
// reference; its text goes to the log alone.
func (o Options) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := o.problem(err)
	if p.Status >= http.StatusInternalServerError {
		p.Reference = reference(c)
		o.Log.ErrorContext(c.Request().Context(), "request", "reference", p.Reference, "route", c.Path(), "error", err)
	}
	if slices.Contains(noted, p.Status) {
		o.Log.InfoContext(c.Request().Context(), "refused", "status", p.Status, "method", c.Request().Method, "route", c.Path(), "account", PrincipalOf(c).Account, "reference", reference(c))
	}
	if err := o.show(c, p); err != nil {
		o.Log.ErrorContext(c.Request().Context(), "show problem", "reference", reference(c), "error", err)
	}
}

func (o Options) problem(err error) contracts.Problem {
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem(http.StatusRequestEntityTooLarge, contracts.Faults{{Code: contracts.FaultTooLarge,
			Message: "the request is longer than " + size(long.Limit), Remedy: "send less at a time"}})
	}
	if contracts.IsFault(err) {
		faults := contracts.FaultsOf(err)
		return problem(o.status(faults[0].Code), faults)
	}
	if known, ok := errors.AsType[*echo.HTTPError](err); ok && known.Code < http.StatusInternalServerError {
		return contracts.Problem{Type: "about:blank", Title: http.StatusText(known.Code), Status: known.Code}
	}
	switch {
	case storage.IsFull(err):
		return contracts.Problem{Type: "about:blank", Title: "Insufficient storage", Status: http.StatusInsufficientStorage,
			Detail: "There is no room for anything new. Nothing was changed; what is there can still be read. Please try again later and give the reference to the operator."}
	case storage.IsAway(err):
		return contracts.Problem{Type: "about:blank", Title: "Database not available", Status: http.StatusServiceUnavailable,
			Detail: "The database does not answer. Please look whether your change is there before you make it again."}
	}
	return contracts.Problem{Type: "about:blank", Title: "Internal error", Status: http.StatusInternalServerError,
		Detail: "Nothing was changed. Please try again; if it stays, give the reference to the operator."}
}

func problem(status int, faults contracts.Faults) contracts.Problem {
	return contracts.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: faults.Error(), Faults: faults}
}

func (o Options) status(code contracts.FaultCode) int {
	if s, ok := o.Status[code]; ok {
		return s
	}
	if s, ok := statusOf[code]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

func (o Options) show(c echo.Context, p contracts.Problem) error {
	if o.Pages != nil && !WantsJSON(c) {
		o.recognise(c)
		return o.Pages.Render(c, p.Status, "problem", Page{Title: LocaleOf(c).Retell(heading(p)), Body: p})
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, "application/problem+json", body)
}

// recognise finds out who meets a problem before any door, such as at an address that does not exist: his navigation stays.
func (o Options) recognise(c echo.Context) {
	if c.Get(principalKey) != nil {
		return
	}
	if p, err := o.who(c); err == nil { // else the page does without: what it has to say matters more
		c.Set(principalKey, p)
	}
}

// headings say to people what the phrases of HTTP say to programs.
var headings = map[int]Words{
	http.StatusBadRequest:            "This cannot be read",
	http.StatusUnauthorized:          "Please sign in",
	http.StatusForbidden:             "This is not allowed",
	http.StatusNotFound:              "Not found",
	http.StatusConflict:              "This is there already",
	http.StatusRequestEntityTooLarge: "This is too large",
	http.StatusUnprocessableEntity:   "This cannot be accepted as it is",
	http.StatusTooManyRequests:       "Please wait a while",
	http.StatusInternalServerError:   "Something went wrong here",
	http.StatusServiceUnavailable:    "Not available just now",
	http.StatusInsufficientStorage:   "No room for anything new",
}

func heading(p contracts.Problem) string { return cmp.Or(headings[p.Status], p.Title) }

// WantsJSON tells whether the caller is a program: it asks below /api/, or accepts JSON and no page.
func WantsJSON(c echo.Context) bool {
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		return true
	}
	accept := c.Request().Header.Get(echo.HeaderAccept)
	return strings.Contains(accept, "json") && !strings.Contains(accept, echo.MIMETextHTML)
}
