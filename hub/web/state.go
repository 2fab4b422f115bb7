package web

import (
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/meeting"
	"passerelle/hub/outlook"
	"passerelle/hub/rates"
)

// state is where the co-operatives stand today, and what waits for the board.
type state struct {
	Coops    []coop
	Network  *decimal.Decimal // coverage of all whose costs are known, in percent
	Known    int              // how many that are
	Balanced int              // of these, in balance on their line
	Plan     investment.Figures
	Ceiling  contracts.Money
	Alerts   []alert
	Open     []investment.OpenCondition
	OpenLate int
	Late     []coop            // those with reports that are due and not there
	Next     *meeting.Meeting  // the next one that is called
	Wait     []meeting.Meeting // minutes that wait for approval
	Example  bool
	Demo     bool
	Mixed    bool // the reports of some are demonstration data, those of others are not
}

func (s server) state(c echo.Context) (state, error) {
	all, books, err := s.coops(c, smallCanvas)
	if err != nil {
		return state{}, err
	}
	out := state{Coops: all, Example: books.Example(), Open: reminders(books, s.today())}
	meetings, _, err := meeting.Read(c.Request().Context(), s.data)
	if err != nil {
		return out, err
	}
	out.Wait = meetings.ToApprove(s.today())
	if next, called := meetings.Next(s.today()); called {
		out.Next = &next
	}
	out.Plan, out.Ceiling = totalsIn(books, contracts.EUR)
	for _, o := range out.Open {
		if o.Late {
			out.OpenLate++
		}
	}
	for _, k := range all {
		out.Alerts = append(out.Alerts, k.Alerts...)
		out.Demo = out.Demo || k.Demonstration
		out.Mixed = out.Mixed || len(k.Months) > 0 && !k.Demonstration
		if len(k.Late) > 0 {
			out.Late = append(out.Late, k)
		}
		if k.Balance.Reached {
			out.Balanced++
		}
	}
	out.Mixed = out.Mixed && out.Demo
	return out, s.network(c, &out)
}

// reminders are the open conditions: who must bring what by when, the earliest first.
func reminders(books investment.Books, today contracts.Date) []investment.OpenCondition {
	open := books.OpenConditions(today)
	slices.SortStableFunc(open, func(a, b investment.OpenCondition) int { return a.Due.Compare(b.Due) })
	return open
}

// network is the coverage of all co-operatives together: the latest twelve months of each whose costs are known, in EUR at the rate of the last day.
func (s server) network(c echo.Context, out *state) error {
	income, costs := decimal.Zero, decimal.Zero
	for _, k := range out.Coops {
		latest := outlook.LatestYear(k.Months)
		if k.Coverage == nil || len(latest) == 0 {
			continue
		}
		rate := rates.Rate{PerEUR: decimal.NewFromInt(1)}
		if k.Currency != contracts.EUR {
			var found bool
			var err error
			if rate, found, err = s.data.RateOn(c.Request().Context(), k.Currency, latest[len(latest)-1].Month.Last()); err != nil {
				return err
			}
			if !found {
				continue
			}
		}
		for _, m := range latest {
			income, costs = income.Add(m.Contribution.Div(rate.PerEUR)), costs.Add(m.Costs.Div(rate.PerEUR))
		}
		out.Known++
	}
	if costs.IsPositive() {
		share := income.Shift(2).DivRound(costs, 1)
		out.Network = &share
	}
	return nil
}
