package mobility

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// posting is a trip as Art. 12 looks at it.
type posting struct {
	trip       *Trip
	engagement *Engagement
	chain      contracts.Date // first day of the posting together with those it follows on
	joined     bool           // it follows on an earlier one
}

const postingTable = "posting"

// posting decides a single trip: Art. 11(3)(b) for a civil servant, else Art. 12 or the place of work.
func (d *decider) posting(t *Trip) outcome {
	p := d.newPosting(t)
	d.patternCheck(t)
	if p.engagement.Seat != d.in.Home && p.engagement.Seat != t.Host {
		d.find("SEAT_NOT_HOME", fmt.Sprintf("%s sits in %s, home is %s", name(p.engagement), p.engagement.Seat, d.in.Home))
	}
	if d.step(postingTable, "the engagement sits in the host State: a local job", p.engagement.Seat == t.Host) {
		d.find("HOST_CONTRACT", fmt.Sprintf("%s sits in %s", name(p.engagement), t.Host))
		return d.local(t.Host)
	}
	switch p.engagement.Type {
	case CivilServant:
		d.step(postingTable, "a civil servant sent by his administration: no limit of time", true)
		return d.attest(p.engagement.Seat, "11.3b", HomeInstitution)
	case SelfEmployed:
		return d.posted(p, "12.2", d.selfEmployedFails(p))
	}
	return d.posted(p, "12.1", d.employeeFails(p))
}

// coverGiven is a fault when an employee's posting is to be decided and nothing is said about cover at home.
func (d *decider) coverGiven() error {
	for _, t := range d.in.Trips {
		if g := d.in.engagement(t.Engagement); g.Type == Employed && g.Seat != t.Host && !d.in.Checks.HomeCoverSince.Given {
			return contracts.Fault{Code: contracts.FaultMissing, Field: "checks.home_cover_since", Message: "an employee's posting cannot be decided without it",
				Remedy: "give the day since which the person is covered at home on any ground, or null when not covered"}
		}
	}
	return nil
}

func name(g *Engagement) string {
	if g.Employer != "" {
		return g.Employer
	}
	return g.ID
}

func (d *decider) posted(p *posting, article Article, fails bool) outcome {
	if !fails {
		return d.freed(p, d.attest(p.engagement.Seat, article, HomeInstitution))
	}
	if d.out.Regime == TCAUK {
		d.find("NO_EXCEPTION_ROUTE", "")
	} else {
		d.find("EXCEPTION_NEEDED", "")
	}
	return d.local(p.trip.Host)
}

// freed takes the A1 away where the rule set needs none for short work or business travel without service.
func (d *decider) freed(p *posting, o outcome) outcome {
	if d.set.A1FreeWorkDays == 0 {
		return o
	}
	kind := p.trip.kind()
	travel := slices.Contains(d.set.A1FreeWork, kind)
	short := !slices.Contains(d.set.A1FreeUnless, kind) && d.daysInWindow(p.trip) <= d.set.A1FreeWorkDays
	if d.step(postingTable, "business travel without service, or a few working days outside building: no A1", travel || short) {
		o.a1, o.a1Says = A1{Needed: A1NotNeeded, Route: NoRoute}, "a1_free"
	}
	return o
}

// daysInWindow counts working days of the trip, and of others that began in the days before its end.
func (d *decider) daysInWindow(t *Trip) (n int) {
	from := t.End.AddDays(1 - d.set.A1FreeWindow)
	count := func(start, end contracts.Date) {
		if start.Before(from) {
			start = from
		}
		n += workDays(start, end)
	}
	if t.days() > d.set.A1FreeWindow {
		return d.set.A1FreeWindow
	}
	count(t.Start, t.End)
	for i := range d.in.Trips {
		if o := &d.in.Trips[i]; o != t && o.End.Before(t.Start) {
			count(o.Start, o.End)
		}
	}
	for _, o := range d.in.PreviousPostings {
		count(o.Start, o.End)
	}
	return n
}

// newPosting joins a trip with the postings it follows on: same State, same undertaking, less than two months between.
func (d *decider) newPosting(t *Trip) *posting {
	p := &posting{trip: t, engagement: d.in.engagement(t.Engagement), chain: t.Start}
	for {
		before := d.joinable(p)
		if before.IsZero() {
			return p
		}
		p.chain, p.joined = before, true
	}
}

// joinable returns the first day of an earlier stay that the chain follows on, the zero date when there is none.
func (d *decider) joinable(p *posting) (first contracts.Date) {
	for _, s := range d.earlier(p.trip) {
		if s.Host != p.trip.Host || s.HostUndertaking != p.trip.HostUndertaking || !s.Start.Before(p.chain) {
			continue
		}
		if !p.chain.After(AddMonths(s.End, d.set.FreshAfter)) && (first.IsZero() || s.Start.Before(first)) {
			first = s.Start
		}
	}
	return first
}

// earlier are the previous postings, and the trips of the case that ended before this one.
func (d *decider) earlier(t *Trip) []PreviousPosting {
	all := d.in.PreviousPostings
	for i := range d.in.Trips {
		if o := &d.in.Trips[i]; o.End.Before(t.Start) && o.Engagement == t.Engagement {
			all = append(all[:len(all):len(all)], PreviousPosting{o.Host, o.HostUndertaking, o.Start, o.End})
		}
	}
	return all
}

// longTerm finds postings that bring the host's labour law with them; it does not depend on Art. 12.
func (d *decider) longTerm(p *posting) {
	zone := d.law.zone(p.trip.Host, d.on)
	if p.engagement.Type != Employed || p.engagement.Seat == p.trip.Host || zone != "EU" && zone != "EEA" || p.trip.End.Before(d.law.LongTerm.Since) {
		return
	}
	for _, s := range d.law.LongTerm.Steps {
		row := "posted for over " + months(s.Months)
		if d.step("labour law", row, over(p.chain, p.trip.End, s.Months)) {
			d.find(s.Finding, fmt.Sprintf("from %s to %s, %d months end on %s", p.chain, p.trip.End, s.Months, Limit(p.chain, s.Months)))
		}
	}
}

// rule is a row of a table of checks: it fails the posting, or only warns.
type rule struct {
	finding Finding
	warns   bool
	row     string
	found   bool
	detail  string
}

// run goes through every row, so that all that is wrong is named, and tells whether one fails.
func (d *decider) run(table string, rules []rule) (fails bool) {
	for _, r := range rules {
		if d.step(table, r.row, r.found) {
			d.find(r.finding, r.detail)
			fails = fails || !r.warns
		}
	}
	return fails
}

// employeeFails runs the checks of Art. 12(1).
func (d *decider) employeeFails(p *posting) bool {
	c, set := d.in.Checks, d.set
	covered := !c.HomeCoverSince.Since.IsZero() && c.HomeCoverSince.Since.Before(p.trip.Start)
	turnover := given(c.EmployerTurnoverHome, 100*percent)
	return d.run("posting of an employee", []rule{
		{"GAP_LT_2_MONTHS", true, "follows on an earlier posting to the same undertaking", p.joined, "counted from " + p.chain.String()},
		{"OVER_24_MONTHS", false, "over " + months(set.LongestPosting), over(p.chain, p.trip.End, set.LongestPosting), d.span(p.chain, p.trip.End)},
		d.replacement(p),
		{"PRIOR_COVER_MISSING", false, "not covered at home immediately before", !covered, d.coverDetail()},
		{d.shortCover(), true, "covered at home for less than " + months(set.PriorCover), covered && c.HomeCoverSince.Since.After(AddMonths(p.trip.Start, -set.PriorCover)), d.coverDetail()},
		{"EMPLOYER_NO_SUBSTANCE", false, "the employer does no real business at home", c.EmployerOnlyInternalManagement || d.law.zone(p.engagement.Seat, d.on) == "", name(p.engagement)},
		{"EMPLOYER_SUBSTANCE_CHECK", true, "less than 25 % of turnover at home", turnover < 25*percent, turnover.String()},
		{"DIRECT_LINK_MISSING", false, "no direct link to the employer", !given(c.DirectRelationshipKept, true), name(p.engagement)},
		{"HOST_CONTRACT", false, "an employment contract with the host undertaking", c.ContractWithHostUndertaking, p.trip.HostUndertaking},
	})
}

func (d *decider) span(start, end contracts.Date) string {
	return fmt.Sprintf("from %s to %s, the last day would be %s", start, end, Limit(start, d.set.LongestPosting))
}

func (d *decider) replacement(p *posting) rule {
	r := rule{"REPLACEMENT", false, "sent to replace another posted person", d.in.Checks.ReplacesPostedPerson, ""}
	for _, s := range []State{p.engagement.Seat, p.trip.Host} {
		if slices.Contains(d.law.ReplacementTold, s) {
			r.detail = fmt.Sprintf("%s in practice accepts the rest of the 24 months, so an adviser may decide otherwise", s)
		}
	}
	if d.set.ReplacementAllowed {
		r.finding, r.warns, r.detail = "REPLACEMENT_TOTAL_CHECK", true, ""
	}
	return r
}

func (d *decider) shortCover() Finding {
	if d.set.PriorCover == 1 {
		return "PRIOR_COVER_LT_1_MONTH"
	}
	return Finding(fmt.Sprintf("PRIOR_COVER_LT_%d_MONTHS", d.set.PriorCover))
}

func (d *decider) coverDetail() string {
	if since := d.in.Checks.HomeCoverSince.Since; !since.IsZero() {
		return "covered since " + since.String()
	}
	return "not covered at home"
}

// selfEmployedFails runs the checks of Art. 12(2). There is no chain and no rule on replacement.
func (d *decider) selfEmployedFails(p *posting) bool {
	c, t := d.in.Checks, p.trip
	active, asked := c.SelfEmployedSince, d.set.SelfEmployedActive
	return d.run("posting of a self-employed person", []rule{
		{"OVER_24_MONTHS", false, "over " + months(d.set.LongestPosting), over(t.Start, t.End, d.set.LongestPosting), d.span(t.Start, t.End)},
		{"NOT_SIMILAR_ACTIVITY", false, "not a similar activity, by its real nature: what the host calls it does not matter", !given(t.SimilarActivity, true), string(t.Activity)},
		{"SE_BASE_GIVEN_UP", false, "the base at home is given up", !given(c.SelfEmployedCanResume, true), ""},
		{"SE_ACTIVITY_LT_2_MONTHS", true, "active at home for less than " + months(asked), active.Given && (active.Since.IsZero() || active.Since.After(AddMonths(t.Start, -asked))), ""},
	})
}
