package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/book"
	"passerelle/internal/web"
)

// desk is where a person enters acts into one of the hub's books: a form for each kind, refused with what is wrong, asked about once more, and then
// there for ever.
type desk[A book.Act, S any] struct {
	server
	path    string    // of the book's first page, below which the forms are
	title   web.Words // of that page
	asks    map[book.Kind]asking[A, S]
	looks   map[string]look // of the fields
	known   []string        // what the address may fill in
	options func(l *web.Locale, f form, s S, name string) []option
	fill    func(c echo.Context, kind book.Kind, s S, values url.Values) error // what is known at the start; nil for nothing more
	back    func(f form) string                                                // the page that an entry is about
	example func(S) bool
	read    func(ctx context.Context) (S, []book.Entry[A], error)
	check   func(entries []book.Entry[A], act A, day contracts.Date, by string, now time.Time) (S, error)
	also    func(ctx context.Context, kind book.Kind, f *form) error // adds what else is wrong; nil for nothing more
	keep    func(ctx context.Context, by string, act book.Dated[A]) error
}

// asking is how an entry of a kind is asked for: its fields in their order, the act they come to, and where somebody should see what would follow,
// that.
type asking[A book.Act, S any] struct {
	title   web.Words
	fields  []string
	act     func(f *form, s S) A
	follows func(l *web.Locale, after S) []field
}

// look is how a field is shown: text unless its shape says otherwise.
type look struct {
	label, hint web.Words
	shape       string
	optional    bool
}

// enterPage is the form of an entry, or the question whether to enter it.
type enterPage struct {
	Action  string
	Fields  []field
	Follows []field
	Faults  contracts.Faults
	Sure    bool // all is well: it is asked for once more
	Back    string
}

// form shows the form of a kind, filled in with what the address knows.
func (d desk[A, S]) form(c echo.Context) error {
	if err := web.KnownQuery(c, d.known...); err != nil {
		return err
	}
	values := url.Values{"day": {d.today().String()}}
	state, _, err := d.read(c.Request().Context())
	if err == nil && d.fill != nil {
		err = d.fill(c, book.Kind(c.Param("kind")), state, values)
	}
	if err != nil {
		return err
	}
	for name := range c.QueryParams() {
		values.Set(name, c.QueryParam(name))
	}
	return d.show(c, http.StatusOK, form{values: values}, state, false)
}

// post checks what was typed, asks once more, and then enters it.
func (d desk[A, S]) post(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	ask, known := d.asks[book.Kind(c.Param("kind"))]
	if !known {
		return web.NotFound("address")
	}
	state, entries, err := d.read(c.Request().Context())
	if err != nil {
		return err
	}
	act, day, after := ask.act(&in, state), in.date("day"), state
	if d.also != nil {
		if err := d.also(c.Request().Context(), book.Kind(c.Param("kind")), &in); err != nil {
			return err
		}
	}
	if len(in.Faults) == 0 {
		if after, err = d.check(entries, act, day, web.PrincipalOf(c).Account, d.now()); err != nil {
			if other := in.refused(err); other != nil {
				return other
			}
		}
	}
	if len(in.Faults) > 0 {
		return d.show(c, http.StatusUnprocessableEntity, in, state, false)
	}
	if in.get("confirmed") != "yes" {
		return d.show(c, http.StatusOK, in, after, true)
	}
	if err := d.keep(c.Request().Context(), web.PrincipalOf(c).Account, book.Dated[A]{Day: day, Act: act}); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, d.back(in))
}

func (d desk[A, S]) show(c echo.Context, status int, f form, s S, sure bool) error {
	kind := book.Kind(c.Param("kind"))
	ask, known := d.asks[kind]
	if !known {
		return web.NotFound("address")
	}
	l := web.LocaleOf(c)
	page := enterPage{Action: d.path + "/enter/" + string(kind), Faults: f.Faults, Sure: sure, Back: d.back(f)}
	for _, name := range ask.fields {
		page.Fields = append(page.Fields, d.asked(l, f, s, name))
	}
	if sure && ask.follows != nil {
		page.Follows = ask.follows(l, s)
	}
	return d.pages.Render(c, status, "enter", web.Page{Title: l.T(ask.title), Badges: exampleBadges(d.example(s)), Body: page,
		Crumbs: []web.Link{{Text: l.T(d.title), URL: d.path}, {Text: l.T(ask.title)}}})
}

func (d desk[A, S]) asked(l *web.Locale, f form, s S, name string) field {
	look := d.looks[name]
	if look.shape == "" {
		look.shape = "text"
	}
	out := f.field(name, l.T(look.label), look.shape)
	out.Needed = !look.optional
	if look.hint != "" {
		out.Help = l.T(look.hint)
	}
	if look.shape == "choice" {
		out.Options = d.options(l, f, s, name)
		if look.optional {
			out.Options = slices.Insert(out.Options, 0, option{})
		}
	}
	return out
}

// links lead to the forms of some kinds of entry, filled in by a query.
func (d desk[A, S]) links(l *web.Locale, query string, kinds ...book.Kind) (links []web.Link) {
	for _, k := range kinds {
		links = append(links, web.Link{Text: l.T(d.asks[k].title), URL: d.path + "/enter/" + string(k) + query})
	}
	return links
}
