package web

import (
	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/hub/charter"
	"passerelle/hub/solidarity"
	"passerelle/internal/web"
)

// barGroup is a country with its bars, all on one scale. Widths are floats: they are drawn, never counted.
type barGroup struct {
	Country contracts.CountryCode
	Rows    []barRow
}

// barRow is one bar: of a plan its outline, and what of it is done as a filled bar.
type barRow struct {
	Label  string
	Amount contracts.Money
	Note   string
	Alarm  string // must not be overlooked
	Class  string
	Width  float64 // of 100
	Behind float64 // of 100, of the outline; 0 for none
}

// scale is how wide an amount is drawn when the largest takes all.
func scale(m, most contracts.Money) float64 {
	if most.Sign() <= 0 || m.Sign() <= 0 {
		return 0
	}
	return 100 * m.Amount.InexactFloat64() / most.Amount.InexactFloat64()
}

func larger(a, b contracts.Money) contracts.Money {
	if b.Amount.GreaterThan(a.Amount) {
		return b
	}
	return a
}

func simulationBars(l *web.Locale, parts []comparedPart) (all []barGroup) {
	most := contracts.Zero(contracts.EUR)
	for _, p := range parts {
		most = larger(larger(most, p.A), p.B)
	}
	for _, p := range parts {
		all = append(all, barGroup{p.Country, []barRow{
			{Label: l.T("Key A"), Amount: p.A, Note: boundWord(l, p.BoundA), Class: "bar-a", Width: scale(p.A, most)},
			{Label: l.T("Key B"), Amount: p.B, Note: boundWord(l, p.BoundB), Class: "bar-b", Width: scale(p.B, most)}}})
	}
	return all
}

func boundWord(l *web.Locale, b solidarity.Bound) string {
	if words, bound := boundNames[b]; bound {
		return l.T(words)
	}
	return ""
}

// callBars draws what each country owes of a call as an outline, and what it paid as a filled bar.
func callBars(l *web.Locale, c solidarity.Call, on contracts.Date) (all []barGroup) {
	most := contracts.Zero(contracts.EUR)
	for _, d := range c.Debts {
		most = larger(most, d.Amount)
	}
	for _, d := range c.Debts {
		row := barRow{Label: l.T("Paid"), Amount: d.Paid, Class: "bar-a", Width: scale(d.Paid, most), Behind: scale(d.Amount, most), Note: l.T("of %s", d.Amount)}
		if c.Late(d, on) {
			row.Alarm = l.T("%s late", d.Open())
		}
		all = append(all, barGroup{d.Country, []barRow{row}})
	}
	return all
}

var boundNames = map[solidarity.Bound]web.Words{solidarity.AtFloor: "at the floor", solidarity.AtCeiling: "at the ceiling"}

var applicationStates = map[solidarity.State]web.Words{solidarity.Asked: "asked for", solidarity.Approved: "granted", solidarity.Declined: "declined", solidarity.Closed: "closed"}

var versionStates = map[charter.State]web.Words{charter.Open: "being voted on", charter.Adopted: "adopted", charter.Rejected: "rejected", charter.Withdrawn: "taken back"}

var choiceNames = map[ballot.Choice]web.Words{ballot.Yes: "yes", ballot.No: "no", ballot.Abstain: "abstained"}

var standingNames = map[charter.Standing]web.Words{charter.Ahead: "still to come", charter.Soon: "due soon", charter.Late: "late", charter.Kept: "kept", charter.KeptLate: "kept late", charter.Freed: "released from"}

// votingRules are the rules of voting that a form offers.
var votingRules = map[string]web.Words{"2/3 of members": "two thirds of all co-operatives", "3/4 of members": "three quarters of all co-operatives", ">1/2 of members": "more than half of all co-operatives",
	"1/1 of members": "all co-operatives", ">1/2 of votes": "more yes than no"}

// votingRule says a rule in words where it is a usual one.
func votingRule(l *web.Locale, r ballot.Rule) string {
	if words, usual := votingRules[r.String()]; usual {
		return l.T(words)
	}
	return r.String()
}

// exampleColumn marks the rows that are an example.
func exampleColumn[R any](l *web.Locale, is func(R) bool) web.Column[R] {
	return web.Column[R]{Name: "example", Heading: l.T("Example"), Cell: func(r R) web.Cell {
		if !is(r) {
			return web.Cell{}
		}
		return web.Cell{Value: l.T("Example"), Badge: &web.Badge{Kind: "demo", Text: "Example"}}
	}}
}

// partTable is what each country would pay by two keys.
func partTable(l *web.Locale) web.Table[comparedPart] {
	return web.Table[comparedPart]{Name: "simulation", Label: l.T("Key A beside key B"), Columns: []web.Column[comparedPart]{
		{Name: "country", Heading: l.T("Country"), Cell: func(p comparedPart) web.Cell { return web.Cell{Value: l.Country(p.Country)} }},
		{Name: "code", Heading: l.T("Country code"), In: web.InFile, Cell: func(p comparedPart) web.Cell { return web.Cell{Value: string(p.Country)} }},
		{Name: "turnover", Heading: l.T("Turnover (EUR)"), Figure: true, Bare: true, Cell: func(p comparedPart) web.Cell {
			if p.Turnover == nil {
				return web.Cell{Note: l.T("not known")}
			}
			return web.Cell{Value: *p.Turnover}
		}},
		{Name: "users", Heading: l.T("Users"), Figure: true, Cell: func(p comparedPart) web.Cell { return whole(p.Users) }},
		{Name: "a", Heading: l.T("Key A"), Figure: true, Bare: true, Cell: func(p comparedPart) web.Cell { return web.Cell{Value: p.A, Note: boundWord(l, p.BoundA)} }},
		{Name: "percent", Heading: l.T("Key A, percent of turnover"), Figure: true, Cell: func(p comparedPart) web.Cell {
			if p.Percent == nil {
				return web.Cell{}
			}
			return web.Cell{Value: *p.Percent}
		}},
		{Name: "b", Heading: l.T("Key B"), Figure: true, Bare: true, Cell: func(p comparedPart) web.Cell { return web.Cell{Value: p.B, Note: boundWord(l, p.BoundB)} }},
		{Name: "difference", Heading: l.T("B less A"), Figure: true, Bare: true, Cell: func(p comparedPart) web.Cell { return web.Cell{Value: p.Difference()} }},
	}}
}

// debtLine is what a country owes of a call.
type debtLine struct {
	Call string         `json:"call"`
	Name string         `json:"name"`
	Day  contracts.Date `json:"day"`
	Due  contracts.Date `json:"due"`
	solidarity.Debt
	Open    contracts.Money `json:"open"`
	Late    bool            `json:"late"`
	Example bool            `json:"example"`
}

func debtLines(p solidarity.Pot, on contracts.Date) []debtLine {
	all := []debtLine{}
	for _, c := range p.Calls {
		for _, d := range c.Debts {
			all = append(all, debtLine{c.ID, c.Name, c.Day, c.Due, d, d.Open(), c.Late(d, on), c.Example})
		}
	}
	return all
}

// debtTable is every contribution that was called, and what became of it.
func debtTable(l *web.Locale) web.Table[debtLine] {
	amount := func(of func(debtLine) contracts.Money) func(debtLine) web.Cell {
		return func(d debtLine) web.Cell { return web.Cell{Value: of(d)} }
	}
	return web.Table[debtLine]{Name: "contributions", Label: l.T("Contributions"), Filters: []web.Filter{{Name: "on", Label: l.T("As of"), Kind: "date"}}, Columns: []web.Column[debtLine]{
		{Name: "country", Heading: l.T("Country"), Cell: func(d debtLine) web.Cell { return web.Cell{Value: l.Country(d.Country), Note: d.Name} }},
		{Name: "code", Heading: l.T("Country code"), In: web.InFile, Cell: func(d debtLine) web.Cell { return web.Cell{Value: string(d.Country)} }},
		{Name: "call", Heading: l.T("Call"), In: web.InFile, Cell: func(d debtLine) web.Cell { return web.Cell{Value: d.Name} }},
		{Name: "due", Heading: l.T("Due"), Cell: func(d debtLine) web.Cell { return web.Cell{Value: d.Due} }},
		{Name: "amount", Heading: l.T("Called (EUR)"), Figure: true, Bare: true, Cell: func(d debtLine) web.Cell { return web.Cell{Value: d.Amount, Note: boundWord(l, d.Bound)} }},
		{Name: "paid", Heading: l.T("Paid"), Figure: true, Bare: true, Cell: amount(func(d debtLine) contracts.Money { return d.Paid })},
		{Name: "waived", Heading: l.T("Waived"), Figure: true, Bare: true, Cell: amount(func(d debtLine) contracts.Money { return d.Waived })},
		{Name: "open", Heading: l.T("Still to come"), Figure: true, Bare: true, Cell: func(d debtLine) web.Cell {
			c := web.Cell{Value: d.Open}
			if d.Late {
				c.Alarm = l.T("late")
			}
			return c
		}},
		exampleColumn(l, func(d debtLine) bool { return d.Example }),
	}}
}

// commitmentLine is a commitment with how it stands on a day.
type commitmentLine struct {
	charter.Commitment
	Standing charter.Standing `json:"standing"`
}

func commitmentLines(c charter.Charter, on contracts.Date, standing string) []commitmentLine {
	all := []commitmentLine{}
	for _, s := range charter.Standings {
		for _, o := range c.Commitments {
			if o.On(on) == s && (standing == "" || standing == string(s)) {
				all = append(all, commitmentLine{o, s})
			}
		}
	}
	return all
}

// commitmentTable is what was promised, what asks for attention first.
func commitmentTable(l *web.Locale) web.Table[commitmentLine] {
	choices := []web.Link{{Text: l.T("all")}}
	for _, s := range charter.Standings {
		choices = append(choices, web.Link{Text: l.T(standingNames[s]), URL: string(s)})
	}
	badges := map[charter.Standing]string{charter.Late: "warn", charter.Soon: "report", charter.Kept: "live", charter.KeptLate: "live"}
	return web.Table[commitmentLine]{Name: "commitments", Label: l.T("Commitments"), Filters: []web.Filter{{Name: "standing", Label: l.T("How it stands"), Kind: "choice", Of: choices}, {Name: "on", Label: l.T("As of"), Kind: "date"}},
		Columns: []web.Column[commitmentLine]{
			{Name: "what", Heading: l.T("What was promised"), Cell: func(o commitmentLine) web.Cell {
				return web.Cell{Value: o.Text, Note: o.Source, URL: "/commitments/" + o.ID}
			}},
			{Name: "country", Heading: l.T("Country"), Cell: func(o commitmentLine) web.Cell { return web.Cell{Value: l.Country(o.Country)} }},
			{Name: "code", Heading: l.T("Country code"), In: web.InFile, Cell: func(o commitmentLine) web.Cell { return web.Cell{Value: string(o.Country)} }},
			{Name: "made", Heading: l.T("Promised on"), Cell: func(o commitmentLine) web.Cell { return web.Cell{Value: o.Made} }},
			{Name: "due", Heading: l.T("Due"), Cell: func(o commitmentLine) web.Cell {
				cell := web.Cell{Value: o.Due}
				if o.Changed() {
					cell.Note = l.T("changed")
				}
				return cell
			}},
			{Name: "standing", Heading: l.T("How it stands"), Cell: func(o commitmentLine) web.Cell {
				return web.Cell{Value: string(o.Standing), Badge: &web.Badge{Kind: badges[o.Standing], Text: standingNames[o.Standing]}}
			}},
			{Name: "evidence", Heading: l.T("Evidence"), Cell: func(o commitmentLine) web.Cell { return web.Cell{Value: o.Evidence} }},
			exampleColumn(l, func(o commitmentLine) bool { return o.Example }),
		}}
}
