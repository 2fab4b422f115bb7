package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/collate"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/mobility"
)

// papersPath is where anybody may ask which papers work abroad needs.
const papersPath = "/papers"

// papersAsked are the questions of the page, all in its address, so that it can be sent on. None is about who asks.
var papersAsked = []string{"host", "start", "end", "kind", "engaged", "residence", "nationality", "covered", "regular", "before"}

// papersPage is the questions, and the answer once they are put.
type papersPage struct {
	Form      form
	Home      contracts.CountryCode
	Countries []option
	Kinds     []option
	Engaged   []option
	Nations   []option
	Covered   []option
	Regular   []option
	Answer    *abroadAnswer // nil before the first question, and while something must be put right
}

// papers answers "Do I need papers?" on facts that name nobody. Nothing is stored, and the address is not logged.
func (s server) papers(c echo.Context) error {
	if err := web.KnownQuery(c, papersAsked...); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	f := form{values: c.QueryParams()}
	asked := len(f.values) > 0
	if !asked {
		f = s.blankQuestion()
	}
	p := papersPage{Home: s.adapter().Code, Countries: countriesIn(l), Kinds: workKinds.in(l), Engaged: engagedAs.in(l), Nations: nations.in(l), Covered: coveredFor.in(l), Regular: regularity.in(l)}
	status := http.StatusOK
	if asked {
		if p.Answer = s.answerPapers(&f, l); p.Answer == nil {
			status = http.StatusUnprocessableEntity
		}
	}
	p.Form = f
	return s.render(c, status, "papers", web.Page{Title: l.T("Do I need papers?"), Body: p,
		Lead: l.T("A few questions about work in another country. The answer says where you are insured, which papers you need, and why. Nobody asks who you are, and nothing is kept.")})
}

// blankQuestion begins with what is most often so.
func (s server) blankQuestion() form {
	return blankForm("residence", string(s.adapter().Code), "kind", "performance", "engaged", string(mobility.Employed), "nationality", "eu", "covered", "yes", "regular", string(mobility.OneOff))
}

// answerPapers runs the rules; nil when the form has faults.
func (s server) answerPapers(f *form, l *web.Locale) *abroadAnswer {
	input := s.anonymousCase(f)
	if len(f.Faults) > 0 {
		return nil
	}
	result := mobility.New(adapters.Atlas()).Decide(mobility.Case{Input: input}, mobility.Options{})
	for _, fault := range result.Faults {
		fault.Field = papersField[fault.Field]
		f.Faults = append(f.Faults, fault)
	}
	if result.Decision == nil {
		return nil
	}
	return answerAbroad(l, input, result.Decision)
}

// papersField finds the question that a fault of the rules is about.
var papersField = map[string]string{"trips[0].host": "host", "trips[0].start": "start", "trips[0].end": "end", "residence": "residence", "nationality": "nationality"}

// anonymousCase makes a case of the answers.
func (s server) anonymousCase(f *form) mobility.Input {
	home := mobility.State(s.adapter().Code)
	trip := mobility.Trip{Engagement: "work", Host: f.state("host"), Start: f.date("start"), End: f.date("end"), Pattern: mobility.Pattern(f.oneOf("regular", regularity)),
		Activity: mobility.Activity(f.oneOf("kind", workKinds))}
	in := mobility.Input{Home: home, Residence: f.state("residence"), Trips: []mobility.Trip{trip}, CentreOfInterest: home,
		Nationality: []mobility.Nationality{mobility.Nationality(nationOf(f.oneOf("nationality", nations), home))}}
	work := mobility.Engagement{ID: "work", Type: mobility.EngagementType(f.oneOf("engaged", engagedAs)), Seat: home}
	if trip.Pattern == mobility.Regular {
		work.Work = halves(in.Residence, home, trip.Host)
	}
	in.Engagements = []mobility.Engagement{work}
	for _, day := range []struct {
		name string
		on   contracts.Date
	}{{"start", trip.Start}, {"end", trip.End}} {
		if day.on.IsZero() && !slices.ContainsFunc(f.Faults, func(x contracts.Fault) bool { return x.Field == day.name }) {
			f.Faults.Addf(contracts.FaultMissing, day.name, "give a day", "no day")
		}
	}
	cover := coverOf(f.oneOf("covered", coveredFor), trip.Start)
	in.Checks.HomeCoverSince, in.Checks.SelfEmployedSince = cover, cover
	in.Declaration = daysThere(f.count("before"), trip.End.Sub(trip.Start)+1)
	return in
}

// halves shares regular work evenly between the State of residence, or home for who lives elsewhere, and the host.
func halves(residence, home, host mobility.State) []mobility.Work {
	half := mobility.Share(50 * 10_000)
	at := home
	if residence != host && residence != mobility.ThirdState {
		at = residence
	}
	if at == host {
		return []mobility.Work{{State: host, Time: &half}}
	}
	return []mobility.Work{{State: at, Time: &half}, {State: host, Time: &half}}
}

// nationOf takes one State for each group that the rules tell apart.
func nationOf(group string, home mobility.State) string {
	switch group {
	case "eu":
		return string(home)
	case "eea":
		return "NO"
	case "ch":
		return "CH"
	case "uk":
		return "UK"
	case "refugee", "stateless":
		return group
	}
	return string(mobility.ThirdState)
}

// coverOf turns "how long" into a day.
func coverOf(answer string, start contracts.Date) mobility.Cover {
	days, known := map[string]int{"yes": 366, "short": 10}[answer]
	if !known || start.IsZero() {
		return mobility.Cover{Given: true}
	}
	return mobility.Cover{Given: true, Since: start.AddDays(-days)}
}

// daysThere counts every day of the past year into each sum that a host limits, which is careful where it is not exact.
func daysThere(before, trip int) mobility.DeclarationFacts {
	sum := func(most int) *int {
		n := min(before+max(trip, 0), most)
		return &n
	}
	return mobility.DeclarationFacts{HostDaysQuarter: sum(92), HostDaysYear: sum(366), HostDays12Months: sum(366), HostDays13Weeks: sum(91), HostWorkDaysYear: sum(366)}
}

// state reads a country of the list.
func (f *form) state(name string) mobility.State {
	var s mobility.State
	if f.get(name) == "" {
		f.Faults.Addf(contracts.FaultMissing, name, "choose a country", "no country")
		return s
	}
	f.Faults.Add(name, s.UnmarshalText([]byte(f.get(name))))
	return s
}

// oneOf reads a choice.
func (f *form) oneOf(name string, of choices) string {
	for _, c := range of {
		if c.Value == f.get(name) {
			return c.Value
		}
	}
	f.Faults.Addf(contracts.FaultInvalid, name, "choose from the list", "not in the list")
	return of[0].Value
}

// count reads a number of days; nothing is none.
func (f *form) count(name string) int {
	if f.get(name) == "" {
		return 0
	}
	n, err := strconv.Atoi(f.get(name))
	if err != nil || n < 0 || n > 366 {
		f.Faults.Addf(contracts.FaultInvalid, name, "give a number of days from 0 to 366", "not a number of days")
		return 0
	}
	return n
}

// area are the countries between which social security is coordinated, by ISO 3166-1.
var area = strings.Fields("AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK")

// countriesIn lists them by their name in a language, and any other country last.
func countriesIn(l *web.Locale) []option {
	all := make([]option, len(area))
	for i, c := range area {
		all[i] = option{c, l.Country(contracts.CountryCode(c))}
	}
	order := collate.New(l.Tag)
	slices.SortFunc(all, func(a, b option) int { return order.CompareString(a.Text, b.Text) })
	return append(all, option{string(mobility.ThirdState), l.T("Another country")})
}
