package web

import (
	"slices"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
)

// clockView is the deadlines of a case: a list, and the same as a line of time.
type clockView struct {
	Lines         []clockLine
	Width, Height int
	Axis          int
	Ticks         []clockTick
	Bars          []clockBar // the trips
	TodayX        float64
	Shown         bool // there is something to draw
}

// clockLine is one deadline.
type clockLine struct {
	casework.Reminder
	N    int // as the picture numbers it
	Says string
	Host string
	Days int // left; below zero it is past
	Mine bool
	X    float64
}

// Past tells whether the day has gone by.
func (c clockLine) Past() bool { return c.Days < 0 }

type clockTick struct {
	Month contracts.Month
	X     float64
}

type clockBar struct{ X, W float64 }

// Sizes of the picture.
const (
	clockWidth  = 400
	clockHeight = 94
	clockAxis   = 62
	clockMargin = 14.0
	mostTicks   = 7
)

// clockView draws the agenda of a case that does not rest.
func (s server) clockView(l *web.Locale, k casework.Case) clockView {
	v := clockView{Width: clockWidth, Height: clockHeight, Axis: clockAxis}
	for _, r := range s.Cases.Rules.Agenda(k) {
		line := clockLine{Reminder: r, Says: l.T(reminderNames[r.Kind]), Days: r.By.Sub(s.today()), Mine: slices.Contains(r.To, access.Member)}
		if r.Host != "" {
			line.Host = stateIn(l, r.Host)
		}
		if !slices.ContainsFunc(v.Lines, func(o clockLine) bool { return o.Kind == r.Kind && o.By == r.By && o.Reminder.Host == r.Host }) {
			line.N = len(v.Lines) + 1
			v.Lines = append(v.Lines, line)
		}
	}
	if !k.Start().IsZero() {
		v.draw(k, s.today())
	}
	return v
}

// draw places everything between the first and the last day that matters.
func (v *clockView) draw(k casework.Case, today contracts.Date) {
	from, until := k.Start(), k.End()
	for _, d := range append([]contracts.Date{today}, byOf(v.Lines)...) {
		if d.Before(from) {
			from = d
		}
		if d.After(until) {
			until = d
		}
	}
	from, until = from.AddDays(-3), until.AddDays(3)
	span := float64(max(1, until.Sub(from)))
	at := func(d contracts.Date) float64 {
		return clockMargin + (clockWidth-2*clockMargin)*float64(d.Sub(from))/span
	}
	for i := range v.Lines {
		v.Lines[i].X = at(v.Lines[i].By)
	}
	for _, t := range k.Facts.Input.Trips {
		if !t.Start.IsZero() && !t.End.Before(t.Start) {
			v.Bars = append(v.Bars, clockBar{at(t.Start), max(4, at(t.End.AddDays(1))-at(t.Start))})
		}
	}
	v.TodayX, v.Shown = at(today), true
	months := monthsBetween(from, until)
	for i, m := range months {
		if i%(len(months)/mostTicks+1) == 0 {
			v.Ticks = append(v.Ticks, clockTick{m, at(m.First())})
		}
	}
}

func byOf(lines []clockLine) (all []contracts.Date) {
	for _, l := range lines {
		all = append(all, l.By)
	}
	return all
}

// monthsBetween lists the months that begin in a stretch of time.
func monthsBetween(from, until contracts.Date) (all []contracts.Month) {
	for m := from.AddDays(31).Month(); !m.First().After(until); m = m.First().AddDays(31).Month() {
		all = append(all, m)
	}
	return all
}
