package web

import (
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/collate"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/consolidation"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/hub/registry"
	"passerelle/internal/web"
)

// coop is a national co-operative as the board sees it: its plan, its reports, and where they lead.
type coop struct {
	outlookJSON
	Node   registry.Node // without a profile for a country that is in the plan alone
	Status registry.Status
	Months []outlook.Month
	Chart  *coverChart // nil while no month has its costs
	Plan   []panel     // of each programme with an allocation for it
	Sum    planSum
	Late   []contracts.Month // reports that are due and not there
	Latest contracts.Month   // that was reported
	Alerts []alert

	When, Band string // when contributions pay the costs, and between which months, in short
}

// planSum is what all programmes in EUR come to for a country.
type planSum struct {
	investment.Figures
	Stopped contracts.Date
	Ends    contracts.Month // the last month that money is planned for
	Example bool
}

// alert is an early warning in the reader's words.
type alert struct {
	Country   contracts.CountryCode
	Name, Why string
	URL       string
}

// Reports tells whether it is a node that files reports.
func (k coop) Reports() bool { return k.Status == registry.In }

// coops are the countries of the network and of the plan, in the order of their names.
func (s server) coops(c echo.Context, size canvas) ([]coop, investment.Books, error) {
	ctx := c.Request().Context()
	books, _, err := investment.Read(ctx, s.data, contracts.Date{})
	if err != nil {
		return nil, books, err
	}
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return nil, books, err
	}
	filed, err := s.data.ReportMonths(ctx)
	if err != nil {
		return nil, books, err
	}
	var all []coop
	for _, n := range belonging(nodes, books, s.today()) {
		k, err := s.coop(c, n, books, filed[n.Country], size)
		if err != nil {
			return nil, books, fmt.Errorf("look at %s: %w", n.Country, err)
		}
		all = append(all, k)
	}
	l := web.LocaleOf(c)
	words := collate.New(l.Tag)
	slices.SortFunc(all, func(a, b coop) int { return words.CompareString(l.Country(a.Country), l.Country(b.Country)) })
	return all, books, nil
}

// belonging are the nodes that are in the network, and the countries for which a programme has or had money.
func belonging(nodes []registry.Node, books investment.Books, today contracts.Date) (all []registry.Node) {
	for _, n := range nodes {
		if n.Status(today) == registry.In || inPlan(books, n.Country) {
			all = append(all, n)
		}
	}
	for _, r := range books.Rows() {
		if !slices.ContainsFunc(all, func(n registry.Node) bool { return n.Country == r.Country }) {
			all = append(all, registry.Node{Country: r.Country})
		}
	}
	return all
}

func inPlan(books investment.Books, c contracts.CountryCode) bool {
	return slices.ContainsFunc(books.Rows(), func(r investment.Row) bool { return r.Country == c })
}

// coop puts together what is known of a country.
func (s server) coop(c echo.Context, n registry.Node, books investment.Books, filed []contracts.Month, size canvas) (coop, error) {
	k := coop{Node: n, Status: n.Status(s.today()), Sum: planOf(books, n.Country)}
	k.Country, k.Currency = n.Country, contracts.EUR
	for _, p := range panels(books.Programmes) {
		if p.Country == n.Country {
			k.Plan = append(k.Plan, p)
		}
	}
	if n.Profile == nil {
		return k, nil
	}
	var err error
	if k.outlookJSON, k.Months, err = s.outlookOf(c, n, books); err != nil {
		return k, err
	}
	k.Chart = drawCoverage(web.LocaleOf(c), size, k.Months)
	k.Late = late(filed, n.Profile.Left, s.today())
	if len(filed) > 0 {
		k.Latest = filed[len(filed)-1]
	}
	k.Alerts = alerts(web.LocaleOf(c), k)
	k.When, k.Band = balanceShort(web.LocaleOf(c), k.Balance)
	return k, nil
}

// late are the months whose report is due and not there.
func late(filed []contracts.Month, left, today contracts.Date) []contracts.Month {
	if len(filed) == 0 {
		return nil
	}
	there := map[contracts.Month]bool{}
	for _, m := range filed {
		there[m] = true
	}
	return consolidation.Late(filed[0], there, left, today)
}

// planOf sums what the programmes in EUR have for a country.
func planOf(books investment.Books, c contracts.CountryCode) planSum {
	z := contracts.Zero(contracts.EUR)
	sum := planSum{Figures: investment.Figures{Allocated: z, Kept: z, Released: z, Sent: z, Confirmed: z}}
	for _, r := range books.Rows() {
		if r.Country != c || r.Allocated.Currency != contracts.EUR {
			continue
		}
		sum.Figures, sum.Stopped, sum.Example = sum.Plus(r.Figures), r.Stopped, sum.Example || r.Example
		if r.Kept.Sign() > 0 {
			sum.Ends = contracts.NewMonth(r.Year, 12)
		}
	}
	return sum
}

// outlookOf is where the model of a node is heading, and the months it was made from, as far as whoever asks may see them.
func (s server) outlookOf(c echo.Context, n registry.Node, books investment.Books) (outlookJSON, []outlook.Month, error) {
	out := outlookJSON{Country: n.Country, Currency: n.Profile.Currency, Source: "monthly reports of node " + string(contracts.NodeID(n.Country))}
	months, err := s.reported(c, &out)
	if err != nil {
		return out, nil, err
	}
	out.supported(books, months)
	out.foresee(months, s.today(), planOf(books, n.Country).Ends)
	return out, months, nil
}

// alerts are the warnings of a co-operative in words. That a report is late stands in a list of its own, which knows the months that are not shown.
func alerts(l *web.Locale, k coop) (all []alert) {
	for _, w := range k.Warnings {
		if w.Rule == outlook.ReportLate {
			continue
		}
		rule, why := boardpack.Warned(l, w, k.Currency)
		all = append(all, alert{k.Country, rule, why, countryURL(k.Country)})
	}
	return all
}

func countryURL(c contracts.CountryCode) string { return "/board/countries/" + string(c) }
