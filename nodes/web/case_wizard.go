package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
)

// newCase begins with what is known of the person already.
func (s server) newCase(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	k, err := s.beginCase(c)
	if err != nil {
		return err
	}
	return s.showStep(c, http.StatusOK, wizardPage{Case: k, Step: stepWhere, Form: formOfFacts(k)})
}

// beginCase is a case with one trip and what was said in the last one.
func (s server) beginCase(c echo.Context) (k casework.Case, err error) {
	ctx, scope := c.Request().Context(), web.ScopeOf(c)
	m := member.ID(scope.Member())
	in := mobility.Input{Home: s.homeState(), Trips: []mobility.Trip{{Engagement: mainEngagement, Pattern: mobility.OneOff}},
		Engagements: []mobility.Engagement{{ID: mainEngagement, Type: mobility.Employed, Employer: s.Outbound.Seller.Party.Name, Seat: s.homeState()}}}
	k = casework.Case{Member: m, Facts: casework.Facts{Input: in}}
	err = s.db().Read(ctx, func(ctx context.Context, q storage.Querier) error {
		contact, err := s.Store.Contact(ctx, q, scope, m)
		if err != nil {
			return err
		}
		if k.Facts.Input.Residence = s.homeState(); contact.Country != "" {
			k.Facts.Input.Residence = mobility.StateOf(contact.Country)
		}
		activities, err := s.Store.ActivitiesOf(ctx, q, scope, m, 2)
		if err != nil {
			return err
		}
		if len(activities) == 1 {
			k.Facts.Activity = activities[0].ID
		}
		before, err := s.Store.CasesOf(ctx, q, scope, m)
		remember(&k.Facts, before)
		return err
	})
	return k, err
}

// remember takes over from the newest case that says it who the person is and how he works.
func remember(f *casework.Facts, before []casework.Case) {
	for _, old := range before {
		was := old.Facts
		if len(was.Input.Nationality) == 0 {
			continue
		}
		f.Person, f.Input.Nationality, f.Input.Residence, f.Input.LegallyResident = was.Person, was.Input.Nationality, was.Input.Residence, was.Input.LegallyResident
		f.Input.Checks.HomeCoverSince, f.Input.Checks.SelfEmployedSince = was.Input.Checks.HomeCoverSince, was.Input.Checks.SelfEmployedSince
		if len(was.Input.Engagements) > 0 && was.Input.Engagements[0].Type != "" {
			f.Input.Engagements[0].Type, f.Input.Engagements[0].Employer = was.Input.Engagements[0].Type, was.Input.Engagements[0].Employer
		}
		if len(was.Input.Trips) > 0 {
			f.Input.Trips[0].Activity = was.Input.Trips[0].Activity
		}
		if was.Activity != "" {
			f.Activity = was.Activity
		}
		return
	}
}

func (s server) homeState() mobility.State { return mobility.StateOf(s.adapter().Code) }

// openCase keeps the first step as a draft.
func (s server) openCase(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	k, err := s.beginCase(c)
	if err != nil {
		return err
	}
	p := wizardPage{Case: k, Step: stepWhere, Form: in}
	readWhere(&p.Form, &p.Case.Facts, 0)
	p.Form.demand(web.Words("choose the country where you work"), tripField(0, "host"))
	if len(p.Form.Faults) == 0 {
		opened, err := s.Cases.Create(c.Request().Context(), web.ScopeOf(c), k.Member, p.Case.Facts)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, stepURL(opened.ID, stepWhen, 0))
		}
		if err := p.refused(err); err != nil {
			return err
		}
	}
	return s.showStep(c, http.StatusUnprocessableEntity, p)
}

// refused keeps the faults at their fields.
func (p *wizardPage) refused(err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	fs := placed(contracts.FaultsOf(err))
	p.Newer = slices.ContainsFunc(fs, func(f contracts.Fault) bool { return f.Code == casework.FaultStale })
	return p.Form.refused(fs.Err())
}

func stepURL(id contracts.CaseID, step caseStep, trip int) string {
	more := ""
	if trip > 0 {
		more = strconv.Itoa(trip + 1)
	}
	return web.Address("/cases/"+string(id)+"/edit", "step", string(step), "trip", more)
}

// askedStep is the step of the address, and its trip from 0.
func askedStep(c echo.Context, k casework.Case) (step caseStep, trip int, err error) {
	if err := web.KnownQuery(c, "step", "trip"); err != nil {
		return "", 0, err
	}
	step = caseStep(c.QueryParam("step"))
	if step == "" {
		step = stepWhere
	}
	if k.State != contracts.CaseDraft {
		step = stepAll
	}
	if _, known := stepTitles[step]; !known {
		return "", 0, contracts.Fault{Code: contracts.FaultInvalid, Field: "step", Message: "there is no such step", Remedy: "follow the links of the page"}
	}
	if t := c.QueryParam("trip"); t != "" {
		n, err := strconv.Atoi(t)
		if err != nil || n < 1 || n > len(k.Facts.Input.Trips) {
			return "", 0, contracts.Fault{Code: contracts.FaultInvalid, Field: "trip", Message: "there is no such trip", Remedy: "follow the links of the page"}
		}
		trip = n - 1
	}
	return step, trip, nil
}

// editCase shows a step of a draft, or the facts of a decided case that may be changed.
func (s server) editCase(c echo.Context) error {
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if !mayChange(c, k.State) {
		return c.Redirect(http.StatusSeeOther, pageOf(c, k.ID))
	}
	step, trip, err := askedStep(c, k)
	if err != nil {
		return err
	}
	k = withTrip(k)
	return s.showStep(c, http.StatusOK, wizardPage{ID: k.ID, Case: k, Step: step, Trip: trip, Form: formOfFacts(k)})
}

// mayChange tells whether facts are changed on this page: a member's draft and decided case on his own, a decided case on the adviser's.
func mayChange(c echo.Context, state casework.State) bool {
	if atDesk(c) {
		return slices.Contains(casework.May(state, casework.HA), casework.Change{}.Name())
	}
	may := casework.May(state, casework.M)
	return slices.Contains(may, casework.Edit{}.Name()) || slices.Contains(may, casework.Change{}.Name())
}

// atDesk tells an adviser's page from a member's.
func atDesk(c echo.Context) bool { return strings.HasPrefix(c.Path(), deskPath+"/") }

// pageOf is the page of a case for whoever asks.
func pageOf(c echo.Context, id contracts.CaseID) string {
	if atDesk(c) {
		return deskPath + "/" + string(id)
	}
	return "/cases/" + string(id)
}

// withTrip gives a case its first trip, which the questions are about.
func withTrip(k casework.Case) casework.Case {
	if len(k.Facts.Input.Trips) == 0 {
		k.Facts.Input.Trips = []mobility.Trip{{Engagement: mainEngagement, Pattern: mobility.OneOff}}
	}
	k.Facts.Input.Trips = slices.Clone(k.Facts.Input.Trips)
	return k
}

// writeStep keeps a step and goes on, back, or to another place of the journey.
func (s server) writeStep(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	step, trip, err := askedStep(c, k)
	if err != nil {
		return err
	}
	p := wizardPage{ID: k.ID, Case: withTrip(k), Step: step, Trip: trip, Form: in}
	s.readStep(&p)
	if p.Form.get("do") != "back" {
		p.demanded()
	}
	if len(p.Form.Faults) == 0 {
		url, err := s.keepStep(c, p)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, url)
		}
		if err := p.refused(orMissing(err, "case")); err != nil {
			return err
		}
	}
	return s.showStep(c, http.StatusUnprocessableEntity, p)
}

// readStep reads what the step asks into the facts.
func (s server) readStep(p *wizardPage) {
	f, facts := &p.Form, &p.Case.Facts
	switch p.Step {
	case stepWhere:
		readWhere(f, facts, p.Trip)
	case stepWhen:
		readWhen(f, facts, p.Trip)
	case stepHow:
		readHow(f, facts, s.Outbound.Seller.Party.Name)
	case stepYou:
		readYou(f, facts)
	case stepAll:
		for i := range facts.Input.Trips {
			readWhere(f, facts, i)
			readWhen(f, facts, i)
		}
	}
}

// demanded refuses what the step cannot do without.
func (p *wizardPage) demanded() {
	f := &p.Form
	for _, i := range p.Trips() {
		here := i == p.Trip || p.Step == stepAll
		if here && (p.Step == stepWhere || p.Step == stepAll) {
			f.demand(web.Words("choose the country where you work"), tripField(i, "host"))
		}
		if here && (p.Step == stepWhen || p.Step == stepAll) {
			f.demand(web.Words("give the first and the last day of work"), tripField(i, "start"), tripField(i, "end"))
			p.inOrder(i)
		}
	}
	switch p.Step {
	case stepHow:
		f.demand(web.Words("choose what fits best"), "trips[0].activity", "engagements[0].type")
		f.Faults.Add("work", sharesFit(p.Case.Facts.Input))
	case stepYou:
		f.demand(web.Words("choose a country"), "nationality", "residence")
		if c := p.Case.Facts.Input.Checks.HomeCoverSince; !c.Given && !p.SelfEmployed() {
			f.Faults.Addf(contracts.FaultMissing, "checks.home_cover_since", "give the day, or say below that you were not", "nothing is given")
		}
	}
}

// inOrder refuses a trip that ends before it begins.
func (p *wizardPage) inOrder(i int) {
	if t := p.Case.Facts.Input.Trips[i]; !t.Start.IsZero() && !t.End.IsZero() && t.End.Before(t.Start) {
		p.Form.Faults.Addf(contracts.FaultDate, tripField(i, "end"), "give the last day, on or after the first", "%s is before the start on %s", t.End, t.Start)
	}
}

// sharesFit refuses shares that are more than the whole.
func sharesFit(in mobility.Input) error {
	var time mobility.Share
	for _, g := range in.Engagements {
		for _, w := range g.Work {
			if w.Time != nil {
				time += *w.Time
			}
		}
	}
	if time <= mobility.Whole {
		return nil
	}
	return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("the shares of time add up to %s", time), Remedy: "give parts of all your work, which are 100 % together"}
}

// keepStep stores the facts and tells where to go on.
func (s server) keepStep(c echo.Context, p wizardPage) (string, error) {
	seen, err := strconv.Atoi(p.Form.get("version"))
	if err != nil {
		return "", contracts.Fault{Code: contracts.FaultMalformed, Message: "the form cannot be read", Remedy: "open the page again"}
	}
	next, trip := p.after()
	var event casework.Event = casework.Change{At: casework.At{Version: seen}, Facts: p.Case.Facts}
	if p.Step != stepAll {
		event = casework.Edit{At: casework.At{Version: seen}, Facts: p.Case.Facts}
	}
	if _, err := s.Cases.Fire(c.Request().Context(), web.ScopeOf(c), p.ID, event); err != nil {
		return "", err
	}
	if p.Step == stepAll {
		return pageOf(c, p.ID) + "?done=changed", nil
	}
	return stepURL(p.ID, next, trip), nil
}

// after is the step that follows what was pressed; another place, or one less, changes the trips.
func (p *wizardPage) after() (caseStep, int) {
	i, in := slices.Index(caseSteps, p.Step), &p.Case.Facts.Input
	switch p.Form.get("do") {
	case "back":
		return caseSteps[max(0, i-1)], p.Trip
	case "another":
		next := in.Trips[len(in.Trips)-1]
		next.Host, next.HostUndertaking, next.Start, next.End = "", "", contracts.Date{}, contracts.Date{}
		in.Trips = append(in.Trips, next)
		return stepWhere, len(in.Trips) - 1
	case "remove":
		p.remove(p.Trip)
		return stepCheck, 0
	}
	if p.Step == stepWhere {
		return stepWhen, p.Trip
	}
	return caseSteps[min(len(caseSteps)-1, i+1)], 0
}

// remove leaves a trip out; one stays.
func (p *wizardPage) remove(trip int) {
	f := &p.Case.Facts
	if len(f.Input.Trips) < 2 {
		return
	}
	f.Input.Trips = slices.Delete(f.Input.Trips, trip, trip+1)
	var places []casework.Place
	for _, place := range f.Places {
		if place.Trip == trip+1 {
			continue
		}
		if place.Trip > trip+1 {
			place.Trip--
		}
		places = append(places, place)
	}
	f.Places = places
}

func (s server) showStep(c echo.Context, status int, p wizardPage) error {
	l := web.LocaleOf(c)
	p.Locale, p.Home, p.URL, p.Desk = l, s.adapter().Code, pageOf(c, p.ID), atDesk(c)
	if p.Newer { // what was typed stays; sent again, it is meant for the case as it is now
		now, found, err := s.Store.Case(c.Request().Context(), s.db(), web.ScopeOf(c), p.ID)
		if err != nil || !found {
			return orElse(err, web.NotFound("case"))
		}
		p.Form.values.Set("version", strconv.Itoa(now.Version))
	}
	if err := s.stepChoices(c, &p); err != nil {
		return err
	}
	if p.Step == stepCheck {
		if err := s.consult(c, &p); err != nil {
			return err
		}
	}
	for _, step := range caseSteps {
		one := wizardStep{Name: l.T(stepNames[step]), Current: step == p.Step}
		if p.ID != "" && !one.Current {
			one.URL = stepURL(p.ID, step, 0)
		}
		p.Steps = append(p.Steps, one)
	}
	crumbs := []web.Link{{Text: l.T("Work abroad"), URL: "/cases"}, {Text: l.T("New")}}
	if p.Step == stepAll {
		crumbs = []web.Link{{Text: l.T("Work abroad"), URL: strings.TrimSuffix(p.URL, "/"+string(p.ID))}, {Text: caseName(l, p.Case), URL: p.URL}, {Text: l.T("Change")}}
	}
	return s.render(c, status, "case_step", web.Page{Title: l.T(stepTitles[p.Step]), Body: p, Crumbs: crumbs})
}

func (s server) stepChoices(c echo.Context, p *wizardPage) error {
	l := p.Locale
	all := s.countries(l)
	none := option{"", l.T("Choose a country")}
	p.Residences = append([]option{none}, all...)
	p.Nations = append([]option{none}, append(slices.Clone(all), option{string(mobility.Refugee), l.T("Recognised refugee")}, option{string(mobility.Stateless), l.T("Stateless")})...)
	p.Countries = slices.DeleteFunc(slices.Clone(p.Residences), func(o option) bool { return o.Value == string(p.Home) })
	if p.Step != stepHow {
		return nil
	}
	p.Activities = []option{{"", l.T("not yet known")}}
	activities, err := s.Store.ActivitiesOf(c.Request().Context(), s.db(), web.ScopeOf(c), p.Case.Member, mostOfOne)
	for _, a := range activities {
		p.Activities = append(p.Activities, option{string(a.ID), a.Name})
	}
	return err
}

// consult asks the rules about a case that is not handed in yet.
func (s server) consult(c echo.Context, p *wizardPage) error {
	ctx, l := c.Request().Context(), p.Locale
	others, err := s.Cases.Spells(ctx, s.db(), access.Of(string(p.Case.Member)), p.Case.Member, p.Case.ID)
	if err != nil {
		return err
	}
	in := casework.Fill(p.Case.Facts.Input, others, s.adapter())
	result := s.Cases.Rules.Engine.Decide(mobility.Case{ID: string(p.Case.ID), Input: in}, mobility.Options{On: s.today()})
	for _, f := range placed(result.Faults) {
		step, trip := stepOf(f.Field)
		p.Faults = append(p.Faults, stepFault{f, stepURL(p.ID, step, trip) + "#" + f.Field})
	}
	if result.Decision != nil {
		p.Answers = answersAbroad(l, in, result.Decision)
	}
	if start := p.Case.Start(); !start.IsZero() {
		p.SubmitBy = s.Cases.Rules.SubmitBy(start)
		p.Late = s.today().After(p.SubmitBy)
	}
	return nil
}
