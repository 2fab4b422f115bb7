package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/store"
)

// trailPage is who saw or changed a member's data.
type trailPage struct {
	Member   member.Member
	Lines    []trailLine
	Next     string
	Own      bool
	Form     form
	Searched bool
}

// trailLine is what one request did: one look at a list is one line, however many records it showed.
type trailLine struct {
	store.Step
	Records int
	URL     string // of the record, where there is one and one can look at it
}

// mostSteps is how many steps one page reads.
const mostSteps = 400

// linesOf joins the steps of one request.
func linesOf(steps []store.Step) []trailLine {
	var lines []trailLine
	for _, s := range steps {
		if n := len(lines); n > 0 && lines[n-1].Request == s.Request && lines[n-1].Act == s.Act && lines[n-1].Kind == s.Kind {
			lines[n-1].Records++
			lines[n-1].ID = s.ID
			continue
		}
		lines = append(lines, trailLine{Step: s, Records: 1, URL: recordURL(s)})
	}
	return lines
}

func recordURL(s store.Step) string {
	switch s.Kind {
	case "invoice":
		return "/invoices/" + s.Record
	case "activity":
		return "/activities/" + s.Record
	}
	return ""
}

// seen tells a member who looked at his data.
func (s server) seen(c echo.Context) error {
	p := trailPage{Own: true, Searched: true}
	id := member.ID(web.ScopeOf(c).Member())
	if err := web.KnownQuery(c, "before"); err != nil {
		return err
	}
	if err := s.readTrail(c, &p, id, "/account/seen"); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "trail", web.Page{Title: web.LocaleOf(c).T("Who saw my data"), Body: p,
		Lead: web.LocaleOf(c).T("Each time somebody of the co-operative was shown your data or changed them. It is written down before they are shown, and nobody can change it.")})
}

// readLog answers an auditor who saw a person.
func (s server) readLog(c echo.Context) error {
	if err := web.KnownQuery(c, "member", "before"); err != nil {
		return err
	}
	p := trailPage{Form: blankForm("member", c.QueryParam("member"))}
	if reference := p.Form.get("member"); reference != "" {
		m, found, err := s.Store.MemberByReference(c.Request().Context(), s.db(), web.ScopeOf(c), reference)
		if err != nil {
			return err
		}
		if p.Searched = found; found {
			if err := s.readTrail(c, &p, m.ID, web.Address("/read-log", "member", reference)); err != nil {
				return err
			}
		} else {
			p.Form.Faults.Addf(contracts.FaultInvalid, "member", "look it up in the list of members", "no member has the reference %q", web.Clip(reference))
		}
	}
	return s.render(c, http.StatusOK, "trail", web.Page{Title: web.LocaleOf(c).T("Who saw whom"), Body: p,
		Lead: web.LocaleOf(c).T("Who was shown a member's data or changed them: when, why, and which record.")})
}

func (s server) readTrail(c echo.Context, p *trailPage, id member.ID, path string) (err error) {
	before := int64(0)
	if text := c.QueryParam("before"); text != "" {
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
			return contracts.Fault{Code: contracts.FaultInvalid, Field: "before", Message: "not the end of a page", Remedy: "follow the address that the page before gives"}
		}
	}
	ctx, scope := c.Request().Context(), web.ScopeOf(c)
	if p.Member, _, err = s.Store.Member(ctx, s.db(), scope, id); err != nil {
		return err
	}
	steps, err := s.Store.Trail(ctx, s.db(), scope, string(id), before, mostSteps)
	if err != nil {
		return err
	}
	if p.Lines = linesOf(steps); len(steps) == mostSteps {
		separator := "?"
		if path != "/account/seen" {
			separator = "&"
		}
		p.Next = path + separator + "before=" + strconv.FormatInt(steps[len(steps)-1].ID, 10)
	}
	return web.Saw(c, access.Sight{Kind: "member", Record: string(p.Member.ID), Member: string(p.Member.ID)})
}
