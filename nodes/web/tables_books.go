package web

import (
	"strconv"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
)

// draftTable is the list of drafts, each as it would be issued today.
func draftTable(l *web.Locale) web.Table[draftLine] {
	shown := func(of func(draftLine) web.Cell) func(draftLine) web.Cell {
		return func(d draftLine) web.Cell {
			if d.Problem != "" {
				return web.Cell{}
			}
			return of(d)
		}
	}
	return web.Table[draftLine]{Name: "drafts", Label: l.T("Drafts"), Sees: func(d draftLine) access.Sight { return sightOfDraft(d.Row) },
		Columns: []web.Column[draftLine]{
			{Name: "buyer", Heading: l.T("Buyer"), Cell: func(d draftLine) web.Cell {
				c := web.Cell{Value: d.Preview.Invoice.Buyer.Name, URL: "/drafts/" + d.ID}
				if d.Problem != "" {
					c.Value, c.Alarm = l.T("Draft"), l.T("Cannot be issued as it stands: %s", d.Problem)
				}
				return c
			}},
			{Name: "what", Heading: l.T("What"), Cell: shown(func(d draftLine) web.Cell { return web.Cell{Value: d.Preview.Invoice.Lines[0].Description} })},
			{Name: "supplied", Heading: l.T("Supplied"), Cell: shown(func(d draftLine) web.Cell { return web.Cell{Value: d.Preview.Invoice.SupplyDate} })},
			{Name: "currency", Heading: l.T("Currency"), In: web.InFile, Cell: shown(func(d draftLine) web.Cell { return web.Cell{Value: string(d.Preview.Invoice.Currency)} })},
			{Name: "pay", Heading: l.T("To pay"), Figure: true, Cell: shown(func(d draftLine) web.Cell { return web.Cell{Value: d.Preview.Invoice.Totals.Payable} })},
			{Name: "budget", Heading: l.T("To the budget"), Figure: true, Cell: shown(func(d draftLine) web.Cell { return web.Cell{Value: d.Preview.Budget()} })},
		}}
}

// reportTable is the months of a year with what was filed of them.
func reportTable(l *web.Locale, year int) web.Table[reportLine] {
	filed := func(of func(reportLine) web.Cell) func(reportLine) web.Cell {
		return func(r reportLine) web.Cell {
			if r.Filed == nil {
				return web.Cell{}
			}
			return of(r)
		}
	}
	return web.Table[reportLine]{Name: "reports-" + strconv.Itoa(year), Label: l.T("Months"), Columns: []web.Column[reportLine]{
		{Name: "month", Heading: l.T("Month"), Cell: func(r reportLine) web.Cell { return web.Cell{Value: r.Month, URL: "/reports/" + r.Month.String()} }},
		{Name: "state", Heading: l.T("State"), Cell: func(r reportLine) web.Cell {
			badge := r.state(l)
			return web.Cell{Value: badge.Text, Badge: &badge}
		}},
		{Name: "currency", Heading: l.T("Currency"), In: web.InFile, Cell: func(r reportLine) web.Cell { return web.Cell{Value: string(r.Turnover.Currency)} }},
		{Name: "books", Heading: l.T("Turnover in the books"), Figure: true, Cell: func(r reportLine) web.Cell { return web.Cell{Value: r.Turnover} }},
		{Name: "turnover", Heading: l.T("Turnover filed"), Figure: true, Cell: filed(func(r reportLine) web.Cell { return web.Cell{Value: r.Filed.Report.Turnover} })},
		{Name: "filed", Heading: l.T("Filed"), Cell: filed(func(r reportLine) web.Cell {
			c := web.Cell{Value: r.Filed.FiledAt.Time}
			if r.Filed.Version > 1 {
				c.Note = l.T("version %d", r.Filed.Version)
			}
			return c
		})},
	}}
}

// state is the mark of a month.
func (r reportLine) state(l *web.Locale) web.Badge {
	switch {
	case r.Moved():
		return web.Badge{Kind: "warn", Text: l.T("books have moved")}
	case r.Filed != nil:
		return web.Badge{Kind: "live", Text: l.T("filed")}
	case r.Late:
		return web.Badge{Kind: "warn", Text: l.T("late")}
	case r.Expected:
		return web.Badge{Kind: "report", Text: l.T("to file")}
	case r.Ended:
		return web.Badge{Text: l.T("nothing booked")}
	}
	return web.Badge{Kind: "report", Text: l.T("running")}
}

// trialTable is the trial balance of every currency, for the file; the page shows each currency by itself.
func trialTable(l *web.Locale, until contracts.Date) web.Table[trialLine] {
	return web.Table[trialLine]{Name: "trial-balance-" + until.String(), Label: l.T("Trial balance"), Columns: []web.Column[trialLine]{
		{Name: "account", Heading: l.T("Account"), Cell: func(t trialLine) web.Cell { return web.Cell{Value: l.T(accountName(t.Account))} }},
		{Name: "chart", Heading: l.T("Chart"), Cell: func(t trialLine) web.Cell { return web.Cell{Value: t.Number} }},
		{Name: "currency", Heading: l.T("Currency"), Cell: func(t trialLine) web.Cell { return web.Cell{Value: string(t.Balance.Currency)} }},
		{Name: "debit", Heading: l.T("Debit"), Figure: true, Cell: func(t trialLine) web.Cell { return web.Cell{Value: t.Debit} }},
		{Name: "credit", Heading: l.T("Credit"), Figure: true, Cell: func(t trialLine) web.Cell { return web.Cell{Value: t.Credit} }},
		{Name: "balance", Heading: l.T("Balance"), Figure: true, Cell: func(t trialLine) web.Cell { return web.Cell{Value: t.Balance} }},
	}}
}
