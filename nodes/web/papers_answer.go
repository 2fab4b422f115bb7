package web

import (
	"slices"
	"strings"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/mobility"
	"passerelle/nodes/papers"
)

// abroadAnswer is a decision on work abroad in the words of somebody who is no lawyer. The same serves visitors and members.
type abroadAnswer struct {
	Host     contracts.CountryCode
	Points   []abroadPoint
	Warnings []abroadReason // what an adviser should look at
	Links    []web.Link
	RuleSet  string
}

// abroadPoint is one thing to know. Kind is "do" for what must be done, "ask" for what only an adviser can say, "fine" for the rest.
type abroadPoint struct {
	Kind    string
	Text    string
	More    []string
	Reasons []abroadReason
}

// abroadReason is why, with its source.
type abroadReason struct {
	Says, Source string
	Confidence   country.Confidence
}

// isoOf is a State as ISO 3166-1 writes it.
func isoOf(s mobility.State) contracts.CountryCode {
	switch s {
	case "UK":
		return "GB"
	case "EL":
		return "GR"
	}
	return contracts.CountryCode(s)
}

// stateIn is the name of a State in a language.
func stateIn(l *web.Locale, s mobility.State) string {
	if s == mobility.ThirdState {
		return l.T("that country")
	}
	return l.Country(isoOf(s))
}

// answerAbroad says a decision about the first trip of a case.
func answerAbroad(l *web.Locale, in mobility.Input, d *mobility.Decision) *abroadAnswer {
	trip := in.Trips[0]
	a := &abroadAnswer{Host: isoOf(trip.Host), RuleSet: d.RuleSet}
	because := func(member string) []abroadReason { return reasonsFor(l, d, member) }
	a.Points = append(a.Points, insuredPoint(l, trip, d, append(because("regime"), because("legislation")...)), a1Point(l, trip, d, because("a1")))
	if d.Declaration != nil {
		a.Points = append(a.Points, declarationPoint(l, in, d.Declaration, because("declaration")))
	}
	a.Points = append(a.Points, taxPoint(l, trip, d, because("withholding_check")), cardPoint(l, d, because("ehic_valid")))
	for _, w := range d.Warnings {
		a.Warnings = append(a.Warnings, because(string(w))...)
	}
	a.Links = linksFor(in, d)
	return a
}

func reasonsFor(l *web.Locale, d *mobility.Decision, member string) (all []abroadReason) {
	for _, r := range d.Reasons {
		if r.For == member && r.Trip <= 1 {
			all = append(all, abroadReason{Says: l.Sentence(r.Says), Source: r.Source, Confidence: r.Confidence})
		}
	}
	return all
}

func insuredPoint(l *web.Locale, t mobility.Trip, d *mobility.Decision, why []abroadReason) abroadPoint {
	switch d.Legislation {
	case "":
		return abroadPoint{Kind: "ask", Text: l.T(insuredUnclear), Reasons: why}
	case t.Host:
		return abroadPoint{Kind: "do", Text: l.T(insuredAbroad, stateIn(l, d.Legislation)), Reasons: why}
	}
	return abroadPoint{Kind: "fine", Text: l.T(insuredAtHome, stateIn(l, d.Legislation)), Reasons: why}
}

func a1Point(l *web.Locale, t mobility.Trip, d *mobility.Decision, why []abroadReason) abroadPoint {
	p := abroadPoint{Kind: "fine", Text: l.T(a1None), Reasons: why}
	switch d.A1.Needed {
	case mobility.A1Needed:
		p.Kind, p.Text = "do", l.T(a1Needed, stateIn(l, d.A1.Issuer), t.Start)
		if d.A1.Institution != "" {
			p.More = append(p.More, l.T(a1Asks, d.A1.Institution))
		}
	case mobility.A1Adviser:
		p.Kind, p.Text = "ask", l.T(a1Unclear)
	}
	return p
}

func declarationPoint(l *web.Locale, in mobility.Input, n *mobility.Declaration, why []abroadReason) abroadPoint {
	host := stateIn(l, n.Host)
	p := abroadPoint{Kind: "fine", Text: l.T(notDeclared, host), Reasons: why}
	switch n.Need {
	case country.Adviser:
		p.Kind, p.Text = "ask", l.T(declareUnclear, host)
	case country.Required:
		p.Kind, p.Text = "do", l.T(declaredUndated, host)
		if !n.LatestDate.IsZero() {
			p.Text = l.T(declared, host, n.LatestDate)
		}
		if in.Engagements[0].Type == mobility.SelfEmployed && !n.LatestDate.IsZero() {
			p.Text = l.T(declaredSelf, host, n.LatestDate)
		}
		if form, known := papers.DeclarationForm(string(n.System), in.Trips[0].Start); known {
			p.More = append(p.More, or(form.Name.Own, form.Name.English))
		}
		if n.Customer != "" {
			p.More = append(p.More, l.T("Your customer there must do this: %s.", l.Retell(n.Customer)))
		}
	}
	if n.Documents != "" {
		p.More = append(p.More, l.T("Have these papers at hand: %s.", l.Retell(n.Documents)))
	}
	return p
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func taxPoint(l *web.Locale, t mobility.Trip, d *mobility.Decision, why []abroadReason) abroadPoint {
	if d.WithholdingCheck {
		return abroadPoint{Kind: "do", Text: l.T(taxLooked, stateIn(l, t.Host)), Reasons: why}
	}
	return abroadPoint{Kind: "fine", Text: l.T(taxNone, stateIn(l, t.Host)), Reasons: why}
}

func cardPoint(l *web.Locale, d *mobility.Decision, why []abroadReason) abroadPoint {
	if d.EHICValid {
		return abroadPoint{Kind: "fine", Text: l.T(cardValid), Reasons: why}
	}
	return abroadPoint{Kind: "do", Text: l.T(cardInvalid), Reasons: why}
}

// linksFor leads to the institution that issues the A1 and to the host's portal.
func linksFor(in mobility.Input, d *mobility.Decision) (links []web.Link) {
	atlas := adapters.Atlas()
	add := func(text, url string) {
		known := slices.ContainsFunc(links, func(l web.Link) bool { return l.URL == url })
		if strings.HasPrefix(url, "https://") && !known {
			links = append(links, web.Link{Text: text, URL: url})
		}
	}
	if m := atlas[isoOf(d.A1.Issuer)]; m != nil && d.A1.Needed == mobility.A1Needed {
		add(or(d.A1.Institution, m.SocialSecurity.A1Employee), m.SocialSecurity.Portal)
	}
	if n := d.Declaration; n != nil && n.Need != country.NotRequired {
		if form, known := papers.DeclarationForm(string(n.System), in.Trips[0].Start); known {
			add(or(form.Name.Own, form.Name.English), form.URL)
		} else if m := atlas[isoOf(n.Host)]; m != nil {
			add(m.PostedWorkers.System, m.PostedWorkers.URL)
		}
	}
	return links
}
