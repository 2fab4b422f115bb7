package web

import (
	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/investment"
	"passerelle/internal/access"
	"passerelle/internal/web"
)

// packRoutes are the packs of the board's meetings, all series by themselves, and the account to the assembly.
func (s server) packRoutes() []web.Route {
	query := []string{"as_of", "country", "sort", "page", "format"}
	return []web.Route{
		{Method: "GET", Path: "/board/packs", Who: readers, Handle: s.packs, Summary: "see the packs of the board's meetings"},
		{Method: "POST", Path: "/board/packs", Who: bookkeepers, Handle: s.issuePack, Summary: "make the pack of a meeting"},
		{Method: "GET", Path: "/board/packs/:number", Who: readers, Handle: s.pack, Summary: "see a pack and whether it can be made again"},
		{Method: "GET", Path: "/board/packs/:number/files/:file", Who: readers, Handle: s.packFile, Summary: "download a file of a pack"},
		{Method: "GET", Path: "/board/series", Who: readers, Handle: s.seriesPage, Summary: "see which series can be taken along"},
		{Method: "GET", Path: "/assembly", Who: access.Anybody(), Handle: s.assembly, Summary: "read what the contribution paid for, once it is published"},
		{Method: "GET", Path: "/board/assembly", Who: readers, Handle: s.publishing, Summary: "see what the account to the assembly would say"},
		{Method: "POST", Path: "/board/assembly", Who: bookkeepers, Handle: s.publish, Summary: "publish or withdraw the account of a year"},
		{Method: "GET", Path: "/api/assembly", Who: access.Anybody(), Handle: s.apiAssembly, Summary: "read the published accounts of what the contribution paid for", Gives: []accountJSON{}},
		{Method: "GET", Path: "/api/board/packs", Who: readers, Handle: s.apiPacks, Summary: "list the packs of the board's meetings", Gives: []packJSON{}},
		{Method: "GET", Path: "/api/board/tranches", Who: readers, Summary: "read every tranche on its way", Gives: []boardpack.TrancheRow{}, Query: query,
			Handle: series(s, boardpack.TrancheTable, boardpack.State.Tranches, func(r boardpack.TrancheRow) contracts.CountryCode { return r.Country })},
		{Method: "GET", Path: "/api/board/conditions", Who: readers, Summary: "read every condition, open or not", Gives: []boardpack.ConditionRow{}, Query: query,
			Handle: series(s, boardpack.ConditionTable, boardpack.State.Conditions, func(r boardpack.ConditionRow) contracts.CountryCode { return r.Country })},
		{Method: "GET", Path: "/api/board/decisions", Who: readers, Summary: "read what the board voted on", Gives: []investment.Decision{}, Query: query,
			Handle: series(s, boardpack.DecisionTable, func(b boardpack.State) []investment.Decision { return b.Books.Decisions }, func(investment.Decision) contracts.CountryCode { return "" })},
		{Method: "GET", Path: "/api/board/reports", Who: readers, Summary: "read every version of the monthly reports", Gives: []boardpack.Report{}, Query: query,
			Handle: series(s, boardpack.ReportTable, func(b boardpack.State) []boardpack.Report { return b.Reports }, func(r boardpack.Report) contracts.CountryCode { return r.Country })},
		{Method: "GET", Path: "/api/board/coverage", Who: readers, Summary: "read coverage by country and month", Gives: []boardpack.CoverageRow{}, Query: query,
			Handle: series(s, boardpack.CoverageTable, boardpack.State.Coverage, func(r boardpack.CoverageRow) contracts.CountryCode { return r.Country })},
		{Method: "GET", Path: "/api/board/outlook", Who: readers, Summary: "read where each co-operative's model is heading", Gives: []boardpack.Outlook{}, Query: query,
			Handle: series(s, boardpack.OutlookTable, boardpack.State.Outlooks, func(r boardpack.Outlook) contracts.CountryCode { return r.Country })},
		{Method: "GET", Path: "/api/board/published", Who: readers, Handle: s.apiPublished, Summary: "read the published tables word for word", Gives: []publishedJSON{},
			Query: []string{"as_of", "year", "sort", "page", "format"}},
	}
}
