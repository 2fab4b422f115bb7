package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/store"
)

// deskPath is where advisers work on cases.
const deskPath = "/casework"

// mostCases bounds how many cases one list looks at.
const mostCases = 5000

// deskRow is a case on the desk: what is due next, and what is missing.
type deskRow struct {
	store.CaseRow
	Place   string
	Says    string         // what is due, in words
	By      contracts.Date // until when; no day when nothing is
	Missing []string
	Alarms  []string
	Unread  int
}

// URL is the adviser's page of the case.
func (r deskRow) URL() string { return deskPath + "/" + string(r.ID) }

// deskPage is the queue.
type deskPage struct {
	List  *web.Listed
	Board []deskColumn
	Hosts int // cases of other co-operatives that wait for us
}

// deskColumn is a state of the board with its cases.
type deskColumn struct {
	Name string
	Rows []deskRow
}

// desk lists the cases by urgency.
func (s server) desk(c echo.Context) error {
	l := web.LocaleOf(c)
	rows, err := s.deskRows(c)
	if err != nil {
		return err
	}
	t := deskTable(l, s.today())
	t.Filters = deskFilters(l, rows)
	a, err := t.Asked(c, "find", "state", "host", "adviser", "late")
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, narrowed(c, rows)))
	if err != nil || list == nil {
		return err
	}
	return s.render(c, http.StatusOK, "casework", web.Page{Title: l.T("Cases"), Body: deskPage{List: list},
		Lead: l.T("Work abroad of your members: what is due first stands first.")})
}

// board shows the cases in their states.
func (s server) board(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	rows, err := s.deskRows(c)
	if err != nil {
		return err
	}
	var p deskPage
	for _, state := range contracts.CaseStates {
		if col := (deskColumn{Name: l.T(caseStates[state])}); !casework.Final(state) {
			for _, r := range rows {
				if r.State == state {
					col.Rows = append(col.Rows, r)
				}
			}
			if len(col.Rows) > 0 {
				p.Board = append(p.Board, col)
			}
		}
	}
	if err := web.Saw(c, sightsOf(rows, func(r deskRow) access.Sight { return sightOfCase(r.Case) })...); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "caseboard", web.Page{Title: l.T("Board of cases"), Body: p, Crumbs: []web.Link{{Text: l.T("Cases"), URL: deskPath}, {Text: l.T("Board of cases")}}})
}

// deskRows reads the open cases, or those of the state that is asked for, the most urgent first.
func (s server) deskRows(c echo.Context) (all []deskRow, err error) {
	f := store.CaseFilter{State: casework.State(c.QueryParam("state")), Limit: mostCases}
	f.Open = f.State == ""
	var cases []store.CaseRow
	var unread map[contracts.CaseID]int
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		if cases, err = s.Store.Cases(ctx, q, web.ScopeOf(c), f); err != nil {
			return err
		}
		unread, err = s.Store.UnreadNotes(ctx, q, web.ScopeOf(c), s.adapter().Code)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, k := range cases {
		row := s.deskRow(web.LocaleOf(c), k)
		row.Unread = unread[k.ID]
		all = append(all, row)
	}
	slices.SortStableFunc(all, s.urgency)
	return all, nil
}

// urgency puts first what is due first: what is late already, then by the day, what waits for nothing at the end.
func (s server) urgency(a, b deskRow) int {
	due := func(r deskRow) contracts.Date {
		switch {
		case len(r.Alarms) > 0 || r.Unread > 0:
			return s.today()
		case r.By.IsZero():
			return store.NoDay
		}
		return r.By
	}
	return cmp.Or(due(a).Sub(due(b)), cmp.Compare(len(b.Alarms), len(a.Alarms)), a.Start().Sub(b.Start()))
}

func (s server) deskRow(l *web.Locale, k store.CaseRow) deskRow {
	r := deskRow{CaseRow: k, Place: or(placesOf(l, k.Case), l.T("not said yet")), Missing: missingOf(l, k.Case), Alarms: s.alarmsOf(l, k.Case)}
	r.Says, r.By = s.dueNext(l, k.Case)
	return r
}

// dueNext is the next thing that advisers have to do in a case, and until when.
func (s server) dueNext(l *web.Locale, k casework.Case) (says string, by contracts.Date) {
	switch k.State {
	case contracts.CaseSubmitted:
		says, by = l.T("Take it up"), k.Start()
	case contracts.CaseAssessing:
		says, by = l.T("Decide"), k.Start()
	case contracts.CaseDecided:
		says, by = l.T("Begin with the papers"), k.Start()
	case contracts.CaseEnded:
		return l.T("File the papers and close"), s.today()
	}
	for _, r := range s.Cases.Rules.Agenda(k) {
		mine := slices.Contains(r.To, access.Adviser) || slices.Contains(r.To, access.Manager)
		if mine && !r.By.Before(s.today()) && (by.IsZero() || r.By.Before(by)) {
			says, by = l.T(reminderNames[r.Kind]), r.By
			if r.Host != "" {
				says += ", " + stateIn(l, r.Host)
			}
		}
	}
	return says, by
}

// soon is how many days before departure a missing paper becomes an alarm.
const soon = 7

// alarmsOf says what is wrong with a case now.
func (s server) alarmsOf(l *web.Locale, k casework.Case) (all []string) {
	before := slices.Contains([]casework.State{contracts.CaseSubmitted, contracts.CaseAssessing, contracts.CaseNeedsInfo, contracts.CaseDecided, contracts.CasePreparing}, k.State)
	left := k.Start().Sub(s.today())
	switch {
	case k.Start().IsZero():
	case k.Has("STARTED_NOT_READY") && len(k.Missing()) > 0:
		all = append(all, l.T("begun without all papers"))
	case before && left < 0:
		all = append(all, l.T("the work should have begun"))
	case before && left <= soon:
		all = append(all, l.T("leaves in %d days", left))
	}
	if k.ReviewOpen {
		all = append(all, l.T("changed during the work"))
	}
	for _, t := range k.Tracks {
		if t.State == contracts.TrackRefused || t.State == contracts.TrackExpired {
			all = append(all, l.T("%s: %s", l.T(trackNames[t.Kind]), l.T(trackStates[t.State])))
		}
	}
	return all
}

// missingOf names what departure waits for.
func missingOf(l *web.Locale, k casework.Case) (all []string) {
	for _, t := range k.Missing() {
		name := l.T(trackNames[t.Kind])
		if t.Host != "" {
			name += ", " + stateIn(l, t.Host)
		}
		all = append(all, name)
	}
	return all
}

// narrowed are the rows that are asked for.
func narrowed(c echo.Context, rows []deskRow) []deskRow {
	find, host, adviser := strings.ToLower(c.QueryParam("find")), c.QueryParam("host"), c.QueryParam("adviser")
	return slices.DeleteFunc(slices.Clone(rows), func(r deskRow) bool {
		return find != "" && !strings.Contains(strings.ToLower(r.MemberName+" "+r.Place), find) ||
			host != "" && !slices.ContainsFunc(hostsIn(r.Case), func(s string) bool { return s == host }) ||
			adviser != "" && or(r.Adviser, nobody) != adviser ||
			c.QueryParam("late") != "" && len(r.Alarms) == 0 && !r.Has("LATE")
	})
}

// nobody stands for the adviser of a case that no one has taken.
const nobody = "nobody"

func hostsIn(k casework.Case) (all []string) {
	for _, s := range k.HostStates() {
		all = append(all, iso(s))
	}
	return all
}

// deskFilters offers what is in the rows.
func deskFilters(l *web.Locale, rows []deskRow) []web.Filter {
	states := []web.Link{{Text: l.T("all open ones")}}
	for _, s := range contracts.CaseStates {
		states = append(states, web.Link{Text: l.Sentence(l.T(caseStates[s])), URL: string(s)})
	}
	hosts, advisers := []web.Link{{Text: l.T("all")}}, []web.Link{{Text: l.T("all")}, {Text: l.T("nobody yet"), URL: nobody}}
	add := func(all []web.Link, one web.Link) []web.Link {
		if one.URL == "" || slices.ContainsFunc(all, func(o web.Link) bool { return o.URL == one.URL }) {
			return all
		}
		return append(all, one)
	}
	for _, r := range rows {
		for _, h := range r.HostStates() {
			hosts = add(hosts, web.Link{Text: stateIn(l, h), URL: iso(h)})
		}
		advisers = add(advisers, web.Link{Text: r.TakenBy, URL: r.Adviser})
	}
	return []web.Filter{find(l), {Name: "state", Label: l.T("State"), Kind: "choice", Of: states}, {Name: "host", Label: l.T("Country"), Kind: "choice", Of: hosts},
		{Name: "adviser", Label: l.T("Adviser"), Kind: "choice", Of: advisers}, {Name: "late", Label: l.T("Urgency"), Kind: "choice", Of: []web.Link{{Text: l.T("all")}, {Text: l.T("late or in alarm"), URL: "yes"}}}}
}

// deskTable is the queue.
func deskTable(l *web.Locale, today contracts.Date) web.Table[deskRow] {
	return web.Table[deskRow]{Name: "cases", Label: l.T("Cases"), Sees: func(r deskRow) access.Sight { return sightOfCase(r.Case) },
		Columns: []web.Column[deskRow]{
			{Name: "member", Heading: l.T("Member"), Cell: func(r deskRow) web.Cell { return web.Cell{Value: r.MemberName, URL: r.URL(), Note: r.Place} }},
			{Name: "places", Heading: l.T("Country"), In: web.InFile, Cell: func(r deskRow) web.Cell { return web.Cell{Value: r.Place} }},
			{Name: "start", Heading: l.T("Begins"), Cell: func(r deskRow) web.Cell { return dayCell(r.Start()) }},
			{Name: "end", Heading: l.T("Ends"), In: web.InFile, Cell: func(r deskRow) web.Cell { return dayCell(r.End()) }},
			{Name: "state", Heading: l.T("State"), Cell: func(r deskRow) web.Cell {
				badge := caseBadge(r.State)
				return web.Cell{Value: l.T(badge.Text), Badge: &badge, Note: r.TakenBy}
			}},
			{Name: "adviser", Heading: l.T("Adviser"), In: web.InFile, Cell: func(r deskRow) web.Cell { return web.Cell{Value: r.TakenBy} }},
			{Name: "due", Heading: l.T("Due next"), Cell: func(r deskRow) web.Cell {
				cell := dayCell(r.By)
				cell.Note, cell.Alarm = r.Says, strings.Join(r.Alarms, "; ")
				return cell
			}},
			{Name: "days", Heading: l.T("Days left"), Figure: true, Cell: func(r deskRow) web.Cell {
				if r.By.IsZero() {
					return web.Cell{}
				}
				return web.Cell{Value: r.By.Sub(today)}
			}},
			{Name: "what", Heading: l.T("What is due"), In: web.InFile, Cell: func(r deskRow) web.Cell { return web.Cell{Value: r.Says} }},
			{Name: "alarms", Heading: l.T("Alarms"), In: web.InFile, Cell: func(r deskRow) web.Cell { return web.Cell{Value: strings.Join(r.Alarms, "; ")} }},
			{Name: "missing", Heading: l.T("Missing"), Fixed: true, Cell: func(r deskRow) web.Cell {
				cell := web.Cell{Value: strings.Join(r.Missing, "; ")}
				if r.Unread > 0 {
					cell.Alarm = l.T("%d unread messages", r.Unread)
				}
				return cell
			}},
		}}
}

func dayCell(d contracts.Date) web.Cell {
	if d.IsZero() {
		return web.Cell{}
	}
	return web.Cell{Value: d}
}
