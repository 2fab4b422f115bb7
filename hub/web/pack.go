package web

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/internal/web"
)

// IssuePack makes the pack of a meeting and notes it; by is the opaque id of who does.
type IssuePack func(ctx context.Context, by string, m boardpack.Meeting) (boardpack.Issue, error)

// packsPage lists the packs that were issued, the newest first.
type packsPage struct {
	Issued   []boardpack.Issue
	MayEnter bool
	Fields   []field
	Faults   contracts.Faults
}

func (s server) packs(c echo.Context) error {
	if err := web.KnownQuery(c, "day", "title"); err != nil {
		return err
	}
	return s.showPacks(c, http.StatusOK, form{values: c.QueryParams()}) // as the page of a meeting has it
}

func (s server) showPacks(c echo.Context, status int, f form) error {
	issued, err := s.data.Packs(c.Request().Context())
	if err != nil {
		return err
	}
	slices.Reverse(issued)
	l := web.LocaleOf(c)
	page := packsPage{Issued: issued, MayEnter: entersBook(c), Faults: f.Faults}
	day, since, title := f.field("day", l.T("Day of the meeting"), "date"), f.field("since", l.T("Day of the meeting before"), "date"), f.field("title", l.T("What the meeting is called"), "text")
	day.Needed, since.Help = true, l.T("Its decisions and all later ones are in the pack. Empty: the latest meeting with a decision.")
	page.Fields = []field{day, since, title}
	return s.pages.Render(c, status, "packs", web.Page{Title: l.T("Board packs"), Body: page, Lead: l.T("One PDF and one workbook for each meeting, as the figures stood at a moment."),
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: l.T("Board packs")}}})
}

func (s server) issuePack(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	m := boardpack.Meeting{Title: f.get("title"), Day: f.date("day"), Since: f.date("since")}
	if len(f.Faults) == 0 {
		if err := f.refused(m.Check(s.today())); err != nil {
			return err
		}
	}
	if len(f.Faults) > 0 {
		return s.showPacks(c, http.StatusUnprocessableEntity, f)
	}
	issue, err := s.issue(c.Request().Context(), web.PrincipalOf(c).Account, m)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, packURL(issue))
}

func packURL(i boardpack.Issue) string { return "/board/packs/" + strconv.Itoa(i.Number) }

// packPage is one pack with its files.
type packPage struct {
	boardpack.Issue
	Languages []packLanguage
	Checked   bool // made again
	Same      bool // every file, byte for byte
	Others    int  // other packs of the meeting
}

// packLanguage is the files of a language.
type packLanguage struct {
	Name      string // of the language, in itself
	PDF, XLSX packFile
}

// packFile is a file on its page.
type packFile struct {
	boardpack.File
	URL    string
	Differ bool // made again, it has other bytes
}

func (s server) pack(c echo.Context) error {
	if err := web.KnownQuery(c, "check"); err != nil {
		return err
	}
	i, issued, err := s.issued(c)
	if err != nil {
		return err
	}
	page := packPage{Issue: i, Checked: c.QueryParam("check") != "", Others: -1}
	for _, o := range issued {
		if o.Day == i.Day {
			page.Others++
		}
	}
	var differ []string
	if page.Checked {
		if differ, err = s.differ(c.Request().Context(), i); err != nil {
			return err
		}
		page.Same = len(differ) == 0
	}
	page.Languages = languagesOf(i, differ)
	l := web.LocaleOf(c)
	title := l.T("Board pack of %s", l.Date(i.Day))
	return s.pages.Render(c, http.StatusOK, "pack", web.Page{Title: title, Lead: i.Title, Body: page,
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: l.T("Board packs"), URL: "/board/packs"}, {Text: title}}})
}

func languagesOf(i boardpack.Issue, differ []string) (all []packLanguage) {
	for _, f := range i.Files {
		l, kind := f.Language()
		n := slices.IndexFunc(all, func(p packLanguage) bool { return p.Name == l.Name })
		if n < 0 {
			n, all = len(all), append(all, packLanguage{Name: l.Name})
		}
		shown := packFile{f, packURL(i) + "/files/" + f.Name, slices.Contains(differ, f.Name)}
		if kind == "xlsx" {
			all[n].XLSX = shown
		} else {
			all[n].PDF = shown
		}
	}
	return all
}

// differ makes all files of a pack again and names those that are not the same.
func (s server) differ(ctx context.Context, i boardpack.Issue) ([]string, error) {
	p, err := i.Again(ctx, s.data)
	if err != nil {
		return nil, err
	}
	files, err := p.All(web.Locales)
	return i.Same(files), err
}

// issued finds the pack that the address names.
func (s server) issued(c echo.Context) (boardpack.Issue, []boardpack.Issue, error) {
	all, err := s.data.Packs(c.Request().Context())
	if err != nil {
		return boardpack.Issue{}, nil, err
	}
	for _, i := range all {
		if strconv.Itoa(i.Number) == c.Param("number") {
			return i, all, nil
		}
	}
	return boardpack.Issue{}, nil, web.NotFound("document")
}

// packFile makes one file of a pack again. One whose bytes are not those that were issued says so in its name.
func (s server) packFile(c echo.Context) error {
	i, _, err := s.issued(c)
	if err != nil {
		return err
	}
	f, found := i.File(c.Param("file"))
	if !found {
		return web.NotFound("document")
	}
	p, err := i.Again(c.Request().Context(), s.data)
	if err != nil {
		return err
	}
	l, kind := f.Language()
	made, err := p.Make(l, kind)
	if err != nil {
		return err
	}
	name := f.Name
	if made.SHA256 != f.SHA256 {
		name = strings.TrimSuffix(name, "."+kind) + "-other-bytes." + kind
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, map[string]string{"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[kind], made.Data)
}

// packJSON is a pack that was issued.
type packJSON struct {
	Number int               `json:"number"`
	Day    contracts.Date    `json:"day"`
	Since  contracts.Date    `json:"since,omitzero"`
	Title  string            `json:"title"`
	AsOf   time.Time         `json:"as_of"`
	Files  []packFileAddress `json:"files"`
}

type packFileAddress struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func (s server) apiPacks(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	issued, err := s.data.Packs(c.Request().Context())
	if err != nil {
		return err
	}
	out := make([]packJSON, len(issued))
	for n, i := range issued {
		out[n] = packJSON{i.Number, i.Day, i.Since, i.Title, i.AsOf, make([]packFileAddress, len(i.Files))}
		for m, f := range i.Files {
			out[n].Files[m] = packFileAddress{f.Name, packURL(i) + "/files/" + f.Name, f.Bytes, f.SHA256}
		}
	}
	return c.JSON(http.StatusOK, out)
}
