package web

import (
	"passerelle/internal/web"
	"passerelle/nodes/mobility"
)

// answersAbroad says a decision trip by trip.
func answersAbroad(l *web.Locale, in mobility.Input, d *mobility.Decision) (all []*abroadAnswer) {
	if len(d.Trips) == 0 {
		return []*abroadAnswer{answerAbroad(l, in, d)}
	}
	for i, t := range d.Trips {
		one, of := *d, in
		one.Legislation, one.Article, one.A1, one.Declaration, one.WithholdingCheck = t.Legislation, t.Article, t.A1, t.Declaration, t.WithholdingCheck
		one.Trips, one.Reasons = nil, reasonsOfTrip(d.Reasons, t.Trip)
		of.Trips = in.Trips[i : i+1]
		all = append(all, answerAbroad(l, of, &one))
	}
	return all
}

// reasonsOfTrip are those of one trip and of the case as a whole.
func reasonsOfTrip(reasons []mobility.Reason, trip int) (all []mobility.Reason) {
	for _, r := range reasons {
		if r.Trip == trip || r.Trip == 0 {
			r.Trip = 0
			all = append(all, r)
		}
	}
	return all
}
