package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// casesPage is a member's work abroad: what is going on, and the days.
type casesPage struct {
	Proposed, Running, Past []caseLine
	Days                    daysView
	Entered                 []casework.WorkDay
	Form                    form
	States                  []option
	Said                    string
}

// caseLine is a case in a sentence.
type caseLine struct {
	casework.Case
	Name     string
	Standing standing
	Badge    web.Badge
	Deadline contracts.Date // the next one
	URL      string
}

// myCases lists a member's cases, the open ones first.
func (s server) myCases(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	return s.showCases(c, http.StatusOK, blankForm("day", s.today().String()))
}

func (s server) showCases(c echo.Context, status int, f form) error {
	l, scope := web.LocaleOf(c), web.ScopeOf(c)
	p := casesPage{Form: f, Said: l.T(caseSaid[c.QueryParam("done")])}
	m := member.ID(scope.Member())
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) error {
		all, err := s.Store.CasesOf(ctx, q, scope, m)
		if err != nil {
			return err
		}
		for _, k := range all {
			p.add(s.caseLine(l, k))
		}
		days, err := s.daysOf(ctx, q, scope, m, s.today())
		p.Days, p.Entered = s.daysView(l, days), days.Entered
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(p.Running, func(a, b caseLine) int { return a.Start().Compare(b.Start()) })
	p.States = slices.DeleteFunc(countriesIn(l), func(o option) bool { return o.Value == string(s.adapter().Code) })
	return s.render(c, status, "cases", web.Page{Title: l.T("Work abroad"), Body: p, Lead: l.T("You work in another country for a day or for months: here you say so, see which papers you need, and find them again.")})
}

func (p *casesPage) add(line caseLine) {
	switch {
	case line.State == contracts.CaseDraft && line.Source != "":
		p.Proposed = append(p.Proposed, line)
	case line.Open():
		p.Running = append(p.Running, line)
	default:
		p.Past = append(p.Past, line)
	}
}

func (s server) caseLine(l *web.Locale, k casework.Case) caseLine {
	line := caseLine{Case: k, Name: caseName(l, k), Standing: standingOf(l, k), Badge: caseBadge(k.State), URL: "/cases/" + string(k.ID)}
	if k.State == contracts.CaseDraft {
		line.URL += "/edit"
	}
	if k.Open() {
		line.Deadline = s.Cases.Rules.NextDeadline(k, s.today())
	}
	return line
}

// enterDay keeps a day of work abroad that belongs to no case.
func (s server) enterDay(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	d := casework.WorkDay{Day: in.date("day"), State: stateOf(&in, "state")}
	if len(in.Faults) == 0 {
		scope := web.ScopeOf(c)
		err := s.Cases.EnterDay(c.Request().Context(), scope, member.ID(scope.Member()), d)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/cases?done=day#days")
		}
		if err := in.refused(orMissing(err, "member")); err != nil {
			return err
		}
	}
	return s.showCases(c, http.StatusUnprocessableEntity, in)
}

// removeDay takes one back.
func (s server) removeDay(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	d := casework.WorkDay{Day: in.date("day"), State: stateOf(&in, "state")}
	if err := in.Faults.Err(); err != nil {
		return err
	}
	scope := web.ScopeOf(c)
	if err := s.Cases.RemoveDay(c.Request().Context(), scope, member.ID(scope.Member()), d); err != nil {
		return orMissing(err, "day")
	}
	return c.Redirect(http.StatusSeeOther, "/cases?done=day-removed#days")
}

// daysView is the days abroad as a picture and a table.
type daysView struct {
	Rows          []daysRow
	Width, Height int
}

// daysRow is one State: its days of the last twelve months against the limits that matter there.
type daysRow struct {
	Name   string
	Count  casework.Count
	Limits []dayLimit
	Y      int
	Bar    float64 // of the picture's width, for the twelve months
}

// dayLimit is a number of days beyond which something else holds.
type dayLimit struct {
	Used, Most int
	Says       string
}

// Reached tells whether it is used up, Near whether little is left.
func (d dayLimit) Reached() bool { return d.Used > d.Most }

// Near tells whether little is left.
func (d dayLimit) Near() bool { return !d.Reached() && d.Used*5 >= d.Most*4 }

// taxDays is how long an employee may work in a State within twelve months before his pay is taxed there, other conditions aside (OECD Model
// Tax Convention, Art. 15(2)).
const taxDays = 183

const (
	dayBar      = 520.0 // width of a year in the picture
	dayBarRow   = 44
	dayBarLabel = 18
)

func (s server) daysView(l *web.Locale, d daysFile) daysView {
	v := daysView{Width: int(dayBar)}
	for i, n := range d.Counts {
		row := daysRow{Name: stateIn(l, n.State), Count: n, Y: i*dayBarRow + dayBarLabel, Bar: dayBar * float64(min(n.Months12, 365)) / 365}
		row.Limits = append(s.hostLimits(l, n), dayLimit{n.Months12, taxDays, l.T("in twelve months: beyond, the pay of employees is usually taxed there")})
		v.Rows = append(v.Rows, row)
	}
	v.Height = len(d.Counts)*dayBarRow + dayBarLabel
	return v
}

// hostLimits are the days up to which a State wants no declaration, as its rules of today have it.
func (s server) hostLimits(l *web.Locale, n casework.Count) (all []dayLimit) {
	for _, limit := range s.Cases.Rules.Engine.DayLimits(n.State, s.today()) {
		one := dayLimit{usedDays(n)[limit.Count], limit.Most, l.Retell(limit.Says)}
		i := slices.IndexFunc(all, func(o dayLimit) bool { return o.Most == one.Most && o.Says == one.Says })
		if i < 0 {
			all = append(all, one)
			continue
		}
		all[i].Used = max(all[i].Used, one.Used)
	}
	return all
}

// usedDays is a count by the names of the host States' limits.
func usedDays(n casework.Count) map[mobility.DayCount]int {
	return map[mobility.DayCount]int{"host_days_quarter": n.Quarter, "host_days_year": n.Year, "host_days_12m": n.Months12, "host_days_13w": n.Weeks13, "host_work_days_year": n.WorkDaysYear}
}
