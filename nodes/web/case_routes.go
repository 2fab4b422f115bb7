package web

import (
	"passerelle/internal/access"
	"passerelle/internal/web"
)

// caseRoutes lists the pages of a member's work abroad.
func (s server) caseRoutes() []web.Route {
	routes := []web.Route{
		{Method: "GET", Path: "/cases", Who: own, Handle: s.myCases, Summary: "see one's own work abroad"},
		{Method: "GET", Path: "/cases/new", Who: own, Handle: s.newCase, Summary: "begin a case"},
		{Method: "POST", Path: "/cases/new", Who: own, Handle: s.openCase, Summary: "open a case"},
		{Method: "GET", Path: "/cases/calendar", Who: own, Handle: s.myCalendar, Summary: "take one's trips and dates for a calendar"},
		{Method: "GET", Path: "/cases/:id/pack", Who: own, Handle: s.carryPack, Object: "case", Summary: "take the papers of a trip to carry along"},
		{Method: "GET", Path: verifyPath, Who: access.Anybody(), Handle: s.verify, Summary: "ask whether papers hold"},
		{Method: "GET", Path: verifyPath + "/:code", Who: access.Anybody(), Handle: s.verify, Summary: "see whether papers hold"},
		{Method: "POST", Path: "/cases/days", Who: own, Handle: s.enterDay, Summary: "enter a day of work"},
		{Method: "POST", Path: "/cases/days/remove", Who: own, Handle: s.removeDay, Summary: "take a day of work back"},
		{Method: "GET", Path: "/cases/:id", Who: own, Handle: s.myCase, Object: "case", Summary: "see one's own case"},
		{Method: "GET", Path: "/cases/:id/edit", Who: own, Handle: s.editCase, Object: "case", Summary: "answer the questions about a case"},
		{Method: "POST", Path: "/cases/:id/edit", Who: own, Handle: s.writeStep, Object: "case", Summary: "change the facts of a case"},
		{Method: "POST", Path: "/cases/:id/papers", Who: own, Handle: s.addPaper, Object: "case", Upload: true, Summary: "add a document to a case"},
		{Method: "GET", Path: "/cases/:id/papers/:paper", Who: own, Handle: s.apiPaper, Object: "case", Summary: "see a document of a case"},
		{Method: "POST", Path: "/cases/:id/papers/:paper/withdraw", Who: own, Handle: s.withdrawPaper, Object: "case", Summary: "mark a document of a case as wrong"},
	}
	for _, move := range []string{"submit", "answer", "interrupt", "resume", "end", "cancel"} {
		routes = append(routes, web.Route{Method: "POST", Path: "/cases/:id/" + move, Who: own, Handle: s.moveCase(move), Object: "case", Summary: "move one's own case on"})
	}
	return routes
}
