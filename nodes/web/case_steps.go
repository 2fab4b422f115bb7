package web

import (
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
)

// caseStep is one page of the questions about a case.
type caseStep string

// The steps, in their order; stepAll asks again for place and days of every trip, when they change after the decision.
const (
	stepWhere caseStep = "where"
	stepWhen  caseStep = "when"
	stepHow   caseStep = "how"
	stepYou   caseStep = "you"
	stepCheck caseStep = "check"
	stepAll   caseStep = "all"
)

var caseSteps = []caseStep{stepWhere, stepWhen, stepHow, stepYou, stepCheck}

// stepNames says the steps in a word or two.
var stepNames = map[caseStep]web.Words{stepWhere: "Where", stepWhen: "When", stepHow: "What work", stepYou: "About you", stepCheck: "Check"}

// stepTitles asks what each step is about.
var stepTitles = map[caseStep]web.Words{stepWhere: "Where do you work?", stepWhen: "When are you there?", stepHow: "What do you do, and for whom?",
	stepYou: "About you", stepCheck: "What follows", stepAll: "What has changed?"}

// wizardPage is one step.
type wizardPage struct {
	Locale *web.Locale
	Form   form
	ID     contracts.CaseID // empty before the first step is kept
	URL    string           // the page of the case
	Desk   bool             // an adviser writes
	Case   casework.Case
	Step   caseStep
	Trip   int // from 0, of the steps where and when
	Steps  []wizardStep
	Newer  bool // the case has moved on since; what was typed is in the form

	Countries, Residences, Nations []option
	Activities                     []option
	Home                           contracts.CountryCode
	Answers                        []*abroadAnswer
	Faults                         []stepFault // what the rules miss, and where to give it
	SubmitBy                       contracts.Date
	Late                           bool
}

type wizardStep struct {
	Name, URL string
	Current   bool
}

// stepFault leads to the step where something is missing.
type stepFault struct {
	contracts.Fault
	URL string
}

// Trips counts the trips of the case; WorkRows the rows of other work; Kinds and the others are choices.
func (p wizardPage) Trips() []int                  { return upTo(len(p.Case.Facts.Input.Trips)) }
func (p wizardPage) WorkRows() []int               { return upTo(mostWork) }
func (p wizardPage) At(i int, name string) string  { return tripField(i, name) }
func (p wizardPage) In(i int, name string) string  { return placeField(i, name) }
func (p wizardPage) Row(i int, name string) string { return workField(i, name) }
func (p wizardPage) Kinds() []option               { return p.choose(workKinds) }
func (p wizardPage) Engaged() []option             { return p.choose(caseEngaged) }
func (p wizardPage) Patterns() []option            { return casePatterns.in(p.Locale) }
func (p wizardPage) Dangers() []option             { return caseDangers.in(p.Locale) }
func (p wizardPage) NoYes() []option               { return noYes.in(p.Locale) }
func (p wizardPage) Sexes() []option               { return sexes.in(p.Locale) }
func (p wizardPage) Workers() []option             { return otherWork.in(p.Locale) }
func (p wizardPage) choose(c choices) []option {
	return append([]option{{"", p.Locale.T("Please choose")}}, c.in(p.Locale)...)
}

// SelfEmployed tells whether the questions to the self-employed are asked.
func (p wizardPage) SelfEmployed() bool {
	return p.Form.get("engagements[0].type") == string(mobility.SelfEmployed)
}

// MoreWork tells whether the rows of other work are shown open.
func (p wizardPage) MoreWork() bool {
	return p.Form.get("pattern") == string(mobility.Regular) || p.Form.get(workField(0, "who")) != "" || len(p.Form.Field("work", "").Faults) > 0
}

// TripNumber and Count count trips from 1, as addresses do.
func (p wizardPage) TripNumber() int { return p.Trip + 1 }
func (p wizardPage) Count(i int) int { return i + 1 }

// TripName is the country and town of a trip.
func (p wizardPage) TripName(i int) string {
	name := stateIn(p.Locale, p.Case.Facts.Input.Trips[i].Host)
	if town := placeOf(p.Case.Facts, i+1).Town; town != "" {
		name = town + ", " + name
	}
	return name
}

// tripPart is the questions about one trip.
type tripPart struct {
	Page wizardPage
	Trip int
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

var (
	caseEngaged  = choices{{string(mobility.Employed), "The co-operative employs me"}, {string(mobility.SelfEmployed), "I am self-employed"}, {string(mobility.CivilServant), "I am a civil servant, sent by my administration"}}
	caseDangers  = choices{{"", "no"}, {"circus", "Circus"}, {"stunt", "Stunts"}, {"rigging", "Rigging, work high up"}}
	casePatterns = choices{{string(mobility.OneOff), "Once, or now and then"}, {string(mobility.Regular), "Regularly: it is a normal part of my work"}}
	noYes        = choices{{"", "no"}, {"yes", "yes"}}
	sexes        = choices{{"", "not said"}, {"F", "female (F)"}, {"M", "male (M)"}, {"X", "other (X)"}}
	otherWork    = choices{{"", "no other work"}, {mainEngagement, "this co-operative"}, {string(mobility.Employed), "another employer"}, {string(mobility.SelfEmployed), "self-employed"}, {string(mobility.CivilServant), "a public administration"}}
)

// stepOf is where a field is asked, and of which trip.
func stepOf(field string) (caseStep, int) {
	trip := 0
	if _, err := fmt.Sscanf(field, "trips[%d].", &trip); err == nil {
		switch field {
		case tripField(trip, "start"), tripField(trip, "end"):
			return stepWhen, trip
		case tripField(trip, "host"), tripField(trip, "host_undertaking"):
			return stepWhere, trip
		}
		return stepHow, 0
	}
	switch field {
	case "departure", "return", "schedule":
		return stepWhen, 0
	case "work", "engagements[0].type", "activity", "task", "danger":
		return stepHow, 0
	}
	return stepYou, 0
}
