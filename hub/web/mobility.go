package web

import (
	"math"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/mobility"
	"passerelle/internal/web"
)

// mobilityPage is the network's cases at a glance.
type mobilityPage struct {
	mobility.Board
	Map     caseMap
	Nothing bool
}

func (s server) mobility(c echo.Context) error {
	board, err := mobility.BoardOf(c.Request().Context(), s.data, s.today())
	if err != nil {
		return err
	}
	page := mobilityPage{board, drawCases(board.Pairs), len(board.States) == 0}
	l := web.LocaleOf(c)
	return s.pages.Render(c, http.StatusOK, "mobility", web.Page{Title: l.T("Work abroad"), Badges: demoBadge(board.Demonstration),
		Lead: l.T("How the co-operatives' mobility cases stand: where people go, how far their papers are, how long an A1 takes. The hub knows no names."), Body: page})
}

// apiMobility answers the same figures.
func (s server) apiMobility(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	board, err := mobility.BoardOf(c.Request().Context(), s.data, s.today())
	if err != nil {
		return err
	}
	body, err := contracts.Encode(board)
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, body)
}

// stateNames are the states of a case in words.
var stateNames = map[contracts.CaseState]string{
	contracts.CaseDraft: "being written", contracts.CaseSubmitted: "handed in", contracts.CaseAssessing: "being assessed", contracts.CaseNeedsInfo: "waiting for an answer",
	contracts.CaseDecided: "decided", contracts.CaseExceptionPending: "exception asked for", contracts.CaseHostLegislation: "under the law of the host", contracts.CasePreparing: "papers under way",
	contracts.CaseReady: "ready to leave", contracts.CaseActive: "abroad now", contracts.CaseEnded: "work is over", contracts.CaseClosed: "put away",
	contracts.CaseCancelled: "given up", contracts.CaseRejected: "turned down",
}

// caseMap is the picture of who goes where. Only ways that are about enough people are drawn.
type caseMap struct {
	Width, Height int
	Land          string
	Shapes        []shape
	Places        []place
	Ways          []way
}

// way is an arrow from a home country to a host.
type way struct {
	mobility.Pair
	Path string
}

func drawCases(pairs []mobility.Pair) caseMap {
	m := caseMap{Width: europe.Width, Height: europe.Height, Land: europe.Land}
	for _, o := range europe.Countries {
		m.Shapes = append(m.Shapes, shape{o.Path, "land"})
	}
	drawn := slices.DeleteFunc(slices.Clone(pairs), func(p mobility.Pair) bool { return p.Hidden || onMap(p.Home) < 0 || onMap(p.Host) < 0 })
	drawn = drawn[:min(len(drawn), mostDrawn)]
	for _, p := range drawn {
		for _, c := range []contracts.CountryCode{p.Home, p.Host} {
			if !slices.ContainsFunc(m.Places, func(at place) bool { return at.Country == c }) {
				o := europe.Countries[onMap(c)]
				m.Places = append(m.Places, place{Country: c, X: o.X, Y: o.Y, R: smallDot})
			}
		}
	}
	for _, p := range drawn { // the busiest first, so that the others lie on top
		w := max(thinnest, widest*math.Sqrt(float64(p.Cases)/float64(drawn[0].Cases)))
		m.Ways = append(m.Ways, way{p, arrow(find(m.Places, p.Home), find(m.Places, p.Host), w)})
	}
	return m
}

// onMap is where a country stands in the outlines, below 0 when it is not on the map.
func onMap(c contracts.CountryCode) int {
	return slices.IndexFunc(europe.Countries, func(o outline) bool { return o.Country == c && o.X > 0 })
}
