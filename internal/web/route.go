package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
)

// Route is one address of a program, with everything that is declared about it: the check at its door, the listing, the description
// of the interface and the tests are made from this.
type Route struct {
	Method, Path string // as echo writes them: "GET", "/invoices/:id"
	Who          access.Rule
	Handle       echo.HandlerFunc

	Summary  string // what it is for, in a few words of English: "see an invoice"; the purpose in the read log
	Object   string // what :id names, if somebody owns it: "invoice"; a foreign one is answered as one that is not there
	Personal bool   // shows personal data, so that the handler notes whose: Saw
	Upload   bool   // takes files of up to 5 MiB
	Secret   bool   // takes or gives a password, a code or a token, so that neither request nor answer is kept for an idempotency key

	// Of JSON addresses, for their description: values of the types of the bodies, nil for none, the query's parameters, and whether a POST
	// only asks and makes nothing.
	Takes, Gives any
	Query        []string
	Asks         bool
}

// Writes tells whether the route changes something.
func (r Route) Writes() bool { return r.Method != http.MethodGet }

// Program tells whether the route answers programs, and not pages.
func (r Route) Program() bool { return strings.HasPrefix(r.Path, "/api/") }

// Listing is a route as `passerelle routes` shows it.
type Listing struct {
	Method   string `json:"method"`
	Path     string `json:"path"`
	Who      string `json:"who"`
	Object   string `json:"object,omitzero"`
	Personal bool   `json:"personal,omitzero"`
	Summary  string `json:"summary"`
}

// List lists routes in order of their path.
func List(routes []Route) []Listing {
	all := make([]Listing, len(routes))
	for i, r := range routes {
		all[i] = Listing{r.Method, r.Path, r.Who.String(), r.Object, r.Personal, r.Summary}
	}
	slices.SortFunc(all, func(a, b Listing) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return all
}

// Keys of what guard leaves for the handler.
const (
	principalKey = "passerelle.principal"
	routeKey     = "passerelle.route"
)

// guard lets in whom the route's rule names. Who is nobody yet is sent to sign in; a program is told so.
func (o Options) guard(r Route) echo.HandlerFunc {
	handle := r.Handle
	if r.Writes() && !r.Secret && o.Once != nil {
		handle = o.Once.guard(handle)
	}
	return func(c echo.Context) error {
		p, err := o.who(c)
		if err != nil {
			return err
		}
		c.Set(principalKey, p)
		c.Set(routeKey, r)
		o.doing(c, r, p)
		switch {
		case r.Who.Lets(p):
			return handle(c)
		case p.SignedIn():
			return contracts.Fault{Code: FaultForbidden, Message: "this is not for your role", Remedy: "ask a manager of your co-operative if you need it"}
		case o.SignIn != "" && !WantsJSON(c):
			return c.Redirect(http.StatusSeeOther, o.toSignIn(c))
		}
		return contracts.Fault{Code: FaultSignIn, Message: "nobody is signed in", Remedy: "sign in, or send a token: Authorization: Bearer ..."}
	}
}

func (o Options) who(c echo.Context) (access.Principal, error) {
	if o.Who == nil {
		return access.Principal{}, nil
	}
	return o.Who(c)
}

// toSignIn is the address of the sign-in page, which leads back to a page that was asked for.
func (o Options) toSignIn(c echo.Context) string {
	r := c.Request()
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return o.SignIn
	}
	return Address(o.SignIn, "to", r.URL.RequestURI())
}

// PrincipalOf is who asks; a visitor on a page that is not behind a rule, such as an error's.
func PrincipalOf(c echo.Context) access.Principal {
	p, _ := c.Get(principalKey).(access.Principal) // absent before the door
	return p
}

// ScopeOf is whose data the request may touch: by the rule of its route and who asks.
func ScopeOf(c echo.Context) access.Scope {
	r, _ := c.Get(routeKey).(Route) // absent before the door, and then nothing
	return r.Who.Scope(PrincipalOf(c))
}
