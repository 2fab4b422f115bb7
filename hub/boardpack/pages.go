package boardpack

import (
	"fmt"
	"slices"
	"strings"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/internal/paper"
	"passerelle/internal/web"
)

// europe is the state of all on one page.
func (b *booklet) europe() {
	b.begin(b.l.T("The state of Europe"))
	total, ceiling := b.Total()
	b.boxes([][2]string{{b.l.T("Ceiling of all programmes"), b.l.Compact(ceiling) + " EUR"}, {b.l.T("Allocated"), b.l.Compact(total.Allocated) + " EUR"}, {b.l.T("Sent"), b.l.Compact(total.Sent) + " EUR"},
		{b.l.T("Confirmed"), b.l.Compact(total.Confirmed) + " EUR"}, {b.l.T("Remaining"), b.l.Compact(total.Remaining()) + " EUR"}})
	b.Part(b.l.T("Plan and actual"), "EUR")
	b.split()
	b.multiples()
	b.legend()
	b.Part(b.l.T("Coverage of costs by contribution"), b.l.T("the latest twelve months reported; the line is balance"))
	for _, c := range b.Countries {
		if len(c.Months) > 0 {
			b.covered(c, b.GetY(), 30, 62)
			b.SetXY(paper.Left, b.GetY()+6)
		}
	}
	if !slices.ContainsFunc(b.Countries, func(c Country) bool { return len(c.Months) > 0 }) {
		b.note(b.l.T("No report is there yet."))
	}
	b.Ln(2)
	b.byCountry()
}

// boxes are the figures to remember.
func (b *booklet) boxes(all [][2]string) {
	y, width := b.GetY()+1, paper.Inside/float64(len(all))
	for i, box := range all {
		x := paper.Left + width*float64(i)
		b.SetXY(x, y)
		b.Pen(7, "", paper.Grey)
		b.MultiCell(width-2, 3.2, box[0], "", "L", false)
		b.SetXY(x, y+7)
		b.Pen(14, "B", paper.Black)
		b.CellFormat(width-2, 6, box[1], "", 0, "L", false, 0, "")
	}
	b.SetXY(paper.Left, y+15)
}

// split says what of the plan is published and what is not.
func (b *booklet) split() {
	if b.Books.Example() {
		b.mark(b.l.T("Example") + ": " + b.l.T("The split by country and year is not published: these figures are examples."))
	}
}

// Small multiples: four in a row.
const (
	multipleWidth  = 38.0
	multipleHeight = 33.0
	multiplesARow  = 4
)

func (b *booklet) multiples() {
	y, n := b.GetY(), 0
	scale := (multipleHeight - 12) / b.mostOf()
	for _, c := range b.Countries {
		if len(yearsOf(c.Code, b.Books.Programmes)) == 0 {
			continue
		}
		x := paper.Left + float64(n%multiplesARow)*(multipleWidth+6)
		at := y + float64(n/multiplesARow)*multipleHeight
		b.label(x, at+4, 8, "L", b.l.Country(c.Code), paper.Black)
		if stop := b.stopOf(c.Code); !stop.IsZero() {
			b.label(x, at+7.4, 5.5, "L", b.l.T("stopped on %s", b.l.Date(stop)), paper.Grey)
		}
		b.years(c.Code, b.Books.Programmes, x, at+6, multipleWidth, multipleHeight-8, scale)
		n++
	}
	b.SetXY(paper.Left, y+float64((n+multiplesARow-1)/multiplesARow)*multipleHeight)
}

// stopOf is the day on which the support of a country was stopped.
func (s State) stopOf(c contracts.CountryCode) contracts.Date {
	for _, p := range s.Books.Programmes {
		if stop, stopped := p.Stopped(c); stopped {
			return stop.On
		}
	}
	return contracts.Date{}
}

func (b *booklet) byCountry() {
	columns := []paper.Head{{Heading: b.l.T("Country"), Width: 24}, {Heading: b.l.T("Allocated"), Width: 24, Figure: true}, {Heading: b.l.T("Sent"), Width: 24, Figure: true}, {Heading: b.l.T("Remaining"), Width: 24, Figure: true},
		{Heading: b.l.T("Coverage"), Width: 15, Figure: true}, {Heading: b.l.T("Last report"), Width: 25}, {Heading: b.l.T("Warnings"), Width: 14, Figure: true}}
	var rows [][]string
	for _, c := range b.Countries {
		f := totalOf(c.Code, b.Books.Programmes)
		row := []string{b.l.Country(c.Code), "", "", "", b.share(c.Outlook.Coverage), b.l.T("none yet"), fmt.Sprint(len(b.warned(c)))}
		if len(yearsOf(c.Code, b.Books.Programmes)) > 0 {
			row[1], row[2], row[3] = b.l.Amount(f.Allocated), b.l.Amount(f.Sent), b.l.Amount(f.Remaining())
		}
		if len(c.Months) > 0 {
			row[5] = b.l.Month(c.Outlook.Last)
		}
		rows = append(rows, row)
	}
	b.Table(columns, rows)
}

func totalOf(c contracts.CountryCode, programmes []investment.Programme) investment.Figures {
	z := contracts.Zero(contracts.EUR)
	sum := investment.Figures{Allocated: z, Kept: z, Released: z, Sent: z, Confirmed: z}
	for _, y := range yearsOf(c, programmes) {
		sum = sum.Plus(y.figures)
	}
	return sum
}

// share writes a share in percent; nothing for what is not known.
func (b *booklet) share(d *contracts.Decimal) string {
	if d == nil {
		return "–"
	}
	return b.l.Percent(percentOf(d.Decimal), 0)
}

// toBalance says when a co-operative's contributions will pay its costs.
func (b *booklet) toBalance(f outlook.Balance) string { return ToBalance(b.l, f) }

// ToBalance says in words when a co-operative's contributions will pay its costs.
func ToBalance(l *web.Locale, f outlook.Balance) string {
	switch {
	case !f.Known:
		return l.T("not known: fewer than 12 months with costs")
	case f.Reached:
		return l.T("at balance")
	case f.Earliest == nil:
		return l.T("not within ten years")
	case f.Latest == nil:
		return l.T("in %d months at the earliest", *f.Earliest)
	}
	return l.T("in %d to %d months", *f.Earliest, *f.Latest)
}

// country is a page of one co-operative.
func (b *booklet) country(c Country) {
	if planned := len(yearsOf(c.Code, b.Books.Programmes)) > 0; !planned && len(c.Months) == 0 {
		b.apart(c)
		return
	}
	b.begin(b.l.Country(c.Code))
	if c.Profile != nil {
		b.note(strings.Join(slices.DeleteFunc([]string{c.Profile.Name, c.Profile.LegalForm, string(c.Currency)}, func(s string) bool { return s == "" }), " · "))
	}
	if c.Outlook.Demonstration {
		b.mark(b.l.T("Demonstration data") + ": " + b.l.T("the reports of this co-operative are invented."))
	}
	b.pictures(c)
	b.plan(c)
	b.model(c)
	b.months(c)
	b.tranches(c)
	for _, line := range b.warned(c) {
		b.Row(b.l.T("Early warning"), "", line[1], line[2])
	}
}

// apart is a country of which there is little to say.
func (b *booklet) apart(c Country) {
	b.follow(b.l.Country(c.Code))
	b.note(b.l.T("Nothing is allocated to this country.") + " " + b.l.T("No report is there yet."))
	for _, p := range b.Books.Programmes {
		if slices.Contains(p.Countries, c.Code) {
			b.Row(p.Name, "", "", p.Note)
		}
	}
}

// pictures are the plan at the left and the path to balance at the right.
func (b *booklet) pictures(c Country) {
	planned := len(yearsOf(c.Code, b.Books.Programmes)) > 0
	path := outlook.Path(c.Months)
	if !planned && len(path) == 0 {
		return
	}
	y, half := b.GetY(), paper.Inside/2-4
	if planned {
		b.label(paper.Left, y+3, 8, "L", b.l.T("Plan and actual")+" (EUR)", paper.Black)
		b.years(c.Code, b.Books.Programmes, paper.Left, y+5, half, 38, 30/b.mostOf())
	}
	x := paper.Left + half + 8
	b.label(x, y+3, 8, "L", b.l.T("Path to balance"), paper.Black)
	b.path(path, x, y+5, half, 38)
	if len(path) == 0 {
		b.label(x, y+22, 7, "L", b.l.T("not known: fewer than 12 months with costs"), paper.Grey)
	}
	b.SetXY(paper.Left, y+46)
	if planned {
		b.legend()
	}
}

func (b *booklet) plan(c Country) {
	columns := []paper.Head{{Heading: b.l.T("Year"), Width: 12}, {Heading: b.l.T("Allocated"), Width: 24, Figure: true}, {Heading: b.l.T("Released"), Width: 24, Figure: true}, {Heading: b.l.T("Sent"), Width: 24, Figure: true},
		{Heading: b.l.T("Confirmed"), Width: 24, Figure: true}, {Heading: b.l.T("Remaining"), Width: 24, Figure: true}, {Heading: "", Width: 18}}
	var rows [][]string
	for _, y := range yearsOf(c.Code, b.Books.Programmes) {
		note := ""
		if y.example {
			note = b.l.T("Example")
		}
		f := y.figures
		rows = append(rows, []string{fmt.Sprint(y.year), b.l.Amount(f.Allocated), b.l.Amount(f.Released), b.l.Amount(f.Sent), b.l.Amount(f.Confirmed), b.l.Amount(f.Remaining()), note})
	}
	if len(rows) == 0 {
		b.note(b.l.T("Nothing is allocated to this country."))
		return
	}
	b.Table(columns, rows)
	if stop := b.stopOf(c.Code); !stop.IsZero() {
		b.note(b.l.T("stopped on %s", b.l.Date(stop)))
	}
}

// model is where the co-operative is heading, in a few lines.
func (b *booklet) model(c Country) {
	if len(c.Months) == 0 {
		b.note(b.l.T("No report is there yet."))
		return
	}
	o := c.Outlook
	b.Row(b.l.T("Coverage"), "", b.share(o.Coverage), b.l.T("the latest twelve months reported; the line is balance"))
	b.Row(b.l.T("Balance"), "", b.toBalance(o.Balance), "")
	if o.Cash != nil {
		lasts := ""
		if o.Runway != nil {
			lasts = b.l.T("lasts %d months", *o.Runway)
		}
		b.Row(b.l.T("Cash held"), "", b.l.Money(*o.Cash), lasts)
	}
	if o.PerUser != nil {
		b.Row(b.l.T("Support per user"), "", b.l.Money(*o.PerUser), b.l.T("sent in the twelve months to the last report: %s", o.Sent))
	}
	if o.PerEuro != nil {
		b.Row(b.l.T("Support per euro of turnover"), "", b.l.Percent(percentOf(o.PerEuro.Decimal), 2), "")
	}
}

// months are the latest twelve reports.
func (b *booklet) months(c Country) {
	latest := c.Reports[max(0, len(c.Reports)-12):]
	if len(latest) == 0 {
		return
	}
	columns := []paper.Head{{Heading: b.l.T("Month"), Width: 25}, {Heading: b.l.T("Turnover"), Width: 25, Figure: true}, {Heading: b.l.T("Contribution"), Width: 23, Figure: true}, {Heading: b.l.T("Operating costs"), Width: 25, Figure: true},
		{Heading: b.l.T("Coverage"), Width: 15, Figure: true}, {Heading: b.l.T("Users"), Width: 14, Figure: true}, {Heading: b.l.T("Staff"), Width: 12, Figure: true}, {Heading: b.l.T("Version"), Width: 13, Figure: true}}
	var rows [][]string
	for _, r := range latest {
		row := []string{b.l.Month(r.Month), b.l.Amount(r.Turnover), b.l.Amount(r.Contribution), "–", "–", "–", "–", fmt.Sprint(r.Version)}
		if r.OperatingCosts != nil {
			row[3] = b.l.Amount(*r.OperatingCosts)
			if r.OperatingCosts.Sign() > 0 {
				row[4] = b.l.Percent(percentOf(r.Contribution.Amount.DivRound(r.OperatingCosts.Amount, 4)), 0)
			}
		}
		if r.Users != nil {
			row[5] = b.l.Number(*r.Users)
		}
		if r.PermanentStaff != nil {
			row[6] = b.l.Decimal(r.PermanentStaff.Decimal, 1)
		}
		rows = append(rows, row)
	}
	b.Part(b.l.T("Monthly reports"), string(c.Currency))
	b.Table(columns, rows)
}

// Words of the states and kinds, for paper and tables.
var (
	stateWords = map[investment.State]web.Words{investment.Planned: "planned", investment.Approved: "released", investment.OnOrder: "transfer ordered", investment.Paid: "sent", investment.Arrived: "arrived", investment.Withdrawn: "withdrawn"}
)

func (b *booklet) tranches(c Country) {
	var rows [][]string
	for _, t := range b.Tranches() {
		if t.Country != c.Code {
			continue
		}
		rows = append(rows, []string{t.ID, b.l.Date(t.Due), b.l.Money(t.Amount), b.l.T(stateWords[t.State]), fmt.Sprint(len(t.OpenConditions()))})
	}
	if len(rows) == 0 {
		return
	}
	b.Part(b.l.T("Tranches"), "")
	b.Table([]paper.Head{{Heading: b.l.T("Tranche"), Width: 45}, {Heading: b.l.T("Due"), Width: 32}, {Heading: b.l.T("Amount"), Width: 30, Figure: true}, {Heading: b.l.T("State"), Width: 32}, {Heading: b.l.T("Open conditions"), Width: 25, Figure: true}}, rows)
}

// decisions since the meeting before, its own included.
func (b *booklet) decisions() {
	b.begin(b.l.T("Decisions"))
	if !b.Since.IsZero() {
		b.note(b.l.T("Of the meeting of %s and since then.", b.l.Date(b.Since)))
	}
	var rows [][]string
	for _, d := range b.Books.Decisions {
		if d.Meeting.Before(b.Since) || d.Meeting.After(b.Meeting.Day) {
			continue
		}
		result := b.l.T("not carried")
		if d.Carried() {
			result = b.l.T("carried")
		}
		if d.Example {
			result += "\n" + b.l.T("Example")
		}
		rows = append(rows, []string{b.l.Date(d.Meeting) + "\n" + d.ID, d.Motion + "\n" + d.Reason, fmt.Sprintf("%d – %d – %d", d.For, d.Against, d.Abstain) + "\n" + b.l.T("of %d seats", d.Seats), result, d.Minutes})
	}
	if len(rows) == 0 {
		b.note(b.l.T("No decision since then."))
		return
	}
	b.Table([]paper.Head{{Heading: b.l.T("Meeting"), Width: 28}, {Heading: b.l.T("Motion"), Width: 70}, {Heading: b.l.T("For, against, abstained"), Width: 26}, {Heading: b.l.T("Result"), Width: 20}, {Heading: b.l.T("Minutes"), Width: 28}}, rows)
}

func (b *booklet) conditions() {
	b.follow(b.l.T("Open conditions"))
	var rows [][]string
	for _, c := range b.Books.OpenConditions(b.Today()) {
		due := b.l.Date(c.Due)
		if c.Late {
			due += "\n" + b.l.T("late")
		}
		rows = append(rows, []string{b.l.Country(c.Country) + "\n" + c.Tranche, c.Text, due, b.l.Money(c.Amount)})
	}
	if len(rows) == 0 {
		b.note(b.l.T("No condition stands in the way of a tranche."))
		return
	}
	b.Table([]paper.Head{{Heading: b.l.T("Country"), Width: 38}, {Heading: b.l.T("Condition"), Width: 70}, {Heading: b.l.T("Due"), Width: 32}, {Heading: b.l.T("Amount"), Width: 30, Figure: true}}, rows)
}

func (b *booklet) warnings() {
	b.follow(b.l.T("Early warnings"))
	var rows [][]string
	for _, c := range b.Countries {
		rows = append(rows, b.warned(c)...)
	}
	if len(rows) == 0 {
		b.note(b.l.T("No rule fired."))
		return
	}
	b.Table([]paper.Head{{Heading: b.l.T("Country"), Width: 30}, {Heading: b.l.T("Rule"), Width: 60}, {Heading: b.l.T("What fired it"), Width: 80}}, rows)
}

// warned are the warnings of a country: its name, the rule, and on what it fired.
func (b *booklet) warned(c Country) (rows [][]string) {
	if len(c.Outlook.Late) > 0 {
		rows = append(rows, []string{b.l.Country(c.Code), b.l.T("A report is late"), b.missing(c.Outlook.Late)})
	}
	for _, w := range c.Outlook.Warnings {
		rule, why := Warned(b.l, w, c.Currency)
		rows = append(rows, []string{b.l.Country(c.Code), rule, b.l.Sentence(why)})
	}
	return rows
}

// missing names some months.
func (b *booklet) missing(months []contracts.Month) string {
	var said []string
	for _, m := range months[:min(6, len(months))] {
		said = append(said, b.l.Month(m))
	}
	if more := len(months) - 6; more > 0 {
		said = append(said, b.l.T("and %d more", more))
	}
	return strings.Join(said, ", ")
}

// printed writes a published table with a column per country, as reports print it.
func (b *booklet) printed(columns []string, rows [][]string) {
	most := 6
	if len(columns) > 10 { // then its cells have many words
		most = 4
	}
	for some := range slices.Chunk(rows, most) {
		b.turned(columns, some)
	}
}

func (b *booklet) turned(columns []string, rows [][]string) {
	at := slices.Index(columns, "country")
	heads := []paper.Head{{Width: 30}}
	for _, r := range rows {
		heads = append(heads, paper.Head{Heading: b.l.Country(contracts.CountryCode(r[at])), Width: 120 / float64(len(rows))})
	}
	var turned [][]string
	for j, c := range columns {
		if j == at {
			continue
		}
		line := []string{b.l.T(Heading(c))}
		for _, r := range rows {
			line = append(line, Printed(c, r[j]))
		}
		turned = append(turned, line)
	}
	b.Table(heads, turned)
}
