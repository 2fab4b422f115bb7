package web

import (
	"passerelle/internal/access"
	"passerelle/internal/web"
)

// savers try out and save what would be if.
var savers = access.To(access.Board, access.Operator)

// boardRoutes are what the board meets with: its meetings, a page for each country, what would be if, and how its figures are reckoned.
func (s server) boardRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: meetingsPath, Who: readers, Handle: s.meetings, Summary: "see the meetings of the board"},
		{Method: "GET", Path: meetingsPath + "/:day", Who: readers, Handle: s.meeting, Summary: "see a meeting, its papers and minutes"},
		{Method: "GET", Path: meetingsPath + "/:day/papers/:number", Who: readers, Handle: s.meetingPaper, Summary: "read a paper of a meeting"},
		{Method: "POST", Path: meetingsPath + "/:day/papers", Who: bookkeepers, Handle: s.addMeetingPaper, Upload: true, Summary: "lay a paper before the board"},
		{Method: "GET", Path: meetingsPath + "/enter/:kind", Who: bookkeepers, Handle: s.meetingDesk().form, Summary: "fill in an entry of the book of meetings"},
		{Method: "POST", Path: meetingsPath + "/enter/:kind", Who: bookkeepers, Handle: s.meetingDesk().post, Summary: "enter what became of a meeting"},
		{Method: "GET", Path: "/board/method", Who: readers, Handle: s.method, Summary: "see how the board's figures are reckoned"},
		{Method: "GET", Path: "/board/countries/:country", Who: readers, Handle: s.countryPage, Summary: "see a co-operative before the board"},
		{Method: "GET", Path: "/board/countries/:country/what-if", Who: readers, Handle: s.whatIf, Summary: "see what would be if, and compare scenarios"},
		{Method: "POST", Path: "/board/countries/:country/scenarios", Who: savers, Handle: s.saveScenario, Summary: "save a scenario"},
		{Method: "POST", Path: "/board/countries/:country/scenarios/:id/remove", Who: savers, Handle: s.removeScenario, Summary: "remove a scenario"},
	}
}
