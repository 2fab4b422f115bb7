package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/mobility"
	"passerelle/nodes/papers"
	"passerelle/nodes/store"
)

const hostPath = "/host-cases"

// hostStates say where another co-operative's case stands with us.
var hostStates = map[correspondence.HostState]web.Badge{
	correspondence.Asked: {Kind: "warn", Text: "asked"}, correspondence.Accepted: {Kind: "live", Text: "we help"}, correspondence.Declined: {Text: "declined"},
	correspondence.Closed: {Text: "closed"}, correspondence.Erased: {Text: "access has ended"},
}

// The states as the badges name them, for the catalogues.
var _ = []web.Words{"asked", "we help", "declined", "closed", "access has ended"}

// hostRow is a row of the list: it names nobody, so that looking at the list is no look at a person.
type hostRow struct {
	correspondence.HostCase
	Unread int
}

// hostListPage lists the cases of other co-operatives in this country.
type hostListPage struct{ List *web.Listed }

func (s server) hostList(c echo.Context) error {
	l, scope := web.LocaleOf(c), web.ScopeOf(c)
	var rows []hostRow
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		cases, err := s.Store.HostCases(ctx, q, scope, mostHostCases)
		if err != nil {
			return err
		}
		unread, err := s.Store.UnreadFromHome(ctx, q, scope)
		for _, k := range cases {
			rows = append(rows, hostRow{k, unread[k.ID]})
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b hostRow) int {
		return cmp.Or(hostRank(a)-hostRank(b), a.FirstDay.Sub(b.FirstDay))
	})
	t := hostTable(l)
	a, err := t.Asked(c)
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, rows))
	if err != nil || list == nil {
		return err
	}
	return s.render(c, http.StatusOK, "hostcases", web.Page{Title: l.T("Cases of other co-operatives"), Body: hostListPage{list},
		Lead: l.T("Members of other countries who work here. The list names nobody; who opens a case is named to its home.")})
}

// hostRank puts first what waits for us.
func hostRank(r hostRow) int {
	switch {
	case r.State == correspondence.Asked:
		return 0
	case r.Unread > 0:
		return 1
	case r.State == correspondence.Accepted:
		return 2
	}
	return 3
}

func hostTable(l *web.Locale) web.Table[hostRow] {
	return web.Table[hostRow]{Name: "host-cases", Label: l.T("Cases of other co-operatives"), Columns: []web.Column[hostRow]{
		{Name: "case", Heading: l.T("Case"), Cell: func(r hostRow) web.Cell {
			return web.Cell{Value: l.Country(r.Home) + " " + string(r.ID[:8]), URL: hostPath + "/" + r.Ref()}
		}},
		{Name: "from", Heading: l.T("Begins"), Cell: func(r hostRow) web.Cell { return dayCell(r.FirstDay) }},
		{Name: "to", Heading: l.T("Ends"), Cell: func(r hostRow) web.Cell { return dayCell(r.LastDay) }},
		{Name: "state", Heading: l.T("State"), Cell: func(r hostRow) web.Cell {
			badge := hostStates[r.State]
			cell := web.Cell{Value: l.T(badge.Text), Badge: &badge}
			if r.Unread > 0 {
				cell.Alarm = l.T("%d unread messages", r.Unread)
			}
			return cell
		}},
		{Name: "ends_on", Heading: l.T("Access ends"), Cell: func(r hostRow) web.Cell { return dayCell(r.EndsOn) }},
	}}
}

// hostView is one case of another co-operative: what its letters say, and no more.
type hostView struct {
	correspondence.HostCase
	Locale   *web.Locale
	HomeName string
	Badge    web.Badge
	Person   *letter.Person
	Nations  string
	Employer string
	Trips    []hostTrip
	Law      *letter.Law
	Insured  string
	A1       *letter.A1Status
	Filings  []hostFiling
	Pay      *contracts.Money // told because a tax on the fee has to be weighed
	Adviser  *letter.Contact
	Share    *letter.Share
	Reason   string // why an exception is asked for
	Files    []hostFile
	Moves    []deskMove
	Thread   threadView
	Form     form
	Said     string
	Declines string // our own reason, when we declined
}

// hostTrip is a stay here, in words.
type hostTrip struct {
	letter.Trip
	Kind string
}

// hostFiling is a declaration that we are asked to file.
type hostFiling struct {
	letter.Filing
	Name, URL, Reference string
}

// hostFile is a paper that home sent for inspection.
type hostFile struct{ Name, URL string }

// hostSaid is what the page says after something was done.
var hostSaid = map[string]web.Words{"accept": "Home is told that we help.", "decline": "Home is told that we cannot.", "filed": "Home has the number of the declaration.", "tax": "Home has the note on tax.", "contact": "Home has the contact.",
	"engage": "Home is told how the person is insured here.", "agree": "Home is told that we agree.", "disagree": "Home is told what we propose.", "view": "Home has our view.", "message": "The message is sent."}

func (s server) hostCase(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	return s.showHost(c, http.StatusOK, blankForm())
}

// showHost opens a file, which tells home, and shows it.
func (s server) showHost(c echo.Context, status int, f form) error {
	home, id, err := hostRef(c)
	if err != nil {
		return err
	}
	file, err := s.Hosting.Open(c.Request().Context(), web.ScopeOf(c), home, id)
	if err != nil {
		return noCase(err)
	}
	if err := web.Saw(c, access.Sight{Kind: "host_case", Record: file.Ref()}); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	v := hostView{HostCase: file.HostCase, Locale: l, HomeName: l.Country(home), Badge: hostStates[file.State], Form: f, Said: l.T(hostSaid[c.QueryParam("done")])}
	for _, way := range []correspondence.Way{correspondence.Taken, correspondence.Sent} { // what we answered comes after what was asked
		for _, m := range file.Messages {
			if m.Way == way && m.Refused == "" && m.Invalid.IsZero() {
				v.take(l, m)
			}
		}
	}
	v.Thread.Lines = lettersInThread(l, file.Messages)
	read, err := s.Store.ReadUpTo(c.Request().Context(), s.db(), web.ScopeOf(c), home, id, store.HostSide)
	if err != nil {
		return err
	}
	v.Thread.mark(read)
	if err := s.noteRead(c, home, id, store.HostSide, ""); err != nil {
		return err
	}
	if hosts.Lets(web.PrincipalOf(c)) && file.State != correspondence.Erased {
		v.Moves = hostMoves(l, file, f)
		v.Thread.Action, v.Thread.Form = hostPath+"/"+file.Ref()+"/message", f
		v.Thread.To = append([]option{{"", l.T("ask the co-operative in %s", v.HomeName)}}, v.Thread.answers(l)...)
	}
	title := l.T("Case from %s", v.HomeName)
	if v.Person != nil {
		title = v.Person.Name
	}
	return s.render(c, status, "hostcase", web.Page{Title: title, Body: v, Badges: []web.Badge{v.Badge}, Crumbs: []web.Link{{Text: l.T("Cases of other co-operatives"), URL: hostPath}, {Text: title}}})
}

// take puts a letter into the picture: the latest of a kind holds.
func (v *hostView) take(l *web.Locale, m correspondence.Message) {
	switch x := m.Letter.(type) {
	case letter.HostRequest:
		v.Person, v.Employer, v.Law, v.A1, v.Adviser = &x.Person, x.Employer, &x.Law, &x.A1, x.Adviser
		v.setTrips(l, x.Trips)
		v.Pay, v.Filings = nil, nil
		if x.Withholding != nil {
			v.Pay = &x.Withholding.Pay
		}
		for _, f := range x.Filings {
			v.Filings = append(v.Filings, filingOf(f))
		}
	case letter.HostLegislation:
		v.Person, v.Law = &x.Person, &x.Law
		v.setTrips(l, x.Trips)
	case letter.ExceptionRequested:
		v.Person, v.Reason = &x.Person, x.Reason
		v.setTrips(l, x.Trips)
	case letter.Determination:
		v.Person, v.Law, v.Share = &x.Person, &x.Law, x.Share
	case letter.A1Status:
		v.A1 = &x
	case letter.ChangeNotice:
		if len(x.Trips) > 0 {
			v.setTrips(l, x.Trips)
		}
	case letter.DeclarationFiled:
		v.filed(x)
	case letter.HostDecline:
		v.Declines = x.Reason
	case letter.HostAccept:
		v.Declines = ""
	}
	if v.Person != nil {
		v.Nations = nationsOf(l, v.Person.Nationality)
	}
	if v.Law != nil {
		v.Insured = stateIn(l, mobility.State(v.Law.Legislation))
	}
	for i, d := range m.Documents {
		if m.Way == correspondence.Taken && d.Size > 0 {
			v.Files = append(v.Files, hostFile{l.T(paperNames[paperKind(d.Kind)]), hostPath + "/" + v.Ref() + "/letters/" + string(m.Message) + "/documents/" + strconv.Itoa(i+1) + "?version=" + strconv.Itoa(m.Version)})
		}
	}
}

// nationsOf names nationalities; who has none has a word of his own.
func nationsOf(l *web.Locale, codes []string) string {
	var names []string
	for _, code := range codes {
		name := l.Country(mobility.State(code).Country())
		for _, n := range nations {
			if n.Value == code {
				name = l.T(n.Text)
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func (v *hostView) setTrips(l *web.Locale, trips []letter.Trip) {
	v.Trips = nil
	for _, t := range trips {
		kind := t.Activity
		for _, w := range workKinds {
			if w.Value == t.Activity {
				kind = l.T(w.Text)
			}
		}
		v.Trips = append(v.Trips, hostTrip{t, kind})
	}
}

func filingOf(f letter.Filing) hostFiling {
	out := hostFiling{Filing: f, Name: f.System}
	for _, form := range papers.DeclarationForms() {
		if form.Key == f.System {
			out.Name, out.URL = or(form.Name.Own, form.Name.English), form.URL
		}
	}
	return out
}

// filed notes the reference of a declaration that we filed.
func (v *hostView) filed(d letter.DeclarationFiled) {
	for i := range v.Filings {
		if v.Filings[i].Trip == d.Trip || d.Trip == 0 && len(v.Filings) == 1 {
			v.Filings[i].Reference = d.Reference
		}
	}
}

// A1Badge is how far the A1 is.
func (v hostView) A1Badge() web.Badge {
	return web.Badge{Kind: trackBadges[v.A1.State], Text: trackStates[v.A1.State]}
}
