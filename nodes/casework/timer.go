package casework

import (
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes/mobility"
)

// ReminderKind says what is due.
type ReminderKind string

// The reminders. The days are those of section 3 of docs/mobility.md.
const (
	SubmitBy           ReminderKind = "submit_by"
	DeclarationDue     ReminderKind = "declaration_due"
	AskTwelveMonths    ReminderKind = "ask_12_months"
	MotivatedNotice    ReminderKind = "motivated_notification"
	PlanTwentyFour     ReminderKind = "plan_24_months"
	HomeLawEnds        ReminderKind = "home_legislation_ends"
	FreshPosting       ReminderKind = "fresh_posting"
	ProvisionalFinal   ReminderKind = "provisional_final"
	HostSilent         ReminderKind = "host_silent"          // 30 days after the request
	DeterminationQuiet ReminderKind = "determination_silent" // 60 days after a determination
	PapersMissing      ReminderKind = "papers_missing"
	NotDecided         ReminderKind = "not_decided" // the work begins and nobody has decided
	TellInstitution    ReminderKind = "tell_institution"
	CancelDeclaration  ReminderKind = "cancel_declaration"
	WithdrawA1         ReminderKind = "withdraw_a1"
	RenewPaper         ReminderKind = "renew_paper"
)

// The house's own periods; no law asks for these.
const (
	submitDays       = 20 // working days before the start
	declarationDays  = 5  // working days before a declaration is due
	renewDays        = 30 // days before a paper expires
	silentDays       = 30 // after a request to a host node, as in the institutions' own exchange
	determinationDay = 60
)

// escalation is how many working days before the start somebody is told that papers are missing: first the adviser, then the manager as well.
var escalation = []struct {
	days int
	to   []access.Role
}{{10, roles(access.Adviser)}, {5, roles(access.Adviser)}, {2, roles(access.Adviser, access.Manager)}}

func roles(all ...access.Role) []access.Role { return all }

// Reminder is something that is due in a case.
type Reminder struct {
	Key  string         `json:"key"` // the same all its life, so that it is given once
	Kind ReminderKind   `json:"kind"`
	On   contracts.Date `json:"on"`            // from which day it is shown
	By   contracts.Date `json:"by"`            // until when the thing must be done
	Trip int            `json:"trip,omitzero"` // from 1
	Host mobility.State `json:"host,omitzero"`
	To   []access.Role  `json:"to"`
}

// Agenda lists everything that the clock has in store for a case as it is now, the earliest deadline first: also what is not due yet.
func (r Rules) Agenda(c Case) []Reminder {
	a := agenda{Rules: r, c: c}
	if start := c.Start(); !start.IsZero() {
		a.before(start)
		a.papers()
		a.length()
		a.exchange()
		a.aftermath()
	}
	slices.SortStableFunc(a.all, func(x, y Reminder) int { return x.By.Compare(y.By) })
	return a.all
}

// Due lists what is to be shown on a day.
func (r Rules) Due(c Case, today contracts.Date) []Reminder {
	return slices.DeleteFunc(r.Agenda(c), func(x Reminder) bool { return x.On.After(today) })
}

// NextDeadline is the earliest deadline on a day or after it; no day when there is none.
func (r Rules) NextDeadline(c Case, today contracts.Date) contracts.Date {
	for _, x := range r.Agenda(c) {
		if !x.By.Before(today) {
			return x.By
		}
	}
	return contracts.Date{}
}

// SubmitBy is the last day on which a member's request is in good time: 20 working days before the start. Later is LATE, never too late.
func (r Rules) SubmitBy(start contracts.Date) contracts.Date {
	return r.workingDaysBefore(start, submitDays)
}

// workingDaysBefore is the nth working day before a day, by the home calendar.
func (r Rules) workingDaysBefore(d contracts.Date, n int) contracts.Date {
	for n > 0 && !d.IsZero() {
		if d = d.AddDays(-1); r.Home.IsWorkingDay(d) {
			n--
		}
	}
	return d
}

type agenda struct {
	Rules
	c   Case
	all []Reminder
}

func (a *agenda) add(k ReminderKind, key string, on, by contracts.Date, to ...access.Role) *Reminder {
	a.all = append(a.all, Reminder{Key: string(k) + key, Kind: k, On: on, By: by, To: to})
	return &a.all[len(a.all)-1]
}

func (a *agenda) in(states ...State) bool { return slices.Contains(states, a.c.State) }

// before is what leads up to the departure.
func (a *agenda) before(start contracts.Date) {
	switch {
	case a.in(draft):
		by := a.SubmitBy(start)
		a.add(SubmitBy, "", a.workingDaysBefore(by, declarationDays), by, access.Member)
	case a.in(submitted, assessing, needsInfo, decided, exception, hostLaw):
		for _, e := range escalation {
			a.add(NotDecided, fmt.Sprintf(":%d", e.days), a.workingDaysBefore(start, e.days), start, e.to...)
		}
	case a.in(preparing) && len(a.c.Missing()) > 0:
		for _, e := range escalation {
			a.add(PapersMissing, fmt.Sprintf(":%d", e.days), a.workingDaysBefore(start, e.days), start, e.to...)
		}
	}
}

// papers is what single papers want.
func (a *agenda) papers() {
	if !a.in(preparing, ready, active) {
		return
	}
	for _, t := range a.c.Tracks {
		if t.Kind == TrackDeclaration && !t.settled() && !t.Latest.IsZero() {
			r := a.add(DeclarationDue, fmt.Sprintf(":%d:%s", t.Trip, t.Latest), a.workingDaysBefore(t.Latest, declarationDays), t.Latest, access.Adviser)
			r.Trip, r.Host = t.Trip, t.Host
		}
		if !t.Until.IsZero() && t.Until.Before(a.c.End()) && t.State == contracts.TrackOK {
			a.add(RenewPaper, fmt.Sprintf(":%s:%s", t.Kind, t.Until), t.Until.AddDays(-renewDays), t.Until, access.Adviser).Host = t.Host
		}
		if !t.NotifiedOn.IsZero() && t.Kind == TrackA1 {
			final := mobility.AddMonths(t.NotifiedOn, 2) // 987 Art. 16(3)
			a.add(ProvisionalFinal, ":"+final.String(), final, final, access.Adviser)
		}
	}
}

// length is what a long stay wants: Directive 96/71/EC Art. 3(1a) at twelve months, Regulation 883/2004 Art. 12 at twenty-four.
func (a *agenda) length() {
	if !a.in(preparing, ready, active) {
		return
	}
	for i, t := range a.c.Facts.Input.Trips {
		start := a.chainStart(t)
		year, two := mobility.Limit(start, 12), mobility.Limit(start, 24)
		at := fmt.Sprintf(":%d:%s", i+1, start)
		n := len(a.all)
		if ask := mobility.AddMonths(start, 9); a.posts(t) && t.End.After(ask) {
			a.add(AskTwelveMonths, at, ask, year, access.Member, access.Adviser)
		}
		if by := notifyBy(t.Host, year); a.posts(t) && t.End.After(year) {
			a.add(MotivatedNotice, at, mobility.AddMonths(start, 9), by, access.Adviser)
		}
		if plan := mobility.AddMonths(start, 21); t.End.After(plan) && a.posted() {
			a.add(PlanTwentyFour, at, plan, two, access.Member, access.Adviser)
		}
		if t.End.After(two) && a.posted() {
			a.add(HomeLawEnds, at, two.AddDays(1), two.AddDays(1), access.Adviser, access.Manager)
		}
		for j := n; j < len(a.all); j++ {
			a.all[j].Trip, a.all[j].Host = i+1, t.Host
		}
	}
}

// notifyBy is until when the motivated notification must be there: the end of month 12, in Italy five days after it (DM 170/2021).
func notifyBy(host mobility.State, year contracts.Date) contracts.Date {
	if host == "IT" {
		return year.AddDays(5)
	}
	return year
}

// chainStart is the first day of the posting that a trip goes on with: an earlier one to the same undertaking joins when less than two months
// lie between (Decision A2, 3(c)).
func (a *agenda) chainStart(t mobility.Trip) contracts.Date {
	start := t.Start
	if a.c.Assessed == nil {
		return start
	}
	for again := true; again; {
		again = false
		for _, p := range a.c.Assessed.Input.PreviousPostings {
			if p.Host == t.Host && p.HostUndertaking == t.HostUndertaking && p.Start.Before(start) && !start.After(mobility.AddMonths(p.End, 2)) {
				start, again = p.Start, true
			}
		}
	}
	return start
}

// posts tells whether labour law sees a posting: an employee in the EU or EEA.
func (a *agenda) posts(t mobility.Trip) bool {
	if t.Host == "UK" || t.Host == "CH" || t.Host == mobility.ThirdState {
		return false
	}
	return slices.ContainsFunc(a.c.Facts.Input.Engagements, func(g mobility.Engagement) bool { return g.ID == t.Engagement && g.Type == mobility.Employed })
}

// posted tells whether the person stays insured at home as one who is posted.
func (a *agenda) posted() bool { return a.c.Outcome != nil && posting(a.c.Outcome.Article) }

// posting tells whether an article is one on postings of at most 24 months.
func posting(a mobility.Article) bool {
	return slices.Contains([]mobility.Article{"12.1", "12.2", "SSC.11.1a", "SSC.11.1b"}, a)
}

// exchange is what a silent host wants: to be asked again, or the exchange to be closed.
func (a *agenda) exchange() {
	for _, h := range a.c.Hosts {
		if h.AskedOn.IsZero() || h.Answer != "" || !a.in(preparing, ready, active) {
			continue
		}
		kind, days := HostSilent, silentDays
		if a.c.Outcome != nil && a.c.Outcome.Route == mobility.ResidenceInstitution {
			kind, days = DeterminationQuiet, determinationDay
		}
		by := h.AskedOn.AddDays(days)
		a.add(kind, fmt.Sprintf(":%s:%s", h.State, h.AskedOn), by, by, access.Adviser).Host = h.State
	}
}

// aftermath is what changes, ends and cancellations leave to be done.
func (a *agenda) aftermath() {
	c := a.c
	if !c.ChangedOn.IsZero() && a.in(active, assessing, decided, preparing, ready) {
		a.add(TellInstitution, ":"+c.ChangedOn.String(), c.ChangedOn, c.ChangedOn, access.Adviser)
	}
	if a.in(ended) && c.EndedOn.Before(c.End()) {
		a.add(TellInstitution, ":ended:"+c.EndedOn.String(), c.EndedOn, c.EndedOn, access.Adviser)
	}
	if a.in(ended, closed) && a.posted() {
		for i, t := range c.Facts.Input.Trips {
			fresh := mobility.AddMonths(least(t.End, c.EndedOn), 2).AddDays(1)
			r := a.add(FreshPosting, fmt.Sprintf(":%d:%s", i+1, fresh), fresh, fresh, access.Member, access.Adviser)
			r.Trip, r.Host = i+1, t.Host
		}
	}
	if !a.in(cancelled) {
		return
	}
	for _, t := range c.Tracks {
		begun := t.State == contracts.TrackOK || t.State == contracts.TrackRequested
		switch {
		case begun && t.Kind == TrackDeclaration: // Italy: until midnight of the first day
			r := a.add(CancelDeclaration, fmt.Sprintf(":%d", t.Trip), contracts.Date{}, c.Facts.Input.Trips[t.Trip-1].Start, access.Adviser)
			r.Trip, r.Host = t.Trip, t.Host
		case begun && t.Kind == TrackA1:
			a.add(WithdrawA1, "", contracts.Date{}, c.Start(), access.Adviser)
		}
	}
}

func least(a, b contracts.Date) contracts.Date {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
