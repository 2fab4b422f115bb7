package mobility

import (
	"fmt"
	"slices"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// decider is one decision on its way.
type decider struct {
	engine  *Engine
	law     *law
	set     *ruleSet
	in      *Input
	on      contracts.Date // first day of work, by which dated law is read; zero for the last
	explain bool

	trip int // index of the trip looked at, -1 for the case as a whole
	out  Decision
}

// outcome is the answer on social security, for the case or for one trip.
type outcome struct {
	legislation State
	article     Article
	a1          A1
	a1Says      string // the sentence that is the reason for a1
}

func (d *decider) decide() (*Decision, error) {
	d.trip = -1
	d.out = Decision{RuleSet: d.set.Name, Warnings: []Finding{}, Reasons: []Reason{}}
	d.out.Regime = d.regime()
	if err := d.legislation(); err != nil {
		return nil, err
	}
	d.hosts()
	d.trip = -1
	d.health()
	d.permits()
	return &d.out, nil
}

// legislation chooses the table and sets what it answers.
func (d *decider) legislation() error {
	switch {
	case d.out.Regime == NotCovered:
		d.find("REGIME_NOT_COVERED", "")
		d.settle(d.adviser())
		return nil
	case d.several():
		o, err := d.severalStates()
		d.settle(o)
		return err
	}
	if err := d.coverGiven(); err != nil {
		return err
	}
	for i := range d.in.Trips {
		d.trip = i
		d.settleTrip(d.posting(&d.in.Trips[i]))
	}
	return nil
}

// several decides between Art. 13, work in several States, and Art. 12, a posting.
func (d *decider) several() bool {
	switch {
	case d.step("posting or several States", "no single trip is asked: work in several States", len(d.in.Trips) == 0):
		return true
	case d.step("posting or several States", "a trip is regular work: work in several States", slices.ContainsFunc(d.in.Trips, func(t Trip) bool { return t.Pattern == Regular })):
		return true
	case d.step("posting or several States", "trips to different States overlap: work in several States", d.in.overlapping()):
		d.find("OVERLAPPING_TRIPS", "")
		return true
	}
	d.step("posting or several States", "single trips, one after the other: each is a posting", true)
	return false
}

// overlapping tells whether two trips to different States share a day.
func (in *Input) overlapping() bool {
	for i, a := range in.Trips {
		for _, b := range in.Trips[:i] {
			if a.Host != b.Host && overlap(a, b) {
				return true
			}
		}
	}
	return false
}

// settle sets the outcome of the whole case, with the reasons of what is in it.
func (d *decider) settle(o outcome) {
	d.out.Legislation, d.out.Article, d.out.A1 = o.legislation, o.article, o.a1
	for i := range d.in.Trips {
		d.keepTrip(i, o)
	}
	d.giveReasons(o)
}

// settleTrip sets the outcome of a trip; the first speaks for the case.
func (d *decider) settleTrip(o outcome) {
	if d.trip == 0 {
		d.out.Legislation, d.out.Article, d.out.A1 = o.legislation, o.article, o.a1
	}
	d.keepTrip(d.trip, o)
	d.giveReasons(o)
}

func (d *decider) keepTrip(i int, o outcome) {
	if len(d.in.Trips) > 1 {
		d.out.Trips = append(d.out.Trips, TripDecision{Trip: i + 1, Host: d.in.Trips[i].Host, Legislation: o.legislation, Article: o.article, A1: o.a1})
	}
}

func (d *decider) giveReasons(o outcome) {
	if o.article != "" {
		d.reason("legislation", fmt.Sprintf("the law of %s applies, Article %s: %s", o.legislation, o.article, d.law.Articles[o.article].Says), d.law.Articles[o.article])
	}
	if d.out.Regime == TCAUK && strings.HasPrefix(string(o.article), "13") {
		d.sentence("legislation", "tca_several")
	}
	if o.a1.Route == ResidenceInstitution {
		d.sentence("legislation", "whole_income")
	}
	d.sentence("a1", o.a1Says)
	if o.a1.Needed == A1Needed && d.set.A1BeforeStart {
		d.find("A1_BEFORE_START", "")
	}
}

// a1Says names the sentence on an A1 that is asked for by a route.
var a1Says = map[Route]string{HomeInstitution: "a1_posted", ResidenceInstitution: "a1_several", Art16Authority: "a1_telework"}

// attest builds the outcome of an article: legislation, and an A1 issued there.
func (d *decider) attest(legislation State, article Article, route Route) outcome {
	article = d.named(article)
	return outcome{legislation, article, A1{Needed: A1Needed, Issuer: legislation, StatusCode: StatusCode(d.law.Articles[article].Status), Route: route,
		Institution: d.institution(legislation, article, route)}, a1Says[route]}
}

// local is the outcome of work that is insured where it is done.
func (d *decider) local(host State) outcome {
	return outcome{host, d.named("11.3a"), A1{Needed: A1NotNeeded, Route: NoRoute}, "a1_none"}
}

// adviser is the outcome of a case that nobody can decide from here.
func (d *decider) adviser() outcome {
	return outcome{a1: A1{Needed: A1Adviser, Route: AdviserRoute}, a1Says: "a1_adviser"}
}

// named is the article by the name it has in the regime.
func (d *decider) named(a Article) Article {
	if uk, other := d.law.TCA[a]; d.out.Regime == TCAUK && other {
		return uk
	}
	return a
}

// institution is who issues or decides the A1 in a State, where the State's data name it.
func (d *decider) institution(s State, a Article, route Route) string {
	at := s
	if route == ResidenceInstitution {
		at = d.in.Residence
	}
	m := d.engine.hosts[at.country()]
	if m == nil {
		return ""
	}
	ss := m.SocialSecurity
	employed, self := ss.A1Employee, ss.A1SelfEmployed
	if self == "same" || self == "" {
		self = employed
	}
	switch {
	case route == Art16Authority && ss.Exceptions != "":
		return ss.Exceptions
	case route != HomeInstitution && ss.A1MultiState != "":
		return ss.A1MultiState
	case a == "12.2" || a == "SSC.11.1b" || a == "13.2a" || a == "13.2b":
		return self
	}
	return employed
}

// find adds a warning with its reason, once; detail says what in this case brought it about.
func (d *decider) find(f Finding, detail string) {
	b := d.law.Findings[f]
	if detail != "" {
		b.Says += " (" + detail + ")"
	}
	if !slices.Contains(d.out.Warnings, f) {
		d.out.Warnings = append(d.out.Warnings, f)
	}
	d.reason(string(f), b.Says, b)
}

func (d *decider) sentence(member, name string) {
	b := d.law.Sentences[name]
	d.reason(member, b.Says, b)
}

func (d *decider) reason(member, says string, b basis) {
	d.out.Reasons = append(d.out.Reasons, Reason{For: member, Trip: d.tripNumber(), Says: says, Source: b.Source, Confidence: b.Confidence.Or()})
}

// tripNumber is the trip a reason is about, 0 for the case or when there is only one.
func (d *decider) tripNumber() int {
	if d.trip < 0 || len(d.in.Trips) < 2 {
		return 0
	}
	return d.trip + 1
}

// step notes a row of a table on the path and returns whether it holds.
func (d *decider) step(table, row string, holds bool) bool {
	if d.explain {
		d.out.Path = append(d.out.Path, Step{table, row, holds})
	}
	return holds
}

// evidence turns a fact of a country's data into a basis.
func (d *decider) evidence(m *country.Market, says string, e country.Evidence) basis {
	return basis{Says: says, Source: country.Cite(e, m.Sources), Confidence: e.Confidence.Or()}
}
