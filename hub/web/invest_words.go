package web

import (
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

var instrumentNames = map[investment.Instrument]web.Words{investment.Grant: "Grant", investment.Loan: "Loan", investment.Equity: "Equity", investment.Separate: "Separate agreement"}

// stateWords are the states of a tranche in words.
var stateWords = map[investment.State]web.Words{investment.Planned: "planned", investment.Approved: "released", investment.OnOrder: "transfer ordered", investment.Paid: "sent", investment.Arrived: "arrived",
	investment.Withdrawn: "withdrawn"}

var conditionNames = map[investment.ConditionKind]web.Words{investment.ReportFiled: "Reports are filed", investment.RateReached: "Contribution rate is reached", investment.CoverReached: "Coverage is reached",
	investment.PortalLive: "Portal is live", investment.OtherWords: "Other condition"}

// seriesTable is the plan and what became of it, a line per country and year.
func seriesTable(l *web.Locale) web.Table[investment.Row] {
	amount := func(of func(investment.Row) contracts.Money) func(investment.Row) web.Cell {
		return func(r investment.Row) web.Cell { return web.Cell{Value: of(r)} }
	}
	return web.Table[investment.Row]{Name: "investments", Label: l.T("Plan and actual"), Filters: []web.Filter{{Name: "on", Label: l.T("As of"), Kind: "date"}}, Columns: []web.Column[investment.Row]{
		{Name: "country", Heading: l.T("Country"), Cell: func(r investment.Row) web.Cell {
			c := web.Cell{Value: l.Country(r.Country), URL: "/investment/programmes/" + r.Programme}
			if !r.Stopped.IsZero() {
				c.Note = l.T("stopped on %s", r.Stopped)
			}
			return c
		}},
		{Name: "code", Heading: l.T("Country code"), In: web.InFile, Cell: func(r investment.Row) web.Cell { return web.Cell{Value: string(r.Country)} }},
		{Name: "programme", Heading: l.T("Programme"), In: web.InFile, Cell: func(r investment.Row) web.Cell { return web.Cell{Value: r.Programme} }},
		{Name: "year", Heading: l.T("Year"), Cell: func(r investment.Row) web.Cell { return web.Cell{Value: yearText(r.Year)} }},
		{Name: "currency", Heading: l.T("Currency"), In: web.InFile, Cell: func(r investment.Row) web.Cell { return web.Cell{Value: string(r.Allocated.Currency)} }},
		{Name: "allocated", Heading: l.T("Allocated"), Figure: true, Bare: true, Cell: amount(func(r investment.Row) contracts.Money { return r.Allocated })},
		{Name: "released", Heading: l.T("Released"), Figure: true, Bare: true, Cell: amount(func(r investment.Row) contracts.Money { return r.Released })},
		{Name: "sent", Heading: l.T("Sent"), Figure: true, Bare: true, Cell: amount(func(r investment.Row) contracts.Money { return r.Sent })},
		{Name: "confirmed", Heading: l.T("Confirmed"), Figure: true, Bare: true, Cell: amount(func(r investment.Row) contracts.Money { return r.Confirmed })},
		{Name: "remaining", Heading: l.T("Remaining"), Figure: true, Bare: true, Cell: amount(func(r investment.Row) contracts.Money { return r.Remaining })},
		{Name: "freed", Heading: l.T("Freed by a stop"), Figure: true, Bare: true, Cell: amount(func(r investment.Row) contracts.Money { return r.Freed })},
		{Name: "example", Heading: l.T("Example"), Cell: func(r investment.Row) web.Cell {
			if !r.Example {
				return web.Cell{}
			}
			return web.Cell{Value: l.T("Example"), Badge: &web.Badge{Kind: "demo", Text: "Example"}}
		}},
	}}
}

func decisionTable(l *web.Locale) web.Table[decisionLine] {
	return web.Table[decisionLine]{Name: "decisions", Label: l.T("Decisions"), Filters: []web.Filter{{Name: "find", Label: l.T("Words"), Kind: "search"}}, Columns: []web.Column[decisionLine]{
		{Name: "meeting", Heading: l.T("Meeting"), Cell: func(d decisionLine) web.Cell { return web.Cell{Value: d.Meeting, Note: d.Minutes} }},
		{Name: "id", Heading: l.T("Number"), Cell: func(d decisionLine) web.Cell { return web.Cell{Value: d.ID, Code: true} }},
		{Name: "motion", Heading: l.T("Motion"), Cell: func(d decisionLine) web.Cell { return web.Cell{Value: d.Motion, Note: d.Reason} }},
		{Name: "reason", Heading: l.T("Reason"), In: web.InFile, Cell: func(d decisionLine) web.Cell { return web.Cell{Value: d.Reason} }},
		{Name: "minutes", Heading: l.T("Minutes"), In: web.InFile, Cell: func(d decisionLine) web.Cell { return web.Cell{Value: d.Minutes} }},
		{Name: "votes", Heading: l.T("For, against, abstained"), Cell: func(d decisionLine) web.Cell {
			return web.Cell{Value: fmt.Sprintf("%d – %d – %d", d.For, d.Against, d.Abstain), Note: l.T("of %d seats", d.Seats)}
		}},
		{Name: "carried", Heading: l.T("Result"), Cell: func(d decisionLine) web.Cell {
			if d.Carried() {
				return web.Cell{Value: "carried", Badge: &web.Badge{Kind: "live", Text: "carried"}}
			}
			return web.Cell{Value: "not carried", Badge: &web.Badge{Kind: "warn", Text: "not carried"}}
		}},
		{Name: "example", Heading: l.T("Example"), Cell: func(d decisionLine) web.Cell {
			if !d.Example {
				return web.Cell{}
			}
			return web.Cell{Value: l.T("Example"), Badge: &web.Badge{Kind: "demo", Text: "Example"}}
		}},
	}}
}

// Sizes of a small multiple, in its own units.
const (
	panelHeight = 130.0
	panelTop    = 18.0
	panelBase   = 108.0
	panelSlot   = 46.0
	panelBar    = 30.0
)

// panel is the years of one country: what was allocated as an outline, what was sent as a filled bar. Heights are floats: they are drawn, never counted.
type panel struct {
	Country investment.Country
	Total   investment.Figures
	Stopped contracts.Date
	Width   float64
	Height  float64
	Base    float64
	Years   []panelYear
	Example bool
}

type panelYear struct {
	Year                   int
	Figures                investment.Figures
	X, Mid, W, PlanY, Plan float64
	SentY, Sent            float64
}

// panels draws each country of the programmes on one scale, so that they can be compared.
func panels(programmes []investment.Programme) (all []panel) {
	most := 0.0
	for _, p := range programmes {
		for _, a := range p.Allocations {
			most = max(most, a.Amount.Amount.InexactFloat64())
		}
	}
	for _, p := range programmes {
		for _, c := range p.Countries {
			if t := p.Total([]investment.Country{c}, nil); t.Allocated.Sign() > 0 {
				all = append(all, draw(p, c, t, (panelBase-panelTop)/most))
			}
		}
	}
	return all
}

func draw(p investment.Programme, c investment.Country, total investment.Figures, scale float64) panel {
	stop, _ := p.Stopped(c)
	out := panel{Country: c, Total: total, Stopped: stop.On, Width: panelSlot*float64(len(p.Years())) + 8, Height: panelHeight, Base: panelBase, Example: p.Example}
	for i, y := range p.Years() {
		f := p.Of(c, y)
		plan, sent := f.Allocated.Amount.InexactFloat64()*scale, f.Sent.Amount.InexactFloat64()*scale
		x := 4 + panelSlot*float64(i) + (panelSlot-panelBar)/2
		out.Years = append(out.Years, panelYear{y, f, x, x + panelBar/2, panelBar, panelBase - plan, plan, panelBase - sent, sent})
	}
	return out
}
