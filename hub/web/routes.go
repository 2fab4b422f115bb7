package web

import (
	"slices"

	"passerelle/hub/investment"
	"passerelle/hub/mobility"
	"passerelle/internal/access"
	"passerelle/internal/account/pages"
	"passerelle/internal/web"
)

// Who sees what at the hub. Single documents, though without names, are for those who run and those who audit it.
var (
	readers   = access.To(access.Board, access.Operator, access.Auditor)
	operators = access.To(access.Operator, access.Auditor)

	bookkeepers = access.To(access.Operator) // enter what the board decided, and the board reads it
)

// Routes lists every address of the hub, as they are declared.
func Routes() []web.Route { return server{}.routes() }

func (s server) routes() []web.Route {
	return append(pages.Pages{Accounts: s.accounts, Render: s.pages.Render}.Routes(), s.ownRoutes()...)
}

func (s server) ownRoutes() []web.Route {
	return web.Described("Passerelle, the hub", slices.Concat(s.boardRoutes(), s.packRoutes(), []web.Route{
		{Method: "GET", Path: "/", Who: readers, Handle: s.overview, Summary: "see the state of Europe"},
		{Method: "GET", Path: "/crossborder", Who: readers, Handle: s.crossborder, Summary: "see what is invoiced across borders"},
		{Method: "GET", Path: "/crossborder/:seller/:buyer", Who: readers, Handle: s.pair, Summary: "see what two countries invoice"},
		{Method: "GET", Path: "/crossborder/:seller/:buyer/:month", Who: operators, Handle: s.documents, Summary: "see the documents of two countries in a month"},
		{Method: "GET", Path: "/nodes", Who: readers, Handle: s.nodes, Summary: "see the nodes"},
		{Method: "GET", Path: "/nodes/:country", Who: readers, Handle: s.node, Summary: "see a node"},
		{Method: "GET", Path: "/nodes/:country/reports/:month", Who: readers, Handle: s.report, Summary: "see every version of a node's monthly report"},
		{Method: "GET", Path: "/investment/evidence/:number", Who: readers, Handle: s.evidence, Summary: "take the paper a node gave for a condition"},
		{Method: "GET", Path: "/mobility", Who: readers, Handle: s.mobility, Summary: "see how the mobility cases stand"},
		{Method: "GET", Path: "/investment", Who: readers, Handle: s.investment, Summary: "see the investments at a glance"},
		{Method: "GET", Path: "/investment/programmes/:id", Who: readers, Handle: s.programme, Summary: "see a programme of the investments"},
		{Method: "GET", Path: "/investment/tranches/:id", Who: readers, Handle: s.tranche, Summary: "see a tranche on its way"},
		{Method: "GET", Path: "/investment/decisions", Who: readers, Handle: s.decisions, Summary: "search the decisions of the board"},
		{Method: "GET", Path: "/investment/enter/:kind", Who: bookkeepers, Handle: s.investmentDesk().form, Summary: "fill in an entry of the board's book"},
		{Method: "POST", Path: "/investment/enter/:kind", Who: bookkeepers, Handle: s.investmentDesk().post, Summary: "enter what the board decided and what became of it"},
		{Method: "GET", Path: "/solidarity", Who: readers, Handle: s.solidarity, Summary: "see the pot of solidarity and its contributions"},
		{Method: "GET", Path: "/solidarity/simulation", Who: readers, Handle: s.simulationPage, Summary: "simulate a key of contributions"},
		{Method: "GET", Path: "/solidarity/enter/:kind", Who: bookkeepers, Handle: s.solidarityDesk().form, Summary: "fill in an entry of the pot"},
		{Method: "POST", Path: "/solidarity/enter/:kind", Who: bookkeepers, Handle: s.solidarityDesk().post, Summary: "enter what the co-operatives decided and paid"},
		{Method: "GET", Path: "/charter", Who: readers, Handle: s.charter, Summary: "read the charter"},
		{Method: "GET", Path: "/charter/versions/:number", Who: readers, Handle: s.charterVersion, Summary: "read a version of the charter and its votes"},
		{Method: "GET", Path: "/charter/enter/:kind", Who: bookkeepers, Handle: s.charterDesk().form, Summary: "fill in an entry of the charter"},
		{Method: "POST", Path: "/charter/enter/:kind", Who: bookkeepers, Handle: s.charterDesk().post, Summary: "enter what was proposed, voted and promised"},
		{Method: "GET", Path: "/commitments", Who: readers, Handle: s.commitments, Summary: "see what was promised"},
		{Method: "GET", Path: "/commitments/:id", Who: readers, Handle: s.commitment, Summary: "follow a commitment"},
		{Method: "GET", Path: "/operations", Who: operators, Handle: s.operations, Summary: "see how the channels stand"},
		web.ChooseLanguage,
		{Method: "GET", Path: "/api/network", Who: readers, Handle: s.apiNetwork, Summary: "read the network's table",
			Gives: web.OneOf{[]computedRow{}, []map[string]string{}}, Query: []string{"year", "source"}},
		{Method: "GET", Path: "/api/crossborder", Who: readers, Handle: s.apiCrossborder, Summary: "read the border matrix",
			Gives: crossborderJSON{}, Query: []string{"year", "from", "to"}},
		{Method: "GET", Path: "/api/crossborder/documents", Who: operators, Handle: s.apiDocuments, Summary: "list documents across borders",
			Gives: documentsJSON{}, Query: []string{"from", "to", "month", "after"}},
		{Method: "GET", Path: "/api/nodes", Who: readers, Handle: s.apiNodes, Summary: "list the nodes",
			Gives: []nodeJSON{}},
		{Method: "GET", Path: "/api/mobility", Who: readers, Handle: s.apiMobility, Summary: "read how the mobility cases stand",
			Gives: mobility.Board{}},
		{Method: "GET", Path: "/api/investment", Who: readers, Handle: s.apiInvestment, Summary: "read the investments as of a day",
			Gives: investmentJSON{}, Query: []string{"on"}},
		{Method: "GET", Path: "/api/investment/series", Who: readers, Handle: s.apiSeries, Summary: "read plan and actual by country and year",
			Gives: []investment.Row{}, Query: []string{"on", "sort", "page", "format"}},
		{Method: "GET", Path: "/api/investment/entries", Who: readers, Handle: s.apiEntries, Summary: "read every entry of the board's book",
			Gives: []entryJSON{}, Query: []string{"on"}},
		{Method: "GET", Path: "/api/investment/outlook", Who: readers, Handle: s.apiOutlook, Summary: "read where a co-operative's model is heading, and what would be if",
			Gives: outlookJSON{}, Query: []string{"country", "rate", "growth", "cost_growth", "lost_at_once", "lost_in_year", "support"}},
		{Method: "GET", Path: "/api/solidarity", Who: readers, Handle: s.apiSolidarity, Summary: "read the pot as of a day",
			Gives: solidarityJSON{}, Query: []string{"on"}},
		{Method: "GET", Path: "/api/solidarity/contributions", Who: readers, Handle: s.apiContributions, Summary: "read what was called and paid",
			Gives: []debtLine{}, Query: []string{"on", "sort", "page", "format"}},
		{Method: "GET", Path: "/api/solidarity/entries", Who: readers, Handle: s.apiSolidarityEntries, Summary: "read every entry of the pot",
			Gives: []actJSON{}, Query: []string{"on"}},
		{Method: "GET", Path: "/api/solidarity/simulation", Who: readers, Handle: s.apiSimulation, Summary: "simulate two keys of contributions",
			Gives: simulation{}, Query: append([]string{"sort", "page", "format"}, simulated...)},
		{Method: "GET", Path: "/api/charter", Who: readers, Handle: s.apiCharter, Summary: "read the charter and the commitments as of a day",
			Gives: charterJSON{}, Query: []string{"on"}},
		{Method: "GET", Path: "/api/charter/entries", Who: readers, Handle: s.apiCharterEntries, Summary: "read every entry of the charter",
			Gives: []actJSON{}, Query: []string{"on"}},
		{Method: "GET", Path: "/api/commitments", Who: readers, Handle: s.apiCommitments, Summary: "read what was promised and how it stands",
			Gives: []commitmentLine{}, Query: []string{"standing", "on", "sort", "page", "format"}},
		{Method: "GET", Path: "/api/operations", Who: operators, Handle: s.apiOperations, Summary: "read how the channels stand",
			Gives: operations{}},
	}))
}
