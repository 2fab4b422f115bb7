package web

import "passerelle/internal/web"

// boardRoutes are what the board meets with: a page for each country, and how its figures are reckoned.
func (s server) boardRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/board/method", Who: readers, Handle: s.method, Summary: "see how the board's figures are reckoned"},
		{Method: "GET", Path: "/board/countries/:country", Who: readers, Handle: s.countryPage, Summary: "see a co-operative before the board"},
	}
}
