package web

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
)

//go:embed assets
var ownAssets embed.FS

//go:embed templates
var ownTemplates embed.FS

// Site is what is the same on every page of one program, in English.
type Site struct {
	Name    string                // "Passerelle"
	Place   Words                 // "Hub"
	Country contracts.CountryCode // in place of Place, of a national node
	Nav     []Link                // to addresses of Options.Routes; each person is shown those that let him in
}

// Link is a word that leads somewhere. The last breadcrumb has no URL: one is already there.
type Link struct{ Text, URL string }

// Badge is a short mark that must not be overlooked, in English. Kind chooses the colour: "demo", "report", "live", "warn" or "".
type Badge struct{ Kind, Text string }

// DemonstrationBadge marks figures that are invented to show how things work.
var DemonstrationBadge = Badge{"demo", "Demonstration data"}

// Page is one page: what the layout shows around the body. The template "content" of the page sees all of it.
type Page struct {
	Title  string
	Lead   string // one sentence under the title
	Crumbs []Link
	Badges []Badge
	Under  string // address of the navigation entry it belongs to, where its own address does not tell
	Body   any
}

// Pages are the templates of a program. Each is parsed in a language when somebody first reads it there: all pages in all languages
// would take a program more memory than all the rest of it.
type Pages struct {
	site   Site
	assets *assets
	files  []fs.FS
	extra  template.FuncMap
	at     map[string]source      // of each page, by name
	rules  map[string]access.Rule // of the pages that can be opened, by path: Options.Routes, told by New
	signIn string                 // Options.SignIn, told by New

	mu     sync.Mutex
	spoken map[*Locale]*spoken
}

// source is where a page is written.
type source struct {
	root fs.FS
	file string
}

// spoken is what was parsed in a language.
type spoken struct {
	layout *template.Template // with the parts that pages share; never executed, so that it can be cloned
	pages  map[string]*template.Template
}

// ParsePages reads every templates/*.html of files as a page that defines "content" inside the layout of this package;
// files in templates/parts/ are shared by all pages. Files in assets/ are served beside ours. What more has is read as files is. The
// functions of a template are those of its Locale (t says an English text in it), asset (the address of a file), and extra.
func ParsePages(site Site, files fs.FS, extra template.FuncMap, more ...fs.FS) (*Pages, error) {
	p := &Pages{site: site, files: append([]fs.FS{ownTemplates, files}, more...), extra: extra, spoken: map[*Locale]*spoken{}}
	var err error
	if p.assets, err = gatherAssets(p.files[1:]); err != nil {
		return nil, err
	}
	if p.at, err = sources(p.files); err != nil {
		return nil, err
	}
	for name := range p.at { // what is wrong with one shows at the start
		if _, err := p.page(English, name); err != nil {
			return nil, fmt.Errorf("parse pages: %w", err)
		}
	}
	clear(p.spoken)
	return p, nil
}

func gatherAssets(files []fs.FS) (*assets, error) {
	from := []fs.FS{}
	for _, root := range append([]fs.FS{ownAssets}, files...) {
		if _, err := fs.Stat(root, "assets"); err != nil {
			continue // a program without assets of its own
		}
		sub, err := fs.Sub(root, "assets")
		if err != nil {
			return nil, err
		}
		from = append(from, sub)
	}
	return loadAssets(from...)
}

// sources finds the file of every page.
func sources(files []fs.FS) (map[string]source, error) {
	at := map[string]source{}
	for _, root := range files {
		names, err := fs.Glob(root, "templates/*.html")
		if err != nil {
			return nil, err
		}
		for _, file := range names {
			name := pageName(file)
			if name == "layout" {
				continue
			}
			if _, twice := at[name]; twice {
				return nil, fmt.Errorf("parse pages: two pages are called %s", name)
			}
			at[name] = source{root, file}
		}
	}
	return at, nil
}

// page is a page in a language.
func (p *Pages) page(l *Locale, name string) (*template.Template, error) {
	from, ok := p.at[name]
	if !ok {
		return nil, fmt.Errorf("no page is called %s", name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	in := p.spoken[l]
	if in == nil {
		layout, err := p.layout(l)
		if err != nil {
			return nil, err
		}
		in = &spoken{layout, map[string]*template.Template{}}
		p.spoken[l] = in
	}
	if in.pages[name] == nil {
		page := template.Must(in.layout.Clone())
		if err := parseInto(page, from.root, from.file); err != nil {
			return nil, err
		}
		in.pages[name] = page
	}
	return in.pages[name], nil
}

// layout is what all pages share in a language.
func (p *Pages) layout(l *Locale) (*template.Template, error) {
	layout := template.New("layout.html").Funcs(l.funcs()).Funcs(template.FuncMap{"asset": p.assets.url, "once": onceField}).Funcs(p.extra).Option("missingkey=error")
	if err := parseInto(layout, ownTemplates, "templates/layout.html"); err != nil {
		return nil, err
	}
	for _, root := range p.files {
		if err := parseInto(layout, root, "templates/parts/*.html"); err != nil {
			return nil, err
		}
	}
	return layout, nil
}

// parseInto adds the files that match to t; there may be none. A form that posts gets its idempotency key here, so that none forgets it.
func parseInto(t *template.Template, files fs.FS, pattern string) error {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		into := t
		if base := path.Base(name); base != t.Name() {
			into = t.New(base)
		}
		if _, err := into.Parse(postForm.ReplaceAllString(string(text), "$0{{once}}")); err != nil {
			return err
		}
	}
	return nil
}

var postForm = regexp.MustCompile(`<form method="post"[^>]*>`)

func pageName(file string) string { return strings.TrimSuffix(path.Base(file), ".html") }

// shown is what a template sees: the page, and around it the site, the request and who asks.
type shown struct {
	Page
	Site   Site // its Nav holds what lets the person in
	Lang   string
	Langs  []*Locale // to switch to
	Styles []string
	Active string // the URL of the navigation entry this page belongs to
	Person access.Principal
	SignIn string
}

// Render answers with a page. Nothing is sent when the template fails, so that the error gets a page of its own.
func (p *Pages) Render(c echo.Context, status int, name string, page Page) error {
	l := LocaleOf(c)
	t, err := p.page(l, name)
	if err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	var out bytes.Buffer
	data := shown{Page: page, Site: p.siteFor(PrincipalOf(c)), Lang: l.Code(), Langs: Locales, Styles: p.assets.styles, Active: p.active(cmp.Or(page.Under, c.Request().URL.Path)),
		Person: PrincipalOf(c), SignIn: p.signIn}
	if err := t.ExecuteTemplate(&out, "layout.html", data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	c.Response().Header().Set(echo.HeaderVary, "Accept, Accept-Language, Cookie")
	return c.HTMLBlob(status, out.Bytes())
}

// Part is one template of a page by itself, such as a document to keep.
func (p *Pages) Part(l *Locale, page, part string, data any) ([]byte, error) {
	t, err := p.page(l, page)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", page, err)
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, part, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", part, err)
	}
	return out.Bytes(), nil
}

// know tells the pages which of them there are, and who may open each.
func (p *Pages) know(o Options) {
	p.rules, p.signIn = map[string]access.Rule{}, o.SignIn
	for _, r := range o.Routes {
		if !r.Writes() {
			p.rules[r.Path] = r.Who
		}
	}
}

// siteFor is the site with the navigation of one person: no link leads to a closed door.
func (p *Pages) siteFor(person access.Principal) Site {
	site := p.site
	site.Nav = nil
	for _, link := range p.site.Nav {
		if p.rules[link.URL].Lets(person) {
			site.Nav = append(site.Nav, link)
		}
	}
	return site
}

// active is the navigation entry with the longest address above path.
func (p *Pages) active(at string) string {
	best := ""
	for _, link := range p.site.Nav {
		inside := at == link.URL || strings.HasPrefix(at, strings.TrimSuffix(link.URL, "/")+"/") && link.URL != "/"
		if inside && len(link.URL) > len(best) {
			best = link.URL
		}
	}
	return best
}
