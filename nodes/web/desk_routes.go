package web

import (
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
)

// deskReaders are who sees the cases of all members on the desk. No accountant: a case holds more than its money.
var deskReaders = access.To(access.Adviser, access.Manager, access.Auditor)

// deskRoutes lists the pages of advisers: their own members' work abroad, and where we are host.
func (s server) deskRoutes() []web.Route {
	routes := []web.Route{
		{Method: "GET", Path: "/casework", Who: deskReaders, Handle: s.desk, Personal: true, Summary: "see the cases by urgency"},
		{Method: "GET", Path: "/casework/board", Who: deskReaders, Handle: s.board, Personal: true, Summary: "see the cases in their states"},
		{Method: "GET", Path: "/casework/calendar.ics", Who: deskReaders, Handle: s.deskCalendar, Summary: "take the calendar of all cases"},
		{Method: "GET", Path: "/casework/:id", Who: deskReaders, Handle: s.deskCase, Object: "case", Personal: true, Summary: "see a case"},
		{Method: "GET", Path: "/casework/:id/forms/:form", Who: deskReaders, Handle: s.deskForm, Object: "case", Personal: true, Summary: "see a paper of a case filled in"},
		{Method: "GET", Path: "/casework/:id/edit", Who: advisers, Handle: s.editCase, Object: "case", Personal: true, Summary: "see the facts of a case, to change them"},
		{Method: "POST", Path: "/casework/:id/edit", Who: advisers, Handle: s.writeStep, Object: "case", Personal: true, Summary: "change the facts of a case"},
		{Method: "POST", Path: "/casework/:id/messages", Who: advisers, Handle: s.adviserWrites, Object: "case", Personal: true, Summary: "write about a case"},
		{Method: "POST", Path: "/casework/:id/papers", Who: advisers, Handle: s.deskPaper, Object: "case", Personal: true, Upload: true, Summary: "add a document to a case"},
		{Method: "GET", Path: "/casework/:id/papers/:paper", Who: deskReaders, Handle: s.apiPaper, Object: "case", Personal: true, Summary: "see a document of a case"},
		{Method: "POST", Path: "/casework/:id/papers/:paper/withdraw", Who: advisers, Handle: s.deskWithdraw, Object: "case", Personal: true, Summary: "mark a document of a case as wrong"},
		{Method: "POST", Path: "/cases/:id/messages", Who: own, Handle: s.memberWrites, Object: "case", Summary: "write about one's own case"},
		{Method: "GET", Path: "/host-cases", Who: hostReaders, Handle: s.hostList, Summary: "see the cases of other co-operatives in this country"},
		{Method: "GET", Path: "/host-cases/:id", Who: hostReaders, Handle: s.hostCase, Personal: true, Summary: "see a case of another co-operative"},
		{Method: "POST", Path: "/host-cases/:id/:act", Who: hosts, Handle: s.hostAct, Personal: true, Summary: "answer the home of a case"},
		{Method: "GET", Path: "/host-cases/:id/letters/:message/documents/:number", Who: hostReaders, Handle: s.apiHostDocument, Personal: true, Summary: "see a document of a case of another co-operative"},
	}
	names := []string{}
	for name := range deskEvents {
		names = append(names, string(name))
	}
	slices.Sort(names)
	for _, name := range names {
		move := casework.Name(name)
		route := web.Route{Method: "POST", Path: "/casework/:id/" + name, Who: advisers, Handle: s.advise(move), Object: "case"}
		route.Personal, route.Summary = true, caseMoves[move]
		routes = append(routes, route)
	}
	return routes
}
